"""What a reader follows, as apps list, add, rename, file and end it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.templatetags.static import static
from django.utils.translation import gettext as _

from newsroom.greader import finding
from newsroom.greader.asking import Asked, CannotAnswer, answer, for_apps, ok
from newsroom.greader.streams import (
    FEED,
    FOLDERS,
    LABEL,
    STARRED,
    STATE,
    Stream,
    folder_id,
    in_folder,
    parted,
    streams_of,
    user,
)
from newsroom.publishers import favicons
from newsroom.publishers.models import Publisher
from newsroom.readers.asked_numbers import row_number
from newsroom.readers.following import CannotKeep, follow, kinds_like
from newsroom.readers.models import Filed, Follow, Reader
from newsroom.stories.absolute import absolute
from newsroom.stories.subjects import Subject

LONGEST_TITLE, LONGEST_FOLDER = 200, 100


@for_apps()
def subscription_list(asked: Asked) -> HttpResponseBase:
    """subscription/list: each stream with its folder, page, feed and icon."""
    streams = streams_of(asked.reader)
    icons = _icons(streams)
    return answer(asked, {"subscriptions": [_subscription(asked, one, icons) for one in streams]})


def _subscription(asked: Asked, one: Stream, icons: dict[str, str]) -> dict[str, Any]:
    page = absolute(asked.request, one.page)
    icon = icons.get(one.key, "") if one.kind == Follow.Kind.PUBLISHER else ""
    return {
        "id": one.id,
        "title": one.title,
        "categories": [{"id": folder_id(one.folder), "label": one.folder}] if one.folder else [],
        "sortid": f"{one.number & 0xFFFFFFFF:08X}",
        "url": f"{page}/feed.xml",
        "htmlUrl": page,
        "iconUrl": absolute(asked.request, icon or static("icon-192.png")),
    }


def _icons(streams: list[Stream]) -> dict[str, str]:
    slugs = [one.key for one in streams if one.kind == Follow.Kind.PUBLISHER]
    rows = Publisher.objects.filter(slug__in=slugs).only("slug", "favicon_digest") if slugs else ()
    return {row.slug: favicons.address_of(row) for row in rows}


@for_apps()
def tag_list(asked: Asked) -> HttpResponseBase:
    """tag/list: starred, and the folders."""
    folders = dict.fromkeys(one.folder for one in streams_of(asked.reader) if one.folder)
    tags = [{"id": user(f"{STATE}{STARRED}"), "sortid": "00000000"}]
    tags += [
        {"id": folder_id(name), "sortid": f"{place:08X}", "type": "folder"} for place, name in enumerate(folders, 1)
    ]
    return answer(asked, {"tags": tags})


@for_apps(writes=True)
def edit(asked: Asked) -> HttpResponseBase:
    """subscription/edit: subscribe, unsubscribe, or rename (`t`) and file (`a`, `r`) the streams of `s`."""
    does = asked.one("ac") or "edit"
    if does not in ("subscribe", "unsubscribe", "edit"):
        raise CannotAnswer(f"ac={does[:40]!r}: not known. Write subscribe, unsubscribe or edit.")
    folders = [_folder(one) for one in asked.all("a")], [_folder(one) for one in asked.all("r")]
    titles = asked.all("t")
    for place, stream in enumerate(asked.all("s")):
        row = _row(asked, stream, may_add=does == "subscribe")
        if does == "unsubscribe":
            row.delete()
            continue
        title = titles[min(place, len(titles) - 1)] if titles else ""
        _file(row, title, *folders)
    return ok()


def _row(asked: Asked, stream: str, *, may_add: bool) -> Follow:
    """The reader's own row of a stream by its number, or by an address it is followed under. Raises CannotAnswer."""
    address = stream.removeprefix(FEED)
    rows = Follow.objects.filter(reader=asked.reader, kind__in=list(FOLDERS))
    row = None
    if (number := row_number(address)) is not None:
        row = rows.filter(pk=number).first()
    elif found := finding.find(asked.request, address):
        row = rows.filter(kind__in=kinds_like(found.kind), key=found.key).first()
        if row is None and may_add:
            return _followed(asked, found)
    if row is None:
        why = "No page or feed of this site, and no feed that it reads" if may_add else "Not followed"
        raise CannotAnswer(f"{stream[:200]!r}: {why}. Look at subscription/list again.", status=404)
    return row


