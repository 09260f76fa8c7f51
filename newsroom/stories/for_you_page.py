"""For you and its profile: pages of who is signed in, and of them alone. Others are told what it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from newsroom.publishers.models import Publisher
from newsroom.readers.asked_numbers import page_number, row_number
from newsroom.readers.models import Follow, Mute, Reader
from newsroom.readers.models import Item as ReaderItem
from newsroom.readers.origin import own_form
from newsroom.readers.who_asks import SEE_OTHER, reader_of, to_sign_in
from newsroom.stories import marks
from newsroom.stories.for_you import DIAL_STEPS, FOLLOWED_HOURS, IN_A_ROW, Line, Place, nearest_step, order
from newsroom.stories.for_you_lines import LATELY, Profile, profile_of
from newsroom.stories.for_you_stories import SEARCHES_MOST, candidates_of, cards_of
from newsroom.stories.front_page import visits
from newsroom.stories.listing import Item
from newsroom.stories.models import NotForMe, Placement, TrendingHashtag
from newsroom.stories.muting import Mutes, mutes_of
from newsroom.stories.plain_pages import plain

A_PAGE = 30
PAGES_MOST = 10  # further down, the page of all stories goes on
OFFERED = 8  # hashtags and publishers, to who follows nothing yet
NEWEST_LOOKED_AT = 500  # articles, to find these publishers
LONGEST_ANSWER = 40  # of what was wrong in a form, as it is said again
STEPS: dict[int, Promise] = {
    0: gettext_lazy("What matters to all"),
    25: gettext_lazy("Mostly what matters to all"),
    50: gettext_lazy("Half and half"),
    75: gettext_lazy("Mostly what I follow"),
    100: gettext_lazy("What I follow"),
}
DONE: dict[str, Promise] = {
    "off": gettext_lazy("Turned off. For you no longer uses it."),
    "on": gettext_lazy("For you may use it again."),
    "unfollowed": gettext_lazy("You no longer follow it."),
    "unmuted": gettext_lazy("It is no longer muted."),
    "gone": gettext_lazy("That line was not in your profile any more, so nothing was changed."),
}


@dataclass(frozen=True, slots=True)
class Card:
    """A story of the page, with why it stands there."""

    item: Item
    place: Place


def _of_the_reader(view: Callable[[HttpRequest, Reader], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The view with who is signed in, its answer kept by nobody; others are told what For you is.

    Not `for_readers`: who is not signed in has something to read here.
    """

    @wraps(view)
    def shown(request: HttpRequest) -> HttpResponse:
        reader = reader_of(request)
        if reader is not None:
            response = view(request, reader)
            add_never_cache_headers(response)
            return response
        if request.method == "POST":
            return to_sign_in(request, back="/for-you")
        return render(request, "for_you_what.html")

    return shown


