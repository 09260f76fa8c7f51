"""Goes on doing what is due, each in a thread: additions, feeds, pages, stories, pictures, the model, alerts, mails."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError

from django.db import close_old_connections, connection

from newsroom.alerts.models import Mail
from newsroom.articles.models import Article, Picture
from newsroom.claims import Claimable
from newsroom.desk import sample
from newsroom.desk.models import Lease
from newsroom.desk.quiet import QUIET_REST_S, QuietBackfill
from newsroom.desk.set_clock import Watched
from newsroom.desk.work import Desk
from newsroom.publishers.models import Addition, Favicon, Feed
from newsroom.stories.models import Story
from newsroom.tables import AWAY

log = logging.getLogger(__name__)

FEEDS_WAIT_S = 1.0
REST_S = 2.0  # between two looks at the rows when nothing was due
FEEDS_REST_S = 10.0  # a feed of the operator's own host is always due; it is asked this often
LOCKED_REST_S = 5.0
LOOK_S = 1.0
LEAVE_S = 5.0  # to end what is begun when we are told to leave; what has not ended then is handed back
MODEL_REST_S = 10.0
PICTURES_REST_S = 3.0
ALERTS_REST_S = 20.0
MAILS_REST_S = 10.0
CLOCK_REST_S = 3.0
Step = tuple[str, Callable[[], int], float]  # its name, what it does, the rest after nothing was due


def run(desk: Desk, stop: threading.Event) -> bool:
    """Work until `stop` is set, then for LEAVE_S at most, to end what is begun; False where a step broke before."""
    began = time.monotonic()
    quiet = QuietBackfill(desk)
    steps = (
        ("asked", handing_back(desk, desk.follow_asked, Addition), REST_S),
        ("feeds", handing_back(desk, _feeds_step(desk), Feed), FEEDS_REST_S),
        ("pages", handing_back(desk, desk.read_pages, Article), REST_S),
        ("earlier", quiet.step, QUIET_REST_S),
        ("pictures", handing_back(desk, desk.fetch_pictures, Picture, Favicon), PICTURES_REST_S),
        ("model", desk.write_with_model, MODEL_REST_S),  # its own: a model that hangs holds up nothing else
        ("alerts", desk.find_for_alerts, ALERTS_REST_S),
        ("mails", handing_back(desk, desk.send_mails, Mail), MAILS_REST_S),  # and so does a mail server
        ("clock", clock_step(desk), CLOCK_REST_S),
        ("stories", handing_back(desk, _stories_step(desk, began), Story, Lease), REST_S),
    )
    return keep_going(desk, quiet, steps, stop)


def keep_going(desk: Desk, quiet: QuietBackfill, steps: Iterable[Step], stop: threading.Event) -> bool:
    """Do each step again and again in a thread of its own, until `stop` is set, then leave as `run` does."""
    threads = [_repeating(name, step, stop, rest_s) for name, step, rest_s in steps]
    while not (is_asked := stop.wait(LOOK_S)):
        if any(not thread.is_alive() for thread in threads):
            break  # its traceback is out; who started us starts us anew
    stop.set()
    quiet.stop()
    desk.begin_nothing_more()
    until = time.monotonic() + LEAVE_S
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    quiet.close()
    return is_asked


def _feeds_step(desk: Desk) -> Callable[[], int]:
    before, next_round = desk.clock(), time.monotonic() + FEEDS_REST_S

    def step() -> int:
        nonlocal before, next_round
        if time.monotonic() >= next_round:
            before, next_round = desk.clock(), time.monotonic() + FEEDS_REST_S
        desk.read_feeds(before, wait_s=FEEDS_WAIT_S)
        return desk.looking.is_busy or desk.looking.has_more

    return step


def _stories_step(desk: Desk, began: float) -> Callable[[], int]:
    def step() -> int:
        placed = desk.group()
        if placed:
            sample.leave_for_news()
        sample.stand_in(desk, waited_s=time.monotonic() - began)
        return placed + desk.settle() + desk.write_notes() + keep_house(desk)

    return step


def keep_house(desk: Desk) -> int:
    """What one desk of a site does for all: sections, the edition, letting go of what is over; how much was done."""
    return desk.keep_sections() + desk.make_edition() + desk.forget_removed() + desk.let_go_of_old()


def _repeating(name: str, step: Callable[[], int], stop: threading.Event, rest_s: float) -> threading.Thread:
    thread = threading.Thread(target=_repeat, args=(step, stop, rest_s), name=name, daemon=True)
    thread.start()
    return thread


def clock_step(desk: Desk) -> Callable[[], int]:
    watched = Watched()

    def step() -> int:
        if watched.was_set_back():
            desk.after_the_clock_was_set_back()
        return 0

    return step


def handing_back(desk: Desk, step: Callable[[], int], *models: type[Claimable]) -> Callable[[], int]:
    """The step; where the database broke it off, what it had claimed is free again before it is tried anew.

    Each model is claimed by one step alone. Else rows would wait for their lease to run out, minutes after all is well.
    """
    is_broken = False

    def kept() -> int:
        nonlocal is_broken
        if is_broken:
            desk.hand_back(*models)
            is_broken = False
        try:
            return step()
        except AWAY:
            is_broken = True
            raise

    return kept


def _repeat(step: Callable[[], int], stop: threading.Event, rest_s: float) -> None:
    try:
        while not stop.is_set():
            _once(step, stop, rest_s)
    finally:
        connection.close()


def _once(step: Callable[[], int], stop: threading.Event, rest_s: float) -> None:
    """Do one step, then rest unless there is more to do."""
    try:
        rest_s = 0.0 if step() else rest_s
    except AWAY as error:
        log.warning("database: %s. Tried again in %s s.", error, LOCKED_REST_S)
        close_old_connections()
        rest_s = LOCKED_REST_S
    except (CancelledError, RuntimeError) as error:
        if not stop.is_set():
            raise
        log.info("Leaving in the midst: %s. What is held is handed back.", error or "cancelled")
    stop.wait(rest_s)
