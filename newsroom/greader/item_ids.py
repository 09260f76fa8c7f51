"""How apps name a story: by its number, or in the long form with sixteen digits of base 16."""

from __future__ import annotations

from newsroom.readers.asked_numbers import LONGEST, row_number

LONG = "tag:google.com,2005:reader/item/"
DIGITS = 16
HEX = frozenset("0123456789abcdefABCDEF")


def long_id(story: int) -> str:
    """The id as items and Atom entries bear it."""
    return f"{LONG}{story:016x}"


def story_number(said: str) -> int | None:
    """The story's number by either form, None where it is neither.

    Sixteen digits without the prefix are base 16 too, as some apps send them.
    """
    said = said.strip()
    bare = said.removeprefix(LONG)
    if bare != said or len(bare) == DIGITS:
        return _positive(int(bare, 16)) if 0 < len(bare) <= DIGITS and HEX.issuperset(bare) else None
    return _positive(row_number(bare) or 0)


def _positive(number: int) -> int | None:
    return number if 0 < number < 10**LONGEST else None
