"""Floors under joining across languages and under the optional model; `newstext measure languages` has the figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from newstext import embedding, grouping_scores, measure_grouping, measure_languages

pytestmark = [pytest.mark.quality, pytest.mark.slow]


def test_stories_across_languages(newstext_data: Path):
    """Measured P .96, R .62; two shared names .87 / .33 in the same run, 2026-11-26."""
    gold, marks, pairs = measure_languages.across(newstext_data / "stream" / "labelled.jsonl")
    found = measure_languages.grouped(marks, pairs)
    precision, recall, *_ = measure_languages.score_of(found, pairs, gold, exact=0)
    assert float(precision) >= 0.9
    assert float(recall) >= 0.55


@pytest.mark.skipif(not embedding.is_installed(), reason="the optional model is not installed")
def test_bare_headlines_with_the_model(newstext_data: Path):
    """Measured .804; by words .728 in the same run, 2026-11-26."""
    sample = measure_grouping.headlines(newstext_data / "stories" / "clusters" / "uci_headlines.jsonl")
    found = measure_grouping.ours(measure_languages.read_by_model(sample))
    precision, recall, _ = grouping_scores.bcubed(found, sample.truth.story)
    assert grouping_scores.f1(precision, recall) >= 0.785
