"""Where a comment stands: the story or article, as it is now, and whether its thread is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from newsroom.articles.known import moved_to
from newsroom.articles.models import Article
from newsroom.comments.models import Comment, ThreadRule
from newsroom.stories.models import Story
from newsroom.stories.save import stands_for

Place = Story | Article
KINDS: dict[str, type[Place]] = {"story": Story, "article": Article}


def find_place(kind: str, number: int) -> Place | None:
    """The public story or article of that number, or what it was merged into; None for what has no thread."""
    if kind == "article":
        rows = Article.objects.public().defer("text", "sentences", "marks", "entry")
        return rows.filter(pk=number).first() or moved_to(number)
    found = Story.objects.select_related("merged_into").filter(pk=number, is_private=False).first()
    return stands_for(found) if found else None


def place_of(comment: Comment) -> Place | None:
    """Where a comment is shown now; None where that is gone or closed to the public."""
    if comment.article_id:
        return find_place("article", comment.article_id)
    return find_place("story", comment.story_id) if comment.story_id else None


def kind_of(place: Place) -> str:
    return "article" if isinstance(place, Article) else "story"


def thread_address(place: Place) -> str:
    """The address of the thread's own page."""
    return f"/{kind_of(place)}/{place.pk}/comments"


def said_under(place: Place) -> Q:
    """What stands in the thread of a place.

    A comment keeps the story it was written under: a merged story's are shown
    under the one it leads to, and go back with it if the merge is undone.
    """
    if isinstance(place, Article):
        return Q(article=place)
    merged = list(Story.objects.filter(merged_into=place).values_list("pk", flat=True))
    return Q(story__in=[place.pk, *merged]) if merged else Q(story=place)


@dataclass(frozen=True, slots=True)
class Rule:
    """What an editor decided for a thread. slow_s: between two comments of one writer."""

    closed: bool = False
    slow_s: int = 0
    premoderated: bool = False


def rule_of(place: Place) -> Rule:
    """The rule of a thread; that of all where no editor made one."""
    row = ThreadRule.objects.filter(**{kind_of(place): place}).first()
    return Rule(row.closed, row.slow_s, row.premoderated) if row else Rule()


def closed_because(place: Place, rule: Rule, now: datetime) -> str:
    """Why nobody may write here any more: "nobody", "editor" or "age"; "" where the thread is open."""
    if settings.COMMENTS_FROM == "nobody":
        return "nobody"
    if rule.closed:
        return "editor"
    days: int = settings.COMMENTS_CLOSE_DAYS
    newest = place.at if isinstance(place, Article) else place.last_at
    return "age" if days and newest < now - timedelta(days=days) else ""


def fields_of(place: Place) -> dict[str, Any]:
    """The columns of a comment under this place."""
    return {kind_of(place): place}
