"""What may be meant while a reader types: publishers, hashtags, stories and articles whose name begins so.

Headlines are looked through among the newest alone (LOOKED_AT), so that an
answer costs the same whatever the archive holds; Enter searches all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from newsroom.articles.models import Article
from newsroom.publishers.models import Publisher
from newsroom.stories.models import Hashtag, Story
from newsroom.stories.search_finding import find
from newsroom.stories.search_query import Query, narrowed, quoted, read_query
from newsroom.stories.search_results import address_of, articles_in_order
from newstext import hashtags
from newstext.mastheads import short_name
from newstext.words import LETTERS, fold

LOOKED_AT = 2000  # headlines of stories, and of articles
OF_EACH = 4
FEWEST_LETTERS = 2
WORD = re.compile(LETTERS)
BEGUN = re.compile(r"(?:^|\s)(publisher|tag):\"?([^\"]*)\"?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Suggested:
    """One line of the list: what it is called, where it leads, in which language, and who says it."""

    name: str
    address: str
    language: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What is offered for a line; empty where too little is typed."""

    publishers: list[Suggested]
    hashtags: list[Suggested]
    stories: list[Suggested]
    articles: list[Suggested]

    def __bool__(self) -> bool:
        return bool(self.publishers or self.hashtags or self.stories or self.articles)


NONE = Suggestions([], [], [], [])


def suggest(line: str) -> Suggestions:
    """What may be meant by a line that is being typed."""
    query = read_query(line)
    if sum(map(len, WORD.findall(query.said))) < FEWEST_LETTERS:
        return NONE
    if begun := BEGUN.search(query.said):
        return _operator(query.said[: begun.start()], begun[1].lower(), begun[2])
    if query.named or query.unwanted or query.after or query.before:
        found = [match.article for match in find(query, most=OF_EACH, or_some_words=False).matches]
        return Suggestions([], [], [], [_article(one) for one in articles_in_order(found)])
    if not query.terms:
        return NONE
    said = " ".join(query.terms)
    stories = _stories(query)
    return Suggestions(
        [Suggested(one.name, one.get_absolute_url()) for one in _publishers(said)],
        [Suggested(f"#{one.name}", one.get_absolute_url()) for one in _hashtags(said)],
        stories,
        [one for one in _articles(query) if one.name not in {story.name for story in stories}],
    )


def _operator(before: str, operator: str, value: str) -> Suggestions:
    """The publishers or hashtags that an operator may go on to, each leading to the search with it."""
    if operator == "publisher":
        found = [(one.name, f"publisher:{one.slug}") for one in _publishers(value)]
    else:
        found = [(f"#{one.name}", f"tag:{quoted(one.key)}") for one in _hashtags(value)]
    offered = [Suggested(name, address_of(narrowed(before, part))) for name, part in found]
    return Suggestions(offered, [], [], []) if operator == "publisher" else Suggestions([], offered, [], [])


def _publishers(said: str) -> list[Publisher]:
    key = short_name(said)
    if not key:
        return []
    begins = Q(name__istartswith=said) | Q(name__icontains=f" {said}") | Q(name_key__startswith=key)
    return list(Publisher.objects.filter(begins | Q(domain__startswith=said.lower())).order_by("name")[:OF_EACH])


def _hashtags(said: str) -> list[Hashtag]:
    key = hashtags.key(said)
    if not key:
        return []
    rows = Hashtag.objects.filter(key__startswith=key, is_blocked=False, article_count__gte=Hashtag.PAGE_FROM)
    return list(rows.order_by("-article_count", "key")[:OF_EACH])


def _stories(query: Query) -> list[Suggested]:
    rows = Story.objects.public().order_by("-last_at", "-pk").values_list("pk", "title")[:LOOKED_AT]
    found = _beginning_so(query, rows)
    stories = Story.objects.in_bulk(found)
    return [Suggested(stories[key].title, f"/story/{key}", stories[key].language) for key in found if key in stories]


def _articles(query: Query) -> list[Suggested]:
    newest = Article.objects.public().newest_first().values_list("pk", "title")[:LOOKED_AT]
    return [_article(one) for one in articles_in_order(_beginning_so(query, newest))]


def _article(article: Article) -> Suggested:
    name = article.title or article.url
    return Suggested(name, f"/article/{article.pk}", article.language, article.publisher.shown_name)


def _beginning_so(query: Query, rows: Iterable[tuple[int, str]]) -> list[int]:
    """The first of the rows whose title has all words of the query, the last at least begun."""
    wanted = [fold(word) for term in query.terms for word in term.split()]
    begun = wanted[-1]
    found = []
    for key, title in rows:
        words = [fold(word) for word in WORD.findall(title)]
        if any(word.startswith(begun) for word in words) and all(word in words for word in wanted[:-1]):
            found.append(key)
            if len(found) == OF_EACH:
                break
    return found
