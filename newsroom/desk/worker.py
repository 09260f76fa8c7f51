"""The worker process: reads the publishers and goes on reading them."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

import django
from django.conf import settings

log = logging.getLogger(__name__)

DATABASE_REST_S = 5.0
STARTED = "desk-started"  # in the data folder: its time says when, to /health and /metrics


def mark_start(data: Path) -> None:
    """Note that the desk is started; a full disk is no reason not to start."""
    with suppress(OSError):
        (data / STARTED).write_text(f"{os.getpid()}\n")


def wait_for_database(stop: threading.Event) -> None:
    """Return once it answers, or once `stop` is set: to start anew again and again would cost more than to wait."""
    from django.db import Error, connection

    while not stop.is_set():
        try:
            connection.ensure_connection()
            return
        except Error as error:
            log.warning("database: %s. Tried again in %s s.", error, DATABASE_REST_S)
            stop.wait(DATABASE_REST_S)


def main(how: str = "") -> int:
    """Work until SIGTERM; 0 when it came, 1 where the tables are not this version's or a step broke.

    how: "messages" for a worker that is told by messages what to do; "": one that does all that is due.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    django.setup()
    from newsroom import tables
    from newsroom.desk import clock, progress
    from newsroom.desk.supervise import leave_with_parent, set_on_signal
    from newsroom.desk.work import Desk

    stop = threading.Event()
    set_on_signal(stop, signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches us as the supervisor's SIGTERM
    leave_with_parent()
    mark_start(settings.DATA_DIR)
    wait_for_database(stop)
    if stop.is_set():
        return 0
    try:
        tables.require_current()
    except tables.NotCurrent as error:
        print(error, file=sys.stderr)
        return 1
    is_told = how == "messages"
    desk = Desk(languages_at_once=1 if is_told else None)
    is_asked = False
    try:
        if is_told:
            from newsroom.desk import by_messages  # Celery is there only where it is used

            is_asked = by_messages.run(desk, stop)
        else:
            threading.Thread(target=progress.watch, args=(desk, stop), daemon=True).start()
            is_asked = clock.run(desk, stop)
    finally:
        desk.close(is_asked=is_asked)
    return 0 if is_asked else 1


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    logging.shutdown()
    sys.stderr.flush()
    os._exit(code)  # answers that are still under way are waited for by nobody: their rows were handed back
