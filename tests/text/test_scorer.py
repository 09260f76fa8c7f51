"""The trees say by masks what they say when each is walked down."""

from __future__ import annotations

import numpy as np
import pytest

from newstext.extract.scorer import shipped
from newstext.trees import FEW_ROWS, Trees


def walked(trees: Trees, row: np.ndarray) -> float:
    """The chance of one row, by going down each tree from its root."""
    total = 0.0
    for at in trees.root.tolist():
        while trees.left[at] != at:
            at = int(trees.left[at]) + int(row[trees.feature[at]] > trees.threshold[at])
        total += float(trees.value[at])
    return 1 / (1 + float(np.exp(-total)))


@pytest.mark.parametrize("step", [0, 1, 2])
def test_masks_and_walks_lead_to_one_leaf(step):
    trees = shipped().steps[step]
    width = int(trees.feature.max()) + 1
    random = np.random.default_rng(7)
    # Rows on both sides of the thresholds, and on them: a row equal to one goes left.
    chosen = random.choice(trees.threshold[np.isfinite(trees.threshold)], size=(60, width)).astype(np.float32)
    expected = pytest.approx([walked(trees, row) for row in chosen], abs=1e-6)
    assert trees.predict(chosen) == expected
    # A few rows are looked up, many are compared.
    assert np.concatenate([trees.predict(chosen[at : at + 4]) for at in range(0, 60, 4)]) == expected


@pytest.mark.parametrize("odd", [-0.0, np.inf, -np.inf, np.nan, 1e-45, -1e-45])
def test_an_odd_number_goes_one_way_among_few_rows_and_many(odd):
    trees = shipped().steps[0]
    rows = np.full((FEW_ROWS + 1, int(trees.feature.max()) + 1), odd, dtype=np.float32)
    assert trees.predict(rows[:1]) == trees.predict(rows)[:1]


def test_a_tree_of_too_many_leaves_is_named():
    count = 17
    feature, threshold, left = chain(count)
    zeros = np.zeros(len(left), dtype=np.float32)
    with pytest.raises(ValueError, match="17 leaves, at most 16"):
        Trees(feature, threshold, left, zeros, np.array([0]), count)


def chain(leaves: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(feature, threshold, left) of a tree in which every right child splits again."""
    left = [0]
    for _ in range(leaves - 1):
        splits, first = len(left) - 1, len(left)
        left[splits] = first
        left += [first, first + 1]
    threshold = [np.inf if place == child else 0.5 for place, child in enumerate(left)]
    return np.zeros(len(left), dtype=np.intp), np.array(threshold, dtype=np.float32), np.array(left, dtype=np.intp)
