"""How reading a publisher goes: its feeds, its pages, what was refused and what can be done."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Avg, Count, Min, Q
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
NO_CONNECTION = _("Its server takes no connection. It is asked again, less and less often; look whether it has moved.")
# Of a feed's last look, by its outcome.
FEED_ADVICE: dict[str, str | Promise] = {
    "dns": _("If most feeds say so, this machine’s resolver is away. Else its name is gone: look for its new feed."),
    "dns-failed": _("Its name could not be looked up now. If most feeds say so, this machine’s resolver is away."),
    "connect": NO_CONNECTION,
    "connect-timeout": NO_CONNECTION,
    "timeout": _("Its server is too slow. It is asked again by itself."),
    "interrupted": _("Its server breaks off. It is asked again by itself."),
    "tls": _("Its certificate is not good. Look at the address in a browser; tell the publisher."),
    "too-large": _("It is over the limit. Raise FETCH_MAX_BYTES, or follow a smaller feed."),
    "limits": _("It takes too long to read. It is asked again later; follow a smaller feed if it stays so."),
    "refused-address": _("It leads to an address within a network. If it is yours, name it in FETCH_ALLOW_PRIVATE."),
    "bad-address": _("Its address is none of the web. Mend it, or drop it."),
    "not-a-feed": _("What came is no feed. Look whether it has moved, and follow the new one with ./run add."),
    "http-401": _("It asks for a password. Ask the publisher for an address that is open to you."),
    "http-403": _("The publisher lets us not in. Ask it to, or follow another of its feeds."),
    "http-404": _("It is gone from there. Look for the publisher’s new feed, and follow it with ./run add."),
    "http-410": _("The publisher ended it; it is not asked again. Follow another of its feeds."),
    "http-429": _("We come too often. Raise FETCH_SPACING_S."),
    "http-451": _("It may not be shown where this machine stands. Nothing can be done."),
}
FEED_ADVICE_ELSE = _("It is asked again by itself, less and less often.")
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

    @property
    def advice(self) -> str | Promise:
        return advice_for(self.feed)


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
    score: int | None  # how sure it is of its texts on average, of 100
    waits_since: datetime | None  # when the page that is due the longest was due
    gone: int
    refusals: list[Group]
    problems: list[Group]


def advice_for(feed: Feed) -> str | Promise:
    """What to do about a feed that fails; "" of one that does not."""
    return FEED_ADVICE.get(feed.problem_kind, FEED_ADVICE_ELSE) if feed.problem else ""


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
        n_score=Avg("confidence", filter=has_text),
        n_waits_since=Min("next_read_at", filter=Q(read_at=None, next_read_at__lte=now)),
        n_unsure=Count("pk", filter=has_text & Q(confidence__lt=FAIRLY_SURE)),
    )
    score = counts.pop("n_score")
    return Health(
        score=None if score is None else round(100 * score),
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
