"""RSS, Atom, RDF and CDF into entries: fastfeedparser where it reads rightly, feedparser elsewhere.

fastfeedparser is some 60 times as fast, but misreads old formats, markup
written in place, xml:base, base64, foreign elements named like RSS's own, and
gives up half a feed after a mismatched tag. So it reads plain RSS 2.0 and Atom
1.0 alone, and its result is looked over for what it lost.
"""

from __future__ import annotations

import bisect
import html
import io
import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import fastfeedparser
import feedparser

from newstext.addresses import absolute_url
from newstext.feeds.answers import FeedError
from newstext.moments import YEARS, read_moment
from newstext.records import FeedEntry, FeedInfo, ParsedFeed
from newstext.sanitise import VOID, clean_html, plain_text

MAX_ENTRIES = 2000
SUMMARY_MAX_CHARS = 4000
# Markup that is enough to hold SUMMARY_MAX_CHARS of text.
SUMMARY_MAX_MARKUP = 3 * SUMMARY_MAX_CHARS
# feedparser takes some 0.1 ms a tag.
SLOW_MAX_TAGS = 60_000
# feedparser looks for a mail address in an author in quadratic time.
LONG_AUTHOR = re.compile(
    rb"(<(?:[\w.-]{1,40}:)?(?:author|creator|name|email|contributor|managingEditor|webMaster|publisher|owner)"
    rb"(?:\s[^>]{0,300})?>\s*(?:<!\[CDATA\[(?=(?P<coded>))|))"
    rb"(?(coded)((?:(?!\]\]>).){300})(?:(?!\]\]>).)+|([^<]{300})[^<]+)",
    re.I | re.S,
)
MAX_AUTHORS = 20
MAX_TAGS = 30
Parsed = Mapping[str, Any]

ITEM = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s>/]", re.I)
RSS_2 = re.compile(rb"<rss\s(?:[^>]*\s)?version\s*=\s*[\"']2\.")
ATOM_1 = re.compile(rb"<feed\s(?:[^>]*\s)?xmlns\s*=\s*[\"']http://www\.w3\.org/2005/Atom[\"']")
PREFIXES = re.compile(rb"xmlns:([\w.-]{1,40})\s*=\s*[\"']([^\"']{0,200})")
# Namespaces whose elements fastfeedparser tells from RSS's own.
KNOWN_NAMESPACES = (
    b"purl.org/dc/",
    b"purl.org/rss/1.0/modules/content",
    b"search.yahoo.com/mrss",
    b"itunes.com/dtds",
    b"www.w3.org/2005/Atom",
)
CORE_NAMES = (b"title", b"link", b"description", b"pubDate", b"guid", b"author", b"summary", b"content", b"id")
# What stands for itself in RSS and Atom and fastfeedparser reads as nothing.
IN_PLACE = re.compile(rb"<(?:title|summary|subtitle)\s[^>]{0,200}xhtml|<content\s[^>]{0,200}application/(?!xhtml)")
CODED = re.compile(rb"<(?:title|summary|subtitle|content)\s[^>]{0,200}(?:base64|octet-stream)")
SIGNS_IN_RSS = (b"<fullitem", b"<body", b":body>", b"<dc:date")
TITLE_SIGNS = (b"<title",)
LINK_SIGNS = (b"<link", b"<guid", b"<id")
DATE_SIGNS = (b"<pubDate", b":date", b"<published", b"<updated", b"<issued", b"<modified", b"dcterms:")
TEXT_SIGNS = (b"<description", b"<summary", b"<content", b":encoded", b"<media:description")
# A feed's own title, its picture's and its search box's: not of an item.
FEEDS_OWN = 3
RELATIVE = re.compile(r"(?:href|src)\s*=\s*[\"'](?![a-zA-Z][a-zA-Z+.-]*:|//|#)")
LANGUAGE = re.compile(rb"<(?:[\w.-]{1,40}:)?language>\s*(?:<!\[CDATA\[)?\s*([\w-]{2,35})", re.I)
XML_LANGUAGE = re.compile(rb"xml:lang\s*=\s*[\"']([\w-]{2,35})")
# Trees this deep are cleaned in time that grows with the square of their depth.
DEEP_TAGS = 1000
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
# An absolute address that the WHATWG rules leave as it is: no dots as path, no coding, no numbers for a host.
PLAIN_ADDRESS = re.compile(
    r"https?://(?!\S*xn--)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.){1,6}[a-z]{2,20}(?:(?:/[\w~=+-][\w~=+.-]*)+/?|/)", re.A
)
MAIL_AND_NAME = re.compile(r"\S+@\S+\s+\((.+)\)")
NAME_AND_MAIL = re.compile(r"(.+?)\s*[(<]\S+@\S+[)>]")
BETWEEN_NAMES = re.compile(r"\s*[;,،、]\s*|\s+(?:and|und|et|&)\s+")