def _followed(asked: Asked, found: Subject) -> Follow:
    """The reader's row of it, made where there is none; twice the same is one, and so is one subject by two kinds."""
    try:
        follow(asked.reader, found.kind, found.key, found.name, asked.now)
    except CannotKeep as error:
        raise CannotAnswer(str(error), status=409) from error
    return asked.reader.follows.get(kind__in=kinds_like(found.kind), key=found.key)


def _folder(said: str) -> str:
    kind, name = parted(said if "/" in said else folder_id(said))  # an app sends the bare name of a new one
    if kind != LABEL:
        raise CannotAnswer(f"{said[:200]!r}: a stream lies in a folder only. Write user/-/label/NAME.")
    if len(name) > LONGEST_FOLDER:
        raise CannotAnswer(f"A folder's name of {len(name)} characters, at most {LONGEST_FOLDER} are kept. Shorten it.")
    return name


def _file(row: Follow, title: str, into: list[str], out_of: list[str]) -> None:
    """Keep a title and a folder of a stream; a stream lies in one folder, the one named last."""
    title = " ".join(title.split())
    if len(title) > LONGEST_TITLE:
        raise CannotAnswer(f"A title of {len(title)} characters, at most {LONGEST_TITLE} are kept. Shorten it.")
    if not (title or into or out_of):
        return
    held = _filed(row)
    held.title = title or held.title
    into = [name for name in into if name]
    if into:
        held.folder = into[-1]
    elif held.folder in out_of:
        held.folder = ""
    held.save()


def _filed(row: Follow) -> Filed:
    return Filed.objects.get_or_create(follow=row, defaults={"folder": str(FOLDERS[row.kind])})[0]


@for_apps(writes=True)
def quick_add(asked: Asked) -> HttpResponseBase:
    """subscription/quickadd: follow what an address or #hashtag means here; says so where it means nothing."""
    said = asked.one("quickadd")
    found = finding.find(asked.request, said)
    if found is None:
        why = _("This site does not read it. An editor adds publishers at %(address)s.") % {
            "address": absolute(asked.request, "/setup/publishers")
        }
        return answer(asked, {"numResults": 0, "query": said[:500], "error": why})
    row = _followed(asked, found)
    return answer(
        asked,
        {"numResults": 1, "query": said[:500], "streamId": f"{FEED}{row.pk}", "streamName": row.name},
    )


@for_apps(writes=True)
def rename_tag(asked: Asked) -> HttpResponseBase:
    """rename-tag: another name for a folder of the reader's own; one that is there takes its streams in."""
    name = _folder(asked.one("dest"))
    if not name:
        raise CannotAnswer("dest: empty. Write dest=user/-/label/NAME, or disable the tag.")
    _move(asked.reader, _folder_asked(asked), name)
    return ok()


@for_apps(writes=True)
def disable_tag(asked: Asked) -> HttpResponseBase:
    """disable-tag: the folder goes, its streams stay."""
    _move(asked.reader, _folder_asked(asked), "")
    return ok()


def _folder_asked(asked: Asked) -> str:
    return _folder(asked.one("s") or asked.one("t"))


def _move(reader: Reader, folder: str, into: str) -> None:
    numbers = [one.number for one in in_folder(streams_of(reader), folder)] if folder else []
    for row in Follow.objects.filter(reader=reader, pk__in=numbers):
        held = _filed(row)
        held.folder = into
        held.save()


@for_apps()
def user_info(asked: Asked) -> HttpResponseBase:
    """user-info: by the name that the reader shows, their mail being nobody's business but the app's own form."""
    number, name = str(asked.reader.pk), asked.reader.name or asked.reader.username
    said = {"userId": number, "userProfileId": number, "userName": name, "userEmail": asked.reader.email}
    return answer(asked, said)


@for_apps()
def nothing(asked: Asked, holds: str) -> HttpResponseBase:
    """Lists that apps ask for and this site has nothing of: preferences and friends."""
    return answer(asked, {holds: {} if holds == "streamprefs" else []})


@for_apps()
def is_there(asked: Asked) -> HttpResponseBase:
    """The bare address of the interface: says that the password works."""
    return HttpResponse("OK", content_type="text/plain; charset=utf-8")
