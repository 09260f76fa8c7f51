"""How reading a publisher goes: its feeds, its pages, what was refused and what can be done."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newsroom.publishers.models import Check, Feed, Publisher

LATELY = timedelta(days=7)
CHECKS_SHOWN = 10
EXAMPLES_SHOWN = 3
LAG_ARTICLES = 50
PROBLEMS_LOOKED_THROUGH = 500
SURE, FAIRLY_SURE = 0.8, 0.5
ADDRESS = re.compile(r"(?:Page )?https?://\S+:\s*")
WHAT_TO_DO: dict[str, str | Promise] = {
    "challenge": _(
        "The publisher’s site takes us for a robot. It is asked again a few times; if that does not help, ask the "
        "publisher to let this site in, or follow a feed that carries whole texts."
    ),
    "consent": _(
        "The publisher shows its consent form to whoever has not agreed. It is asked again; else follow a feed that "
        "carries whole texts."
    ),
    "paywall": _(
        "Only subscribers may read it. Its headline leads readers to the publisher; there is nothing to mend."
    ),
    "error": _("It is asked again a few times. If it stays so, look at the page, and at how it is read."),
    "empty": _(
        "It is asked again a few times. If many pages of this publisher are empty, their texts may be made by scripts: "
        "follow a feed that carries whole texts."
    ),
    "list": _("The feed gives the address of a list. Look whether the publisher has a feed of its articles."),
    "video": _("There is no text to read; the headline leads to the publisher."),
    "gallery": _("There is no text to read; the headline leads to the publisher."),
    "podcast": _("There is no text to read; the headline leads to the publisher."),
    "newsletter": _("Its stories are read from the publisher’s other feeds."),
}
PROBLEMS: tuple[tuple[re.Pattern[str], str | Promise], ...] = (
    (re.compile("robots.txt asks"), _("The publisher asks not to be read there. Its wish is kept; ask the publisher.")),
    (re.compile("robots.txt"), _("It is asked again by itself.")),
    (re.compile("HTTP (?:404|410|451)"), _("The page is gone; nothing can be done.")),
    (re.compile("HTTP (?:401|403)"), _("Ask the publisher to let this site in, or follow a feed with whole texts.")),
    (re.compile("HTTP 429"), _("We come too often. Raise FETCH_SPACING_S.")),
    (re.compile("HTTP 5"), _("The publisher’s site is out of order; it is asked again by itself.")),
)


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """One feed: how its looks went, and how long after publishing its articles come in, in the median."""

    feed: Feed
    checks: list[Check]
    lag: timedelta | None


@dataclass(slots=True)
class Group:
    """Articles that could not be read for one reason, the newest as examples."""

    reason: str
    advice: str | Promise
    count: int = 0
    examples: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Health:
    """What the health page shows. Counts are of LATELY; groups of all that is so now."""

    feeds: list[FeedHealth]
    read: int
    refused: int
    failed: int
    waiting: int
    sure: int
    fairly_sure: int
    unsure: int
    gone: int
    refusals: list[Group]
    problems: list[Group]


def health_of(publisher: Publisher, now: datetime) -> Health:
    """How reading this publisher goes."""
    articles = publisher.articles.filter(private_key="")  # type: ignore[attr-defined]
    lately = now - LATELY
    has_text = Q(read_at__gte=lately) & ~Q(text="")
    counts = articles.aggregate(
        n_read=Count("pk", filter=has_text & Q(refused="", read_problem="")),
        n_refused=Count("pk", filter=Q(read_at__gte=lately) & ~Q(refused="")),
        n_failed=Count("pk", filter=Q(read_at__gte=lately, refused="") & ~Q(read_problem="")),
        n_waiting=Count("pk", filter=Q(read_at=None, next_read_at__isnull=False)),
        n_sure=Count("pk", filter=has_text & Q(confidence__gte=SURE)),
        n_fairly_sure=Count("pk", filter=has_text & Q(confidence__gte=FAIRLY_SURE, confidence__lt=SURE)),
        n_unsure=Count("pk", filter=has_text & Q(confidence__lt=FAIRLY_SURE)),
    )
    return Health(
        feeds=[_feed_health(feed) for feed in publisher.feeds.all()],  # type: ignore[attr-defined]
        gone=publisher.rejections.filter(gone_at__gte=lately).count(),  # type: ignore[attr-defined]
        refusals=_refusals(articles),
        problems=_problems(articles),
        **{name.removeprefix("n_"): count for name, count in counts.items()},
    )


def _feed_health(feed: Feed) -> FeedHealth:
    timed = feed.articles.filter(published_at__isnull=False, published_precision="time")  # type: ignore[attr-defined]
    pairs = timed.order_by("-seen_at").values_list("published_at", "seen_at")[:LAG_ARTICLES]
    # What a feed held when it was first read came long ago; that says nothing of its lag.
    first = timed.order_by("seen_at").values_list("seen_at", flat=True).first()
    lags = [(seen - published).total_seconds() for published, seen in pairs if seen != first]
    lag = timedelta(seconds=max(0.0, median(lags))) if lags else None
    return FeedHealth(feed, list(feed.checks.all()[:CHECKS_SHOWN]), lag)  # type: ignore[attr-defined]


def _refusals(articles: Any) -> list[Group]:
    """Refused articles by reason, the most frequent first."""
    refused = articles.exclude(refused="")
    rows = refused.values("kind", "refused").annotate(n=Count("pk")).order_by("-n", "refused")
    return [
        Group(
            row["refused"],
            WHAT_TO_DO.get(row["kind"], ""),
            row["n"],
            list(_newest(refused.filter(kind=row["kind"], refused=row["refused"]))),
        )
        for row in rows
    ]


def _newest(articles: Any) -> Iterable[Any]:
    lean = articles.defer("text", "sentences", "marks", "entry", "summary")
    return lean.order_by("-seen_at", "-pk")[:EXAMPLES_SHOWN]  # type: ignore[no-any-return]


def _problems(articles: Any) -> list[Group]:
    """Pages that could not be fetched, by what was said of them without their address."""
    failing = articles.exclude(read_problem="").filter(refused="")
    lean = failing.defer("text", "sentences", "marks", "entry", "summary").order_by("-seen_at", "-pk")
    groups: dict[str, Group] = {}
    for article in lean[:PROBLEMS_LOOKED_THROUGH]:
        reason = ADDRESS.sub("", article.read_problem)
        reason = f"The page {reason}" if reason[:1].islower() else reason
        group = groups.setdefault(reason, Group(reason, _advice(reason)))
        group.count += 1
        if len(group.examples) < EXAMPLES_SHOWN:
            group.examples.append(article)
    return sorted(groups.values(), key=lambda group: -group.count)


def _advice(reason: str) -> str | Promise:
    return next((said for pattern, said in PROBLEMS if pattern.search(reason)), _("It is asked again a few times."))
