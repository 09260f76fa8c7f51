"""Days added in brackets are shown as readers write them, those of a publisher as it wrote them."""

from __future__ import annotations

import pytest

from newsroom.stories.bracketed import with_dates_in_words


@pytest.mark.parametrize(
    ("language", "added", "shown"),
    [
        ("en", "2026-11-18", "18 Nov 2026"),
        ("en", "2026-11", "Nov 2026"),
        ("en", "2026-11-16/22", "16–22 Nov 2026"),
        ("fr", "2026-11-18", "18 nov. 2026"),
        ("ar", "2026-11-18", "18 نوفمبر 2026"),
        ("de", "2026-11-18", "18. Nov. 2026"),
        ("und", "2026-11-18", "18 Nov 2026"),
        ("tlh", "2026-11-18", "18 Nov 2026"),
        ("en", "2026-13-18", "2026-13-18"),
    ],
)
def test_an_added_day_stands_in_the_words_of_its_sentence(language, added, shown):
    assert with_dates_in_words(f"It fell on Monday [{added}].", "It fell on Monday.", language) == (
        f"It fell on Monday [{shown}]."
    )


def test_a_week_over_the_new_year_ends_in_the_next():
    shown = with_dates_in_words("Last week [2026-12-28/01-03] it fell.", "Last week it fell.", "en")
    assert "28 Dec 2026" in shown
    assert "3 Jan 2027" in shown


def test_a_publishers_own_bracket_stays_as_it_is():
    text = "The note of [2026-11-18] was signed on Monday."
    shown = "The note of [2026-11-18] was signed on Monday [2026-11-16]."
    assert with_dates_in_words(shown, text, "en") == "The note of [2026-11-18] was signed on Monday [16 Nov 2026]."


def test_a_name_in_brackets_is_left_alone():
    assert with_dates_in_words("Rell [Tomas Rell] said so.", "Rell said so.", "en") == "Rell [Tomas Rell] said so."
