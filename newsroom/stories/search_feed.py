"""Every search is a feed: its newest articles."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import feedgenerator
from django.utils.translation import gettext as _

from newsroom.articles.models import Article
from newsroom.stories.search_finding import find
from newsroom.stories.search_query import read_query
from newsroom.stories.search_results import address_of, articles_in_order
from newsroom.stories.search_snippets import snippet

ARTICLES = 30


def articles_for_feed(line: str) -> list[Article]:
    """The newest articles that a line of the search box finds, the newest first; none where it asks for nothing.

    Only what has all of its words: a feed never fills itself with something near.
    """
    found = find(read_query(line), most=ARTICLES, or_some_words=False)
    return articles_in_order([match.article for match in found.matches])


def excerpt_for_feed(article: Article, line: str) -> str:
    """The piece of the article that the words stand in, plain."""
    return "".join(part for part, _ in snippet(article.text or article.summary, read_query(line).terms))


def feed(request: HttpRequest) -> HttpResponse:
    """A search as RSS."""
    line = request.GET.get("q", "")
    said = read_query(line).said
    made = feedgenerator.Rss201rev2Feed(
        title=f"{settings.SITE_NAME}: {said}" if said else settings.SITE_NAME,
        link=request.build_absolute_uri(address_of(said)),
        feed_url=request.build_absolute_uri(),
        description=_("The newest articles of the search %(query)s") % {"query": said},
        language="en",
    )
    for one in articles_for_feed(line):
        link = request.build_absolute_uri(f"/article/{one.pk}")
        made.add_item(
            one.title or one.url, link, excerpt_for_feed(one, line), unique_id=link, pubdate=one.at,
            author_name=one.publisher.shown_name,
        )  # fmt: skip
    return HttpResponse(made.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")
