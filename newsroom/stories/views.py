"""Front page, story, hashtag, search, and the outgoing feed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import is_valid_path
from django.utils import feedgenerator, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import ngettext

from newsroom.publishers.models import Feed
from newsroom.stories.history import history_of
from newsroom.stories.models import Placement, Story
from newsroom.stories.save import stands_for
from newsroom.stories.search import search_articles, snippet
from newsroom.stories.showing import (
    Sections,
    began_of,
    newest_of_each_publisher,
    related_of,
    sections_of,
    sections_of_all,
    tellings_of,
)

A_PAGE = 30
PUBLISHERS_SHOWN = 6
REDIRECT_KEPT_S = 3600  # a merge may be taken back, and browsers keep a 301 for ever unless told


def front(request: HttpRequest) -> HttpResponse:
    """Stories: what is new and carried by independent publishers first."""
    before = _moment(request.GET.get("before", ""))
    rows = _listed(Story.objects.public(), before, by="front_at")
    context = {
        **_page(rows, by="front_at"),
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


def _listed(stories, before: datetime | None, by: str = "last_at") -> list[Story]:  # type: ignore[no-untyped-def]
    """A page of stories and one more, with what a list shows of each; by: the moment that orders them."""
    if before:
        stories = stories.filter(**{f"{by}__lt": before})
    placements = Placement.objects.select_related("article__publisher").order_by("-article__published_at")
    placements = placements.only(
        "story_id", "copy_of_id", "article__title", "article__published_at", "article__seen_at",
        "article__published_precision", "article__private_key", "article__publisher__name", "article__publisher__slug",
        "article__publisher__domain", "article__publisher__shares_name",
    )  # fmt: skip
    return list(
        stories.order_by(f"-{by}", "-pk")
        .select_related("lead__publisher", "notes")
        .prefetch_related("hashtags", Prefetch("placements", placements, to_attr="shown_placements"))[: A_PAGE + 1]
    )


def _page(rows: list[Story], by: str = "last_at") -> dict[str, object]:
    stories = rows[:A_PAGE]
    sections = sections_of_all(story.notes for story in stories if hasattr(story, "notes"))
    items = [(story, sections.get(story.pk, Sections()), _publishers(story)) for story in stories]
    return {"items": items, "older": getattr(stories[-1], by).isoformat() if len(rows) > A_PAGE else ""}


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
        answer = HttpResponsePermanentRedirect(stands_for(found).get_absolute_url())
        answer["Cache-Control"] = f"max-age={REDIRECT_KEPT_S}"
        return answer
    sections, tellings = sections_of(found), tellings_of(found)
    others = Story.objects.public().filter(storyline=found.storyline).exclude(pk=found.pk).order_by("-last_at")[:6]
    context = {
        "story": found,
        "sections": sections,
        "tellings": tellings,
        "began": began_of(found),
        "newest": newest_of_each_publisher(tellings),
        "hashtags": found.hashtags.all(),
        "related": related_of(sections.notes),
        "storyline": others,
        "history": history_of(found, tellings),
    }
    return render(request, "story.html", context)


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
        made.add_item(one.title, link, _told_by(one), unique_id=link, pubdate=one.last_at)
    return HttpResponse(made.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")


def _told_by(story: Story) -> str:
    """Who tells it, for a feed: reprints confirm nothing, so origins are counted beside outlets."""
    outlets = ngettext("%(n)d outlet", "%(n)d outlets", story.publisher_count) % {"n": story.publisher_count}
    if not story.origin_count:
        return outlets
    words = ngettext("%(n)d independent origin", "%(n)d independent origins", story.origin_count)
    return f"{outlets}, {words % {'n': story.origin_count}}"


def healthz(request: HttpRequest) -> HttpResponse:
    """Says that the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def without_slash(request: HttpRequest, path: str) -> HttpResponse:
    """An address with a slash too many leads to the one without."""
    if "//" in path or path.startswith(("/", "\\")) or not is_valid_path(f"/{path}"):
        raise Http404  # CommonMiddleware would add the slash again, for ever
    return redirect(f"/{path}", permanent=True)
