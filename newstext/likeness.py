"""What two articles have in common, and how likely it is that they tell one event."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from newstext.records import Marks
from newstext.vectors import Vector, cosine, strongest, unit
from newstext.words import fold

PRIOR_DOCUMENTS = 200  # an index that has seen little takes no term for common
SHORT_WORDS = 60  # headlines and teasers are judged by all their words and a bar of their own
HEADLINE_WORDS = 8
JOIN = 0.185
JOIN_SHORT = 0.28
JOIN_HEADLINE = 0.22
HALF_WEIGHT_DAYS = 6.0
STEEPNESS = 12.0  # how fast the probability falls on either side of the bar
NAMES_SHOWN = 3
WORDS_SHOWN = 4


@dataclass(slots=True)
class Member:
    """An article as it is compared: unit vectors of its rare terms; shown: folded name -> as first written."""

    id: str
    at: datetime | None
    body: Vector
    lead: Vector
    names: Vector
    words: int
    language: str = ""
    kind: str = "article"
    shown: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shared:
    """What two articles share, the weightiest first; days apart, or None where a time is missing."""

    names: tuple[str, ...]
    words: tuple[str, ...]
    days: float | None


class Lexicon:
    """How rare terms are, as counted over the articles seen so far."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._documents = 0

    def count(self, marks: Marks) -> None:
        """Take an article's terms into account; before it is made a member."""
        self._documents += 1
        self._counts.update({*marks.terms, *marks.lead_terms})

    def rarity(self, term: str) -> float:
        """From 0 up; the logarithm of how seldom the term is."""
        return math.log((self._documents + PRIOR_DOCUMENTS) / (self._counts[term] + 1))

    def member(self, marks: Marks) -> Member:
        """The article, fit to be compared; its vectors stay as they are when the counts go on."""
        names: Counter[str] = Counter()
        for name, count in marks.names.items():
            names[fold(name)] += count
        return Member(
            id=marks.id,
            at=marks.published_at,
            body=self._vector(marks.terms),
            lead=self._vector(marks.lead_terms),
            names=unit({name: 1 + math.log(count) for name, count in names.items()}),
            words=marks.words,
            language=marks.language,
            kind=marks.kind,
            shown={fold(name): name for name in marks.names},
        )

    def _vector(self, counts: Mapping[str, int]) -> Vector:
        weights = {term: (1 + math.log(count)) * self.rarity(term) for term, count in counts.items() if count > 0}
        return unit(weights)


def likeness(first: Member, second: Member) -> float:
    """0 to 1: how much two articles have in common, less the further apart in time."""
    if min(first.words, second.words) < SHORT_WORDS:
        alike = cosine(first.body, second.body)
    else:
        alike = (
            0.55 * cosine(first.body, second.body)
            + 0.2 * cosine(first.lead, second.lead)
            + 0.25 * cosine(first.names, second.names)
        )
    return alike * float(0.5 ** (days_apart(first.at, second.at) / HALF_WEIGHT_DAYS))


def bar(first: Member, second: Member) -> float:
    """The likeness from which on two articles are taken to tell one event."""
    shorter = min(first.words, second.words)
    return JOIN_HEADLINE if shorter < HEADLINE_WORDS else JOIN_SHORT if shorter < SHORT_WORDS else JOIN


def pair_probability(first: Member, second: Member) -> float:
    """0 to 1, .5 an even chance: that the two tell one event."""
    return 1 / (1 + math.exp(-STEEPNESS * (likeness(first, second) / bar(first, second) - 1)))


def days_apart(first: datetime | None, second: datetime | None) -> float:
    """0 where a time is missing: it must not keep two tellings apart."""
    return abs((first - second).total_seconds()) / 86_400 if first and second else 0.0


def shared(first: Member, second: Member) -> Shared:
    """The names and rare words that both have; names as `first` writes them."""
    names = [name for name in strongest(first.names, 40) if name in second.names][:NAMES_SHOWN]
    named = {word for name in names for word in name.split()}
    common = {term: weight * second.body[term] for term, weight in first.body.items() if term in second.body}
    words = [term for term in strongest(common, 12) if common[term] > 0 and term not in named][:WORDS_SHOWN]
    days = days_apart(first.at, second.at) if first.at and second.at else None
    return Shared(tuple(first.shown.get(name, name) for name in names), tuple(words), days)


def reasons(first: Member, second: Member) -> tuple[str, ...]:
    """Why the two are taken to tell one event, in words."""
    both = shared(first, second)
    said = []
    if both.names:
        said.append("both name " + ", ".join(both.names))
    if both.words:
        said.append("both use the words " + ", ".join(both.words))
    if both.days is not None:
        said.append(_apart(both.days))
    return tuple(said)


def _apart(days: float) -> str:
    if days < 2:
        hours = round(days * 24)
        return "published within an hour" if hours < 1 else f"published {hours} hour{'s' * (hours != 1)} apart"
    return f"published {round(days)} days apart"
