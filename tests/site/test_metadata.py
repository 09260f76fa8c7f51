"""What pages say of themselves: canonical address, preview, data by schema.org, feeds, sitemaps, robots.txt."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from newsroom.articles.models import Article
from newsroom.publishers.models import Feed, Publisher
from newsroom.stories import sitemaps
from newsroom.stories.models import Hashtag, Story, Storyline
from tests.site.stories import NOW, TEXT, make_story

pytestmark = pytest.mark.django_db
HOST = "http://testserver"
ODD = "Dam </script><script>alert(1)</script> & <!-- \u2028 held"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


class Head(HTMLParser):
    """canonical, robots, og (name: content), feeds (type: address) and data of a page; more than one is a fault."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.named: dict[str, str] = {}
        self.feeds: dict[str, list[str]] = {}
        self.data: list[dict] = []
        self.scripts = 0
        self._is_data = False
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attributes}
        self._is_data = tag == "script" and has.get("type") == "application/ld+json"
        self.scripts += tag == "script" and "src" not in has
        name, value = has.get("property") or has.get("name", ""), has.get("content", "")
        if tag == "link":
            name, value = has.get("rel", ""), has.get("href", "")
        if name == "alternate":
            self.feeds.setdefault(has["type"], []).append(value)
        elif tag in ("meta", "link") and (name in ("canonical", "robots", "description") or ":" in name):
            assert name not in self.named, f"two of {name}"
            self.named[name] = value

    def handle_endtag(self, tag: str) -> None:
        self._is_data = False

    def handle_data(self, text: str) -> None:
        if self._is_data:
            self.data.append(json.loads(text))


@pytest.fixture
def story() -> Story:
    return make_story("Dam above Ostra holds", TEXT)


@pytest.fixture
def article(story: Story) -> Article:
    return Article.objects.get(placement__story=story)


def head(address: str) -> Head:
    answer = Client().get(address)
    assert answer.status_code == 200, address
    return Head(answer.content.decode())


def test_story_page_lists_its_tellings_as_their_publishers(story, article):
    found = head(f"/story/{story.pk}/any-slug?since=2026-11-01")
    assert found.named["canonical"] == f"{HOST}/story/{story.pk}"
    (data,) = found.data
    assert (data["@type"], data["numberOfItems"]) == ("ItemList", 1)
    (item,) = data["itemListElement"]
    assert item["position"] == 1
    assert item["item"] == {
        "@type": "NewsArticle",
        "headline": "Dam above Ostra holds",
        "url": f"{HOST}/article/{article.pk}",
        "datePublished": article.published_at.isoformat(),
        "inLanguage": "en",
        "publisher": {
            "@type": "NewsMediaOrganization",
            "name": "Meren Courier (meren.example)",
            "url": "https://meren.example/",
        },
        "isBasedOn": article.url,
    }


def test_story_page_has_a_preview(story):
    named = head(f"/story/{story.pk}").named
    assert named["og:title"] == story.title
    assert named["og:type"] == "article"
    assert named["og:url"] == named["canonical"]
    assert named["og:site_name"] == "Backstory"
    assert named["og:locale"] == "en_US"
    assert named["og:description"] == named["description"]
    assert named["description"].startswith("The dam above Ostra held")
    assert "robots" not in named


def test_article_page_is_the_publishers_and_not_to_be_listed(article):
    article.authors, article.updated_at = ["Ida Moen"], NOW
    article.canonical_url = "https://meren.example/news/dam"
    article.save()
    found = head(f"/article/{article.pk}/slug?edits=substance")
    assert found.named["robots"] == "noindex"
    assert found.named["canonical"] == f"{HOST}/article/{article.pk}"
    (data,) = found.data
    assert data["@type"] == "NewsArticle"
    assert data["isBasedOn"] == "https://meren.example/news/dam"
    assert data["author"] == [{"@type": "Person", "name": "Ida Moen"}]
    assert data["dateModified"] == NOW.isoformat()
    assert data["datePublished"] == article.published_at.isoformat()
    assert data["publisher"]["name"].startswith("Meren Courier")
    assert TEXT not in found.named["description"]


def test_articles_are_listed_where_the_operator_says_so(article, settings):
    settings.ARTICLES_INDEXED = True
    named = head(f"/article/{article.pk}").named
    assert "robots" not in named
    assert named["canonical"] == f"{HOST}/article/{article.pk}"


def test_text_that_a_reader_brought_says_nothing_of_itself(article):
    Article.objects.filter(pk=article.pk).update(private_key="k" * 43)
    found = head(f"/text/{'k' * 43}")
    assert found.named == {"robots": "noindex"}
    assert found.data == []


def test_day_without_a_time_is_told_as_a_day(article):
    Article.objects.filter(pk=article.pk).update(published_precision="day")
    (data,) = head(f"/article/{article.pk}").data
    assert data["datePublished"] == data["dateModified"] == "2026-11-24"


