"""Which sentences of an article the shown notes stand on: marks lead to them, so their page shows them to all."""

from __future__ import annotations

from bisect import bisect_left
from operator import itemgetter

from newsroom.articles.models import Article
from newsroom.stories.models import Notes, Placement, Story
from newsroom.stories.noted import Sections, sections_of_all, sentences_in

LATER_MOST = 16  # stories of the same course that may have a story's lead as what lies behind


def standing_on(article: Article, sections: Sections, placement: Placement | None) -> frozenset[int]:
    """Numbers of the article's sentences that notes of its story stand on, and later ones' if it leads its story.

    sections: of its own story, as its page shows them.
    """
    bodies = [sections.body]
    story = placement.story if placement else None
    if story and story.lead_id == article.pk and not story.is_private:
        bodies += [found.body for found in sections_of_all(_later(story)).values()]
    starts = {
        one.stored["start"]
        for body in bodies
        for one in sentences_in(body)
        if one.article == article.pk and "start" in one.stored
    }
    return frozenset(_number(article, start) for start in starts)


def _later(story: Story) -> list[Notes]:
    """Notes of the stories of its course to which it may be background, the nearest first."""
    others = Story.objects.public().filter(storyline=story.storyline_id, last_at__gt=story.first_at)
    return list(Notes.objects.filter(story__in=others.exclude(pk=story.pk)).order_by("story__last_at")[:LATER_MOST])


def _number(article: Article, start: int) -> int:
    return bisect_left(article.sentences, start, key=itemgetter(0)) + 1
