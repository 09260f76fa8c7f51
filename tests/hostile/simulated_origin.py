"""A thousand feeds as the web has them, for a simulated month: how they post, answer, move, break, and are asked.

`Origin.ask` is the whole web; it writes what it was asked into `log`, and the
judgement is made from that log alone (`tests/hostile/manners.py`).
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import NamedTuple

BEGAN_AT = datetime(2026, 9, 1, tzinfo=UTC).timestamp()
HOUR_S, DAY_S, WEEK_S = 3600.0, 86_400.0, 604_800.0
WINDOW = 12  # items in a feed
# name, share, seconds between two items while the newsroom is awake, hours it is awake
POSTING = (("frequent", 20, 1200.0, 18), ("hourly", 25, 3600.0, 16), ("daily", 40, DAY_S, 24), ("rare", 15, WEEK_S, 24))
VALIDATORS = ("both", "weak", "modified", "changing", "stale", "both", "odd", "forgetful", "none", "sometimes")
MAX_AGES = ("", "max-age=300", "public, max-age=3600", "no-cache", "max-age=31536000", "max-age=soon")
TROUBLES = (
    "", "", "out of order", "429 seconds", "429 date", "503 seconds", "503 date", "", "429 odd", "429 skewed",
    "not there", "gone", "301", "308", "301 twice", "301 for hours", "301 elsewhere each time", "301 to a page", "302",
    "307", "301 then 302", "refused", "silent", "", "429 long", "301 to a followed feed",
)  # fmt: skip
ODD_WAITS = ("soon", "-30", "\xb2", "1e3", "99999999999", "", "Thu, 45 Oct 2026 99:00:00 GMT", "120, 240")
MOVED_FOR_GOOD = ("301", "308", "301 twice")
MOVED_ON_DAY = 0.3
GONE_ON_DAY = 0.6


class Unreachable(Exception):
    """The host takes no connection."""


class Silent(Exception):
    """The host takes the connection and says nothing."""


class Asked(NamedTuple):
    """One request, as the origin's log has it. until: how long the answer asks to wait, 0 if it does not."""

    at: float
    feed: int
    url: str
    host: str
    if_none_match: str
    if_modified_since: str
    status: int
    is_feed: bool  # a whole one: what it says of itself is to be sent back
    etag: str
    last_modified: str
    until: float
    size: int
    top: int  # the last item that the answer showed, -1 for none


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(slots=True)
class SimulatedFeed:
    """One publisher's feed and its ways; `posted_at` are the moments of its items, in order."""

    number: int
    host: str
    posting: str
    validators: str
    max_age: str
    trouble: str
    posted_at: list[float]
    spells: list[tuple[float, float]] = field(default_factory=list)
    answered: int = 0

    @property
    def url(self) -> str:
        return f"http://{self.host}/{self.number}/feed.xml"

    @property
    def new_url(self) -> str:
        return f"http://new.{self.host}/{self.number}/index.xml"

    def is_spell(self, at: float) -> bool:
        return any(begins <= at < ends for begins, ends in self.spells)

    def top(self, at: float) -> int:
        """Number of the newest item that was posted by then."""
        return bisect_right(self.posted_at, at) - 1


