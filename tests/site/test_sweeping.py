"""What the sweeper sends, what one worker at a time owns, and what becomes of messages that are wrong or come twice."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from newsroom.articles.models import Article, Picture
from newsroom.desk import leases
from newsroom.desk.models import Lease, Worker
from newsroom.desk.sweeping import SENT_AGAIN_S, WAITING_A_WORKER, WAITING_LEAST, Sweeper
from newsroom.desk.work import CLAIMED, Desk
from newsroom.publishers.models import Favicon, Feed, Publisher
from newsroom.publishers.save import Looked
from newsroom.stories.models import Story
from tests.site import running

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


class Outbox:
    """Keeps what is sent. full: as many messages of each kind wait already."""

    def __init__(self, full: int = 0) -> None:
        self.full = full
        self.sent: list[tuple[str, list[int]]] = []

    def waiting(self, kind: str) -> int:
        return self.full

    def send(self, kind: str, ids) -> None:
        self.sent.append((kind, list(ids)))

    def ids(self, kind: str) -> list[int]:
        return [one for name, ids in self.sent if name == kind for one in ids]


class Hand:
    """A sweeper with a clock that the test sets."""

    def __init__(self, full: int = 0) -> None:
        self.at_s = 1000.0
        self.outbox = Outbox(full)
        self.sweeper = Sweeper(self.outbox, steady=lambda: self.at_s)

    def sweep(self, after_s: float = 0.0) -> Outbox:
        self.at_s += after_s
        self.outbox.sent.clear()
        self.sweeper.sweep(NOW, workers=1)
        return self.outbox


@pytest.fixture(autouse=True)
def _nothing_else_is_due(db):
    Feed.objects.all().delete()
    Picture.objects.update(due_at=None)
    Favicon.objects.all().delete()
    Publisher.objects.update(home_url="")
    Story.objects.update(notes_due_at=None)
    Article.objects.update(next_read_at=None)


def paper(name: str) -> Publisher:
    return Publisher.objects.get_or_create(slug=name, defaults={"name": name, "domain": f"{name}.example"})[0]


def feed(name: str, number: int = 0, **more) -> Feed:
    url = f"https://{name}.example/{number}.xml"
    return Feed.objects.create(publisher=paper(name), url=url, next_check_at=NOW - MINUTE, **more)


def page(name: str, number: int, **more) -> Article:
    url = f"https://{name}.example/{number}"
    return Article.objects.create(
        publisher=paper(name), url=url, url_key=url, title=url, seen_at=NOW, next_read_at=NOW - MINUTE, **more
    )


def test_what_is_due_is_sent_once_and_again_only_while_nobody_holds_it():
    one = feed("meren")
    hand = Hand()
    assert hand.sweep().sent == [("feeds", [one.pk])]
    assert hand.sweep(SENT_AGAIN_S / 2).sent == []
    assert hand.sweep(SENT_AGAIN_S).sent == [("feeds", [one.pk])]
    Feed.objects.all().claim("a worker", NOW, most=1)
    assert hand.sweep(SENT_AGAIN_S * 2).sent == []
    Feed.objects.all().release("a worker")
    assert hand.sweep().sent == [("feeds", [one.pk])]


def test_nobody_asks_one_host_twice_at_once_for_feeds_or_pages():
    feeds = [feed("meren", number) for number in range(3)]
    other = feed("ostra")
    page("meren", 9)
    hand = Hand()
    assert sorted(hand.sweep().ids("feeds")) == [feeds[0].pk, other.pk]
    assert hand.outbox.ids("pages") == []
    Feed.objects.filter(pk=feeds[0].pk).update(next_check_at=NOW + MINUTE)  # looked at
    Feed.objects.filter(pk=feeds[1].pk).claim("a worker", NOW, most=1)
    assert hand.sweep(SENT_AGAIN_S * 2).ids("feeds") == [other.pk]
    assert hand.outbox.ids("pages") == []
    Feed.objects.filter(publisher=paper("meren")).delete()
    assert len(hand.sweep().ids("pages")) == 1


def test_what_failed_before_goes_in_messages_of_its_own_after_the_rest():
    feed("halden", failures=3), feed("meren"), feed("ostra", failures=1)
    assert [len(ids) for _, ids in Hand().sweep().sent] == [1, 2]


def test_a_queue_takes_no_more_than_its_workers_will_soon_do():
    for number in range(300):
        page(f"paper{number}", 0)
    most = WAITING_LEAST + WAITING_A_WORKER
    assert Counter(kind for kind, _ in Hand().sweep().sent) == {"pages": most}
    assert Hand(full=most).sweep().sent == []


def test_two_sweepers_and_two_messages_of_one_row_look_at_it_once(settings):
    settings.PICTURES = False
    one = feed("meren")
    Feed.objects.filter(pk=one.pk).update(next_check_at=timezone.now() - MINUTE)
    desks = Desk(), Desk()
    looked = []
    try:
        for desk in desks:
            desk.fetching.look_at_feed = lambda row: looked.append(row.pk) or Looked(outcome="unchanged")
        assert [desk.look_at_feeds([one.pk]) for desk in (*desks, desks[0])] == [1, 0, 0]
        assert looked == [one.pk]
        assert [desk.read_pages(only=[10**9]) for desk in desks] == [0, 0]
        assert [desk.write_notes(only=[10**9]) for desk in desks] == [0, 0]
    finally:
        for desk in desks:
            desk.close()


def test_what_a_gone_worker_held_is_free_at_once_and_what_a_living_one_holds_is_not():
    rows = [page("meren", 0), page("ostra", 0)]
    leases.say_alive("dead", NOW, version="1")
    leases.say_alive("alive", NOW + leases.GONE_AFTER, version="1")
    for row, owner in zip(rows, ("dead", "alive"), strict=True):
        Article.objects.filter(pk=row.pk).claim(owner, NOW, most=1)
    assert leases.hold("sweep", "dead", NOW, 5 * MINUTE)
    assert leases.free_what_the_gone_held(NOW + leases.GONE_AFTER + SECOND, CLAIMED) == ["dead"]
    assert [Article.objects.get(pk=row.pk).claimed_by for row in rows] == ["", "alive"]
    assert Lease.objects.get(name="sweep").claimed_by == ""
    assert list(Worker.objects.values_list("name", flat=True)) == ["alive"]


def test_a_worker_that_was_taken_for_gone_learns_it():
    assert not leases.say_alive("slow", NOW, version="1")
    assert leases.say_alive("slow", NOW + SECOND, version="1")
    leases.free_what_the_gone_held(NOW + MINUTE, CLAIMED)
    assert not leases.say_alive("slow", NOW + 2 * MINUTE, version="1")


def test_a_lease_is_one_workers_until_it_runs_out():
    assert leases.hold("sweep", "one", NOW, MINUTE)
    assert not leases.hold("sweep", "two", NOW, MINUTE)
    assert leases.hold("sweep", "one", NOW + SECOND, MINUTE)
    assert leases.hold("sweep", "two", NOW + 2 * MINUTE, MINUTE)
    assert not leases.hold("sweep", "one", NOW + 2 * MINUTE, MINUTE)


def test_a_language_is_placed_by_one_desk_at_a_time_and_others_take_another():
    one, two = leases.Shards("one", at_once=1), leases.Shards("two")
    with one.taken(["de", "en"]) as first, two.taken(["de", "en"]) as second:
        assert (first, second) == (["de"], ["en"])
        with one.taken(["de", "en"]) as third:
            assert third == []
    with two.taken(["de", "en"]) as later:
        assert later == ["de", "en"]


def test_who_lost_a_language_keeps_nothing_of_it():
    mine = leases.Shards("one")
    with mine.taken(["de"]):
        Lease.objects.filter(name="group de").update(claimed_by="another")
        with pytest.raises(leases.Lost, match="group de: taken over"):
            mine.require(["de"])


# --- messages -----------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "of version None"),
        ((2, [1]), "of version 2, this worker reads version 1"),
        ((True, [1]), "of version True"),
        (("1", [1]), "of version '1'"),
        ((1,), "not a list"),
        ((1, []), "not a list of 1 to 64 ids"),
        ((1, list(range(1, 66))), "not a list of 1 to 64 ids"),
        ((1, {"id": 1}), "not a list"),
        ((1, ["1"]), "no whole number"),
        ((1, [0]), "no whole number"),
        ((1, [2**63]), "no whole number"),
        ((1, [1], "more"), "not a list"),
    ],
)
def test_a_message_that_is_none_of_ours_is_named_and_left(arguments, why, caplog):
    celery = pytest.importorskip("newsroom.desk.celery", reason="Celery is not installed (requirements/celery.txt)")
    from celery.exceptions import Reject

    done: list[object] = []
    take = celery._taking("pages", done.append)
    with pytest.raises(Reject, match=r"."):
        take(*arguments)
    assert why in caplog.text
    assert done == []


def test_a_message_brings_ids_alone():
    celery = pytest.importorskip("newsroom.desk.celery", reason="Celery is not installed (requirements/celery.txt)")
    done: list[object] = []
    celery._taking("pages", done.append)(celery.VERSION, [7, 2**63 - 1])
    assert done == [[7, 2**63 - 1]]


# --- settings and the command ---------------------------------------------------
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"BROKER_URL": "redis://127.0.0.1/", "DATABASE_URL": "postgresql://h/d"},
            "BROKER_URL: no address of RabbitMQ",
        ),
        ({"BROKER_URL": "amqp://", "DATABASE_URL": "postgresql://h/d"}, "BROKER_URL: no address of RabbitMQ"),
        ({"BROKER_URL": "amqp://me:topsecret@10.0.0.5/"}, "SQLite is one machine's, many workers need PostgreSQL"),
        ({}, "BROKER_URL is not set. ./run worker takes messages from RabbitMQ"),
    ],
)
def test_a_worker_without_broker_or_postgres_says_what_is_missing(tmp_path, given, said):
    process = running.start("worker", "--data", str(tmp_path), **given)
    _, errors = process.communicate(timeout=120)
    assert process.returncode != 0
    assert said in errors.decode()
    assert "topsecret" not in errors.decode()


def test_health_says_whether_workers_live_agree_and_reach_the_broker(client, settings):
    def part() -> dict[str, object]:
        told = client.get("/health.json").json()["parts"]
        return next(one for one in told if one["name"] == "workers")

    settings.BROKER_URL = "amqp://broker.example/"
    assert part()["said"] == "No worker is at work."
    now = leases.moment()
    leases.say_alive("one", now, version=settings.VERSION)
    assert (part()["is_well"], part()["figures"]) == (True, {"alive": 1})
    leases.say_alive("one", now, version=settings.VERSION, problem="broker: [Errno 111] Connection refused")
    assert part()["said"] == "The broker of messages does not answer."
    leases.say_alive("one", now, version="0.0.1")
    assert part()["said"] == "Workers of another version are at work."
