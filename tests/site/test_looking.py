"""Hosts that are slow, or failed before, hold up no other."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from newsroom.desk.work import Desk
from newsroom.publishers.models import Feed, Publisher
from newsroom.publishers.save import Looked

ROUNDS = 200


class Hanging:
    """A way out on which some hosts answer only when they are let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.asked: list[str] = []

    def look_at_feed(self, feed: Feed) -> Looked:
        self.asked.append(feed.url)
        if "//slow" in feed.url:
            assert self.let_go.wait(60)
        return Looked(outcome="unchanged")


@pytest.fixture
def desk(db, settings):
    settings.FETCH_THREADS = 4
    Feed.objects.all().delete()
    made = Desk()
    made.fetching = Hanging()
    yield made
    made.fetching.let_go.set()
    made.close()


def follow(host: str, count: int, *, minutes_due: int, failures: int = 0) -> None:
    publisher, _ = Publisher.objects.get_or_create(slug=host.replace(".", "-"), defaults={"name": host, "domain": host})
    due = timezone.now() - timedelta(minutes=minutes_due)
    for number in range(count):
        url = f"https://{host}/{number}.xml"
        Feed.objects.create(publisher=publisher, url=url, next_check_at=due, failures=failures)


def look_until_others_are_done(desk: Desk) -> None:
    before = timezone.now()
    for _ in range(ROUNDS):
        desk.read_feeds(before, wait_s=0.1)
        if not Feed.objects.exclude(url__contains="//slow").filter(last_checked_at=None).exists():
            return
    raise AssertionError("other hosts wait for the slow ones")


def test_a_slow_host_with_many_feeds_holds_one_thread(desk):
    follow("slow.example", 40, minutes_due=9)
    for number in range(20):
        follow(f"quick-{number}.example", 1, minutes_due=1)
    look_until_others_are_done(desk)
    assert sum("//slow" in url for url in desk.fetching.asked) == 1
    desk.fetching.let_go.set()
    desk.read_feeds()
    assert not Feed.objects.filter(last_checked_at=None).exists()
    assert len(desk.fetching.asked) == 60


def test_hosts_that_failed_before_take_at_most_half_of_the_threads(desk):
    for number in range(20):
        follow(f"slow-{number}.example", 1, minutes_due=9, failures=1)
        follow(f"quick-{number}.example", 1, minutes_due=1)
    look_until_others_are_done(desk)
    assert sum("//slow" in url for url in desk.fetching.asked) == 2
    assert desk.looking.has_more


def test_a_desk_that_leaves_begins_nothing_more_and_breaks_on_nothing(desk):
    follow("quick.example", 1, minutes_due=1)
    desk.threads.shutdown(wait=False, cancel_futures=True)
    desk.read_feeds(timezone.now(), wait_s=0.1)
    assert desk.fetching.asked == []
    desk.close()
    assert not Feed.objects.exclude(claimed_by="").exists()
