"""The daily edition: once a day the eight stories that matter, chosen, shown and sent as a feed."""

from __future__ import annotations

import logging
from calendar import Calendar
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import get_format

from newsroom.readers.models import Item
from newsroom.stories import marks, muting
from newsroom.stories.listing import day_of
from newsroom.stories.models import Edition, EditionStory, Story
from newsroom.stories.noted import Sections, sections_of_all
from newsroom.stories.outgoing import feed_of_editions
from newsroom.stories.save import stands_for

STORIES = 8
DAY = timedelta(days=1)
LOOKED_THROUGH = 400  # stories of the day, the most told first
A_SECTION_MOST = 3  # of one section, as long as others have something
FEED_EDITIONS = 14

log = logging.getLogger(__name__)


def make_due(now: datetime) -> int:
    """Choose the day's edition if its hour has come and it is not made yet; 1 if it was. May safely run twice."""
    here = timezone.localtime(now)
    if here.hour < settings.EDITION_HOUR or Edition.objects.filter(on=here.date()).exists():
        return 0
    chosen = choose(now)
    if not chosen:
        return 0
    try:
        with transaction.atomic():
            edition = Edition.objects.create(on=here.date(), made_at=now)
            EditionStory.objects.bulk_create(
                EditionStory(edition=edition, place=place, story=story, title=story.title)
                for place, story in enumerate(chosen, 1)
            )
    except IntegrityError:  # another worker was quicker
        return 0
    log.info("The edition of %s holds %d stories.", edition.on, len(chosen))
    return 1


def choose(now: datetime) -> list[Story]:
    """The stories of the last day that most independent publishers tell, of many sections, one of each storyline."""
    rows = Story.objects.public().filter(last_at__gt=now - DAY, last_at__lte=now).select_related("lead")
    ranked = list(rows.order_by("-front_origins", "-publisher_count", "-last_at", "-pk")[:LOOKED_THROUGH])
    chosen: list[Story] = []
    lines: set[int] = set()
    sections: Counter[str | None] = Counter()
    for is_strict in (True, False):
        for story in ranked:
            if len(chosen) == STORIES:
                break
            is_crowded = is_strict and sections[story.section] >= A_SECTION_MOST
            if story.storyline_id in lines or is_crowded:
                continue
            chosen.append(story)
            lines.add(story.storyline_id)
            sections[story.section] += 1
    return sorted(chosen, key=ranked.index)


def edition(request: HttpRequest, day: str = "") -> HttpResponse:
    """The edition of a day, the newest if none is named; 404 with the month's for a day that has none."""
    on = day_of(day) if day else None
    if day and on is None:
        raise Http404(f"No edition {day[:40]}: a day is written as 2026-11-26.")
    found = Edition.objects.filter(on=on).first() if on else Edition.objects.first()
    here = found.on if found else on
    context = {
        "edition": found,
        "asked_on": on,
        "hour": settings.EDITION_HOUR,
        "items": _items_for(request, found) if found else [],
        "earlier": Edition.objects.filter(on__lt=here).first() if here else None,
        "later": Edition.objects.filter(on__gt=here).last() if here else None,
        "month": month_of(here) if here else None,
    }
    return render(request, "edition.html", context, status=404 if on and not found else 200)


@dataclass(frozen=True, slots=True)
class Month:
    """A month's days week by week; a day stands as (day, True where it has an edition), None where it is of another."""

    first: date
    weekdays: list[date]
    weeks: list[list[tuple[date, bool] | None]]
    earlier: Edition | None
    later: Edition | None


def month_of(day: date) -> Month:
    """The calendar of that day's month, and the nearest editions of the months around it."""
    first = day.replace(day=1)
    weeks = Calendar((int(get_format("FIRST_DAY_OF_WEEK")) - 1) % 7).monthdatescalendar(day.year, day.month)
    last = max(one for week in weeks for one in week if one.month == day.month)
    held = set(Edition.objects.filter(on__range=(first, last)).values_list("on", flat=True))
    return Month(
        first,
        weeks[1],
        [[(one, one in held) if one.month == day.month else None for one in week] for week in weeks],
        Edition.objects.filter(on__lt=first).first(),
        Edition.objects.filter(on__gt=last).last(),
    )


def edition_of(day: str) -> Edition:
    """The edition of a day written as 2026-11-26. Raises Http404 where there is none."""
    on = day_of(day)
    if on is None:
        raise Http404(f"No edition {day}: a day is written as 2026-11-26.")
    return get_object_or_404(Edition, on=on)


def items_of(found: Edition) -> list[tuple[EditionStory, Story, Sections]]:
    """Its stories as they stand now, those that were merged as what took them in."""
    rows = list(found.stories.select_related("story__notes", "story__merged_into", "story__lead"))
    stories = [(row, stands_for(row.story)) for row in rows]
    stories = [(row, story) for row, story in stories if not story.is_private]
    notes = sections_of_all((s.notes for _row, s in stories if hasattr(s, "notes")), names={"brief"})
    return [(row, story, notes.get(story.pk, Sections())) for row, story in stories]


def _items_for(request: HttpRequest, found: Edition) -> list[tuple[EditionStory, Story, Sections]]:
    """Its stories without those that whoever asks mutes, and with their marks."""
    mutes, items = muting.of(request), items_of(found)
    marks.look_up(request, Item.STORY, (story.pk for _row, story, _sections in items))
    if not mutes:
        return items
    keys = [story.pk for _row, story, _sections in items]
    kept = set(mutes.without(Story.objects.filter(pk__in=keys)).values_list("pk", flat=True)) - mutes.worded(keys)
    return [(row, *mutes.of_item((story, sections, []))[:2]) for row, story, sections in items if story.pk in kept]


def feed(request: HttpRequest, form: str) -> HttpResponseBase:
    """The editions as a feed, one item a day."""
    newest = Edition.objects.prefetch_related("stories__story__merged_into")[:FEED_EDITIONS]
    return feed_of_editions(request, newest, form=form)
