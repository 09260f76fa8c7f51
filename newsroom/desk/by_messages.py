"""A worker of many: does what messages name, places articles by languages, and sends messages if nobody else does.

It is the same desk as on one machine. What takes time (feeds, pages, notes,
pictures, mails) is done when a message brings its ids; what one worker does
for all, it does while it holds the lease of the sweeper.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.conf import settings
from django.db import close_old_connections

from newsroom import tables
from newsroom.alerts.models import Mail
from newsroom.articles.models import Article, Picture
from newsroom.claims import Claimable
from newsroom.desk import celery, clock, leases, remembering, sample
from newsroom.desk.models import Lease, Worker
from newsroom.desk.quiet import QUIET_REST_S, QuietBackfill
from newsroom.desk.sweeping import Sweeper
from newsroom.desk.work import CLAIMED, Desk
from newsroom.log_lines import open_address
from newsroom.publishers.models import Addition, Favicon, Feed
from newsroom.stories.models import Story

log = logging.getLogger(__name__)

SWEEP_REST_S = 1.0
BROKER_REST_S = 5.0
LEARNED_REST_S = 30.0
TABLES_EVERY_S = 60.0
PROBLEM_MOST = 200
BESIDE = 3  # messages at once, beside one for each process that reads


class Taking:
    """What the desk does of each message. What the database broke off is handed back once it answers again."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._broken: list[tuple[type[Claimable], list[int]]] = []

    def work(self) -> dict[str, celery.Work]:
        """What is done of each kind of message; pictures only where they are kept."""
        desk = self.desk
        kinds: dict[str, tuple[type[Claimable], celery.Work]] = {
            "feeds": (Feed, desk.look_at_feeds),
            "pages": (Article, desk.read_pages),
            "notes": (Story, desk.write_notes),
            "mails": (Mail, desk.send_mails),
        }
        if settings.PICTURES:
            kinds |= {"pictures": (Picture, desk.fetch_pictures), "favicons": (Favicon, desk.fetch_favicons)}
        return {name: self._taken(model, do) for name, (model, do) in kinds.items()}

    def _taken(self, model: type[Claimable], do: celery.Work) -> celery.Work:
        def take(ids: Collection[int]) -> None:
            close_old_connections()
            try:
                do(ids)
            except tables.AWAY as error:
                log.warning("database: %s. What the message named is done again.", error)
                self._broken.append((model, list(ids)))
            except BaseException:
                self._broken.append((model, list(ids)))
                raise
            finally:
                close_old_connections()

        return take

    def hand_back(self) -> None:
        """Let go of what was broken off."""
        while self._broken:
            model, ids = self._broken[-1]
            model._default_manager.filter(pk__in=ids).release(self.desk.name)
            self._broken.pop()


@dataclass(slots=True)
class State:
    """How this worker does. problem: of the broker, in words."""

    is_sweeper: bool = False
    problem: str = ""
    is_known: bool = False  # others have been told of us


def run(desk: Desk, stop: threading.Event) -> bool:
    """Work until `stop` is set, then for LEAVE_S at most; False where a step broke before."""
    state, taking, quiet = State(), Taking(desk), QuietBackfill(desk)
    app = celery.make_app(settings.BROKER_URL)
    work = taking.work()
    celery.add_work(app, work)
    seen = _seen_step(desk, state, taking)
    seen()

    def of_one(step: Callable[[], int]) -> Callable[[], int]:
        return lambda: step() if state.is_sweeper else 0

    steps: tuple[clock.Step, ...] = (
        ("messages", _messages_step(app, desk, list(work), stop), BROKER_REST_S),
        ("seen", seen, leases.SEEN_EVERY_S),
        ("sweep", _sweep_step(desk, state, celery.Outbox(app)), SWEEP_REST_S),
        ("tables", _look_at_tables, TABLES_EVERY_S),
        ("stories", _stories_step(desk, state), clock.REST_S),
        ("asked", clock.handing_back(desk, of_one(desk.follow_asked), Addition), clock.REST_S),
        ("learned", of_one(lambda: remembering.apply_due(desk.clock())), LEARNED_REST_S),
        ("earlier", of_one(quiet.step), QUIET_REST_S),
        ("model", of_one(desk.write_with_model), clock.MODEL_REST_S),
        ("alerts", of_one(desk.find_for_alerts), clock.ALERTS_REST_S),
        ("clock", clock.clock_step(desk), clock.CLOCK_REST_S),
    )
    print(f"Worker {desk.name} takes messages of {open_address(settings.BROKER_URL)}", file=sys.stderr, flush=True)
    try:
        return clock.keep_going(desk, quiet, steps, stop)
    finally:
        Worker.objects.filter(name=desk.name).delete()


