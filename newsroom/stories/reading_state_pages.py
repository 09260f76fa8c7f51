"""A reader's own pages: what they follow and mute, what they saved, and their history where they asked for one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from newsroom.articles.models import Article
from newsroom.readers import saving, seeing
from newsroom.readers.asked_numbers import page_number, row_number
from newsroom.readers.following import FOLLOWS_MOST, LONGEST_KEY, MUTES_MOST, OF_A_HASHTAG
from newsroom.readers.models import Follow, Item, Mute, Reader, Saved, Seen
from newsroom.readers.next_page import own_page
from newsroom.readers.origin import own_form
from newsroom.readers.saving import SAVED_MOST
from newsroom.readers.who_asks import SEE_OTHER, for_readers, reader_of, signed_in
from newsroom.stories import marks
from newsroom.stories.keeping_forms import find_item, refused
from newsroom.stories.models import Story
from newsroom.stories.save import stands_for
from newsroom.stories.subjects import name_of, page_of

FOLLOW_HEADS = {
    Follow.Kind.HASHTAG: gettext_lazy("Hashtags"),
    Follow.Kind.PERSON: gettext_lazy("People"),
    Follow.Kind.PLACE: gettext_lazy("Places"),
    Follow.Kind.ORGANISATION: gettext_lazy("Organisations"),
    Follow.Kind.PUBLISHER: gettext_lazy("Publishers"),
    Follow.Kind.SECTION: gettext_lazy("Sections"),
    Follow.Kind.COUNTRY: gettext_lazy("Countries"),
    Follow.Kind.STORYLINE: gettext_lazy("Courses of events"),
    Follow.Kind.SEARCH: gettext_lazy("Searches"),
}
MUTE_HEADS = {
    Mute.Kind.WORD: gettext_lazy("Words"),
    Mute.Kind.HASHTAG: gettext_lazy("Hashtags"),
    Mute.Kind.PUBLISHER: gettext_lazy("Publishers"),
}
A_PAGE = 50
PAGES_MOST = SAVED_MOST // A_PAGE


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A story or article that is kept. key: of the row; what: None where it is not here any more."""

    row: Saved | Seen
    what: Story | Article | None
    at: datetime

    @property
    def is_story(self) -> bool:
        return self.row.kind == Item.STORY


@dataclass(frozen=True, slots=True)
class FollowLine:
    """A follow or mute as its page lists it; page: "" for a word."""

    kind: str
    key: str
    name: str
    page: str

    @property
    def has_sign(self) -> bool:
        """True of what has the page of a hashtag."""
        return self.kind in OF_A_HASHTAG


@require_safe
@for_readers
def following(request: HttpRequest) -> HttpResponse:
    """All that the reader follows and mutes, each with a button that ends it, and a field for a word to mute."""
    reader = signed_in(request)
    follows, mutes = list(reader.follows.all()), list(reader.mutes.all())
    context = {
        "follows": _by_kind(follows, FOLLOW_HEADS),
        "mutes": _by_kind(mutes, MUTE_HEADS),
        "follow_count": len(follows),
        "mute_count": len(mutes),
        "follows_most": FOLLOWS_MOST,
        "mutes_most": MUTES_MOST,
        "longest": LONGEST_KEY,
    }
    return render(request, "following.html", context)


def _by_kind(
    rows: Iterable[Follow | Mute], heads: Mapping[str, Promise | str]
) -> list[tuple[str, Promise | str, list[FollowLine]]]:
    """(kind, heading, rows) of each kind that has any, by name."""
    groups: dict[str, list[FollowLine]] = {str(kind): [] for kind in heads}
    for row in rows:
        page = page_of(row.kind, row.key)
        if row.kind in groups:
            groups[row.kind].append(FollowLine(row.kind, row.key, name_of(row.kind, row.key, row.name), page))
    return [
        (kind, heads[kind], sorted(found, key=lambda one: one.name.casefold()))
        for kind, found in groups.items()
        if found
    ]