class Origin:
    """All hosts at once. The same seed, count and days: the same answers to the same questions."""

    def __init__(self, count: int, days: float, chance: random.Random) -> None:
        self.chance = chance
        self.days = days
        hosts = [f"paper{number}.example.com" for number in range(max(1, count * 2 // 5))]
        kinds = [name for name, share, _, _ in POSTING for _ in range(share)]
        chance.shuffle(kinds)
        self.feeds = [self._feed(number, hosts, kinds[number % len(kinds)]) for number in range(count)]
        self.log: list[Asked] = []

    def _feed(self, number: int, hosts: list[str], posting: str) -> SimulatedFeed:
        # One host in five hundred feeds has fifty, as the large ones do; the others have few.
        host = hosts[0] if number % 20 == 0 else self.chance.choice(hosts)
        if TROUBLES[number % len(TROUBLES)] in ("refused", "silent", "429 long"):
            host = f"alone{number}.example.com"  # what befalls a host befalls all its feeds
        feed = SimulatedFeed(
            number,
            host,
            posting,
            VALIDATORS[number % len(VALIDATORS)],
            self.chance.choice(MAX_AGES),
            TROUBLES[number % len(TROUBLES)],
            self._moments(posting),
        )
        longest_s = {"429 long": 4 * DAY_S, "301 for hours": 9 * HOUR_S}.get(feed.trouble, 8 * HOUR_S)
        for _ in range(max(1, round(self.days / 6))):
            begins = BEGAN_AT + self.chance.uniform(0.3, max(0.4, self.days - 1)) * DAY_S
            feed.spells.append((begins, begins + self.chance.uniform(0.3, 1) * longest_s))
        return feed

    def _moments(self, posting: str) -> list[float]:
        _, _, gap_s, awake_h = next(kind for kind in POSTING if kind[0] == posting)
        at, moments = BEGAN_AT - 3 * max(gap_s, DAY_S), []
        while at < BEGAN_AT + self.days * DAY_S:
            at += self.chance.expovariate(1 / gap_s)
            if (at % DAY_S) / HOUR_S < awake_h:
                moments.append(at)
        return moments

    def ask(self, url: str, headers: Mapping[str, str], at: float) -> Reply:
        """What the web answers; Unreachable and Silent if it does not. Written down either way."""
        host, _, path = url.removeprefix("http://").partition("/")
        feed = self.feeds[int(path.partition("/")[0])]
        feed.answered += 1
        try:
            reply, top = self._answer(feed, url, headers, at)
        except (Unreachable, Silent):
            self._note(feed, url, host, headers, at, Reply(0), -1)
            raise
        self._note(feed, url, host, headers, at, reply, top)
        return reply

    def _note(
        self, feed: SimulatedFeed, url: str, host: str, headers: Mapping[str, str], at: float, reply: Reply, top: int
    ) -> None:
        said = dict(reply.headers)
        wait_s = _wait_s(said.get("Retry-After", ""), said.get("Date", ""), at) if reply.status in (429, 503) else 0
        is_feed = reply.status == 304 or (reply.status == 200 and top >= 0)
        self.log.append(
            Asked(
                at,
                feed.number,
                url,
                host,
                headers.get("if-none-match", ""),
                headers.get("if-modified-since", ""),
                reply.status,
                is_feed,
                said.get("ETag", ""),
                said.get("Last-Modified", ""),
                at + wait_s if wait_s else 0,
                len(reply.body),
                top,
            )
        )

    def _answer(self, feed: SimulatedFeed, url: str, headers: Mapping[str, str], at: float) -> tuple[Reply, int]:
        trouble = _in_trouble(feed, url, at)
        if trouble is not None:
            return trouble, -1
        if url.endswith("page.html"):
            page = b"<!doctype html><title>Welcome</title><p>This domain is for sale."
            return Reply(200, (("Content-Type", "text/html"), ("ETag", '"parked"'), _date(at)), page), -1
        return _feed_reply(feed, headers, at)


def _in_trouble(feed: SimulatedFeed, url: str, at: float) -> Reply | None:
    """What is answered instead of the feed; None for the feed itself."""
    kind, day = feed.trouble, (at - BEGAN_AT) / DAY_S
    if kind == "gone" and day >= GONE_ON_DAY:
        return Reply(410, (_date(at),))
    if kind in (*MOVED_FOR_GOOD, "301 to a followed feed") and url == feed.url and day >= MOVED_ON_DAY:
        status = 308 if kind == "308" else 301
        target = feed.new_url + "?hop" if kind == "301 twice" else feed.new_url
        return _redirect(status, target, at)
    if kind == "301 twice" and url.endswith("?hop"):
        return _redirect(301, feed.new_url, at)
    if kind in ("302", "307") and url == feed.url and day >= MOVED_ON_DAY:
        return _redirect(int(kind), feed.new_url, at)
    if kind == "301 then 302" and day >= MOVED_ON_DAY and url != feed.new_url:
        return _redirect(302, feed.new_url, at) if url.endswith("?hop") else _redirect(301, feed.new_url + "?hop", at)
    if kind == "301 elsewhere each time" and url == feed.url and day >= MOVED_ON_DAY:
        return _redirect(301, f"{feed.new_url}?visit={feed.answered}", at)
    return _in_spell(feed, url, at) if feed.is_spell(at) else None


def _in_spell(feed: SimulatedFeed, url: str, at: float) -> Reply | None:
    kind = feed.trouble
    if kind == "out of order":
        return Reply((500, 502, 504)[feed.answered % 3], (_date(at),))
    if kind == "not there":
        return Reply(404, (_date(at),))
    if kind == "refused":
        raise Unreachable
    if kind == "silent":
        raise Silent
    if kind == "301 for hours" and url == feed.url:
        return _redirect(301, feed.new_url, at)
    if kind == "301 to a page" and url == feed.url:
        return _redirect(301, f"http://{feed.host}/{feed.number}/page.html", at)
    status, _, form = kind.partition(" ")
    return _asks_to_wait(int(status), form, feed, at) if status in ("429", "503") else None


def _asks_to_wait(status: int, form: str, feed: SimulatedFeed, at: float) -> Reply:
    waits_s = {"long": 3 * DAY_S}.get(form, (600.0, 2700.0, 7200.0, 40_000.0)[feed.answered % 4])
    theirs = at + (5 * HOUR_S if form == "skewed" else 0)  # its clock is hours off; so is the date it names
    if form in ("date", "skewed"):
        said = _http_date(theirs + waits_s)
    else:
        said = ODD_WAITS[feed.answered % len(ODD_WAITS)] if form == "odd" else f"{waits_s:.0f}"
    return Reply(status, (("Retry-After", said), _date(theirs)))


def _feed_reply(feed: SimulatedFeed, headers: Mapping[str, str], at: float) -> tuple[Reply, int]:
    top = feed.top(at)
    shown = top
    if feed.validators == "stale":  # says for two hours that nothing is new
        shown = feed.top(at - 2 * HOUR_S)
    etag, modified = _validators(feed, shown, at)
    said = [("Content-Type", "application/rss+xml"), _date(at)]
    said += [(name, value) for name, value in (("ETag", etag), ("Last-Modified", modified)) if value]
    said += [("Cache-Control", feed.max_age)] if feed.max_age else []
    if _is_unchanged(feed, headers, etag, modified):
        return Reply(304, tuple(said)), -1
    return Reply(200, tuple(said), _rss(feed, shown)), shown


def _validators(feed: SimulatedFeed, top: int, at: float) -> tuple[str, str]:
    kind, modified = feed.validators, _http_date(feed.posted_at[top])
    mark = f"{feed.number:x}-{top:x}"
    if kind == "none" or (kind == "sometimes" and feed.answered % 3 == 0):
        return "", ""
    if kind == "modified":
        return "", modified if feed.number % 4 else modified.replace("GMT", "UTC")  # odd, to be sent back as it is
    if kind == "changing":
        return f'"{mark}-{feed.answered}"', _http_date(at)
    if kind == "odd":
        return (f"{mark}", f'"caf\xe9 {mark}"', f"'{mark}\"", f'W/"{mark}" ; x')[feed.number // 10 % 4], ""
    return f'W/"{mark}"' if kind == "weak" else f'"{mark}"', modified


def _is_unchanged(feed: SimulatedFeed, headers: Mapping[str, str], etag: str, modified: str) -> bool:
    if feed.validators == "forgetful":
        return False
    asked = headers.get("if-none-match", "")
    return asked == etag if asked else bool(modified) and headers.get("if-modified-since") == modified


def _rss(feed: SimulatedFeed, top: int) -> bytes:
    items = "".join(
        f"<item><title>Harbour notes {number} of paper {feed.number}</title>"
        f"<link>http://{feed.host}/{feed.number}/story-{number}</link><guid>{feed.number}-{number}</guid>"
        f"<pubDate>{_http_date(feed.posted_at[number])}</pubDate>"
        f"<description>The harbour master counted {number} boats.</description></item>"
        for number in range(top, max(-1, top - WINDOW), -1)
    )
    head = f"<?xml version='1.0'?><rss version='2.0'><channel><title>Paper {feed.number}</title><link>{feed.url}</link>"
    return f"{head}{items}</channel></rss>".encode()


def _redirect(status: int, target: str, at: float) -> Reply:
    return Reply(status, (("Location", target), _date(at)))


def _date(at: float) -> tuple[str, str]:
    return "Date", _http_date(at)


def _http_date(at: float) -> str:
    return format_datetime(datetime.fromtimestamp(int(at), UTC), usegmt=True)


def _wait_s(said: str, date: str, at: float) -> float:
    """How long an answer asks to wait, as RFC 9110 reads it; 0 for what is no such form. Believed for a week at most."""
    from email.utils import parsedate_to_datetime

    if said.isascii() and said.isdigit():
        return min(float(said), WEEK_S)
    try:
        named, now = parsedate_to_datetime(said), parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return 0
    return min(max((named - now).total_seconds(), 0), WEEK_S)
