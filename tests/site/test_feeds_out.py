"""The feeds of every page that has one: whole by the formats' rules, and read back with all that was put in."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import urlsplit

import feedparser
import pytest
from django.test import Client

from newsroom.articles.models import Article
from newsroom.publishers.models import Feed, OldSlug, Publisher
from newsroom.stories.models import Edition, Hashtag, Placement, Story, Storyline
from tests.site.feed_rules import faults_of
from tests.site.stories import NOW, TEXT, make_story

pytestmark = pytest.mark.django_db
FILES = ("feed.xml", "atom.xml", "feed.json")
XML = FILES[:2]
HOST = "http://testserver"
PAPER = "Meren Courier (meren.example)"  # the sample has another of that name
ODD = "Dam <b>holds</b> & <script>alert(1)</script> &lt;so&gt;\x01\x0b\x85\ufffe \U0001f30a"
TYPES = {"feed.xml": "application/rss+xml", "atom.xml": "application/atom+xml", "feed.json": "application/feed+json"}


@pytest.fixture
def story() -> Story:
    return make_story("Dam above Ostra holds", TEXT)


@pytest.fixture
def article(story: Story) -> Article:
    found = Article.objects.get(placement__story=story)
    found.authors, found.tags, found.summary = ["Ida Moen", "Tor Velde"], ["dams", "Ostra"], "The dam held. " * 30
    found.updated_at = found.published_at + timedelta(hours=2)
    found.save()
    return found


def pages_of(story: Story) -> list[str]:
    """A page of each kind that has feeds, as the start of their addresses; all list something of the story."""
    tag = Hashtag.objects.create(key="damofostra", name="DamOfOstra", article_count=5)
    tag.stories.add(story)
    story.countries.create(code="no")
    Story.objects.filter(pk=story.pk).update(section="world")
    edition = Edition.objects.create(on=NOW.date() + timedelta(days=400), made_at=NOW)
    edition.stories.create(place=1, story=story, title=story.title)
    return [
        "/",
        "/section/world/",
        "/country/no/",
        "/hashtag/damofostra/",
        "/publisher/meren-courier/",
        f"/story/{story.pk}/",
        f"/storyline/{story.storyline_id}/",
        "/edition/",
        "/search/",
    ]


def got(address: str, **headers: str):
    query = "?q=%22dam%20above%22" if address.startswith("/search/") else ""
    return Client().get(f"{address}{query}", headers=headers)


def read(address: str):
    """The feed as a reader of feeds takes it; JSON as it is."""
    body = got(address).content
    if address.endswith(".json"):
        return json.loads(body)
    feed = feedparser.parse(body, response_headers={"content-type": got(address)["Content-Type"]})
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def faults(address: str) -> list[str]:
    answer = got(address)
    assert answer.status_code == 200, address
    return faults_of(answer.content, f"{HOST}{answer.wsgi_request.get_full_path()}")


@pytest.mark.parametrize("file", FILES)
def test_feed_of_each_page_is_whole_by_its_formats_rules(story, file):
    for page in pages_of(story):
        assert faults(f"{page}{file}") == [], page
        assert got(f"{page}{file}")["Content-Type"].startswith(TYPES[file])


@pytest.mark.parametrize("file", FILES)
def test_feeds_of_the_whole_sample_edition_are_whole_in_every_language(file):
    for story in Story.objects.public():
        assert faults(f"/story/{story.pk}/{file}") == []
    for publisher in Publisher.objects.all():
        assert faults(f"/publisher/{publisher.slug}/{file}") == []


@pytest.mark.parametrize("file", FILES)
def test_feed_with_nothing_in_it_is_whole_and_stays_the_same(file):
    Story.objects.all().delete()
    assert faults(f"/{file}") == []
    assert got(f"/{file}").content == got(f"/{file}").content


@pytest.mark.parametrize("file", FILES)
def test_each_page_lists_its_story(story, file):
    for page in pages_of(story):
        body = got(f"{page}{file}").content.decode()
        assert "Dam above Ostra holds" in body, page


def test_feedparser_reads_all_fields_of_an_article_from_rss_and_atom(article):
    for file in XML:
        feed = read(f"/publisher/meren-courier/{file}")
        assert feed.feed.title == f"Backstory: {PAPER}"
        assert feed.feed.link == f"{HOST}/publisher/meren-courier"
        assert feed.feed.language == "en"
        assert feed.feed.updated_parsed[:5] == article.updated_at.timetuple()[:5]
        item = feed.entries[0]
        assert item.title == article.title
        assert item.link == f"{HOST}/article/{article.pk}"
        assert item.id.startswith("urn:uuid:")
        assert not item.get("guidislink")
        assert item.published_parsed[:5] == article.published_at.timetuple()[:5]
        assert item.updated_parsed[:5] == article.updated_at.timetuple()[:5]
        assert [one.name for one in item.authors] == ["Ida Moen", "Tor Velde"]
        assert [one.term for one in item.tags] == ["dams", "Ostra"]
        assert item.source.title == PAPER
        assert "https://meren.example/" in str(item.source)
        assert {"rel": "via", "href": article.url}.items() <= item.links[-1].items()
        assert item.summary.startswith("The dam held.")
        assert item.content[0].value.startswith('<p dir="ltr" lang="en">The dam held.')  # in feedparser's order
        assert f'href="{article.url}"' in item.content[0].value
        assert (item.content[0].language if file == "atom.xml" else item.language) == "en"


def test_json_feed_has_the_same_fields(article):
    feed = read("/publisher/meren-courier/feed.json")
    assert (feed["title"], feed["language"]) == (f"Backstory: {PAPER}", "en")
    item = feed["items"][0]
    assert item["id"] == read("/publisher/meren-courier/atom.xml").entries[0].id
    assert item["url"] == f"{HOST}/article/{article.pk}"
    assert item["external_url"] == article.url
    assert item["date_published"] == article.published_at.isoformat()
    assert item["date_modified"] == article.updated_at.isoformat()
    assert [one["name"] for one in item["authors"]] == ["Ida Moen", "Tor Velde", PAPER]
    assert item["authors"][-1]["url"] == "https://meren.example/"
    assert (item["tags"], item["language"]) == (["dams", "Ostra"], "en")


def test_story_item_has_its_brief_with_sources_who_tells_it_and_its_hashtags(story):
    pages_of(story)
    item = read("/country/no/atom.xml").entries[0]
    content = item.content[0].value
    article = Article.objects.get(placement__story=story)
    assert f'<a href="{HOST}/article/{article.pk}#s1">{PAPER}</a>' in content
    assert "1 outlet" in content
    assert "DamOfOstra" in [tag.term for tag in item.tags]
    assert [one.name for one in item.authors] == [PAPER]
    assert item.summary.startswith("The dam above Ostra held")


def test_ids_stay_when_host_and_headline_change_and_differ_between_installations(story, settings):
    from newsroom.stories.models import Installation

    settings.SITE_URL = "https://news.example"
    before = read(f"/storyline/{story.storyline_id}/atom.xml")
    assert before.entries[0].link == f"https://news.example/story/{story.pk}"
    settings.SITE_URL = "https://paper.example"
    Story.objects.update(title="Ostra breathes again")
    after = read(f"/storyline/{story.storyline_id}/atom.xml")
    assert after.entries[0].link == f"https://paper.example/story/{story.pk}"
    assert (before.feed.id, before.entries[0].id) == (after.feed.id, after.entries[0].id)
    Installation.objects.all().delete()
    other = read(f"/storyline/{story.storyline_id}/atom.xml")
    assert other.entries[0].id != before.entries[0].id


@pytest.mark.parametrize("file", FILES)
def test_reader_that_has_the_feed_is_told_so(story, file):
    address = f"/story/{story.pk}/{file}"
    first = got(address)
    assert got(address, if_none_match=first["ETag"]).status_code == 304
    assert got(address, if_modified_since=first["Last-Modified"]).status_code == 304
    Article.objects.filter(placement__story=story).update(title="Dam above Ostra fails", read_at=NOW + timedelta(1))
    assert got(address, if_none_match=first["ETag"]).status_code == 200
    assert got(address, if_modified_since=first["Last-Modified"]).status_code == 200


@pytest.mark.parametrize("file", FILES)
def test_signs_that_xml_cannot_hold_and_markup_in_headlines_do_no_harm(story, file):
    Article.objects.filter(placement__story=story).update(title=ODD, summary=ODD, authors=[ODD], tags=[ODD])
    Story.objects.filter(pk=story.pk).update(title=ODD)
    for page in (f"/story/{story.pk}/", f"/storyline/{story.storyline_id}/", "/search/"):
        assert faults(f"{page}{file}") == [], page
    body = got(f"/story/{story.pk}/{file}").content.decode()
    assert "<script" not in body.replace("\\u003c", "<").split("<content", 1)[0] or file == "feed.json"
    feed = read(f"/story/{story.pk}/{file}")
    title = feed["items"][0]["title"] if file == "feed.json" else feed.entries[0].title
    assert "alert(1)" in title  # the words are all there
    assert "\U0001f30a" in title


@pytest.mark.parametrize(
    ("title", "language", "begins"),
    [
        ("BBC: السد فوق أوسترا صمد", "ar", "\u200f"),
        ("السد holds, says the mayor", "en", "\u200e"),
        ("السد فوق أوسترا صمد", "ar", "ا"),
        ("Dam above Ostra holds", "en", "D"),
        ("2026: عام السد", "ar", "2"),
    ],
)
def test_headline_runs_in_its_languages_direction(story, title, language, begins):
    Article.objects.filter(placement__story=story).update(title=title, language=language)
    item = read(f"/story/{story.pk}/feed.json")["items"][0]
    assert item["title"][0] == begins
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in item["content_html"]


def test_no_whole_text_leaves_and_no_more_than_sixty_words(story):
    text = " ".join(f"word{n}" for n in range(200))
    Article.objects.filter(placement__story=story).update(text=text, sentences=[[0, len(text)]], summary="")
    body = got(f"/story/{story.pk}/feed.json").content.decode()
    assert "word59" in body
    assert "word60" not in body
    for whole in ("Dam holds at Ostra.", TEXT):
        Article.objects.filter(placement__story=story).update(text=whole, summary=whole)
        for file in FILES:
            assert whole not in got(f"/story/{story.pk}/{file}").content.decode()


def test_text_without_spaces_is_cut_too(story):
    Article.objects.filter(placement__story=story).update(summary="水" * 5000, language="zh")
    item = read(f"/story/{story.pk}/feed.json")["items"][0]
    assert len(item["summary"]) <= 122
    assert item["summary"].endswith("…")


def test_headline_of_ten_thousand_letters_and_none_at_all_leave_the_feed_whole(story):
    for title in ("D" * 10_000, ""):
        Article.objects.filter(placement__story=story).update(title=title)
        Story.objects.filter(pk=story.pk).update(title=title)
        for page in (f"/story/{story.pk}/", f"/storyline/{story.storyline_id}/"):
            for file in FILES:
                assert faults(f"{page}{file}") == []
                assert len(got(f"{page}{file}").content) < 20_000


def test_address_of_a_publishers_feed_is_not_told(story):
    paper = Publisher.objects.get(slug="meren-courier")
    feed = Feed.objects.create(publisher=paper, url="https://meren.example/rss?key=hush", next_check_at=NOW)
    Article.objects.update(feed=feed)
    for file in FILES:
        assert "hush" not in got(f"/publisher/meren-courier/{file}").content.decode()


def test_text_that_a_reader_brought_is_in_no_feed(story):
    pages = pages_of(story)
    Article.objects.filter(placement__story=story).update(private_key="k" * 43, title="My own letter")
    Story.objects.filter(pk=story.pk).update(is_private=True)
    for page in pages:
        for file in FILES:
            answer = got(f"{page}{file}")
            assert "My own letter" not in answer.content.decode(), page
            assert f"/article/{story.lead_id}" not in answer.content.decode(), page
            assert f"/story/{story.pk}" not in answer.content.decode() or answer.status_code == 404, page


def test_copies_are_no_news_in_a_storys_feed(story):
    first = Article.objects.get(placement__story=story)
    copy = Article.objects.create(
        publisher=first.publisher, url="https://meren.example/copy", url_key="copy", title="A reprint", seen_at=NOW
    )
    Placement.objects.create(article=copy, story=story, copy_of=first, placed_at=NOW)
    assert len(read(f"/story/{story.pk}/atom.xml").entries) == 1


@pytest.mark.parametrize("file", FILES)
def test_merged_story_and_united_publisher_lead_on(story, file):
    other = make_story("Gates opened at Ostra", TEXT, number=2)
    Story.objects.filter(pk=story.pk).update(merged_into=other)
    OldSlug.objects.create(slug="the-courier", publisher=Publisher.objects.get(slug="meren-courier"))
    assert got(f"/story/{story.pk}/{file}")["Location"] == f"/story/{other.pk}/{file}"
    assert got(f"/publisher/the-courier/{file}")["Location"] == f"/publisher/meren-courier/{file}"


@pytest.mark.parametrize(
    "page", ["/story/99999/", "/storyline/99999/", "/publisher/nobody/", "/section/x/", "/country/zz/"]
)
def test_feed_of_what_is_not_there_is_404(page):
    for file in FILES:
        assert got(f"{page}{file}").status_code == 404


def test_feed_of_a_storyline_whose_stories_were_merged_leads_to_where_they_are():
    gone, kept = Story.objects.filter(is_private=False, merged_into=None)[:2]
    Story.objects.filter(storyline=gone.storyline).update(merged_into=kept)
    Story.objects.filter(pk=kept.pk).update(merged_into=None, storyline=Storyline.objects.create(key="kept"))
    kept.refresh_from_db()
    for file in FILES:
        answer = got(f"/storyline/{gone.storyline_id}/{file}")
        assert (answer.status_code, answer["Location"]) == (301, f"/storyline/{kept.storyline_id}/{file}")


def test_storyline_without_a_public_story_is_404():
    line = Storyline.objects.create(key="none")
    assert got(f"/storyline/{line.pk}/feed.xml").status_code == 404


@pytest.mark.parametrize("query", ["", "x" * 10_000, '"', "-AND OR", "tag: before:", "\x00\ufffe"])
def test_search_of_anything_is_a_whole_feed(query):
    for file in FILES:
        answer = Client().get(f"/search/{file}", {"q": query})
        assert answer.status_code == 200
        own = json.loads(answer.content)["feed_url"] if file == "feed.json" else None
        address = own or feedparser.parse(answer.content).feed.links[-1].href
        assert urlsplit(address).path == f"/search/{file}"
        assert faults_of(answer.content, address) == []


@pytest.mark.parametrize("file", FILES)
def test_feed_asks_as_much_of_the_database_for_thirty_stories_as_for_one(file, django_assert_max_num_queries):
    for number in range(12):
        make_story(f"Dam {number} above Ostra holds", TEXT, number=number + 10)
    with django_assert_max_num_queries(8):
        got(f"/{file}")
    with django_assert_max_num_queries(5):
        got(f"/publisher/meren-courier/{file}")


BROKEN = [
    (b'<rss version="2.0"><channel><title>a</title></channel></rss>', "feed.xml"),
    (b'<feed xmlns="http://www.w3.org/2005/Atom"><title>a</title><id>x</id></feed>', "atom.xml"),
    (b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": 1, "content_html": "<script>"}]}', "feed.json"),
]


@pytest.mark.parametrize(("body", "file"), BROKEN)
def test_rules_find_what_is_wrong(body, file):
    assert len(faults_of(body, f"{HOST}/{file}")) > 3


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('isPermaLink="false"', ""),
        ("<pubDate>", "<pubDate>soon, "),
        ("<title>Dam", "<title>&lt;b&gt;Dam"),
        ("/story/", "story/"),
        ("&lt;p lang", "&lt;script&gt;&lt;p lang"),
        ('rel="self"', 'rel="other"'),
        ("<dc:language>en", "<dc:language>English"),
    ],
)
def test_rules_find_one_fault_in_a_whole_feed(story, old, new):
    address = f"/storyline/{story.storyline_id}/feed.xml"
    body = got(address).content.decode()
    if old == "/story/":
        old, new = f"<link>{HOST}/story/", "<link>/story/"
    assert old in body
    assert faults_of(body.replace(old, new).encode(), f"{HOST}{address}")
