"""Pages without a body that may be shown: shown as headline, publisher and link, and read again later."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from newsroom.articles import save
from newsroom.articles.models import Article, MainParagraph, Rejection
from newsroom.desk import keeping
from newsroom.desk.telling import Grouping
from newsroom.publishers.models import Feed, Publisher
from newsroom.stories.models import Placement
from newstext import extract, pipeline
from newstext.records import Page, RawEntry
from tests.site import loopback, news, running

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WALL = (
    "Just a moment...",
    ["Checking your browser before you go on. Please enable JavaScript and cookies to continue."],
)
APPEAL = [
    "The Courier belongs to its readers. Give what you can, monthly or once, so that our reporters may go on asking.",
    "Every crown goes into paper, ink and the wages of those who write what others would like to see unwritten.",
]
UNRELATED = ["Ferry Halda runs aground", "Parliament passes water law", "Comet over Mount Sela", "Quake shakes Karsa"]


@pytest.fixture
def feed(db) -> Feed:
    publisher = Publisher.objects.create(slug="courier", name="The Meren Courier", domain="courier.example")
    return Feed.objects.create(publisher=publisher, url="https://courier.example/feed", next_check_at=NOW)


def take(feed: Feed, *titles: str) -> list[Article]:
    """Articles as the feed brings them, in the order of the titles."""
    entries = [
        RawEntry(title, f"https://{feed.publisher.domain}/{n}", title, raw_summary=f"{title}, we hear.")
        for n, title in enumerate(titles)
    ]
    save.take_entries([(feed, save.clean_fresh([(feed, entries)])[0])], NOW)
    return [Article.objects.get(feed=feed, guid=title) for title in titles]


def read(article: Article, title: str, paragraphs: list[str], at: datetime = NOW, path: str = "") -> Article:
    """The article after its page, which says this, was read."""
    article = Article.objects.select_related("publisher").get(pk=article.pk)
    told = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    html = f"<!doctype html><html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>{told}</article></body></html>"
    entry = save.entry_from_json(article.entry) if article.entry else None
    page = Page(f"https://courier.example/{path}{article.pk}", html.encode(), id=str(article.pk), entry=entry)
    found, _ = extract.read_page(page)
    keeping.keep_read(article, pipeline.mark_article(found), "", at)
    return Article.objects.select_related("publisher").get(pk=article.pk)


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_wall_keeps_the_headline_and_is_asked_again_ever_later_then_no_more(feed):
    [article] = take(feed, UNRELATED[0])
    waits, at = [], NOW
    for _ in range(6):
        article = read(article, *WALL, at)
        if article.next_read_at is None:
            break
        waits.append(article.next_read_at - at)
        at = article.next_read_at
    assert waits == [timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3)]
    assert (article.kind, article.title, article.text) == ("challenge", UNRELATED[0], "")
    assert article.versions.count() == 0
    assert Rejection.objects.filter(article=article).count() == 1


@pytest.mark.parametrize(("path", "times"), [("video/", 1), ("opinion/", 4)])
def test_a_page_that_will_hardly_get_a_text_is_asked_for_less_often(feed, path, times):
    [article] = take(feed, UNRELATED[0])
    for done in range(times):
        article = read(article, UNRELATED[0], ["Watch."], path=path)
        assert article.next_read_at is not None, done
    assert read(article, UNRELATED[0], ["Watch."], path=path).next_read_at is None


def test_a_later_reading_with_a_body_replaces_the_refusal(feed):
    [article] = take(feed, UNRELATED[0])
    read(article, *WALL)
    later = NOW + timedelta(hours=1)
    article = read(article, UNRELATED[0], news.EVENTS[0][1], later)
    assert (article.kind, article.refused, article.next_read_at, article.grouped_at) == ("article", "", None, None)
    assert article.text.startswith("The ferry Halda")
    assert article.versions.count() == 0
    assert [one.gone_at for one in article.rejections.all()] == [later]
    assert "Refused once, and read since</th><td>1<" in page_at(feed, later)


def page_at(feed: Feed, moment: datetime) -> str:
    """The health page; its counts are of the last days, so the refusal is dated to them."""
    Rejection.objects.filter(gone_at=moment).update(gone_at=datetime.now(UTC))
    return page(f"/publisher/{feed.publisher.slug}/health")


def test_a_text_that_is_held_is_not_lost_to_a_wall(feed):
    [article] = take(feed, UNRELATED[0])
    held = read(article, UNRELATED[0], news.EVENTS[0][1])
    again = read(article, *WALL, NOW + timedelta(hours=2))
    assert (again.text, again.title, again.kind, again.refused) == (held.text, held.title, "article", "")
    assert "robots" in again.read_problem


def test_a_stub_is_shown_and_read_again(feed):
    [article] = take(feed, UNRELATED[0])
    article = read(article, UNRELATED[0], [news.EVENTS[0][1][0], "DETAILS TO FOLLOW"])
    assert (article.kind, article.next_read_at) == ("teaser", NOW + timedelta(hours=1))
    assert "Halda ran aground" in page(f"/article/{article.pk}")
    article = read(article, UNRELATED[0], news.EVENTS[0][1], NOW + timedelta(hours=1))
    assert (article.kind, article.next_read_at) == ("article", None)


def test_a_video_with_a_text_of_its_own_is_shown_with_its_kind(feed):
    [article] = take(feed, UNRELATED[0])
    article = read(article, UNRELATED[0], news.EVENTS[0][1], path="video/")
    assert (article.kind, article.has_body) == ("video", True)
    html = page(f"/article/{article.pk}")
    assert '<p class="kind">video</p>' in html
    assert "Ilse Torvik" in html


def test_a_body_under_unrelated_headlines_is_taken_off_all_of_them(feed):
    articles = [read(article, article.title, APPEAL) for article in take(feed, *UNRELATED)]
    refused = list(Article.objects.filter(feed=feed).order_by("pk"))
    assert [one.kind for one in refused] == ["error"] * 4
    assert {(one.text, one.text_key, str(one.passages)) for one in refused} == {("", "", "[]")}
    assert all("other, unrelated headlines" in one.refused for one in refused)
    assert all(one.grouped_at is None and one.next_read_at for one in refused)
    assert "appeal" not in str([one.marks for one in refused])
    assert articles[0].text  # the first ones could not be known
    html = page(f"/publisher/{feed.publisher.slug}/health")
    assert "other, unrelated headlines" in html
    assert "4 articles" in html


def test_articles_that_lost_a_shared_body_leave_the_story_they_shared(feed):
    for article in take(feed, *UNRELATED[:3]):
        read(article, article.title, APPEAL)
        Grouping().place(list(Article.objects.due_to_group().filter(feed=feed)), NOW)
    Grouping().place(list(Article.objects.due_to_group().filter(feed=feed)), NOW)
    placements = Placement.objects.filter(article__feed=feed)
    assert len({one.story_id for one in placements}) == 3
    assert all(one.copy_of_id is None and one.story.article_count == 1 for one in placements)
    story = placements.first().story
    html = page(f"/story/{story.pk}")
    assert f'href="{placements.first().article.original_url}"' in html


def test_the_article_whose_own_text_it_is_keeps_it(feed):
    own, *others = take(feed, *UNRELATED)
    for article in (own, *others):
        read(article, article.title, news.EVENTS[0][1])
    assert Article.objects.get(pk=own.pk).has_body
    assert not any(Article.objects.get(pk=one.pk).has_body for one in others)


def test_new_headlines_of_one_text_are_no_wrong_body(feed):
    titles = [
        UNRELATED[0],
        "Torrin Shipping Line keeps its ferries in port",
        "All 212 brought ashore at Port Meren",
        "Captain Anders Quill to be questioned",
    ]
    for article in take(feed, *titles):
        read(article, article.title, news.EVENTS[0][1])
    assert all(one.has_body for one in Article.objects.filter(feed=feed))


def test_another_publisher_s_bodies_do_not_count(feed):
    other = Publisher.objects.create(slug="weekly", name="Sound Weekly", domain="weekly.example")
    second = Feed.objects.create(publisher=other, url="https://weekly.example/feed", next_check_at=NOW)
    for article in [*take(feed, *UNRELATED[:2]), *take(second, *UNRELATED[2:4])]:
        read(article, article.title, APPEAL)
    assert all(one.has_body for one in Article.objects.filter(feed__in=[feed, second]))


def test_a_shared_body_that_was_mended_is_shown_again(feed):
    articles = take(feed, *UNRELATED[:3])
    for article in articles:
        read(article, article.title, APPEAL)
    mended = read(articles[1], UNRELATED[1], news.EVENTS[1][1], NOW + timedelta(hours=1))
    assert (mended.has_body, mended.refused) == (True, "")
    assert not MainParagraph.objects.filter(article=mended, is_foreign=True).exists()


def test_a_refused_page_leads_to_the_publisher(feed):
    [article] = take(feed, UNRELATED[0])
    article = read(article, *WALL)
    Grouping().place(list(Article.objects.due_to_group().filter(feed=feed)), NOW)
    addresses = (
        f"/article/{article.pk}",
        f"/story/{article.placement.story_id}",
        "/publisher/courier",
        "/publisher/courier/health",
    )
    for address in addresses:
        html = page(address)
        assert UNRELATED[0] in html, address
        assert "The Meren Courier" in html, address
        assert f'href="{article.original_url}"' in html, address
        assert "Just a moment" not in html
    assert UNRELATED[0] in page("/")


def test_health_says_what_fails_and_what_can_be_done(feed):
    closed, gone = take(feed, *UNRELATED[:2])
    now = datetime.now(UTC)
    closed.read_problem = f"Page {closed.url}: the publisher's robots.txt asks us not to read it."
    gone.read_problem = f"{gone.url}: is not there (HTTP 404)."
    for article in (closed, gone):
        article.read_at = now
        article.save()
    feed.failures, feed.problem_kind, feed.problem = (
        3,
        "http-500",
        "https://courier.example/feed: is out of order (HTTP 500).",
    )
    feed.save()
    html = page("/publisher/courier/health")
    for said in (
        "asks not to be read there",
        "The page is gone",
        "3 failures in a row",
        "Could not be fetched</th><td>2<",
        "none yet",
    ):
        assert said in html
    assert "style=" not in html
    assert "<script" not in html.replace('<script src="/static/', "")


def test_health_tells_how_long_articles_take(feed):
    for number, title in enumerate(UNRELATED):
        entry = RawEntry(title, f"https://courier.example/{number}", title, published_at=NOW - timedelta(minutes=20))
        save.take_entries([(feed, save.clean_fresh([(feed, [entry])])[0])], NOW + timedelta(minutes=number))
    html = page("/publisher/courier/health")
    assert "articles come in 22 minutes after they are published" in html


@pytest.mark.slow
def test_an_appeal_in_place_of_three_articles_is_shown_nowhere(tmp_path):
    with loopback.serve() as site:
        items = []
        for number, title in enumerate(UNRELATED[:3]):
            site.page(f"/{number}.html", title, APPEAL)
            at = news.date_for_rss(news.FIRST_AT + timedelta(hours=number))
            items.append(
                {"path": f"/{number}.html", "title": title, "at": at, "description": news.EVENTS[number][1][0]}
            )
        url = site.feed("/feed.xml", items)
        running.run("add", url, "--data", str(tmp_path), allow=site.host)
        running.ingest(tmp_path, allow=site.host)
    rows = running.rows(tmp_path, "select kind, text, refused <> '' from articles_article")
    assert rows == [("error", "", 1)] * 3
    assert running.rows(tmp_path, "select count(distinct story_id) from stories_placement") == [(3,)]
    assert running.rows(tmp_path, "select count(*) from stories_notes where body like '%belongs to its readers%'") == [
        (0,)
    ]


@pytest.mark.slow
def test_search_still_follows_the_articles_after_an_upgrade(tmp_path):
    steps = (
        "for app, name in (('articles', '0001'), ('stories', '0002')): call_command('migrate', app, name, verbosity=0)"
    )
    code = f"import django; django.setup(); from django.core.management import call_command\n{steps}\ncall_command('migrate', verbosity=0)"
    env = running.environment(BACKSTORY_DATA=str(tmp_path), DJANGO_SETTINGS_MODULE="newsroom.settings")
    subprocess.run([sys.executable, "-c", code], cwd=running.ROOT, env=env, check=True, timeout=120)
    triggers = running.rows(tmp_path, "select name from sqlite_master where type = 'trigger' order by name")
    assert triggers == [("articles_search_delete",), ("articles_search_insert",), ("articles_search_update",)]
