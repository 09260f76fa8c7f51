"""Full-text search over articles for what the site itself looks up: SQLite's FTS5, or PostgreSQL's own.

What a reader types into the search box is read by search_query and found by search_finding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import connection

from newsroom.articles.models import Article
from newsroom.stories.search_finding import MATCHING, by_rank, find, fts5, tsquery
from newsroom.stories.search_query import QUERY_MOST_CHARS, TERMS_MOST, read_query
from newsroom.stories.search_results import articles_in_order
from newstext.language import detect_language
from newstext.words import fold, stop_words

WORD = re.compile(r"\w+")
CANDIDATES = 400  # the newest that match are ranked; the archive's size does not matter


def search_articles(line: str, *, most: int = 30) -> list[Article]:
    """Articles that a line of the search box finds, best first."""
    query = read_query(line)
    return articles_in_order(by_rank(query, find(query, most=CANDIDATES))[:most])


def find_keys(terms: Sequence[str], *, most: int, with_all: bool) -> list[int]:
    """The numbers of articles with all of these words or phrases, or with any of them, best first."""
    wanted = [" ".join(WORD.findall(term)) for term in terms]
    wanted = [term for term in wanted if term][:TERMS_MOST]
    return _search(wanted, most, joined_by_and=with_all) if wanted else []


def find_for_question(question: str, *, most: int) -> list[Article]:
    """Public articles with a text that may answer a question, the nearest first.

    Those with all its telling words come first, then those with all its
    capitalised ones, then those with any.
    """
    said = WORD.findall(question[:QUERY_MOST_CHARS])
    small = stop_words(detect_language(question)) | stop_words("en")
    telling = [word for word in dict.fromkeys(said) if fold(word) not in small and len(word) > 1][:TERMS_MOST]
    if not telling:
        return []
    named = [word for word in telling if word[0].isupper()]
    keys = list(_search(telling, most, joined_by_and=True))
    if named and len(keys) < most:
        keys += _search(named, most, joined_by_and=True)
    if len(keys) < most:
        keys += _search(telling, most, joined_by_and=False)
    found = list(dict.fromkeys(keys))[:most]
    rows = Article.objects.public().open_to_notes().filter(pk__in=found).exclude(text="")
    rows = rows.exclude(placement__copy_of__isnull=False)
    by_key = {row.pk: row for row in rows.select_related("publisher")}
    return [by_key[key] for key in found if key in by_key]


def _search(terms: list[str], most: int, *, joined_by_and: bool) -> list[int]:
    if connection.vendor == "sqlite":
        return _by_fts5(terms, most, joined_by_and=joined_by_and)
    return _by_postgres(terms, most, joined_by_and=joined_by_and)


def _by_fts5(terms: list[str], most: int, *, joined_by_and: bool) -> list[int]:
    match = fts5(terms, with_all=joined_by_and)
    newest = f"{MATCHING} ORDER BY rowid DESC LIMIT %s"
    with connection.cursor() as cursor:  # one statement: a page that is not here asks it
        cursor.execute(
            f"{MATCHING} AND rowid IN ({newest}) ORDER BY bm25(articles_search, 4.0, 1.0) LIMIT %s",
            [match, match, CANDIDATES, most],
        )
        return [row[0] for row in cursor.fetchall()]


def _by_postgres(terms: list[str], most: int, *, joined_by_and: bool) -> list[int]:
    wanted, params = tsquery(terms, with_all=joined_by_and)
    newest = (
        f"SELECT id, search_words FROM articles_article WHERE private_key = '' AND search_words @@ ({wanted})"  # noqa: S608
        " ORDER BY id DESC LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM ({newest}) AS newest ORDER BY ts_rank(search_words, {wanted}) DESC, id DESC LIMIT %s",  # noqa: S608
            [*params, CANDIDATES, *params, most],
        )
        return [row[0] for row in cursor.fetchall()]
