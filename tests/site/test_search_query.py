"""A line of the search box becomes a record; whatever is none of its operators is a word."""

from __future__ import annotations

from datetime import date

import pytest

from newsroom.stories.search_query import Named, narrowed, operators_in, read_query


def test_words_phrases_and_what_is_unwanted():
    query = read_query('storm "night shift" -harbour -"sand storm"')
    assert query.terms == ("storm", "night shift")
    assert query.unwanted == ("harbour", "sand storm")
    assert query.problems == ()


def test_quotation_marks_of_a_phone_and_one_left_open():
    assert read_query("“night shift” storm").terms == ("night shift", "storm")
    assert read_query('storm "night shift').terms == ("storm", "night shift")


def test_named_things_quoted_too():
    query = read_query('publisher:"Meren Courier" tag:#Ostra COUNTRY:no lang:ar -publisher:tidewire')
    assert query.named == (
        Named("publisher", "Meren Courier"),
        Named("tag", "#Ostra"),
        Named("country", "no"),
        Named("lang", "ar"),
        Named("publisher", "tidewire", is_unwanted=True),
    )
    assert query.values("publisher") == ("Meren Courier",)
    assert query.values("publisher", unwanted=True) == ("tidewire",)


def test_days_and_the_narrowest_of_several():
    query = read_query("after:2026-11-01 after:2026-11-05 before:2026-11-20 before:2026-12-01")
    assert (query.after, query.before) == (date(2026, 11, 5), date(2026, 11, 20))
    assert read_query("after:٢٠٢٦-١١-٠١").after == date(2026, 11, 1)


@pytest.mark.parametrize("value", ["yesterday", "2026-02-30", "0000-01-01", "2026", "9999-12-31", "20261101"])
def test_a_bad_day_is_left_out_and_said(value):
    query = read_query(f"storm before:{value}")
    assert (query.terms, query.before) == (("storm",), None)
    assert f"before:{value} is no day" in query.problems[0]


def test_days_that_leave_none_are_said():
    assert "No day is from 2026-11-20 on" in read_query("after:2026-11-20 before:2026-11-20").problems[0]


@pytest.mark.parametrize("line", ["site:ostra", "NEAR(a b)", "title : x*", "a AND NOT b", "12:30", "col{x}^2"])
def test_an_unknown_operator_is_words(line):
    query = read_query(line)
    assert query.named == ()
    assert all(word.isalnum() for term in query.terms for word in term.split())
    assert query.terms


@pytest.mark.parametrize("line", ["publisher:", "tag: storm", 'lang:""', "-country:", "before:", "tag:##"])
def test_an_operator_with_nothing_behind_it_is_said(line):
    query = read_query(line)
    assert query.named == ()
    assert "nothing stands after it" in query.problems[0]


@pytest.mark.parametrize("line", ["", " ", '"', "-", "- -", '""', "\x00", "\ud800", "():*^", "\u202e"])
def test_what_asks_for_nothing(line):
    assert not read_query(line).asks


def test_a_long_line_is_cut_and_says_so():
    query = read_query("dam " * 2500)
    assert len(query.said) <= 300
    assert "9999" in query.problems[0]
    assert "300" in query.problems[0]
    many = read_query(" ".join(f"word{n}" for n in range(30)))
    assert len(many.terms) == 12
    assert "12" in many.problems[0]
    assert len(read_query("x" * 5000).terms[0]) == 300


def test_narrowing_takes_the_place_of_what_was_said_before():
    by_day = narrowed(
        'dam "night shift" after:2026-11-01 -tag:sport', "after:2026-11-05", instead_of=frozenset({"after"})
    )
    assert by_day == 'dam "night shift" -tag:sport after:2026-11-05'
    kept = narrowed("dam -publisher:one publisher:two", "publisher:three", instead_of=frozenset({"publisher"}))
    assert kept == "dam -publisher:one publisher:three"


def test_each_operator_can_be_taken_off():
    assert list(operators_in('dam lang:en -tag:"Ostra"')) == [
        ("lang:en", 'dam -tag:"Ostra"'),
        ('-tag:"Ostra"', "dam lang:en"),
    ]
