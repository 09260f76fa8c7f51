"""A few whole sentences that tell an event over all its tellings.

Each sentence is scored by how near it is to the centre of all tellings and how
early it stands; each next one must add something (MMR, Carbonell and Goldstein
1998). Sentences are verbatim and stand alone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from newstext import alone, evidence
from newstext.records import ArticleText, Evidence
from newstext.vectors import Vector, cosine, unit
from newstext.words import content_words, fold
from newstext.words import length as count_words

WORDS = 90
MOST_SENTENCES = 5
SENTENCES_READ = 30  # of each telling: news says first what matters
DIVERSITY = 0.55
POSITION_WEIGHT = 0.35
RECENCY_WEIGHT = 0.25  # the newest telling knows most; an old toll is no news
RECENCY_DAYS = 1.5
SAME = 0.6  # sentences with more in common say the same


@dataclass(frozen=True, slots=True)
class Candidate:
    article: ArticleText
    number: int
    vector: Vector
    words: int
    score: float


def write_brief(articles: Sequence[ArticleText], *, words: int = WORDS) -> tuple[Evidence, ...]:
    """The sentences, in reading order; at most `words` words in all, five by default."""
    candidates = rank(articles)
    most = MOST_SENTENCES if words <= WORDS else 10_000
    chosen = choose(candidates, words=words, most=most)
    order = {article.id: place for place, article in enumerate(articles)}
    chosen.sort(key=lambda one: (one.number > 0, order[one.article.id], one.number))
    return tuple(alone.evidence_for(one.article, one.number) for one in chosen)


def rank(articles: Sequence[ArticleText]) -> list[Candidate]:
    """Every sentence that can be shown, the best first."""
    rows = []
    titles = {fold(article.title) for article in articles if article.title}
    for article in articles:
        for number, text in evidence.sentences_of(article):
            if number >= SENTENCES_READ:
                break
            if alone.can_be_shown(article, number) and fold(text).rstrip(".") not in titles:
                rows.append((article, number, Counter(content_words(text, article.language)), count_words(text)))
    return _scored(articles, rows)


def _scored(articles: Sequence[ArticleText], rows: list[tuple[ArticleText, int, Counter[str], int]]) -> list[Candidate]:
    counts = Counter(term for _, _, terms, _ in rows for term in terms)
    total = len(rows) + 1
    centre: Counter[str] = Counter()
    for article in articles:
        for term in set(content_words(f"{article.title}\n{article.text}", article.language)):
            centre[term] += 1
    middle = unit(
        {term: count * math.log(1 + total / (1 + counts[term])) for term, count in centre.items() if counts[term]}
    )
    newest = max((article.published_at for article in articles if article.published_at), default=None)
    found = []
    for article, number, terms, length in rows:
        vector = unit({term: (1 + math.log(n)) * math.log(1 + total / counts[term]) for term, n in terms.items()})
        position = 1 / (1 + number)
        score = (1 - POSITION_WEIGHT) * cosine(vector, middle) + POSITION_WEIGHT * position
        score += RECENCY_WEIGHT * _recency(article, newest)
        found.append(Candidate(article, number, vector, length, score))
    return sorted(found, key=lambda one: (-one.score, one.article.id, one.number))


def _recency(article: ArticleText, newest: datetime | None) -> float:
    """1 for the newest telling, half of it RECENCY_DAYS before; 1 where no times are known."""
    if newest is None or article.published_at is None:
        return 1.0
    days = (newest - article.published_at).total_seconds() / 86_400
    return float(0.5 ** (days / RECENCY_DAYS))


def choose(candidates: Sequence[Candidate], *, words: int, most: int) -> list[Candidate]:
    """The best candidates that fit, none saying what a chosen one says."""
    chosen: list[Candidate] = []
    left = words
    pool = list(candidates)
    nearest = [0.0] * len(pool)
    while pool and len(chosen) < most:
        best = max(range(len(pool)), key=lambda i: pool[i].score - DIVERSITY * nearest[i])
        one = pool.pop(best)
        likeness = nearest.pop(best)
        if likeness > SAME or (one.words > left and chosen):
            continue
        chosen.append(one)
        left -= one.words
        nearest = [max(near, cosine(one.vector, other.vector)) for near, other in zip(nearest, pool, strict=True)]
        if left < alone.FEWEST_WORDS:
            break
    return chosen
