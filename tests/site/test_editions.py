"""Once a day the stories that matter: chosen, shown, sent as a feed, and never added to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from newsroom.stories import editions
from newsroom.stories.models import Edition, Story
from tests.site.stories import TEXT, make_story

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_others(db):
    Story.objects.update(is_private=True)


def made(number: int, *, origins: int = 1, hours: int = 1, section: str = "world") -> Story:
    story = make_story(f"Dam {number} above Ostra holds", f"{TEXT} Dam {number} is old.", number=number)
    moment = NOW - timedelta(hours=hours)
    Story.objects.filter(pk=story.pk).update(front_origins=origins, last_at=moment, section=section)
    return Story.objects.get(pk=story.pk)


def test_edition_holds_the_eight_stories_that_most_independent_publishers_tell():
    stories = [made(n, origins=n, section=f"s{n}") for n in range(1, 11)]
    assert editions.make_due(NOW) == 1
    kept = [row.story for row in Edition.objects.get().stories.all()]
    assert kept == stories[:1:-1]


def test_edition_is_made_once_and_nothing_is_added():
    made(1)
    editions.make_due(NOW)
    made(2, origins=9)
    assert editions.make_due(NOW + timedelta(hours=3)) == 0
    assert Edition.objects.get().stories.count() == 1


def test_edition_waits_for_its_hour_in_the_sites_time_zone(settings):
    settings.EDITION_HOUR = 10
    made(1)
    assert editions.make_due(NOW) == 0
    assert editions.make_due(NOW + timedelta(hours=1)) == 1


def test_old_stories_are_in_no_edition():
    made(1, hours=30)
    assert editions.make_due(NOW) == 0
    assert not Edition.objects.exists()


def test_one_section_does_not_fill_the_edition():
    for number in range(8):
        made(number, origins=20 - number, section="sport")
    other = made(20, origins=1, section="science")
    editions.make_due(NOW)
    assert other in [row.story for row in Edition.objects.get().stories.all()]


def test_one_course_of_events_stands_in_it_once():
    first, second = made(1, origins=5), made(2, origins=4)
    Story.objects.filter(pk=second.pk).update(storyline=first.storyline)
    editions.make_due(NOW)
    assert [row.story for row in Edition.objects.get().stories.all()] == [first]


def test_page_says_where_it_ends_and_leads_to_the_day_before():
    made(1)
    Edition.objects.create(on=(NOW - timedelta(days=1)).date(), made_at=NOW - timedelta(days=1))
    editions.make_due(NOW)
    page = Client().get("/edition").content.decode()
    assert "Dam 1 above Ostra holds" in page
    assert "That is all" in page
    assert 'href="/edition/2026-11-25"' in page
    assert Client().get("/edition/2026-11-26").status_code == 200


def test_story_that_was_merged_since_is_shown_as_what_took_it_in():
    gone = made(1)
    editions.make_due(NOW)
    kept = made(2)
    Story.objects.filter(pk=gone.pk).update(merged_into=kept)
    page = Client().get("/edition").content.decode()
    assert f'href="/story/{kept.pk}"' in page
    assert "Dam 1 above Ostra holds" in page


def test_site_without_an_edition_says_when_one_comes(settings):
    settings.EDITION_HOUR = 7
    assert "7 o’clock" in Client().get("/edition").content.decode()


@pytest.mark.parametrize("day", ["2026-02-31", "yesterday", "2026-11-01", "9" * 400])
def test_day_without_an_edition_is_404(day):
    assert Client().get(f"/edition/{day}").status_code == 404


def test_feed_has_one_item_a_day():
    made(1)
    editions.make_due(NOW)
    feed = Client().get("/edition/feed.xml").content.decode()
    assert feed.count("<item>") == 1
    assert "1. Dam 1 above Ostra holds" in feed
