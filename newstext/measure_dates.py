"""newstext measure dates: dates found and resolved, beside plain rules and years alone; and right by kind of date."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from newstext import dates
from newstext.measuring import data_folder, read_rows, table

Span = tuple[int, int, str]
Finder = Callable[[str, datetime], list[Span]]
Document = dict[str, Any]
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTH = r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
PLAIN = re.compile(
    rf"\b(?:{MONTH} (?P<day>\d\d?)(?:, (?P<year>\d{{4}}))?|(?P<weekday>{'|'.join(WEEKDAYS)})|"
    r"(?P<near>today|yesterday|tomorrow)|(?P<which>last|this|next) (?P<unit>week|month|year)|"
    r"(?P<count>\d+|an?|two|three|four|five|six) (?P<back>day|week|month|year)s? ago|(?P<bare>(?:19|20)\d\d))\b",
    re.I,
)
KINDS = (
    ("weekday", re.compile(rf"(?:{'|'.join(WEEKDAYS)})", re.I)),
    ("month and day, no year", re.compile(rf"{MONTH} \d\d?(?!\d)(?!.*\d{{4}})")),
    ("N ago", re.compile(r"\b(?:ago|earlier)$", re.I)),
    ("last, next, this X", re.compile(r"^(?:the )?(?:last|past|next|this|coming)\b", re.I)),
    ("today, yesterday", re.compile(r"\b(?:today|yesterday|tomorrow|tonight)$", re.I)),
    ("quarter", re.compile(r"\bquarter\b", re.I)),
)


def main(argv: list[str]) -> int:
    """Print relaxed, strict and value F1 over the TIMEX3 of type DATE and TIME, and the share right by kind."""
    documents = read_rows(data_folder() / "stories" / "timex" / "timex.jsonl")
    finders = (("ours", ours), ("plain rules", plain), ("years and ISO alone", _years))
    heads = ("", "relaxed F1", "strict F1", "value F1", "texts a CPU s")
    title = f"dates in {len(documents)} news texts (TimeBank)"
    print(table(title, heads, [score(name, finder, documents) for name, finder in finders]))
    rights = [by_kind(finder, documents) for _, finder in finders[:2]]
    rows = [(kind, str(all_), f"{right:.1f}", f"{rights[1][kind][1]:.1f}") for kind, (all_, right) in rights[0].items()]
    print(table("found with the right value, by kind, %", ("", "dates", "ours", "plain rules"), rows))
    return 0


def ours(text: str, at: datetime) -> list[Span]:
    """What newstext.dates finds."""
    return [(found.start, found.end, found.value) for found in dates.find(text, published_at=at, language="en")]


def plain(text: str, at: datetime) -> list[Span]:
    """One pattern, and the nearest past: what a careful afternoon gives."""
    found = ((match.start(), match.end(), _plain_value(match, at.date())) for match in PLAIN.finditer(text))
    return [span for span in found if span[2]]


def _plain_value(match: re.Match[str], near: date) -> str:
    said = match.groupdict()
    if said["month"]:
        month = MONTHS.index(said["month"].lower()) + 1
        return f"{int(said['year'] or near.year):04d}-{month:02d}-{int(said['day']):02d}"
    if said["weekday"]:
        back = (near.weekday() - WEEKDAYS.index(said["weekday"].lower())) % 7
        return (near - timedelta(days=back)).isoformat()
    if said["near"]:
        return (near + timedelta(days={"today": 0, "yesterday": -1}.get(said["near"].lower(), 1))).isoformat()
    if said["bare"]:
        return said["bare"]
    numbers = {"a": 1, "an": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
    count = {"last": -1, "this": 0, "next": 1}.get((said["which"] or "").lower(), 0)
    if said["count"]:
        count = -int(numbers.get(said["count"].lower(), 0) or said["count"])
    return _moved(near, (said["unit"] or said["back"]).lower(), count)


def _moved(near: date, unit: str, count: int) -> str:
    if unit == "day":
        return (near + timedelta(days=count)).isoformat()
    if unit == "week":
        year, week, _ = (near + timedelta(weeks=count)).isocalendar()
        return f"{year}-W{week:02d}"
    months = near.year * 12 + near.month - 1 + count
    return f"{months // 12:04d}-{months % 12 + 1:02d}" if unit == "month" else str(near.year + count)


def _years(text: str, at: datetime) -> list[Span]:
    return [
        (found.start(), found.end(), found.group()) for found in re.finditer(r"\b(?:19|20)\d\d(?:-\d\d-\d\d)?\b", text)
    ]


def score(name: str, finder: Finder, documents: list[Document]) -> tuple[str, ...]:
    """(name, relaxed, strict and value F1, texts a CPU second)."""
    relaxed = strict = value = found_count = gold_count = 0
    began = time.process_time()
    read = [(document, finder(str(document["text"]), _published(document))) for document in documents]
    seconds = time.process_time() - began
    for document, found in read:
        gold = _gold(document)
        found_count += len(found)
        gold_count += len(gold)
        for item in gold:
            hits = [span for span in found if span[0] < item["end"] and item["start"] < span[1]]
            relaxed += bool(hits)
            strict += any((start, end) == (item["start"], item["end"]) for start, end, _ in hits)
            value += any(resolved == item["value"] for _, _, resolved in hits)
    scores = [f"{200 * right / (found_count + gold_count):.1f}" for right in (relaxed, strict, value)]
    return (name, *scores, f"{len(documents) / seconds:,.0f}")


def by_kind(finder: Finder, documents: list[Document]) -> dict[str, tuple[int, float]]:
    """By kind: how many whole dates people marked, and of how many, in %, the value is found at their precision."""
    right, all_ = dict.fromkeys((name for name, _ in KINDS), 0), dict.fromkeys((name for name, _ in KINDS), 0)
    for document in documents:
        found = finder(str(document["text"]), _published(document))
        for item in _gold(document):
            kind = next((name for name, pattern in KINDS if pattern.search(" ".join(item["text"].split()))), "")
            if not kind or item["type"] != "DATE" or not item["value"][:1].isdigit() or "X" in item["value"]:
                continue
            hits = [span[2] for span in found if span[0] < item["end"] and item["start"] < span[1]]
            all_[kind] += 1
            right[kind] += any(value[: len(item["value"])] == item["value"] for value in hits)
    return {kind: (all_[kind], 100 * right[kind] / max(1, all_[kind])) for kind in all_}


def _published(document: Document) -> datetime:
    return datetime.fromisoformat(str(document["dct"])).replace(tzinfo=UTC)


def _gold(document: Document) -> list[Document]:
    return [item for item in document["timexes"] if item["type"] in ("DATE", "TIME")]


if __name__ == "__main__":
    main([])
