"""Which article is a copy of which, edits tolerated: sampled pairs of near words.

Source: Broder 1997, On the resemblance and containment of documents (the
sketch: the smallest hashes of a text's parts). The parts are pairs of words at
most NEAR apart, in order: an edit spoils fewer of them than of runs of words.
Names and numbers are kept apart from the pairs. Two days' weather, or two
match reports of one pattern, share most of their words and none of these.

The rule is named, since fingerprints of two rules cannot be compared. Those of
an earlier rule are read as empty (`newstext.marks.from_json`), so an article
read before an upgrade is found to be no copy by its marks.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

from newstext.later import later
from newstext.words import WORD, fold, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = later("numpy")  # 9 MB, of no use to a site at rest

FINGERPRINT_RULE = "pairs1024-near4-v1"
FEWEST_WORDS = 15  # a shorter text says too little to be called a copy
NEAR = 4
KEPT = {"pairs": 1024, "names": 64, "numbers": 64}  # values of each kind, the smallest; the last two bits say which
COPY_RATIO = 0.33  # share of the shorter text's pairs from which on it is a copy; set by `newstext measure copies`
SHORT_RATIO = 0.6  # what a teaser has to share: two tellings of one event in few words share much by chance
SHORT_PAIRS, LONG_PAIRS = 230, 400  # about 60 and 100 words: between them COPY_RATIO comes to be enough
BRIEF_PAIRS = 90  # about 25 words: part of a longer text is no copy of it
NAMES_TELL, NUMBERS_TELL = 8, 5  # fewer of them in a text decide nothing
FACTS_RATIO = 0.5  # names and numbers are shared at least half as much as all words, or it is another edition
MANY = 128  # values from which on arrays are faster than sets
SEARCHED = 48  # an article's smallest values look for candidates
SHARERS_MOST = 100  # a value that so many texts have tells nothing more
COMPARED = 8  # the candidates with the most values in common
LIKELY_RATIO = 0.12  # of those values in common; unrelated texts have about a tenth
FEWEST_HITS = 2
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
Hashes: TypeAlias = "NDArray[np.uint64]"


@dataclass(frozen=True, slots=True)
class _Print:
    """A fingerprint taken apart: the sorted values of each kind."""

    pairs: array[int]
    names: array[int]
    numbers: array[int]


def fingerprint(text: str) -> tuple[int, ...]:
    """The smallest hashes of the text's pairs of near words, its names and its numbers; () for a short text."""
    found = words(text)
    if len(found) < FEWEST_WORDS:
        return ()
    names, numbers = _facts(text)
    kept = (near_pairs(found), _mixed(_hashes(names)), _mixed(_hashes(numbers)))
    smallest = (
        np.unique(values & np.uint64(0xFFFFFFFC) | np.uint64(number))[:most].tolist()
        for number, (values, most) in enumerate(zip(kept, KEPT.values(), strict=True))
    )
    return tuple(chain.from_iterable(smallest))


def near_pairs(found: Sequence[str]) -> Hashes:
    """One 32-bit hash for each two words that stand at most NEAR apart, in order; of one word, its own."""
    hashes = _hashes(found)
    pairs = [_mixed(hashes[:-apart] * np.uint64(0x9E3779B97F4A7C15) + hashes[apart:]) for apart in range(1, NEAR + 1)]
    return np.concatenate(pairs) if len(found) > 1 else _mixed(hashes)


def similarity(first: Sequence[int], second: Sequence[int]) -> float:
    """The share of the shorter text that stands in the other, 0 to 1, as their fingerprints estimate it.

    0 where the words are shared but not the names or the numbers. From COPY_RATIO on one is a copy.
    """
    if not first or not second:
        return 0.0
    return _copied(_apart(first), _apart(second))


def resemblance(first: Sequence[int], second: Sequence[int]) -> float:
    """The share of all word pairs of two texts that both have, 0 to 1: 1 only where neither has more."""
    if not first or not second:
        return 0.0
    one, other = _apart(first).pairs, _apart(second).pairs
    common, shorter, longer = _common(one, other, KEPT["pairs"])
    return common / (shorter + longer - common) if shorter else 0.0


