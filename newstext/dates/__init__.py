"""The dates a text names, resolved against the day it was published.

Rules over word lists (wordlists/dates, one file a language); for other
languages the months and days that CLDR knows; dates in figures in any. A text's
words are looked up once, and rules are tried only around those that may be
part of a date. A weekday is the last one unless the clause speaks of what is to
come; a month without a year is the nearest one; "a year earlier" and "the same
day" go by the date that the text named last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from itertools import accumulate

from newstext.dates import joining, numeric
from newstext.dates.joining import Found
from newstext.dates.language import TOKEN, Language, language_of
from newstext.dates.scene import Scene
from newstext.dates.values import DAY_CHARS, precision_of
from newstext.records import DateMention

__all__ = ["find", "is_doubtful", "is_no_event", "opens_state", "precision_of", "speaks_ahead"]

ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
HAS_ARABIC_DIGITS = re.compile("[٠-٩۰-۹]")
MOST_LEADING_WORDS = 7  # "the end of the third quarter of" a year
GAP_CHARS = 3
TITLE_CHARS = 40
CLOSING = frozenset('”"’»')
TITLE = re.compile(r"[“\"‘«](?:[A-Z][\w’']*\s+){0,4}\Z")
SINCE_CHARS = 24
DAYS_A_WEEK = 7


def find(text: str, *, published_at: datetime | None, language: str) -> tuple[DateMention, ...]:
    """The dates in order of place; where two overlap, the longer.

    Relative dates need `published_at`; without it only dates with a year are
    found. "Now", "recently" and "soon" have TimeML's values PRESENT_REF,
    PAST_REF and FUTURE_REF. Lengths of time ("for three years") are no dates.
    """
    near = published_at.date() if published_at else None
    digits = text.translate(ARABIC_DIGITS) if not text.isascii() and HAS_ARABIC_DIGITS.search(text) else text
    words = language_of(language)
    found: list[Found] = []
    if words:
        found += _by_words(digits, words, Scene(digits, words, near))
    found += numeric.find(digits, near, day_first=language != "en")
    kept = joining.join(digits, [one for one in _longest(found) if not _is_in_a_title(digits, one)])
    return tuple(DateMention(start, end, text[start:end], value) for start, end, value in kept)


def opens_state(text: str, start: int, end: int, language: str) -> bool:
    """True if "since" stands before the date that lies there: what began then still lasts."""
    words = language_of(language)
    if words is None:
        return False
    is_after = bool(words.table.get("since_after")) and words.since_after.match(text, end)
    return bool(is_after or words.since.search(text, max(0, start - SINCE_CHARS), start))


def is_doubtful(text: str, mention: DateMention, published_at: datetime | None, language: str) -> bool:
    """True of a date that may well be no date of what its sentence tells.

    "The 1970 act" and "a November election" say which; "by the end of the year"
    may be to come; a weekday six days back may be tomorrow's.
    """
    words = language_of(language)
    if published_at is None or words is None or (said := precision_of(mention.value)) == "":
        return False
    near = published_at.date()
    if said == "day":
        days_back = (near - date.fromisoformat(mention.value[:DAY_CHARS])).days
        return days_back == DAYS_A_WEEK - 1 and not words.says_last(mention.text)
    if near.isoformat().startswith(mention.value) and not opens_state(text, mention.start, mention.end, language):
        return True
    return bool(words.attribute and words.attribute.search(text, max(0, mention.start - SINCE_CHARS), mention.start))


def speaks_ahead(sentence: str, language: str) -> bool:
    """True if a sentence has a word of what is to come: "will", "is due"."""
    words = language_of(language)
    return words is not None and bool(words.future.search(sentence))


def is_no_event(before: str, language: str) -> bool:
    """True if a sentence has said before its date that what it tells may come, or comes again and again."""
    words = language_of(language)
    return words is not None and bool(words.no_event.search(before))


def _longest(found: list[Found]) -> Iterator[Found]:
    last_end = -1
    for start, end, value in sorted(found, key=lambda item: (item[0], -item[1])):
        if start >= last_end:
            yield start, end, value
            last_end = end


def _is_in_a_title(text: str, found: Found) -> bool:
    """ "Today" and "Fox News Sunday" in quotation marks: the name of a programme."""
    start, end, _ = found
    return (
        text[end : end + 2].lstrip(",")[:1] in CLOSING
        and text[start : start + 1].isupper()
        and bool(TITLE.search(text, max(0, start - TITLE_CHARS), start))
    )


def _by_words(text: str, words: Language, scene: Scene) -> Iterator[Found]:
    """What the language's rules find, in order of place."""
    done = -1
    parts = TOKEN.split(_lowered(text))
    ends = list(accumulate(map(len, parts)))
    for place, skipped, kind in words.date_words(parts):
        start = ends[place - 1] + skipped
        if start < done:
            continue
        starts = [start]
        for back in range(place - 2, max(0, place - 2 - 2 * MOST_LEADING_WORDS), -2):
            gap = parts[back + 1]
            if ends[back - 1] < done or len(gap) > GAP_CHARS or not words.leads(parts[back]) or "\n\n" in gap:
                break
            starts.append(ends[back - 1])
        if hit := _first(text, starts, ends[place], kind, words, scene):
            yield hit
            done = hit[1]


def _lowered(text: str) -> str:
    """In small letters, each letter still one: the small form of a Turkish İ has two."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(sign.lower()[:1] for sign in text)


def _first(text: str, starts: list[int], over: int, kind: str, words: Language, scene: Scene) -> Found | None:
    """What the rule finds that matches from the earliest start and takes the date word in."""
    for start in reversed(starts):
        for pattern, resolve in words.rules[kind]:
            match = pattern.match(text, start)
            if match is None or match.end() < over:
                continue
            value = resolve(scene, match)
            if value is None:
                return None
            if value:
                scene.spoke_of(value, match.end())
                return start, match.end(), value
    return None
