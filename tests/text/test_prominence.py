"""What comes first on a front page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newstext.prominence import Telling, standing

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def told(*hours: float, kind: str = "article", origin: str = "") -> list[Telling]:
    """Tellings so many hours after noon, each by a publisher of its own unless `origin` says whose."""
    return [Telling(origin or f"paper {n}", NOON + timedelta(hours=hour), kind) for n, hour in enumerate(hours)]


def test_a_story_of_many_publishers_stands_before_a_newer_one_of_one():
    assert standing(told(0, 1, 2, 3)).at > standing(told(12)).at


def test_a_new_story_stands_before_what_many_told_two_days_ago():
    assert standing(told(0, 1, 2, 3, 4, 5, 6, 7)).at < standing(told(48)).at


def test_of_two_stories_by_as_many_publishers_the_newer_is_first():
    assert standing(told(1, 2)).at > standing(told(0, 1)).at


def test_the_reason_counts_publishers_and_the_time_they_took():
    stands = standing(told(0, 1, 3))
    assert (stands.origins, stands.span) == (3, timedelta(hours=3))


def test_what_one_publisher_tells_often_counts_once():
    assert standing(told(0, 1, 2, 3, origin="one paper")).origins == 1
    assert standing(told(0, 1, 2, 3, origin="one paper")).at == standing(told(3)).at


def test_publishers_of_the_days_before_do_not_count():
    assert standing(told(-60, -50, -40, 0)).origins == 1


@pytest.mark.parametrize("kind", ["live", "newsletter", "letters", "list", "sponsored"])
def test_pages_that_are_no_telling_lift_nothing(kind):
    alone = standing(told(0, 1))
    assert standing(told(0, 1) + told(2, 2, kind=kind, origin="x")) == alone
    assert standing(told(0, kind=kind)).at < standing(told(0)).at


def test_a_giant_story_does_not_stand_for_ever():
    thousands = [Telling(f"paper {n}", NOON) for n in range(5000)]
    assert standing(thousands).at < NOON + timedelta(hours=40)


def test_no_telling_is_an_error():
    with pytest.raises(ValueError, match="no telling"):
        standing([])
