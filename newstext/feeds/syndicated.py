"""RSS, Atom, RDF and CDF into entries: fastfeedparser where it can be trusted, feedparser elsewhere."""

from __future__ import annotations

import bisect
import html
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from newstext.addresses import absolute_url
from newstext.feeds import trusted
from newstext.feeds.answers import FeedError
from newstext.later import later
from newstext.moments import YEARS, read_moment
from newstext.records import FeedInfo, ParsedFeed, RawEntry
from newstext.sanitise import plain_start, plain_text

if TYPE_CHECKING:
    import fastfeedparser
    import feedparser
else:
    # 6 MB with lxml: feeds are read in worker processes, not where they are fetched.
    fastfeedparser = later("fastfeedparser")
    feedparser = later("feedparser")

MAX_ENTRIES = 2000
# feedparser takes some 0.1 ms a tag.
SLOW_MAX_TAGS = 60_000
# feedparser looks for a mail address in an author in quadratic time.
LONG_AUTHOR = re.compile(
    rb"(<(?:[\w.-]{1,40}:)?(?:author|creator|name|email|contributor|managingEditor|webMaster|publisher|owner)"
    rb"(?:\s[^>]{0,300})?>\s*(?:<!\[CDATA\[(?=(?P<coded>))|))"
    rb"(?(coded)((?:(?!\]\]>).){300})(?:(?!\]\]>).)+|([^<]{300})[^<]+)",
    re.I | re.S,
)
ITEM_END = re.compile(rb"</(?:[\w.-]{1,40}:)?(?:item|entry)\s*>|<(?:[\w.-]{1,40}:)?(?:item|entry)\s[^<>]*/>", re.I)
MAX_AUTHORS = 20
MAX_TAGS = 30
CAPTION_MAX_CHARS = 1000
CREDIT_MAX_CHARS = 200
Parsed = Mapping[str, Any]

# RSS's source with its name, or Atom's with its title; not the source element of HTML's pictures, which is empty.
SOURCE = re.compile(
    rb"<source(?:\s[^>]{0,600})?>\s*(?:(?:<(?!/source|title)[^>]{0,600}>[^<]{0,600}){0,20}<title[^>]{0,200}>\s*)?"
    rb"(?:<!\[CDATA\[)?\s*([^<\]]{1,300}?)\s*(?:\]\]>)?\s*</(?:source|title)>"
)
LANGUAGE = re.compile(rb"<(?:[\w.-]{1,40}:)?language>\s*(?:<!\[CDATA\[)?\s*([\w-]{2,35})", re.I)
XML_LANGUAGE = re.compile(rb"xml:lang\s*=\s*[\"']([\w-]{2,35})")
MAIL_AND_NAME = re.compile(r"\S+@\S+\s+\((.+)\)")
NAME_AND_MAIL = re.compile(r"(.+?)\s*[(<]\S+@\S+[)>]")
ROLE = re.compile(r"(?<=\S)\s*\([^()]*\)$")
BETWEEN_NAMES = re.compile(r"\s*[;,،、]\s*|\s+(?:and|und|et|&)\s+")


def parse_syndicated(body: bytes, url: str, start_tag: bytes) -> ParsedFeed:
    """The feed and its entries. Raises FeedError where nothing can be read.

    start_tag: the first element's own tag, as bytes.
    """
    seen = trusted.look_over(body, start_tag)
    starts = seen.starts
    is_cut = bool(starts) and _breaks_off(body, starts[-1], start_tag)
    if is_cut and len(starts) == 1:
        raise FeedError("the answer breaks off within its first item.")
    if is_cut:
        body, starts = body[: starts[-1]] + _closing(start_tag), starts[:-1]
    if len(starts) > MAX_ENTRIES:
        body, starts = body[: starts[MAX_ENTRIES]] + _closing(start_tag), starts[:MAX_ENTRIES]
    fast = _by_fastfeedparser(body, url, starts) if trusted.is_plain(body, start_tag, seen) else None
    if fast and b"<source" in body:
        fast = _with_sources(fast, body, starts)
    feed = fast or _by_feedparser(LONG_AUTHOR.sub(_shorter_author, _short(body, starts, start_tag)), url, len(starts))
    return replace(feed, is_cut=is_cut)


def _breaks_off(body: bytes, last: int, start_tag: bytes) -> bool:
    """Whether the answer ends within its last item, whose address may be half a one: neither it nor the feed is closed.

    last: where that item starts.
    """
    root = start_tag[1:].split(None, 1)[0].rstrip(b"/>")
    return not ITEM_END.search(body, last) and body.find(b"</" + root, last) == -1


def _shorter_author(found: re.Match[bytes]) -> bytes:
    return found[1] + (found[3] or found[4])


