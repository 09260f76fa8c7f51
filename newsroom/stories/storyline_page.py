"""The page of a storyline: its stories in the order of time, how many articles when, who tells it."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Count, Max, Min, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from newsroom.articles.models import Article
from newsroom.publishers.models import Publisher
from newsroom.readers.models import Item
from newsroom.stories import charts, marks, muting
from newsroom.stories.listing import Place, place_of
from newsroom.stories.models import Hashtag, Story, Storyline, StoryQuerySet
from newsroom.stories.noted import Sections, leads_of
from newsroom.stories.save import stands_for

A_PAGE = 30
PUBLISHERS_MOST = 40
HASHTAGS_MOST = 12
MOST_BARS = 90  # at 320 px a bar is then 3 px wide
TITLE_LONGEST = 80  # signs, under a mark of the chart
REDIRECT_KEPT_S = 3600  # as of a merged story: a merge may be taken back


def storyline(request: HttpRequest, storyline_id: int) -> HttpResponse:
    """One course of events over all its stories."""
    found = get_object_or_404(Storyline, pk=storyline_id)
    stories = Story.objects.public().filter(storyline=found)
    told = stories.aggregate(n=Count("pk"), articles=Sum("article_count"), first=Min("first_at"), last=Max("last_at"))
    if not told["n"]:
        return moved(found)
    after = place_of(request.GET.get("after", ""))
    rows = _listed(muting.of(request).without(stories), after)
    publishers = Publisher.objects.filter(articles__placement__story__in=stories)
    context = {
        "storyline": found,
        "opening": stories.order_by("first_at", "pk").first(),
        "newest": stories.order_by("-last_at", "-pk").first(),
        "told": told,
        "items": _items(request, rows[:A_PAGE]),
        "is_first": after is None,
        "later": str(Place(rows[A_PAGE - 1].first_at, rows[A_PAGE - 1].pk)) if len(rows) > A_PAGE else "",
        "chart": _course(stories) if after is None else None,
        "publishers": publishers.annotate(n=Count("articles", distinct=True)).order_by("-n", "name")[:PUBLISHERS_MOST],
        "publisher_count": publishers.distinct().count(),
        "hashtags": _hashtags(stories),
    }
    return render(request, "storyline.html", context)


def _items(request: HttpRequest, stories: list[Story]) -> list[tuple[Story, Sections]]:
    """The stories with the first sentence of their briefs, without what whoever asks mutes, and with their marks."""
    mutes = muting.of(request)
    muted = mutes.worded([story.pk for story in stories])
    leads = leads_of(story.pk for story in stories)
    marks.look_up(request, Item.STORY, (story.pk for story in stories))
    items = [(story, leads.get(story.pk, Sections()), []) for story in stories if story.pk not in muted]
    return [(mutes.of_item(item) if mutes else item)[:2] for item in items]


def moved(found: Storyline, *, to: str = "") -> HttpResponse:
    """To where its stories went when they were merged; Http404 where nothing is left of it. to: "/feed.xml"."""
    gone = found.stories.filter(is_private=False).exclude(merged_into=None).select_related("merged_into")
    for story in gone.order_by("-last_at", "-pk")[:A_PAGE]:
        kept = stands_for(story)
        if kept.merged_into_id is None and not kept.is_private and kept.storyline_id != found.pk:
            answer = HttpResponsePermanentRedirect(f"/storyline/{kept.storyline_id}{to}")
            answer["Cache-Control"] = f"max-age={REDIRECT_KEPT_S}"
            return answer
    raise Http404(f"No story stands in the storyline {found.pk} any more.")


def _listed(stories: StoryQuerySet, after: Place | None) -> list[Story]:
    """A page of the stories and one more, the earliest first."""
    if after:
        stories = stories.filter(first_at__gte=after.at).exclude(first_at=after.at, pk__lte=after.story)
    return list(stories.order_by("first_at", "pk")[: A_PAGE + 1])


def _hashtags(stories: StoryQuerySet) -> list[Hashtag]:
    """The hashtags of most of the stories."""
    tags = Hashtag.objects.filter(stories__in=stories, is_blocked=False).annotate(n=Count("stories"))
    return list(tags.order_by("-n", "-article_count", "name")[:HASHTAGS_MOST])


def _course(stories: StoryQuerySet) -> charts.Chart | None:
    """Articles by day over the whole course, with a mark where a story began; some days a bar where it is long."""
    rows = Article.objects.filter(placement__story__in=stories)
    rows = rows.annotate(day=TruncDate(Coalesce("published_at", "seen_at"))).order_by().values("day")
    days = {row["day"]: row["n"] for row in rows.annotate(n=Count("pk"))}
    begun: dict[date, list[str]] = {}
    for moment, title in stories.values_list("first_at", "title"):
        begun.setdefault(timezone.localdate(moment), []).append(Truncator(title).chars(TITLE_LONGEST))
    if len(days) < 2:
        return None
    first, last = min([*days, *begun]), max([*days, *begun])
    step = -(-((last - first).days + 1) // MOST_BARS)
    spans = [_span(begins, last, step, days, begun) for begins in _every(first, last, step)]
    return charts.bars(
        "course",
        spans,
        title=_("Articles over the course of events"),
        caption=_("Bars: articles. Dots: days on which a story began."),
        heads=(_("Day"), _("Articles"), _("Stories that began")),
    )


def _every(first: date, last: date, step: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(0, (last - first).days + 1, step)]


def _span(begins: date, last: date, step: int, days: dict[date, int], begun: dict[date, list[str]]) -> charts.Span:
    ends = min(last, begins + timedelta(days=step - 1))
    within = [begins + timedelta(days=n) for n in range((ends - begins).days + 1)]
    marks = tuple(title for day in within for title in begun.get(day, ()))
    return charts.Span(begins, ends, sum(days.get(day, 0) for day in within), marks)
