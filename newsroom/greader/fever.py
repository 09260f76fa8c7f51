"""The Fever interface, for apps that speak nothing else. Off unless FEVER=yes: its key is an MD5 sum.

The key is held against the hash of its own, so a password made for Fever opens
nothing but Fever, and no other password opens it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsroom.greader import state
from newsroom.greader.asking import Asked, CannotAnswer, parameters_of, refused, unshared
from newsroom.greader.items import html_of, items_of, title_of
from newsroom.greader.marking import mark_stream_read
from newsroom.greader.stream_pages import moment_of
from newsroom.greader.streams import READING_LIST, STATE, Held, Stream, folder_id, user
from newsroom.readers.app_passwords import by_fever_key, note_use
from newsroom.readers.asked_numbers import row_number, row_numbers
from newsroom.stories.absolute import absolute

VERSION = 3
A_PAGE = 50


@csrf_exempt  # no cookie is read: the form bears the key
@require_http_methods(["GET", "HEAD", "POST"])
def answer_app(request: HttpRequest) -> HttpResponseBase:
    """What the address asks for (groups, feeds, items, …) after what the form says was done; a GET writes nothing."""
    if not settings.FEVER:
        raise Http404("FEVER is off")
    try:
        said = parameters_of(request)
        now = timezone.now()
        key = (said.get("api_key") or [""])[-1] if request.method == "POST" else ""
        password = by_fever_key(key) if key else None
        if password is None:
            return unshared(JsonResponse({"api_version": VERSION, "auth": 0}))
        asked = Asked(request, password, now, said)
        held = Held(asked.reader, now)
        if asked.one("mark"):
            _mark(asked, held)
            note_use(password, now)
            held = Held(asked.reader, now)
        answer = {"api_version": VERSION, "auth": 1, "last_refreshed_on_time": int(now.timestamp())}
        for name, part in PARTS.items():
            if name in said:
                answer |= part(asked, held)
        return unshared(JsonResponse(answer))
    except CannotAnswer as error:
        return refused(error)


def _mark(asked: Asked, held: Held) -> None:
    """mark=item, feed or group, as=read, unread, saved or unsaved, of the number id, before a moment."""
    what, as_what, said = asked.one("mark"), asked.one("as"), asked.one("id")
    number = row_number(said)
    if number is None or what not in ("item", "feed", "group"):
        raise CannotAnswer(f"mark={what[:40]!r}, id={said[:40]!r}: write item, feed or group, and its number.")
    if what == "item":
        stories = list(state.standing([number]).values())
        if as_what in ("read", "unread"):
            state.mark_read(asked.reader, stories, asked.now, is_read=as_what == "read")
        elif as_what == "saved":
            state.star(asked.reader, stories, asked.now)
        elif as_what == "unsaved":
            state.unstar(asked.reader, stories)
        return
    if as_what == "read":
        stream = _stream_of(held, what, number)
        mark_stream_read(held, stream, moment_of(asked.one("before"), "before"), asked.now)


def _stream_of(held: Held, what: str, number: int) -> str:
    """The stream of a feed's or group's number; group 0 is everything, as Fever has it."""
    if what == "group" and number == 0:
        return user(f"{STATE}{READING_LIST}")
    named = {one.number: one.id for one in held.streams}
    if what == "group":
        named = {_group_number(one.folder): folder_id(one.folder) for one in held.streams if one.folder}
    if number not in named:
        raise CannotAnswer(f"{what} {number} is not followed. Ask for {what}s again.", status=404)
    return named[number]


def _group_number(folder: str) -> int:
    return zlib.crc32(folder.encode()) & 0x7FFFFFFF


def _groups(asked: Asked, held: Held) -> dict[str, Any]:
    folders = dict.fromkeys(one.folder for one in held.streams if one.folder)
    return {"groups": [{"id": _group_number(name), "title": name} for name in folders], **_feeds_groups(held)}


def _feeds_groups(held: Held) -> dict[str, Any]:
    lying: dict[str, list[Stream]] = {}
    for one in held.streams:
        if one.folder:
            lying.setdefault(one.folder, []).append(one)
    return {
        "feeds_groups": [
            {"group_id": _group_number(folder), "feed_ids": _listed(one.number for one in streams)}
            for folder, streams in lying.items()
        ]
    }


def _feeds(asked: Asked, held: Held) -> dict[str, Any]:
    feeds = [
        {
            "id": one.number,
            "favicon_id": 0,
            "title": one.title,
            "url": absolute(asked.request, f"{one.page}/feed.xml"),
            "site_url": absolute(asked.request, one.page),
            "is_spark": 0,
            "last_updated_on_time": int(asked.now.timestamp()),
        }
        for one in held.streams
    ]
    return {"feeds": feeds, **_feeds_groups(held)}


def _items(asked: Asked, held: Held) -> dict[str, Any]:
    """A page of items: those of with_ids, or after since_id the oldest first, or before max_id the newest first."""
    all_of_them = held.all | held.starred
    if named := asked.one("with_ids"):
        numbers = [one for one in dict.fromkeys(row_numbers(named.split(","))) if one in all_of_them]
    elif asked.one("max_id"):
        most = _whole(asked, "max_id")
        numbers = sorted((one for one in all_of_them if one < most or not most), reverse=True)
    else:
        least = _whole(asked, "since_id")
        numbers = sorted(one for one in all_of_them if one > least)
    items = [
        {
            "id": one.number,
            "feed_id": one.streams[0].number if one.streams else 0,
            "title": title_of(one.item),
            "author": ", ".join(one.item.authors),
            "html": html_of(one.item),
            "url": one.item.url,
            "is_saved": int(one.is_starred),
            "is_read": int(one.is_read),
            "created_on_time": int(one.item.published_at.timestamp()),
        }
        for one in items_of(asked, held, numbers[:A_PAGE])
    ]
    return {"items": items, "total_items": len(all_of_them)}


def _whole(asked: Asked, name: str) -> int:
    said = asked.one(name) or "0"
    number = row_number(said)
    if number is None:
        raise CannotAnswer(f"{name}={said[:40]!r}: not a number. Leave it out or give an item's.")
    return number


def _unread(asked: Asked, held: Held) -> dict[str, Any]:
    return {"unread_item_ids": _listed(sorted(held.all - held.read))}


def _saved(asked: Asked, held: Held) -> dict[str, Any]:
    return {"saved_item_ids": _listed(sorted(held.starred))}


def _listed(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))


PARTS: dict[str, Callable[[Asked, Held], dict[str, Any]]] = {
    "groups": _groups,
    "feeds": _feeds,
    "favicons": lambda _asked, _held: {"favicons": []},
    "items": _items,
    "links": lambda _asked, _held: {"links": []},
    "unread_item_ids": _unread,
    "saved_item_ids": _saved,
}
