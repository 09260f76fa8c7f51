"""newstext measure dates: dates found and resolved, beside plain month-day-year matching."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

from newstext import dates
from newstext.measuring import data_folder, read_rows, table

Span = tuple[int, int, str]
Finder = Callable[[str, datetime], list[Span]]


def main(argv: list[str]) -> int:
    """Print relaxed, strict and value F1 over the TIMEX3 of type DATE and TIME."""
    path = data_folder() / "stories" / "timex" / "timex.jsonl"
    documents = read_rows(path)
    rows = [_score(name, finder, documents) for name, finder in (("ours", _ours), ("years and ISO alone", _plain))]
    print(
        table(
            f"dates in {len(documents)} news texts (TimeBank)",
            ("", "relaxed F1", "strict F1", "value F1", "texts a CPU s"),
            rows,
        )
    )
    return 0


def _ours(text: str, at: datetime) -> list[Span]:
    return [(found.start, found.end, found.value) for found in dates.find(text, published_at=at, language="en")]


def _plain(text: str, at: datetime) -> list[Span]:
    return [
        (found.start(), found.end(), found.group()) for found in re.finditer(r"\b(?:19|20)\d\d(?:-\d\d-\d\d)?\b", text)
    ]


def _score(name: str, finder: Finder, documents: list[dict[str, object]]) -> tuple[str, ...]:
    relaxed = strict = value = found_count = gold_count = 0
    began = time.process_time()
    for document in documents:
        at = datetime.fromisoformat(str(document["dct"])).replace(tzinfo=UTC)
        found = finder(str(document["text"]), at)
        gold = [item for item in document["timexes"] if item["type"] in ("DATE", "TIME")]  # type: ignore[attr-defined]
        found_count += len(found)
        gold_count += len(gold)
        for item in gold:
            hits = [span for span in found if span[0] < item["end"] and item["start"] < span[1]]
            relaxed += bool(hits)
            strict += any((start, end) == (item["start"], item["end"]) for start, end, _ in hits)
            value += any(resolved == item["value"] for _, _, resolved in hits)
    seconds = time.process_time() - began
    scores = [f"{200 * right / (found_count + gold_count):.1f}" for right in (relaxed, strict, value)]
    return (name, *scores, f"{len(documents) / seconds:,.0f}")


if __name__ == "__main__":
    main([])
