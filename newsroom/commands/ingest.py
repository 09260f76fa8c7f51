"""./run ingest --once: read all that is due, then exit."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError

from newsroom.commands import site


def main(argv: list[str]) -> int:
    parser = site.parser("ingest", "Read all that is due, then exit. The last line says what was done, as JSON.")
    parser.add_argument("--once", action="store_true", help="the only way to run it: `./run` reads on and on")
    parser.add_argument("--all", action="store_true", help="check every feed now, due or not")
    options = parser.parse_args(argv)
    if not options.once:
        parser.error("give --once; to read on and on, start the site with ./run")
    site.open_site(options.data)
    from newsroom.desk import progress, sample
    from newsroom.desk.supervise import set_on_signal
    from newsroom.desk.work import Desk

    desk = Desk()
    stop, left = threading.Event(), threading.Event()
    set_on_signal(stop, signal.SIGTERM)
    threading.Thread(target=_leave_in_time, args=(desk, stop, left), daemon=True).start()
    watcher = threading.Thread(target=progress.watch, args=(desk, stop), daemon=True)
    watcher.start()
    is_asked = False
    try:
        is_asked = not _read_all(desk, stop, every_feed=options.all)
        if desk.done.articles_placed:
            sample.leave_for_news()
    finally:
        left.set()
        stop.set()
        watcher.join()
        desk.close(is_asked=is_asked)
    _tell(desk)
    if is_asked:
        os._exit(0)  # answers that are still under way are waited for by nobody: their rows were handed back
    return 0


def _tell(desk: Desk) -> None:  # noqa: F821
    print(json.dumps(desk.done.as_dict()), flush=True)
    sys.stderr.flush()


def _leave_in_time(desk: Desk, stop: threading.Event, left: threading.Event) -> None:  # noqa: F821
    """Once told to leave, let what is begun end for LEAVE_S; then hand back what is held and end."""
    from newsroom.desk.clock import LEAVE_S

    stop.wait()
    if left.is_set():
        return
    desk.begin_nothing_more()
    if not left.wait(LEAVE_S):
        threading.Timer(LEAVE_S / 2, os._exit, [0]).start()  # a lease ends by itself where the rows are locked too
        desk.close(is_asked=True)
        _tell(desk)
        os._exit(0)


def _read_all(desk: Desk, stop: threading.Event, *, every_feed: bool) -> bool:  # noqa: F821
    """Do all that is due; False where `stop` came before the end."""
    try:
        return all(_to_its_end(step, stop) for step in _steps(desk, every_feed=every_feed))
    except (CancelledError, RuntimeError):
        if not stop.is_set():
            raise
        return False


def _to_its_end(step: Callable[[], int], stop: threading.Event) -> bool:
    while not stop.is_set():
        if not step():
            return True
        sys.stderr.flush()
    return False


def _steps(desk: Desk, *, every_feed: bool) -> Iterator[Callable[[], int]]:  # noqa: F821
    from newsroom.publishers.models import Feed

    yield desk.follow_asked
    began = desk.clock()
    if every_feed:
        Feed.objects.filter(is_on=True).update(next_check_at=began)
    yield lambda: desk.read_feeds(before=began)
    yield from (desk.read_pages, desk.apply_memory, desk.group)
    yield lambda: desk.settle(at_once=True)
    desk.want_notes_at_once(began)
    yield from (desk.write_notes, desk.keep_sections, desk.make_edition, desk.write_with_model, desk.fetch_pictures)