@require_safe
@_of_the_reader
def for_you(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The stories in the reader's order, each with its reason."""
    now = timezone.now()
    profile, mutes = profile_of(reader, now), mutes_of(reader)
    page = page_number(request.GET.get("page", ""), most=PAGES_MOST)
    candidates = candidates_of(profile.lines, mutes, dial=reader.dial)
    places = order(candidates, profile.lines, dial=reader.dial, most=page * A_PAGE + 1)
    wanted = places[(page - 1) * A_PAGE : page * A_PAGE]
    items = cards_of([place.story for place in wanted], mutes)
    marks.look_up(request, ReaderItem.STORY, items)
    context = {
        "cards": [Card(items[place.story], place) for place in wanted if place.story in items],
        "page_shown": page,
        "next_page": page + 1 if len(places) > page * A_PAGE and page < PAGES_MOST else 0,
        "has_mutes": bool(mutes),
        "visits": visits(now),
        **({} if profile.followed else _offered(mutes)),
        **_dial(reader, profile),
    }
    return render(request, "for_you.html", context)


@own_form
@require_POST
@_of_the_reader
def dial(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Keep where the reader turned the dial, and lead back."""
    said = request.POST.get("dial", "").strip()
    value = int(said) if said.isascii() and said.isdecimal() and len(said) <= 3 else -1
    if not DIAL_STEPS[0] <= value <= DIAL_STEPS[-1]:
        why = _("The dial goes from 0 to 100, and “%(said)s” is not on it. Go back and choose one of its steps.")
        return plain(request, 400, _("No such place on the dial"), why % {"said": said[:LONGEST_ANSWER]})
    Reader.objects.filter(pk=reader.pk).update(dial=value)
    return HttpResponseRedirect("/for-you", status=SEE_OTHER)


@own_form
@require_http_methods(["GET", "HEAD", "POST"])
@_of_the_reader
def profile_page(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Every line that For you uses, and what is turned off; a post deletes a line, turns it off, or on again."""
    now = timezone.now()
    if request.method == "POST":
        done = _change(request, reader, now)
        return HttpResponseRedirect(f"/for-you/profile?done={done}", status=SEE_OTHER)
    profile = profile_of(reader, now)
    context = {
        "profile": profile,
        "off": [one for one in profile.off if one.kind != NotForMe.READING],
        "mutes": Mute.objects.filter(reader=reader),
        "done": DONE.get(request.GET.get("done", ""), ""),
        "days": LATELY.days,
        "followed_hours": FOLLOWED_HOURS,
        "followed_now": FOLLOWED_HOURS * reader.dial / 100,
        "in_a_row": IN_A_ROW,
        "searches_most": SEARCHES_MOST,
        "is_over_searches": sum(one.line.kind == "search" for one in profile.followed) > SEARCHES_MOST,
        **_dial(reader, profile),
    }
    return render(request, "for_you_profile.html", context)


def _change(request: HttpRequest, reader: Reader, now: datetime) -> str:
    """Do what the form asks, to rows of this reader alone; the key in DONE of what became of it."""
    kind, key = request.POST.get("kind", ""), request.POST.get("key", "")
    match request.POST.get("do", ""):
        case "unfollow":
            return "unfollowed" if _delete(Follow, reader, request) else "gone"
        case "unmute":
            return "unmuted" if _delete(Mute, reader, request) else "gone"
        case "on":
            return "on" if NotForMe.objects.filter(reader=reader, pk=_row(request)).delete()[0] else "gone"
        case "off-reading":
            return _turn_off(reader, Line(NotForMe.READING, ""), now)
        case "on-reading":
            gone = NotForMe.objects.filter(reader=reader, kind=NotForMe.READING).delete()[0]
            return "on" if gone else "gone"
        case "off":
            profile = profile_of(reader, now)
            held = [*(one.line for one in profile.followed), *profile.read]
            line = next((one for one in held if one.target == (kind, key)), None)
            return _turn_off(reader, line, now) if line else "gone"
    return "gone"


def _turn_off(reader: Reader, line: Line, now: datetime) -> str:
    """Once, however often it is asked for at the same time."""
    row = NotForMe(reader=reader, kind=line.kind, key=line.key, name=line.name[:200], at=now)
    NotForMe.objects.bulk_create([row], ignore_conflicts=True)
    return "off"


def _delete(model: type[Follow] | type[Mute], reader: Reader, request: HttpRequest) -> int:
    return model.objects.filter(reader=reader, pk=_row(request)).delete()[0]


def _row(request: HttpRequest) -> int:
    """The number of a row, 0 where the form gives none that a database could hold."""
    return row_number(request.POST.get("row", "")) or 0


def _dial(reader: Reader, profile: Profile) -> dict[str, object]:
    """What the dial's form and the explanations need."""
    step = nearest_step(reader.dial)
    return {
        "profile": profile,
        "dial": reader.dial,
        "steps": [(value, STEPS[value], value == step) for value in DIAL_STEPS],
    }


def _offered(mutes: Mutes) -> dict[str, object]:
    """What who follows nothing may begin with: trending hashtags, publishers with most of the newest articles."""
    newest = Placement.objects.filter(story__is_private=False).order_by("-placed_at")
    counted = Counter(newest.values_list("article__publisher", flat=True)[:NEWEST_LOOKED_AT])
    papers = Publisher.objects.filter(pk__in=counted).exclude(pk__in=mutes.publishers)
    foremost = sorted(papers, key=lambda paper: (-counted[paper.pk], paper.pk))[:OFFERED]
    trending = TrendingHashtag.objects.select_related("hashtag").exclude(hashtag__in=mutes.hashtags)
    return {
        "hashtags_offered": [one.hashtag for one in trending[:OFFERED]],
        "publishers_offered": sorted(foremost, key=lambda paper: paper.name.casefold()),
    }
