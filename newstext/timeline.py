"""What happened when: events merged over tellings, dated by what the texts say.

A date weighs by how often sentences name it plus half the articles published on
it; its line is the sentence nearest to all that is said of that date
(research/stories.md, 2e).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, cast

from newstext import alone, evidence
from newstext.dates import precision_of
from newstext.records import ArticleText, Evidence, TimelineEvent
from newstext.vectors import Vector, cosine, unit
from newstext.words import content_words

DATES = 12
MENTION_WEIGHT = 1.0
PUBLICATION_WEIGHT = 0.5
COARSE_WEIGHT = 0.3  # a month or a year is named in passing far more often than it is an event
LEAD_SENTENCES = 3  # an undated opening tells of the day it was published
SOURCES = 4
DAY_CHARS = len("2026-11-24")
SAME = 0.3
DIVERSITY = 0.6
Precision = Literal["day", "month", "year"]


@dataclass(slots=True)
class _Day:
    weight: float = 0.0
    sentences: list[tuple[ArticleText, int, float]] = field(default_factory=list)


def write_timeline(
    articles: Sequence[ArticleText],
    *,
    dates: int = DATES,
    first_on: date | None = None,
    last_on: date | None = None,
) -> tuple[TimelineEvent, ...]:
    """The `dates` weightiest dates in order of time, one entry a date.

    first_on, last_on: leave out what lies before or after. Each entry's first
    sentence is the clearest; further ones are other articles' for the same.
    """
    days = _collect(articles)
    kept = {value: day for value, day in days.items() if _is_within(value, first_on, last_on)}
    weightiest = sorted(kept, key=lambda value: (-kept[value].weight, value))
    told: list[Vector] = []
    events: list[TimelineEvent] = []
    for value in weightiest:
        if len(events) >= dates:
            break
        if event := _event(value, kept[value], told):
            events.append(event)
    return tuple(sorted(events, key=lambda event: event.date))


def _collect(articles: Sequence[ArticleText]) -> dict[str, _Day]:
    days: dict[str, _Day] = defaultdict(_Day)
    dated: set[tuple[str, int]] = set()
    for value, article, number in evidence.dated_sentences(articles):
        if _is_ahead(value, article):
            continue
        dated.add((article.id, number))
        days[value].weight += MENTION_WEIGHT * (1.0 if len(value) == DAY_CHARS else COARSE_WEIGHT)
        if alone.can_be_shown(article, number):
            days[value].sentences.append((article, number, 1.0))
    for article in articles:
        published = evidence.day_of(article)
        if not published:
            continue
        days[published].weight += PUBLICATION_WEIGHT
        for number in range(min(LEAD_SENTENCES, len(article.sentences))):
            if (article.id, number) not in dated and alone.can_be_shown(article, number):
                days[published].sentences.append((article, number, 0.6))
    return days


def _is_ahead(value: str, article: ArticleText) -> bool:
    """What is announced has not happened; it is no event yet."""
    published = evidence.day_of(article)
    return bool(published) and value > published[: len(value)]


def _is_within(value: str, first_on: date | None, last_on: date | None) -> bool:
    low = first_on.isoformat()[: len(value)] if first_on else ""
    high = last_on.isoformat()[: len(value)] if last_on else "9"
    return low <= value <= high


def _event(value: str, day: _Day, told: list[Vector]) -> TimelineEvent | None:
    """The date's line, unless it says again what another date's line says."""
    rows = [
        (article, number, weight, Counter(content_words(_text(article, number), article.language)))
        for article, number, weight in day.sentences
    ]
    if not rows:
        return None
    middle: Counter[str] = Counter()
    for *_, terms in rows:
        middle.update(terms.keys())
    centre = unit(dict(middle))
    scored = []
    for article, number, weight, terms in rows:
        vector = unit(dict(terms))
        repeats = max((cosine(vector, other) for other in told), default=0.0)
        scored.append(
            (weight * cosine(vector, centre) + 0.1 / (1 + number) - DIVERSITY * repeats, article, number, vector)
        )
    scored.sort(key=lambda row: (-row[0], row[1].id, row[2]))
    best = scored[0]
    if any(cosine(best[3], other) > 0.75 for other in told):
        return None
    told.append(best[3])
    sources = _sources(best[1], best[2], best[3], scored)
    return TimelineEvent(value, cast(Precision, precision_of(value)), sources)


def _sources(
    article: ArticleText, number: int, vector: Vector, scored: list[tuple[float, ArticleText, int, Vector]]
) -> tuple[Evidence, ...]:
    found = [alone.evidence_for(article, number)]
    used = {article.id}
    for _, other, other_number, other_vector in scored[1:]:
        if len(found) >= SOURCES:
            break
        if other.id not in used and cosine(vector, other_vector) >= SAME:
            used.add(other.id)
            found.append(alone.evidence_for(other, other_number))
    return tuple(found)


def _text(article: ArticleText, number: int) -> str:
    start, end = article.sentences[number]
    return re.sub(r"\s+", " ", article.text[start:end])
