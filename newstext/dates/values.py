"""Values of dates at the precision that a text has, and steps between them: ISO 8601, and TimeML where ISO has none."""

from __future__ import annotations

import re
from datetime import date, timedelta

FUTURE_WEIGHT = 2.5  # a month ahead must be this much nearer than one behind
DAY_CHARS = len("2026-11-20")
SEASON_MONTHS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
DAY = re.compile(r"\d{4}-\d\d-\d\d(?:T.*)?")
MONTH = re.compile(r"\d{4}-\d\d")
YEAR = re.compile(r"\d{4}")


def as_listed(said: str) -> str:
    """Words of a text as the lists have them: in small letters, one space between two."""
    return " ".join(said.lower().split())


def precision_of(value: str) -> str:
    """day, month or year; "" for a week, quarter, season, decade, and for "now" and the like."""
    if DAY.fullmatch(value):
        return "day"
    if MONTH.fullmatch(value):
        return "month"
    return "year" if YEAR.fullmatch(value) else ""


def day_value(year: int, month: int, day: int) -> str:
    """The day, or "" where the calendar has no such day."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def month_value(year: int, month: int) -> str:
    return f"{year:04d}-{month:02d}"


def nearest_year(month: int, day: int, near: date, is_ahead: bool) -> int:
    """The year in which that day of the year lies nearest, the past preferred."""

    def distance(year: int) -> float:
        return distance_from(near, date(year, month, min(day, 28)), is_ahead)

    return min((near.year - 1, near.year, near.year + 1), key=distance)


def distance_from(near: date, day: date, is_ahead: bool) -> float:
    """How far that day lies off, in days; more on the side that is not spoken of."""
    away = (day - near).days
    return abs(away) * (1.0 if (away > 0) is is_ahead else FUTURE_WEIGHT)


def step(near: date, unit: str, count: int) -> str:
    """`count` units from that day, at the unit's own precision; "" where the calendar ends."""
    try:
        return _step(near, unit, count)
    except (ValueError, OverflowError):
        return ""


def _step(near: date, unit: str, count: int) -> str:
    if unit == "day":
        return (near + timedelta(days=count)).isoformat()
    if unit in ("week", "weekend"):
        year, week, _ = (near + timedelta(weeks=count)).isocalendar()
        return f"{year:04d}-W{week:02d}" + ("-WE" if unit == "weekend" else "")
    if unit == "month":
        months = near.year * 12 + near.month - 1 + count
        return month_value(months // 12, months % 12 + 1) if months >= 12 else ""
    if unit == "quarter":
        quarters = near.year * 4 + (near.month - 1) // 3 + count
        return f"{quarters // 4:04d}-Q{quarters % 4 + 1}"
    if unit == "half":
        halves = near.year * 2 + (near.month - 1) // 6 + count
        return f"{halves // 2:04d}-H{halves % 2 + 1}"
    if unit == "decade" and count == 0:
        return f"{near.year:04d}"[:3]
    if unit == "century":
        return f"{near.year:04d}"[:2] if count == 0 else ""
    year = near.year + count * (10 if unit == "decade" else 1)
    return f"{year:04d}" if 0 < year < 10000 else ""


def first_day(value: str) -> date | None:
    """The first day of what a value names; None for "now" and the like, and for centuries."""
    if match := re.match(r"(\d{4})-W(\d\d)", value):
        try:
            return date.fromisocalendar(int(match[1]), int(match[2]), 1)
        except ValueError:
            return None
    match = re.match(r"(\d{4})(?:-(?:Q(\d)|H(\d)|(SP|SU|FA|WI)|(\d\d)(?:-(\d\d))?))?", value)
    if match is None:
        return None
    quarter, half, season, month, day = match[2], match[3], match[4], match[5], match[6]
    number = (
        3 * int(quarter) - 2 if quarter else 6 * int(half) - 5 if half else SEASON_MONTHS.get(season, int(month or 1))
    )
    try:
        return date(int(match[1]), number, int(day or 1))
    except ValueError:
        return None


def easter(year: int) -> date:
    """Easter Sunday of the western churches. Source: Meeus, Jones, Butcher."""
    century, rest = divmod(year, 100)
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (year % 19 + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)
