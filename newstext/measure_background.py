"""newstext measure background: what lies behind an update, chosen from the earlier updates of its event."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from newstext import pipeline, whynow
from newstext.measure_brief import rouge
from newstext.measuring import data_folder, interval, read_rows, table
from newstext.records import ArticleText

BUDGET = 150
GAPS = re.compile(r"(?:\\n|\s)+")  # the file has line ends written out


@dataclass(frozen=True, slots=True)
class Case:
    """An update with those before it, and the background that a person wrote of it."""

    event: str
    update: ArticleText
    earlier: tuple[ArticleText, ...]
    background: str


Choose = Callable[[Case], str]


def main(argv: list[str]) -> int:
    """Print ROUGE-1/2 F1 at 150 words, ours beside the newest updates, over all and by event."""
    cases = list(read_cases())
    methods: tuple[tuple[str, Choose], ...] = (
        ("ours", ours), ("newest updates first", newest), ("first updates", first),
    )  # fmt: skip
    scores = {name: score(choose, cases) for name, choose in methods}
    print(
        table(
            f"background, {len(cases)} updates of {len({case.event for case in cases})} events, {BUDGET} words",
            ("", "ROUGE-1", "ROUGE-2", "ours is above it by (95 of 100, events drawn anew)"),
            [_row(name, found, scores["ours"]) for name, found in scores.items()],
        )
    )
    print(
        table(
            "the same by event, ROUGE-1 / ROUGE-2",
            ("", *scores),
            [(event, *(_both(found[event]) for found in scores.values())) for event in scores["ours"]],
        )
    )
    return 0


def read_cases() -> Iterator[Case]:
    """Each update that has earlier ones and a background."""
    rows = read_rows(data_folder() / "stories" / "summaries" / "background.jsonl")
    told: dict[tuple[str, str], list[ArticleText]] = defaultdict(list)
    for row in rows:
        before = told[row["event"], row["annotator"]]
        update = _article(row, len(before))
        if before and row["Background"]:
            yield Case(row["event"], update, tuple(before), _plain(row["Background"]))
        before.append(update)


def _article(row: dict[str, Any], number: int) -> ArticleText:
    day = datetime.fromisoformat(row["Date"].strip("[]")[:10]).replace(tzinfo=UTC)
    text = _plain(row["Update"])
    return pipeline.mark_article(ArticleText(url="", id=str(number), text=text, language="en", published_at=day))


def _plain(text: str) -> str:
    return GAPS.sub(" ", text).strip()


def ours(case: Case) -> str:
    chosen = whynow.background_of([case.update], case.earlier, words=BUDGET)
    return " ".join(sentence.text for sentence in chosen)


def newest(case: Case) -> str:
    return " ".join(update.text for update in reversed(case.earlier))


def first(case: Case) -> str:
    return " ".join(update.text for update in case.earlier)


def score(choose: Choose, cases: Sequence[Case]) -> dict[str, list[tuple[float, float]]]:
    """ROUGE-1 and ROUGE-2 of each case, by event."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for case in cases:
        text = " ".join(choose(case).split()[:BUDGET])
        found[case.event].append((100 * rouge(text, case.background, "1"), 100 * rouge(text, case.background, "2")))
    return found


def _row(name: str, found: dict[str, list[tuple[float, float]]], mine: dict[str, list[tuple[float, float]]]) -> Any:
    flat = [pair for event in found.values() for pair in event]
    gains = []
    for kind in (0, 1):
        by_event = [
            [here[kind] - there[kind] for here, there in zip(mine[event], found[event], strict=True)] for event in found
        ]
        low, high = interval(by_event)
        gains.append(f"{low:+.1f} to {high:+.1f}")
    return (name, *_both(flat).split(" / "), "" if found is mine else " / ".join(gains))


def _both(pairs: Sequence[tuple[float, float]]) -> str:
    return " / ".join(f"{sum(pair[kind] for pair in pairs) / len(pairs):.1f}" for kind in (0, 1))


if __name__ == "__main__":
    main([])
