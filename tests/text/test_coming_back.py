"""When an answer asks to be come back to: all forms of it, and what is no form."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newstext.coming_back import DAY_S, WEEK_S, fresh_for_s, retry_after_s

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC).timestamp()
NOON, ONE = "Mon, 05 Oct 2026 12:00:00 GMT", "Mon, 05 Oct 2026 13:00:00 GMT"


@pytest.mark.parametrize(
    ("said", "waits_s"),
    [
        ("120", 120),
        (" 120 ", 120),
        (ONE, 3600),
        ("Mon, 05 Oct 2026 13:00:00 -0000", 3600),
        ("Mon, 05 Oct 2026 11:00:00 GMT", 0),
        ("999999999999", WEEK_S),
        ("9" * 5000, WEEK_S),
        ("Mon, 05 Oct 2099 13:00:00 GMT", WEEK_S),
        ("", 0),
        ("soon", 0),
        ("-30", 0),
        ("1e3", 0),
        ("\xb2", 0),  # a digit to Python, and no number
        ("120, 240", 0),
        ("Thu, 45 Oct 2026 99:00:00 GMT", 0),
    ],
)
def test_retry_after_is_read_in_both_forms_and_for_a_week_at_most(said, waits_s):
    assert retry_after_s({"retry-after": said}, NOW) == waits_s


def test_a_date_is_reckoned_from_the_servers_own_clock():
    assert retry_after_s({"retry-after": ONE, "date": NOON}, NOW + 5 * 3600) == 3600
    assert retry_after_s({"retry-after": ONE, "date": "today"}, NOW + 1800) == 1800


@pytest.mark.parametrize(
    ("headers", "fresh_s"),
    [
        ({"cache-control": "public, max-age=600"}, 600),
        ({"cache-control": 'MAX-AGE="600"'}, 600),
        ({"cache-control": "max-age=600, s-maxage=60"}, 60),
        ({"cache-control": "max-age=600", "age": "500"}, 100),
        ({"cache-control": "max-age=600", "age": "700"}, 0),
        ({"cache-control": "max-age=600, no-cache"}, 0),
        ({"cache-control": "max-age=600", "expires": ONE}, 600),
        ({"expires": ONE, "date": NOON}, 3600),
        ({"expires": "0"}, 0),
        ({"cache-control": f"max-age={DAY_S:.0f}"}, DAY_S),
        ({"cache-control": "max-age=31536000"}, 0),
        ({"cache-control": "max-age=soon"}, 0),
        ({}, 0),
    ],
)
def test_how_long_an_answer_stays_as_it_is(headers, fresh_s):
    assert fresh_for_s(headers, NOW) == fresh_s
