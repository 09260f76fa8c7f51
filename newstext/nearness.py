"""How near articles are to each other: their words, and those of the articles nearest to each.

A teaser of twenty words shares few of them with another telling of the same
course of events; together with its nearest articles it shares many. So each
article is compared with the words of its NEIGHBOURS added to its own (document
expansion: Singhal and Pereira 1999, Document expansion for speech retrieval).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from newstext.later import later
from newstext.records import Marks
from newstext.stems import stem
from newstext.words import content_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = later("numpy")  # 9 MB, of no use to a site at rest

NEIGHBOURS = 5
LENDS_FROM = 0.1  # the cosine from which on an article lends its words to another,
LENDS_TIMES = 2.0  # the more, the further above it
LENDERS_KEPT = 40  # so that some are left when the later ones are looked away from
COMMON_SHARE = 0.15  # a stem that so large a part of the articles has tells nothing, if they are not a few
COMMON_LEAST = 100
POSTINGS_READ = 20_000  # so many places are looked at for one article, rare stems first
Places: TypeAlias = "NDArray[np.int64]"
Weights: TypeAlias = "NDArray[np.float64]"
Vector = tuple[Places, Weights]


@dataclass(frozen=True, slots=True)
class Rarity:
    """In how many of how many articles each stem stands."""

    counts: Mapping[str, int]
    documents: int

    @classmethod
    def of(cls, many: Iterable[Marks]) -> Rarity:
        """Counted in these articles."""
        counts: Counter[str] = Counter()
        documents = 0
        for marks in many:
            counts.update(stems_of(marks).keys())
            documents += 1
        return cls(counts, documents)

    def weight(self, term: str) -> float:
        """1 for a stem that all have, more for a rarer one; 0 for one too common to tell anything."""
        count = self.counts.get(term, 0)
        if count > max(COMMON_LEAST, COMMON_SHARE * self.documents):
            return 0.0
        return math.log((1 + self.documents) / (1 + count)) + 1


def stems_of(marks: Marks) -> dict[str, int]:
    """How often each stem stands in the article: title and lead count once more than the rest."""
    counts: Counter[str] = Counter()
    for terms in (marks.terms, marks.lead_terms):
        for word, count in terms.items():
            counts[stem(word, marks.language)] += count
    counts.update(stem(word, marks.language) for word in content_words(marks.title, marks.language))
    return counts


class Nearness:
    """Compares articles that were added in one order; each is known by its place in it."""

    def __init__(self, many: Sequence[Marks], rarity: Rarity | None = None) -> None:
        """rarity: of the articles themselves if none is given."""
        stems = [stems_of(marks) for marks in many]
        self._rarity = rarity or _rarity_of(stems)
        self._numbers: dict[str, int] = {}
        self._plain = [self._vector(counts) for counts in stems]
        self._postings = self._read_postings()
        self._buffer = np.zeros(len(self._numbers))
        self._lenders: dict[int, tuple[Places, Weights]] = {}
        self._expanded: dict[int, tuple[tuple[int, ...], Vector]] = {}

    def candidates(self, place: int, most: int, *, earlier_only: bool = False) -> Places:
        """The articles that share most with this one, at most so many, itself left out."""
        found, scores = self._search(self._seen(place, place if earlier_only else None), place)
        if earlier_only:
            found, scores = found[found < place], scores[found < place]
        return found[np.argsort(-scores, kind="stable")[:most]]

    def likeness(self, place: int, others: Places, *, earlier_only: bool = False) -> Weights:
        """How near each of the others is, 0 to 1. earlier_only: as it was seen before anything later came."""
        until = place if earlier_only else None
        mine = self._seen(place, until)
        self._buffer[mine[0]] = mine[1]
        vectors = [self._seen(other, until) for other in others.tolist()]
        found = np.array([self._buffer[numbers] @ weights for numbers, weights in vectors])
        self._buffer[mine[0]] = 0
        return found

    def likeness_apart(self, place: int, other: int, *, earlier_only: bool = False) -> float:
        """How near two are when neither lends its words to the other: what the rest of the articles say of them."""
        until = place if earlier_only else None
        mine, theirs = self._seen(place, until, without=other), self._seen(other, until, without=place)
        _, here, there = np.intersect1d(mine[0], theirs[0], assume_unique=True, return_indices=True)
        return float(mine[1][here] @ theirs[1][there])

    def weight(self, term: str) -> float:
        """How much a stem tells."""
        return self._rarity.weight(term)

    def _vector(self, counts: Mapping[str, int]) -> Vector:
        weights = {term: math.log1p(count) * self._rarity.weight(term) for term, count in counts.items()}
        weights = {term: weight for term, weight in weights.items() if weight}
        numbers = [self._numbers.setdefault(term, len(self._numbers)) for term in weights]
        return np.array(numbers, dtype=np.int64), _unit(np.array(list(weights.values()), dtype=np.float64))

    def _read_postings(self) -> list[tuple[Places, Weights]]:
        places: list[list[int]] = [[] for _ in self._numbers]
        weights: list[list[float]] = [[] for _ in self._numbers]
        for place, (numbers, values) in enumerate(self._plain):
            for number, value in zip(numbers.tolist(), values.tolist(), strict=True):
                places[number].append(place)
                weights[number].append(value)
        return [(np.array(one, dtype=np.int64), np.array(two)) for one, two in zip(places, weights, strict=True)]

    def _search(self, vector: Vector, without: int) -> tuple[Places, Weights]:
        """Articles that share the rarest stems of a vector, and the cosines as far as those say."""
        numbered = zip(vector[0].tolist(), vector[1].tolist(), strict=True)
        shared = sorted((len(self._postings[number][0]), number, weight) for number, weight in numbered)
        read, places, weights = 0, [], []
        for length, number, weight in shared:
            if read and read + length > POSTINGS_READ:
                break
            read += length
            places.append(self._postings[number][0])
            weights.append(self._postings[number][1] * weight)
        if not places:
            return np.empty(0, dtype=np.int64), np.empty(0)
        found, which = np.unique(np.concatenate(places), return_inverse=True)
        scores = np.bincount(which, np.concatenate(weights))
        others = found != without
        return found[others], scores[others]

    def _seen(self, place: int, until: int | None, *, without: int = -1) -> Vector:
        """An article's words and its neighbours', those up to the place `until` alone if it is given."""
        others, scores = self._lenders_of(place)
        kept = others != without
        others, scores = others[kept], scores[kept]
        if until is not None:
            others, scores = others[others <= until], scores[others <= until]
        others, scores = others[:NEIGHBOURS], scores[:NEIGHBOURS]
        key = tuple(others.tolist())
        held = self._expanded.get(place)
        if held is None or held[0] != key:
            held = self._expanded[place] = (key, self._with_words_of(place, others, scores))
        return held[1]

    def _lenders_of(self, place: int) -> tuple[Places, Weights]:
        """The articles near enough to lend their words to this one, the nearest first, and how much they lend."""
        if place not in self._lenders:
            found, scores = self._search(self._plain[place], place)
            found, scores = found[scores > LENDS_FROM], scores[scores > LENDS_FROM]
            order = np.argsort(-scores, kind="stable")[:LENDERS_KEPT]
            self._lenders[place] = found[order], LENDS_TIMES * (scores[order] - LENDS_FROM)
        return self._lenders[place]

    def _with_words_of(self, place: int, others: Places, shares: Weights) -> Vector:
        vectors = [self._plain[place], *(self._plain[other] for other in others.tolist())]
        numbers, which = np.unique(np.concatenate([one for one, _ in vectors]), return_inverse=True)
        parts = [values * share for (_, values), share in zip(vectors, (1.0, *shares), strict=True)]
        return numbers, _unit(np.bincount(which, np.concatenate(parts), len(numbers)).astype(np.float64))


def _rarity_of(stems: Sequence[Mapping[str, int]]) -> Rarity:
    return Rarity(Counter(term for counts in stems for term in counts), len(stems))


def _unit(weights: Weights) -> Weights:
    length = float(np.linalg.norm(weights))
    return weights / length if length else weights
