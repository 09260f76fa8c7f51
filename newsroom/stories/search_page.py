"""The search page, searches that are kept in the reader's browser, and what is offered while one types."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from newsroom.articles.models import Article
from newsroom.articles.openness import mark_private
from newsroom.stories import muting, search_results
from newsroom.stories.models import Hashtag
from newsroom.stories.search_finding import Found, find
from newsroom.stories.search_query import QUERY_MOST_CHARS, Query, operators_in, quoted, read_query
from newsroom.stories.search_results import A_PAGE, ORDERS, address_of
from newsroom.stories.search_saved import (
    CannotSave,
    keep,
    saved_searches,
    with_search,
    without_search,
)
from newsroom.stories.search_suggesting import suggest

NEWEST = 2000  # matches, the newest: these are counted, ranked and paged


def search(request: HttpRequest) -> HttpResponse:
    """The articles that a line finds, with counts by publisher and day; without a line, how to search."""
    return _page(request, read_query(request.GET.get("q", "")))


@csrf_exempt  # no cookie to protect but the searches themselves; SameOriginMiddleware refuses posts of other sites
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep a search in the reader's browser, and lead back to it."""
    query = read_query(request.POST.get("q", ""))
    try:
        saved = with_search(saved_searches(request), query)
    except CannotSave as error:
        return _page(request, query, problem=str(error), status=422)
    response = HttpResponseRedirect(address_of(query.said))
    keep(request, response, saved)
    return response


@csrf_exempt  # as above
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Drop a kept search, and lead back to the search page."""
    response = HttpResponseRedirect("/search")
    keep(request, response, without_search(saved_searches(request), request.POST.get("q", "")))
    return response


def as_you_type(request: HttpRequest) -> HttpResponse:
    """A piece of HTML: what may be meant by the line so far; empty where nothing is."""
    found = suggest(request.GET.get("q", ""))
    groups = (
        ("publishers", gettext_lazy("Publishers"), found.publishers),
        ("hashtags", gettext_lazy("Hashtags"), found.hashtags),
        ("stories", gettext_lazy("Stories"), found.stories),
        ("articles", gettext_lazy("Newest articles"), found.articles),
    )
    context = {"groups": [one for one in groups if one[2]], "lines": sum(len(offered) for _, _, offered in groups)}
    response = render(request, "search_as_you_type.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _page(request: HttpRequest, query: Query, *, problem: str = "", status: int = 200) -> HttpResponse:
    saved = saved_searches(request)
    by = request.GET.get("by", "")
    by = by if by in ORDERS else "rank" if query.terms else "time"
    found = find(query, most=NEWEST)
    context = {
        "query": query.said,
        "asks": query.asks,
        "most_chars": QUERY_MOST_CHARS,
        "problems": [*([problem] if problem else []), *query.problems, *found.problems],
        "saved": [(line, address_of(line)) for line in saved],
        "is_saved": query.said in saved,
        "narrowed_by": [(part, address_of(rest, by=by)) for part, rest in operators_in(query.said)],
        **(_results(request, query, found, by) if found.matches else {}),
        **({} if query.asks else {"examples": _examples()}),
    }
    response = render(request, "search.html", context, status=status)
    patch_vary_headers(response, ["Cookie"])
    mark_private(request, response)
    return response


def _results(request: HttpRequest, query: Query, found: Found, by: str) -> dict[str, object]:
    said = request.GET.get("page", "")
    pages = -(-len(found.matches) // A_PAGE)
    page = min(max(int(said), 1), pages) if said.isdecimal() and len(said) < 6 else 1
    publishers, more = search_results.by_publisher(query, found, by=by)
    mutes = muting.of(request)
    results = search_results.results_of(request, query, found, by=by, page=page)
    return {
        "results": [one for one in results if not mutes.takes_out(one.article)] if mutes else results,
        "has_mutes": bool(mutes),
        "found": found,
        "articles": len(found.matches),
        "has_orders": bool(query.terms),
        "by": by,
        "by_rank": address_of(query.said, by="rank"),
        "by_time": address_of(query.said, by="time"),
        "page": page,
        "pages": pages,
        "earlier_page": address_of(query.said, by=by, page=page - 1) if page > 1 else "",
        "later_page": address_of(query.said, by=by, page=page + 1) if page < pages else "",
        "older": search_results.older_than(query, found, by=by),
        "publishers": publishers,
        "more_publishers": more,
        "days": search_results.by_day(query, found, by=by),
        "feed_address": f"/search/feed.xml?{urlencode({'q': query.said})}",
    }


def _examples() -> list[tuple[str, str, str]]:
    """What can be asked: (in words, an example of this archive, its address)."""
    newest = Article.objects.public().newest_first().select_related("publisher")
    article = newest.only("publisher__slug", "language", "seen_at").first()
    tags = Hashtag.objects.filter(is_blocked=False, article_count__gte=Hashtag.PAGE_FROM)
    tag = tags.order_by("-article_count", "key").first()
    language = article.language if article and article.language != "und" else "en"
    paper = f"publisher:{article.publisher.slug}" if article else ""
    day = timezone.localdate(article.seen_at) if article else timezone.localdate()
    rows = [
        (gettext_lazy("All of these words"), "storm harbour"),
        (gettext_lazy("These words one after the other"), '"prime minister"'),
        (gettext_lazy("Without a word, or without a phrase"), 'storm -"sand storm"'),
        (gettext_lazy("Of a publisher: its name, or its domain"), paper),
        (gettext_lazy("With a hashtag"), f"tag:{quoted(tag.key)}" if tag else ""),
        (gettext_lazy("About a country: its name, or its two letters"), "country:france"),
        (gettext_lazy("In a language"), f"lang:{language}"),
        (gettext_lazy("From a day on"), f"after:{day}"),
        (gettext_lazy("Before a day"), f"before:{day}"),
        (gettext_lazy("Several together"), f"storm lang:en after:{day.replace(day=1)}"),
    ]
    return [(words, line, address_of(line)) for words, line in rows if line]
