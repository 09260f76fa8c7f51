"""What the desk fetches: feeds, robots.txt and article pages. Touches no row."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings

from newsroom.desk import jobs, set_clock
from newsroom.publishers.models import Feed
from newsroom.publishers.save import PUT_OFF, Looked
from newstext import feeds, fetch, pipeline
from newstext.addresses import host_of
from newstext.feeds import FeedError
from newstext.language import normal_code
from newstext.records import Page, ParsedFeed
from newstext.reservations import TdmRule, in_headers, in_tdmrep, read_tdmrep
from newstext.robots import MAX_BYTES as ROBOTS_MAX_BYTES
from newstext.robots import RobotsRules, rules_for

ROBOTS_LIVE_S = 12 * 3600
ROBOTS_RETRY_S = 600
PAGE_MAX_BYTES = 5 * 1024 * 1024
# What asking again may help.
MAY_PASS = ("dns", "dns-failed", "connect", "connect-timeout", "timeout", "interrupted", "redirect-loop")
WAY_OUT_FOR_FEEDS = "Raise FETCH_MAX_BYTES or drop the feed."
PICTURE_MAX_BYTES = 12 * 1024 * 1024
PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "")


@dataclass(frozen=True, slots=True)
class NoPage:
    """Why a page could not be had. is_final: asking again would not help.

    status: of the answer; 0 if none came. retry_after_s: how long it asks us to wait.
    """

    step: str
    reason: str
    is_final: bool = False
    status: int = 0
    retry_after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What tells whether a page has changed since it was read."""

    etag: str = ""
    last_modified: str = ""
    page_hash: str = ""


class Unchanged:
    """The page is as it was when it was read."""


class OverLimits(Exception):
    """A feed that took more time or memory than any may; the message names the limit."""


def unspaced_hosts() -> frozenset[str]:
    """The hosts ("host:port") that may be asked several things at once: the operator's own."""
    return frozenset() if settings.FETCH_SPACING_IS_SET else settings.FETCH_ALLOW_PRIVATE


