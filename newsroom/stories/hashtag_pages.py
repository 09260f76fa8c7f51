"""The page of a hashtag, its feed, and the trending hashtags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote

from django.conf import settings
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from newsroom.articles.models import Article
from newsroom.stories import charts
from newsroom.stories.feed_forms import FORMS
from newsroom.stories.hashtag_keeping import find_hashtag
from newsroom.stories.listing import place_of
from newsroom.stories.models import Hashtag, TrendingHashtag
from newsroom.stories.named_page import roles_and_quotes
from newsroom.stories.outgoing import feed_of
from newsroom.stories.reader_lists import page_for

CHART_DAYS = 30
FEWEST_SHARED = 5  # articles; a pair that shares fewer has no page
PAIR_STORIES = 300  # the newest, in which a hashtag's strongest pairs are looked for
PAIRS_LISTED = 8
MOST_NAMED = 60  # hashtags on a page of the list, beside those that trend
PAGES_MOST = 50


def hashtag(request: HttpRequest, key: str) -> HttpResponse:
    """What one subject is about lately: first seen, its trend, its stories."""
    found = _hashtag(key)
    if found.key != key:
        return HttpResponsePermanentRedirect(_address(found))
    before = place_of(request.GET.get("before", ""))
    roles, quotes = roles_and_quotes(found) if before is None else ([], [])
    context = {
        "hashtag": found,
        "feed_address": f"{_address(found)}/feed.xml",
        "chart": trend_of(_by_day(found, timezone.now())) if before is None else None,
        "is_first": before is None,
        "roles": roles,
        "quotes": quotes,
        "pairs": pairs_of(found) if before is None and settings.AI_FEATURES else [],
        **page_for(request, found.stories.public(), before, but_hashtag=found.pk),
    }
    return render(request, "hashtag.html", context)


@dataclass(frozen=True, slots=True)
class Pair:
    """A hashtag of the same stories, and the address of what is between the two, "" where too little is."""

    other: Hashtag
    articles: int
    address: str


def pairs_of(tag: Hashtag) -> list[Pair]:
    """The hashtags that share most articles with this one in its newest stories; from FEWEST_SHARED on with a page."""
    newest = list(tag.stories.public().order_by("-last_at").values_list("pk", flat=True)[:PAIR_STORIES])
    others = Hashtag.objects.filter(stories__in=newest, is_blocked=False, article_count__gte=Hashtag.PAGE_FROM)
    others = others.exclude(pk=tag.pk).annotate(shared=Sum("stories__article_count"))
    strongest = others.order_by("-shared", "key")[:PAIRS_LISTED]
    return [Pair(other, other.shared, _between(tag, other, other.shared)) for other in strongest]


def _between(tag: Hashtag, other: Hashtag, shared: int) -> str:
    return between_address(tag, other) if shared >= FEWEST_SHARED and settings.AI_FEATURES else ""


def between_address(one: Hashtag, other: Hashtag) -> str:
    """The one address of what is between two hashtags."""
    first, second = sorted((one.key, other.key))
    return f"/between/{quote(first, safe='')}/{quote(second, safe='')}"


def _hashtag(key: str) -> Hashtag:
    found = find_hashtag(key)
    if found is None or not found.has_page:
        raise Http404(f"No page for the hashtag {key!r}: it needs {Hashtag.PAGE_FROM} articles.")
    return found


def _address(tag: Hashtag) -> str:
    return f"/hashtag/{quote(tag.key)}"


def feed(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    """The newest stories about one subject as a feed."""
    found = _hashtag(key)
    if found.key != key:
        return HttpResponsePermanentRedirect(f"{_address(found)}/{FORMS[form].file}")
    return feed_of(request, found.stories.public(), page=_address(found), title=f"#{found.name}", form=form)


def index(request: HttpRequest) -> HttpResponse:
    """What trends, and what is written about most: all, or people, places, organisations alone."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in Hashtag.Kind.values else ""
    said = request.GET.get("page", "")
    page = min(int(said), PAGES_MOST) if said.isdecimal() and 0 < len(said) < 9 and int(said) else 1
    named = Hashtag.objects.filter(is_blocked=False, article_count__gte=Hashtag.PAGE_FROM)
    named = named.filter(kind=kind) if kind else named
    first = (page - 1) * MOST_NAMED
    rows = list(named.order_by("-article_count", "name")[first : first + MOST_NAMED + 1])
    context = {
        "trending": TrendingHashtag.objects.select_related("hashtag") if page == 1 and not kind else [],
        "named": rows[:MOST_NAMED],
        "kinds": Hashtag.Kind.choices,
        "kind_shown": kind,
        "page_shown": page,
        "next_page": page + 1 if len(rows) > MOST_NAMED and page < PAGES_MOST else 0,
    }
    return render(request, "hashtags.html", context)


def _by_day(tag: Hashtag, now: datetime) -> list[tuple[date, int]]:
    """(day, articles) of the last days up to today, the days without any too."""
    today = timezone.localdate(now)
    first = today - timedelta(days=CHART_DAYS - 1)
    since = now - timedelta(days=CHART_DAYS + 1)
    rows = Article.objects.filter(
        placement__story__hashtags=tag, placement__story__merged_into=None, placement__story__last_at__gte=since
    )
    rows = rows.annotate(moment=Coalesce("published_at", "seen_at")).filter(moment__gte=since, moment__lte=now)
    days = rows.annotate(day=TruncDate("moment")).order_by().values("day").annotate(n=Count("pk"))
    counts = {row["day"]: row["n"] for row in days}
    return [(day, counts.get(day, 0)) for day in (first + timedelta(days=n) for n in range(CHART_DAYS))]


def trend_of(days: Sequence[tuple[date, int]]) -> charts.Chart | None:
    """The chart of a subject's days; None if there is no article."""
    lately, most = sum(count for _, count in days), max((count for _, count in days), default=0)
    words = {"n": lately, "days": len(days)}
    caption = ngettext("%(n)s article in %(days)s days", "%(n)s articles in %(days)s days", lately) % words
    bound = gettext("at most %(most)s on a day") % {"most": most}
    return charts.bars(
        "trend",
        [charts.Span(day, day, count) for day, count in days],
        title=gettext("Articles on each day"),
        caption=caption + gettext(", ") + bound,
        heads=(gettext("Day"), gettext("Articles")),
        newest_first=True,
    )