def _messages_step(app: celery.Celery, desk: Desk, kinds: list[str], stop: threading.Event) -> Callable[[], int]:
    """Take messages until the worker leaves. A broker that goes away is asked again until it answers."""

    def step() -> int:
        taker = app.WorkController(
            pool="threads",
            concurrency=settings.READ_WORKERS + BESIDE,
            queues=[celery.queue_name(kind) for kind in kinds],
            hostname=desk.name.replace("/", "-"),
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        threading.Thread(target=_end_with, args=(stop,), daemon=True).start()
        taker.start()
        if not stop.is_set():
            log.error("Messages are taken no more, without a reason. It is tried again in %s s.", BROKER_REST_S)
        return 0

    return step


def _end_with(stop: threading.Event) -> None:
    """Take no more messages once told to leave; what is begun ends, or is handed back and comes again."""
    stop.wait()
    celery.take_no_more()


def _seen_step(desk: Desk, state: State, taking: Taking) -> Callable[[], int]:
    """Say that we live, and free what was held by those who do not."""

    def step() -> int:
        taking.hand_back()
        now = leases.moment()
        was_known = leases.say_alive(desk.name, now, version=settings.VERSION, problem=state.problem)
        if state.is_known and not was_known:
            log.warning("Worker %s was taken for gone; what it held is done by others as well.", desk.name)
        state.is_known = True
        for name in leases.free_what_the_gone_held(now, CLAIMED):
            log.warning("Worker %s is gone; what it held is free again.", name)
        with desk.noting:
            desk.way_out.probe(desk.clock())
        return 0

    return step


def _sweep_step(desk: Desk, state: State, outbox: celery.Outbox) -> Callable[[], int]:
    """Send messages while we are the sweeper; a broker that does not answer is left alone for BROKER_REST_S."""
    sweeper, rests_until = Sweeper(outbox), 0.0

    def step() -> int:
        nonlocal rests_until
        was_sweeper, state.is_sweeper = state.is_sweeper, False  # unless the database says so again
        state.is_sweeper = leases.hold(leases.SWEEP, desk.name, leases.moment(), leases.SWEEP_LEASE)
        if not state.is_sweeper or time.monotonic() < rests_until:
            return 0
        if not was_sweeper:
            log.info("Worker %s sends the messages from now on.", desk.name)
        try:
            sweeper.sweep(desk.clock(), workers=Worker.objects.count())
            state.problem = ""
        except celery.AWAY as error:
            outbox.close()
            rests_until = time.monotonic() + BROKER_REST_S
            if not state.problem:
                log.warning("broker: %s. Nothing is lost: what is due is sent once it answers.", error)
            state.problem = f"broker: {str(error)[:PROBLEM_MOST]}"
        return 0

    return step


def _stories_step(desk: Desk, state: State) -> Callable[[], int]:
    began = time.monotonic()

    def step() -> int:
        placed = desk.group()
        if placed:
            sample.leave_for_news()
        if not state.is_sweeper:
            return placed
        sample.stand_in(desk, waited_s=time.monotonic() - began)
        return placed + desk.settle() + clock.keep_house(desk)

    return clock.handing_back(desk, step, Lease)


def _look_at_tables() -> int:
    """Leave where the tables are no longer this version's."""
    try:
        tables.require_current()
    except tables.NotCurrent as error:
        print(error, file=sys.stderr, flush=True)
        raise SystemExit(1) from error
    return 0
