"""Floors under joining across languages and under the optional model; `newstext measure languages` has the figures."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from newstext import embedding, measure_grouping, measure_languages

pytestmark = [pytest.mark.quality, pytest.mark.slow]


def test_stories_across_languages(newstext_data: Path):
    """Measured P .96, R .62; two shared names .87 / .33 in the same run, 2026-11-26."""
    gold, articles = measure_languages._labelled(newstext_data / "stream" / "labelled.jsonl")
    marks = [article.marks for article in articles]
    pairs = [p for p in itertools.combinations(range(len(marks)), 2) if measure_languages._is_across(marks, p)]
    found = measure_languages._grouped(marks, pairs)
    precision, recall, *_ = measure_languages._score(found, pairs, gold, exact=0)
    assert float(precision) >= 0.9
    assert float(recall) >= 0.55


@pytest.mark.skipif(not embedding.is_installed(), reason="the optional model is not installed")
def test_bare_headlines_with_the_model(newstext_data: Path):
    """Measured .848; by words .723 in the same run, 2026-11-26."""
    articles, gold = measure_grouping._headlines(newstext_data / "stories" / "clusters" / "uci_headlines.jsonl")
    found = measure_grouping._ours(measure_languages._read_by_model(articles))
    precision, recall, _ = measure_grouping.bcubed(found, gold)
    assert measure_grouping._f1(precision, recall) >= 0.83
