"""One article, one row: what was read is united with the row that holds it already."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from newsroom.articles import known
from newsroom.articles.models import Article
from newsroom.comments.save import move_comments
from newsroom.publishers import save as publisher_save
from newsroom.publishers.models import Publisher
from newsroom.stories import save as story_save
from newsroom.stories.models import Placement, Story
from newstext.identity import why_one
from newstext.records import ArticleText

log = logging.getLogger(__name__)
MERGES_MOST = 5  # rows that one reading can unite; the rest waits for the next


def settle(article: Article, read: ArticleText, now: datetime) -> Article:
    """Keep by which other addresses a read article is known; the row that holds it in the end."""
    known.learn_addresses(article, read)
    for _ in range(MERGES_MOST):
        found = known.find_twin(article, read)
        if found is None:
            break
        row, reason = found
        article = merge(article, row, now, because=reason)
    return article


def merge(one: Article, other: Article, now: datetime, *, because: str) -> Article:
    """Unite two rows of one article; the older stays and is returned. Twice is as good as once.

    Nothing is lost: addresses, feed, versions, comments and place in the stories
    go over, the other text is kept as a version, the later row's number leads
    to the one that stays.
    """
    with transaction.atomic():
        rows = Article.objects.select_for_update(of=("self",)).select_related("publisher", "feed")
        both = list(rows.filter(pk__in=(one.pk, other.pk)).order_by("pk"))
        if len(both) < 2:
            return both[0] if both else one
        kept, later = both
        gone = later.pk
        move_comments(later, kept)
        known.take_in(kept, later, now)
        touched = story_save.take_over(later, kept, now)
        known.forget(kept, later)
        story_save.refresh(touched, now)
        _tell_storylines(touched, now)
    log.info("article %d is the same as %d (%s): %s", gone, kept.pk, because, kept.url)
    return kept


def _tell_storylines(stories: Iterable[Story], now: datetime) -> None:
    """The notes of a storyline's other stories may stand on the row that went."""
    lines = {story.storyline_id for story in stories}
    Story.objects.public().filter(storyline__in=lines, notes_due_at=None).update(notes_due_at=now)


def merge_copies(copies: Iterable[tuple[int, int]], now: datetime) -> int:
    """Unite what one publisher has under two headlines; how many rows went.

    copies: (article, the original of which it is a copy). Among the copies of
    one original, which may be another publisher's, those of one publisher are
    compared.
    """
    copies = list(copies)
    count, together = 0, _of_one_publisher(copies)
    for number, original in copies:
        if (number, original) not in together:
            continue
        article = Article.objects.public().filter(pk=number).first()
        if article is None:
            continue
        alike = Article.objects.filter(Q(pk=original) | Q(placement__copy_of=original), publisher=article.publisher_id)
        for row in alike.exclude(pk=number).order_by("pk"):
            if reason := why_one(known.as_known(article), known.as_known(row)):
                merge(article, row, now, because=reason)
                count += 1
                together = _of_one_publisher(copies)
                break
    return count


def _of_one_publisher(copies: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of the copies whose publisher has the original too, or another copy of it; asked once for all."""
    numbers = {number for pair in copies for number in pair}
    publishers = dict(Article.objects.filter(pk__in=numbers).values_list("pk", "publisher_id"))
    beside: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for original in {original for _, original in copies} & publishers.keys():
        beside[original].append((original, publishers[original]))
    others = Placement.objects.filter(copy_of__in=list(beside)).values_list("copy_of", "article", "article__publisher")
    for original, number, publisher in others:
        beside[original].append((number, publisher))
    return {
        (number, original)
        for number, original in copies
        if any(one != number and publisher == publishers.get(number) for one, publisher in beside[original])
    }


def unite_publishers(kept: Publisher, later: Publisher, now: datetime) -> None:
    """Make two publishers one, and count the tellings of their stories again."""
    with transaction.atomic():
        stories = list(Story.objects.filter(placements__article__publisher=later).distinct())
        publisher_save.unite(kept, later)
        story_save.refresh(stories, now)
