"""Which article is a copy of which: MinHash over runs of words.

Source: Broder 1997, On the resemblance and containment of documents. The rule
is named, since fingerprints of two rules cannot be compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rensa import RMinHash

from newstext.words import words

FINGERPRINT_RULE = "minhash128-3words-v1"
VALUES = 128
RUN_WORDS = 3
FEWEST_WORDS = 25  # a shorter text says too little to be called a copy
BAND_VALUES = 4  # 32 bands of 4: finds pairs from about a third in common
COPY_RATIO = 0.55  # share of runs in common from which on a text is a copy
BAND_MEMBERS = 400  # a band value that so many share tells nothing


def fingerprint(text: str) -> tuple[int, ...]:
    """VALUES MinHash values of the text's three-word runs; () for a short text."""
    found = words(text)
    if len(found) < FEWEST_WORDS:
        return ()
    runs = [" ".join(found[i : i + RUN_WORDS]) for i in range(len(found) - RUN_WORDS + 1)]
    sketch = RMinHash(num_perm=VALUES, seed=42)
    sketch.update(runs)
    return tuple(sketch.digest())


def similarity(first: Sequence[int], second: Sequence[int]) -> float:
    """The share of runs that two texts have in common, 0 to 1, as their fingerprints estimate it."""
    if not first or not second:
        return 0.0
    if len(first) != len(second):
        raise ValueError(f"fingerprints of {len(first)} and {len(second)} values: made by different rules")
    return sum(a == b for a, b in zip(first, second, strict=True)) / len(first)


class CopyIndex:
    """Finds texts with much in common among many, by bands of fingerprint values."""

    def __init__(self) -> None:
        self._bands: dict[tuple[int, ...], list[str]] = defaultdict(list)
        self._prints: dict[str, tuple[int, ...]] = {}

    def add(self, key: str, values: tuple[int, ...]) -> None:
        if not values:
            return
        self._prints[key] = values
        for band in _bands(values):
            members = self._bands[band]
            if len(members) < BAND_MEMBERS:
                members.append(key)

    def remove(self, key: str) -> None:
        values = self._prints.pop(key, ())
        for band in _bands(values):
            members = self._bands.get(band, [])
            if key in members:
                members.remove(key)
            if not members:
                self._bands.pop(band, None)

    def find(self, values: tuple[int, ...]) -> list[tuple[str, float]]:
        """Known texts with COPY_RATIO or more in common, the nearest first."""
        candidates = {key for band in _bands(values) for key in self._bands.get(band, ())}
        pairs = [(key, similarity(values, self._prints[key])) for key in candidates]
        return sorted(
            ((key, share) for key, share in pairs if share >= COPY_RATIO), key=lambda pair: (-pair[1], pair[0])
        )


def _bands(values: tuple[int, ...]) -> list[tuple[int, ...]]:
    return [(start, *values[start : start + BAND_VALUES]) for start in range(0, len(values), BAND_VALUES)]
