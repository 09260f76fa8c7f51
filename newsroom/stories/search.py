"""Full-text search over articles: SQLite's FTS5, or PostgreSQL's own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import connection
from django.db.models import QuerySet

from newsroom.articles.models import Article
from newstext.language import detect_language
from newstext.words import fold, stop_words

QUERY_MAX_CHARS = 300
TERMS_MOST = 12
TERM = re.compile(r"\"([^\"]{1,120})\"|([^\s\"]+)")
WORD = re.compile(r"\w+")
CANDIDATES = 400  # the newest that match are ranked; the archive's size does not matter


def search_articles(query: str, *, most: int = 30) -> list[Article]:
    """Articles with all words of the query, best first; with any of them if none has all.

    Words in "quotes" must follow one another. What a reader types is never
    query syntax: it is taken apart into words first.
    """
    terms = read_terms(query)
    if not terms:
        return []
    found = _search(terms, most, joined_by_and=True) or _search(terms, most, joined_by_and=False)
    rows = Article.objects.public().filter(pk__in=found).select_related("publisher", "placement")
    by_key = {row.pk: row for row in rows}
    return [by_key[key] for key in found if key in by_key]


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
    said = WORD.findall(question[:QUERY_MAX_CHARS])
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


def read_terms(query: str) -> list[str]:
    """The words and phrases of what a reader typed, at most TERMS_MOST."""
    found = []
    for match in TERM.finditer(query[:QUERY_MAX_CHARS]):
        words = WORD.findall(match.group(1) or match.group(2))
        if words:
            found.append(" ".join(words))
    return list(dict.fromkeys(found))[:TERMS_MOST]


def _search(terms: list[str], most: int, *, joined_by_and: bool) -> list[int]:
    if connection.vendor == "sqlite":
        return _by_fts5(terms, most, joined_by_and=joined_by_and)
    return list(_by_postgres(terms, joined_by_and=joined_by_and).values_list("pk", flat=True)[:most])


def _by_fts5(terms: list[str], most: int, *, joined_by_and: bool) -> list[int]:
    match = (" AND " if joined_by_and else " OR ").join(f'"{term}"' for term in terms)
    newest = "SELECT rowid FROM articles_search WHERE articles_search MATCH %s ORDER BY rowid DESC LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT rowid FROM articles_search WHERE articles_search MATCH %s AND rowid IN ({newest})"  # noqa: S608
            " ORDER BY bm25(articles_search, 4.0, 1.0) LIMIT %s",
            [match, match, CANDIDATES, most],
        )
        return [row[0] for row in cursor.fetchall()]


def _by_postgres(terms: list[str], *, joined_by_and: bool) -> QuerySet[Article]:
    from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector

    wanted = SearchQuery(terms[0], search_type="phrase", config="simple")
    for term in terms[1:]:
        more = SearchQuery(term, search_type="phrase", config="simple")
        wanted = wanted & more if joined_by_and else wanted | more
    vector = SearchVector("title", "text", config="simple")
    rows = Article.objects.public().annotate(vector=vector).filter(vector=wanted)
    return rows.annotate(rank=SearchRank(vector, wanted)).order_by("-rank", "-pk")


def snippet(text: str, query: str, *, length: int = 220) -> list[tuple[str, bool]]:
    """A piece of the text around the first word found: (part, is a word that was searched)."""
    words = [word for term in read_terms(query) for word in term.split()]
    if not words:
        return [(text[:length], False)]
    pattern = re.compile("|".join(rf"\b{re.escape(word)}\w*" for word in words), re.IGNORECASE)
    first = pattern.search(text)
    start = max(0, first.start() - 80) if first else 0
    if start:
        start = text.find(" ", start) + 1
    piece = " ".join(text[start : start + length].split())
    if start + length < len(text):
        piece = piece.rpartition(" ")[0] or piece
    parts, place = [], 0
    for match in pattern.finditer(piece):
        parts += [(piece[place : match.start()], False), (match.group(), True)]
        place = match.end()
    return [("… " if start else "", False), *parts, (piece[place:], False), (" …", False)]
