"""Goes on doing what is due, each in a thread: additions, feeds, pages, stories, pictures, the model, alerts, mails."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.db import OperationalError, close_old_connections, connection

from newsroom.desk import sample
from newsroom.desk.quiet import QUIET_REST_S, QuietBackfill
from newsroom.desk.work import Desk

log = logging.getLogger(__name__)

FEEDS_WAIT_S = 1.0
REST_S = 2.0  # between two looks at the rows when nothing was due
FEEDS_REST_S = 10.0  # a feed of the operator's own host is always due; it is asked this often
LOCKED_REST_S = 5.0
MODEL_REST_S = 10.0
PICTURES_REST_S = 3.0
ALERTS_REST_S = 20.0
MAILS_REST_S = 10.0


def run(desk: Desk, stop: threading.Event) -> None:
    """Work until `stop` is set."""
    began = time.monotonic()
    quiet = QuietBackfill(desk)
    steps = (
        ("asked", desk.follow_asked, REST_S),
        ("feeds", _feeds_step(desk), FEEDS_REST_S),
        ("pages", desk.read_pages, REST_S),
        ("earlier", quiet.step, QUIET_REST_S),
        ("pictures", desk.fetch_pictures, PICTURES_REST_S),
        ("model", desk.write_with_model, MODEL_REST_S),  # its own: a model that hangs holds up nothing else
        ("alerts", desk.find_for_alerts, ALERTS_REST_S),
        ("mails", desk.send_mails, MAILS_REST_S),  # its own: so does a mail server that hangs
    )
    threads = [
        threading.Thread(target=_repeat, args=(step, stop, rest_s), name=name, daemon=True)
        for name, step, rest_s in steps
    ]
    for thread in threads:
        thread.start()
    stories = _stories_step(desk, began)
    while not stop.is_set():
        if any(not thread.is_alive() for thread in threads):
            break  # its traceback is out; who started us starts us anew
        _once(stories, stop, REST_S)
    stop.set()
    quiet.stop()
    for thread in threads:
        thread.join(timeout=5)
    quiet.close()


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
        return (
            placed
            + desk.settle()
            + desk.write_notes()
            + desk.keep_sections()
            + desk.make_edition()
            + desk.forget_removed()
        )

    return step


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
    except OperationalError as error:
        log.warning("database: %s. Tried again in %s s.", error, LOCKED_REST_S)
        close_old_connections()
        rest_s = LOCKED_REST_S
    stop.wait(rest_s)
