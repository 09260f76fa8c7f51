"""Numbers as addresses, forms and apps give them, and nothing that a database could not hold."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST = 18  # digits; databases hold no longer ones
LONGEST_PAGE = 5


def row_number(said: str) -> int | None:
    """The number of a row; None for what is none."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= LONGEST else None


def row_numbers(said: Iterable[str]) -> list[int]:
    """Those of them that are numbers of rows."""
    return [number for one in said if (number := row_number(one)) is not None]


def page_number(said: str, *, most: int) -> int:
    """Which page of a list is asked for, `most` at the most; the first where none is said that a list could have."""
    return min((row_number(said) if len(said) <= LONGEST_PAGE else 0) or 1, most)