def parse_syndicated(body: bytes, url: str, start_tag: bytes) -> ParsedFeed:
    """The feed and its entries. Raises FeedError where nothing can be read.

    start_tag: the first element's own tag, as bytes.
    """
    starts = [found.start() for found in ITEM.finditer(body)]
    if len(starts) > MAX_ENTRIES:
        body, starts = body[: starts[MAX_ENTRIES]] + _closing(start_tag), starts[:MAX_ENTRIES]
    fast = _by_fastfeedparser(body, url, len(starts)) if _is_plain(body, start_tag) else None
    return fast or _by_feedparser(LONG_AUTHOR.sub(_shorter_author, _short(body, starts, start_tag)), url, len(starts))


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


def _is_plain(body: bytes, start_tag: bytes) -> bool:
    """Whether fastfeedparser can be trusted with it, as far as the bytes tell."""
    if RSS_2.match(start_tag):
        # A summary of RSS's own, not the one of HTML's <details>.
        odd = b"xmlns=" in start_tag or (b"<summary" in body and b"<details" not in body)
        odd = odd or any(sign in body for sign in SIGNS_IN_RSS)
    elif ATOM_1.match(start_tag):
        odd = (b"xhtml" in body or b"application/" in body) and bool(IN_PLACE.search(body))
        odd = odd or ((b"base64" in body or b"octet-stream" in body) and bool(CODED.search(body)))
    else:
        return False
    return not odd and not _has_namesakes(body, start_tag) and not _media_title_first(body)


def _has_namesakes(body: bytes, start_tag: bytes) -> bool:
    foreign = (
        prefix for prefix, space in PREFIXES.findall(start_tag) if not any(known in space for known in KNOWN_NAMESPACES)
    )
    used = (prefix for prefix in foreign if b"<%s:" % prefix in body)
    return any(b"<%s:%s" % (prefix, name) in body for prefix in used for name in CORE_NAMES)


def _media_title_first(body: bytes) -> bool:
    """Whether the first item names a picture's title before its own."""
    media = body.find(b"<media:title")
    if media == -1:
        return False
    item = body.rfind(b"<item", 0, media)
    return item != -1 and body.find(b"<title", item, media) == -1


def _by_fastfeedparser(body: bytes, url: str, counted: int) -> ParsedFeed | None:
    """The feed, or None where entries or parts of them were lost on the way."""
    try:
        parsed = fastfeedparser.parse(body)
    except Exception:  # it raises whatever its XML and date readers raise
        return None
    items = parsed.get("entries") or []
    if len(items) < counted or not items or not parsed["feed"].get("title") or _lost_parts(body, items):
        return None
    language = _language(body, start=body[: max(0, body.find(b"<item"))] or body[:4096])
    return _feed(parsed, url, language)


def _lost_parts(body: bytes, items: list[Parsed]) -> bool:
    """Whether the bytes hold titles, addresses, dates or texts of items that came out empty."""
    return (
        _lost(body, TITLE_SIGNS, items, ("title",))
        or _lost(body, LINK_SIGNS, items, ("link", "id"))
        or _lost(body, DATE_SIGNS, items, ("published", "updated"))
        or _lost(body, TEXT_SIGNS, items, ("description", "content"))
        or (b"xml:base" in body and any(_is_relative(item) for item in items))
    )


def _lost(body: bytes, signs: tuple[bytes, ...], items: list[Parsed], names: tuple[str, ...]) -> bool:
    """Whether more items have one of these elements, going by the bytes, than came out with it."""
    came_out = sum(any(item.get(name) for name in names) for item in items)
    if came_out == len(items):
        return False
    most = 0
    for sign in signs:
        empty = body.count(sign + b"/>") + body.count(sign + b" />") + body.count(sign + b"></")
        most = max(most, body.count(sign) - empty)
    return came_out < min(len(items), most - FEEDS_OWN)


def _is_relative(item: Parsed) -> bool:
    link = str(item.get("link") or "")
    texts = [str(part.get("value")) for part in item.get("content") or () if not part.get("base")]
    texts.append(str(item.get("description") or ""))
    return "://" not in link or any(RELATIVE.search(text) for text in texts)


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
        title=_plain(str(feed.get("title") or "")),
        home_url=home,
        description=plain_start(str(feed.get("subtitle") or feed.get("description") or feed.get("info") or "")),
        language=language[:35],
    )
    base = url if url.startswith("http") else home
    return ParsedFeed(info, tuple(_entry(item, base) for item in parsed["entries"][:MAX_ENTRIES]))