def test_headline_cannot_end_the_data_it_stands_in(story, article):
    Article.objects.filter(pk=article.pk).update(title=ODD, authors=[ODD])
    Story.objects.filter(pk=story.pk).update(title=ODD)
    for address in (f"/story/{story.pk}", f"/article/{article.pk}"):
        page = Client().get(address).content.decode()
        assert "<script>alert" not in page
        found = Head(page)
        assert found.scripts == 1
        assert ODD in json.dumps(found.data, ensure_ascii=False)
        assert found.named["og:title"] == ODD


def test_long_headline_and_three_hundred_tellings_leave_the_head_small(story, article):
    Article.objects.filter(pk=article.pk).update(title="D" * 10_000)
    Story.objects.filter(pk=story.pk).update(title="D" * 10_000)
    rows = Article.objects.bulk_create(
        Article(publisher=article.publisher, url=f"https://meren.example/n{n}", url_key=f"n{n}", title="T", seen_at=NOW)
        for n in range(300)
    )
    story.placements.model.objects.bulk_create(
        story.placements.model(article=row, story=story, placed_at=NOW) for row in rows
    )
    page = Client().get(f"/story/{story.pk}").content.decode()
    assert Head(page).data[0]["numberOfItems"] == 301
    assert len(page.split("</head>")[0]) < 30_000


@pytest.mark.parametrize("address", ["/", "/section/world", "/publisher/meren-courier", "/hashtag/damofostra"])
def test_list_is_canonical_and_announces_its_feeds(story, address):
    Hashtag.objects.create(key="damofostra", name="DamOfOstra", article_count=5).stories.add(story)
    found = head(address)
    assert found.named["canonical"] == f"{HOST}{address}"
    assert found.named["og:type"] == "website"
    own = {of: addresses[-1] for of, addresses in found.feeds.items()}
    folder = address.rstrip("/")
    assert own == {
        "application/rss+xml": f"{folder}/feed.xml",
        "application/atom+xml": f"{folder}/atom.xml",
        "application/feed+json": f"{folder}/feed.json",
    }
    assert all(Client().get(one).status_code == 200 for one in own.values())


def test_search_announces_its_own_feeds(story):
    found = head("/search?q=%22dam+above%22+%26")
    (address,) = [one for one in found.feeds["application/rss+xml"] if one.startswith("/search")]
    assert "Dam above Ostra holds" in Client().get(address).content.decode()


def test_older_page_of_a_list_is_not_listed():
    named = head("/section/world?before=2026-11-20T00:00:00%2B00:00").named
    assert named["robots"] == "noindex, follow"
    assert "canonical" not in named


def test_no_page_is_both_noindex_and_canonical_to_another(story, article):
    for address in ("/", f"/story/{story.pk}", f"/article/{article.pk}", "/section/world", "/edition", "/search?q=dam"):
        named = head(address).named
        if "noindex" in named.get("robots", ""):
            assert named.get("canonical", f"{HOST}{address}") == f"{HOST}{address}"


def test_addresses_stand_under_site_url_where_it_is_given(story, settings):
    settings.SITE_URL = "https://news.example"
    assert head(f"/story/{story.pk}").named["canonical"] == f"https://news.example/story/{story.pk}"
    assert "Sitemap: https://news.example/sitemap.xml" in Client().get("/robots.txt").content.decode()


@pytest.mark.parametrize(
    ("given", "kept"), [("", ""), ("https://news.example/", "https://news.example"), ("http://a.example:8080", None)]
)
def test_site_url_is_an_address_of_a_site(monkeypatch, given, kept):
    from newsroom import settings

    monkeypatch.setenv("SITE_URL", given)
    assert settings._site_url() == (given if kept is None else kept)


@pytest.mark.parametrize(
    "given", ["news.example", "https://news.example/path", "ftp://a.example", "https://u:p@a.example"]
)
def test_site_url_that_is_none_is_refused(monkeypatch, given):
    from newsroom import settings

    monkeypatch.setenv("SITE_URL", given)
    with pytest.raises(ImproperlyConfigured, match="SITE_URL"):
        settings._site_url()


def test_unknown_host_is_in_no_address(story):
    assert Client(SERVER_NAME="evil.example").get(f"/story/{story.pk}").status_code == 400
    assert Client(SERVER_NAME="evil.example").get("/sitemap.xml").status_code == 400


def locations(address: str) -> list[str]:
    answer = Client().get(address)
    assert answer.status_code == 200, address
    assert answer["Content-Type"].startswith("application/xml")
    return [one.text or "" for one in ElementTree.fromstring(answer.content).iter(f"{SITEMAP}loc")]


def test_sitemap_leads_to_every_story_section_hashtag_and_publisher(story):
    tag = Hashtag.objects.create(key="été/1", name="Été", article_count=5)
    tag.stories.add(story)
    story.countries.create(code="no")
    paper = Publisher.objects.get(slug="meren-courier")
    Feed.objects.create(publisher=paper, url="https://meren.example/rss", next_check_at=NOW)
    parts = locations("/sitemap.xml")
    listed = [page for part in parts for page in locations(part.removeprefix(HOST))]
    assert {
        f"{HOST}/",
        f"{HOST}/story/{story.pk}",
        f"{HOST}/section/sport",
        f"{HOST}/country/no",
        f"{HOST}/publisher/meren-courier",
    } <= set(listed)
    assert len(listed) == len(set(listed))
    assert any("/hashtag/%C3%A9t%C3%A9" in page for page in listed)


