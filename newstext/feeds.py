"""Feeds of every make into entries: RSS, Atom, RDF, JSON Feed, sitemaps; and lists of feeds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree

import fastfeedparser
import feedparser
from selectolax.lexbor import LexborHTMLParser

from newstext.addresses import absolute_url
from newstext.records import FeedEntry, FeedInfo, ParsedFeed, Rejected
from newstext.sanitise import clean_html, plain_text

MAX_ENTRIES = 2000
SUMMARY_MAX_CHARS = 4000
ITEM = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s>/]", re.I)
ROOT = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([A-Za-z]+)")
DANGEROUS = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
# What fastfeedparser reads wrongly or not at all (research/extraction.md, 3).
NEEDS_FEEDPARSER = re.compile(
    rb"xml:base|<!DOCTYPE|xmlns:(?:cdf|rss09)|<rdf:RDF|version=[\"']0\.[39]|<author>[^<]*\([^<]*\)", re.I
)
FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/json", "text/xml")
LIKELY_FEED = re.compile(
    r"(?:/feed/?$|/rss/?$|\.rss$|/rss\.xml$|/feed\.xml$|/atom\.xml$|/index\.xml$|/feed\.json$)", re.I
)
OPML_MAX_FEEDS = 20_000


class FeedError(ValueError):
    """The bytes are no feed; the message says what they are instead."""


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """One feed of an OPML list."""

    url: str
    title: str = ""
    home_url: str = ""
    category: str = ""


def parse_feed(body: bytes, *, url: str, content_type: str = "") -> ParsedFeed:
    """The feed and its entries. Raises FeedError, and nothing else."""
    start = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise FeedError("the answer is empty.")
    if start[:1] in b"{[":
        return _parse_json(body, url)
    root = _root_name(body)
    if root == "html":
        raise FeedError("the answer is a web page, not a feed. Give the feed's own address.")
    if root in ("urlset", "sitemapindex"):
        return _parse_sitemap(body, url)
    if root not in ("rss", "feed", "rdf", "channel", "cdf"):
        raise FeedError(f"the answer is no feed: it begins with {start[:40].decode('utf-8', 'replace')!r}.")
    return _parse_xml(body, url, root)


def _root_name(body: bytes) -> str:
    text = re.sub(rb"<!--.*?-->", b"", body[:20_000], flags=re.S)
    found = ROOT.search(text)
    if re.search(rb"<!doctype\s+html|<html[\s>]", text[:2000], re.I):
        return "html"
    return found.group(1).decode().lower() if found else ""


def _parse_xml(body: bytes, url: str, root: str) -> ParsedFeed:
    counted = len(ITEM.findall(body))
    fast: ParsedFeed | None = None
    if root in ("rss", "feed") and not NEEDS_FEEDPARSER.search(body[:100_000]):
        fast = _by_fastfeedparser(body, url)
        if fast and fast.entries and len(fast.entries) >= min(counted, MAX_ENTRIES):
            return fast
    full = _by_feedparser(body, url)
    if fast and len(fast.entries) > len(full.entries):
        return fast
    if not full.entries and not full.info.title and counted:
        raise FeedError(f"the feed's XML is broken: {counted} items counted, none could be read.")
    return full


def _by_fastfeedparser(body: bytes, url: str) -> ParsedFeed | None:
    try:
        parsed = fastfeedparser.parse(body)
    except Exception:  # it raises whatever its XML and date readers raise
        return None
    return _from_parsed(parsed, url, _fast_content)


def _by_feedparser(body: bytes, url: str) -> ParsedFeed:
    if DANGEROUS.search(body[:100_000]):
        body = re.sub(rb"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", b"", body, count=1, flags=re.I | re.S)
    headers = {"content-location": url}
    try:
        parsed = feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=True)
    except Exception as error:  # its SAX and date readers raise many kinds
        raise FeedError(f"the feed cannot be read ({type(error).__name__}: {error}).") from error
    return _from_parsed(parsed, url, _full_content)


def _from_parsed(parsed: Any, url: str, content_of: Callable[[Any], str]) -> ParsedFeed:
    feed = parsed.get("feed", {})
    home = absolute_url(str(feed.get("link") or ""), url)
    info = FeedInfo(
        title=plain_text(str(feed.get("title") or "")),
        home_url=home,
        description=plain_text(str(feed.get("subtitle") or feed.get("description") or "")),
        language=str(feed.get("language") or "")[:12],
    )
    base = url if url.startswith("http") else home
    entries = (_entry(item, base, content_of) for item in parsed.get("entries", [])[:MAX_ENTRIES])
    return ParsedFeed(info, tuple(entry for entry in entries if True))


def _entry(item: Any, base: str, content_of: Callable[[Any], str]) -> FeedEntry:
    link = _link(item)
    summary = str(item.get("summary") or item.get("description") or "")
    content = content_of(item)
    address = absolute_url(link, base) if link else ""
    guid = str(item.get("id") or item.get("guid") or link or "")
    if not address and guid.startswith("http"):
        address = absolute_url(guid)
    return FeedEntry(
        guid=guid,
        url=address,
        title=plain_text(str(item.get("title") or "")),
        authors=_authors(item),
        published_at=_moment(item, ("published", "updated", "created")),
        updated_at=_moment(item, ("updated",)),
        summary=plain_text(summary)[:SUMMARY_MAX_CHARS],
        content=clean_html(content or (summary if "<" in summary else ""), base_url=address or base),
        tags=_tags(item),
        image=_image(item, base),
    )


def _link(item: Any) -> str:
    if item.get("link"):
        return str(item["link"]).strip()
    for link in item.get("links") or ():
        if link.get("href") and link.get("rel", "alternate") == "alternate":
            return str(link["href"]).strip()
    return ""


def _full_content(item: Any) -> str:
    parts = [part.get("value") or "" for part in item.get("content") or () if "html" in str(part.get("type", "html"))]
    return max(parts, key=len, default="")


def _fast_content(item: Any) -> str:
    return max((str(part.get("value") or "") for part in item.get("content") or ()), key=len, default="")


def _authors(item: Any) -> tuple[str, ...]:
    names = [str(author.get("name") or "") for author in item.get("authors") or () if isinstance(author, dict)]
    if not any(names):
        names = [str(item.get("author") or "")]
    split = (part for name in names for part in re.split(r"\s*(?:,| and | & |;)\s*", _name_of(plain_text(name))))
    return tuple(dict.fromkeys(part for part in split if part))[:20]


def _name_of(text: str) -> str:
    """The name in "mail@host (Name)"; nothing for a bare mail address."""
    inside = re.fullmatch(r"\S+@\S+\s+\((.+)\)", text)
    if inside:
        return inside.group(1)
    return "" if re.fullmatch(r"\S+@\S+", text) else text.removeprefix("By ").removeprefix("by ")


def _tags(item: Any) -> tuple[str, ...]:
    found = (plain_text(str(tag.get("term") or tag.get("label") or "")) for tag in item.get("tags") or ())
    return tuple(dict.fromkeys(tag for tag in found if tag))[:30]


def _image(item: Any, base: str) -> str:
    for key in ("media_content", "media_thumbnail", "enclosures"):
        for media in item.get(key) or ():
            address = str(media.get("url") or media.get("href") or "")
            kind = str(media.get("type") or media.get("medium") or "image")
            if address and kind.startswith("image"):
                return absolute_url(address, base)
    return ""


def _moment(item: Any, names: Iterable[str]) -> datetime | None:
    for name in names:
        if said := item.get(name):
            if moment := read_moment(str(said)):
                return moment
            parsed = item.get(f"{name}_parsed")
            if parsed:
                year, month, day, hour, minute, second = parsed[:6]
                return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    return None


def read_moment(text: str) -> datetime | None:
    """An aware moment from ISO 8601 or RFC 2822; none where no offset is given means UTC."""
    said = text.strip()
    try:
        moment = datetime.fromisoformat(said.replace("Z", "+00:00"))
    except ValueError:
        try:
            moment = parsedate_to_datetime(said)
        except (TypeError, ValueError, IndexError, OverflowError):
            return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment if 1900 <= moment.year <= 2200 else None


def _parse_json(body: bytes, url: str) -> ParsedFeed:
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FeedError(f"the answer looks like JSON but is broken ({error}).") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise FeedError("the answer is JSON, but no JSON Feed: it has no items.")
    home = absolute_url(_text(feed, "home_page_url"), url)
    info = FeedInfo(
        plain_text(_text(feed, "title")), home, plain_text(_text(feed, "description")), _text(feed, "language")
    )
    entries = tuple(_json_entry(item, url) for item in feed["items"][:MAX_ENTRIES] if isinstance(item, dict))
    return ParsedFeed(info, entries)


def _text(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    return str(value) if isinstance(value, str | int | float) else ""


def _json_entry(item: dict[str, Any], url: str) -> FeedEntry:
    address = absolute_url(_text(item, "url") or _text(item, "external_url"), url)
    html = _text(item, "content_html")
    authors = [author for author in [*(item.get("authors") or []), item.get("author")] if isinstance(author, dict)]
    tags = [str(tag) for tag in item.get("tags") or () if isinstance(tag, str)]
    return FeedEntry(
        guid=_text(item, "id") or address,
        url=address,
        title=plain_text(_text(item, "title")),
        authors=tuple(dict.fromkeys(plain_text(_text(author, "name")) for author in authors if author.get("name"))),
        published_at=read_moment(_text(item, "date_published")),
        updated_at=read_moment(_text(item, "date_modified")),
        summary=(plain_text(_text(item, "summary")) or _text(item, "content_text") or plain_text(html))[
            :SUMMARY_MAX_CHARS
        ],
        content=clean_html(html or _text(item, "content_text"), base_url=address or url),
        tags=tuple(plain_text(tag) for tag in tags),
        image=absolute_url(_text(item, "image") or _text(item, "banner_image"), url),
    )


def _parse_sitemap(body: bytes, url: str) -> ParsedFeed:
    """A sitemap's addresses as entries; a news sitemap gives titles and times too."""
    if DANGEROUS.search(body[:100_000]):
        raise FeedError("the sitemap declares entities or a DOCTYPE, which sitemaps have no use for.")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314  entities were refused above
    except ElementTree.ParseError as error:
        raise FeedError(f"the sitemap's XML is broken ({error}).") from error
    entries = []
    for node in list(root)[:MAX_ENTRIES]:
        said = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in node.iter()}
        if address := absolute_url(said.get("loc", ""), url):
            entries.append(_sitemap_entry(address, said))
    return ParsedFeed(FeedInfo(home_url=absolute_url("/", url)), tuple(entries))


