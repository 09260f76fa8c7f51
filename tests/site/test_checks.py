"""What a look at a feed leaves behind: when it is due again, where it has moved, and whose answer counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsroom.articles.models import Article
from newsroom.desk import keeping, reading, set_clock
from newsroom.desk.fetching import Fetching, NoPage
from newsroom.publishers import save
from newsroom.publishers.models import Check, Feed, Publisher
from newsroom.publishers.save import CHECKS_KEPT, Looked, follow_feed, get_publisher, record_checks
from newstext import pipeline
from newstext.extract import PublisherMemory
from newstext.records import ArticleText, RawEntry
from tests.site import loopback

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)
SAME = Looked(outcome="unchanged", status=304)
DOWN = Looked(outcome="http-503", status=503, problem="out of order")
THERE = "https://new.paper.example/feed"


@pytest.fixture
def feed() -> Feed:
    return follow("https://paper.example/a.xml")


def follow(url: str) -> Feed:
    follow_feed(get_publisher("The Invented Paper", "https://paper.example/"), url, NOW)
    return Feed.objects.get(url=url)


def look(feed: Feed, looked: Looked, at: datetime = NOW) -> float:
    """Seconds until the next look after this one."""
    record_checks([(feed, looked)], at, fastest_s=lambda url: 900)
    feed.refresh_from_db()
    return (feed.next_check_at - at).total_seconds()


def test_failures_back_off_and_leave_the_feeds_own_pace(feed):
    assert [look(feed, DOWN) for _ in range(3)] == [1800, 3600, 7200]
    assert look(feed, SAME) == 1080
    for _ in range(20):
        last = look(feed, DOWN)
    assert last == 86_400


def test_retry_after_is_waited_for_and_what_caches_are_told_for_an_hour(feed):
    assert look(feed, replace(DOWN, retry_after_s=300_000)) == 300_000
    assert look(feed, replace(SAME, fresh_for_s=2000)) == 2000
    assert look(feed, replace(SAME, fresh_for_s=80_000)) == 3600


def test_after_a_429_its_hosts_other_feeds_wait_too(feed):
    other, longer = follow("https://paper.example/b.xml"), follow("https://paper.example/c.xml")
    elsewhere, off = follow("https://notpaper.example/b.xml"), follow("https://paper.example/off.xml")
    Feed.objects.filter(pk=longer.pk).update(next_check_at=NOW + timedelta(days=2))
    Feed.objects.filter(pk=off.pk).update(is_on=False)
    told = replace(DOWN, status=429, outcome="http-429", retry_after_s=7200, answered_by="paper.example")
    assert look(feed, told) == 7200
    due = {row.pk: row.next_check_at - NOW for row in Feed.objects.all()}
    assert due[other.pk] == timedelta(hours=2)
    assert due[longer.pk] == timedelta(days=2)
    assert due[elsewhere.pk] == due[off.pk] == timedelta(0)


def test_what_is_left_of_a_wait_is_at_least_a_second(feed):
    assert look(feed, Looked(outcome=save.PUT_OFF, retry_after_s=1e-9)) == 1


def test_a_long_wait_that_a_host_asked_for_outlasts_a_restart(feed):
    asked_s = 3 * 86_400
    assert look(feed, replace(DOWN, status=429, outcome="http-429", retry_after_s=asked_s)) == asked_s
    set_clock.make_due(NOW + timedelta(minutes=5), [Feed.objects.all()])  # as each desk does that starts
    feed.refresh_from_db()
    assert feed.next_check_at == NOW + timedelta(seconds=asked_s)


def test_a_feed_that_was_put_off_has_neither_failed_nor_been_read(feed):
    look(feed, DOWN)
    assert look(feed, Looked(outcome=save.PUT_OFF, retry_after_s=500), NOW + timedelta(hours=1)) == 500
    assert (feed.failures, feed.last_success_at, feed.last_checked_at) == (1, None, NOW)
    assert feed.checks.count() == 1


def test_an_address_is_given_up_after_a_day_of_leading_to_one_other(feed):
    moved = replace(SAME, permanent_url=THERE)
    for hours in (0, 6, 12, 23):
        look(feed, moved, NOW + timedelta(hours=hours))
        assert feed.url == "https://paper.example/a.xml"
    look(feed, DOWN, NOW + timedelta(hours=24))
    look(feed, moved, NOW + timedelta(hours=25))
    assert (feed.url, feed.moved_to, feed.moved_since) == (THERE, "", None)


def test_of_two_feeds_that_move_to_one_address_at_once_the_later_stays_where_it_is(feed, monkeypatch):
    monkeypatch.setattr(save, "_is_moved", lambda feed, now: True)  # both looked before either had moved
    other, moved = follow("https://paper.example/b.xml"), replace(SAME, permanent_url=THERE)
    look(feed, moved)
    look(other, moved)
    assert (feed.url, feed.moved_to) == (THERE, "")
    assert (other.url, other.moved_to, other.last_checked_at) == ("https://paper.example/b.xml", THERE, NOW)


@pytest.mark.parametrize("between", [SAME, replace(SAME, permanent_url=THERE + "?2")])
def test_an_address_that_leads_elsewhere_meanwhile_has_not_moved(feed, between):
    moved = replace(SAME, permanent_url=THERE)
    for hours in (0, 6, 12):
        look(feed, moved, NOW + timedelta(hours=hours))
    look(feed, between, NOW + timedelta(hours=18))
    look(feed, moved, NOW + timedelta(hours=30))
    assert feed.url == "https://paper.example/a.xml"


def test_two_feeds_are_not_moved_to_one_address(feed):
    follow(THERE)
    for hours in (0, 20, 40):
        look(feed, replace(SAME, permanent_url=THERE), NOW + timedelta(hours=hours))
    assert feed.url == "https://paper.example/a.xml"


def test_a_feed_that_is_gone_is_left_and_one_switched_off_meanwhile_stays_off(feed):
    look(feed, replace(DOWN, status=410, outcome="http-410"))
    assert not feed.is_on
    other = follow("https://paper.example/b.xml")
    Feed.objects.filter(pk=other.pk).update(is_on=False, title="As an editor has it")
    look(other, SAME)
    assert (other.is_on, other.title) == (False, "As an editor has it")


def kept(feed: Feed, looked: Looked) -> Looked:
    return reading.keep_checks([(feed, looked)], NOW)[0]


def entry(title: str) -> RawEntry:
    return RawEntry(guid="1", url="https://paper.example/1.html", title=title)


def claimed(feed: Feed, owner: str) -> Feed:
    return Feed.objects.filter(pk=feed.pk).claim(owner, NOW + timedelta(hours=len(owner)), most=1)[0]


def test_an_answer_that_comes_after_its_claim_ran_out_is_left(feed):
    slow = claimed(feed, "slow")
    quick = claimed(feed, "slow and then the quick one")
    new = replace(SAME, outcome="new", status=200, etag='"2"', entries=(entry("Second"),))
    old = replace(new, etag='"1"', entries=(entry("First"),))
    assert kept(quick, new).new == 1
    assert kept(slow, old).outcome == reading.OVERTAKEN
    feed.refresh_from_db()
    assert feed.etag == '"2"'
    assert Article.objects.get(feed=feed).title == "Second"


def test_a_feed_that_was_deleted_meanwhile_stays_deleted(feed):
    mine = claimed(feed, "me")
    feed.delete()
    assert kept(mine, SAME).outcome == reading.OVERTAKEN
    assert not Feed.objects.filter(url=mine.url).exists()


def test_what_two_feeds_list_at_once_is_one_article(feed):
    other = follow("https://paper.example/b.xml")
    mine, theirs = claimed(feed, "me"), claimed(other, "me too")
    told = replace(SAME, outcome="new", status=200, entries=(entry("First"),))
    checks = reading.keep_checks([(mine, told), (theirs, told)], NOW)
    assert [(one.new, one.changed) for one in checks] == [(1, 0), (0, 0)]
    assert Article.objects.get(title="First").feed == feed


def test_of_looks_that_are_kept_together_each_is_kept_as_its_own(feed):
    gone, late = follow("https://paper.example/b.xml"), follow("https://paper.example/c.xml")
    rows = [claimed(one, f"me {number}") for number, one in enumerate((feed, gone, late))]
    claimed(late, "another, long after")
    looks = [
        replace(SAME, outcome="new", status=200, etag='"2"', entries=(entry("First"),)),
        Looked(outcome="http-410", status=410, problem="Feed: gone (HTTP 410)"),
        replace(SAME, etag='"late"'),
    ]
    checks = reading.keep_checks(list(zip(rows, looks, strict=True)), NOW)
    assert [one.outcome for one in checks] == ["new", "http-410", reading.OVERTAKEN]
    for one in (feed, gone, late):
        one.refresh_from_db()
    assert (feed.etag, feed.is_on, feed.claimed_by) == ('"2"', True, "")
    assert (gone.is_on, gone.problem_kind) == (False, "http-410")
    assert (late.etag, late.claimed_by) == ("", "another, long after")
    assert list(Check.objects.order_by("feed").values_list("feed", "outcome")) == [
        (feed.pk, "new"),
        (gone.pk, "http-410"),
    ]


def test_the_oldest_checks_of_each_feed_go(feed):
    other = follow("https://paper.example/b.xml")
    told = replace(SAME, outcome="new", status=200)
    for minute in range(CHECKS_KEPT + 3):
        record_checks(
            [(feed, told), (other, told)][: 1 + minute % 2], NOW + timedelta(minutes=minute), fastest_s=lambda url: 900
        )
    assert feed.checks.count() == CHECKS_KEPT
    assert feed.checks.latest("at").at == NOW + timedelta(minutes=CHECKS_KEPT + 2)
    assert other.checks.count() == (CHECKS_KEPT + 3) // 2


def read_as(title: str) -> ArticleText:
    text = "The harbour of Orrin reopened on Monday, the council said, after a winter of repairs."
    read = ArticleText(url="https://paper.example/1.html", title=title, text=text, paragraphs=(text,), language="en")
    return pipeline.mark_article(read)


def test_an_edit_told_while_the_page_is_read_is_read_too(feed):
    told = replace(SAME, outcome="new", status=200)
    kept(feed, replace(told, entries=(entry("First"),)))
    article = Article.objects.select_related("publisher").get(feed=feed)
    feed.refresh_from_db()
    kept(feed, replace(told, entries=(entry("Second"),)))
    keeping.keep_read(article, read_as("First"), "", NOW + timedelta(minutes=1))
    article.refresh_from_db()
    assert article.next_read_at == NOW + timedelta(minutes=1)
    assert article.entry["title"] == "Second"
    keeping.keep_read(article, None, "", NOW + timedelta(minutes=2))
    article.refresh_from_db()
    assert article.entry is None


def test_a_page_is_asked_for_again_when_its_host_says(feed):
    kept(feed, replace(SAME, outcome="new", status=200, entries=(entry("First"),)))
    article = Article.objects.select_related("publisher").get(feed=feed)
    asked_off = NoPage("fetch", "asks us to come less often (HTTP 429)", status=429, retry_after_s=50_000)
    [(row, read, problem)] = reading.read_pages([(article, asked_off)], engine=map, memory=PublisherMemory())
    keeping.keep_read(row, read, problem, NOW)
    article.refresh_from_db()
    assert article.next_read_at == NOW + timedelta(seconds=50_000)


def test_a_page_read_by_another_worker_meanwhile_is_not_read_back(feed):
    kept(feed, replace(SAME, outcome="new", status=200, entries=(entry("First"),)))
    article = Article.objects.select_related("publisher").get(feed=feed)
    Article.objects.update(claimed_by="another")
    assert not keeping.keep_read(article, read_as("Of old"), "", NOW)
    assert Article.objects.get(feed=feed).title == "First"


def test_after_a_429_nothing_of_its_host_is_asked(settings):
    with loopback.serve() as site:
        settings.FETCH_ALLOW_PRIVATE = frozenset({site.host})
        settings.FETCH_SPACING_IS_SET, settings.FETCH_SPACING_S = True, 0.0
        site.answers["/a.xml"] = loopback.Answer(status=429, headers={"Retry-After": "3600"})
        publisher = Publisher(name="The Invented Paper", domain="paper.example")
        feeds = [Feed(publisher=publisher, url=site.url(path)) for path in ("/a.xml", "/b.xml")]
        fetching = Fetching()
        looks = [fetching.look_at_feed(feed) for feed in feeds]
        page = fetching.get_page(site.url("/page.html"))
    assert [one.outcome for one in looks] == ["http-429", save.PUT_OFF]
    assert 3500 < looks[1].retry_after_s <= 3600
    assert 3500 < page.retry_after_s <= 3600
    assert [path for path, _ in site.asked] == ["/a.xml"]


def test_a_page_at_no_address_is_named():
    page = Fetching().get_page("http://[")
    assert isinstance(page, NoPage)
    assert "http://[" in page.reason


def test_a_redirect_waits_for_its_hosts_turn_too(settings):
    with loopback.serve() as site:
        settings.FETCH_ALLOW_PRIVATE = frozenset({site.host})
        settings.FETCH_SPACING_IS_SET, settings.FETCH_SPACING_S = True, 0.2
        site.answers["/old.xml"] = loopback.Answer(status=301, headers={"Location": "/new.xml"})
        feed = Feed(publisher=Publisher(name="The Invented Paper"), url=site.url("/old.xml"))
        Fetching().look_at_feed(feed)
    first, second = site.began_at
    assert second - first >= 0.19


def test_an_etag_of_any_letters_goes_back_as_it_came(settings):
    with loopback.serve() as site:
        settings.FETCH_ALLOW_PRIVATE = frozenset({site.host})
        site.feed("/a.xml", [])
        looked = Fetching().look_at_feed(Feed(url=site.url("/a.xml"), etag='"caf\xe9"', last_modified="\xb2"))
    assert looked.status == 200
