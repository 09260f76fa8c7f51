"""Floors under which sentences are shown alone; labels of extractive summaries, and a stream of real news."""

from __future__ import annotations

from pathlib import Path

import pytest

from newstext import measure_alone

pytestmark = [pytest.mark.quality, pytest.mark.slow]


def test_misleading_sentences_are_refused_and_most_others_shown(newstext_data: Path, monkeypatch):
    """Measured 92.0 refused by itself, 72.0 with the one before (65.3 kept); opening words 20.0, 2026-11-26."""
    monkeypatch.setenv("NEWSTEXT_DATA", str(newstext_data))
    labelled = measure_alone.labelled_sentences()
    refused, _ = measure_alone.refused_and_kept(measure_alone.by_itself, labelled)
    with_the_one_before, kept = measure_alone.refused_and_kept(measure_alone.ours, labelled)
    plainly, _ = measure_alone.refused_and_kept(measure_alone.plain, labelled)
    assert refused > 0.85
    assert with_the_one_before > plainly + 0.4
    assert kept > 0.5


def test_news_leaves_enough_to_show(newstext_data: Path, monkeypatch):
    """Measured 49.3 of first sentences, 44.2 of the first three, 23.6 of all, 2026-11-26; a tenth open with a page stamp."""
    monkeypatch.setenv("NEWSTEXT_DATA", str(newstext_data))
    first, three, everywhere = measure_alone.shares(measure_alone.ours, measure_alone.stream())
    assert first > 0.49
    assert three > 0.435
    assert everywhere > 0.23
