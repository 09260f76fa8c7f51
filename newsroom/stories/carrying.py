"""What a browser kept without an account, carried into one: saved, read, searches, choices. A bad entry is refused by
itself, with its reason.

Its address stands under /search, the only place that is told of the cookie of saved searches.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from newsroom.articles.models import Article
from newsroom.readers import account_choices, choices, following, saving, seeing
from newsroom.readers.following import CannotKeep
from newsroom.readers.models import Follow, Item, Reader
from newsroom.readers.origin import own_form
from newsroom.readers.who_asks import for_readers, signed_in
from newsroom.stories import search_saved
from newsroom.stories.models import Story
from newsroom.stories.save import stands_for
from newsroom.stories.subjects import find_subject

ENTRIES_MOST = 2000  # of a list; a browser keeps at most 1,000
REFUSED_SHOWN = 50
SHOWN_OF_A_VALUE = 80
PATH = re.compile(r"/(story|article)/([0-9]{1,18})", re.ASCII)

Moments = dict[tuple[str, str], datetime]


@dataclass(slots=True)
class Carried:
    """What was taken, and (what, why) of the rest. has_room: False where a limit kept something out."""

    saved: int = 0
    read: int = 0
    searches: int = 0
    has_choices: bool = False
    has_room: bool = True
    refused: list[tuple[str, str]] = field(default_factory=list)

    @property
    def refused_shown(self) -> list[tuple[str, str]]:
        return self.refused[:REFUSED_SHOWN]

    @property
    def refused_more(self) -> int:
        return max(0, len(self.refused) - REFUSED_SHOWN)


@require_POST
@own_form
@for_readers
def carry(request: HttpRequest) -> HttpResponse:
    """Take the lists that the form holds, the cookie of searches and that of choices into the account."""
    reader = signed_in(request)
    now, carried = timezone.now(), Carried()
    _carry_saved(reader, _here(_read(request.POST.get("saved", ""), carried, now), carried), carried)
    carried.read = seeing.mark_many(reader, _here(_read(request.POST.get("read", ""), carried, now), carried))
    left = _carry_searches(reader, request, carried, now)
    chosen = choices.of(request)
    if chosen != choices.NOTHING_CHOSEN:
        account_choices.keep_in_account(reader, chosen)
        carried.has_choices = True
    response = render(request, "carried.html", {"carried": carried})
    search_saved.keep(request, response, left)  # what was refused stays in the browser
    return response


def _carry_saved(reader: Reader, moments: Moments, carried: Carried) -> None:
    try:
        carried.saved = saving.save_many(reader, moments)
    except CannotKeep as error:
        carried.has_room = False
        carried.refused.append((_("What you saved"), str(error)))


def _carry_searches(reader: Reader, request: HttpRequest, carried: Carried, now: datetime) -> list[str]:
    """Follow the searches of the cookie; those that are not taken."""
    left = []
    for line in search_saved.saved_searches(request):
        found = find_subject(Follow.Kind.SEARCH, line)
        if found is None:
            carried.refused.append((line[:SHOWN_OF_A_VALUE], _("This search is too long to be followed.")))
            left.append(line)
            continue
        try:
            carried.searches += following.follow(reader, found.kind, found.key, found.name, now)
        except CannotKeep as error:
            left.append(line)
            carried.refused.append((line[:SHOWN_OF_A_VALUE], str(error)))
    return left


def _read(said: str, carried: Carried, now: datetime) -> Moments:
    """The entries of a list as localStorage has it, {"/story/17": {"at": ms} or ms}; what is none is refused."""
    if not said:
        return {}
    try:
        entries = json.loads(said)
    except (ValueError, RecursionError):
        entries = None
    if not isinstance(entries, dict):
        carried.refused.append((said[:SHOWN_OF_A_VALUE], _("This is no list of this site: nothing of it was taken.")))
        return {}
    if len(entries) > ENTRIES_MOST:
        why = _("More than %(n)d entries: the rest was not looked at.") % {"n": ENTRIES_MOST}
        carried.refused.append((_("The list"), why))
    moments: Moments = {}
    for path, entry in list(entries.items())[:ENTRIES_MOST]:
        if match := PATH.fullmatch(path):
            moments[match[1], str(int(match[2]))] = _moment(entry, now)
        else:
            carried.refused.append((_printable(path), _("This is no address of a story or an article here.")))
    return moments


def _moment(entry: object, now: datetime) -> datetime:
    """When it was kept by the browser's clock; now where that says nothing, or a time to come."""
    ms = entry.get("at") if isinstance(entry, dict) else entry
    if isinstance(ms, bool) or not isinstance(ms, int | float) or not 0 < ms < now.timestamp() * 1000:
        return now
    return datetime.fromtimestamp(ms / 1000, UTC)


def _here(moments: Moments, carried: Carried) -> Moments:
    """The entries that stand here, a merged story as the one it became; in two queries whatever their number."""
    keys = {kind: [int(key) for of, key in moments if of == kind] for kind in Item.values}
    rows = Story.objects.filter(pk__in=keys[Item.STORY], is_private=False).select_related("merged_into")
    stands: dict[tuple[str, str], str] = {}
    for story in rows.only("is_private", "merged_into__is_private", "merged_into__merged_into"):
        if not (kept := stands_for(story)).is_private:
            stands[Item.STORY, str(story.pk)] = str(kept.pk)
    for pk in Article.objects.public().filter(pk__in=keys[Item.ARTICLE]).values_list("pk", flat=True):
        stands[Item.ARTICLE, str(pk)] = str(pk)
    found: Moments = {}
    for (kind, key), at in moments.items():
        if (kind, key) in stands:
            found[kind, stands[kind, key]] = at
        else:
            carried.refused.append((f"/{kind}/{key}", _("It is not here any more.")))
    return found


def _printable(path: str) -> str:
    return "".join(sign if sign.isprintable() else "�" for sign in path[:SHOWN_OF_A_VALUE])