class CopyIndex:
    """Finds texts with much in common among many, by the smallest values of their fingerprints."""

    def __init__(self) -> None:
        self._sharers: dict[int, str | list[str]] = {}  # most values have one: a list for each would be half of it all
        self._prints: dict[str, _Print] = {}
        self._last: tuple[Sequence[int], _Print] = ((), _Print(array("I"), array("I"), array("I")))

    def add(self, key: str, values: tuple[int, ...]) -> None:
        if not values:
            return
        self.remove(key)
        self._prints[key] = parts = self._parts(values)
        for value in parts.pairs[:SEARCHED]:
            sharers = self._sharers.setdefault(value, key)
            if isinstance(sharers, list):
                if len(sharers) < SHARERS_MOST:
                    sharers.append(key)
            elif sharers is not key:
                self._sharers[value] = [sharers, key]

    def remove(self, key: str) -> None:
        parts = self._prints.pop(key, None)
        for value in parts.pairs[:SEARCHED] if parts else ():
            sharers = self._sharers.get(value, "")
            if isinstance(sharers, list) and key in sharers:
                sharers.remove(key)
            if sharers in (key, []):
                self._sharers.pop(value, None)

    def find(self, values: tuple[int, ...]) -> list[tuple[str, float]]:
        """Known texts of which this is a copy, or the other way round, the nearest first."""
        if not values:
            return []
        parts = self._parts(values)
        found = [self._sharers[value] for value in parts.pairs[:SEARCHED] if value in self._sharers]
        if not found:
            return []
        hits = Counter(chain.from_iterable([each] if isinstance(each, str) else each for each in found))
        near = [
            key
            for key, count in hits.most_common(COMPARED)
            if count >= max(FEWEST_HITS, LIKELY_RATIO * _searched_in_both(parts.pairs, self._prints[key].pairs))
        ]
        shares = [(key, _copied(parts, self._prints[key])) for key in near]
        return sorted((pair for pair in shares if pair[1] >= COPY_RATIO), key=lambda pair: (-pair[1], pair[0]))

    def _parts(self, values: Sequence[int]) -> _Print:
        """A fingerprint taken apart; the last one is kept, since a text is looked for and then added."""
        if self._last[0] is not values:
            self._last = (values, _apart(values))
        return self._last[1]


def _facts(text: str) -> tuple[set[str], set[str]]:
    """(words that the text writes with a capital alone, its numbers)."""
    found = WORD.findall(text)
    small = {word for word in found if word[0].islower()}
    names = {fold(word) for word in found if word[0].isupper() and word.lower() not in small and len(word) > 1}
    return names, set(NUMBER.findall(text))


def _hashes(found: Iterable[str]) -> Hashes:
    return np.array([crc32(word.encode("utf-8", "surrogatepass")) for word in found], dtype=np.uint64)


def _mixed(values: Hashes) -> Hashes:
    """32 bits that look like chance (Steele and others 2014, SplitMix)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (values ^ (values >> np.uint64(31))) >> np.uint64(32)


def _apart(values: Sequence[int]) -> _Print:
    kept = array("I", values)
    ends = [_first_of(kept, kind) for kind in range(1, len(KEPT))]
    return _Print(kept[: ends[0]], kept[ends[0] : ends[1]], kept[ends[1] :])


def _first_of(values: array[int], kind: int) -> int:
    """Where the values of that kind begin: the kinds stand one after the other."""
    return bisect_left(values, kind, key=lambda value: value & 3)


def smallest(values: Sequence[int]) -> list[int]:
    """The smallest pairs of a fingerprint, by which candidates are looked for."""
    return _apart(values).pairs[:SEARCHED].tolist()


def _copied(first: _Print, second: _Print) -> float:
    """The share of the shorter in the other, 0 if that makes no copy."""
    common, shorter, longer = _common(first.pairs, second.pairs, KEPT["pairs"])
    share = common / shorter if shorter else 0.0
    if share < COPY_RATIO:
        return share
    length = min(len(first.pairs), len(second.pairs))
    whole = shorter + longer - common if length < BRIEF_PAIRS else shorter
    if common / whole < _needed(length):
        return 0.0
    for mine, theirs, kind, fewest in (
        (first.names, second.names, "names", NAMES_TELL),
        (first.numbers, second.numbers, "numbers", NUMBERS_TELL),
    ):
        shared, fewer, _ = _common(mine, theirs, KEPT[kind])
        if min(len(mine), len(theirs)) >= fewest and fewer and shared / fewer < FACTS_RATIO * share:
            return 0.0
    return share


def _needed(length: int) -> float:
    """What a text of so many pairs has to have in common with another to be a copy."""
    shortness = min(1.0, max(0.0, (LONG_PAIRS - length) / (LONG_PAIRS - SHORT_PAIRS)))
    return COPY_RATIO + (SHORT_RATIO - COPY_RATIO) * shortness


def _common(first: array[int], second: array[int], most: int) -> tuple[int, int, int]:
    """(values in common, those of the text with fewer, of that with more)."""
    mine, theirs = _comparable(first, second, most)
    return _in_both(first, second), min(mine, theirs), max(mine, theirs)


def _in_both(first: array[int], second: array[int]) -> int:
    """How many values two sorted arrays have in common."""
    if min(len(first), len(second)) < MANY:
        return len(frozenset(first).intersection(second))
    one, other = np.asarray(first), np.asarray(second)
    return int(np.count_nonzero(one.take(one.searchsorted(other), mode="clip") == other))


def _searched_in_both(first: array[int], second: array[int]) -> int:
    """Of the smallest values by which candidates are looked for, how many both could have in common."""
    limits = [values[SEARCHED - 1] for values in (first, second) if len(values) >= SEARCHED]
    limit = min(limits, default=max(first[-1], second[-1]))
    return min(bisect_right(values, limit, hi=min(SEARCHED, len(values))) for values in (first, second))


def _comparable(first: array[int], second: array[int], most: int) -> tuple[int, int]:
    """How many values of each are as small as both keep all of; what they have in common is so."""
    limits = [values[-1] for values in (first, second) if len(values) >= most]
    if not limits:
        return len(first), len(second)
    limit = min(limits)
    return bisect_right(first, limit), bisect_right(second, limit)
