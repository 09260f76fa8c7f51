"""Earlier versions: what is kept of an edit, how it is shown, and when a page is asked for again."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from newsroom.articles import rereading, versions
from newsroom.articles.batch import store_read
from newsroom.articles.models import Article, Version
from newsroom.publishers.save import get_publisher
from newsroom.stories.models import Placement, Story, Storyline
from newstext import pipeline
from newstext.marks import to_json
from newstext.records import ArticleText
from tests.site import loopback

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
TITLE = "Ferry Halda runs aground off Port Meren"
TEXT = (
    "The ferry Halda ran aground on Tuesday off Port Meren with 212 passengers on board.\n\n"
    "Harbour master Ilse Torvik said that nobody was hurt and that the tide would lift the ship.\n\n"
    "The goverment of Velmark will look into the charts of the sound."
)


@pytest.fixture
def article() -> Article:
    """A page that was read whole an hour ago."""
    row = Article.objects.create(
        publisher=get_publisher("Sound Weekly", "https://sound.example"),
        url="https://sound.example/halda",
        url_key="sound.example/halda",
        seen_at=NOW - timedelta(hours=1),
        published_at=NOW - timedelta(hours=1),
    )
    read(row, at=NOW - timedelta(hours=1))
    row.page_hash, row.grouped_at = "a" * 64, NOW
    row.save()
    return row


def read(row: Article, title: str = TITLE, text: str = TEXT, *, at: datetime = NOW, **more) -> bool:
    told = ArticleText(url=row.url, title=title, text=text, paragraphs=tuple(text.split("\n\n")), language="en", **more)
    marked = pipeline.mark_article(told)
    assert marked.marks is not None
    return store_read(row, marked, to_json(marked.marks), at)


def placed(row: Article) -> Story:
    line = Storyline.objects.create(key=f"line-{row.pk}")
    story = Story.objects.create(key=str(row.pk), storyline=line, lead=row, title=row.title, first_at=NOW, last_at=NOW)
    Placement.objects.create(article=row, story=story, placed_at=NOW)
    return story


def words(page: str, tag: str) -> list[str]:
    """What stands in these elements, without the words for screen readers."""
    plain = re.sub(r'<span class="hidden"[^>]*>.*?</span>', "", page, flags=re.S)
    return [" ".join(found.split()) for found in re.findall(rf"<{tag}>(.*?)</{tag}>", plain, re.S)]


@pytest.mark.parametrize(
    ("headline", "removed", "added", "reason"),
    [
        ("at least 13 dead", ["9", "nine"], ["13", "13"], "figures"),
        ("Oda Brask, 54, found dead", ["in", "car"], [", 54,", "at", "summer house"], "wording"),
        ("Earthquake of 5.8 damages", ["5.6"], ["of 5.8", "5.8"], "figures"),
        ("raise output by 547,000", ["574,000", "574,000"], ["547,000", "547,000"], "figures"),
        ("Marsh fever found in 86", ["68", "68"], ["86", "86"], "figures"),
    ],
)
def test_a_silent_edit_of_the_sample_shows_its_words(client, article_of, headline, removed, added, reason):
    edited = article_of(headline)
    page = client.get(edited.get_absolute_url()).content.decode()
    assert "Earlier versions" in page
    assert "Substance" in page
    version = edited.versions.get()
    assert version.get_absolute_url() in page
    change = client.get(version.get_absolute_url()).content.decode()
    assert reason in change
    assert {*removed} <= {*words(change, "del")}
    assert {*added} <= {*words(change, "ins")}
    assert '<meta name="robots" content="noindex">' in change


def test_a_version_of_another_article_is_not_there(client, article_of):
    version = article_of("at least 13 dead").versions.get()
    other = article_of("Marsh fever found in 86")
    assert client.get(f"/article/{other.pk}/changes/{version.pk}").status_code == 404
    assert client.get(f"/article/{version.article_id}/changes/999999").status_code == 404


def test_versions_of_a_readers_own_text_are_for_nobody_else(client, article):
    read(article, text=TEXT.replace("212", "214"))
    version = article.versions.get()
    assert client.get(version.get_absolute_url()).status_code == 200
    Article.objects.filter(pk=article.pk).update(private_key="k" * 43)
    assert client.get(version.get_absolute_url()).status_code == 404


def test_an_edit_keeps_the_earlier_state_and_says_what_it_touched(article):
    assert read(article, "Ferry Halda runs aground, 214 aboard", TEXT.replace("212", "214"))
    version = article.versions.get()
    assert (version.title, version.text, version.replaced_at) == (TITLE, TEXT, NOW)
    assert (version.change, version.reasons[:2]) == ("substance", ["headline", "figures"])
    assert article.grouped_at is None


def test_a_mended_slip_leaves_its_story_alone(article):
    assert not read(article, text=TEXT.replace("goverment", "government"))
    assert article.versions.get().change == "typo"
    assert article.grouped_at == NOW


def test_the_notes_and_title_of_a_story_follow_a_mended_slip(article):
    from newsroom.desk.keeping import keep_read

    story = placed(article)
    story.notes_due_at = None
    story.save()
    title = TITLE.replace("Ferry", "FERRY")
    told = ArticleText(url=article.url, title=title, text=TEXT.replace("goverment", "government"), language="en")
    assert not keep_read(article, pipeline.mark_article(told), "", NOW)
    story.refresh_from_db()
    assert (story.notes_due_at, story.title) == (NOW, title)


@pytest.mark.parametrize(
    "text", [TEXT.replace("\n\n", " "), f"{TEXT}\n\nUpdated 10:45 GMT", TEXT.replace(" ", "\u00a0")]
)
def test_spaces_and_times_make_no_version(article, text):
    assert not read(article, text=text)
    assert not article.versions.exists()
    assert article.text == text


def test_a_teaser_that_becomes_a_body_is_no_edit(article):
    Article.objects.filter(pk=article.pk).update(kind="teaser", text="The ferry Halda ran aground.")
    article.refresh_from_db()
    assert read(article)
    assert not article.versions.exists()
    assert article.grouped_at is None


def test_a_wall_does_not_take_away_the_body(article):
    assert not read(article, "Subscribe to read", "", kind="paywall", refused="A paywall stands before the text.")
    article.refresh_from_db()
    assert (article.title, article.text, article.refused) == (TITLE, TEXT, "")
    assert "paywall" in article.read_problem
    assert not article.versions.exists()


def test_two_headlines_that_take_turns_leave_two_versions(article, client):
    other = "Ferry hits reef off Port Meren"
    for hour in range(1, 8):
        read(article, other if hour % 2 else TITLE, at=NOW + timedelta(hours=hour))
    assert {(version.title, version.times) for version in article.versions.all()} == {(TITLE, 4), (other, 3)}
    newest = article.versions.first()
    assert (newest.title, newest.replaced_at) == (TITLE, NOW + timedelta(hours=7))
    assert versions.following(newest).told.title == other
    assert versions.following(article.versions.last()).told.title == TITLE
    assert "replaced 4 times" in client.get(article.get_absolute_url()).content.decode()


def test_a_page_that_differs_at_each_look_fills_no_disk(article, monkeypatch):
    monkeypatch.setattr(versions, "VERSIONS_KEPT", 3)
    for count in range(6):
        read(article, text=TEXT.replace("212", str(300 + count)), at=NOW + timedelta(hours=count))
    assert [
        version.text.count(f"{300 + count}") for count, version in zip((4, 3, 2), article.versions.all(), strict=True)
    ] == [1, 1, 1]


def test_changes_of_substance_can_be_shown_alone(article, client):
    for count in range(6):
        read(article, text=f"{TEXT} Hour {count} passed.", at=NOW + timedelta(hours=count))
    read(article, text=article.text.replace("goverment", "government"), at=NOW + timedelta(hours=9))
    page = client.get(article.get_absolute_url()).content.decode()
    assert "Spelling or form" in page
    assert "?edits=substance#versions" in page
    alone = client.get(article.get_absolute_url() + "?edits=substance").content.decode()
    assert "Spelling or form" not in alone
    assert alone.count("What changed") == 6


def test_a_right_to_left_text_keeps_its_direction(article, client):
    article.language, article.text = "ar", "قتل 13 شخصا في المدينة يوم الاثنين."
    before = versions.state_of(article)
    article.text = "قتل 18 شخصا في المدينة يوم الاثنين."
    article.save()
    assert versions.keep_version(article, before, NOW).reasons == ("figures",)
    page = client.get(article.versions.get().get_absolute_url()).content.decode()
    assert '<div class="diff body" lang="ar" dir="rtl">' in page
    assert (words(page, "del")[1:], words(page, "ins")[1:]) == (["13"], ["18"])


def test_long_unchanged_stretches_are_folded(article, client):
    many = "\n\n".join(
        f"Paragraph {count} tells of a street in the town and of who lives there now." for count in range(20)
    )
    read(article, text=f"{TEXT}\n\n{many}", at=NOW - timedelta(minutes=9))
    read(article, text=f"{TEXT}\n\n{many}".replace("212", "214"))
    page = client.get(article.versions.first().get_absolute_url()).content.decode()
    assert re.search(r"<summary[^>]*>\d+ words unchanged</summary>", page)
    assert words(page, "ins")[1:] == ["214"]


def test_a_young_page_is_asked_again_after_one_six_and_24_hours(article):
    seen = article.seen_at
    moments = [rereading.next_reading(article, seen + timedelta(hours=hour)) for hour in (0, 1, 6, 24)]
    assert moments == [seen + timedelta(hours=1), seen + timedelta(hours=6), seen + timedelta(hours=24), None]
    edited = rereading.next_reading(article, seen + timedelta(hours=7), has_changed=True)
    assert edited == seen + timedelta(hours=8)


def test_a_live_page_is_asked_each_half_hour_for_a_day(article):
    article.kind = "live"
    assert rereading.next_reading(article, NOW) == NOW + timedelta(minutes=30)
    assert rereading.next_reading(article, NOW + timedelta(hours=30)) is None


@pytest.mark.parametrize(
    "change",
    [
        {"published_at": NOW - timedelta(days=3)},
        {"private_key": "k" * 43},
        {"page_hash": ""},
        {"refused": "A paywall stands before the text."},
    ],
    ids=["old", "a reader's own", "whole by its feed", "refused"],
)
def test_some_pages_are_not_asked_again_by_themselves(article, change):
    for name, value in change.items():
        setattr(article, name, value)
    assert rereading.next_reading(article, NOW, has_changed=True) is None


def test_the_operator_can_turn_it_off(article, settings):
    settings.REREAD = False
    assert rereading.next_reading(article, NOW) is None


def test_a_few_pages_of_a_publisher_are_asked_again_in_an_hour(article):
    rows = [
        Article(
            publisher=article.publisher,
            url=f"https://sound.example/{count}",
            url_key=f"sound.example/{count}",
            seen_at=NOW - timedelta(minutes=count),
            read_at=NOW - timedelta(hours=2),
            next_read_at=NOW - timedelta(minutes=1),
            page_hash="b" * 64,
        )
        for count in range(10)
    ]
    Article.objects.bulk_create(rows)
    Article.objects.filter(pk=article.pk).update(reread_at=NOW - timedelta(minutes=30), next_read_at=None)
    assert rereading.put_off_crowded(NOW) == 10 - (rereading.A_PUBLISHER - 1)
    due = Article.objects.due_to_read(NOW).filter(publisher=article.publisher)
    assert [row.url_key for row in due] == [f"sound.example/{count}" for count in range(rereading.A_PUBLISHER - 1)]
    assert rereading.put_off_crowded(NOW) == 0


@pytest.mark.slow
def test_a_page_is_asked_again_conditionally_and_its_edit_is_kept(settings):
    from newsroom.desk.work import Desk

    with loopback.serve() as site:
        settings.FETCH_ALLOW_PRIVATE = frozenset({site.host})
        url = site.page("/halda.html", TITLE, TEXT.split("\n\n"))
        row = Article.objects.create(
            publisher=get_publisher("Sound Weekly", "https://sound.example"),
            url=url,
            url_key=url.removeprefix("http://"),
            title=TITLE,
            seen_at=NOW,
            next_read_at=NOW,
        )
        clock = [NOW]
        desk = Desk(clock=lambda: clock[0])
        try:
            assert desk.read_pages() == 1
            clock[0] = NOW + timedelta(hours=1)
            assert desk.read_pages() == 1
            assert [status for path, status in site.asked if path == "/halda.html"] == [200, 304]
            row.refresh_from_db()
            assert (row.next_read_at, row.read_tries, row.claimed_by) == (NOW + timedelta(hours=6), 0, "")
            site.page("/halda.html", TITLE, TEXT.replace("212", "214").split("\n\n"))
            clock[0] = NOW + timedelta(hours=6)
            assert desk.read_pages() == 1
        finally:
            desk.close()
    row.refresh_from_db()
    assert "214" in row.text
    assert [version.reasons for version in Version.objects.filter(article=row)] == [["figures"]]
    assert row.next_read_at == NOW + timedelta(hours=7)
    assert desk.done.pages_unchanged == 1
