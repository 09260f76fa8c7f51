"""A page of stories, as sections, hashtags and countries list them, and the cards of the front page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.db.models import F, Prefetch, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from newsroom.readers.asked_numbers import row_number
from newsroom.stories.models import Hashtag, Placement, Story, StoryQuerySet
from newsroom.stories.noted import Sections, leads_of

A_PAGE = 30
PUBLISHERS_SHOWN = 6
TELLINGS_LOOKED_AT = 18  # of a story, the newest: 300 publishers are not read to show six
YEARS = range(1900, 3000)  # beyond, a change of the time zone may leave the calendar

SHOWN_FIELDS = (
    "key", "storyline", "lead", "title", "language", "first_at", "last_at", "article_count", "publisher_count",
    "origin_count", "began", "is_sample", "is_private", "merged_into", "front_at", "front_origins", "front_minutes",
    "section",
)  # fmt: skip

PICTURE_FIELDS = ("article", "alt", "caption", "credit", "width", "height", "digest")

Item = tuple[Story, Sections, list[Placement]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list goes on: after the stories of this moment, or after this one where several share it."""

    at: datetime
    story: int = 0

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.story}"


def moment_of(said: str) -> datetime | None:
    """The moment an address gives, None where it gives none with a zone."""
    try:
        moment = parse_datetime(said)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment and timezone.is_aware(moment) and moment.year in YEARS else None


def day_of(said: str) -> date | None:
    """The day an address gives, as 2026-11-26; None where it gives none."""
    try:
        day = parse_date(said)
    except ValueError:
        return None
    return day if day and day.year in YEARS else None


def midnight(day: date) -> datetime:
    """The moment a day begins, in the site's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def place_of(said: str) -> Place | None:
    """Where a page of a list begins by its address, as 2026-11-26T09:00:00+00:00~17; None for the first."""
    moment, _, number = said.partition("~")
    at = moment_of(moment)
    if at is None:
        return None
    return Place(at, row_number(number) or 0)


def with_lead(stories: StoryQuerySet) -> StoryQuerySet:
    """These stories with what pages show of them, and the picture of the article that leads each."""
    return stories.select_related("lead__publisher", "lead__picture").only(
        *SHOWN_FIELDS, "lead__language", "lead__publisher__name", "lead__publisher__domain",
        "lead__publisher__shares_name", *(f"lead__picture__{name}" for name in PICTURE_FIELDS),
    )  # fmt: skip


def with_cards(stories: StoryQuerySet) -> StoryQuerySet:
    """These stories with all that their cards show but the brief, in as many queries whatever their number."""
    placements = Placement.objects.select_related("article__publisher").annotate(
        nth=Window(RowNumber(), partition_by="story_id", order_by=(F("article__published_at").desc(), F("pk").desc()))
    )
    placements = placements.filter(nth__lte=TELLINGS_LOOKED_AT).order_by("story_id", "nth")
    placements = placements.only(
        "story_id", "copy_of_id", "article__title", "article__published_at", "article__seen_at",
        "article__published_precision", "article__private_key", "article__publisher__name", "article__publisher__slug",
        "article__publisher__domain", "article__publisher__shares_name",
    )  # fmt: skip
    tags = Hashtag.objects.filter(is_blocked=False).order_by("-article_count", "name")
    return stories.only(*SHOWN_FIELDS).prefetch_related(
        Prefetch("hashtags", tags), Prefetch("placements", placements, to_attr="shown_placements")
    )


def listed(stories: StoryQuerySet, before: Place | None, by: str = "last_at") -> list[Story]:
    """A page of stories and one more, with what a list shows of each; by: the moment that orders them."""
    if before:
        stories = stories.filter(**{f"{by}__lte": before.at}).exclude(**{by: before.at, "pk__gte": before.story})
    return list(with_cards(stories.order_by(f"-{by}", "-pk"))[: A_PAGE + 1])


def page_of(rows: list[Story], by: str = "last_at") -> dict[str, object]:
    """What the templates need of `listed` rows: each story with its sections and publishers, and where to go on."""
    stories = rows[:A_PAGE]
    last = stories[-1] if len(rows) > A_PAGE else None
    return {"items": items_of(stories), "older": str(Place(getattr(last, by), last.pk)) if last else ""}


def items_of(stories: Iterable[Story], leads: Mapping[int, Sections] | None = None) -> list[Item]:
    """Each of these `with_cards` stories with the first sentence of its brief, and its publishers.

    leads: of noted.leads_of, where they are read already.
    """
    stories = list(stories)
    sections = leads_of(story.pk for story in stories) if leads is None else leads
    return [(story, sections.get(story.pk, Sections()), _publishers(story)) for story in stories]


def _publishers(story: Story) -> list[Placement]:
    """The newest telling of each publisher."""
    newest: dict[int, Placement] = {}
    for placement in story.shown_placements:  # type: ignore[attr-defined]
        newest.setdefault(placement.article.publisher_id, placement)
    return list(newest.values())[:PUBLISHERS_SHOWN]
