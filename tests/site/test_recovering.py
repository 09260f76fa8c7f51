"""What the desk does by itself once what was away is there again: the net, the clock, the database."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace

import pytest
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from newsroom.articles.models import Article
from newsroom.claims import LEASE
from newsroom.desk import clock, condition, set_clock, way_out, worker
from newsroom.publishers import health
from newsroom.publishers.models import Feed, Publisher
from newsroom.stories.models import Story
from newstext.fetch import Answer, ErrorKind, FetchError, HostSpacing

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def feeds() -> list[Feed]:
    """Five feeds of one paper, each failing with no address, and due in half an hour."""
    paper = Publisher.objects.create(slug="halden", name="Halden Post", domain="halden.example")
    return [
        Feed.objects.create(
            publisher=paper, url=f"https://f{number}.example/", next_check_at=NOW + HOUR / 2, last_checked_at=NOW,
            failures=1, problem_kind="dns", problem="no address",
        )
        for number in range(5)
    ]  # fmt: skip


def due(now: datetime = NOW) -> set[int]:
    return {feed.pk for feed in Feed.objects.due(now)}


# --- the way to the net -----------------------------------------------------
def shut(feeds: list[Feed], *, looks: int = 3, now: datetime = NOW) -> way_out.WayOut:
    way = way_out.WayOut(HostSpacing())
    for feed in feeds[:looks]:
        way.note(feed, "dns", now)
    return way


def test_when_somebody_answers_again_all_that_failed_meanwhile_is_due(feeds):
    Feed.objects.filter(pk=feeds[4].pk).update(problem_kind="http-500")  # an answer: its own fault
    Feed.objects.filter(pk=feeds[3].pk).update(last_checked_at=NOW - DAY)  # failed long before
    way = shut(feeds)
    assert way.is_shut
    way.note(feeds[0], "unchanged", NOW + MINUTE)
    assert not way.is_shut
    assert due(NOW + MINUTE) == {feed.pk for feed in feeds[:3]}


def test_one_dead_publisher_does_not_mean_that_the_net_is_away(feeds):
    way = way_out.WayOut(HostSpacing())
    for _ in range(5):
        way.note(feeds[0], "dns", NOW)
        way.note(feeds[1], "http-404", NOW)
    assert not way.is_shut
    assert not due()


def test_feeds_that_have_been_dead_for_long_are_no_sign_of_it_and_keep_their_rest(feeds):
    for feed in feeds:
        feed.failures = 4
    way = shut(feeds, looks=5)
    assert not way.is_shut
    way.probe(NOW)
    way.note(feeds[0], "new", NOW)
    assert not due()


def test_while_it_is_shut_one_feed_after_another_is_tried(feeds):
    way = shut(feeds)
    way.probe(NOW)
    way.probe(NOW + timedelta(seconds=way_out.PROBE_S - 1))
    assert len(due()) == 1
    way.probe(NOW + timedelta(seconds=way_out.PROBE_S))
    assert len(due(NOW + MINUTE)) <= 2
    way_out.WayOut(HostSpacing()).probe(NOW)
    assert len(due(NOW + MINUTE)) <= 2


def test_hosts_that_take_no_connection_for_long_are_tried_seldom(feeds):
    way = shut(feeds)
    Feed.objects.update(problem_kind="connect")
    for passed, tried in ((11 * MINUTE, 1), (12 * MINUTE, 0), (17 * MINUTE, 1)):
        Feed.objects.update(next_check_at=NOW + DAY)
        way.probe(NOW + passed)
        assert len(due(NOW + passed)) == tried
    Feed.objects.update(problem_kind="dns", next_check_at=NOW + DAY)  # asking for a name reaches no publisher
    way.probe(NOW + 18 * MINUTE)
    assert len(due(NOW + 18 * MINUTE)) == 1


def test_a_look_that_began_before_the_net_was_there_is_done_again_soon(feeds):
    way = shut(feeds)
    way.note(feeds[0], "new", NOW + MINUTE)
    Feed.objects.filter(pk=feeds[4].pk).update(next_check_at=NOW + HOUR)
    way.note(feeds[4], "timeout", NOW + MINUTE)
    assert feeds[4].pk in due(NOW + 2 * MINUTE)


def test_hosts_that_rest_are_woken():
    spacing = HostSpacing(spacing_s=0, sleep=lambda _: None)
    kind: ErrorKind = "dns"
    with pytest.raises(FetchError), spacing.turn("https://a.example/"):
        raise FetchError(kind, "no address")
    with pytest.raises(FetchError, match="rests"), spacing.turn("https://a.example/"):
        pass
    spacing.wake("https://b.example/")
    with pytest.raises(FetchError, match="rests"), spacing.turn("https://a.example/"):
        pass
    spacing.wake()
    with spacing.turn("https://a.example/"):
        pass


# --- the clock ----------------------------------------------------------------
def answer(at: datetime, **headers: str) -> Answer:
    told = {"date": format_datetime(at, usegmt=True), **headers}
    return Answer(url="", final_url="", status=200, headers=told)


@pytest.fixture
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_a_clock_that_several_hosts_call_wrong_is_told_until_it_is_right(folder):
    ours = [(NOW + DAY).timestamp()]
    compared = set_clock.Compared(lambda: ours[0])
    compared.note("https://a.example/", answer(NOW))
    assert set_clock.off_by() is None  # one host alone may be the wrong one
    compared.note("https://b.example/", answer(NOW))
    assert set_clock.off_by() == DAY
    part = next(one for one in condition.condition(timezone.now()) if one.name == "clock")
    assert not part.is_well
    assert "24 hours ahead" in part.said
    ours[0] = NOW.timestamp()
    for host in "ab":
        compared.note(f"https://{host}.example/", answer(NOW))
    assert set_clock.off_by() is None


def test_what_a_cache_held_for_hours_does_not_count_against_our_clock(folder):
    compared = set_clock.Compared(NOW.timestamp)
    for host in "abc":
        compared.note(f"https://{host}.example/", answer(NOW - 5 * HOUR, age=str(5 * 3600)))
    assert set_clock.off_by() is None


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Foo 2026 99:99:99 GMT"])
def test_a_date_that_is_none_says_nothing(folder, date):
    compared = set_clock.Compared(NOW.timestamp)
    for host in "ab":
        compared.note(
            f"https://{host}.example/", Answer(url="", final_url="", status=200, headers={"date": date, "age": "x"})
        )
    assert set_clock.off_by() is None


def test_a_clock_that_is_set_back_is_noticed_once():
    wall, steady = [NOW], [100.0]
    watched = set_clock.Watched(lambda: wall[0], lambda: steady[0])
    steps = [(3, 3, False), (3, DAY.total_seconds(), False), (3, 3 - DAY.total_seconds(), True), (3, 3, False)]
    for passed_s, shown_s, is_told in steps:
        steady[0] += passed_s
        wall[0] += timedelta(seconds=shown_s)
        assert watched.was_set_back() is is_told


def test_what_a_clock_that_was_ahead_put_off_is_due_again(feeds, article_of):
    ahead = NOW + DAY
    Feed.objects.filter(pk=feeds[0].pk).update(last_checked_at=ahead, next_check_at=ahead + HOUR)
    Feed.objects.filter(pk=feeds[1].pk).update(claimed_by="x", claimed_until=ahead + LEASE)
    fresh, usual = Article.objects.public()[:2]
    Article.objects.filter(pk=fresh.pk).update(seen_at=ahead, next_read_at=ahead)
    Article.objects.filter(pk=usual.pk).update(seen_at=NOW, next_read_at=NOW + HOUR)
    story = Story.objects.public().first()
    Story.objects.filter(pk=story.pk).update(notes_due_at=ahead)
    set_clock.make_due(NOW, [Feed.objects.all()])
    assert due() == {feeds[0].pk}
    assert Feed.objects.get(pk=feeds[1].pk).claimed_by == ""
    assert list(Article.objects.filter(next_read_at__lte=NOW, pk__in=[fresh.pk, usual.pk])) == [fresh]
    assert Article.objects.get(pk=fresh.pk).seen_at == ahead  # what was stamped stays
    assert Story.objects.get(pk=story.pk).notes_due_at == NOW


# --- the database ----------------------------------------------------------------
@pytest.mark.parametrize("error", [OperationalError("database is locked"), InterfaceError("connection already closed")])
def test_what_a_database_that_went_away_broke_off_is_handed_back_before_the_next_try(error):
    done: list[str] = []
    desk = SimpleNamespace(hand_back=lambda *models: done.append(",".join(one.__name__ for one in models)))
    errors = [error]

    def step() -> int:
        done.append("step")
        if errors:
            raise errors.pop()
        return 0

    kept, stop = clock.handing_back(desk, step, Feed), threading.Event()
    stop.set()  # no rest between
    for _ in range(3):
        clock._once(kept, stop, 0.0)
    assert done == ["step", "Feed", "step", "step"]


def test_the_worker_waits_for_a_database_that_is_away(monkeypatch):
    tries = []

    def connect(_: object) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("no route")

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.ensure_connection", connect)
    monkeypatch.setattr(worker, "DATABASE_REST_S", 0.0)
    worker.wait_for_database(threading.Event())
    assert len(tries) == 3


# --- what to do about it -----------------------------------------------------------
def test_each_feed_that_fails_says_what_to_do(feeds, client):
    assert "resolver" in str(health.advice_for(feeds[0]))
    feeds[0].problem_kind = "a new kind"
    assert health.advice_for(feeds[0]) == health.FEED_ADVICE_ELSE
    for address in ("/health", "/publisher/halden/health"):
        assert "resolver" in client.get(address).content.decode(), address


def test_health_says_how_sure_texts_are_and_what_is_refused(client, article_of):
    paper = Publisher.objects.create(slug="halden", name="Halden Post", domain="halden.example")
    Publisher.objects.update(is_sample=False)
    rows = Article.objects.public()
    Article.objects.filter(pk__in=list(rows.values_list("pk", flat=True)[:2])).update(
        publisher=paper, confidence=0.6, read_at=timezone.now()
    )
    third = rows.last()
    Article.objects.filter(pk=third.pk).update(kind="paywall", refused="The article is for subscribers.")
    said = client.get("/health").content.decode()
    assert "Articles without a text, and why" in said
    assert "Only subscribers may read it" in said
    assert "Its score for them is 60 of 100 on average." in client.get("/publisher/halden/health").content.decode()
