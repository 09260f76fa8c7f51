"""Walks what lists a publisher's earlier articles: robots.txt, sitemaps, pages of feeds. Touches no row."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlsplit

from newsroom.desk.fetching import Fetching, NoPage
from newsroom.publishers.models import BackfillSource
from newstext.addresses import absolute_url, url_key
from newstext.article_addresses import ArticleAddresses, day_in_address, days_of_sitemap, is_list_sitemap
from newstext.feeds import FeedError, parse_feed
from newstext.feeds.answers import read_answer
from newstext.feeds.paging import earlier_page
from newstext.feeds.sitemaps import stream_sitemap
from newstext.records import RawEntry

GUESSES = ("/sitemap.xml", "/news-sitemap.xml", "/sitemap_index.xml")  # asked for though nobody names them
NAMED_MOST = 50  # sitemaps that one robots.txt may name
CHILDREN_MOST = 100  # sitemaps of one index, the newest first
ADDRESSES_MOST = 50_000  # of one sitemap, as sitemaps.org limits it
DEPTH_MOST = 4  # robots.txt, index, index of an index, sitemap
FEED_PAGES_MOST = 100
SPARE = 3  # times as many are picked of a day as are wanted: some will be known
FUTURE_ALLOWED = timedelta(hours=12)
SAME_DAY = timedelta(hours=36)  # a day in an address has no time zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for: articles with such addresses, of these days.

    room: how many more are wanted of each day ("2026-11-03").
    """

    addresses: ArticleAddresses
    since: datetime
    now: datetime
    room: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Earlier:
    """An article that a source lists: when it was published, and how exactly that is known."""

    entry: RawEntry
    at: datetime
    precision: str


@dataclass(frozen=True, slots=True)
class Child:
    """A source that another names. newest_at: of what it lists, as far as it is told."""

    url: str
    kind: str
    newest_at: datetime | None = None
    is_guess: bool = False


@dataclass(slots=True)
class Walked:
    """What one source gave, or why it gave nothing.

    found: its articles of the days wanted. picked: those to take, the newest
    first. problem: in words; no_answer tells what kind it is.
    """

    found: int = 0
    picked: list[Earlier] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
    oldest_at: datetime | None = None
    has_older: bool = False
    problem: str = ""
    no_answer: NoPage | None = None


def walk(source: BackfillSource, fetching: Fetching, wanted: Wanted) -> Walked:
    """Ask for one source and read what it lists."""
    if source.kind == BackfillSource.ROBOTS:
        return _walk_robots(source, fetching, wanted)
    answer = fetching.get_source(source.url)
    if isinstance(answer, NoPage):
        return Walked(problem=answer.reason, no_answer=answer)
    walked = Walked()
    try:
        ready = read_answer(answer.body, answer.headers.get("content-type", ""))
        if ready.kind == "sitemap":
            _read_sitemap(ready.body, source, wanted, walked)
        else:
            _read_feed(answer.body, ready.body, source, wanted, walked)
    except FeedError as error:
        walked.problem = f"{source.url}: {error}"
    return walked


def _walk_robots(source: BackfillSource, fetching: Fetching, wanted: Wanted) -> Walked:
    rules = fetching.rules(source.url)
    if rules is None or rules.unknown:
        why = f"{source.url}: cannot be read now, so nothing of its host is; asked again later."
        return Walked(problem=why, no_answer=NoPage("robots", why))
    named = [absolute_url(url, source.url) for url in rules.sitemaps[:NAMED_MOST]]
    guessed = [absolute_url(path, source.url) for path in GUESSES]
    walked = Walked()
    for url in dict.fromkeys([*filter(None, named), *guessed]):
        if problem := _foreign(url, wanted):
            walked.problem = walked.problem or problem
        elif not is_list_sitemap(url):
            walked.children.append(Child(url, BackfillSource.SITEMAP, is_guess=url not in named))
    return walked


def _foreign(url: str, wanted: Wanted) -> str:
    if wanted.addresses.is_own(url):
        return ""
    return f"{url}: lies on another domain than the publisher's, so it is not asked for."


def _read_sitemap(body: bytes, source: BackfillSource, wanted: Wanted, walked: Walked) -> None:
    picking, children = Picking(wanted), NewestChildren(source, wanted)
    count = 0
    for count, (is_sitemap, entry) in enumerate(stream_sitemap(body, source.url), 1):
        if count > ADDRESSES_MOST:
            walked.problem = f"{source.url}: lists over {ADDRESSES_MOST} addresses; those behind were not read."
            break
        if is_sitemap:
            children.look_at(entry)
        elif found := _dated(entry):
            picking.look_at(found)
    if not count:
        walked.problem = f"{source.url}: the sitemap lists no address that could be read."
    walked.children = children.best()
    walked.problem = walked.problem or children.problem
    picking.tell(walked)
    walked.has_older = walked.has_older or children.has_older