class Fetching:
    """The way out for one desk: politeness and robots rules kept over its life.

    engine: where feeds are parsed; with worker processes, one that is over
    their limits ends none but its own look.
    """

    def __init__(self, engine: pipeline.Engine = map) -> None:
        self.engine = engine
        allowed = settings.FETCH_ALLOW_PRIVATE
        self.spacing = fetch.HostSpacing(spacing_s=settings.FETCH_SPACING_S, unspaced=unspaced_hosts())
        self.compared = set_clock.Compared()
        self.options = fetch.FetchOptions(
            max_bytes=settings.FETCH_MAX_BYTES, allow_private=allowed, turn=self.spacing.turn
        )
        # Sitemaps may be larger than feeds; newstext reads no more than this of one.
        self.source_options = replace(self.options, max_bytes=feeds.MAX_BYTES)
        self.page_options = replace(self.options, max_bytes=PAGE_MAX_BYTES)
        self.robots_options = replace(self.options, max_bytes=ROBOTS_MAX_BYTES, may_be_cut=True)
        self.picture_options = replace(self.options, max_bytes=PICTURE_MAX_BYTES, total_timeout_s=20)
        self._robots: dict[str, tuple[float, RobotsRules]] = {}
        self._robots_lock = threading.Lock()
        self._tdm: dict[str, tuple[float, tuple[TdmRule, ...]]] = {}

    def look_at_feed(self, feed: Feed) -> Looked:
        """Fetch and parse one feed, conditionally; problems come back named."""
        try:
            answer = self._get(feed.url, self.options, etag=feed.etag, last_modified=feed.last_modified)
        except fetch.AskedToWait as asked:
            return Looked(outcome=PUT_OFF, retry_after_s=asked.wait_s)
        except fetch.FetchError as error:
            return Looked(outcome=error.kind, problem=str(error))
        told: dict[str, Any] = {
            "status": answer.status,
            "elapsed_s": answer.elapsed_s,
            "retry_after_s": answer.retry_after_s,
            "fresh_for_s": answer.fresh_for_s,
            "permanent_url": answer.permanent_url,
            "answered_by": host_of(answer.final_url),
        }
        if answer.status == 304 and (feed.etag or feed.last_modified):
            return Looked(outcome="unchanged", **told)
        if answer.status >= 300:
            return Looked(outcome=f"http-{answer.status}", problem=_status_problem(feed.url, answer.status), **told)
        if not answer.body.strip():
            return Looked(
                outcome="empty-answer", problem=f"Feed {feed.url}: the answer is empty. It is asked again.", **told
            )
        return self._looked_into(feed, answer, told)

    def _looked_into(self, feed: Feed, answer: fetch.Answer, told: dict[str, Any]) -> Looked:
        """How the look went of a feed that has been answered with a body. told: what is known of the answer."""
        digest = hashlib.sha256(answer.body).hexdigest()
        if digest == feed.body_hash:
            return Looked(outcome="unchanged", etag=answer.etag, last_modified=answer.last_modified, **told)
        try:
            parsed = self.parse(answer)
        except FeedError as error:
            return Looked(outcome="not-a-feed", problem=f"Feed {feed.url}: {error}", **told)
        except OverLimits as error:
            return Looked(outcome="limits", problem=f"Feed {feed.url}: {error}. It is looked at again later.", **told)
        # What stood behind a cut is to be asked for again: validators are kept with the items they stand for alone.
        seen = (
            {} if parsed.is_cut else {"etag": answer.etag, "last_modified": answer.last_modified, "body_hash": digest}
        )
        return Looked(
            outcome="new",
            **seen,
            entries=parsed.entries,
            language=normal_code(parsed.info.language),
            **told,
        )

    def parse(self, answer: fetch.Answer) -> ParsedFeed:
        """The feed in an answer. Raises FeedError, and OverLimits where the engine gave it up."""
        job = (answer.body, answer.final_url, answer.headers.get("content-type", ""))
        [parsed] = self.engine(jobs.read_feed, [job])
        if isinstance(parsed, Exception):
            raise OverLimits(str(parsed)) from parsed
        return cast(ParsedFeed, parsed)

    def get_page(self, url: str, seen: Seen = Seen()) -> Page | NoPage | Unchanged:
        """Fetch one article page if its host allows it, conditionally where it was seen before."""
        if refusal := self._refusal(url):
            return refusal
        try:
            answer = self._get(url, self.page_options, etag=seen.etag, last_modified=seen.last_modified)
        except fetch.FetchError as error:
            return _no_answer(error, str(error), is_final=error.kind in ("bad-address", "refused-address"))
        is_seen = bool(seen.page_hash) and answer.status == 200 and hash_page(answer.body) == seen.page_hash
        if is_seen or (answer.status == 304 and (seen.etag or seen.last_modified)):
            return Unchanged()
        if answer.status >= 300:
            return _no_page(url, answer)
        if answer.media_type not in PAGE_TYPES:
            return NoPage("fetch", f"Page {url}: is {answer.media_type}, not a page of text.", is_final=True)
        media_type = "text/plain" if answer.media_type == "text/plain" else "text/html"
        return Page(
            url=answer.final_url,
            body=answer.body,
            media_type=media_type,
            charset=answer.charset,
            etag=answer.etag,
            last_modified=answer.last_modified,
            reserved=tuple(sorted(in_headers(answer.headers) | self.reserved_by_host(answer.final_url))),
        )

    def reserved_by_host(self, url: str) -> frozenset[str]:
        """What the files of an address's host reserve of it against machines: robots.txt and tdmrep.json."""
        rules = self._rules(url)
        if rules is None:
            return frozenset()  # the host cannot be reached
        return rules.reserved(url) | in_tdmrep(self._tdm_rules(url), url)

    def _tdm_rules(self, url: str) -> tuple[TdmRule, ...]:
        root = _root(url)
        with self._robots_lock:
            known = self._tdm.get(root)
        if known and known[0] > time.monotonic():
            return known[1]
        rules, lives_s = known[1] if known else (), ROBOTS_RETRY_S
        try:
            answer = self._get(f"{root}/.well-known/tdmrep.json", self.page_options)
        except fetch.FetchError:
            answer = None
        if answer and answer.status < 500 and answer.status != 429:
            rules, lives_s = read_tdmrep(answer.body) if answer.status == 200 else (), ROBOTS_LIVE_S
        with self._robots_lock:
            self._tdm[root] = (time.monotonic() + lives_s, rules)
        return rules

    def get_source(self, url: str) -> fetch.Answer | NoPage:
        """Fetch a sitemap or a page of a feed if its host allows it; a gzip file comes unpacked."""
        if refusal := self._refusal(url):
            return refusal
        try:
            answer = self._get(url, self.source_options)
            body = fetch.unpack_gzip(url, answer.body, max_bytes=feeds.MAX_BYTES)
        except fetch.FetchError as error:
            reason = str(error).replace(WAY_OUT_FOR_FEEDS, "No more is read of a sitemap; the others are read.")
            return _no_answer(error, reason, is_final=error.kind not in MAY_PASS)
        if answer.status >= 300:
            return _no_page(url, answer)
        return replace(answer, body=body)

    def get_picture(self, url: str) -> fetch.Answer | NoPage:
        """Fetch a picture if its host allows it; whether it is one shows when it is made anew."""
        if refusal := self._refusal(url):
            return refusal
        try:
            answer = self._get(url, self.picture_options, accept="image/webp,image/*;q=0.9")
        except fetch.FetchError as error:
            reason = str(error).replace(WAY_OUT_FOR_FEEDS, "A page shows nothing in its place.")
            return _no_answer(error, reason, is_final=error.kind not in MAY_PASS)
        return _no_page(url, answer) if answer.status >= 300 else answer

    def rules(self, url: str) -> RobotsRules | None:
        """What the robots.txt of this address's host says; None while the host cannot be reached."""
        return self._rules(url)

    def get(self, url: str) -> fetch.Answer:
        """Fetch what a person named, with the limits of a feed. Raises fetch.FetchError."""
        return self._get(url, self.options)

    def _get(self, url: str, options: fetch.FetchOptions, **more: str) -> fetch.Answer:
        answer = fetch.get(url, options=options, **more)
        if answer.status == 429:  # it is said to us, not of this address
            self.spacing.rest(answer.final_url, answer.retry_after_s)
        self.compared.note(url, answer)
        return answer

    def _refusal(self, url: str) -> NoPage | None:
        rules = self._rules(url)
        if rules is None or rules.may_fetch(url):
            return None
        if rules.unknown:
            return NoPage("robots", f"Page {url}: its host's robots.txt cannot be read now; asked again later.")
        return NoPage("robots", f"Page {url}: the publisher's robots.txt asks us not to read it.", is_final=True)

    def _rules(self, url: str) -> RobotsRules | None:
        root = _root(url)
        with self._robots_lock:
            known = self._robots.get(root)
        if known and known[0] > time.monotonic():
            return known[1]
        try:
            answer = self._get(root + "/robots.txt", self.robots_options)
            rules = rules_for(answer.status, answer.body, agent="Backstory")
        except fetch.FetchError:
            return None  # the page's own fetch will name what is wrong with the host
        lives_s = ROBOTS_RETRY_S if rules.unknown else ROBOTS_LIVE_S
        with self._robots_lock:
            self._robots[root] = (time.monotonic() + lives_s, rules)
        return rules


def _root(url: str) -> str:
    """Scheme and host; "" for what is no address, as its fetch will say."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def hash_page(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _no_answer(error: fetch.FetchError, reason: str, *, is_final: bool) -> NoPage:
    """Why nothing came; a host that asked us to wait is as if it asked so again."""
    if isinstance(error, fetch.AskedToWait):
        return NoPage("fetch", reason, status=429, retry_after_s=error.wait_s)
    return NoPage("fetch", reason, is_final=is_final)


def _no_page(url: str, answer: fetch.Answer) -> NoPage:
    return NoPage(
        "fetch",
        _status_problem(url, answer.status),
        is_final=answer.status in (404, 410, 451),
        status=answer.status,
        retry_after_s=answer.retry_after_s,
    )


def _status_problem(url: str, status: int) -> str:
    said = {
        304: "says that nothing has changed, but was not asked that",
        401: "asks for a password",
        403: "is forbidden to us",
        404: "is not there",
        410: "is gone for good",
        429: "asks us to come less often",
        451: "is withheld for legal reasons",
    }.get(status, "is out of order" if status >= 500 else "cannot be had")
    return f"{url}: {said} (HTTP {status})."
