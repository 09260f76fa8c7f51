"""Follows what was asked for on the site: keeps what was pasted as rows, and looks for their feeds when it can."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from newsroom.desk.adding import CannotFollow, Found, find_feed, follow_found
from newsroom.desk.fetching import Fetching
from newsroom.publishers.models import Addition, Feed
from newstext.addresses import absolute_url
from newstext.feeds import parse_opml
from newstext.records import Rejected

MOST_BYTES = 1024 * 1024  # of a paste or a file; an OPML list of 5,000 feeds has about as much
MOST_LINES = 2000
URL_MOST_CHARS = 2000
SAID_SHOWN = 300
TITLE_KEPT, SECTION_KEPT = 300, 60
AT_ONCE = 16
TRIES = 3
BARE = re.compile(r"[^\s/:@]+\.[^\s/:@.]+\.?(?::\d+)?(?:[/?#]\S*)?$|localhost(?::\d+)?(?:/\S*)?$")
NO_HTTPS = (
    "connect",
    "connect-timeout",
    "tls",
    "timeout",
)  # kinds of failure after which a bare name is asked for by http


class CannotAsk(ValueError):
    """What was pasted cannot be taken at all; the message says why and the way out."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One address of a paste, "" with the reason where it is none."""

    said: str
    url: str = ""
    reason: str = ""
    title: str = ""
    home_url: str = ""
    section: str = ""


def ask_to_follow(pasted: str | bytes, now: datetime) -> int:
    """Keep each address of a paste, or of an OPML list, as a row that the desk looks at; how many. Raises CannotAsk."""
    asked = read_paste(pasted)
    urls = [one.url for one in asked if one.url]
    held = {feed.url: feed for feed in Feed.objects.filter(url__in=urls, is_on=True)}
    waiting = set(Addition.objects.due().filter(url__in=urls).values_list("url", flat=True))
    rows = []
    for one in asked:
        row = _row(one, now)
        if one.url and one.url in waiting:
            row.state, row.reason = Addition.KNOWN, _("Named before; it is looked for once.")
        elif one.url in held:
            row.state, row.feed = Addition.KNOWN, held[one.url]
        waiting.add(one.url)
        row.done_at = None if row.state == Addition.WAITING else now
        rows.append(row)
    with transaction.atomic():
        Addition.objects.bulk_create(rows, batch_size=200)
        Feed.objects.filter(pk__in=[row.feed_id for row in rows if row.feed_id]).update(is_by_hand=True)
    return len(rows)


def _row(one: Asked, now: datetime) -> Addition:
    return Addition(
        said=one.said if len(one.said) <= SAID_SHOWN else f"{one.said[: SAID_SHOWN - 1]}…",
        url=one.url,
        title=one.title[:TITLE_KEPT],
        home_url=one.home_url,
        section=one.section[:SECTION_KEPT],
        state=Addition.WAITING if one.url else Addition.FAILED,
        reason=one.reason,
        asked_at=now,
    )


def read_paste(pasted: str | bytes) -> list[Asked]:
    """The addresses of lines or of an OPML list, in order. Raises CannotAsk."""
    body = pasted.encode("utf-8", "replace") if isinstance(pasted, str) else pasted
    if len(body) > MOST_BYTES:
        raise CannotAsk(too_large())
    if not body.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise CannotAsk(_("Nothing was given. Write an address in a line, or paste an OPML list."))
    is_markup = body.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")[:1] == b"<"
    asked = _read_opml(body) if is_markup else _read_lines(body.decode("utf-8", "replace"))
    if len(asked) > MOST_LINES:
        raise CannotAsk(
            _("%(n)d addresses were given, %(most)d can be taken at once. Bring the list in parts.")
            % {"n": len(asked), "most": MOST_LINES}
        )
    return asked


def too_large() -> str:
    """What is said of a paste or file over MOST_BYTES."""
    return _("The list is larger than %(most)d MB. Bring it in parts, or use ./run add FILE.") % {
        "most": MOST_BYTES // 2**20
    }