def test_sample_brought_and_merged_stories_are_in_no_sitemap(story):
    other = make_story("Gates opened at Ostra", TEXT, number=2)
    Story.objects.filter(pk=other.pk).update(merged_into=story)
    Story.objects.filter(pk=story.pk).update(is_private=True)
    pages = [page for part in locations("/sitemap.xml") for page in locations(part.removeprefix(HOST))]
    assert not [page for page in pages if "/story/" in page]
    assert not locations("/news-sitemap.xml")


def test_parts_of_a_sitemap_are_ranges_that_stay(story, monkeypatch):
    monkeypatch.setattr(sitemaps, "A_PART", 10)
    line = Storyline.objects.create(key="range")
    start = (story.pk // 10 + 1) * 10
    Story.objects.bulk_create(
        Story(pk=start + n, key=f"r{n}", storyline=line, title="T", first_at=NOW, last_at=NOW) for n in range(1, 26)
    )
    number = start // 10 + 1
    first = locations(f"/sitemap-stories-{number}.xml")
    assert first == [f"{HOST}/story/{start + n}" for n in range(1, 11)]
    names = [part for part in locations("/sitemap.xml") if "stories" in part]
    assert names[-3:] == [f"{HOST}/sitemap-stories-{number + n}.xml" for n in range(3)]
    Story.objects.filter(pk=start + 15).delete()
    assert locations(f"/sitemap-stories-{number}.xml") == first
    assert len(locations(f"/sitemap-stories-{number + 1}.xml")) == 9


def test_index_says_when_a_part_of_the_stories_last_changed(story):
    entries = ElementTree.fromstring(Client().get("/sitemap.xml").content)
    last = {one.findtext(f"{SITEMAP}loc"): one.findtext(f"{SITEMAP}lastmod") for one in entries}
    assert last[f"{HOST}/sitemap-stories-1.xml"] == story.last_at.isoformat()


@pytest.mark.parametrize("part", ["stories-0", "stories-99999999999", "stories-77", "sections-2"])
def test_part_of_a_sitemap_that_is_not_there_is_404(part):
    assert Client().get(f"/sitemap-{part}.xml").status_code == 404


def test_sitemaps_ask_the_database_as_often_for_many_stories_as_for_one(django_assert_max_num_queries):
    for number in range(12):
        make_story(f"Dam {number} above Ostra holds", TEXT, number=number + 10)
    for address in ("/sitemap.xml", "/sitemap-stories-1.xml", "/sitemap-sections-1.xml", "/news-sitemap.xml"):
        with django_assert_max_num_queries(3):
            Client().get(address)


def test_news_sitemap_has_the_stories_that_began_in_two_days(story, settings):
    settings.SITE_NAME = "Karsa & Sons"
    now = datetime.now(UTC)
    line = Storyline.objects.create(key="news")
    made = {
        "new & odd \x0b<b>": (now - timedelta(hours=40), now, "ar"),
        "old, still told": (now - timedelta(hours=60), now, "en"),
        "in Chinese": (now - timedelta(hours=1), now, "zh"),
        "of no known language": (now - timedelta(hours=2), now, "und"),
        "": (now, now, "en"),
    }
    for key, (first, last, language) in made.items():
        Story.objects.create(
            key=f"n{key[:9]}", storyline=line, title=key, first_at=first, last_at=last, language=language
        )
    root = ElementTree.fromstring(Client().get("/news-sitemap.xml").content)
    news = [one.find(f"{NEWS}news") for one in root]
    assert [one.findtext(f"{NEWS}title") for one in news] == ["in Chinese", "of no known language", "new & odd <b>"]
    assert [one.findtext(f"{NEWS}publication/{NEWS}language") for one in news] == ["zh-cn", "en", "ar"]
    assert {one.findtext(f"{NEWS}publication/{NEWS}name") for one in news} == {"Karsa & Sons"}
    dates = [datetime.fromisoformat(one.findtext(f"{NEWS}publication_date") or "") for one in news]
    assert dates == sorted(dates, reverse=True)


def test_robots_txt_names_the_sitemaps_and_what_is_not_to_be_asked_for():
    text = Client().get("/robots.txt").content.decode()
    closed = re.findall(r"^Disallow: (\S+)$", text, re.M)
    assert {"/search", "/admin", "/explain", "/text/", "/api"} <= set(closed)
    assert re.findall(r"^Sitemap: (\S+)$", text, re.M) == [f"{HOST}/sitemap.xml", f"{HOST}/news-sitemap.xml"]
    assert not any("/story/1".startswith(one) or "/article/1".startswith(one) for one in closed)