@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """What the reader saved: in the account of who is signed in, in the browser of everybody else."""
    if reader_of(request) is None:
        return render(request, "saved.html")
    return _saved_of_account(request)


@for_readers
def _saved_of_account(request: HttpRequest) -> HttpResponse:
    reader = signed_in(request)
    page, rows, next_page = _page(request, reader.saved.all())
    context = {"lines": _lines(rows), "count": reader.saved.count(), "page_shown": page, "next_page": next_page}
    return render(request, "saved_account.html", {**context, "most": SAVED_MOST})


@require_POST
@own_form
@for_readers
def remove_saved(request: HttpRequest) -> HttpResponse:
    """Take a line off what the reader saved, be what it leads to still here or not; lead back to the list."""
    reader = signed_in(request)
    row = reader.saved.filter(pk=row_number(request.POST.get("line", ""))).first()
    if row is not None:
        found = find_item(row.kind, row.key)
        saving.unsave(reader, row.kind, {row.key, *(marks.keys_of(row.kind, found) if found else ())})
    return HttpResponseRedirect(own_page(request.POST.get("next", "")) or "/saved", status=SEE_OTHER)


@require_http_methods(["GET", "HEAD", "POST"])
@own_form
@for_readers
def history(request: HttpRequest) -> HttpResponse:
    """The reader's history, empty until they ask for one; a post begins it, ends it, or deletes of it."""
    reader = signed_in(request)
    if request.method == "POST":
        return _change_history(request, reader)
    page, rows, next_page = _page(request, seeing.history_of(reader))
    context = {
        "lines": _lines(rows),
        "is_on": reader.keeps_history,
        "has_lines": bool(rows) or page > 1,
        "page_shown": page,
        "next_page": next_page,
        "done": request.GET.get("done", ""),
    }
    return render(request, "history.html", context)


def _change_history(request: HttpRequest, reader: Reader) -> HttpResponse:
    do = request.POST.get("do", "")
    if do in ("on", "off", "off-and-delete"):
        seeing.keep_history(reader, is_on=do == "on", forgets=do == "off-and-delete")
    elif do == "delete-all":
        seeing.forget_all(reader)
    elif (line := row_number(request.POST.get("line", ""))) is not None:
        do = "delete"
        seeing.forget(reader, line)
    else:
        return refused(request, _("Nothing was changed: the form says neither what to do nor which line to delete."))
    return HttpResponseRedirect(f"/history?done={do}", status=SEE_OTHER)


def _page(request: HttpRequest, rows: object) -> tuple[int, list[Saved | Seen], int]:
    """(its number, its rows, the next one's number or 0)."""
    page = page_number(request.GET.get("page", ""), most=PAGES_MOST)
    first = (page - 1) * A_PAGE
    found = list(rows[first : first + A_PAGE + 1])  # type: ignore[index]
    return page, found[:A_PAGE], page + 1 if len(found) > A_PAGE and page < PAGES_MOST else 0


def _lines(rows: Sequence[Saved | Seen]) -> list[ItemLine]:
    """The rows with what they lead to, in two queries: a merged story is the one it became, each once."""
    numbers = {kind: [int(row.key) for row in rows if row.kind == kind and row.key.isdecimal()] for kind in Item.values}
    stories = Story.objects.filter(pk__in=numbers[Item.STORY], is_private=False).select_related("merged_into")
    articles = Article.objects.public().filter(pk__in=numbers[Item.ARTICLE]).select_related("publisher")
    articles = articles.defer("text", "sentences", "passages", "marks", "entry", "summary")
    found: dict[tuple[str, str], Story | Article] = {(Item.STORY, str(one.pk)): stands_for(one) for one in stories}
    found.update({(Item.ARTICLE, str(one.pk)): one for one in articles})
    lines, seen = [], set()
    for row in rows:
        what = found.get((row.kind, row.key))
        if what is None or (row.kind, what.pk) not in seen:
            lines.append(ItemLine(row, what, getattr(row, "opened_at", None) or row.at))
        seen.add((row.kind, what.pk if what else 0))
    return lines
