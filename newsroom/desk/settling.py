"""The pass that looks at stories again: splits what is two events, merges what is one, links what goes on.

A story whose articles have changed since it was looked at has no `settled_at`:
the rows say what is due. All of a pass is one transaction; killed, it is done
again.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from newsroom.desk.telling import Grouping, placing, read_stories
from newsroom.stories import changing
from newsroom.stories import save as story_save
from newsroom.stories.models import Story, Storyline, StoryQuerySet
from newstext.records import Correction, OpenStory
from newstext.settling import RULE, settle
from newstext.storylines import link_storylines

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=30)
BACKLOG_EVERY = timedelta(minutes=2)  # while more was due than one pass takes
PLACED_FEWEST = 300  # articles placed meanwhile from which on a pass does not wait
PLACED_RATIO = 0.2  # ... of the articles of the last pass: a flood of articles is not a flood of passes
DUE_AT_ONCE = 2_000  # changed stories
ARTICLES_AT_ONCE = 20_000  # of these and of the stories around them in time
STORYLINE_SPAN = timedelta(days=28)  # a course of events may rest so long
STORIES_LINKED = 5_000  # the newest
ARTICLES_LINKED = 4  # of each story


class Settling:
    """Looks at changed stories again every so often, or when much was placed."""

    def __init__(self, grouping: Grouping) -> None:
        self.grouping = grouping
        self._next_at: datetime | None = None
        self._placed = 0
        self._enough = PLACED_FEWEST

    def count(self, placed: int) -> None:
        """Take into account that so many articles were placed."""
        self._placed += placed

    def is_due(self, now: datetime) -> bool:
        return self._next_at is None or now >= self._next_at or self._placed >= self._enough

    def settle(self, now: datetime) -> int:
        """Make one pass over changed stories, the newest first; how many were looked at."""
        with placing(alone=True):
            due, around = _slice(is_sample=self.grouping.is_sample)
            stories = list(read_stories(Story.objects.filter(pk__in=[*due, *around]))) if due else []
            with transaction.atomic():
                changed = _apply(_corrections(stories, due.values()), {story.id for story in stories}, now)
                Story.objects.filter(Q(pk__in=due) | Q(key__in=changed)).update(settled_at=now)
                changed |= _link(is_sample=self.grouping.is_sample, now=now) if due else set()
            self.grouping.look_again(changed)
        self._placed = 0
        self._enough = max(PLACED_FEWEST, int(PLACED_RATIO * sum(len(story.members) for story in stories)))
        more = Story.objects.due_to_settle().filter(is_sample=self.grouping.is_sample).exists()
        self._next_at = now + (BACKLOG_EVERY if more else EVERY)
        return len(due)


def _slice(*, is_sample: bool) -> tuple[dict[int, str], list[int]]:
    """The newest changed stories, number -> key, and the numbers of those around them in time."""
    unsettled = Story.objects.due_to_settle().filter(is_sample=is_sample)
    newest = unsettled.first()
    if newest is None:
        return {}, []
    span = timedelta(days=settings.STORY_DAYS)
    held, due = _first(unsettled.filter(last_at__gte=newest.last_at - span)[:DUE_AT_ONCE], 0)
    near = Story.objects.public().filter(is_sample=is_sample, settled_at__isnull=False)
    near = near.filter(last_at__gte=newest.last_at - span, first_at__lte=newest.last_at + span)
    _, around = _first(near.order_by("-last_at", "pk"), held)
    return due, list(around)


def _first(stories: StoryQuerySet, held: int) -> tuple[int, dict[int, str]]:
    """The first of these stories, as many as make ARTICLES_AT_ONCE with what is `held`, at least one if nothing is."""
    taken: dict[int, str] = {}
    for number, key, count in stories.values_list("pk", "key", "article_count").iterator():
        held += count
        if held > ARTICLES_AT_ONCE and held > count:
            break
        taken[number] = key
    return held, taken


def _corrections(stories: list[OpenStory], due: Collection[str]) -> list[Correction]:
    """What the rule would change of the stories that are due, but for what an editor decided."""
    return settle(stories, due=due, pinned=changing.pinned().keys(), apart=changing.apart())


def _apply(corrections: Iterable[Correction], known: Collection[str], now: datetime) -> set[str]:
    """Move the articles, in the caller's transaction; the keys of the stories that have changed.

    known: keys of the stories that were looked at. A part gets the number of
    its first article; where that one opened a story which stands elsewhere by
    now, the part stays where it is. What an editor moved meanwhile stays too.
    """
    corrections = list(corrections)
    parts = {one.story for one in corrections} - set(known)
    taken = Story.objects.public().filter(key__in=parts, placements__isnull=False)
    taken_keys = set(taken.values_list("key", flat=True))
    fit = [one for one in corrections if one.story not in taken_keys]
    if fit:
        changing.apply_corrections(fit, now, rule=RULE)
        log.info("stories looked at again: %d articles moved", len(fit))
    return {key for one in fit for key in (one.was, one.story)}


def _link(*, is_sample: bool, now: datetime) -> set[str]:
    """Put the stories of the last weeks into their storylines; the keys of those that changed theirs."""
    public = Story.objects.public().filter(is_sample=is_sample)
    newest = public.aggregate(last=Max("last_at"))["last"]
    if newest is None:
        return set()
    recent = public.filter(last_at__gte=newest - STORYLINE_SPAN).order_by("-last_at", "pk")[:STORIES_LINKED]
    links = link_storylines(list(read_stories(recent, most=ARTICLES_LINKED)))
    rows = {row.key: row for row in Story.objects.filter(key__in=[link.story for link in links])}
    left = {row.storyline_id for row in rows.values()}
    for link in links:
        row = rows[link.story]
        row.storyline, _ = Storyline.objects.get_or_create(key=link.storyline, defaults={"title": row.title})
        Story.objects.filter(pk=row.pk).update(storyline=row.storyline)
    Storyline.objects.filter(pk__in=left, stories=None).delete()
    story_save.refresh_later(rows.values(), now)
    return set(rows)
