"""What a page says of itself: JSON-LD, OpenGraph, meta elements, headings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from htmldate import find_date
from selectolax.lexbor import LexborHTMLParser

from newstext.addresses import absolute_url, registrable_domain
from newstext.records import Precision
from newstext.sanitise import plain_text
from newstext.words import fold

ARTICLE_TYPES = re.compile(
    r"(?:Article|Report|BlogPosting|Review|LiveBlog|VideoObject|PodcastEpisode|ImageGallery)", re.I
)
JSON_LD_MAX_CHARS = 400_000
DAY = re.compile(r"\d{4}-\d\d-\d\d$")
NUMERIC_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$")
AUTHOR_JUNK = re.compile(r"https?://|@|^\d+$|facebook|twitter|\badmin\b|\b(?:learn|read|view|see) (?:more|all)\b", re.I)
AUTHOR_LEAD = re.compile(
    r"^(?:(?:by|von|par|por|di|door|av|af|written by|(?:view all |all )?(?:posts|articles|stories) by|بقلم|كتب)[:\s]+"
    r"|(?:author|autor|auteur|autore|text|story)\s*:\s*)",
    re.I,
)
AUTHOR_SPLIT = re.compile(r"\s*(?:,|;|\||·|•|、|\n| and | & | und | et | y | e | og | och | en )\s*")
AUTHOR_KEYS = ("author", "article:author", "byl", "dc.creator", "parsely-author", "sailthru.author", "twitter:creator")
BYLINE_NODES = (
    "[rel=author]",
    "[itemprop=author] [itemprop=name]",
    "[itemprop=author]",
    "[class*=byline] a",
    "[class*=author-name]",
    "[class*=author__name]",
    "a[href*='/author/']",
    "a[href*='/authors/']",
    ".author a",
)
DATE_IN_NAME = re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}:\d\d|\bago\b", re.I)
ROLE = re.compile(
    r"\b(?:correspondent|reporter|editor|staff|writer|journalist|bureau|contributor|columnist|producer|agency|redaktion|"
    r"rédaction|redacción|redazione|newsroom|desk)\b",
    re.I,
)
TITLE_SEPARATORS = re.compile(r"\s+[|–—·•»:-]\s+|\s*\|\s*|\s+::\s+")


@dataclass(slots=True)
class Metadata:
    """What was found, the surest source first; empty where nothing was."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_precision: Precision = "time"
    updated_at: datetime | None = None
    updated_precision: Precision = "time"
    language: str = ""
    publisher: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""
    canonical_url: str = ""
    types: tuple[str, ...] = ()
    description: str = ""
    article_body: str = ""
    is_free: bool = True
    meta: dict[str, str] = field(default_factory=dict)


def read_metadata(tree: LexborHTMLParser, html: str, url: str) -> Metadata:
    """Everything the page says of itself, from one parsed tree."""
    meta = _meta(tree)
    objects = list(_json_ld(tree))
    linked = _best(objects)
    found = Metadata(meta=meta)
    found.types = tuple(_strings(linked.get("@type")))
    found.publisher = _publisher(linked, meta)
    found.title = _title(tree, linked, meta, found.publisher)
    found.authors = _authors(tree, linked, _names_by_id(objects), meta, found.publisher)
    _take_dates(found, tree, html, url, linked, meta)
    found.language = _language(tree, linked, meta)
    found.section = plain_text(
        next(iter(_strings(linked.get("articleSection"))), "") or meta.get("article:section", "")
    )
    found.tags = _tags(linked, meta)
    found.image = absolute_url(next(iter(_images(linked.get("image"))), "") or meta.get("og:image", ""), url)
    found.canonical_url = _canonical(tree, meta, url)
    found.description = plain_text(meta.get("og:description", "") or meta.get("description", ""))
    found.article_body = plain_text(str(linked.get("articleBody") or ""))
    found.is_free = str(linked.get("isAccessibleForFree", "true")).lower() not in ("false", "no", "0")
    return found


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
            yield from _flat(json.loads(text, strict=False), 0)
        except (ValueError, RecursionError):
            continue


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


def _images(value: Any) -> list[str]:
    if isinstance(value, dict):
        return _images(value.get("url") or value.get("contentUrl"))
    if isinstance(value, list):
        return [text for item in value for text in _images(item)]
    return [value] if isinstance(value, str) else []


def _publisher(linked: dict[str, Any], meta: dict[str, str]) -> str:
    named = [name for name in _strings(linked.get("publisher")) if not name.startswith("http")]
    return plain_text(next(iter(named), "") or meta.get("og:site_name", ""))[:200]


