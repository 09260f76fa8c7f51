"""Feeds of every make into entries: RSS, Atom, RDF, JSON Feed, sitemaps; and lists of feeds."""

from __future__ import annotations

from newstext.feeds.answers import MAX_BYTES, FeedError, read_answer
from newstext.feeds.discovery import find_feeds, guess_feeds
from newstext.feeds.icons import find_icons
from newstext.feeds.json_feeds import parse_json_feed
from newstext.feeds.opml import OpmlFeed, parse_opml
from newstext.feeds.sitemaps import parse_sitemap
from newstext.feeds.syndicated import parse_syndicated
from newstext.moments import read_moment
from newstext.records import ParsedFeed

__all__ = [
    "MAX_BYTES",
    "FeedError",
    "OpmlFeed",
    "find_feeds",
    "find_icons",
    "guess_feeds",
    "parse_feed",
    "parse_opml",
    "read_moment",
]


def parse_feed(body: bytes, *, url: str, content_type: str = "") -> ParsedFeed:
    """The feed and its entries, in the feed's own order.

    url: the feed's own address, against which relative ones are made absolute.
    content_type: what HTTP said; its charset counts where the bytes name none.
    Raises FeedError, which says what the answer is instead, and nothing else.
    """
    answer = read_answer(body, content_type)
    if answer.kind == "json":
        return parse_json_feed(answer.body, url)
    if answer.kind == "sitemap":
        return parse_sitemap(answer.body, url)
    return parse_syndicated(answer.body, url, answer.start_tag)
