"""A sentence of a story's notes that is wrong: withdrawn for good, or the notes made anew; told in its history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from newsroom.articles.models import Article
from newsroom.readers.models import Reader
from newsroom.stories.history import keep_change
from newsroom.stories.models import Notes, Story, StoryChange
from newsroom.stories.noted import without_sentences


def withdraw(story: Story, shown: str, evidence: Mapping[str, Any] | None) -> bool:
    """Take a sentence out of the story's notes, and keep it out when they are made anew.

    evidence: {"article", "text"} of the source sentence; what stands on it goes,
    whatever its words. False where the notes do not have the sentence.
    """
    with transaction.atomic():
        notes = Notes.objects.select_for_update().filter(story=story).first()
        if notes is None:
            return False
        source = evidence or {}
        gone = {"shown": shown, "article": str(source.get("article", "")), "text": str(source.get("text", ""))}
        body = without_sentences(notes.body, [gone])
        written = without_sentences(notes.written, [gone]) if notes.written else notes.written
        if (body, written) == (notes.body, notes.written):
            return False
        notes.body, notes.written = body, written
        notes.withdrawn = [*(notes.withdrawn or []), gone]
        notes.save(update_fields=["body", "written", "withdrawn"])
    return True


def make_anew(story: Story, now: datetime) -> None:
    """Say that the story's notes are due."""
    Story.objects.filter(pk=story.pk).update(notes_due_at=now)


def tell(story: Story, now: datetime, *, by: Reader, answer: str, article: Article | None) -> StoryChange:
    """Write into the story's history that it was corrected, with what the editor answered."""
    articles = [article.pk] if article else []
    return keep_change(story, StoryChange.Kind.CORRECTED, now, by=by, why=answer, articles=articles)
