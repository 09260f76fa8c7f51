"""Where a story stands on the front page, kept with the story so that a page view counts nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from newsroom.articles.models import Article
from newsroom.stories.models import Story
from newstext.prominence import Telling, standing

FIELDS = ("front_at", "front_origins", "front_minutes")


def stand(story: Story, rows: Iterable[Article]) -> None:
    """Set the story's FIELDS by its articles, each with its placement; a copy is no telling of its own."""
    rows = list(rows)
    own = [row for row in rows if row.placement.copy_of_id is None]
    stands = standing(Telling(str(row.publisher_id), _told_at(row), row.kind) for row in own or rows)
    story.front_at, story.front_origins = stands.at, stands.origins
    story.front_minutes = round(stands.span.total_seconds() / 60)


def _told_at(article: Article) -> datetime:
    """When it came: a publisher that dates its items ahead, or anew each day, gains nothing by it."""
    if article.published_precision == "day" and article.published_at:
        return min(article.seen_at, article.published_at + timedelta(days=1))
    return min(article.at, article.seen_at)
