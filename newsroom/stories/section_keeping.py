"""Keeps each story's section and countries: told anew whenever its tellings changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from newsroom.articles.models import Article
from newsroom.articles.save import as_record
from newsroom.stories.models import Story, StoryCountry
from newstext.countries import countries_of, countries_of_story
from newstext.records import ArticleText
from newstext.sections import section_of, section_of_story, usual_of

TELLINGS_READ = 12  # the first originals say what a story is about; later ones seldom change it
USUAL_AMONG = 5_000  # newest stories, in which is counted what a publisher mostly writes of
Usual = Mapping[int, Mapping[str, float]]


def keep_due(now: datetime, *, most: int) -> int:
    """Tell the sections of up to `most` stories that are due, the newest first; how many. May safely run twice."""
    due = list(Story.objects.due_for_section()[:most])
    usual = usual_sections() if due else {}
    told = [(story, *tell(story, usual)) for story in due]
    with transaction.atomic():
        for story, section, named in told:
            keep(story, section, named, now)
    return len(due)


def tell(story: Story, usual: Usual) -> tuple[str, tuple[str, ...]]:
    """The section and the countries that a story's tellings speak for."""
    rows = Article.objects.filter(placement__story=story, placement__copy_of=None).select_related("publisher")
    rows = rows.defer("marks", "entry", "related").order_by("placement__placed_at", "pk")[:TELLINGS_READ]
    tellings = [(_as_told(row), row.publisher_id) for row in rows]
    told = [section_of(article, usual=usual.get(publisher, {})) for article, publisher in tellings]
    section = story.section_chosen or section_of_story(told, before=story.section or "").name
    return section, countries_of_story(countries_of(article) for article, _ in tellings)


def keep(story: Story, section: str, countries: tuple[str, ...], now: datetime) -> None:
    """Keep what was told, in the caller's transaction. A story that changed meanwhile stays due."""
    as_read = Story.objects.filter(
        pk=story.pk, article_count=story.article_count, last_at=story.last_at, section_chosen=story.section_chosen
    )
    if as_read.update(section=section, section_at=now):
        _keep_countries(story, countries)


def choose(story: Story, section: str) -> None:
    """Put a story into the section that an editor chose; "" lets the rule decide again."""
    chosen = section or None
    story.section_chosen, story.section, story.section_at = chosen, chosen or story.section, None
    story.save(update_fields=["section_chosen", "section", "section_at"])


def _keep_countries(story: Story, named: tuple[str, ...]) -> None:
    if list(story.countries.values_list("code", flat=True)) != list(named):
        story.countries.all().delete()
        StoryCountry.objects.bulk_create(
            StoryCountry(story=story, code=code, place=place) for place, code in enumerate(named)
        )


def usual_sections() -> dict[int, dict[str, float]]:
    """Publisher -> section -> its share of the stories it lately led; without publishers that led few."""
    rows = Story.objects.exclude(section=None).exclude(lead=None).order_by("-pk")
    said: dict[int, list[str]] = defaultdict(list)
    for publisher, section in rows.values_list("lead__publisher_id", "section")[:USUAL_AMONG]:
        said[publisher].append(section)
    return {publisher: usual for publisher, sections in said.items() if (usual := usual_of(sections))}


def _as_told(row: Article) -> ArticleText:
    """What section and countries are told of: the text, or the feed's own words where there is none."""
    return replace(as_record(row), text=row.text or row.summary)
