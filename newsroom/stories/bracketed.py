"""Days that notes add to a sentence in [brackets], as its readers write them."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_interval, format_skeleton

ADDED = re.compile(r"\[(\d{4}-\d\d(?:-\d\d(?:/(?:\d\d-)?\d\d)?)?)\]")
MONTH_CHARS = len("2026-11")


def with_dates_in_words(shown: str, text: str, language: str) -> str:
    """The sentence as shown with [2026-11-18] as [18 Nov 2026], in the sentence's own language.

    text: the sentence itself; a bracket that the publisher wrote stays as it is.
    """
    if "[" not in shown:
        return shown
    return ADDED.sub(lambda found: found[0] if found[0] in text else f"[{in_words(found[1], language)}]", shown)


@lru_cache(maxsize=4096)
def in_words(value: str, language: str) -> str:
    """2026-11-18, 2026-11 or 2026-11-16/22 in words; the value itself if it is none."""
    locale = _locale(language)
    first, _, ending = value.partition("/")
    try:
        if len(value) == MONTH_CHARS:
            return format_skeleton("yMMM", date.fromisoformat(f"{value}-01"), locale=locale)
        begins = date.fromisoformat(first)
        if not ending:
            return format_skeleton("yMMMd", begins, locale=locale)
        ends = date.fromisoformat(first[: -len(ending)] + ending)
        if ends < begins:  # from December to January
            ends = ends.replace(year=ends.year + 1)
        return format_interval(begins, ends, "yMMMd", locale=locale)
    except ValueError:
        return value


def _locale(language: str) -> Locale:
    """English as the site itself writes it, day before month, and for a language without a locale."""
    try:
        return Locale.parse("en-GB" if language in ("en", "", "und") else language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")
