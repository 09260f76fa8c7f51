"""The articles that a query finds: the newest that match, by time or by how well they match.

However large the archive is, a search looks at its newest matches alone, and
says so where there are more.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import ExpressionWrapper, F, Q, QuerySet, TextField

from newsroom.articles.models import Article
from newsroom.stories.listing import midnight
from newsroom.stories.search_names import condition_of
from newsroom.stories.search_query import Query

MATCHING = "SELECT rowid FROM articles_search WHERE articles_search MATCH %s"


@dataclass(frozen=True, slots=True)
class Match:
    """An article that matches: its number, its moment, its publisher's number."""

    article: int
    at: datetime
    publisher: int


@dataclass(frozen=True, slots=True)
class Found:
    """The newest matches, the newest first. has_more: there are older ones. problems: names that mean nothing here.

    has_all_words: False where nothing had all of them, and these have some.
    """

    matches: tuple[Match, ...] = ()
    has_more: bool = False
    has_all_words: bool = True
    problems: tuple[str, ...] = ()


def find(query: Query, *, most: int, or_some_words: bool = True) -> Found:
    """The newest articles that the query asks for; those with some of its words where none has all."""
    if not query.asks:
        return Found()
    condition, problems = condition_of(query)
    if condition is None:
        return Found(problems=tuple(problems))
    condition &= _within(query)
    rows = _newest(query, condition, most, with_all=True)
    has_all = bool(rows) or len(query.terms) < 2 or not or_some_words
    if not has_all:
        rows = _newest(query, condition, most, with_all=False)
    return Found(tuple(rows[:most]), len(rows) > most, has_all or not rows, tuple(problems))


def by_rank(query: Query, found: Found) -> list[int]:
    """The numbers of the articles found, those that match best first; a word of the headline counts four times."""
    newest = [match.article for match in found.matches]
    if not query.terms or not newest:
        return newest
    if connection.vendor == "sqlite":
        return _by_bm25(fts5(query.terms, with_all=found.has_all_words), newest)
    return _by_ts_rank(query.terms, newest, with_all=found.has_all_words)


def _within(query: Query) -> Q:
    """The days of the query, as days of the site's time zone."""
    whole = Q()
    if query.after:
        whole &= Q(moment__gte=midnight(query.after))
    if query.before:
        whole &= Q(moment__lt=midnight(query.before))
    return whole


def _newest(query: Query, condition: Q, most: int, *, with_all: bool) -> list[Match]:
    """One more than `most` where there are more."""
    matching = _on_sqlite if connection.vendor == "sqlite" else _on_postgres
    rows = matching(Article.objects.public().newest_first(), query, most, with_all=with_all).filter(condition)
    # As the database gives it: Django's own reading of two thousand moments took a third of a search.
    rows = rows.annotate(at=ExpressionWrapper(F("moment"), output_field=TextField()))
    return [
        Match(key, _moment(at), whose) for key, at, whose in rows.values_list("pk", "at", "publisher_id")[: most + 1]
    ]


def _moment(given: str | datetime) -> datetime:
    return given if isinstance(given, datetime) else datetime.fromisoformat(f"{given}+00:00")


def _on_sqlite(rows: QuerySet[Article], query: Query, most: int, *, with_all: bool) -> QuerySet[Article]:
    """The rows with the query's words.

    Few matches are looked up one by one. Of many the newest are met soon by
    walking the index of moments: the + keeps SQLite from looking all of them up.
    """
    if query.terms:
        match = fts5(query.terms, with_all=with_all)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({MATCHING} LIMIT %s)", [match, most])  # noqa: S608
            is_many = cursor.fetchone()[0] >= most
        sign = "+" if is_many else ""
        rows = rows.extra(where=[f"{sign}articles_article.id IN ({MATCHING})"], params=[match])  # noqa: S610
    if query.unwanted:
        match = fts5(query.unwanted, with_all=False)
        rows = rows.extra(where=[f"+articles_article.id NOT IN ({MATCHING})"], params=[match])  # noqa: S610
    return rows


def fts5(terms: Sequence[str], *, with_all: bool) -> str:
    """The terms for FTS5's MATCH. They hold letters, digits and spaces alone: nothing in them is syntax."""
    return (" AND " if with_all else " OR ").join(f'"{term}"' for term in terms)


def _by_bm25(match: str, keys: list[int]) -> list[int]:
    # Without the + SQLite would match for each number anew, 2 ms each.
    these = f"{MATCHING} AND +rowid IN (SELECT value FROM json_each(%s))"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"{these} ORDER BY bm25(articles_search, 4.0, 1.0), rowid DESC", [match, json.dumps(keys)])
        return [row[0] for row in cursor.fetchall()]


def _on_postgres(rows: QuerySet[Article], query: Query, most: int, *, with_all: bool) -> QuerySet[Article]:
    """The rows with the query's words. What is unwanted is looked for in each row, since an index has no "has not"."""
    if query.terms:
        wanted, params = tsquery(query.terms, with_all=with_all)
        rows = rows.extra(where=[f"articles_article.search_words @@ ({wanted})"], params=params)  # noqa: S610
    if query.unwanted:
        unwanted, params = tsquery(query.unwanted, with_all=False)
        rows = rows.extra(where=[f"NOT articles_article.search_words @@ ({unwanted})"], params=params)  # noqa: S610
    return rows


def tsquery(terms: Sequence[str], *, with_all: bool) -> tuple[str, list[str]]:
    """PostgreSQL's form of the terms, each a phrase, and its parameters."""
    return (" && " if with_all else " || ").join(["phraseto_tsquery('simple', %s)"] * len(terms)), list(terms)


def _by_ts_rank(terms: Sequence[str], newest: list[int], *, with_all: bool) -> list[int]:
    wanted, params = tsquery(terms, with_all=with_all)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM articles_article WHERE id = ANY(%s)"  # noqa: S608
            f" ORDER BY ts_rank('{{0.1, 0.2, 0.25, 1}}', search_words, {wanted}) DESC, id DESC",
            [newest, *params],
        )
        return [row[0] for row in cursor.fetchall()]


def among(query: Query, keys: Collection[int]) -> set[int]:
    """Which of these public articles the query asks for, with all its words; what else is held makes it no slower."""
    held = set(keys)
    if query.terms and held:
        held &= _with_terms(query.terms, held, with_all=True)
    if query.unwanted and held:
        held -= _with_terms(query.unwanted, held, with_all=False)
    if not held or not query.asks:
        return set()
    if not (query.named or query.after or query.before):
        return held
    condition, _ = condition_of(query)
    if condition is None:
        return set()
    rows = Article.objects.public().newest_first().filter(condition & _within(query), pk__in=held)
    return set(rows.values_list("pk", flat=True))


def _with_terms(terms: Sequence[str], keys: set[int], *, with_all: bool) -> set[int]:
    """Those of the articles with the words. FTS5 goes straight to the numbers between the least and the greatest."""
    if connection.vendor == "sqlite":
        statement = f"{MATCHING} AND rowid BETWEEN %s AND %s"
        params: list[object] = [fts5(terms, with_all=with_all), min(keys), max(keys)]
    else:
        wanted, words = tsquery(terms, with_all=with_all)
        statement = f"SELECT id FROM articles_article WHERE id = ANY(%s) AND search_words @@ ({wanted})"  # noqa: S608
        params = [list(keys), *words]
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return keys & {row[0] for row in cursor.fetchall()}
