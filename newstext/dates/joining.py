"""The time of day beside a date: "10 p.m. Wednesday", "on Monday at 14:30"."""

from __future__ import annotations

import re

from newstext.dates.values import DAY_CHARS

BEFORE_CHARS = 26
CLOCK = r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>[0-5]\d))?\s?(?P<half>[ap])\.?m\b\.?|(?P<word>noon|midnight)\b"
EXACT = r"(?P<hour>[01]?\d|2[0-3])[:h.](?P<minute>[0-5]\d)(?!\d|[.,:]\d|%)"
ZONE = r"(?:\s+(?:[A-Z]{2,4}T|GMT|UTC)\b)?"
BEFORE = re.compile(rf"(?<![\w.:])(?:{CLOCK}){ZONE},?\s+(?:on\s+)?\Z")
AFTER = re.compile(rf",?\s+(?:at\s+)?(?:around\s+|about\s+)?(?:{CLOCK}){ZONE}")
AT = r",?\s+(?:at|um|gegen|à|vers|a\s+las|às|alle|в|saat|الساعة)\s+"
AFTER_EXACT = re.compile(rf"{AT}{EXACT}")

Found = tuple[int, int, str]


def join(text: str, found: list[Found]) -> list[Found]:
    """The same dates, a time of day that stands beside one taken into it."""
    joined: list[Found] = []
    last_end = 0
    for start, end, value in found:
        if len(value) == DAY_CHARS and value[4] == "-" and value[7] == "-":
            if before := BEFORE.search(text, max(last_end, start - BEFORE_CHARS), start):
                start, value = before.start(), f"{value}T{_time(before)}"
            elif after := AFTER.match(text, end) or AFTER_EXACT.match(text, end):
                end, value = after.end(), f"{value}T{_time(after)}"
        if joined and start < joined[-1][1]:
            continue
        joined.append((start, end, value))
        last_end = end
    return joined


def _time(match: re.Match[str]) -> str:
    said = match.groupdict()
    if said.get("word"):
        return "12:00" if said["word"] == "noon" else "24:00"
    hour = int(said["hour"])
    if said.get("half"):
        hour = hour % 12 + (12 if said["half"] == "p" else 0)
    return f"{hour:02d}:{said['minute'] or '00'}"