def _sitemap_entry(address: str, said: dict[str, str]) -> FeedEntry:
    updated_at = read_moment(said.get("lastmod", ""))
    published_at = read_moment(said.get("publication_date", "")) or updated_at
    return FeedEntry(
        address, address, plain_text(said.get("title", "")), published_at=published_at, updated_at=updated_at
    )


def find_feeds(body: bytes, url: str) -> list[str]:
    """The feeds that a home page names, the likeliest first."""
    tree = LexborHTMLParser(body[:2_000_000])
    named = [
        node.attributes.get("href") or ""
        for node in tree.css("link[rel~=alternate][href]")
        if (node.attributes.get("type") or "").strip().lower() in FEED_TYPES
    ]
    anchors = [node.attributes.get("href") or "" for node in tree.css("a[href]")]
    likely = [href for href in anchors if LIKELY_FEED.search(href.partition("?")[0])]
    found = (absolute_url(href, url) for href in [*named, *likely])
    no_comments = sorted(
        dict.fromkeys(address for address in found if address), key=lambda address: "comment" in address
    )
    return no_comments[:20]


def parse_opml(body: bytes) -> tuple[list[OpmlFeed], list[Rejected]]:
    """The feeds of an OPML file, and the lines that could not be used.

    Broken XML is read as far as it goes.
    """
    if re.search(rb"<!ENTITY", body[:200_000], re.I):
        return [], [Rejected("", "opml", "the file declares XML entities, which an OPML list has no use for.")]
    try:
        return _outlines(ElementTree.fromstring(body).iter("outline"))  # noqa: S314  no entities
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        feeds, rejected = _outlines_of_broken(body)
        return feeds, [
            Rejected("", "opml", f"the file's XML is broken ({error}); {len(feeds)} feeds were read."),
            *rejected,
        ]


