"""The front page as a newspaper's: the lead, what else is carried by many, then section by section; and all stories.

Each story stands where stories/front.py put it: a section shows its foremost
ones, and none of them twice. All is chosen among the foremost of the whole
order, so that a page costs the same whatever the archive holds, and a section
without news is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newsroom.readers.models import Item as Kind
from newsroom.stories import marks, muting
from newsroom.stories.listing import SHOWN_FIELDS, Item, items_of, place_of, with_cards, with_lead
from newsroom.stories.models import Edition, Story, StoryQuerySet
from newsroom.stories.muting import Mutes
from newsroom.stories.noted import Sections, leads_of
from newsroom.stories.reader_lists import page_for
from newsroom.stories.section_pages import SECTION_NAMES
from newsroom.stories.since import asked_moment

LOOKED_THROUGH = 400  # the foremost stories: about the last two days of a large site
FOREMOST = 4  # beside the lead, of whatever section
A_SECTION = 5
NEWEST = 8
WITHOUT_WORDS = 6  # times as many are looked at where some may hold a muted word
NEW_LISTED = 8
COUNTED_MOST = 200  # of what is new; more are "more than 200"
MORNING = time(5)
ORDERS = {"time": "last_at", "prominence": "front_at"}


@dataclass(slots=True)
class Block:
    """A section of the front page. name: in its address, "" for stories of no section."""

    name: str
    title: Promise | str
    items: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class News:
    """What is new since a moment. count: of stories, COUNTED_MOST + 1 for more; items: the foremost of them."""

    moment: datetime
    count: int
    items: list[Item]

    @property
    def is_more(self) -> bool:
        return self.count > COUNTED_MOST

    @property
    def count_shown(self) -> int:
        return min(self.count, COUNTED_MOST)


def front_page(request: HttpRequest, now: datetime) -> HttpResponse:
    """The front page; an address of the time when it had pages leads to where these are now."""
    if before := place_of(request.GET.get("before", "")):
        return HttpResponsePermanentRedirect(f"/stories?{urlencode({'by': 'prominence', 'before': str(before)})}")
    since = asked_moment(request.GET.get("since", ""))
    context = {
        **_composed(since, request),
        "visits": visits(now),
        "edition": Edition.objects.first(),
    }
    return render(request, "front.html", context)


def all_stories(request: HttpRequest) -> HttpResponse:
    """Every story, page after page: the newest first, or in the order of the front page; ?since= for what is new."""
    order = request.GET.get("by", "time")
    order = order if order in ORDERS else "time"
    before = place_of(request.GET.get("before", ""))
    since = asked_moment(request.GET.get("since", ""))
    stories = Story.objects.public().filter(front_at__isnull=False) if order == "prominence" else Story.objects.public()
    stories = stories.filter(last_at__gt=since) if since else stories
    kept = {"by": order} if order != "time" else {}
    kept |= {"since": since.isoformat()} if since else {}
    context = {
        **page_for(request, stories, before, by=ORDERS[order]),
        "order": order,
        "is_first": before is None,
        "since_moment": since,
        "kept": urlencode(kept),
    }
    return render(request, "stories.html", context)


def visits(now: datetime) -> list[tuple[str, Promise | str]]:
    """(address, words) of what a reader may have missed: since this morning, since yesterday."""
    here = timezone.localtime(now)
    found: list[tuple[str, Promise | str]] = []
    if here.time() > MORNING:
        morning = datetime.combine(here.date(), MORNING, here.tzinfo).astimezone(UTC)
        found.append((f"/?{urlencode({'since': morning.isoformat()})}", _("since this morning")))
    yesterday = here.date() - timedelta(days=1)
    return [*found, (f"/?since={yesterday.isoformat()}", _("since yesterday"))]


def _composed(since: datetime | None, request: HttpRequest) -> dict[str, object]:
    """The page's stories, each in one place, in a fixed number of queries; the foremost alone with publishers.

    For who is signed in without what they mute, and with their marks.
    """
    mutes = muting.of(request)
    public = mutes.without(Story.objects.public())
    order = public.filter(front_at__isnull=False).order_by("-front_at", "-pk")
    columns = ("pk", "section", "last_at") if since else ("pk", "section")  # 400 moments cost a millisecond to read
    rows = list(order.values_list(*columns)[:LOOKED_THROUGH])
    muted = mutes.worded([row[0] for row in rows])
    rows = [row for row in rows if row[0] not in muted]
    foremost = [row[0] for row in rows[: 1 + FOREMOST]]
    by_section = _by_section([row[:2] for row in rows[1 + FOREMOST :]])
    new = [row[0] for row in rows if since and row[2] > since][:NEW_LISTED]
    lines = {*new, *(key for keys in by_section.values() for key in keys)}
    leads = leads_of([*foremost, *(keys[0] for keys in by_section.values())])
    items = {item[0].pk: item for item in items_of(with_lead(with_cards(public.filter(pk__in=foremost))), leads)}
    for story in public.filter(pk__in=lines.difference(items)).only(*SHOWN_FIELDS):
        items[story.pk] = (story, leads.get(story.pk, Sections()), [])
    marks.look_up(request, Kind.STORY, items)
    if mutes:
        items = {key: mutes.of_item(item) for key, item in items.items()}
    blocks = [
        Block(name, title, [items[key] for key in by_section.get(name, ()) if key in items])
        for name, title in {**SECTION_NAMES, "": _("More stories")}.items()
    ]
    count = public.filter(last_at__gt=since)[: COUNTED_MOST + 1].count() if since else 0
    return {
        "items": [items[key] for key in foremost if key in items],
        "blocks": [block for block in blocks if block.items],
        "newest": _newest(public, mutes),
        "since": News(since, count, [items[key] for key in new if key in items]) if since else None,
        "has_sample": any(story.is_sample for story, _sections, _publishers in items.values()),
    }


def _newest(stories: StoryQuerySet, mutes: Mutes) -> list[Story]:
    rows = stories.only("title", "language", "last_at").order_by("-last_at", "-pk")
    if not mutes.words:
        return list(rows[:NEWEST])
    looked_at = list(rows[: NEWEST * WITHOUT_WORDS])
    muted = mutes.worded([row.pk for row in looked_at])
    return [row for row in looked_at if row.pk not in muted][:NEWEST]


def _by_section(rows: list[tuple[int, str | None]]) -> dict[str, list[int]]:
    """section -> its foremost stories; "" for those of no section."""
    found: dict[str, list[int]] = {}
    for key, section in rows:
        keys = found.setdefault(section if section in SECTION_NAMES else "", [])
        if len(keys) < A_SECTION:
            keys.append(key)
    return found
