"""What looking at stories again must bring, and storylines beside plain TF-IDF."""

from __future__ import annotations

import pytest

from newstext import measure_settling

pytestmark = pytest.mark.slow


def number(cell: str) -> float:
    """The last figure of a cell: the F1 of precision / recall / F1."""
    return float(cell.split("/")[-1].strip().rstrip("%"))


@pytest.fixture(scope="module")
def rows(newstext_data) -> dict[tuple[str, str], tuple[str, ...]]:
    return {(name, method): figures for name, method, *figures in measure_settling.stories()}


@pytest.mark.parametrize(
    ("name", "bcubed", "pairs"),
    [
        ("news_stream, no times", 0.90, 0.85),
        ("news_stream, its times", 0.955, 0.93),
        ("uci_headlines, 12 a story", 0.72, 0.69),
        ("stream/labelled", 0.915, 0.72),
    ],
)
def test_looking_again_does_not_hurt_and_stories_are_as_good_as_measured(rows, name, bcubed, pairs):
    before, after = rows[name, "as they arrive"], rows[name, "looked at again"]
    assert number(after[0]) >= number(before[0]) - 0.002
    assert number(after[1]) >= number(before[1]) - 0.002
    assert number(after[0]) >= bcubed
    assert number(after[1]) >= pairs


@pytest.mark.parametrize("stories", ["as found", "the true ones"])
def test_storylines_mix_much_less_than_plain_tfidf_and_hold_nearly_as_much(newstext_data, stories):
    rows = {method: figures for name, method, *figures in measure_settling.storylines() if name == stories}
    ours, plain = rows["ours"], rows["TF-IDF centroids, nearest; the bar chosen by folds"]
    assert number(ours[0]) >= number(plain[0]) - 0.015
    assert number(ours[1]) <= 0.8 * number(plain[1])
    assert number(ours[0]) >= 0.76
