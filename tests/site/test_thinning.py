"""KEEP_DAYS: old texts go, headlines and notes stay, and nothing goes on which a reader's or editor's mark hangs."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import pytest

from newsroom.articles import save as article_save
from newsroom.articles.models import Article, MainParagraph, Picture, Rejection, Thinning, Version
from newsroom.comments.models import Comment
from newsroom.desk import thinning
from newsroom.publishers.models import Feed
from newsroom.readers.models import Item, Reader, Saved
from newsroom.stories.models import Notes, Placement, Story, StoryChange
from newsroom.stories.search import find_keys
from newstext.records import RawEntry
from tests.site.stories import NOW, make_story

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=100)
WORDS = (
    "The lamplighter Ida Voss of Kelm retired on Monday after forty years, the town of Kelm said. "
    "Her ladder goes to the museum of Kelm, the town said. "
    "The last gas lamp in Kelm will be switched off in March by her granddaughter."
)


@pytest.fixture(autouse=True)
def _keeps_ninety_days(settings):
    settings.KEEP_DAYS = 90


@pytest.fixture
def story() -> Story:
    return make_story("Lamplighter Voss retires", WORDS, number=501)


def article_of(story: Story) -> Article:
    return Article.objects.get(placement__story=story)


def thin(now: datetime = LATER) -> None:
    """What the desk does until nothing is due."""
    for _ in range(50):
        if not thinning.thin_due(now):
            return
    raise AssertionError("thinning finds no end")


def test_off_by_default_nothing_goes(story, settings):
    settings.KEEP_DAYS = 0
    thin(NOW + timedelta(days=5000))
    assert article_of(story).text == WORDS
    assert not Thinning.objects.exists()


def test_an_old_text_goes_and_the_page_says_so_with_headline_notes_and_the_way_to_the_publisher(story, client):
    before = article_of(story)
    Version.objects.create(article=before, replaced_at=NOW, title="Voss to retire", text=WORDS[:80])
    MainParagraph.objects.create(article=before, publisher=before.publisher, key=1)
    said = client.get(story.get_absolute_url()).content.decode()
    sentences = re.findall(r'class="said"[^>]*>([^<]+)<', said)
    assert sentences
    thin()
    row = article_of(story)
    assert (row.text, row.sentences, row.marks, row.title) == ("", [], None, before.title)
    assert row.thinned_at == LATER
    assert not row.versions.exists()
    assert not row.main_paragraphs.exists()
    page = client.get(row.get_absolute_url()).content.decode()
    assert "no longer kept here" in page
    assert row.url in page
    for address in (row.get_absolute_url(), story.get_absolute_url()):
        page = client.get(address).content.decode()
        assert row.title in page
        assert all(sentence in page for sentence in sentences), address
    assert f'href="/article/{row.pk}#s' not in page, "a mark leads to a sentence that is not there"
    assert client.get(f"/article/{row.pk}/sentence/1").status_code == 410
    assert client.get(f"/api/v1/articles/{row.pk}").status_code == 200


def test_search_finds_it_by_its_headline_and_no_more_by_its_text(story):
    key = article_of(story).pk
    assert key in find_keys(["ladder"], most=9, with_all=True)
    thin()
    assert key not in find_keys(["ladder"], most=9, with_all=True)
    assert key in find_keys(["lamplighter"], most=9, with_all=True)


def test_what_is_younger_or_in_a_story_that_goes_on_stays(story):
    thin(NOW + timedelta(days=89))
    assert article_of(story).text
    Story.objects.filter(pk=story.pk).update(last_at=LATER - timedelta(days=3))
    thin()
    assert article_of(story).text


def _comment(story: Story, reader: Reader) -> None:
    Comment.objects.create(story=story, name="Ada", text="At last", created_at=NOW, address_hash="x")


def _comment_on_article(story: Story, reader: Reader) -> None:
    Comment.objects.create(article=article_of(story), name="Ada", text="So", created_at=NOW, address_hash="x")


def _saved_story(story: Story, reader: Reader) -> None:
    Saved.objects.create(reader=reader, kind=Item.STORY, key=str(story.pk), at=NOW)


def _saved_article(story: Story, reader: Reader) -> None:
    Saved.objects.create(reader=reader, kind=Item.ARTICLE, key=str(article_of(story).pk), at=NOW)


def _pinned(story: Story, reader: Reader) -> None:
    Placement.objects.filter(story=story).update(is_pinned=True)


def _headline(story: Story, reader: Reader) -> None:
    Story.objects.filter(pk=story.pk).update(given_title="The lamps of Kelm")


def _section(story: Story, reader: Reader) -> None:
    Story.objects.filter(pk=story.pk).update(section_chosen="world")


def _moved(story: Story, reader: Reader) -> None:
    StoryChange.objects.create(story=story, at=NOW, kind="moved in", editor=reader)


@pytest.mark.parametrize(
    "leave",
    [_comment, _comment_on_article, _saved_story, _saved_article, _pinned, _headline, _section, _moved],
    ids=lambda leave: leave.__name__.strip("_"),
)
def test_a_text_on_which_something_of_a_reader_or_editor_hangs_stays_until_that_is_gone(story, leave):
    other = make_story("Voss of Kelm retires too", WORDS, number=502)
    leave(story, Reader.objects.create_user("ada@kelm.example"))
    thin()
    assert article_of(story).text == WORDS
    assert article_of(other).text == ""
    for model in (Comment, Saved, StoryChange):
        model.objects.all().delete()
    Placement.objects.update(is_pinned=False)
    Story.objects.update(given_title="", section_chosen=None)
    thin(LATER + timedelta(days=6))
    assert article_of(story).text == WORDS  # the pass of this week has been here
    thin(LATER + timedelta(days=7))
    assert article_of(story).text == ""


def test_what_was_let_go_is_not_read_again_though_its_feed_changes_it(story):
    row = article_of(story)
    feed = Feed.objects.create(publisher=row.publisher, url="https://meren.example/feed", next_check_at=NOW)
    raw = RawEntry(guid="g1", url=row.url, title=row.title, raw_summary="Once more.")
    Article.objects.filter(pk=row.pk).update(feed=feed, guid="g1")
    thin()
    for said in ("Once more.", "And again."):
        entry = RawEntry(guid="g1", url=row.url, title=row.title, raw_summary=said)
        assert article_save.take_entries([(feed, article_save.clean_fresh([(feed, [entry])])[0])], LATER) == [(0, 0)]
    assert raw.url == article_of(story).url
    assert not Article.objects.due_to_read(LATER).filter(pk=row.pk).exists()
    assert Article.objects.filter(url=row.url).count() == 1


def test_notes_are_not_made_anew_of_texts_that_are_gone(story):
    thin()
    held = Notes.objects.get(story=story).body
    Story.objects.filter(pk=story.pk).update(notes_due_at=NOW)
    assert story not in Story.objects.due_for_notes(LATER)
    assert Notes.objects.get(story=story).body == held


def test_each_step_is_bounded_and_twice_the_same_changes_nothing(monkeypatch):
    monkeypatch.setattr(thinning, "ARTICLES_AT_ONCE", 2)
    stories = [make_story(f"Lamp {n} of Kelm", WORDS, number=510 + n) for n in range(5)]
    gone = []
    for _ in range(3):
        thinning.thin_due(LATER)
        gone.append(Article.objects.filter(placement__story__in=stories, text="").count())
    assert gone == [2, 4, 5]
    rows = list(Article.objects.filter(placement__story__in=stories).order_by("pk").values())
    Thinning.objects.update(through_at=None, through_id=0)  # as after a step that was killed
    thin()
    assert list(Article.objects.filter(placement__story__in=stories).order_by("pk").values()) == rows
    assert Thinning.objects.get().articles == 5


def test_the_sample_edition_stays(story):
    count = Article.objects.filter(publisher__is_sample=True).exclude(text="").count()
    thin(NOW + timedelta(days=5000))
    assert count
    assert Article.objects.filter(publisher__is_sample=True).exclude(text="").count() == count


def test_texts_of_readers_refusals_and_pictures_go_too(story):
    row = article_of(story)
    own = Article.objects.create(
        publisher=row.publisher, url="text:1", url_key="text:1", private_key="k" * 43, text="Mine.", seen_at=NOW
    )
    Rejection.objects.create(url="https://meren.example/9", step="fetch", reason="is not there", at=NOW)
    Picture.objects.create(article=row, url="https://meren.example/a.png", url_key="a", width=400, digest="d")
    thin()
    assert not Article.objects.filter(pk=own.pk).exists()
    assert not Rejection.objects.filter(at=NOW).exists()
    assert not Picture.objects.filter(article=row).exists()


def test_health_says_what_is_kept_and_what_went(story, client, settings):
    def part() -> dict[str, object]:
        parts = json.loads(client.get("/health.json").content)["parts"]
        return next(one for one in parts if one["name"] == "keeping")

    thin()
    assert "90 days" in part()["said"]
    assert part()["figures"]["thinned"] == 1
    settings.KEEP_DAYS = 0
    assert "Everything that is read is kept." in part()["said"]
