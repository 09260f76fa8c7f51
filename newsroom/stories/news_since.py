"""What came since a page was made, in a few words: an open page asks, and says so at its top."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_page

from newsroom.stories.listing import moment_of
from newsroom.stories.models import Placement, Story

KEPT_S = 30
STORIES_MOST = 99  # counted; a page that lay open for weeks needs no exact number


@cache_page(KEPT_S, cache="answers")
def story_news(request: HttpRequest, story_id: int) -> JsonResponse:
    """How many publishers and articles came to a story since ?since=, and that in words; "" where none did."""
    since = moment_of(request.GET.get("since", ""))
    if since is None:
        return _no_moment(request)
    found = story_counts(story_id, since)
    if found is None:
        return JsonResponse({"problem": f"No story {story_id}"}, status=404)
    if found["merged_into"]:
        words = _("This story was joined with another: read it there")
    elif count := found["publishers"]:
        words = ngettext("%(n)d new publisher: show", "%(n)d new publishers: show", count) % {"n": count}
    elif count := found["articles"]:
        words = ngettext("%(n)d new article: show", "%(n)d new articles: show", count) % {"n": count}
    else:
        words = ""
    return JsonResponse({"publishers": found["publishers"], "articles": found["articles"], "words": words})


@cache_page(KEPT_S, cache="answers")
def front_news(request: HttpRequest) -> JsonResponse:
    """How many stories began since ?since=, and that in words; "" where none did."""
    since = moment_of(request.GET.get("since", ""))
    if since is None:
        return _no_moment(request)
    count = count_new_stories(since)
    words = ngettext("%(n)d new story: show", "%(n)d new stories: show", count) % {"n": count} if count else ""
    if count > STORIES_MOST:
        words = _("More than %(n)d new stories: show") % {"n": STORIES_MOST}
    return JsonResponse({"stories": count, "words": words})


def story_counts(story_id: int, since: datetime) -> dict[str, int | None] | None:
    """Publishers and articles new in the story since then, and into which it was merged; None if there is none."""
    new, before = Q(placements__placed_at__gt=since), Q(placements__placed_at__lte=since)
    publisher = "placements__article__publisher"
    rows = Story.objects.filter(pk=story_id, is_private=False).values("merged_into")
    row = rows.annotate(
        articles=Count("placements", filter=new),
        publishers=Count(publisher, distinct=True) - Count(publisher, distinct=True, filter=before),
    ).first()
    return dict(row) if row else None


def count_new_stories(since: datetime) -> int:
    """Public stories all of whose articles came after that moment; STORIES_MOST + 1 where there are more."""
    earlier = Placement.objects.filter(story=OuterRef("story"), placed_at__lte=since)
    new = Placement.objects.filter(placed_at__gt=since, story__merged_into=None, story__is_private=False)
    return new.filter(~Exists(earlier)).values("story").distinct().order_by()[: STORIES_MOST + 1].count()


def _no_moment(request: HttpRequest) -> JsonResponse:
    said = request.GET.get("since", "")[:60]
    return JsonResponse({"problem": f"since={said!r}: no moment. Write one, as 2026-11-26T09:00:00Z."}, status=400)
