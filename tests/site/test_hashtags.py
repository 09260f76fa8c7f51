"""Hashtags on the site: one page an entity, from three articles on, and what editors do with them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from newsroom.articles.models import Article
from newsroom.desk import sample as sample_edition
from newsroom.desk import telling
from newsroom.publishers.models import Publisher
from newsroom.readers.models import Reader
from newsroom.stories import hashtag_keeping, hashtag_pages, save, trending
from newsroom.stories.models import Hashtag, HashtagAlias, Placement, Story, Storyline, TrendingHashtag, TrendingRound
from newstext.note_records import Subject

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def reader() -> Client:
    return Client()


def publisher(name: str) -> Publisher:
    return Publisher.objects.get_or_create(slug=f"t-{name}", defaults={"name": name})[0]


def new_story(
    name: str, *, articles: int = 3, at: datetime = NOW, line: str = "", publishers: int = 3, copies: int = 0
) -> Story:
    storyline, _ = Storyline.objects.get_or_create(key=line or name)
    story = Story.objects.create(
        key=name, storyline=storyline, title=name, first_at=at, last_at=at, article_count=articles, publisher_count=1
    )
    first = None
    for number in range(articles):
        url = f"https://t.example/{name}/{number}".replace(" ", "-")
        row = Article.objects.create(
            publisher=publisher(f"p{number % publishers}"),
            url=url,
            url_key=url,
            title=name,
            published_at=at,
            seen_at=at,
        )
        copy_of = first if first and number >= articles - copies else None
        Placement.objects.create(article=row, story=story, placed_at=at, copy_of=copy_of)
        first = first or row
    return story


def about(story: Story, *subjects: Subject | str, now: datetime = NOW) -> list[str]:
    """The keys that a story has after these subjects were kept."""
    kept = [one if isinstance(one, Subject) else Subject(f"#{one}") for one in subjects]
    hashtag_keeping.keep_hashtags(story, kept, now)
    return sorted(story.hashtags.values_list("key", flat=True))


FULL = Subject("#YsoldeTarn", "person", last_name="tarn")
LAST = Subject("#Tarn", "person")
TOWN = Subject("#Tarn", "place")


def test_last_name_alone_goes_to_the_full_name_in_the_news():
    about(new_story("one"), FULL)
    assert about(new_story("two"), LAST) == ["ysoldetarn"]


def test_last_name_alone_goes_to_nobody_while_two_people_have_it():
    about(new_story("one"), FULL)
    about(new_story("two"), Subject("#OttoTarn", "person", last_name="tarn"))
    assert about(new_story("three"), LAST) == ["tarn"]


def test_last_name_alone_goes_to_nobody_who_left_the_news_long_ago():
    about(new_story("one", at=NOW - timedelta(days=90)), FULL)
    assert about(new_story("two"), LAST) == ["tarn"]


def test_a_person_and_a_town_of_one_name_are_two_pages(reader):
    assert about(new_story("one"), TOWN) == ["tarn"]
    assert about(new_story("two"), LAST) == ["tarn-person"]
    assert about(new_story("three"), FULL) == ["ysoldetarn"]
    assert Hashtag.objects.get(key="tarn").kind == "place"
    assert about(new_story("four"), TOWN) == ["tarn"]
    assert reader.get("/hashtag/tarn").status_code == 200


def test_unsure_last_name_needs_company_to_be_the_person():
    about(new_story("one"), FULL, "WaterLaw")
    assert about(new_story("two"), "Tarn", "Skiing") == ["skiing", "tarn"]
    Hashtag.objects.filter(key="tarn").delete()
    assert about(new_story("three"), "Tarn", "WaterLaw") == ["waterlaw", "ysoldetarn"]


def test_page_of_a_last_name_becomes_an_address_of_the_full_name_that_comes_later(reader):
    early = new_story("one", at=NOW - timedelta(days=2))
    about(early, LAST)
    about(new_story("two"), FULL)
    assert list(early.hashtags.values_list("key", flat=True)) == ["ysoldetarn"]
    answer = reader.get("/hashtag/tarn")
    assert (answer.status_code, answer["Location"]) == (301, "/hashtag/ysoldetarn")
    assert reader.get("/hashtag/tarn/feed.xml")["Location"] == "/hashtag/ysoldetarn/feed.xml"
    assert Hashtag.objects.get(key="ysoldetarn").first_seen_at == early.first_at
    assert about(new_story("three"), LAST) == ["ysoldetarn"]


def test_town_stays_a_page_when_a_person_of_that_name_comes():
    town = new_story("one")
    about(town, TOWN)
    about(new_story("two"), FULL)
    assert list(town.hashtags.values_list("key", flat=True)) == ["tarn"]


def test_page_from_three_articles_on(reader):
    story = new_story("few", articles=2)
    about(story, "Halda")
    assert reader.get("/hashtag/halda").status_code == 404
    assert reader.get("/hashtag/halda/feed.xml").status_code == 404
    html = reader.get(f"/story/{story.pk}").content.decode()
    assert "#Halda" in html
    assert 'href="/hashtag/halda"' not in html
    more = new_story("more", articles=1)
    about(more, "Halda")
    assert reader.get("/hashtag/halda").status_code == 200
    assert 'href="/hashtag/halda"' in reader.get(f"/story/{story.pk}").content.decode()


def test_page_shows_first_seen_its_trend_its_stories_and_its_feed(reader, monkeypatch):
    monkeypatch.setattr(hashtag_pages.timezone, "now", lambda: NOW)
    about(new_story("Ferry aground", at=NOW - timedelta(days=5)), "Halda")
    about(new_story("Ferry afloat", at=NOW - timedelta(days=1), articles=4), "Halda")
    html = reader.get("/hashtag/halda").content.decode()
    assert "first seen" in html
    assert "21 November 2026" in html
    assert html.count("<rect") == 2
    assert "7 articles in 30 days" in html
    assert "<td>4</td>" in html
    assert "style=" not in html
    assert "Ferry aground" in html
    assert "Ferry afloat" in html
    assert 'href="/hashtag/halda/feed.xml"' in html
    feed = reader.get("/hashtag/halda/feed.xml")
    assert feed["Content-Type"].startswith("application/rss+xml")
    assert b"Ferry afloat" in feed.content


def test_hashtag_page_pages_through_its_stories(reader):
    for number in range(32):
        about(new_story(f"story {number}", articles=1, at=NOW - timedelta(hours=number)), "Halda")
    first = reader.get("/hashtag/halda").content.decode()
    assert "story 31" not in first
    older = re.search(r'href="(\?before=[^"]+)"', first)
    assert older
    assert "story 31" in reader.get("/hashtag/halda" + older.group(1).replace("&amp;", "&")).content.decode()


def test_arabic_hashtag_has_its_page_in_its_own_direction(reader):
    about(new_story("سد كيستريل"), "سد_كيستريل")
    html = reader.get("/hashtag/سدكيستريل").content.decode()
    assert "<h1><bdi>#سد_كيستريل</bdi></h1>" in html


def test_private_texts_have_no_hashtag_pages():
    story = new_story("private")
    Story.objects.filter(pk=story.pk).update(is_private=True)
    story.refresh_from_db()
    about(story, "Halda")
    assert not Hashtag.objects.filter(key="halda").exists()


def test_trending_is_what_is_more_than_usual_from_several_publishers():
    for days in range(1, 15):
        about(new_story(f"usual {days}", articles=6, at=NOW - timedelta(days=days, hours=1)), "Parliament")
    about(new_story("again", articles=6), "Parliament")
    about(new_story("burst", articles=8), "Halda")
    about(new_story("one paper", articles=8, publishers=1), "Gardens")
    about(new_story("one text", articles=8, copies=7), "Reprint")
    TrendingRound.objects.all().delete()
    assert trending.choose_trending(NOW)
    assert list(TrendingHashtag.objects.values_list("hashtag__key", flat=True)) == ["halda"]


def test_trending_is_chosen_every_few_minutes_and_not_at_each_story():
    TrendingRound.objects.all().delete()
    assert trending.choose_trending(NOW)
    assert not trending.choose_trending(NOW + timedelta(minutes=1))
    assert trending.choose_trending(NOW + trending.EVERY + timedelta(seconds=1))


def test_front_and_list_show_what_trends_without_counting(reader, django_assert_max_num_queries):
    about(new_story("burst", articles=8), "Halda")
    TrendingRound.objects.all().delete()
    trending.choose_trending(NOW)
    assert 'href="/hashtag/halda"' in reader.get("/").content.decode()
    with django_assert_max_num_queries(4):
        html = reader.get("/hashtags").content.decode()
    assert "Trending" in html
    assert 'href="/hashtag/halda"' in html


# --- editors -------------------------------------------------------------------


@pytest.fixture
def editor() -> Client:
    user = Reader.objects.create_user("ed", "ed@t.example", "a long password", role=Reader.Role.EDITOR)
    client = Client()
    client.force_login(user)
    return client


def act(editor: Client, action: str, tags: list[str], **more: str) -> str:
    keys = [str(Hashtag.objects.get(key=key).pk) for key in tags]
    data = {"action": action, "_selected_action": keys, **more}
    answer = editor.post("/admin/stories/hashtag/", data, follow=True, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_editor_unites_two_hashtags_after_saying_which_stays(editor, reader):
    one, two = new_story("one"), new_story("two")
    about(one, "WaterLaw")
    about(two, "LawOnWater")
    asked = act(editor, "unite", ["waterlaw", "lawonwater"])
    assert "Which one stays" in asked
    assert Hashtag.objects.filter(key="lawonwater").exists()
    act(editor, "unite", ["waterlaw", "lawonwater"], stays=str(Hashtag.objects.get(key="waterlaw").pk), confirmed="yes")
    assert set(Hashtag.objects.get(key="waterlaw").stories.all()) == {one, two}
    assert reader.get("/hashtag/lawonwater")["Location"] == "/hashtag/waterlaw"
    assert about(new_story("three"), "LawOnWater") == ["waterlaw"]
    save.drop_empty()
    assert HashtagAlias.objects.filter(key="lawonwater").exists()


def test_editor_renames_a_hashtag_and_the_old_address_leads_there(editor, reader):
    about(new_story("one"), "WaterLaw")
    assert 'name="new_name"' in act(editor, "rename", ["waterlaw"])
    act(editor, "rename", ["waterlaw"], new_name="#WaterAct", confirmed="yes")
    assert reader.get("/hashtag/waterlaw")["Location"] == "/hashtag/wateract"
    assert "#WaterAct" in reader.get("/hashtag/wateract").content.decode()
    assert about(new_story("two"), "WaterLaw") == ["wateract"]


def test_renaming_to_a_name_that_is_taken_is_refused(editor):
    about(new_story("one"), "WaterLaw", "WaterAct")
    assert "has that name already" in act(editor, "rename", ["waterlaw"], new_name="WaterAct", confirmed="yes")
    assert Hashtag.objects.filter(key="waterlaw", name="WaterLaw").exists()


def test_blocked_hashtag_vanishes_and_does_not_come_back(editor, reader):
    story = new_story("one")
    about(story, "Newsdesk", "Halda")
    assert "do" in act(editor, "block", ["newsdesk"])
    assert story.hashtags.count() == 2  # it only asked
    act(editor, "block", ["newsdesk"], confirmed="yes")
    assert about(story, "Newsdesk", "Halda") == ["halda"]
    assert reader.get("/hashtag/newsdesk").status_code == 404
    save.drop_empty()
    assert about(new_story("two"), "Newsdesk", "Halda") == ["halda"]
    act(editor, "unblock", ["newsdesk"])
    assert about(story, "Newsdesk", "Halda") == ["halda", "newsdesk"]


def test_readers_may_not_touch_hashtags():
    about(new_story("one"), "Halda")
    user = Reader.objects.create_user("mo", "mo@t.example", "a long password", role=Reader.Role.MODERATOR)
    client = Client()
    client.force_login(user)
    key = str(Hashtag.objects.get(key="halda").pk)
    data = {"action": "block", "_selected_action": [key], "confirmed": "yes"}
    answer = client.post("/admin/stories/hashtag/", data, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 403
    assert not Hashtag.objects.get(key="halda").is_blocked


def test_uniting_with_itself_or_into_a_blocked_one_is_refused():
    about(new_story("one"), "Halda", "Tarn")
    halda, brask = Hashtag.objects.get(key="halda"), Hashtag.objects.get(key="tarn")
    with pytest.raises(hashtag_keeping.CannotChange, match="one hashtag already"):
        hashtag_keeping.unite(halda, halda)
    hashtag_keeping.block([brask])
    brask.refresh_from_db()
    with pytest.raises(hashtag_keeping.CannotChange, match="blocked"):
        hashtag_keeping.unite(halda, brask)


def test_a_sample_that_leaves_takes_its_articles_off_the_hashtags_it_shares_with_the_news(reader):
    sample, news = new_story("ferry", at=NOW - timedelta(days=9)), new_story("budget", articles=2)
    about(sample, "Meren")
    about(news, "Meren")
    Story.objects.filter(pk=sample.pk).update(is_sample=True)
    Publisher.objects.filter(articles__placement__story=sample).update(is_sample=True)
    Article.objects.filter(placement__story=news).update(publisher=publisher("real"))
    sample_edition.remove()
    tag = Hashtag.objects.get(key="meren")
    assert (tag.article_count, tag.first_seen_at) == (2, NOW)
    assert reader.get("/hashtag/meren").status_code == 404


def test_notes_that_are_written_choose_what_trends_once_a_batch(story_of, monkeypatch):
    chosen = []
    monkeypatch.setattr(trending, "choose_trending", chosen.append)
    stories = [story_of("Kestrel dam fails"), story_of("Water law passes")]
    assert telling.write_notes(stories, NOW, engine=map) == 2
    assert chosen == [NOW]
    telling.write_notes([], NOW, engine=map)
    assert chosen == [NOW]
