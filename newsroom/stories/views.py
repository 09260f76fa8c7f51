"""Front page, story, hashtag, search, and the outgoing feed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import feedgenerator, timezone
from django.utils.dateparse import parse_datetime

from newsroom.publishers.models import Feed
from newsroom.stories.models import Hashtag, Placement, Story
from newsroom.stories.search import search_articles, snippet
from newsroom.stories.showing import (
    Sections,
    newest_of_each_publisher,
    related_of,
    sections_of,
    sections_of_all,
    tellings_of,
)

A_PAGE = 30
PUBLISHERS_SHOWN = 6


def front(request: HttpRequest) -> HttpResponse:
    """Stories, newest activity first."""
    before = _moment(request.GET.get("before", ""))
    rows = _listed(Story.objects.public(), before)
    context = {
        **_page(rows),
        "is_first": before is None,
        "has_feeds": bool(rows) or Feed.objects.exists(),
        "has_sample": any(story.is_sample for story in rows),
    }
    return render(request, "front.html", context)


def _moment(said: str) -> datetime | None:
    try:
        moment = parse_datetime(said)
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


def _listed(stories, before: datetime | None) -> list[Story]:  # type: ignore[no-untyped-def]
    """A page of stories and one more, with what a list shows of each."""
    if before:
        stories = stories.filter(last_at__lt=before)
    placements = Placement.objects.select_related("article__publisher").order_by("-article__published_at")
    placements = placements.only(
        "story_id", "copy_of_id", "article__title", "article__published_at", "article__seen_at",
        "article__published_precision", "article__private_key", "article__publisher__name", "article__publisher__slug",
        "article__publisher__domain", "article__publisher__shares_name",
    )  # fmt: skip
    return list(
        stories.order_by("-last_at", "-pk")
        .select_related("lead__publisher", "notes")
        .prefetch_related("hashtags", Prefetch("placements", placements, to_attr="shown_placements"))[: A_PAGE + 1]
    )


def _page(rows: list[Story]) -> dict[str, object]:
    stories = rows[:A_PAGE]
    sections = sections_of_all(story.notes for story in stories if hasattr(story, "notes"))
    items = [(story, sections.get(story.pk, Sections()), _publishers(story)) for story in stories]
    return {"items": items, "older": stories[-1].last_at.isoformat() if len(rows) > A_PAGE else ""}


def _publishers(story: Story) -> list[Placement]:
    """The newest telling of each publisher."""
    newest: dict[int, Placement] = {}
    for placement in story.shown_placements:  # type: ignore[attr-defined]
        newest.setdefault(placement.article.publisher_id, placement)
    return list(newest.values())[:PUBLISHERS_SHOWN]


def story(request: HttpRequest, story_id: int, slug: str = "") -> HttpResponse:
    """One event with all its tellings."""
    found = get_object_or_404(
        Story.objects.select_related("lead", "storyline", "merged_into"), pk=story_id, is_private=False
    )
    if found.merged_into:
        return HttpResponsePermanentRedirect(found.merged_into.get_absolute_url())
    sections, tellings = sections_of(found), tellings_of(found)
    others = Story.objects.public().filter(storyline=found.storyline).exclude(pk=found.pk).order_by("-last_at")[:6]
    context = {
        "story": found,
        "sections": sections,
        "tellings": tellings,
        "newest": newest_of_each_publisher(tellings),
        "hashtags": found.hashtags.all(),
        "related": related_of(sections.notes.related, found) if sections.notes else [],
        "storyline": others,
    }
    return render(request, "story.html", context)


def hashtag(request: HttpRequest, key: str) -> HttpResponse:
    """The stories about one subject."""
    found = get_object_or_404(Hashtag, key=key)
    before = _moment(request.GET.get("before", ""))
    rows = _listed(found.stories.filter(merged_into=None, is_private=False), before)
    return render(request, "hashtag.html", {"hashtag": found, **_page(rows)})


def search(request: HttpRequest) -> HttpResponse:
    """Articles with the words a reader typed."""
    query = request.GET.get("q", "").strip()
    found = search_articles(query) if query else []
    results = [(article, snippet(article.text or article.summary, query)) for article in found]
    return render(request, "search.html", {"query": query[:300], "results": results})


def feed(request: HttpRequest) -> HttpResponse:
    """The newest stories as RSS."""
    made = feedgenerator.Rss201rev2Feed(
        title="Backstory", link=request.build_absolute_uri("/"), description="The newest stories", language="en"
    )
    for one in Story.objects.public().order_by("-last_at")[:A_PAGE]:
        link = request.build_absolute_uri(f"/story/{one.pk}")
        made.add_item(one.title, link, f"{one.publisher_count} publishers", unique_id=link, pubdate=one.last_at)
    return HttpResponse(made.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")


def healthz(request: HttpRequest) -> HttpResponse:
    """Says that the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def without_slash(request: HttpRequest, path: str) -> HttpResponse:
    """An address with a slash too many leads to the one without."""
    if "//" in path or path.startswith(("/", "\\")):
        raise Http404
    return redirect(f"/{path}", permanent=True)
