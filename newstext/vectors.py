"""Sparse vectors of terms, for comparing articles."""

from __future__ import annotations

import math

Vector = dict[str, float]


def unit(weights: Vector) -> Vector:
    """The same direction at length one; empty stays empty."""
    length = math.sqrt(sum([weight * weight for weight in weights.values()]))
    return {term: weight / length for term, weight in weights.items()} if length else {}


def cosine(first: Vector, second: Vector) -> float:
    """The cosine of two unit vectors."""
    if len(first) > len(second):
        first, second = second, first
    return sum([weight * second[term] for term, weight in first.items() if term in second], 0.0)


def strongest(vector: Vector, most: int) -> list[str]:
    """The heaviest terms; equal ones in the order of the alphabet."""
    return sorted(sorted(vector), key=vector.__getitem__, reverse=True)[:most]
