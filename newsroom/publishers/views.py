"""Publishers: the list by country, and how reading one of them goes."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from newsroom.publishers.health import health_of
from newsroom.publishers.models import OldSlug, Publisher
from newstext.countries import country_name

QUERY_MOST_CHARS = 100


def index(request: HttpRequest) -> HttpResponse:
    """The publishers that are read, by country, and how their feeds do; ?q= has those with these words."""
    query = " ".join(request.GET.get("q", "").replace("\0", "").split())[:QUERY_MOST_CHARS]
    rows = Publisher.objects.filter(Q(feeds__isnull=False) | Q(is_sample=True)).distinct()
    for word in query.split():
        rows = rows.filter(
            Q(name__icontains=word) | Q(domain__icontains=word) | Q(owner__icontains=word) | Q(note__icontains=word)
        )
    rows = rows.annotate(failing=Count("feeds", filter=Q(feeds__failures__gt=0), distinct=True))
    rows = rows.annotate(feed_count=Count("feeds", distinct=True))
    groups = _by_country(rows)
    context = {"groups": groups, "query_here": query, "count": sum(len(rows) for _name, rows in groups)}
    return render(request, "publishers.html", context)


def _by_country(rows: Any) -> list[tuple[str, list[Publisher]]]:
    """(country, its publishers) in order of the names; what has no country comes last."""
    groups: dict[str, list[Publisher]] = defaultdict(list)
    for row in rows:
        code = row.country.lower()
        named = country_name(code, get_language() or "en") if code else ""
        groups[named or row.country_name or row.country].append(row)
    unknown = groups.pop("", [])
    listed = sorted(groups.items())
    return [*listed, (_("Country not known"), unknown)] if unknown else listed


def health(request: HttpRequest, slug: str) -> HttpResponse:
    """How reading one publisher goes: its feeds, its pages, what was refused and why."""
    if old := OldSlug.objects.filter(slug=slug).select_related("publisher").first():
        return HttpResponsePermanentRedirect(f"{old.publisher.get_absolute_url()}/health")
    found = get_object_or_404(Publisher, slug=slug)
    return render(request, "publisher_health.html", {"publisher": found, "health": health_of(found, timezone.now())})