def _read_feed(body: bytes, ready: bytes, source: BackfillSource, wanted: Wanted, walked: Walked) -> None:
    picking = Picking(wanted)
    for entry in parse_feed(body, url=source.url).entries:
        if entry.published_at:
            picking.look_at(Earlier(entry, entry.published_at, "time"))
    picking.tell(walked)
    goes_back = walked.oldest_at and (source.oldest_at is None or walked.oldest_at < source.oldest_at)
    page = earlier_page(ready, source.url)
    # A site that knows no pages gives the same items under any number.
    if page and goes_back and not walked.has_older and source.depth < FEED_PAGES_MOST and not _foreign(page, wanted):
        walked.children.append(Child(page, BackfillSource.FEED))


def _dated(entry: RawEntry) -> Earlier | None:
    """A sitemap's address with its day: as a news sitemap says, else as the address does, else when it was changed."""
    said, named = entry.published_at, day_in_address(entry.url)
    if said and said != entry.updated_at:
        return Earlier(entry, said, "time")
    # When a page was changed must not pass for when it was published: the page itself shall say.
    bare = replace(entry, published_at=None)
    if named and (said is None or not timedelta(0) - SAME_DAY <= said - named <= SAME_DAY):
        return Earlier(bare, named, "day")
    return Earlier(bare, said, "time") if said else None


class Picking:
    """Picks articles of the days wanted as they stream by: of each day the newest, and no more than needed."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.found = 0
        self.oldest_at: datetime | None = None
        self.has_older = False
        self._days: dict[str, list[tuple[datetime, int, Earlier]]] = {}

    def look_at(self, one: Earlier) -> None:
        self.oldest_at = min(filter(None, (self.oldest_at, one.at)))
        is_old = one.at < self.wanted.since
        if not is_old and one.at > self.wanted.now + FUTURE_ALLOWED:
            return
        if (is_old and self.has_older) or not self.wanted.addresses.is_article(one.entry.url):
            return
        if is_old:
            self.has_older = True
            return
        self.found += 1
        day = one.at.date().isoformat()
        most = self.wanted.room.get(day, 0) * SPARE
        held = self._days.setdefault(day, [])
        if len(held) < most:
            heapq.heappush(held, (one.at, -self.found, one))
        elif held:
            heapq.heappushpop(held, (one.at, -self.found, one))

    def tell(self, walked: Walked) -> None:
        """Put what was found into `walked`, the newest first."""
        held = (item for day in self._days.values() for item in day)
        walked.picked = [item[2] for item in sorted(held, key=lambda item: item[:2], reverse=True)]
        walked.found, walked.oldest_at, walked.has_older = self.found, self.oldest_at, self.has_older


class NewestChildren:
    """The sitemaps of an index that may hold articles of the days wanted, the newest first."""

    def __init__(self, source: BackfillSource, wanted: Wanted) -> None:
        self.source, self.wanted = source, wanted
        self.has_older = False
        self.problem = ""
        self._dated: list[tuple[datetime, int, Child]] = []
        self._undated: list[Child] = []
        self._seen = 0

    def look_at(self, entry: RawEntry) -> None:
        url = entry.url
        if is_list_sitemap(url):
            return
        if problem := _foreign(url, self.wanted):
            self.problem = self.problem or problem
            return
        if self.source.depth >= DEPTH_MOST:
            self.problem = f"{self.source.url}: lies {DEPTH_MOST} sitemaps deep; what it lists is not asked for."
            return
        newest_at = _newest_of(entry)
        if newest_at and newest_at < self.wanted.since:
            self.has_older = True
        elif newest_at:
            self._seen += 1
            keep = heapq.heappush if len(self._dated) < CHILDREN_MOST else heapq.heappushpop
            keep(self._dated, (newest_at, -self._seen, Child(url, BackfillSource.SITEMAP, newest_at)))
        else:
            # Numbered ones begin with the oldest or with the newest: the first and the last are kept.
            self._undated.append(Child(url, BackfillSource.SITEMAP))
            if len(self._undated) > CHILDREN_MOST:
                del self._undated[CHILDREN_MOST // 2]

    def best(self) -> list[Child]:
        """At most CHILDREN_MOST of them: dated ones, newest first; then the others from both ends."""
        dated = [item[2] for item in sorted(self._dated, key=lambda item: item[:2], reverse=True)]
        return [*dated, *_from_both_ends(self._undated)][:CHILDREN_MOST]


def _newest_of(entry: RawEntry) -> datetime | None:
    """When a sitemap's newest article may be of: its name's last day, else when it was changed, the earlier of both."""
    span = days_of_sitemap(entry.url)
    last = datetime.combine(span[1], time.max, tzinfo=UTC) if span else None
    return min(filter(None, (last, entry.updated_at)), default=None)


def _from_both_ends(children: list[Child]) -> Iterator[Child]:
    first, last = 0, len(children) - 1
    while first <= last:
        yield children[last]
        if first < last:
            yield children[first]
        first, last = first + 1, last - 1


def robots_of(urls: list[str]) -> list[str]:
    """The robots.txt of each host, once a host however it is written."""
    roots = {url_key(root): root for url in reversed(urls) if (root := absolute_url("/", url))}
    return [f"{root.rstrip('/')}/robots.txt" for root in roots.values() if urlsplit(root).netloc][::-1]
