"""Follows what a person names: a feed, a site, an OPML or a TOML file."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from newsroom.desk.fetching import Fetching, OverLimits
from newsroom.publishers.models import Feed
from newsroom.publishers.save import follow_by_hand, get_publisher, name_of_site, site_of
from newsroom.publishers.starting import ListedFeed, follow_listed, read_list
from newstext.feeds import FeedError, find_feeds, guess_feeds, parse_opml
from newstext.fetch import FetchError
from newstext.records import ParsedFeed, Rejected

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Added:
    new: int = 0
    known: int = 0
    problems: list[str] = field(default_factory=list)

    def count(self, is_new: bool) -> None:
        self.new += is_new
        self.known += not is_new


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that answers: its address, and what it held."""

    url: str
    parsed: ParsedFeed


class CannotFollow(Exception):
    """Nothing to follow was found; `problems` say why and the way out. kind: of the fetch that failed, if one did."""

    def __init__(self, problems: list[str], *, kind: str = "") -> None:
        super().__init__(" ".join(problems))
        self.problems = problems
        self.kind = kind


def add(what: str) -> Added:
    """Follow what `what` names; problems are told and logged, and the rest is followed."""
    added = Added()
    _add(what, added)
    for problem in added.problems:
        log.warning("add: %s", problem)
    return added


def _add(what: str, added: Added) -> None:
    if what.startswith(("http://", "https://")):
        _add_address(what, added)
        return
    path = Path(what)
    try:
        content = path.read_bytes()
    except OSError as error:
        added.problems.append(f"{what}: {error.strerror}. Give a feed's or site's address, or an OPML or TOML file.")
        return
    if path.suffix.lower() == ".toml":
        _add_list(content, path.name, added)
    else:
        _add_opml(content, path.name, added)


def _add_list(content: bytes, where: str, added: Added) -> None:
    now = timezone.now()
    for feed in read_list(content, where):
        if isinstance(feed, ListedFeed):
            added.count(follow_listed(feed, now, is_by_hand=True))
        else:
            added.problems.append(feed.reason)


def _add_opml(content: bytes, where: str, added: Added) -> None:
    now = timezone.now()
    feeds, rejected = parse_opml(content)
    for feed in feeds:
        home = feed.home_url or site_of(feed.url)
        publisher = get_publisher(feed.title or name_of_site(home), home)
        added.count(follow_by_hand(publisher, feed.url, now, title=feed.title, section=feed.category))
    added.problems += [f"{where}: {item.reason}" for item in rejected if isinstance(item, Rejected)]
    if not feeds and not rejected:
        added.problems.append(f"{where}: holds no feed. Give an OPML file with outline elements that have xmlUrl.")


def _add_address(url: str, added: Added) -> None:
    """Follow the feed at `url`, or the feeds that the site at `url` names."""
    if Feed.objects.filter(url=url, is_on=True).exists():
        added.count(is_new=False)
        return
    try:
        found = find_feed(url, Fetching())
    except CannotFollow as error:
        added.problems += error.problems
        return
    _, is_new = follow_found(found, timezone.now())
    added.count(is_new)


def find_feed(url: str, fetching: Fetching) -> Found:
    """The feed at `url`, or the main one of the site there. Touches no row. Raises CannotFollow."""
    try:
        answer = fetching.get(url)
    except FetchError as error:
        raise CannotFollow([str(error)], kind=error.kind) from error
    if answer.status >= 300:
        raise CannotFollow([f"{url}: HTTP {answer.status}. Give the address of a feed or a site that answers."])
    try:
        return Found(answer.final_url, fetching.parse(answer))
    except OverLimits as error:
        raise CannotFollow([f"{url}: {error}."]) from error
    except FeedError as error:
        return _find_in_site(answer.body, answer.final_url, str(error), fetching)


def _find_in_site(body: bytes, url: str, why: str, fetching: Fetching) -> Found:
    named = find_feeds(body, url)[:3]
    problems: list[str] = []
    for feed_url in named or guess_feeds(url):
        try:
            return Found(feed_url, _read(feed_url, fetching))  # a site's first feed is its main one
        except FetchError as error:
            problems.append(str(error))
        except (FeedError, OverLimits) as error:
            problems.append(f"{feed_url}: {error}")
    raise CannotFollow(
        problems if named else [f"{url}: {why} It names no feed, and has none at /feed, /rss or the like."]
    )


def _read(url: str, fetching: Fetching) -> ParsedFeed:
    """The feed at `url`. Raises FetchError, FeedError or OverLimits."""
    answer = fetching.get(url)
    if answer.status >= 300:
        raise FeedError(f"HTTP {answer.status}, no feed.")
    return fetching.parse(answer)


def follow_found(
    found: Found, now: datetime, *, title: str = "", home_url: str = "", section: str = ""
) -> tuple[Feed, bool]:
    """Follow what was found, and whether it is new; title and home_url: what an OPML list says, which goes first."""
    info = found.parsed.info
    home = home_url or info.home_url or site_of(found.url)
    name = title or info.title or name_of_site(home)
    publisher = get_publisher(name[:200], home, language=info.language[:2].lower())
    is_new = follow_by_hand(publisher, found.url, now, title=title or info.title, section=section)
    return Feed.objects.select_related("publisher").get(url=found.url), is_new
