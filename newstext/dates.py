"""The dates a text names, resolved against the day it was published.

Rules over word lists (wordlists/dates, one file a language); for other
languages the months and days that CLDR knows; numeric dates in any. A weekday
is the last one unless the clause speaks of what is to come; a month without a
year is the nearest one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError

from newstext.records import DateMention
from newstext.words import read_list

Resolve = Callable[[re.Match[str], date | None, bool], str]
YEAR = r"(?:1[5-9]\d\d|20\d\d)"
FUTURE_BACK = 80  # characters of the clause that are looked through for "will"
FUTURE_WEIGHT = 1.6  # a month ahead must be this much nearer than one behind
ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
ISO = re.compile(r"\b((?:19|20)\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?:T(\d\d:\d\d(?::\d\d)?))?(?!\d)")
DOTTED = re.compile(r"(?<![\d.])(0?[1-9]|[12]\d|3[01])[./](0?[1-9]|1[0-2])[./]((?:19|20)\d\d)(?![\d])")
EAST_ASIAN = re.compile(
    r"(?:(?P<year>(?:19|20)\d\d)\s?[年년]\s?)?(?<!\d)(?P<month>0?[1-9]|1[0-2])\s?[月월]\s?(?P<day>0?[1-9]|[12]\d|3[01])\s?[日일号號]"
)
OF = {"pt": ["de"], "ca": ["de", "d’"]}
BARE_YEAR = re.compile(rf"(?<![\d.,$€£#/\-])({YEAR})(?:[’']?s)?(?![\d%]|[.,]\d|-\d|/\d)")


@dataclass(frozen=True, slots=True)
class Rule:
    pattern: re.Pattern[str]
    resolve: Resolve


def find(text: str, *, published_at: datetime | None, language: str) -> tuple[DateMention, ...]:
    """The dates in order of place; where two overlap, the longer.

    Relative dates need `published_at`; without it only dates with a year are found.
    """
    day = published_at.date() if published_at else None
    digits = text.translate(ARABIC_DIGITS)
    words = _words(language)
    found: list[tuple[int, int, str]] = []
    for rule in (*_rules(language), *NUMERIC):
        for match in rule.pattern.finditer(digits):
            is_ahead = bool(words) and _speaks_ahead(digits, match.start(), words)
            if value := rule.resolve(match, day, is_ahead):
                found.append((match.start(), match.end(), value))
    return tuple(DateMention(start, end, text[start:end], value) for start, end, value in _longest(found))


def _longest(found: list[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    last_end = -1
    for start, end, value in sorted(found, key=lambda item: (item[0], -item[1])):
        if start >= last_end:
            yield start, end, value
            last_end = end


def _speaks_ahead(text: str, place: int, words: dict[str, Any]) -> bool:
    """Is the nearest verb before that place one of what is to come, and not "said"?"""
    clause = re.split(r"[.;!?\n]\s", text[max(0, place - FUTURE_BACK) : place])[-1]
    return _last(words.get("future", []), clause) > _last(words.get("past", []), clause)


def _last(words: list[str], clause: str) -> int:
    found = -1
    for match in re.finditer(rf"(?<!\w)(?:{_any(words)})(?!\w)", clause):
        found = match.start()
    return found


@cache
def _words(language: str) -> dict[str, Any]:
    if not language.isalpha():
        return {}
    return read_list(f"dates/{language}") or _months_and_days(language)


def _months_and_days(language: str) -> dict[str, Any]:
    """What CLDR knows of a language without a list: its months and weekdays."""
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return {}
    months = [_forms(locale.months, number) for number in range(1, 13)]
    if any(name[:1].isdigit() for names in months for name in names):
        return {}  # written with figures: NUMERIC reads them
    return {
        "months": months,
        "weekdays": [_forms(locale.days, number) for number in range(7)],
        "days": {},
        "units": {},
        "of": OF.get(language, []),
    }


def _forms(table: Any, number: int) -> list[str]:
    """A month's or weekday's name in a date. Other widths babel may take from a language read before."""
    return [str(table["format"]["wide"][number])]


def _any(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or r"(?!)"


def _names(group: str, names: list[list[str]]) -> str:
    """A pattern for month or weekday names; a stop belongs to it where the sentence goes on."""
    either = _any([name for same in names for name in same])
    return rf"(?P<{group}>{either})\b(?:\.(?=\s*[\da-z,]))?"


def month_span(year: int, month: int) -> str:
    return f"{year:04d}-{month:02d}"


def _resolved_day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _nearest_year(month: int, day: int, near: date, is_ahead: bool) -> int:
    """The year in which that day of the year lies nearest, the past preferred."""

    def distance(year: int) -> float:
        away = (date(year, month, min(day, 28)) - near).days
        return away * (1.0 if is_ahead else FUTURE_WEIGHT) if away > 0 else -away * (FUTURE_WEIGHT if is_ahead else 1.0)

    return min((near.year - 1, near.year, near.year + 1), key=distance)


class _Table:
    """The rules of one language, built from its words."""

    def __init__(self, words: dict[str, Any]) -> None:
        self.words = words
        flags = re.UNICODE | (0 if words.get("is_cased") else re.IGNORECASE)
        self.flags = flags
        self.month_numbers = {name.lower(): i for i, names in enumerate(words["months"], 1) for name in names}
        self.weekday_numbers = {name.lower(): i for i, names in enumerate(words["weekdays"]) for name in names}
        self.unit_names = {name.lower(): unit for unit, names in words["units"].items() for name in names}
        self.numbers = {name.lower(): value for name, value in words.get("numbers", {}).items()}
        self.month = _names("month", words["months"])
        self.weekday = _names("weekday", words["weekdays"])
        self.unit = rf"(?P<unit>{_any(list(self.unit_names) + [n for ns in words['units'].values() for n in ns])})"
        self.number = rf"(?P<number>\d{{1,3}}|{_any(list(words.get('numbers', {})))})"
        self.part = rf"(?:\s+(?:{_any(words.get('parts_of_day', []))})\b)?" if words.get("parts_of_day") else ""
        self.which = (
            rf"(?:(?P<last>{self._either('last')})|(?P<next>{self._either('next')})|(?P<this>{self._either('this')}))"
        )
        self.which_after = rf"(?:(?P<last>{self._either('last_after')})|(?P<next>{self._either('next_after')}))"

    def _either(self, key: str) -> str:
        """The words of a list, and their capitalised forms, as one sentence may open with them."""
        listed = self.words.get(key, [])
        return _any([*listed, *(word[:1].upper() + word[1:] for word in listed)])

    def rules(self) -> Iterator[Rule]:
        of = rf"(?:(?:{_any(self.words.get('of', []))})\s+)?"
        day = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|\.)?"
        year = rf"(?P<year>{YEAR})"
        lead = rf"(?:(?:{self._either('before')})[\s-]+)?" if self.words.get("before") else ""
        yield self._rule(rf"\b{self.month}\s+{day},?\s+{year}\b", self._month)
        yield self._rule(rf"(?<!\d){day}\s+{of}{self.month},?\s+{of}{year}\b", self._month)
        if self.words.get("months_first"):
            yield self._rule(rf"\b{self.month}\s+{day}\b(?![\d,]\d)", self._month)
        yield self._rule(rf"(?<![\d.]){day}\s+{of}{self.month}(?!\w)", self._month)
        yield self._rule(rf"\b{lead}{self.month},?\s+{of}{year}\b", self._month)
        yield self._rule(rf"\b{lead}(?:{self.which}\s+)?{self.month}(?![\w’'])", self._month)
        yield self._rule(rf"\b{lead}(?:{self.which}\s+)?{self.weekday}(?!\w){self.part}", self._weekday)
        yield self._rule(rf"(?<!\w){self.weekday}\s+{self.which_after}(?!\w)", self._weekday)
        yield self._rule(rf"(?<!\w)(?P<near>{self._either('days')})(?!\w){self.part}", self._near_day)
        yield self._rule(rf"(?<!\w){lead}{self.which}\s+{self.unit}(?!\w)", self._unit)
        yield self._rule(rf"(?<!\w){self.unit}\s+{self.which_after}(?!\w)", self._unit)
        yield from self._ago()
        if self.words.get("quarter"):
            yield from self._quarters(year)

    def _ago(self) -> Iterator[Rule]:
        if after := self.words.get("ago"):
            yield self._rule(rf"\b{self.number}[\s-]+{self.unit}\s+(?:{_any(after)})\b", self._back)
        if before := self.words.get("ago_first"):
            yield self._rule(rf"(?<!\w)(?:{_any(before)})\s+{self.number}\s+{self.unit}(?!\w)", self._back)

    def _quarters(self, year: str) -> Iterator[Rule]:
        nth = rf"(?P<nth>{self._either('ordinal_words')})"
        word = _any(self.words["quarter"])
        yield self._rule(rf"\b(?:the\s+)?{nth}[\s-]+(?:{word})(?:\s+(?:of\s+)?{year})?\b", self._quarter)

    def _rule(self, pattern: str, resolve: Resolve) -> Rule:
        return Rule(re.compile(pattern, self.flags), resolve)

    def _month(self, match: re.Match[str], near: date | None, is_ahead: bool) -> str:
        found = match.groupdict()
        month = self.month_numbers[found["month"].lower()]
        day = int(found.get("day") or 0)
        if day > 31:
            return ""
        if found.get("year"):
            year = int(found["year"])
        elif near is None:
            return ""
        else:
            year = self._year_of(month, day, near, found, is_ahead)
        return _resolved_day(year, month, day) if day else month_span(year, month)

    def _year_of(self, month: int, day: int, near: date, found: dict[str, Any], is_ahead: bool) -> int:
        if found.get("last"):
            return near.year if month < near.month else near.year - 1
        if found.get("next"):
            return near.year if month > near.month else near.year + 1
        return near.year if found.get("this") else _nearest_year(month, day or 15, near, is_ahead)

    def _weekday(self, match: re.Match[str], near: date | None, is_ahead: bool) -> str:
        if near is None:
            return ""
        found = match.groupdict()
        back = (near.weekday() - self.weekday_numbers[found["weekday"].lower()]) % 7
        if is_ahead and not back and not found.get("next") and not found.get("last"):
            return near.isoformat()  # it will happen on Thursday, says a Thursday's paper: today
        if found.get("next") or (is_ahead and not found.get("last")):
            return (near + timedelta(days=(7 - back) or 7)).isoformat()
        if found.get("last"):
            return (near - timedelta(days=back or 7)).isoformat()
        return (near - timedelta(days=back)).isoformat()

    def _near_day(self, match: re.Match[str], near: date | None, is_ahead: bool) -> str:
        away = self.words["days"].get(match["near"], self.words["days"].get(match["near"].lower()))
        return (near + timedelta(days=away)).isoformat() if near and away is not None else ""

    def _unit(self, match: re.Match[str], near: date | None, is_ahead: bool) -> str:
        if near is None:
            return ""
        found = match.groupdict()
        step = -1 if found.get("last") else 1 if found.get("next") else 0
        return _step(near, self.unit_names[found["unit"].lower()], step)

    def _back(self, match: re.Match[str], near: date | None, is_ahead: bool) -> str:
        if near is None:
            return ""
        said = match["number"].lower()
        count = int(said) if said.isdigit() else self.numbers[said]
        return _step(near, self.unit_names[match["unit"].lower()], -count)

    def _quarter(self, match: re.Match[str], near: date | None, is_ahead: bool) -> str:
        number = self.words["ordinal_words"][match["nth"].lower()]
        if match["year"]:
            return f"{match['year']}-Q{number}"
        if near is None:
            return ""
        current = (near.month - 1) // 3 + 1
        return f"{near.year if number <= current or is_ahead else near.year - 1}-Q{number}"


def _step(near: date, unit: str, count: int) -> str:
    """`count` units from that day, at the unit's own precision."""
    if unit == "day":
        return (near + timedelta(days=count)).isoformat()
    if unit in ("week", "weekend"):
        year, week, _ = (near + timedelta(weeks=count)).isocalendar()
        return f"{year}-W{week:02d}" + ("-WE" if unit == "weekend" else "")
    if unit == "month":
        months = near.year * 12 + near.month - 1 + count
        return month_span(months // 12, months % 12 + 1)
    if unit == "quarter":
        quarters = near.year * 4 + (near.month - 1) // 3 + count
        return f"{quarters // 4}-Q{quarters % 4 + 1}"
    if unit == "decade" and count == 0:
        return str(near.year)[:3]
    return str(near.year + count * (10 if unit == "decade" else 1))


@cache
def _rules(language: str) -> tuple[Rule, ...]:
    words = _words(language)
    return tuple(_Table(words).rules()) if words else ()


def _iso(match: re.Match[str], near: date | None, is_ahead: bool) -> str:
    day = _resolved_day(int(match[1]), int(match[2]), int(match[3]))
    return f"{day}T{match[4]}" if day and match[4] else day


def _dotted(match: re.Match[str], near: date | None, is_ahead: bool) -> str:
    return _resolved_day(int(match[3]), int(match[2]), int(match[1]))


def _east_asian(match: re.Match[str], near: date | None, is_ahead: bool) -> str:
    month, day = int(match["month"]), int(match["day"])
    if match["year"]:
        return _resolved_day(int(match["year"]), month, day)
    return _resolved_day(_nearest_year(month, day, near, is_ahead), month, day) if near else ""


def _bare_year(match: re.Match[str], near: date | None, is_ahead: bool) -> str:
    return match[1][:3] if match.group().endswith("0s") else match[1]


NUMERIC = (Rule(ISO, _iso), Rule(DOTTED, _dotted), Rule(EAST_ASIAN, _east_asian), Rule(BARE_YEAR, _bare_year))


def precision_of(value: str) -> str:
    """day, month or year; "" for a week, quarter or decade."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d(?:T.*)?", value):
        return "day"
    if re.fullmatch(r"\d{4}-\d\d", value):
        return "month"
    return "year" if re.fullmatch(r"\d{4}", value) else ""
