"""What a text has said so far that a date may go by: the day it was published, and the date named last."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from newstext.dates import numeric, values

if TYPE_CHECKING:
    from newstext.dates.language import Language

CLAUSE_CHARS = 80  # of the clause that are looked through for "will"
SPOKEN_CHARS = 400  # a date named further back is not what "the same day" goes by
QUARTER_CHARS = 2500  # a report on a quarter compares with "a year ago" from its first line to its last
MIDWEEK = 2
CLAUSE_END = re.compile(r"[.;!?\n]\s")


@dataclass(slots=True)
class Scene:
    """One text, read from its beginning. near: the day it was published."""

    text: str
    words: Language
    near: date | None
    last: str = ""
    last_at: int = 0
    quarter: str = ""
    quarter_at: int = 0

    def spoke_of(self, value: str, place: int) -> None:
        """Remember a date that has just been read."""
        if not value[:4].isdigit():
            return
        self.last, self.last_at = value, place

    def is_ahead(self, place: int) -> bool:
        """Is the nearest verb before that place one of what is to come, and not "said"?"""
        clause = CLAUSE_END.split(self.text[max(0, place - CLAUSE_CHARS) : place])[-1]
        return _last(self.words.future, clause) > _last(self.words.past, clause)

    def spoken_day(self, place: int) -> date | None:
        """The day, month or year named last, if not far back."""
        return values.first_day(self.last) if self.last and place - self.last_at <= SPOKEN_CHARS else None

    def spoken_quarter(self, place: int) -> date | None:
        """The quarter that the report is about."""
        near_enough = self.quarter and place - self.quarter_at <= QUARTER_CHARS
        return values.first_day(self.quarter) if near_enough else None


def _last(words: re.Pattern[str], clause: str) -> int:
    """Where the last of those words ends, -1 where there is none: of "was due" and "due" the longer one counts."""
    return max((match.end() for match in words.finditer(clause)), default=-1)


Groups = dict[str, Any]


def month(scene: Scene, match: re.Match[str]) -> str | None:
    """A month, with or without its day and year; None for a day that the month does not have."""
    found = match.groupdict()
    number = scene.words.months[found["month"].lower()]
    day = int(found.get("day") or 0)
    if day > 31 or (scene.near is None and not found.get("year")):
        return ""
    if found.get("year"):
        year = int(found["year"])
    else:
        assert scene.near is not None
        year = _year_of(scene, number, day, found, match.start())
    return (values.day_value(year, number, day) or None) if day else values.month_value(year, number)


def bare_month(scene: Scene, match: re.Match[str]) -> str | None:
    """A month by itself: "May" is one only after "in", "since" and the like."""
    return month(scene, match) if scene.words.is_led(scene.text, match, "month") else ""


def _year_of(scene: Scene, month: int, day: int, found: Groups, place: int) -> int:
    assert scene.near is not None
    near = scene.near
    if (shift := _shift(found)) is not None:
        return near.year + shift
    if found.get("last"):
        return near.year if month < near.month else near.year - 1
    if found.get("next"):
        return near.year if month > near.month else near.year + 1
    return near.year if found.get("this") else values.nearest_year(month, day or 15, near, scene.is_ahead(place))


def _shift(found: Groups) -> int | None:
    """-1 of "last year" behind another date, 0 of "this", 1 of "next"; None where no such words stand there."""
    if found.get("of_last") or found.get("of_last_after"):
        return -1
    if found.get("of_next") or found.get("of_next_after"):
        return 1
    return 0 if found.get("of_this") else None


def weekday(scene: Scene, match: re.Match[str]) -> str:
    """A weekday, with or without a part of the day."""
    if scene.near is None or not scene.words.is_led(scene.text, match, "weekday"):
        return ""
    found = match.groupdict()
    day = _weekday(scene, scene.words.weekdays[found["weekday"].lower()], found, match.start())
    part = found.get("part")
    return day.isoformat() + (f"T{scene.words.part_of(part)}" if part else "")


def _weekday(scene: Scene, number: int, found: Groups, place: int) -> date:
    assert scene.near is not None
    near = scene.near
    if (weeks := _shift(found)) is not None:  # "Monday of last week"
        return near + timedelta(days=number - near.weekday() + 7 * weeks)
    back = (near.weekday() - number) % 7
    if found.get("next"):
        return near + timedelta(days=(7 - back) or 7)
    if found.get("last"):
        return near - timedelta(days=back or 7)
    if not back:
        return near
    ahead = scene.is_ahead(place) or (found.get("this") and scene.words.this_is_ahead)
    return near + timedelta(days=7 - back) if ahead else near - timedelta(days=back)


def near_day(scene: Scene, match: re.Match[str]) -> str:
    """Today, yesterday, tonight, this morning."""
    said = values.as_listed(match["near"])
    if scene.near is None or said not in scene.words.days:
        return ""
    day = values.step(scene.near, "day", scene.words.days[said])
    part = match.groupdict().get("part")
    mark = scene.words.day_parts.get(said) or (scene.words.part_of(part) if part else "")
    return f"{day}T{mark}" if mark else day


def phrase(scene: Scene, match: re.Match[str]) -> str:
    """A set phrase of so many units: Arabic has a form of its own for "two days ago"."""
    if scene.near is None:
        return ""
    name, count = scene.words.phrases[values.as_listed(match["phrase"])].split()
    return values.step(scene.near, name, int(count))


def unit(scene: Scene, match: re.Match[str]) -> str:
    """Last week, this year, next month."""
    if scene.near is None:
        return ""
    found = match.groupdict()
    name = scene.words.units[found["unit"].lower()]
    count = -1 if found.get("last") else 1 if found.get("next") else 0
    return values.step(scene.near, name, count)


def bare_unit(scene: Scene, match: re.Match[str]) -> str:
    """The weekend: the one just past where a week begins and nothing speaks of what is to come; the year-end."""
    if scene.near is None:
        return ""
    name = scene.words.table["bare_units"][values.as_listed(match["bare"])]
    is_past = name == "weekend" and scene.near.weekday() < MIDWEEK and not scene.is_ahead(match.start())
    return values.step(scene.near, name, -1 if is_past else 0)


def ago(scene: Scene, match: re.Match[str]) -> str:
    """So many units before the day of publication, or before what was spoken of."""
    near = scene.near
    if near is None:
        return ""
    found = match.groupdict()
    if found.get("vague"):
        return "PAST_REF"
    said = (found.get("number") or "1").lower()
    count = int(said) if said.isdigit() else scene.words.numbers[said]
    name = scene.words.units[found["unit"].lower()]
    if found.get("later"):
        spoken = scene.spoken_day(match.start())
        return values.step(spoken, name, count) if spoken else ""
    if name == "year" and count == 1 and (quarter := scene.spoken_quarter(match.start())):
        this_year = quarter if quarter.year >= near.year - (near.month < 4) else date(near.year, quarter.month, 1)
        return values.step(this_year, "quarter", -4)
    if found.get("earlier") and (spoken := scene.spoken_day(match.start())):
        return values.step(spoken, name, -count)
    return values.step(near, name, -count)


def same(scene: Scene, match: re.Match[str]) -> str:
    """The same day, the following month, the year before: by the date named last."""
    spoken = scene.spoken_day(match.start())
    if spoken is None:
        return ""
    found = match.groupdict()
    name = scene.words.units[found["unit"].lower()]
    if name == "day" and values.precision_of(scene.last) != "day":
        return ""
    count = 1 if found.get("following") else -1 if found.get("preceding") else 0
    return values.step(spoken, name, count)


def numbered(scene: Scene, match: re.Match[str]) -> str:
    """The third quarter, the first half, of a year that is named or goes by the day of publication."""
    found = match.groupdict()
    number = scene.words.ordinals[found["nth"].lower()]
    name = scene.words.units[found["unit"].lower()]
    if name == "century":
        return str(number - 1) if 1 < number < 31 else ""
    most, letter = (2, "H") if name == "half" else (4, "Q")
    if number > most or (number < 1 and number != -1):
        return ""
    number = most if number < 0 else number
    year = _year_of_part(scene, number, most, found, match.start())
    if not year:
        return ""
    value = f"{year:04d}-{letter}{number}"
    if letter == "Q" and not found.get("ago"):
        scene.quarter, scene.quarter_at = value, match.end()
    return value


def _year_of_part(scene: Scene, number: int, most: int, found: Groups, place: int) -> int:
    if found.get("year") or found.get("year_before"):
        return int(found.get("year") or found["year_before"])
    if scene.near is None:
        return 0
    if (shift := -1 if found.get("ago") else _shift(found)) is not None:
        return scene.near.year + shift
    current = (scene.near.month - 1) // (12 // most) + 1
    return scene.near.year if number <= current or scene.is_ahead(place) else scene.near.year - 1


def reported_quarter(scene: Scene, match: re.Match[str]) -> str:
    """The quarter, the latest period: the one that the report is about."""
    if scene.near is None:
        return ""
    spoken = scene.spoken_quarter(match.start())
    found = match.groupdict()
    if spoken is None and not (found.get("latest") or found.get("year")):
        return ""
    if found.get("year"):
        return f"{found['year']}{values.step(spoken, 'quarter', 0)[4:]}" if spoken else found["year"]
    if found.get("ago"):
        return values.step(spoken or scene.near, "quarter", -4 if spoken else -5)
    return values.step(spoken, "quarter", 0) if spoken else values.step(scene.near, "quarter", -1)


def season(scene: Scene, match: re.Match[str]) -> str:
    """Last summer, the winter of 1994."""
    found = match.groupdict()
    mark = scene.words.seasons[found["season"].lower()]
    if found.get("year"):
        return f"{found['year']}-{mark}"
    if scene.near is None:
        return ""
    near, begins = scene.near, values.SEASON_MONTHS[mark]
    year = near.year if near.month >= begins else near.year - 1  # of the last one that has begun
    if (shift := _shift(found)) is not None:
        year = near.year + shift
    elif found.get("last"):
        year -= year == near.year and near.month < begins + 3
    elif found.get("next"):
        year += 1
    elif near.year > year and (found.get("this") or scene.is_ahead(match.start())):
        year = near.year
    return f"{year}-{mark}"


def year(scene: Scene, match: re.Match[str]) -> str:
    """A year with what stands before it: early 1990, fiscal 1989, the late 1970s."""
    found = match.groupdict()
    start = match.start("year")
    if start == match.start() and start and scene.text[start - 1] in numeric.BEFORE_NO_YEAR:
        return ""  # a part of a number
    return found["year"][:3] if found.get("decade") else found["year"]


def no_date(scene: Scene, match: re.Match[str]) -> None:
    """Words that hold a date word and name no date: "every Monday", "as soon as"."""
    return


def reference(scene: Scene, match: re.Match[str]) -> str:
    """Now, recently, soon."""
    return scene.words.references[values.as_listed(match["ref"])]


def holiday(scene: Scene, match: re.Match[str]) -> str:
    """A feast whose day is the same everywhere, or goes by the western Easter."""
    rule = scene.words.holidays[values.as_listed(match["holiday"])]
    if match.groupdict().get("year"):
        return _feast(rule, int(match["year"]))
    if scene.near is None:
        return ""
    around = range(scene.near.year - 1, scene.near.year + 2)
    days = [date.fromisoformat(_feast(rule, year)) for year in around]
    ahead = scene.is_ahead(match.start())
    near = scene.near
    return min(days, key=lambda day: values.distance_from(near, day, ahead)).isoformat()


def _feast(rule: str, year: int) -> str:
    if not rule.startswith("easter"):
        return f"{year:04d}-{rule}"
    return (values.easter(year) + timedelta(days=int(rule.removeprefix("easter") or 0))).isoformat()
