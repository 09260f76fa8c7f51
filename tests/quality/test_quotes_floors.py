"""Floors under the quotes found on PolNeAR's development articles; docs/measured.md has the figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from newstext import measure_quotes, quotes

pytestmark = [pytest.mark.quality, pytest.mark.slow]


def test_quotes_and_their_speakers(newstext_data: Path):
    """Measured 2026-11-26: exact 96.0, in a Content 98.1, speaker 90.8; indirect content F1 62.1 beside 18.6, source 56.5."""
    documents = measure_quotes.read(newstext_data / "stories" / "quotes" / "polnear_dev.jsonl")
    ours, _ = measure_quotes.score(quotes.find, documents)
    plain, _ = measure_quotes.score(measure_quotes.plain, documents)
    exact, inside, speaker = map(float, measure_quotes._direct_row(ours))
    assert exact >= 95
    assert inside >= 96.5
    assert speaker >= 90
    *_, content, source = map(float, measure_quotes._indirect_row(ours))
    assert content >= 60
    assert source >= 54
    assert content > float(measure_quotes._indirect_row(plain)[2]) + 35