def _closing(start_tag: bytes) -> bytes:
    """What ends a feed that was cut before an item."""
    return b"</channel></rss>" if start_tag.startswith(b"<rss") else b"</feed>" if start_tag[:5] == b"<feed" else b""


def _short(body: bytes, starts: list[int], start_tag: bytes) -> bytes:
    """The body as far as feedparser reads it in seconds: whole items, the first ones.

    Raises FeedError if not even the first would be.
    """
    if body.count(b"<") <= SLOW_MAX_TAGS:
        return body
    kept = bisect.bisect_right(starts, SLOW_MAX_TAGS, key=lambda start: body.count(b"<", 0, start))
    if kept < 2:
        raise FeedError(f"the feed has over {SLOW_MAX_TAGS} tags and no items of a usable size.")
    return body[: starts[kept - 1]] + _closing(start_tag)


def _by_fastfeedparser(body: bytes, url: str, starts: list[int]) -> ParsedFeed | None:
    """The feed, or None where entries or parts of them were lost on the way."""
    try:
        parsed = fastfeedparser.parse(body)
    except Exception:  # it raises whatever its XML and date readers raise
        return None
    items = parsed.get("entries") or []
    if not items or trusted.has_lost(body, starts, items, _text):
        return None
    head = body[: starts[0]]
    if not parsed["feed"].get("title") and b"<title" in head:
        return None
    return _feed(parsed, url, _language(body, start=head))


def _by_feedparser(body: bytes, url: str, counted: int) -> ParsedFeed:
    headers = {"content-location": url, "content-type": "application/xml"}
    try:
        # A stream: given bytes, feedparser would try them as the name of a file.
        parsed = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # its SAX and date readers raise many kinds
        raise FeedError(f"the feed cannot be read ({type(error).__name__}: {error}).") from error
    feed = _feed(parsed, url, str(parsed.feed.get("language") or ""))
    if not feed.entries and feed.info == FeedInfo(language=feed.info.language):
        problem = str(parsed.get("bozo_exception") or "no title, no link and no entry")[:200]
        raise FeedError(f"the feed cannot be read: {problem}; {counted} items counted.")
    return feed


def _language(body: bytes, start: bytes) -> str:
    found = LANGUAGE.search(start) or XML_LANGUAGE.search(start)
    return found.group(1).decode() if found else ""


def _feed(parsed: Parsed, url: str, language: str) -> ParsedFeed:
    feed = parsed["feed"]
    home = _address(str(feed.get("link") or ""), url)
    info = FeedInfo(
        title=plain_text(str(feed.get("title") or "")),
        home_url=home,
        description=plain_start(str(feed.get("subtitle") or feed.get("description") or feed.get("info") or "")),
        language=language[:35],
    )
    base = url if url.startswith("http") else home
    return ParsedFeed(info, tuple(_entry(item, base) for item in parsed["entries"][:MAX_ENTRIES]))


def _entry(item: Parsed, base: str) -> RawEntry:
    guid = str(item.get("id") or "").strip()
    link = _link(item)
    address = _address(link, base) or (absolute_url(guid) if guid.startswith("http") else "")
    summary = _summary(item)
    content, content_base = _content(item, summary)
    said_updated = item.get("updated") if "updated" in item else None  # feedparser would give `published` for it
    updated_at = _moment(said_updated, item.get("updated_parsed") if said_updated else None)
    return RawEntry(
        # fastfeedparser puts a link, relative as it may be, where there is no guid.
        guid=address if not guid or (guid == link and "://" not in guid) else guid,
        url=address,
        title=plain_text(str(item.get("title") or "")),
        authors=_authors(item),
        published_at=_moment(item.get("published"), item.get("published_parsed"))
        or updated_at
        or _moment(item.get("created"), item.get("created_parsed")),
        updated_at=updated_at,
        raw_summary=summary,
        raw_content=content,
        base_url=_address(content_base, base) or address or base,
        tags=_tags(item),
        **_picture(item, base),
        source=_source(item),
    )


def _address(given: str, base: str) -> str:
    return absolute_url(given, base) if given else ""


def _summary(item: Parsed) -> str:
    """The summary as markup; else what stands beside the item's picture or film."""
    given = item.get("summary") or item.get("description")
    if not given:
        given = next(
            (media["description"] for media in item.get("media_content") or () if media.get("description")), ""
        )
    return str(given)


def _text(item: Parsed) -> object:
    return _summary(item) or any(part.get("value") for part in item.get("content") or ())


