"""What a page says of itself: JSON-LD, OpenGraph, meta elements, headings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from newstext.addresses import absolute_url, names_an_article, registrable_domain
from newstext.extract.bylines import read_authors
from newstext.extract.lead_picture import read_lead_picture
from newstext.extract.published import published_moment, updated_moment
from newstext.records import Precision
from newstext.sanitise import plain_text
from newstext.words import fold

ARTICLE_TYPES = re.compile(
    r"(?:Article|Report|BlogPosting|Review|LiveBlog|VideoObject|PodcastEpisode|ImageGallery)", re.I
)
NEWS_TYPES = re.compile(r"News|Report|LiveBlog", re.I)
SHORTEST_HEADING = 4
SHARED_WORDS = 0.6  # of an h1 with OpenGraph's title, from which it is taken for the headline
JSON_LD_MAX_CHARS = 400_000
JSON_LD_MAX_DEPTH = 20
TITLE_SEPARATORS = re.compile(r"\s+[|–—·•»:-]\s+|\s*\|\s*|\s+::\s+")


@dataclass(slots=True)
class Metadata:
    """What was found, the surest source first; empty where nothing was."""

    title: str = ""
    authors: tuple[str, ...] = ()
    house: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_precision: Precision = "time"
    updated_at: datetime | None = None
    updated_precision: Precision = "time"
    language: str = ""
    publisher: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""
    image_alt: str = ""
    image_caption: str = ""
    image_credit: str = ""
    canonical_url: str = ""
    types: tuple[str, ...] = ()
    page_types: frozenset[str] = frozenset()  # of all that the page describes, not of the article alone
    description: str = ""
    article_body: str = ""
    is_free: bool = True
    is_closed_part_there: bool = True  # False if the part marked as closed is not on the page
    is_sponsored: bool = False
    told_words: int = 0  # the article's length as its page tells it
    meta: dict[str, str] = field(default_factory=dict)
    linked: dict[str, Any] = field(default_factory=dict)  # the JSON-LD object of the article


def read_metadata(tree: LexborHTMLParser, html: str, url: str) -> Metadata:
    """Everything the page says of itself, from one parsed tree."""
    meta = _meta(tree)
    objects = list(_json_ld(tree))
    linked = _best(objects)
    found = Metadata(meta=meta, linked=linked)
    found.types = tuple(_strings(linked.get("@type")))
    found.page_types = frozenset(name for item in objects for name in _strings(item.get("@type")))
    found.publisher = _publisher(linked, meta)
    found.title = _title(tree, linked, meta, found.publisher)
    found.authors, found.house = read_authors(tree, linked, _names_by_id(objects), meta, found.publisher)
    if moment := published_moment(tree, html, url, objects, linked, meta):
        found.published_at, found.published_precision = moment
    if moment := updated_moment(linked, meta):
        found.updated_at, found.updated_precision = moment
    found.language = _language(tree, linked, meta)
    found.section = plain_text(
        next(iter(_strings(linked.get("articleSection"))), "") or meta.get("article:section", "")
    )
    found.tags = _tags(linked, meta)
    picture = read_lead_picture(tree, objects, linked, meta, url)
    found.image, found.image_alt = picture.url, picture.alt
    found.image_caption, found.image_credit = picture.caption, picture.credit
    found.canonical_url = _canonical(tree, meta, url)
    found.description = plain_text(meta.get("og:description", "") or meta.get("description", ""))
    found.article_body = plain_text(str(linked.get("articleBody") or ""))
    found.is_free = _is_free(linked)
    found.is_closed_part_there = found.is_free or _is_closed_part_there(tree, linked)
    found.is_sponsored = bool(_strings(linked.get("sponsor")))
    found.told_words = int(told) if (told := str(linked.get("wordCount") or "")).isdecimal() else 0
    return found


def _is_free(linked: dict[str, Any]) -> bool:
    said = str(linked.get("isAccessibleForFree", "true")).lower()
    return said.rpartition("/")[2] not in ("false", "no", "0")  # some write http://schema.org/False


def _is_closed_part_there(tree: LexborHTMLParser, linked: dict[str, Any]) -> bool:
    """False if the page names the place of its closed part, and nothing stands in it."""
    parts = linked.get("hasPart")
    closed = [part for part in (parts if isinstance(parts, list) else [parts]) if isinstance(part, dict)]
    selectors = [str(part["cssSelector"]) for part in closed if part.get("cssSelector") and not _is_free(part)]
    try:
        places = [node for selector in selectors for node in tree.css(selector)]
    except (SelectolaxError, ValueError):
        return True  # no selector that can be read
    return not selectors or any(node.text(strip=True) for node in places)


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        name = (attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or "").lower()
        value = (attributes.get("content") or "").strip()
        if name and value:
            found[name] = (
                f"{found[name]}\n{value}"
                if name in ("article:author", "article:tag", "author") and name in found
                else found.get(name, value)
            )
    return found


def _json_ld(tree: LexborHTMLParser) -> Iterator[dict[str, Any]]:
    for node in tree.css('script[type*="ld+json"]'):
        text = node.text()
        if not text or len(text) > JSON_LD_MAX_CHARS:
            continue
        try:
            yield from _flat(_shallow(json.loads(text, strict=False), 0), 0)
        except (ValueError, RecursionError):
            continue


def _shallow(body: Any, depth: int) -> Any:
    """The same without what nests deeper than any JSON-LD does; all who read it may then follow it down."""
    if isinstance(body, list):
        return [_shallow(item, depth + 1) for item in body] if depth < JSON_LD_MAX_DEPTH else None
    if isinstance(body, dict):
        return {key: _shallow(item, depth + 1) for key, item in body.items()} if depth < JSON_LD_MAX_DEPTH else None
    return body


def _flat(body: Any, depth: int) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD text, out of its lists and graphs."""
    if depth > 6:
        return
    if isinstance(body, list):
        for item in body[:200]:
            yield from _flat(item, depth + 1)
    elif isinstance(body, dict):
        if body.get("@type"):
            yield body
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _flat(body.get(key), depth + 1)


