"""Streams as apps read them: ids, items, items by id, Atom, and how many are unread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.feedgenerator import rfc3339_date
from django.utils.translation import get_language
from django.utils.xmlutils import SimplerXMLGenerator

from newsroom.greader.asking import Asked, CannotAnswer, answer, for_apps, has_it, joined, tag_of
from newsroom.greader.item_ids import long_id, story_number
from newsroom.greader.items import (
    AppItem,
    as_json,
    crawled,
    html_of,
    items_of,
    origin_of,
    title_of,
)
from newsroom.greader.streams import (
    FEED,
    LABEL,
    MOST,
    READING_LIST,
    STATE,
    Held,
    changed_since,
    folder_id,
    parted,
    user,
)
from newsroom.stories.absolute import absolute
from newsroom.stories.feed_forms import legal

USUAL_N, MOST_IDS, MOST_ITEMS = 20, 10_000, 1_000
LONGEST_NUMBER = 19
UNITS = ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3))  # from which number on it counts which part of a second
A_SECOND = timedelta(seconds=1)  # some apps keep whole seconds: what they saw last is of that one
ATOM = "http://www.w3.org/2005/Atom"
CATEGORIES = "http://www.google.com/reader/"  # what newsboat and others know states by


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a stream: the stories' numbers, and where the next begins, "" for the last."""

    stream: str
    numbers: list[int]
    continuation: str


@for_apps()
def item_ids(asked: Asked) -> HttpResponseBase:
    """stream/items/ids: the numbers of a stream's stories, with when each last grew."""
    held = Held(asked.reader, asked.now)
    page = _page(asked, held, asked.one("s") or user(f"{STATE}{READING_LIST}"), MOST_IDS)
    grown = crawled(page.numbers)
    refs = [
        {
            "id": str(number),
            "directStreamIds": [one.id for one in held.of_story(number)],
            "timestampUsec": str(grown.usec(number)),
        }
        for number in page.numbers
    ]
    return answer(asked, {"itemRefs": refs, **_goes_on(page)})


@for_apps("GET", "HEAD", "POST")
def items_by_id(asked: Asked) -> HttpResponseBase:
    """stream/items/contents: the stories of these ids. One that was merged into another is gone: its id is no other's.

    A POST because of its length; it changes nothing and needs no token.
    """
    numbers = list(dict.fromkeys(number for said in asked.all("i") if (number := story_number(said))))
    if len(numbers) > MOST_ITEMS:
        raise CannotAnswer(f"{len(numbers)} ids, at most {MOST_ITEMS} are answered at once. Ask in parts.", status=413)
    held = Held(asked.reader, asked.now)
    return answer(asked, _contents(asked, held, Page(user(f"{STATE}{READING_LIST}"), numbers, "")))


@for_apps()
def contents(asked: Asked, stream: str = "") -> HttpResponseBase:
    """stream/contents/…: a page of a stream's stories; 304 where nothing of it changed."""
    held = Held(asked.reader, asked.now)
    page = _page(asked, held, stream or asked.one("s") or user(f"{STATE}{READING_LIST}"), MOST_ITEMS)
    tag = _tag(asked, held, page)
    if has_it(asked, tag):
        return _not_modified(tag)
    response = answer(asked, _contents(asked, held, page))
    response["ETag"] = tag
    return response


@for_apps()
def atom(asked: Asked, stream: str) -> HttpResponseBase:
    """reader/atom/…: the same as Atom, which newsboat reads."""
    held = Held(asked.reader, asked.now)
    page = _page(asked, held, stream, MOST_ITEMS)
    tag = _tag(asked, held, page)
    if has_it(asked, tag):
        return _not_modified(tag)
    text = _as_atom(asked, held, page)
    response = HttpResponse(text, content_type="application/atom+xml; charset=utf-8")
    response["ETag"] = tag
    return response


@for_apps()
def unread_count(asked: Asked) -> HttpResponseBase:
    """unread-count: of each stream, each folder and all, with when the newest unread story grew."""
    held = Held(asked.reader, asked.now)
    unread = {user(f"{STATE}{READING_LIST}"): held.all - held.read}
    folders = dict.fromkeys(folder_id(one.folder) for one in held.streams if one.folder)
    for stream in (*folders, *(one.id for one in held.streams)):
        unread[stream] = held.of(stream) - held.read
    newest = {stream: max(stories) for stream, stories in unread.items() if stories}
    grown = crawled(set(newest.values()))
    counts = [
        {
            "id": stream,
            "count": len(stories),
            "newestItemTimestampUsec": str(grown.usec(newest[stream]) if stories else 0),
        }
        for stream, stories in unread.items()
    ]
    return answer(asked, {"max": MOST, "unreadcounts": counts})


def _page(asked: Asked, held: Held, stream: str, most: int) -> Page:
    """The stories of a stream that pass xt, it, ot and nt, as many as `n`, in order of when we first knew of them."""
    found = held.of(stream)
    for other in asked.all("xt"):
        found = found - held.of(other)
    for other in asked.all("it"):
        found = found & held.of(other)
    if since := moment_of(asked.one("ot"), "ot"):
        found = found if since <= held.since and stream_is_held(stream) else found & changed_since(since, found)
    if until := moment_of(asked.one("nt"), "nt"):
        found = found - changed_since(until + A_SECOND, found)
    is_oldest_first = asked.one("r") == "o"
    numbers = sorted(found, reverse=not is_oldest_first)
    if (begins := asked.one("c")) and begins != "0":
        last = _number(begins, "c")
        numbers = [one for one in numbers if (one > last if is_oldest_first else one < last)]
    size = min(_number(asked.one("n") or str(USUAL_N), "n"), most)
    shown = numbers[:size]
    return Page(stream, shown, str(shown[-1]) if shown and len(numbers) > size else "")


