"""What is too heavy to be read is named and left; the desk goes on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsroom.desk import jobs, telling
from newsroom.desk.fetching import Fetching
from newsroom.publishers.models import Feed
from newsroom.stories.models import Notes
from newstext.engines import Lost
from tests.site import loopback

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


def giving_up(function, items):
    """An engine that loses all it is given."""
    for _ in items:
        yield Lost("took over 20 s of processor time, the limit")


def test_a_feed_that_is_too_heavy_is_named(settings):
    with loopback.serve() as site:
        settings.FETCH_ALLOW_PRIVATE = frozenset({site.host})
        item = {"path": "/a", "title": "Quay reopens", "at": "Mon, 05 Oct 2026 10:00:00 GMT"}
        url = site.feed("/feed.xml", [item])
        looked = Fetching(giving_up).look_at_feed(Feed(url=url))
        read = Fetching().look_at_feed(Feed(url=url))
    assert (looked.outcome, looked.entries) == ("limits", ())
    assert f"{url}: took over 20 s of processor time, the limit" in looked.problem
    assert (read.outcome, len(read.entries)) == ("new", 1)


@pytest.mark.django_db
def test_notes_that_are_too_heavy_are_put_off(story_of):
    story = story_of("")
    before = Notes.objects.get(story=story).body
    assert telling.write_notes([story], NOW, engine=giving_up) == 0
    story.refresh_from_db()
    assert story.notes_due_at == NOW + telling.NOTES_PUT_OFF
    assert Notes.objects.get(story=story).body == before


@pytest.mark.django_db
def test_a_text_that_the_writer_breaks_on_holds_up_no_other_story(story_of, monkeypatch, caplog):
    stories = [story_of("Kestrel dam fails"), story_of("Water law passes")]
    write = jobs.pipeline.write_notes

    def break_on_one(articles, **options):
        if any("Kestrel" in article.title for article in articles):
            raise IndexError("list index out of range")
        return write(articles, **options)

    monkeypatch.setattr(jobs.pipeline, "write_notes", break_on_one)
    assert telling.write_notes(stories, NOW, engine=map) == 1
    broken, made = (type(story).objects.get(pk=story.pk) for story in stories)
    assert broken.notes_due_at == NOW + telling.NOTES_PUT_OFF
    assert made.notes_due_at is None
    assert "cannot be made" in caplog.text