def _names_by_id(objects: list[dict[str, Any]]) -> dict[str, str]:
    """What JSON-LD's references stand for."""
    return {str(item["@id"]): str(item["name"]) for item in objects if item.get("@id") and item.get("name")}


def _best(objects: list[dict[str, Any]]) -> dict[str, Any]:
    articles = [item for item in objects if any(ARTICLE_TYPES.search(kind) for kind in _strings(item.get("@type")))]
    return max(
        articles, key=lambda item: (bool(item.get("headline")), bool(item.get("datePublished")), len(item)), default={}
    )


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value.strip()] if value.strip() else []
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    if isinstance(value, dict):
        return _strings(value.get("name") or value.get("@id") or "")
    return []


def _publisher(linked: dict[str, Any], meta: dict[str, str]) -> str:
    named = [name for name in _strings(linked.get("publisher")) if not name.startswith("http")]
    return plain_text(next(iter(named), "") or meta.get("og:site_name", ""))[:200]


def _title(tree: LexborHTMLParser, linked: dict[str, Any], meta: dict[str, str], publisher: str) -> str:
    """The headline a news page gives its readers elsewhere; else the h1 that OpenGraph or <title> bear out."""
    node = tree.css_first("title")
    tab = plain_text(node.text()) if node else ""
    headline, shared = plain_text(str(linked.get("headline") or "")), plain_text(meta.get("og:title", ""))
    said = [text for text in (headline, shared, tab) if text]
    headings = [plain_text(heading.text(separator=" ")) for heading in tree.css("h1")[:8]]
    sites = {fold_title(publisher), fold_title(TITLE_SEPARATORS.split(tab)[-1]) if tab != headline else ""}
    headings = [text for text in headings if len(text) >= SHORTEST_HEADING and fold_title(text) not in sites]
    if headline and any(NEWS_TYPES.search(kind) for kind in _strings(linked.get("@type"))):
        return _whole(without_publisher(headline, publisher), headings)
    for heading in headings:
        if any(fold_title(heading) in fold_title(text) for text in said):
            return heading
    shares = [(max((_shared_words(heading, text) for text in said), default=1.0), heading) for heading in headings]
    share, heading = max(shares, key=lambda pair: pair[0], default=(0.0, ""))
    if share >= SHARED_WORDS:
        return heading
    return without_publisher(next(iter(said), heading), publisher)


def _whole(headline: str, headings: list[str]) -> str:
    """The h1 that goes on where a headline was cut short; else the headline."""
    start = fold_title(headline)
    if headline.endswith(("…", "...")):
        return next((heading for heading in headings if fold_title(heading).startswith(start)), headline)
    return headline


def _shared_words(one: str, other: str) -> float:
    """Words of the shorter that the longer has too, 0 to 1."""
    mine, theirs = set(fold_title(one).split()), set(fold_title(other).split())
    return len(mine & theirs) / (min(len(mine), len(theirs)) or 1)


def fold_title(text: str) -> str:
    return re.sub(r"\W+", " ", fold(text) if text else "").strip()


def without_publisher(title: str, publisher: str) -> str:
    """A headline without the paper's name behind (or before) it."""
    parts = TITLE_SEPARATORS.split(title)
    if len(parts) < 2:
        return title
    name = fold_title(publisher)
    last_at = title.rfind(parts[-1])
    is_name = bool(name) and (fold_title(parts[-1]) in name or name in fold_title(parts[-1]))
    if is_name or (not name and len(parts[-1].split()) <= 3 and last_at > 30):
        return re.sub(r"[\s|–—·•»:-]+$", "", title[:last_at])
    if name and fold_title(parts[0]) == name:
        return title[title.find(parts[1]) :]
    return title


def _language(tree: LexborHTMLParser, linked: dict[str, Any], meta: dict[str, str]) -> str:
    root = tree.css_first("html")
    told = (root.attributes.get("lang") or root.attributes.get("xml:lang") or "") if root else ""
    return told or meta.get("og:locale", "") or next(iter(_strings(linked.get("inLanguage"))), "")


def _tags(linked: dict[str, Any], meta: dict[str, str]) -> tuple[str, ...]:
    said = _strings(linked.get("keywords")) or meta.get("article:tag", "").split("\n")
    if not any(said):
        said = [meta.get("news_keywords", "") or meta.get("keywords", "")]
    parts = (plain_text(part) for text in said for part in re.split(r"[,;\n]", text))
    return tuple(dict.fromkeys(part for part in parts if 1 < len(part) <= 80 and ":" not in part))[:30]


def _canonical(tree: LexborHTMLParser, meta: dict[str, str], url: str) -> str:
    node = tree.css_first("link[rel=canonical][href]")
    for given in ((node.attributes.get("href") or "") if node else "", meta.get("og:url", "")):
        address = absolute_url(given, url) if given else ""
        if not address or (url and registrable_domain(address) != registrable_domain(url)):
            continue
        if not url or names_an_article(address, url):
            return address
    return url
