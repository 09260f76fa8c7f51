"""An outgoing feed as RSS 2.0, Atom 1.0 and JSON Feed 1.1.

Django writes the XML; what it has no word for (several authors, a language for
each item, the content beside the summary, where it stands at its publisher) is
added here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from html import escape
from typing import Any

from django.utils import feedgenerator
from django.utils.feedgenerator import rfc3339_date
from django.utils.xmlutils import SimplerXMLGenerator

# What XML 1.0 cannot hold, and the controls that it may hold but nobody can read.
ILLEGAL = re.compile("[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Readers take these for markup in titles that are plain text.
LIKE_MARKUP = re.compile(r"(?<=[<&])(?=[\w#/!?])")
WORD_JOINER = "\u2060"  # seen by nobody; behind it "<b>" is no tag
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
CONTENT = "http://purl.org/rss/1.0/modules/content/"


@dataclass(frozen=True, slots=True)
class Source:
    """Who published an item elsewhere. url: its home page, "" where it is not known."""

    id: str
    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item. id: a URN that never changes; url: its page here; original: where the publisher has it.

    summary: plain; html: safe. changed_at: when anything of it last changed here.
    """

    id: str
    url: str
    title: str
    language: str
    published_at: datetime
    updated_at: datetime
    changed_at: datetime
    summary: str
    html: str
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    source: Source | None = None
    original: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A feed. url: the page that lists the same; feed_url: its own, without the file's name and what follows it."""

    id: str
    url: str
    folder: str
    query: str
    title: str
    site_name: str
    description: str
    language: str
    updated_at: datetime
    items: tuple[Item, ...]


def legal(text: str) -> str:
    """The text without what XML 1.0 cannot hold."""
    return ILLEGAL.sub("", text)


def _legal(held: Any) -> Any:
    """The same of every text of an item or a feed."""
    if isinstance(held, str):
        return legal(held)
    if isinstance(held, tuple):
        return tuple(_legal(one) for one in held)
    if isinstance(held, Item | Outgoing | Source):
        return replace(held, **{field.name: _legal(getattr(held, field.name)) for field in fields(held)})
    return held


def _plain(text: str) -> str:
    """A plain text that stays one for readers who take it for HTML."""
    return LIKE_MARKUP.sub(WORD_JOINER, text)


class _Rss(feedgenerator.Rss201rev2Feed):
    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:dc": DUBLIN_CORE, "xmlns:content": CONTENT}

    def latest_post_date(self) -> datetime:
        return self.feed["updated"]  # type: ignore[no-any-return]  # Django's would be now where there is no item

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        held: Item = item["held"]
        for author in held.authors:
            handler.addQuickElement("dc:creator", _plain(author))
        handler.addQuickElement("content:encoded", held.html)
        if held.language:
            handler.addQuickElement("dc:language", held.language)
        handler.addQuickElement("atom:updated", rfc3339_date(held.updated_at))
        if held.original:
            handler.addQuickElement("atom:link", None, {"rel": "via", "href": held.original})
        if held.source and held.source.url:
            handler.addQuickElement("source", _plain(held.source.name), {"url": held.source.url})


class _Atom(feedgenerator.Atom1Feed):
    def latest_post_date(self) -> datetime:
        return self.feed["updated"]  # type: ignore[no-any-return]

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {"xml:lang": item["held"].language} if item["held"].language else {}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        held: Item = item["held"]
        for author in held.authors:
            handler.startElement("author", {})
            handler.addQuickElement("name", _plain(author))
            handler.endElement("author")
        handler.addQuickElement("content", held.html, {"type": "html"})
        if held.original:
            handler.addQuickElement("link", "", {"rel": "via", "href": held.original})
        if held.source:
            handler.startElement("source", {})
            handler.addQuickElement("id", held.source.id)
            handler.addQuickElement("title", _plain(held.source.name))
            handler.addQuickElement("updated", rfc3339_date(held.updated_at))
            if held.source.url:
                handler.addQuickElement("link", "", {"rel": "alternate", "href": held.source.url})
            handler.endElement("source")


def _as_xml(kind: type[feedgenerator.SyndicationFeed], feed: Outgoing, file: str) -> str:
    made = kind(
        title=_plain(feed.title),
        link=feed.url,
        feed_url=feed_address(feed, file),
        feed_guid=feed.id,
        description=_plain(feed.description),
        subtitle=_plain(feed.description),
        language=feed.language,
        author_name=_plain(feed.site_name),
        updated=feed.updated_at,
    )
    for one in feed.items:
        made.add_item(
            _plain(one.title),
            one.url,
            escape(one.summary, quote=False),  # both forms take it for HTML
            unique_id=one.id,
            unique_id_is_permalink=False,
            pubdate=one.published_at,
            updateddate=one.updated_at,
            categories=tuple(map(_plain, one.tags)),
            held=one,
        )
    return str(made.writeString("utf-8"))


def as_rss(feed: Outgoing) -> str:
    """The feed as RSS 2.0."""
    return _as_xml(_Rss, _legal(feed), "feed.xml")


def as_atom(feed: Outgoing) -> str:
    """The feed as Atom 1.0."""
    return _as_xml(_Atom, _legal(feed), "atom.xml")


def as_json(feed: Outgoing) -> str:
    """The feed as JSON Feed 1.1."""
    feed = _legal(feed)
    whole = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.url,
        "feed_url": feed_address(feed, "feed.json"),
        "description": feed.description,
        "authors": [{"name": feed.site_name}],
        "language": feed.language,
        "items": [_json_item(one) for one in feed.items],
    }
    return json.dumps(whole, ensure_ascii=False)


def _json_item(one: Item) -> dict[str, Any]:
    authors: list[dict[str, str]] = [{"name": name} for name in one.authors]
    if one.source:
        authors = [author for author in authors if author["name"] != one.source.name]
        authors.append({"name": one.source.name} | ({"url": one.source.url} if one.source.url else {}))
    item = {
        "id": one.id,
        "url": one.url,
        "external_url": one.original,
        "title": one.title,
        "content_html": one.html,
        "summary": one.summary,
        "date_published": rfc3339_date(one.published_at),
        "date_modified": rfc3339_date(one.updated_at),
        "authors": authors,
        "tags": list(one.tags),
        "language": one.language,
    }
    return {name: value for name, value in item.items() if value}


@dataclass(frozen=True, slots=True)
class Form:
    """file: the last part of its address."""

    file: str
    content_type: str
    write: Callable[[Outgoing], str]


FORMS = {
    "rss": Form("feed.xml", "application/rss+xml; charset=utf-8", as_rss),
    "atom": Form("atom.xml", "application/atom+xml; charset=utf-8", as_atom),
    "json": Form("feed.json", "application/feed+json; charset=utf-8", as_json),
}


def feed_address(feed: Outgoing, file: str) -> str:
    """The address of the feed in the form that is written to this file."""
    return f"{feed.folder}/{file}{feed.query}"
