"""The rule of For you, on made-up stories: what the dial does, what a line does, and that no reason fills a page."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from newsroom.stories import for_you
from newsroom.stories.for_you import Candidate, Line, by_moment, lead_hours, order, spread

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
RIVER = Line("hashtag", "river", "River")
COURIER = Line("publisher", "meren-courier", "The Meren Courier")
SPORT = Line("section", "sport", "Sport")
READ = Line("storyline", "7", "The dam", read=4)
ALL = (RIVER, COURIER, SPORT, READ)


def story(number: int, hours_ago: float, *about: Line) -> Candidate:
    return Candidate(number, NOW - timedelta(hours=hours_ago), frozenset(line.target for line in about))


def some_stories(seed: int, count: int = 120) -> list[Candidate]:
    """Stories of four days, some about one or more of ALL."""
    dice = random.Random(seed)
    return [
        story(number, dice.random() * 96, *(line for line in ALL if dice.random() < 0.25))
        for number in range(1, count + 1)
    ]


def numbers(places: list[for_you.Place]) -> list[int]:
    return [place.story for place in places]


@pytest.mark.parametrize("seed", range(5))
def test_at_a_dial_of_0_the_order_is_the_front_pages(seed: int):
    stories = some_stories(seed)
    front = [one.story for one in sorted(stories, key=lambda one: (one.at, one.story), reverse=True)]
    places = order(stories, ALL, dial=0, most=200)
    assert numbers(places) == front
    assert not any(place.reasons or place.is_between for place in places)


@pytest.mark.parametrize("seed", range(5))
def test_with_no_line_the_order_is_the_front_pages_at_every_dial(seed: int):
    stories = some_stories(seed)
    assert all(
        order(stories, (), dial=dial, most=200) == order(stories, ALL, dial=0, most=200) for dial in for_you.DIAL_STEPS
    )


@pytest.mark.parametrize("seed", range(5))
def test_turning_the_dial_up_never_takes_what_is_followed_behind_what_is_not(seed: int):
    stories = some_stories(seed)
    plain = {one.story for one in stories if not one.about}
    behind = [
        {(one, other) for n, one in enumerate(row) if one in plain for other in row[n + 1 :] if other not in plain}
        for row in (numbers(by_moment(stories, ALL, dial=dial)) for dial in range(0, 101, 10))
    ]
    assert all(later <= earlier for earlier, later in pairwise(behind))
    assert behind[-1] < behind[0]


def test_at_a_dial_of_100_what_is_followed_of_the_last_day_stands_before_what_all_carry():
    carried_by_all = Candidate(1, NOW + timedelta(hours=36))  # the most that newstext.prominence gives
    of_a_day_ago = story(2, 23.9, RIVER)
    assert numbers(order([carried_by_all, of_a_day_ago], ALL, dial=100, most=9)) == [2, 1]


def test_nothing_that_is_followed_stands_first_for_ever():
    fresh, many_reasons = story(1, 0), story(2, for_you.MOST_LEAD_HOURS + 1, *ALL)
    assert numbers(order([fresh, many_reasons], ALL, dial=100, most=9)) == [1, 2]


def test_of_two_that_are_followed_the_newer_stands_first():
    assert numbers(order([story(1, 5, RIVER), story(2, 2, COURIER)], ALL, dial=100, most=9)) == [2, 1]


@pytest.mark.parametrize("gone", ALL)
def test_without_a_line_the_order_is_as_if_no_story_had_to_do_with_it(gone: Line):
    stories, rest = some_stories(3), [line for line in ALL if line != gone]
    bare = [Candidate(one.story, one.at, one.about - {gone.target}) for one in stories]
    assert order(stories, rest, dial=75, most=200) == order(bare, ALL, dial=75, most=200)
    assert order(stories, rest, dial=75, most=200) != order(stories, ALL, dial=75, most=200)


def test_the_same_stories_and_lines_in_any_sequence_have_one_order():
    stories, lines = some_stories(1), list(ALL)
    before = order(stories, lines, dial=50, most=200)
    random.Random(2).shuffle(stories)
    assert order(stories, lines[::-1], dial=50, most=200) == before


def test_a_reason_stands_three_times_in_a_row_and_then_another_story():
    stories = [story(number, number / 10, COURIER) for number in range(1, 10)] + [story(20, 40), story(21, 50)]
    places = order(stories, ALL, dial=100, most=20)
    assert numbers(places) == [1, 2, 3, 20, 4, 5, 6, 21, 7, 8, 9]
    assert [place.story for place in places if place.is_between] == [20, 21]


@pytest.mark.parametrize("seed", range(5))
def test_no_reason_is_shared_by_four_in_a_row_while_others_are_left(seed: int):
    stories = some_stories(seed)
    page = order(stories, ALL, dial=100, most=30)
    for n in range(len(page) - for_you.IN_A_ROW):
        four = [{line.target for line in place.reasons} for place in page[n : n + for_you.IN_A_ROW + 1]]
        assert not set.intersection(*four)


def test_spreading_loses_and_doubles_nothing():
    stories = some_stories(4)
    assert sorted(numbers(order(stories, ALL, dial=100, most=999))) == sorted(one.story for one in stories)
    assert len(spread(by_moment(stories, ALL, dial=100), most=7)) == 7


def test_a_further_reason_helps_a_little_and_a_hundred_no_more_than_two():
    many = [Line("hashtag", str(number)) for number in range(100)]
    assert lead_hours([]) == 0
    assert lead_hours([RIVER]) < lead_hours([RIVER, COURIER]) < 1.2 * lead_hours([RIVER])
    assert lead_hours(many) == for_you.MOST_LEAD_HOURS
    assert all(lead_hours([*many[:n], READ]) >= lead_hours(many[:n]) for n in range(5))


def test_reading_counts_from_three_on_and_never_as_much_as_following():
    assert [for_you.hours_of_reading(read) for read in (1, 2)] == [0, 0]
    counted = [for_you.hours_of_reading(read) for read in range(3, 400)]
    assert counted == sorted(counted)
    assert counted[-1] == for_you.READ_HOURS_MOST < for_you.FOLLOWED_HOURS / 2


def test_what_is_followed_and_read_counts_once():
    both = order([story(1, 1, RIVER)], [RIVER, Line("hashtag", "river", "River", read=9)], dial=100, most=1)
    assert both[0].reasons == (RIVER,)


@pytest.mark.parametrize(("dial", "step"), [(0, 0), (12, 0), (13, 25), (50, 50), (60, 50), (99, 100), (400, 100)])
def test_every_dial_has_a_named_step(dial: int, step: int):
    assert for_you.nearest_step(dial) == step
