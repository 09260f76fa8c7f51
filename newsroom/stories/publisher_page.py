"""A publisher's page: who it is, whose words it prints, how it corrects itself, and how reading it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from newsroom.articles.models import Article, Version
from newsroom.articles.versions import REASONS
from newsroom.publishers.models import Backfill, BackfillSource, OldSlug, Publisher
from newsroom.readers.asked_numbers import row_number
from newsroom.stories.listing import moment_of
from newsroom.stories.models import Hashtag, Placement, Story

LATELY = timedelta(days=30)
A_PAGE = 30
CHANGES_SHOWN, HASHTAGS_SHOWN, BACKFILL_PROBLEMS_SHOWN = 8, 12, 5
FEWEST_TO_TELL = 5  # of fewer articles a share says nothing


@dataclass(frozen=True, slots=True)
class Words:
    """Of the last days' articles: how many are an agency's text, another's, another source's, its own."""

    articles: int
    agency: int
    copied: int
    taken: int

    @property
    def own(self) -> int:
        return self.articles - self.agency - self.copied - self.taken

    @property
    def rows(self) -> list[tuple[str, int, int]]:
        """(which, how many, of a hundred), the shares of all that stands here."""
        named = (("own", self.own), ("agency", self.agency), ("copied", self.copied), ("taken", self.taken))
        return [(name, count, round(100 * count / self.articles)) for name, count in named]

    @property
    def tells(self) -> bool:
        return self.articles >= FEWEST_TO_TELL


@dataclass(frozen=True, slots=True)
class Change:
    """An edit of substance, with what it touched in words; is_correction: with a notice."""

    version: Version
    reasons: tuple[Any, ...]
    is_correction: bool


def publisher(request: HttpRequest, slug: str) -> HttpResponse:
    """One publisher; the queries are as many whatever it published."""
    if old := OldSlug.objects.filter(slug=slug).select_related("publisher").first():
        return HttpResponsePermanentRedirect(old.publisher.get_absolute_url())
    found = get_object_or_404(Publisher, slug=slug)
    since = timezone.now() - LATELY
    feeds = list(found.feeds.all())
    articles, older = _page_of(found, request.GET.get("before", ""))
    context = {
        "publisher": found,
        "feeds": feeds,
        "failing": [feed for feed in feeds if feed.failures],
        "off": sum(not feed.is_on for feed in feeds),
        "last_answer": max((feed.last_success_at for feed in feeds if feed.last_success_at), default=None),
        "counts": _counts(found, since),
        "words": words_of(found, since),
        "first": first_to_tell(found, since),
        "changes": _changes(found, since),
        "hashtags": _hashtags(found, since),
        "backfill": _backfill(found),
        "articles": articles,
        "older": older,
        "is_first": "before" not in request.GET,
    }
    return render(request, "publisher.html", context)


def words_of(found: Publisher, since: datetime) -> Words:
    """Whose words its articles since then are, as far as they are placed in stories."""
    is_agency = ~Q(article__agency="")
    is_copy = Q(copy_of__isnull=False, article__agency="") & ~Q(copy_of__publisher=found)
    is_taken = Q(article__agency="", copy_of=None) & ~Q(article__source="")
    counts = _placed(found, since).aggregate(
        articles=Count("pk"),
        agency=Count("pk", filter=is_agency),
        copied=Count("pk", filter=is_copy),
        taken=Count("pk", filter=is_taken),
    )
    return Words(**counts)


def first_to_tell(found: Publisher, since: datetime) -> dict[str, int]:
    """Of the stories that it told and another told too: in how many its article is the first."""
    shared = _placed(found, since).filter(story__publisher_count__gt=1, article__published_precision="time")
    is_first = Q(article__published_at=F("story__first_at"))
    return shared.aggregate(shared=Count("story", distinct=True), first=Count("story", distinct=True, filter=is_first))


def _placed(found: Publisher, since: datetime) -> Any:
    rows = Placement.objects.filter(article__publisher=found, article__published_at__gte=since)
    return rows.filter(article__private_key="", story__is_private=False)


def _counts(found: Publisher, since: datetime) -> dict[str, int]:
    rows = Article.objects.public().filter(publisher=found, published_at__gte=since)
    return rows.aggregate(
        refused=Count("pk", filter=~Q(refused="")),
        reserved=Count("pk", filter=Q(reserved__isnull=False)),
    )


def _changes(found: Publisher, since: datetime) -> list[Change]:
    rows = Version.objects.filter(
        article__publisher=found, article__published_at__gte=since - LATELY, replaced_at__gte=since, change="substance"
    )
    rows = rows.filter(article__private_key="").select_related("article")
    rows = rows.defer("article__sentences", "article__marks", "article__entry", "text", "article__text")
    return [
        Change(row, tuple(REASONS[one] for one in row.reasons if one in REASONS), "notice" in row.reasons)
        for row in rows.order_by("-replaced_at", "-pk")[:CHANGES_SHOWN]
    ]


def _hashtags(found: Publisher, since: datetime) -> list[Hashtag]:
    stories = Story.objects.public().filter(
        placements__article__publisher=found, placements__article__published_at__gte=since
    )
    rows = Hashtag.objects.filter(is_blocked=False, stories__in=stories).annotate(here=Count("stories", distinct=True))
    return list(rows.order_by("-here", "name")[:HASHTAGS_SHOWN])


def _page_of(found: Publisher, before: str) -> tuple[list[Article], str]:
    """A page of its articles, the newest first, then those without a day; what the next page's address says, or ""."""
    rows = Article.objects.public().filter(publisher=found).exclude(backfilled_at__isnull=False, read_at=None)
    moment, _, number = before.partition("_")
    at, key = moment_of(moment), row_number(number) or 0
    if at and key:
        earlier = Q(published_at__lt=at) | Q(published_at=at, pk__lt=key) | Q(published_at=None)
        rows = rows.filter(earlier)
    elif key:
        rows = rows.filter(published_at=None, pk__lt=key)
    rows = rows.defer("text", "sentences", "marks", "entry", "summary", "passages", "related")
    listed = list(rows.order_by(F("published_at").desc(nulls_last=True), "-pk")[: A_PAGE + 1])
    if len(listed) <= A_PAGE:
        return listed, ""
    last = listed[A_PAGE - 1]
    return listed[:A_PAGE], f"{last.published_at.isoformat() if last.published_at else ''}_{last.pk}"


def _backfill(publisher: Publisher) -> dict[str, object]:
    """How far the publisher's earlier articles have come; empty if nobody asked for them."""
    row = Backfill.objects.filter(publisher=publisher).first()
    if row is None:
        return {}
    counts = row.sources.aggregate(
        found=Sum("found", default=0),
        taken=Sum("taken", default=0),
        walked=Count("pk", filter=~Q(state=BackfillSource.WAITING)),
        sources=Count("pk"),
    )
    earlier = publisher.articles.filter(backfilled_at__isnull=False)
    return {
        **counts,
        "row": row,
        "is_done": row.state == Backfill.DONE,
        "read": earlier.filter(read_at__isnull=False).count(),
        "problems": row.sources.exclude(problem="").order_by("-walked_at")[:BACKFILL_PROBLEMS_SHOWN],
    }
