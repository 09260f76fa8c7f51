"""The scores say what they should of small groupings that can be counted by hand."""

from __future__ import annotations

import pytest

from newstext import grouping_scores as scores
from newstext.grouping_scores import Truth

GOLD = {"a": "1", "b": "1", "c": "2", "d": "3"}


def test_the_truth_is_all_right():
    assert scores.bcubed(GOLD, GOLD) == (1, 1, 1)
    assert scores.pairs(GOLD, Truth(GOLD)) == scores.Pairs(1, 1, 0)


def test_a_wrong_member_costs_precision_and_a_missing_one_recall():
    joined = {"a": "x", "b": "x", "c": "x", "d": "d"}
    assert scores.bcubed(joined, GOLD)[0] == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    alone = {item: item for item in GOLD}
    assert scores.bcubed(alone, GOLD)[1] == pytest.approx((0.5 + 0.5 + 1 + 1) / 4)


def test_a_pair_that_another_reading_joins_is_no_mistake_to_a_lenient_reader():
    joined = {"a": "x", "b": "x", "c": "x", "d": "d"}
    truth = Truth(GOLD, storyline={"a": "l", "b": "l", "c": "l", "d": "m"}, might_be={"c": ["1"]})
    pairs = scores.pairs(joined, truth)
    assert (pairs.strict, pairs.lenient, pairs.mixing) == (pytest.approx(0.5), 1, 0)


def test_pairs_across_storylines_are_counted():
    joined = {"a": "x", "b": "x", "c": "c", "d": "x"}
    truth = Truth(GOLD, storyline={"a": "l", "b": "l", "c": "l", "d": "m"})
    assert scores.pairs(joined, truth).mixing == pytest.approx(2 / 3)


def test_no_difference_is_said_to_be_none():
    low, high = scores.difference(GOLD, GOLD, GOLD)
    assert scores.shown_difference((low, high)) == "none"
    assert scores.shown_difference((0.01, 0.03)) == "+0.010 to +0.030"


def test_a_cut_is_chosen_on_the_other_folds():
    assert scores.best_cut([0.1, 0.2, 0.8, 0.9], [False, False, True, True], [0, 1, 0, 1]) == 1.0