def _title(tree: LexborHTMLParser, linked: dict[str, Any], meta: dict[str, str], publisher: str) -> str:
    """The h1 where another source holds it too, else what JSON-LD, OpenGraph or <title> say."""
    said = [plain_text(str(linked.get("headline") or "")), plain_text(meta.get("og:title", ""))]
    node = tree.css_first("title")
    said.append(plain_text(node.text()) if node else "")
    headings = [plain_text(heading.text(separator=" ")) for heading in tree.css("h1")[:8]]
    headings = [heading for heading in headings if len(heading) > 8]
    for heading in headings:
        if any(fold_title(heading) in fold_title(text) for text in said if text):
            return heading
    chosen = next((text for text in said if text), "") or next(iter(headings), "")
    return without_publisher(chosen, publisher)


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


def _authors(
    tree: LexborHTMLParser, linked: dict[str, Any], named: dict[str, str], meta: dict[str, str], publisher: str
) -> tuple[str, ...]:
    """Who wrote it: people first; the desk or the paper itself where the page names nobody else."""
    sources = [_author_names(linked.get("author"), named), *([meta[key]] for key in AUTHOR_KEYS if key in meta)]
    sources += [[node.text(separator=" ")] for selector in BYLINE_NODES for node in tree.css(selector)[:3]]
    for source in sources:
        if names := clean_authors(source, publisher):
            return names
    told = (plain_text(text) for source in sources[:3] for text in source)
    return tuple(text for text in told if 1 < len(text) <= 60 and not AUTHOR_JUNK.search(text))[:1]


def _author_names(value: Any, named: dict[str, str]) -> list[str]:
    """The names in JSON-LD's author, by reference too; an address is no name."""
    if isinstance(value, list):
        return [name for item in value for name in _author_names(item, named)]
    if isinstance(value, dict):
        found = value.get("name") or named.get(str(value.get("@id")), "")
        return _strings(found)
    return [value] if isinstance(value, str) else []


def clean_authors(said: list[str], publisher: str = "") -> tuple[str, ...]:
    """Names alone, out of bylines; no addresses, roles or the paper's own name."""
    names = []
    for text in said:
        for part in AUTHOR_SPLIT.split(AUTHOR_LEAD.sub("", plain_text(text))):
            name = AUTHOR_LEAD.sub("", part).strip(" .-–—:")
            if is_author(name, publisher):
                names.append(name)
    return tuple(dict.fromkeys(names))[:20]


def is_author(name: str, publisher: str) -> bool:
    """True for what can be a person's name."""
    shortest = 3 if name.isascii() else 2
    if not shortest <= len(name) <= 60 or AUTHOR_JUNK.search(name) or ROLE.search(name):
        return False
    return fold(name) != fold(publisher or "-") and not DATE_IN_NAME.search(name)


def _take_dates(
    found: Metadata, tree: LexborHTMLParser, html: str, url: str, linked: dict[str, Any], meta: dict[str, str]
) -> None:
    published = [*_strings(linked.get("datePublished")), *_strings(linked.get("dateCreated"))]
    published += [meta[key] for key in PUBLISHED_KEYS if key in meta]
    published += [
        node.attributes.get("datetime") or "" for node in tree.css("article time[datetime], header time[datetime]")[:1]
    ]
    for text in published:
        if read := read_date(text):
            found.published_at, found.published_precision = read
            break
    else:
        if day := _searched_date(html, url):
            found.published_at, found.published_precision = day, "day"
    for text in [*_strings(linked.get("dateModified")), *(meta[key] for key in UPDATED_KEYS if key in meta)]:
        if read := read_date(text):
            found.updated_at, found.updated_precision = read
            break


PUBLISHED_KEYS = (
    "article:published_time",
    "datepublished",
    "date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "dc.date.issued",
    "dc.date",
    "dcterms.created",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
)
UPDATED_KEYS = ("article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified")


def read_date(text: str) -> tuple[datetime, Precision] | None:
    """An aware moment with the page's own offset, or a day; None if it is no ISO date."""
    said = NUMERIC_OFFSET.sub(r"\1:\2", text.strip().replace("Z", "+00:00").replace(" +", "+"))
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return None
    if not 1980 <= moment.year <= 2100:
        return None
    precision: Precision = "day" if DAY.fullmatch(said) else "time"
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)), precision


def _searched_date(html: str, url: str) -> datetime | None:
    """The day htmldate finds in the page's text; the slow way, taken only when the page says nothing."""
    try:
        day = find_date(html[:1_500_000], url=url or None, original_date=True, extensive_search=True)
    except Exception:  # it raises what lxml and its date parsers raise
        return None
    return datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None


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
        if address and (not url or registrable_domain(address) == registrable_domain(url)):
            return address
    return url
