"""A page of stories, as the front page, a hashtag, a section and a country list them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from newsroom.stories.models import Placement, Story, StoryQuerySet
from newsroom.stories.noted import Sections, sections_of_all

A_PAGE = 30
PUBLISHERS_SHOWN = 6


def moment_of(said: str) -> datetime | None:
    """The moment an address gives, None where it gives none with a zone."""
    try:
        moment = parse_datetime(said)
        return moment.astimezone(UTC) if moment and timezone.is_aware(moment) else None
    except (ValueError, OverflowError):  # no day there is, or one before the year 1 in UTC
        return None


def day_of(said: str) -> date | None:
    """The day an address gives, as 2026-11-26; None where it gives none."""
    try:
        return parse_date(said)
    except ValueError:
        return None


def listed(stories: StoryQuerySet, before: datetime | None, by: str = "last_at") -> list[Story]:
    """A page of stories and one more, with what a list shows of each; by: the moment that orders them."""
    if before:
        stories = stories.filter(**{f"{by}__lt": before})
    placements = Placement.objects.select_related("article__publisher").order_by("-article__published_at")
    placements = placements.only(
        "story_id", "copy_of_id", "article__title", "article__published_at", "article__seen_at",
        "article__published_precision", "article__private_key", "article__publisher__name", "article__publisher__slug",
        "article__publisher__domain", "article__publisher__shares_name",
    )  # fmt: skip
    return list(
        stories.order_by(f"-{by}", "-pk")
        .select_related("lead__publisher", "notes")
        .prefetch_related("hashtags", Prefetch("placements", placements, to_attr="shown_placements"))[: A_PAGE + 1]
    )


def page_of(rows: list[Story], by: str = "last_at") -> dict[str, object]:
    """What the templates need of `listed` rows: each story with its sections and publishers, and where to go on."""
    stories = rows[:A_PAGE]
    sections = sections_of_all((story.notes for story in stories if hasattr(story, "notes")), names={"brief"})
    items = [(story, sections.get(story.pk, Sections()), _publishers(story)) for story in stories]
    return {"items": items, "older": getattr(stories[-1], by).isoformat() if len(rows) > A_PAGE else ""}


def _publishers(story: Story) -> list[Placement]:
    """The newest telling of each publisher."""
    newest: dict[int, Placement] = {}
    for placement in story.shown_placements:  # type: ignore[attr-defined]
        newest.setdefault(placement.article.publisher_id, placement)
    return list(newest.values())[:PUBLISHERS_SHOWN]