def _entry(item: Parsed, base: str) -> FeedEntry:
    guid = str(item.get("id") or "").strip()
    link = _link(item)
    address = _address(link, base) or (absolute_url(guid) if guid.startswith("http") else "")
    summary = str(item.get("summary") or item.get("description") or "")
    content, content_base = _content(item, summary)
    content = shallow(content)
    said_updated = item.get("updated") if "updated" in item else None  # feedparser would give `published` for it
    updated_at = _moment(said_updated, item.get("updated_parsed") if said_updated else None)
    return FeedEntry(
        # fastfeedparser puts a link, relative as it may be, where there is no guid.
        guid=address if not guid or (guid == link and "://" not in guid) else guid,
        url=address,
        title=_plain(str(item.get("title") or "")),
        authors=_authors(item),
        published_at=_moment(item.get("published"), item.get("published_parsed"))
        or updated_at
        or _moment(item.get("created"), item.get("created_parsed")),
        updated_at=updated_at,
        summary=plain_start(summary),
        content=clean_html(content, base_url=_address(content_base, base) or address or base) if content else "",
        tags=_tags(item),
        image=_image(item, base),
    )


def _address(given: str, base: str) -> str:
    if not given or PLAIN_ADDRESS.fullmatch(given):
        return given
    return absolute_url(given, base)


def _plain(text: str) -> str:
    """plain_text, but for text that has nothing for it to change: most of a feed's."""
    if "&" in text or "<" in text or "  " in text or not text.isprintable():
        return plain_text(text)
    return text.strip()


def shallow(markup: str) -> str:
    """The markup, or its words alone where elements nest so deep that cleaning would take minutes."""
    if markup.count("<") < DEEP_TAGS:
        return markup
    depth = deepest = 0
    is_open: Counter[str] = Counter()
    for tag in TAG.finditer(markup):
        closes, name = tag.group(1), tag.group(2).lower()
        # An end tag of what is not open closes nothing, in a browser as here.
        step = -(is_open[name] > 0) if closes else name not in VOID
        is_open[name] += step
        depth += step
        deepest = max(deepest, depth)
    return html.escape(TAG.sub(" ", markup), quote=False) if deepest > DEEP_TAGS else markup


def plain_start(markup: str) -> str:
    """The plain text of markup, as much of it as a summary may have."""
    return _plain(shallow(markup[:SUMMARY_MAX_MARKUP]))[:SUMMARY_MAX_CHARS]


def _link(item: Parsed) -> str:
    """The article's own address; a sound file or picture that has none of its own is no link."""
    alternate = [link for link in item.get("links") or () if (link.get("rel") or "alternate") == "alternate"]
    named = next((str(link["href"]) for link in alternate if link.get("href")), "")
    given = str(item.get("link") or "")
    enclosed = {str(one.get("href") or one.get("url") or "") for one in item.get("enclosures") or ()}
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
    parts = (part for name in names if name for part in BETWEEN_NAMES.split(_name_of(_plain(name[:1000]))))
    return tuple(dict.fromkeys(part for part in parts if part))[:MAX_AUTHORS]


def _name_of(text: str) -> str:
    """The name in "mail@host (Name)" or "Name (mail@host)"; nothing for a bare mail address."""
    if "@" in text:
        found = MAIL_AND_NAME.fullmatch(text) or NAME_AND_MAIL.fullmatch(text)
        return found.group(1) if found else "" if " " not in text else text
    return text[3:] if text[:3].lower() == "by " else text


def _tags(item: Parsed) -> tuple[str, ...]:
    found = (_plain(str(tag.get("term") or tag.get("label") or "")) for tag in (item.get("tags") or ())[:MAX_TAGS])
    return tuple(dict.fromkeys(tag for tag in found if tag))


def _image(item: Parsed, base: str) -> str:
    for key in ("media_content", "media_thumbnail", "enclosures"):
        for media in item.get(key) or ():
            address = str(media.get("url") or media.get("href") or "")
            kind = str(media.get("type") or media.get("medium") or "image")
            if address and kind.startswith("image"):
                return absolute_url(address, base)
    return ""


def _moment(said: object, parsed: tuple[int, ...] | None) -> datetime | None:
    """What the feed said, with its own offset; else what feedparser made of it, in UTC."""
    moment = read_moment(str(said)) if said else None
    if moment or not parsed or parsed[0] not in YEARS:
        return moment
    year, month, day, hour, minute, second = parsed[:6]
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
