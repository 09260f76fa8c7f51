"""Dates written in figures, in any language: 2026-11-20, 20.11.2026, 2026年11月20日, 1998, 1990s."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from newstext.dates.values import day_value, nearest_year

ISO = re.compile(r"((?:19|20)\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?:T(\d\d:\d\d(?::\d\d)?))?(?!\d)")
DOTTED = re.compile(r"(\d{1,2})([./])(\d{1,2})\2((?:19|20)\d\d)(?!\d)")
EAST_ASIAN = re.compile(
    r"(?:(?P<year>(?:19|20)\d\d)\s?[年년]\s?)?(?<!\d)(?P<month>0?[1-9]|1[0-2])\s?[月월]\s?(?P<day>0?[1-9]|[12]\d|3[01])\s?[日일号號]"
)
NUMBER = re.compile(r"[12]\d\d\d")  # begins with a set of letters: the engine skips to them
YEAR = re.compile(r"(1[5-9]\d\d|20\d\d)([’']?s)?(?![\d%]|[.,]\d|-\d|/\d)")
BEFORE_NO_YEAR = frozenset("0123456789.,$€£#/-")

Found = tuple[int, int, str]


def find(digits: str, near: date | None, *, day_first: bool) -> Iterator[Found]:
    """(start, end, value) of each; digits: the text with its digits as 0 to 9."""
    if "月" in digits or "월" in digits:
        for match in EAST_ASIAN.finditer(digits):
            if value := _east_asian(match, near):
                yield match.start(), match.end(), value
    if "/" in digits or "." in digits:
        for match in DOTTED.finditer(digits):
            if (not match.start() or digits[match.start() - 1] not in BEFORE_NO_YEAR) and (
                value := _dotted(match, day_first)
            ):
                yield match.start(), match.end(), value
    for match in NUMBER.finditer(digits):
        start = match.start()
        before = digits[start - 1 : start]
        if before.isalnum() and before.isascii():
            continue
        iso = ISO.match(digits, start)
        if iso and (day := day_value(int(iso[1]), int(iso[2]), int(iso[3]))):
            yield start, iso.end(), f"{day}T{iso[4]}" if iso[4] else day
        elif (year := YEAR.match(digits, start)) and before not in BEFORE_NO_YEAR:
            yield start, year.end(), year[1][:3] if year.group().endswith("0s") else year[1]


def _dotted(match: re.Match[str], day_first: bool) -> str:
    """20.11.2026 and 20/11/2026; with a slash in English only where day and month cannot be confused."""
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if match[2] == "/" and not day_first:
        if second > 12:
            return day_value(year, first, second)
        if first <= 12 and first != second:
            return ""
    return day_value(year, second, first)


def _east_asian(match: re.Match[str], near: date | None) -> str:
    month, day = int(match["month"]), int(match["day"])
    if match["year"]:
        return day_value(int(match["year"]), month, day)
    return day_value(nearest_year(month, day, near, False), month, day) if near else ""
