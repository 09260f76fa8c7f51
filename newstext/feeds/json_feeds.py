"""JSON Feed (https://www.jsonfeed.org/version/1.1/) into entries."""

from __future__ import annotations

import html
import json
from typing import Any

from newstext.addresses import absolute_url
from newstext.feeds.answers import FeedError
from newstext.feeds.syndicated import MAX_ENTRIES
from newstext.moments import read_moment
from newstext.records import FeedInfo, ParsedFeed, RawEntry
from newstext.sanitise import SUMMARY_MAX_CHARS, plain_start, plain_text

Item = dict[str, Any]


def parse_json_feed(body: bytes, url: str) -> ParsedFeed:
    """The feed and its entries. Raises FeedError for JSON that is no feed."""
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FeedError(f"the answer looks like JSON but is broken ({error}).") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise FeedError("the answer is JSON, but no JSON Feed: it has no items.")
    info = FeedInfo(
        title=plain_text(_text(feed, "title")),
        home_url=absolute_url(_text(feed, "home_page_url"), url),
        description=plain_start(_text(feed, "description")),
        language=_text(feed, "language")[:35],
    )
    base = url if url.startswith("http") else info.home_url
    entries = (_entry(item, base) for item in feed["items"][:MAX_ENTRIES] if isinstance(item, dict))
    return ParsedFeed(info, tuple(entries))


def _entry(item: Item, base: str) -> RawEntry:
    given = _text(item, "url") or _text(item, "external_url")
    address = absolute_url(given, base) if given else ""
    markup, text = _text(item, "content_html"), _text(item, "content_text")
    return RawEntry(
        guid=_text(item, "id") or address,
        url=address,
        title=plain_text(_text(item, "title")),
        authors=_authors(item),
        published_at=read_moment(_text(item, "date_published")),
        updated_at=read_moment(_text(item, "date_modified")),
        raw_summary=_text(item, "summary") or html.escape(text[:SUMMARY_MAX_CHARS], quote=False) or markup,
        raw_content=markup or _paragraphs(text),
        base_url=address or base,
        tags=tuple(plain_text(tag) for tag in _list(item, "tags")[:30] if isinstance(tag, str)),
        image=_address(_text(item, "image") or _text(item, "banner_image"), base),
    )


def _paragraphs(text: str) -> str:
    """Plain text as markup, its empty lines between paragraphs."""
    return "".join(f"<p>{html.escape(part.strip(), quote=False)}</p>" for part in text.split("\n\n") if part.strip())


def _authors(item: Item) -> tuple[str, ...]:
    given = [author for author in [*_list(item, "authors"), item.get("author")] if isinstance(author, dict)]
    names = (plain_text(_text(author, "name")) for author in given[:20])
    return tuple(dict.fromkeys(name for name in names if name))


def _address(given: str, base: str) -> str:
    return absolute_url(given, base) if given else ""


def _text(item: Item, key: str) -> str:
    value = item.get(key)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _list(item: Item, key: str) -> list[Any]:
    value = item.get(key)
    return value if isinstance(value, list) else []
