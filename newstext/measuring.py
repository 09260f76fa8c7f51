"""What the measures share: where the data are, how they are read, and how a table is printed."""

from __future__ import annotations

import gzip
import json
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def data_folder() -> Path:
    """NEWSTEXT_DATA, else ../shared/data. Raises SystemExit naming the folder if it is not there."""
    folder = Path(os.environ.get("NEWSTEXT_DATA", "../shared/data"))
    if not folder.is_dir():
        raise SystemExit(f"Data folder {folder}: not there. Set NEWSTEXT_DATA to the folder of the data sets.")
    return folder


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON Lines file, packed (.gz) or not."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


DRAWS = 2_000


def interval(groups: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Where 95 of 100 means lie if the groups (stories, events, documents) are drawn anew, with replacement."""
    draw = random.Random(20_260_101)
    sums = [(sum(group), len(group)) for group in groups]
    means = []
    for _ in range(DRAWS):
        drawn = draw.choices(sums, k=len(sums))
        means.append(sum(total for total, _ in drawn) / max(1, sum(count for _, count in drawn)))
    means.sort()
    return means[int(0.025 * DRAWS)], means[int(0.975 * DRAWS)]


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table under a bold title."""
    lines = [f"**{title}**", "", _line(head), _line(["---"] * len(head)), *(_line(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
