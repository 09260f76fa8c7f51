"""How reading goes over all publishers: how soon articles come, how sure their texts are, what is refused and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count
from django.utils.functional import Promise

from newsroom.articles.models import Article
from newsroom.publishers.health import FAIRLY_SURE, SURE, WHAT_TO_DO

NEWEST = 500  # articles that are looked at: they stand beside one another in an index, however many there are
LATE_ARRIVAL = timedelta(days=1)  # what a feed held when it was first read says nothing of how quick we are


@dataclass(frozen=True, slots=True)
class Refused:
    """Articles without a text, of one kind of page, and what can be done."""

    kind: str
    count: int
    advice: str | Promise


@dataclass(frozen=True, slots=True)
class Reading:
    """Of the newest articles: the median lag, and how many of their texts are sure; refused: of all that are held."""

    lag: timedelta | None
    sure: int
    fairly_sure: int
    unsure: int
    refused: list[Refused]


def reading_of_all() -> Reading:
    """How reading goes, for /health."""
    newest = Article.objects.public().filter(backfilled_at=None, publisher__is_sample=False).order_by("-seen_at")
    scores = [score for text, score in newest.values_list("read_at", "confidence")[:NEWEST] if text and score]
    found = lags()
    return Reading(
        lag=timedelta(seconds=median(found)) if found else None,
        sure=sum(score >= SURE for score in scores),
        fairly_sure=sum(FAIRLY_SURE <= score < SURE for score in scores),
        unsure=sum(score < FAIRLY_SURE for score in scores),
        refused=[Refused(kind, count, WHAT_TO_DO.get(kind, "")) for kind, count in refused_by_kind()],
    )


def refused_by_kind() -> list[tuple[str, int]]:
    """(kind of page, articles without a text for it), the most frequent first."""
    rows = Article.objects.public().exclude(refused="").values_list("kind").annotate(n=Count("pk"))
    return [(str(kind), int(count)) for kind, count in rows.order_by("-n", "kind")]


def lags() -> list[float]:
    """Seconds from an article's publishing to its arrival here, of the newest that tell the time."""
    told = Article.objects.public().filter(
        backfilled_at=None, published_at__isnull=False, published_precision="time", publisher__is_sample=False
    )
    pairs: list[tuple[datetime, datetime]] = list(
        told.order_by("-seen_at").values_list("published_at", "seen_at")[:NEWEST]
    )
    return [max(0.0, (seen - at).total_seconds()) for at, seen in pairs if seen - at < LATE_ARRIVAL]
