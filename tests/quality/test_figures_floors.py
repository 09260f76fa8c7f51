"""Floors under the figures shown on the development stories, graded by hand.

Raising a floor is welcome; lowering one needs a decision record.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import pytest

from newstext import figures, pipeline
from newstext.measure_grouping import utc
from newstext.measuring import read_rows
from newstext.records import ArticleText

pytestmark = [pytest.mark.quality, pytest.mark.slow]
GRADED = Path(__file__).parent / "figures-graded.json"


@pytest.fixture(scope="module")
def shown(newstext_data: Path) -> set[tuple[str, str, str]]:
    stories = defaultdict(list)
    for row in read_rows(newstext_data / "stories" / "clusters" / "news_stream.jsonl"):
        stories[row["story"]].append(row)
    found = set()
    for story, rows in stories.items():
        told = [_article(row, number) for number, row in enumerate(rows)]
        for figure in figures.write_figures(told):
            found |= {(story, figure.counts, value.value) for value in figure.values}
    return found


def _article(row: dict[str, str], number: int) -> ArticleText:
    return pipeline.mark_article(
        ArticleText(
            url="",
            id=str(row["id"]),
            title=row["title"],
            text=row["text"],
            publisher=row.get("outlet") or f"P{number}",
            published_at=datetime.fromisoformat(utc(row["sim_time"])),
            language="en",
        )
    )


def graded(*, right: bool) -> set[tuple[str, str, str]]:
    rows = json.loads(GRADED.read_text(encoding="utf-8"))["graded"]
    return {(story, counts, value) for story, counts, value, is_right in rows if is_right is right}


def test_figures_that_were_read_and_found_right_are_still_shown(shown):
    """Measured 1.0, being those that are shown, 2026-11-26."""
    assert len(shown & graded(right=True)) >= 0.9 * len(graded(right=True))


def test_of_the_figures_that_were_read_nearly_all_are_right(shown):
    """Measured 64 of 67, 2026-11-26; what is shown besides and was never read counts as wrong beyond a tenth."""
    unread = len(shown - graded(right=True) - graded(right=False))
    wrong = len(shown & graded(right=False)) + max(0, unread - len(shown) // 10)
    assert wrong <= 0.08 * len(shown)
