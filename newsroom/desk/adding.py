"""Follows what a person names: a feed, a site, an OPML or a TOML file."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import timezone

from newsroom.desk.fetching import Fetching
from newsroom.publishers.models import Feed
from newsroom.publishers.save import follow_feed, get_publisher, name_of_site
from newsroom.publishers.starting import ListedFeed, follow_listed, read_list
from newstext.feeds import FeedError, find_feeds, guess_feeds, parse_feed, parse_opml
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
            added.count(follow_listed(feed, now))
        else:
            added.problems.append(feed.reason)


def _add_opml(content: bytes, where: str, added: Added) -> None:
    now = timezone.now()
    feeds, rejected = parse_opml(content)
    for feed in feeds:
        home = feed.home_url or feed.url
        publisher = get_publisher(feed.title or name_of_site(home), home)
        added.count(follow_feed(publisher, feed.url, now, title=feed.title, section=feed.category))
    added.problems += [f"{where}: {item.reason}" for item in rejected if isinstance(item, Rejected)]
    if not feeds and not rejected:
        added.problems.append(f"{where}: holds no feed. Give an OPML file with outline elements that have xmlUrl.")


def _add_address(url: str, added: Added) -> None:
    """Follow the feed at `url`, or the feeds that the site at `url` names."""
    if Feed.objects.filter(url=url).exists():
        added.count(is_new=False)
        return
    fetching = Fetching()
    try:
        answer = fetching.get(url)
    except FetchError as error:
        added.problems.append(str(error))
        return
    if answer.status >= 400:
        added.problems.append(f"{url}: HTTP {answer.status}. Give the address of a feed or a site that answers.")
        return
    try:
        said = answer.headers.get("content-type", "")
        _follow(answer.final_url, parse_feed(answer.body, url=answer.final_url, content_type=said), added)
    except FeedError as error:
        _add_site(answer.body, answer.final_url, str(error), fetching, added)


def _add_site(body: bytes, url: str, why: str, fetching: Fetching, added: Added) -> None:
    named = find_feeds(body, url)[:3]
    problems: list[str] = []
    for feed_url in named or guess_feeds(url):
        try:
            _follow(feed_url, _read(feed_url, fetching), added)
            return  # a site's first feed is its main one; the others are mostly comments
        except FetchError as error:
            problems.append(str(error))
        except FeedError as error:
            problems.append(f"{feed_url}: {error}")
    added.problems += (
        problems if named else [f"{url}: {why} It names no feed, and has none at /feed, /rss or the like."]
    )


def _read(url: str, fetching: Fetching) -> ParsedFeed:
    """The feed at `url`. Raises FetchError or FeedError."""
    answer = fetching.get(url)
    if answer.status >= 400:
        raise FeedError(f"HTTP {answer.status}, no feed.")
    return parse_feed(answer.body, url=answer.final_url, content_type=answer.headers.get("content-type", ""))


def _follow(url: str, parsed: ParsedFeed, added: Added) -> None:
    home = parsed.info.home_url or url
    name = parsed.info.title or name_of_site(home)
    publisher = get_publisher(name[:200], home, language=parsed.info.language[:2].lower())
    added.count(follow_feed(publisher, url, timezone.now(), title=parsed.info.title))