def _outlines_of_broken(body: bytes) -> tuple[list[OpmlFeed], list[Rejected]]:
    tree = LexborHTMLParser(body[:20_000_000])
    return _judge([{k.lower(): v or "" for k, v in node.attributes.items()} for node in tree.css("outline")])


def _outlines(nodes: Iterable[ElementTree.Element]) -> tuple[list[OpmlFeed], list[Rejected]]:
    return _judge([{key.lower(): value for key, value in node.attrib.items()} for node in nodes])


def _judge(outlines: list[dict[str, str]]) -> tuple[list[OpmlFeed], list[Rejected]]:
    feeds: dict[str, OpmlFeed] = {}
    rejected = []
    category = ""
    for number, outline in enumerate(outlines, 1):
        title = plain_text(outline.get("title") or outline.get("text") or "")[:300]
        given = outline.get("xmlurl", "").strip()
        if not given:
            if outline.get("type", "").lower() in ("rss", "atom"):
                rejected.append(Rejected("", "opml", f"outline {number} ({title!r}): has no xmlUrl."))
            category = title
            continue
        address = absolute_url(given)
        if not address:
            rejected.append(
                Rejected(given, "opml", f"outline {number} ({title!r}): {given[:200]!r} is no http address.")
            )
        elif len(feeds) < OPML_MAX_FEEDS:
            home = absolute_url(outline.get("htmlurl", ""))
            feeds.setdefault(address, OpmlFeed(address, title, home, outline.get("category", "") or category))
    return list(feeds.values()), rejected
