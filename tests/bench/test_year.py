"""The simulated year runs by the product's own rules, and says so where they lose articles or stories."""

from __future__ import annotations

import pytest

from bench import year, year_feeds, year_stories
from newsroom.publishers import save
from newstext import grouping

SMALL = ("--share", "0.0002", "--days", "20", "--open", "300,900")


def test_a_small_year_stands_within_its_limits(capsys):
    assert year.main([*SMALL, "--most", "50"]) == 0
    told = capsys.readouterr().out
    assert "10 of 50,000 feeds" in told
    assert "| 1 to 20 |" in told
    assert "| 900 |" in told


def test_feeds_that_are_looked_at_too_seldom_lose_articles_and_the_year_says_so(capsys, monkeypatch):
    monkeypatch.setattr(save, "_interval", lambda *_, **__: 2 * save.DAY_S)
    assert year.main([*SMALL, "--part", "year"]) == 1
    assert "slid out of their feeds" in capsys.readouterr().err


def test_an_index_that_looks_at_too_little_is_found_out(capsys, monkeypatch):
    monkeypatch.setattr(grouping, "LEAST", 2.0)
    assert year.main([*SMALL, "--part", "open", "candidates", "--most", "50"]) == 1
    told = capsys.readouterr().err
    assert "of the articles find theirs" in told
    assert "among the candidates" in told


def test_a_cost_that_grows_with_the_stories_is_found_out(capsys):
    assert year.main([*SMALL, "--part", "open", "--most", "0.01"]) == 1
    assert "times what it does among 300" in capsys.readouterr().err


def test_one_seed_makes_one_year():
    one, other = (year_feeds.simulate(feeds=3, days=5, seed=7) for _ in range(2))
    assert one.arrivals == other.arrivals
    assert [month.looks for month in one.months] == [month.looks for month in other.months]
    assert year_feeds.simulate(feeds=3, days=5, seed=8).arrivals != one.arrivals


def test_looks_grow_with_the_feeds_and_no_faster():
    few, many = (year_feeds.simulate(feeds=feeds, days=10, seed=3) for feeds in (10, 40))
    per_feed = [sum(month.looks for month in one.months) / len(one.arrivals) for one in (few, many)]
    assert per_feed[1] == pytest.approx(per_feed[0], rel=0.5)


def test_stories_that_rest_are_forgotten():
    arrivals = sorted(at for times in year_feeds.simulate(feeds=4, days=40, seed=2).arrivals for at in times)
    forgets, keeps = (year_stories.live(arrivals, seed=1, month_days=10, forgets=forgets) for forgets in (True, False))
    assert forgets[-1].stories < 0.6 * keeps[-1].stories
    assert sum(month.articles for month in forgets) == len(arrivals)
    assert all(month.right > 0.9 and month.mixed < 0.02 for month in forgets)


def test_the_first_letters_of_words_are_their_own():
    assert len({year_stories.word(number)[:5] for number in range(0, 2_000_000, 7)}) == len(range(0, 2_000_000, 7))
