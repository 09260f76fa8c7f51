"""Ages in words turn at the right second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsroom.stories.templatetags.news import age_in_words, nice_date

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (59 * 60 + 59, "59 minutes ago"),
        (3600, "1 hour ago"),
        (86_399, "23 hours ago"),
        (86_400, "1 day ago"),
        (7 * 86_400 - 1, "6 days ago"),
        (7 * 86_400, "17 Nov 2026"),
        (-3600, "24 Nov 2026"),
    ],
)
def test_age_in_words(seconds, words):
    assert age_in_words(NOW - timedelta(seconds=seconds), NOW) == words


def test_dates_of_any_precision_read_well():
    assert [nice_date(value) for value in ("2026-11-08", "2026-11", "1921")] == ["8 Nov 2026", "Nov 2026", "1921"]
