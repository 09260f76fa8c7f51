"""The sample edition: large enough, grouped right, always marked, and gone when news comes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from newsroom.articles.models import Article
from newsroom.desk import sample
from newsroom.publishers.models import Publisher
from newsroom.sample.pages import sample_articles
from newsroom.stories.models import Story

pytestmark = pytest.mark.django_db


def test_it_is_as_large_as_promised():
    articles = list(sample_articles())
    assert len({one.key for one in articles}) >= 80
    assert len({one.publisher.slug for one in articles}) >= 8
    assert len({one.at.date() for one in articles}) >= 10
    assert {"en", "ar"} <= {one.publisher.language for one in articles}
    assert sum(bool(one.copy_of) for one in articles) >= 5
    assert Story.objects.public().filter(publisher_count__gt=1).count() >= 12


def test_the_long_story_holds_its_tellings_and_their_copies(story_of):
    dam = story_of("Kestrel dam fails")
    assert dam.article_count >= 13  # the corrected toll and the burials, days later, are stories of its storyline
    assert dam.publisher_count >= 6
    assert dam.placements.exclude(copy_of=None).count() >= 3


def test_look_alikes_stay_apart(story_of):
    assert story_of("Quake of magnitude 5.8") != story_of("quake of 4.6")
    assert story_of("Rovers beat Torrin") != story_of("Orhan City knock Rovers")


def test_an_agency_text_under_another_headline_is_a_copy(article_of):
    copy = article_of("Velmark dam burst kills 13")
    assert copy.placement.copy_of.publisher.name == "Tidewire"


def test_silent_edits_leave_a_version(article_of):
    article = article_of("Gulf producers to raise output by 547,000")
    assert [version.title for version in article.versions.all()] == [
        "Gulf producers to raise output by 574,000 barrels a day"
    ]


def test_pages_without_a_text_are_refused(article_of):
    assert article_of("Video: the moment").refused
    assert article_of("La Karsa expulse").kind == "consent"


def test_letters_and_newsletters_lead_nothing(story_of):
    for words in ("Letters to the editor", "The morning briefing"):
        assert story_of(words).article_count == 1


def test_loading_twice_changes_nothing():
    from newsroom.desk.work import Desk

    before = (Article.objects.count(), Story.objects.count())
    desk = Desk()
    sample.load(desk, stays=True)
    desk.close()
    assert (Article.objects.count(), Story.objects.count()) == before


def test_it_leaves_when_a_real_story_stands():
    from django.utils import timezone

    from newsroom.publishers.save import get_publisher
    from newsroom.stories.models import Placement, Storyline

    Publisher.objects.filter(is_sample=True).update(sample_stays=False)
    assert not sample.leave_for_news()
    paper = get_publisher("The Real Post", "https://real.example")
    now = timezone.now()
    article = Article.objects.create(
        publisher=paper, url="https://real.example/1", url_key="real.example/1", seen_at=now
    )
    line = Storyline.objects.create(key=str(article.pk))
    story = Story.objects.create(key=str(article.pk), storyline=line, lead=article, first_at=now, last_at=now)
    Placement.objects.create(article=article, story=story, placed_at=now)
    assert sample.leave_for_news()
    assert list(Article.objects.all()) == [article]
    assert Story.objects.count() == 1


def test_what_was_asked_for_stays():
    assert not sample.leave_for_news()
    assert Publisher.objects.filter(is_sample=True).exists()


def test_the_sample_is_read_before_its_rows_are_held_so_that_others_can_write_meanwhile(monkeypatch):
    done = []
    monkeypatch.setattr(sample.pipeline, "process_pages", lambda pages, **_: (done.append("read") for _ in pages))
    monkeypatch.setattr(sample, "_keep", lambda row, read: done.append("kept"))
    monkeypatch.setattr(sample, "_draw", lambda rows: None)
    monkeypatch.setattr(sample, "_group", lambda desk: None)
    sample.load(SimpleNamespace(processes=map), stays=True)
    assert done == ["read"] * (len(done) // 2) + ["kept"] * (len(done) // 2)
    assert len(done) > 2
