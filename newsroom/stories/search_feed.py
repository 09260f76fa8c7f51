"""Every search is a feed: its newest articles."""

from __future__ import annotations

from newsroom.articles.models import Article
from newsroom.stories.search_finding import find
from newsroom.stories.search_query import read_query
from newsroom.stories.search_results import articles_in_order

ARTICLES = 30


def articles_for_feed(line: str) -> list[Article]:
    """The newest articles that a line of the search box finds, the newest first; none where it asks for nothing.

    Only what has all of its words: a feed never fills itself with something near.
    """
    found = find(read_query(line), most=ARTICLES, or_some_words=False)
    return articles_in_order([match.article for match in found.matches])
