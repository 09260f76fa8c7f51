"""What changed in a story since a moment: new tellings, edits, and what they bring to each section."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from django.utils import timezone

from newsroom.articles.models import Article, Version
from newsroom.stories.listing import day_of, moment_of
from newsroom.stories.models import Story
from newsroom.stories.noted import PARTS, Part, Sections, Shown, sentences_in
from newsroom.stories.showing import Telling

SENTENCES_MOST = 3  # of a section
FIGURES_MOST = 5
TOLD = frozenset({"timeline", "quotes"})  # sections whose new sentences are listed


@dataclass(frozen=True, slots=True)
class ChangedFigure:
    """A count that new tellings raise or lower. was: the newest value of the tellings before."""

    counts: str
    was: str
    now: str
    evidence: Shown


@dataclass(frozen=True, slots=True)
class Since:
    """What is new. edited: articles whose text changed; added: new sentences by section."""

    moment: datetime
    articles: list[Article]
    edited: list[Version]
    figures: list[ChangedFigure]
    added: list[tuple[Part, list[Shown]]]
    changes: int  # of the story itself: articles moved, stories merged or split

    @property
    def is_empty(self) -> bool:
        return not (self.articles or self.edited or self.changes)


def asked_moment(said: str) -> datetime | None:
    """The moment of ?since=, or the beginning of the day it names; None for anything else."""
    if moment := moment_of(said):
        return moment
    day = day_of(said)
    return datetime.combine(day, time(), timezone.get_current_timezone()).astimezone(UTC) if day else None


def changes_since(story: Story, tellings: Iterable[Telling], sections: Sections, moment: datetime) -> Since:
    """What came to the story after that moment."""
    articles = [article for telling in tellings for article in (telling.article, *telling.copies)]
    new = [article for article in articles if article.seen_at > moment]
    fresh = {article.pk for article in new}
    edits = Version.objects.filter(article__in=[one.pk for one in articles], replaced_at__gt=moment)
    added = [(part, _new_sentences(sections.body.get(part.name), fresh)) for part in PARTS if part.name in TOLD]
    return Since(
        moment=moment,
        articles=sorted(new, key=lambda one: one.at, reverse=True),
        edited=list(edits.exclude(article__in=fresh).select_related("article__publisher").order_by("-replaced_at")),
        figures=_figures(sections.body.get("numbers", []), fresh)[:FIGURES_MOST],
        added=[(part, found) for part, found in added if found],
        changes=story.changes.filter(at__gt=moment).count(),
    )


def _new_sentences(part: Any, fresh: set[int]) -> list[Shown]:
    """Entries of a section that stand on new articles alone."""
    entries = part if isinstance(part, list) else []
    found = [list(sentences_in(entry)) for entry in entries]
    return [told[0] for told in found if told and all(one.article in fresh for one in told)][:SENTENCES_MOST]


def _figures(figures: list[dict[str, Any]], fresh: set[int]) -> list[ChangedFigure]:
    changed = []
    for figure in figures:
        newest = next((one for one in figure["values"] if one["evidence"].article in fresh), None)
        before = next((one for one in figure["values"] if one["evidence"].article not in fresh), None)
        if newest and before and newest["value"] != before["value"]:
            changed.append(ChangedFigure(figure["counts"], before["value"], newest["value"], newest["evidence"]))
    return changed
