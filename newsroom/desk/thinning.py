"""Letting go of old texts, where the operator says so (KEEP_DAYS); off by default.

An article keeps its row, so that what was read once is not read again: its
headline, address, dates, place in its story, and the sentences that notes
stand on stay. Its text, earlier versions, picture and what only work on the
text needs go. Where a reader or an editor has left something, all stays.

The row of Thinning says how far a pass over the articles has come. A step
looks at a few, in one transaction; killed, it is done again.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from newsroom.articles import images
from newsroom.articles.models import Article, MainParagraph, Picture, Rejection, Thinning, Version
from newsroom.articles.openness import clip
from newsroom.comments.models import Comment
from newsroom.comments.moderation import Correction
from newsroom.readers.models import Item, Saved
from newsroom.stories.models import (
    Apart,
    GroupingCase,
    MemberReport,
    ModelCall,
    Placement,
    SectionReport,
    Story,
    StoryChange,
    Storyline,
)

ARTICLES_AT_ONCE = 100
ROWS_AT_ONCE = 500
OWN_TEXTS_AT_ONCE = 20
PASS_EVERY = timedelta(days=7)  # what was kept for a comment or a saved row is looked at again


def thin_due(now: datetime) -> int:
    """Look at the next few articles that came over KEEP_DAYS ago, and let go of what may go; how many rows."""
    if not settings.KEEP_DAYS:
        return 0
    before = now - timedelta(days=settings.KEEP_DAYS)
    if not _is_due(before, now):
        return 0
    with transaction.atomic():
        state, _ = Thinning.objects.get_or_create(pk=1, defaults={"began_at": now})
        state = Thinning.objects.select_for_update().get(pk=1)  # two desks look at other articles, or wait
        if now - state.began_at >= PASS_EVERY:
            state.through_at, state.through_id, state.began_at = None, 0, now
        looked = list(_next(state, before)[:ARTICLES_AT_ONCE])
        thin = [row for row in looked if not row.private_key]
        counts = {
            "articles": _thin(thin, before, now),
            "versions": _versions_of(thin),
            "own_texts": _delete_own(before),
            "notes_of_work": _delete_work(before),
        }
        if looked:
            state.through_at, state.through_id = looked[-1].seen_at, looked[-1].pk
        for name, count in counts.items():
            setattr(state, name, getattr(state, name) + count)
        state.at = now if any(counts.values()) else state.at
        state.save()
    return len(looked) + counts["own_texts"] + counts["notes_of_work"]


def _is_due(before: datetime, now: datetime) -> bool:
    """Asked all day, so without a lock: True if there is anything to look at."""
    state = Thinning.objects.filter(pk=1).first()
    if state is None or now - state.began_at >= PASS_EVERY:
        return True
    return _next(state, before).exists() or _own_texts(before).exists() or any(rows.exists() for rows in _work(before))


def _next(state: Thinning, before: datetime) -> QuerySet[Article]:
    """Articles behind the last one looked at, in order of arrival."""
    rows = Article.objects.filter(seen_at__lt=before, publisher__is_sample=False)
    if state.through_at:
        is_later = Q(seen_at__gt=state.through_at) | Q(seen_at=state.through_at, pk__gt=state.through_id)
        rows = rows.filter(is_later, seen_at__gte=state.through_at)  # the second for the index
    return rows.only("seen_at", "private_key", "thinned_at", "summary").order_by("seen_at", "pk")


def _thin(rows: Collection[Article], before: datetime, now: datetime) -> int:
    """Let go of the texts of those of these articles that nothing holds; how many."""
    keys = [row.pk for row in rows if row.thinned_at is None]
    resting = (
        Article.objects.filter(pk__in=keys).exclude(grouped_at=None, read_at__isnull=False, placement=None).free(now)
    )
    idle = set(resting.exclude(placement__story__last_at__gte=before).values_list("pk", flat=True))
    going = idle - _held(idle)
    for row in rows:
        if row.pk in going and row.summary != clip(row.summary):
            Article.objects.filter(pk=row.pk).update(summary=clip(row.summary))
    Article.objects.filter(pk__in=going).update(
        text="", sentences=[], passages=[], marks=None, related=[], entry=None, next_read_at=None,
        etag="", last_modified="", page_hash="", thinned_at=now,
    )  # fmt: skip
    MainParagraph.objects.filter(article__in=going, is_foreign=False).delete()
    for picture in Picture.objects.filter(article__in=going).select_related("article"):
        images.forget(picture.article)
    return len(going)


def _versions_of(rows: Collection[Article]) -> int:
    """Delete what these articles said before, where their text is gone; how many."""
    gone = Version.objects.filter(article__in=[row.pk for row in rows], article__thinned_at__isnull=False)
    return gone.delete()[0]


def _held(keys: Collection[int]) -> set[int]:
    """Those of the articles on which something of a reader or an editor hangs, or on whose story."""
    stories = dict(Placement.objects.filter(article__in=keys).values_list("article", "story"))
    numbers = set(stories.values())
    articles: set[int] = set()
    for rows in (
        Comment.objects.filter(article__in=keys),
        Correction.objects.filter(article__in=keys),
        Apart.objects.filter(article__in=keys),
        GroupingCase.objects.filter(article__in=keys),
        MemberReport.objects.filter(article__in=keys, state=MemberReport.State.OPEN),
        StoryChange.objects.filter(article__in=keys, editor__isnull=False),
        Placement.objects.filter(article__in=keys, is_pinned=True),
    ):
        articles.update(rows.values_list("article", flat=True))
    articles.update(_saved(Item.ARTICLE, keys))
    held = _saved(Item.STORY, numbers)
    for of_story in (
        Comment.objects.filter(story__in=numbers),
        Correction.objects.filter(story__in=numbers),
        SectionReport.objects.filter(story__in=numbers, state=SectionReport.State.OPEN),
        StoryChange.objects.filter(story__in=numbers, editor__isnull=False),
    ):
        held.update(of_story.values_list("story", flat=True))
    chosen = Story.objects.filter(pk__in=numbers).exclude(Q(given_title="") & Q(section_chosen=None))
    held.update(chosen.values_list("pk", flat=True))
    return articles | {article for article, story in stories.items() if story in held}


def _saved(kind: str, numbers: Collection[int]) -> set[int]:
    rows = Saved.objects.filter(kind=kind, key__in=[str(number) for number in numbers])
    return {int(key) for key in rows.values_list("key", flat=True).distinct()}


def _own_texts(before: datetime) -> QuerySet[Article]:
    """Texts that readers brought for themselves, as long ago."""
    return Article.objects.filter(private_key__gt="", seen_at__lt=before)


def _delete_own(before: datetime) -> int:
    """Delete a few texts that readers brought, with the stories made for them; how many."""
    rows = list(_own_texts(before).only("pk")[:OWN_TEXTS_AT_ONCE])
    stories = Story.objects.filter(placements__article__in=rows, is_private=True)
    lines = list(stories.values_list("storyline", flat=True))
    stories.delete()
    Storyline.objects.filter(pk__in=lines, stories=None).delete()
    for row in rows:
        images.forget(row)
        row.delete()
    return len(rows)


def _work(before: datetime) -> tuple[QuerySet[Rejection], QuerySet[ModelCall]]:
    """What was noted of the work itself: pages that could not be read, calls of the model."""
    return Rejection.objects.filter(at__lt=before), ModelCall.objects.filter(at__lt=before)


def _delete_work(before: datetime) -> int:
    count = 0
    for rows in _work(before):
        some = list(rows.order_by("at").values_list("pk", flat=True)[:ROWS_AT_ONCE])
        count += rows.model._default_manager.filter(pk__in=some).delete()[0]
    return count
