"""Floors under which sentences are shown alone; labels of extractive summaries, and a stream of real news."""

from __future__ import annotations

from pathlib import Path

import pytest

from newstext import measure_alone

pytestmark = [pytest.mark.quality, pytest.mark.slow]


def test_misleading_sentences_are_refused_and_most_others_shown(newstext_data: Path, monkeypatch):
    """Measured REFUSED_BY_ITSELF and REFUSED_OURS refused beside 20.0 of opening words, 2026-11-26."""
    monkeypatch.setenv("NEWSTEXT_DATA", str(newstext_data))
    labelled = measure_alone.labelled_sentences()
    refused, _ = measure_alone.refused_and_kept(measure_alone.by_itself, labelled)
    with_the_one_before, kept = measure_alone.refused_and_kept(measure_alone.ours, labelled)
    plainly, _ = measure_alone.refused_and_kept(measure_alone.plain, labelled)
    assert refused > 0.85
    assert with_the_one_before > plainly + 0.4
    assert kept > 0.5


def test_news_leaves_enough_to_show(newstext_data: Path, monkeypatch):
    """Measured of first sentences FIRST, of the first three THREE, of all ALL, 2026-11-26."""
    monkeypatch.setenv("NEWSTEXT_DATA", str(newstext_data))
    first, three, everywhere = measure_alone.shares(measure_alone.ours, measure_alone.stream())
    assert first > 0.53
    assert three > 0.48
    assert everywhere > 0.26
