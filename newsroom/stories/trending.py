"""Trending hashtags: those with many more articles in the last day than usual.

What is new is set beside what is usual of the same hashtag, so that a name that
is always in the news does not trend by being there. Chosen every few minutes
after notes are written, and stored; no page counts.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Min
from django.db.models.functions import Coalesce

from newsroom.articles.models import Article
from newsroom.stories.models import Hashtag, TrendingHashtag, TrendingRound

EVERY = timedelta(minutes=5)
NEW = timedelta(hours=24)
USUAL_DAYS = 14
FEWEST_ARTICLES = 3  # of the last day, copies not counted
FEWEST_PUBLISHERS = 2
SMOOTHING = 2.0  # articles a day: under it, chance decides
LEAST_SCORE = 1.5  # standard deviations above the usual
CANDIDATES = 300
MOST = 20


def choose_trending(now: datetime) -> bool:
    """Choose anew unless that was done lately; True if so."""
    with transaction.atomic():
        return _choose(now)


def _choose(now: datetime) -> bool:
    _, is_first = TrendingRound.objects.get_or_create(pk=1, defaults={"made_at": now})
    due = TrendingRound.objects.exclude(made_at__gt=now - EVERY, made_at__lte=now)
    if not is_first and not due.update(made_at=now):  # one UPDATE: of two workers one goes on
        return False
    counted = _counted(now)
    usual = _usual(list(counted), now)
    rows = []
    for tag, (articles, publishers) in counted.items():
        score = surprise(articles, usual.get(tag, 0.0))
        if score >= LEAST_SCORE:
            rows.append(
                TrendingHashtag(
                    hashtag_id=tag, score=score, articles=articles, usual=usual.get(tag, 0.0), publishers=publishers
                )
            )
    TrendingHashtag.objects.all().delete()
    TrendingHashtag.objects.bulk_create(sorted(rows, key=lambda row: (-row.score, row.hashtag_id))[:MOST])
    return True


def surprise(articles: int, usual: float) -> float:
    """How far a day's articles lie above what is usual, in standard deviations of a count, smoothed."""
    return (articles - usual) / math.sqrt(usual + SMOOTHING)


def _articles():  # type: ignore[no-untyped-def]
    """Articles of public stories, no copies and none an archive brought, with their moment."""
    rows = Article.objects.filter(
        placement__copy_of=None, placement__story__merged_into=None, placement__story__is_private=False,
        backfilled_at=None,
    )  # fmt: skip
    return rows.annotate(moment=Coalesce("published_at", "seen_at"))


def _counted(now: datetime) -> dict[int, tuple[int, int]]:
    """hashtag -> (articles, publishers) of the last day, where they are enough."""
    tags = Hashtag.objects.filter(is_blocked=False, article_count__gte=Hashtag.PAGE_FROM)
    rows = _articles().filter(placement__story__last_at__gt=now - NEW, moment__gt=now - NEW, moment__lte=now)
    rows = rows.filter(placement__story__hashtags__in=tags).values("placement__story__hashtags")
    rows = rows.annotate(n=Count("pk", distinct=True), m=Count("publisher", distinct=True))
    rows = rows.filter(n__gte=FEWEST_ARTICLES, m__gte=FEWEST_PUBLISHERS).order_by("-n")[:CANDIDATES]
    return {row["placement__story__hashtags"]: (row["n"], row["m"]) for row in rows}


def _usual(tags: list[int], now: datetime) -> dict[int, float]:
    """hashtag -> articles a day over the two weeks before, or as long as we have been reading."""
    if not tags:
        return {}
    before = now - NEW
    since = before - timedelta(days=USUAL_DAYS)
    rows = _articles().filter(placement__story__last_at__gt=since, moment__gt=since, moment__lte=before)
    first = rows.aggregate(first=Min("moment"))["first"]
    days = max(1.0, (before - first).total_seconds() / 86_400) if first else 1.0
    counted = rows.filter(placement__story__hashtags__in=tags).values("placement__story__hashtags")
    return {row["placement__story__hashtags"]: row["n"] / days for row in counted.annotate(n=Count("pk"))}
