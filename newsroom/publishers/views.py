"""Publishers: the list, and each with its feeds and how reading them goes."""

from __future__ import annotations

from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from newsroom.publishers.health import health_of
from newsroom.publishers.models import Backfill, BackfillSource, OldSlug, Publisher

NEWEST_SHOWN = 30
BACKFILL_PROBLEMS_SHOWN = 5


def index(request: HttpRequest) -> HttpResponse:
    """All publishers that are read, and how their feeds do."""
    rows = Publisher.objects.filter(Q(feeds__isnull=False) | Q(is_sample=True)).distinct()
    rows = rows.annotate(failing=Count("feeds", filter=Q(feeds__failures__gt=0), distinct=True))
    return render(request, "publishers.html", {"publishers": rows})


def publisher(request: HttpRequest, slug: str) -> HttpResponse:
    """One publisher: what it published, and in a line how reading it goes."""
    if old := OldSlug.objects.filter(slug=slug).select_related("publisher").first():
        return HttpResponsePermanentRedirect(old.publisher.get_absolute_url())
    found = get_object_or_404(Publisher, slug=slug)
    articles = found.articles.filter(private_key="").defer("text", "sentences", "marks", "entry")
    feeds = list(found.feeds.all())
    context = {
        "publisher": found,
        "feeds": feeds,
        "failing": sum(feed.failures > 0 for feed in feeds),
        "refused": found.articles.exclude(refused="").count(),
        "backfill": _backfill(found),
        "articles": articles.exclude(backfilled_at__isnull=False, read_at=None).order_by("-published_at", "-pk")[
            :NEWEST_SHOWN
        ],
    }
    return render(request, "publisher.html", context)


def health(request: HttpRequest, slug: str) -> HttpResponse:
    """How reading one publisher goes: its feeds, its pages, what was refused and why."""
    found = get_object_or_404(Publisher, slug=slug)
    return render(request, "publisher_health.html", {"publisher": found, "health": health_of(found, timezone.now())})


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
