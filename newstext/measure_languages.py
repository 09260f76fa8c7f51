"""newstext measure languages: pairs across languages, beside plain shared names, on the development data."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from newstext import crossing, pipeline
from newstext.grouping import StoryIndex
from newstext.language import normal_code
from newstext.measuring import data_folder, table
from newstext.records import ArticleText, Marks, Placement
from newstext.words import fold

Pair = tuple[int, int]
PLAIN_NAMES = 2


def main(argv: list[str]) -> int:
    """Print precision and recall of pairs told in two languages, ours and plain, pair by pair and as stories."""
    gold, articles = _labelled(data_folder() / "stream" / "labelled.jsonl")
    marks = [article.marks for article in articles if article.marks]
    pairs = [pair for pair in itertools.combinations(range(len(marks)), 2) if _is_across(marks, pair)]
    rows = []
    for name, method in (("two shared names", _plain), ("names, numbers, places", _crossed), ("stories", _grouped)):
        began = time.process_time()
        found = method(marks, pairs)
        seconds = time.process_time() - began
        rows.append(
            (name, *_score(found, pairs, gold, exact=0), *_score(found, pairs, gold, exact=1)[:1], f"{seconds:.1f}")
        )
    head = ("method", "P", "R", "F1", "pairs found", "P, same storyline", "CPU s")
    print(table(f"stream/labelled, {len(pairs):,} pairs across languages", head, rows))
    return 0


def _labelled(path: Path) -> tuple[list[tuple[str, str]], list[ArticleText]]:
    rows: list[dict[str, Any]] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows.sort(key=lambda row: str(row["first_seen_at"]))
    articles = [
        pipeline.mark_article(
            ArticleText(
                url="",
                id=str(row["id"]),
                title=str(row["title"]),
                text=str(row["text"]),
                paragraphs=(str(row["text"]),),
                language=normal_code(str(row["language"])),
                published_at=datetime.fromisoformat(str(row["published_at"])),
            )
        )
        for row in rows
    ]
    return [(str(row["story"]), str(row["storyline"])) for row in rows], articles


def _is_across(marks: Sequence[Marks], pair: Pair) -> bool:
    return marks[pair[0]].language != marks[pair[1]].language


def _plain(marks: Sequence[Marks], pairs: Sequence[Pair]) -> set[Pair]:
    """Two capitalised names in common, as written."""
    names = [{fold(name) for name in each.names} for each in marks]
    return {(one, two) for one, two in pairs if len(names[one] & names[two]) >= PLAIN_NAMES}


def _crossed(marks: Sequence[Marks], pairs: Sequence[Pair]) -> set[Pair]:
    index = crossing.CrossIndex()
    for each in marks:
        index.count(each)
    traces = [crossing.trace_of(each) for each in marks]
    return {(one, two) for one, two in pairs if index.same_event_probability(traces[one], traces[two]) >= crossing.JOIN}


def _grouped(marks: Sequence[Marks], pairs: Sequence[Pair]) -> set[Pair]:
    """As the site does: each article placed as it arrives."""
    index = StoryIndex()
    story = {}
    for each in marks:
        story.update({made.article: made.story for made in index.place(each) if isinstance(made, Placement)})
    return {(one, two) for one, two in pairs if story[marks[one].id] == story[marks[two].id]}


def _score(
    found: set[Pair], pairs: Sequence[Pair], gold: Sequence[tuple[str, str]], *, exact: int
) -> tuple[str, str, str, str]:
    """Precision, recall, F1 and how many; exact 0: the same story, 1: the same storyline."""
    true = {(one, two) for one, two in pairs if gold[one][exact] == gold[two][exact]}
    right = len(found & true)
    precision = right / len(found) if found else 0.0
    recall = right / len(true) if true else 0.0
    both = precision + recall
    f1 = 2 * precision * recall / both if both else 0.0
    return f"{precision:.2f}", f"{recall:.2f}", f"{f1:.2f}", f"{len(found)} of {len(true)}"


if __name__ == "__main__":
    main([])