def stream_is_held(stream: str) -> bool:
    """True of a stream whose stories are all of the window; starred ones may be older."""
    return not stream.endswith("starred")


def moment_of(said: str, name: str) -> datetime | None:
    """The moment of a parameter, in seconds, or in thousandths millionths or less by its length; None for none or 0."""
    number = _number(said or "0", name)
    unit = next((unit for least, unit in UNITS if number >= least), 1)
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=number * 1_000_000 // unit) if number else None


def _number(said: str, name: str) -> int:
    if not (said.isascii() and said.isdecimal() and len(said) <= LONGEST_NUMBER):
        raise CannotAnswer(f"{name}={said[:40]!r}: not a number. Leave it out or write one, as {USUAL_N}.")
    return int(said)


def _goes_on(page: Page) -> dict[str, str]:
    return {"continuation": page.continuation} if page.continuation else {}


def _contents(asked: Asked, held: Held, page: Page) -> dict[str, Any]:
    items = [as_json(asked, one) for one in items_of(asked, held, page.numbers)]
    return {
        "direction": "ltr",
        "id": page.stream,
        "title": _title(held, page.stream),
        "self": [{"href": asked.request.build_absolute_uri()}],
        "updated": int(asked.now.timestamp()) if not items else max(int(one["crawlTimeMsec"]) for one in items) // 1000,
        "items": items,
        **_goes_on(page),
    }


def _title(held: Held, stream: str) -> str:
    kind, what = parted(stream)
    if kind == FEED:
        return held.followed(stream).title
    return what if kind == LABEL else settings.SITE_NAME


def _tag(asked: Asked, held: Held, page: Page) -> str:
    """A tag of all that a page of items is made of, without making it."""
    grown = crawled(page.numbers)
    parts: list[object] = [
        settings.VERSION, get_language(), asked.one("output"), page.stream, page.continuation,
        *((one.id, one.title, one.folder) for one in held.streams), held.mutes,
    ]  # fmt: skip
    read, starred = held.read, held.starred
    parts += (
        (one, grown.usec(one), one in read, one in starred, [stream.number for stream in held.of_story(one)])
        for one in page.numbers
    )
    return tag_of(joined(parts))


def _not_modified(tag: str) -> HttpResponse:
    response = HttpResponseNotModified()
    response["ETag"] = tag
    return response


def _as_atom(asked: Asked, held: Held, page: Page) -> str:
    out = StringIO()
    handler = SimplerXMLGenerator(out, "utf-8")
    handler.startDocument()
    handler.startElement("feed", {"xmlns": ATOM, "xmlns:gr": f"{CATEGORIES}atom/"})
    handler.addQuickElement("id", f"tag:google.com,2005:reader/{legal(page.stream)}")
    handler.addQuickElement("title", legal(_title(held, page.stream)))
    handler.addQuickElement("link", "", {"rel": "self", "href": asked.request.build_absolute_uri()})
    handler.addQuickElement("link", "", {"rel": "alternate", "href": absolute(asked.request, "/")})
    grown = crawled(page.numbers)
    newest = max(grown.at.values(), default=asked.now)
    handler.addQuickElement("updated", rfc3339_date(newest))
    if page.continuation:
        handler.addQuickElement("gr:continuation", page.continuation)
    for one in items_of(asked, held, page.numbers):
        _entry(handler, asked, one)
    handler.endElement("feed")
    handler.endDocument()
    return out.getvalue()


def _entry(handler: SimplerXMLGenerator, asked: Asked, one: AppItem) -> None:
    item = one.item
    handler.startElement("entry", {"gr:crawl-timestamp-msec": str(one.crawled_usec // 1000)})
    handler.addQuickElement("id", long_id(one.number))
    handler.addQuickElement("title", title_of(item), {"type": "text"})
    handler.addQuickElement("published", rfc3339_date(item.published_at))
    handler.addQuickElement("updated", rfc3339_date(item.updated_at))
    handler.addQuickElement("link", "", {"rel": "alternate", "href": item.url, "type": "text/html"})
    for name in item.authors:
        handler.startElement("author", {})
        handler.addQuickElement("name", legal(name))
        handler.endElement("author")
    for term, label in _categories(one):
        handler.addQuickElement("category", "", {"term": term, "scheme": CATEGORIES, "label": label})
    origin = origin_of(asked, one)
    handler.startElement("source", {"gr:stream-id": origin["streamId"]})
    handler.addQuickElement("id", f"tag:google.com,2005:reader/{origin['streamId']}")
    handler.addQuickElement("title", legal(origin["title"]))
    handler.endElement("source")
    handler.addQuickElement("content", html_of(item), {"type": "html"})
    handler.endElement("entry")


def _categories(one: AppItem) -> Iterable[tuple[str, str]]:
    for term in one.states:
        yield term, term.rpartition("/")[2]
    for folder in one.folders:
        yield legal(folder_id(folder)), legal(folder)
