"""What the search page shows of the articles found: a page of them, counts by publisher and by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from django.utils import timezone

from newsroom.articles.models import Article
from newsroom.publishers.models import Publisher
from newsroom.stories.hashtag_pages import Bar, chart
from newsroom.stories.models import Story
from newsroom.stories.search_finding import Found, by_rank
from newsroom.stories.search_query import Query, narrowed
from newsroom.stories.search_snippets import Parts, marked, snippet

A_PAGE = 20
PUBLISHERS_SHOWN = 12
DAYS_LEAST, DAYS_MOST = 14, 60  # that the chart has
ORDERS = ("rank", "time")


@dataclass(slots=True)
class Result:
    """An article found, with its story; others: more articles of that story on the same page."""

    article: Article
    story: Story | None
    title: Parts
    parts: Parts
    others: list[Article] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PublisherCount:
    """How many of the matches a publisher has, and the search among its articles alone."""

    publisher: Publisher
    articles: int
    address: str


@dataclass(frozen=True, slots=True)
class DayCount:
    """A day's bar, and the search among that day's articles alone."""

    bar: Bar
    address: str


def address_of(said: str, *, by: str = "", page: int = 1) -> str:
    """The address of a search."""
    asked = {"q": said, **({"by": by} if by else {}), **({"page": str(page)} if page > 1 else {})}
    return f"/search?{urlencode(asked)}"


def results_of(query: Query, found: Found, *, by: str, page: int) -> list[Result]:
    """A page of the articles found; those of one story stand under the first of them."""
    keys = by_rank(query, found) if by == "rank" else [match.article for match in found.matches]
    keys = keys[(page - 1) * A_PAGE : page * A_PAGE]
    results: list[Result] = []
    of_story: dict[int, Result] = {}
    for article in articles_in_order(keys):
        story = article.placement.story if hasattr(article, "placement") else None
        if story and story.pk in of_story:
            of_story[story.pk].others.append(article)
            continue
        text = article.text or article.summary
        result = Result(article, story, marked(article.title, query.terms), snippet(text, query.terms))
        results.append(result)
        if story:
            of_story[story.pk] = result
    return results


def articles_in_order(keys: Sequence[int]) -> list[Article]:
    """The public articles of these numbers, in this order, each with its publisher and its story."""
    rows = Article.objects.public().filter(pk__in=keys).select_related("publisher", "placement__story")
    rows = rows.defer("sentences", "marks", "entry", "related", "placement__related")
    by_key = {row.pk: row for row in rows}
    return [by_key[key] for key in keys if key in by_key]


def by_publisher(query: Query, found: Found, *, by: str) -> tuple[list[PublisherCount], int]:
    """The publishers with most of the matches, and how many publishers more there are."""
    counted = Counter(match.publisher for match in found.matches)
    most = counted.most_common(PUBLISHERS_SHOWN)
    rows = Publisher.objects.in_bulk([key for key, _ in most])
    counts = [
        PublisherCount(
            rows[key],
            articles,
            address_of(narrowed(query.said, f"publisher:{rows[key].slug}", instead_of=frozenset({"publisher"})), by=by),
        )
        for key, articles in most
        if key in rows
    ]
    return counts, len(counted) - len(most)


def by_day(query: Query, found: Found, *, by: str) -> list[DayCount]:
    """The days up to the newest match, the oldest first; none where all matches are of one day."""
    counted = Counter(timezone.localdate(match.at) for match in found.matches)
    if len(counted) < 2:
        return []
    last = max(counted)
    length = min(max((last - min(counted)).days + 1, DAYS_LEAST), DAYS_MOST)
    days = [last - timedelta(days=back) for back in reversed(range(length))]
    bars = chart([(day, counted[day]) for day in days])
    return [DayCount(bar, address_of(_of_day(query, bar.day), by=by)) for bar in bars]


def older_than(query: Query, found: Found, *, by: str) -> str:
    """The search among what is older than the matches looked at; "" where these are all."""
    if not found.has_more:
        return ""
    last = timezone.localdate(found.matches[-1].at)
    newest = timezone.localdate(found.matches[0].at)
    before = last + timedelta(days=1) if last < newest else last
    return address_of(narrowed(query.said, f"before:{before}", instead_of=frozenset({"before"})), by=by)


def _of_day(query: Query, day: date) -> str:
    days = f"after:{day} before:{day + timedelta(days=1)}"
    return narrowed(query.said, days, instead_of=frozenset({"before", "after"}))