def _read_opml(body: bytes) -> list[Asked]:
    feeds, rejected = parse_opml(body)
    asked = [Asked(feed.title or feed.url, feed.url, "", feed.title, feed.home_url, feed.category) for feed in feeds]
    problems = [item.reason for item in rejected if isinstance(item, Rejected)]
    if not asked:
        raise CannotAsk(
            _("This is no OPML list of feeds: %(why)s Export the list anew, or write one address in a line.")
            % {"why": " ".join(problems[:3]) or _("no outline in it has an xmlUrl.")}
        )
    return [_checked(one) for one in asked] + [Asked(problem, reason=problem) for problem in problems]


def _read_lines(text: str) -> list[Asked]:
    lines = [line.strip() for line in text.replace("\0", " ").splitlines()]
    return [_checked(Asked(line, _address(bare))) for line in lines if (bare := line.strip("<>\"'").strip())]


def _address(line: str) -> str:
    """The address that a line means: with https where it has no scheme; "" if it is none."""
    line = re.sub(r"^feed:(//)?(?=https?:)", "", line, flags=re.IGNORECASE)
    line = re.sub(r"^feed://", "https://", line, flags=re.IGNORECASE)
    if re.match(r"https?://", line, re.IGNORECASE):
        return "" if re.search(r"\s", line) else absolute_url(line)
    return absolute_url(f"https://{line}") if BARE.match(line) else ""


def _checked(one: Asked) -> Asked:
    if len(one.url or one.said) > URL_MOST_CHARS:
        why = _("%(n)d characters, an address may have %(most)d.") % {
            "n": len(one.url or one.said),
            "most": URL_MOST_CHARS,
        }
        return Asked(one.said, reason=why)
    if not one.url:
        return Asked(one.said, reason=_("This is no address. Write it as https://paper.example, one in a line."))
    return one


def ask_again(now: datetime) -> int:
    """Let the failed addresses be looked for once more; how many."""
    failed = Addition.objects.filter(state=Addition.FAILED).exclude(url="")
    return failed.update(state=Addition.WAITING, tries=0, reason="", done_at=None, asked_at=now)


def follow_due(owner: str, fetching: Fetching, threads: ThreadPoolExecutor, clock: Callable[[], datetime]) -> int:
    """Look for the feeds of a few addresses that wait, and follow them; how many addresses."""
    now = clock()
    rows: list[Addition] = Addition.objects.due().claim(owner, now, most=AT_ONCE)
    # Counted before looking: an address that ends the desk itself must not be tried for ever.
    Addition.objects.filter(pk__in=[row.pk for row in rows]).update(tries=F("tries") + 1)
    for row, found in _looked_for(rows, fetching, threads):
        with transaction.atomic():
            _keep(row, found, clock())
    return len(rows)


def _looked_for(
    rows: list[Addition], fetching: Fetching, threads: ThreadPoolExecutor
) -> Iterator[tuple[Addition, Found | CannotFollow]]:
    running = {}
    for row in rows:
        if row.tries >= TRIES:
            why = _("It was begun %(n)d times and never ended. Leave it out, or try it again.") % {"n": row.tries}
            yield row, CannotFollow([why])
        else:
            running[threads.submit(_find, row.url, "://" not in row.said, fetching)] = row
    for done in as_completed(running):
        if not done.cancelled():  # the desk is leaving: it hands the address back
            yield running[done], done.result()


def _find(url: str, may_be_http: bool, fetching: Fetching) -> Found | CannotFollow:
    """What stands at the address; that of a bare name is asked for by http where https does not answer."""
    try:
        return find_feed(url, fetching)
    except CannotFollow as error:
        if not (may_be_http and error.kind in NO_HTTPS and url.startswith("https://")):
            return error
    try:
        return find_feed(f"http://{url.removeprefix('https://')}", fetching)
    except CannotFollow as error:
        return error


def _keep(row: Addition, found: Found | CannotFollow, now: datetime) -> None:
    """Follow what was found, or say why nothing was."""
    row.claimed_by, row.claimed_until, row.done_at = "", None, now
    if isinstance(found, CannotFollow):
        row.state, row.reason = Addition.FAILED, str(found)
    else:
        was_on = Feed.objects.filter(url=found.url, is_on=True).exists()
        row.feed, _is_new = follow_found(found, now, title=row.title, home_url=row.home_url, section=row.section)
        row.state = Addition.KNOWN if was_on else Addition.FOLLOWED
        row.items = len(found.parsed.entries)
    row.save()
