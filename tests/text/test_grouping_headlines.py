"""Bare headlines: how sure a join must be depends on how many of them have company."""

from __future__ import annotations

from newstext.likeness import EVEN_OF_HEADLINES, Company


def after(*seen: bool) -> float:
    company = Company()
    for has_company in seen:
        company.count(has_company)
    return company.even()


def test_where_most_have_company_a_likely_story_is_enough():
    assert after(*[True] * 200) < 0.1


def test_where_few_have_company_a_join_must_be_all_but_sure():
    assert after(*[True, False, False, False] * 50) > EVEN_OF_HEADLINES


def test_what_was_seen_long_ago_is_forgotten():
    assert after(*[True] * 1000, *[False] * 400) > 0.95


def test_an_index_that_has_seen_nothing_takes_no_side():
    assert 0.2 < Company().even() < 0.5
