"""Lists of feeds as OPML: what a reader follows goes out, what another app exported comes in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator

from newsroom.greader.finding import find, publishers_of
from newsroom.greader.streams import Stream, streams_of
from newsroom.publishers.models import Feed
from newsroom.readers.following import FOLLOWS_MOST, kinds_like, lock
from newsroom.readers.models import Follow, Reader
from newsroom.stories.absolute import absolute
from newsroom.stories.feed_forms import legal
from newsroom.stories.subjects import Subject
from newstext.feeds import parse_opml

MOST_BYTES = 2 * 1024 * 1024
UNKNOWN_SHOWN = 500


class CannotTake(ValueError):
    """The list cannot be taken at all; the message says why and the way out."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a list.

    new, known: followed by it, and before; unknown: (title, address) of what is
    not read here, unknown_more: how many more than are listed; problems: lines
    of the file that say nothing.
    """

    new: list[Subject]
    known: int
    unknown: list[tuple[str, str]]
    unknown_more: int
    problems: list[str]


def take(request: HttpRequest, reader: Reader, body: bytes, now: datetime) -> Taken:
    """Follow what an OPML list names, as far as it is read here, each publisher once. Raises CannotTake."""
    if len(body) > MOST_BYTES:
        raise CannotTake(_("The list is larger than %(most)d MB. Bring it in parts.") % {"most": MOST_BYTES // 2**20})
    feeds, rejected = parse_opml(body)
    problems = [one.reason for one in rejected]
    if not feeds:
        why = " ".join(problems[:3]) or _("no outline in it has an xmlUrl.")
        raise CannotTake(_("This is no OPML list of feeds: %(why)s Export the list anew.") % {"why": why})
    here = [one.url for one in feeds if one.url.startswith(absolute(request, "/"))]
    if len(here) > FOLLOWS_MOST:
        raise CannotTake(_too_many(len(here)))
    ours = {address: found for address in here if (found := find(request, address))}
    by_address = {**publishers_of(one.url for one in feeds if one.url not in ours), **ours}
    found = {(one.kind, one.key): one for one in by_address.values()}
    unknown = [(one.title or one.url, one.url) for one in feeds if one.url not in by_address]
    new = _follow_all(reader, found, now)
    return Taken(new, len(found) - len(new), unknown[:UNKNOWN_SHOWN], max(0, len(unknown) - UNKNOWN_SHOWN), problems)


def _too_many(count: int) -> str:
    return _("With this list you would follow %(n)d, more than %(most)d are not kept. Shorten it.") % {
        "n": count,
        "most": FOLLOWS_MOST,
    }


def _follow_all(reader: Reader, found: dict[tuple[str, str], Subject], now: datetime) -> list[Subject]:
    with transaction.atomic():
        lock(reader)
        rows_held = Follow.objects.filter(reader=reader).values_list("kind", "key")
        held = {(kinds_like(kind), key) for kind, key in rows_held}
        new = [one for one in found.values() if (kinds_like(one.kind), one.key) not in held]
        if len(held) + len(new) > FOLLOWS_MOST:
            raise CannotTake(_too_many(len(held) + len(new)))
        rows = [Follow(reader=reader, kind=one.kind, key=one.key, name=one.name[:200], since=now) for one in new]
        Follow.objects.bulk_create(rows, batch_size=200, ignore_conflicts=True)
    return new


def write(request: HttpRequest, reader: Reader) -> str:
    """What the reader follows as OPML, in its folders: the site's own feed of each, of publishers their feeds."""
    streams = streams_of(reader)
    slugs = [one.key for one in streams if one.kind == Follow.Kind.PUBLISHER]
    feeds: dict[str, list[Feed]] = {}
    for feed in Feed.objects.filter(publisher__slug__in=slugs, is_on=True).select_related("publisher"):
        feeds.setdefault(feed.publisher.slug, []).append(feed)
    out = StringIO()
    handler = SimplerXMLGenerator(out, "utf-8")
    handler.startDocument()
    handler.startElement("opml", {"version": "2.0"})
    handler.startElement("head", {})
    handler.addQuickElement("title", legal(settings.SITE_NAME))
    handler.endElement("head")
    handler.startElement("body", {})
    for folder in dict.fromkeys(one.folder for one in streams):
        _folder(handler, request, folder, (one for one in streams if one.folder == folder), feeds)
    handler.endElement("body")
    handler.endElement("opml")
    handler.endDocument()
    return out.getvalue()


def _folder(
    handler: SimplerXMLGenerator,
    request: HttpRequest,
    folder: str,
    streams: Iterable[Stream],
    feeds: dict[str, list[Feed]],
) -> None:
    if folder:
        handler.startElement("outline", {"text": legal(folder)})
    for one in streams:
        page = absolute(request, one.page)
        named = [(feed.url, feed.title or one.title) for feed in feeds.get(one.key, ()) if _may_be_told(feed.url)]
        publishers_own = named if one.kind == Follow.Kind.PUBLISHER else []
        for url, title in publishers_own or [(f"{page}/feed.xml", one.title)]:
            said = {"type": "rss", "text": legal(title), "title": legal(title), "xmlUrl": legal(url)}
            handler.addQuickElement("outline", "", {**said, "htmlUrl": page})
    if folder:
        handler.endElement("outline")


def _may_be_told(address: str) -> bool:
    """False of a feed's address that may hold somebody's key; the site's own feed of the publisher goes out instead."""
    return "?" not in address and "@" not in address
