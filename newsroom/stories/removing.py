"""An editor takes an article off: the story is counted again, and no note, edition or report keeps its words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from newsroom.articles import removal
from newsroom.articles.models import Article, Removal
from newsroom.readers.models import Reader
from newsroom.stories import save
from newsroom.stories.models import EditionStory, ModelCall, Notes, SectionReport, Story, Storyline
from newsroom.stories.noted import without_article


def take_off(
    articles: Sequence[Article], now: datetime, *, kind: str, reason: str, asked_by: str, editor: Reader | None
) -> list[Removal]:
    """Remove these articles with all that is shown of them; the first removal is the first article's."""
    with transaction.atomic():
        done = []
        for article in articles:
            touched = _stories_with(article)
            titles = {article.title, *article.versions.values_list("title", flat=True)} - {""}
            done.append(removal.remove(article, kind, now, reason=reason, asked_by=asked_by, editor=editor))
            _scrub(touched, str(done[-1].number), titles)
        save.drop_empty()
    return done


def put_back(gone: Removal, now: datetime) -> Article:
    """Undo a removal: what is shown of the article is made anew. Raises removal.CannotUndo."""
    with transaction.atomic():
        article = removal.undo(gone, now)
        stories = list(Story.objects.filter(placements__article=article))
        save.refresh(stories, now)
        save.refresh_later(stories, now)
    return article


def _stories_with(article: Article) -> list[int]:
    """The stories whose notes may hold words of it: its own, and those of the same course."""
    lines = Story.objects.filter(placements__article=article).values("storyline")
    return list(Story.objects.filter(storyline__in=lines).values_list("pk", flat=True))


def _scrub(stories: Sequence[int], article: str, titles: set[str]) -> None:
    for notes in Notes.objects.filter(story__in=stories):
        notes.body = without_article(notes.body, article)
        notes.written = without_article(notes.written, article) if notes.written else notes.written
        notes.related = [one for one in notes.related if str(one["article"]) != article]
        notes.save(update_fields=["body", "written", "related"])
    for report in SectionReport.objects.filter(story__in=stories):
        report.shown = without_article(report.shown, article)
        report.save(update_fields=["shown"])
    ModelCall.objects.filter(story__in=stories, items__isnull=False).update(items=[])
    Storyline.objects.filter(stories__in=stories, title__in=titles).update(title="")
    for row in EditionStory.objects.filter(story__in=stories, title__in=titles).select_related("story"):
        row.title = row.story.title
        row.save(update_fields=["title"])
