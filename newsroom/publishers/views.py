"""Publishers: the list, and each with its feeds and how reading them goes."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render

from newsroom.publishers.models import OldSlug, Publisher

NEWEST_SHOWN = 30
REFUSED_SHOWN = 20
CHECKS_SHOWN = 10


def index(request: HttpRequest) -> HttpResponse:
    """All publishers that are read, and how their feeds do."""
    rows = Publisher.objects.filter(Q(feeds__isnull=False) | Q(is_sample=True)).distinct()
    rows = rows.annotate(failing=Count("feeds", filter=Q(feeds__failures__gt=0), distinct=True))
    return render(request, "publishers.html", {"publishers": rows})


def publisher(request: HttpRequest, slug: str) -> HttpResponse:
    """One publisher: what it published, and what could not be read and why."""
    if old := OldSlug.objects.filter(slug=slug).select_related("publisher").first():
        return HttpResponsePermanentRedirect(old.publisher.get_absolute_url())
    found = get_object_or_404(Publisher, slug=slug)
    articles = found.articles.filter(private_key="").defer("text", "sentences", "marks", "entry")
    feeds = found.feeds.all()
    context = {
        "publisher": found,
        "feeds": [(feed, feed.checks.all()[:CHECKS_SHOWN]) for feed in feeds],
        "articles": articles.order_by("-published_at", "-pk")[:NEWEST_SHOWN],
        "unread": articles.exclude(read_problem="").order_by("-seen_at")[:REFUSED_SHOWN],
        "rejections": found.rejections.all()[:REFUSED_SHOWN],
    }
    return render(request, "publisher.html", context)