def _link(item: Parsed) -> str:
    """The article's own address; a sound file or picture that has none of its own is no link."""
    given = str(item.get("link") or "")
    enclosures = item.get("enclosures")
    if given and not enclosures:
        return given.strip()
    alternate = (link for link in item.get("links") or () if (link.get("rel") or "alternate") == "alternate")
    named = next((str(link["href"]) for link in alternate if link.get("href")), "")
    enclosed = {str(one.get("href") or one.get("url") or "") for one in enclosures or ()}
    return (named if named and given in enclosed else given or named).strip()


def _content(item: Parsed, summary: str) -> tuple[str, str]:
    """(the fullest text as markup, its own base address); the summary where it alone has markup."""
    markup, base = "", ""
    for part in item.get("content") or ():
        value = str(part.get("value") or "")
        if len(value) > len(markup):
            is_plain = part.get("type") == "text/plain"
            markup = f"<p>{html.escape(value)}</p>" if is_plain else value
            base = str(part.get("base") or "")
    return (markup, base) if "<" in markup or not summary else (summary if "<" in summary else markup, base)


def _authors(item: Parsed) -> tuple[str, ...]:
    names = [str(author.get("name") or "") for author in item.get("authors") or () if isinstance(author, dict)]
    if not any(names):
        names = [str(item.get("author") or "")]
    parts = (part for name in names if name for part in _names_in(name[:1000]))
    return tuple(dict.fromkeys(parts))[:MAX_AUTHORS]


@lru_cache(maxsize=2048)
def _names_in(author: str) -> tuple[str, ...]:
    """The names of people in what a feed says of an author."""
    return tuple(name for part in BETWEEN_NAMES.split(_name_of(plain_text(author))) if (name := _without_role(part)))


def _name_of(text: str) -> str:
    """The name in "mail@host (Name)" or "Name (mail@host)"; nothing for a bare mail address."""
    if "@" in text:
        found = MAIL_AND_NAME.fullmatch(text) or NAME_AND_MAIL.fullmatch(text)
        return found.group(1) if found else "" if " " not in text else text
    return text[3:] if text[:3].lower() == "by " else text


def _without_role(name: str) -> str:
    """The name in "Name (role)"."""
    return ROLE.sub("", name).strip() if name.endswith(")") else name.strip()


def _tags(item: Parsed) -> tuple[str, ...]:
    given = item.get("tags")
    if not given:
        return ()
    found = (plain_text(str(tag.get("label") or tag.get("term") or "")) for tag in given[:MAX_TAGS])
    return tuple(dict.fromkeys(tag for tag in found if tag))


def _with_sources(feed: ParsedFeed, body: bytes, starts: list[int]) -> ParsedFeed:
    """The same with each item's source, which fastfeedparser leaves out."""
    if len(feed.entries) != len(starts):
        return feed
    parts = (body[start:end] for start, end in zip(starts, [*starts[1:], len(body)], strict=True))
    said = [match.group(1).decode("utf-8", "replace") if (match := SOURCE.search(part)) else "" for part in parts]
    entries = (
        replace(entry, source=plain_text(name)[:200]) if name else entry
        for entry, name in zip(feed.entries, said, strict=True)
    )
    return ParsedFeed(feed.info, tuple(entries))


def _source(item: Parsed) -> str:
    """The title of the feed or outlet that RSS's or Atom's source element names."""
    source = item.get("source")
    said = (source.get("title") or source.get("value") or "") if isinstance(source, Mapping) else source or ""
    return plain_text(str(said)[:400])[:200]


def _picture(item: Parsed, base: str) -> dict[str, str]:
    """The item's picture, with the caption and credit that stand in it or beside it."""
    for key in ("media_content", "media_thumbnail", "enclosures"):
        for media in item.get(key) or ():
            address = str(media.get("url") or media.get("href") or "")
            kind = str(media.get("type") or media.get("medium") or "image")
            if address and kind.startswith("image"):
                caption = str(media.get("description") or "")
                is_teaser = caption == _summary(item)
                return {
                    "image": absolute_url(address, base),
                    "image_caption": "" if is_teaser else plain_text(caption[:CAPTION_MAX_CHARS]),
                    "image_credit": _media_credit(media.get("credit") or item.get("media_credit")),
                }
    return {}


def _media_credit(told: object) -> str:
    """Who made a picture: fastfeedparser gives a text, feedparser a list of parts."""
    parts = told if isinstance(told, list) else [told]
    names = (part.get("content") or part.get("value") if isinstance(part, Mapping) else part for part in parts[:5])
    return ", ".join(plain_text(str(name)[:CREDIT_MAX_CHARS]) for name in names if name)


def _moment(said: object, parsed: tuple[int, ...] | None) -> datetime | None:
    """What the feed said, with its own offset; else what feedparser made of it, in UTC."""
    moment = read_moment(str(said)) if said else None
    if moment or not parsed or parsed[0] not in YEARS:
        return moment
    year, month, day, hour, minute, second = parsed[:6]
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
