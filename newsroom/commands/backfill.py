"""./run backfill: read the earlier articles of the publishers that are followed."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time

from newsroom.commands import site

HOSTS_AT_ONCE = 8
PATIENCE_S = 30.0  # how long the command waits for a host; what takes longer is left to ./run
LINE_EVERY_S = 5.0
GROUPED_EVERY = 200  # pages read


def main(argv: list[str]) -> int:
    parser = site.parser(
        "backfill",
        "Read earlier articles of the publishers that are followed, from their sitemaps and the archives of their "
        "feeds. It may be stopped at any moment and goes on where it was. The last line says what was done, as JSON.",
    )
    parser.add_argument("--days", type=int, default=30, help="how many days back (default: 30)")
    parser.add_argument("--publisher", metavar="SLUG", action="append", default=[], help="this publisher alone")
    options = parser.parse_args(argv)
    site.open_site(options.data)
    from newsroom.desk.asking import DAYS_MOST

    if not 1 <= options.days <= DAYS_MOST:
        print(f"--days {options.days}: give a number from 1 to {DAYS_MOST}.", file=sys.stderr)
        return 2
    publishers, problem = _chosen(options.publisher)
    if problem:
        print(problem, file=sys.stderr)
        return 1
    return _run(publishers, options.days)


def _chosen(slugs: list[str]) -> tuple[list, str]:  # type: ignore[type-arg]
    """The publishers of these slugs, or all that are followed; or why there is none."""
    from newsroom.desk.asking import followed

    publishers = followed()
    if not publishers:
        return [], "Nobody is followed yet. Follow a feed, a site or an OPML file first: ./run add"
    known = {publisher.slug: publisher for publisher in publishers}
    for slug in slugs:
        if slug not in known:
            some = ", ".join(sorted(known)[:5])
            return [], f"--publisher {slug}: nobody of that name is followed; /publishers lists all. Some are: {some}"
    return [known[slug] for slug in dict.fromkeys(slugs)] or publishers, ""


def _run(publishers: list, days: int) -> int:  # type: ignore[type-arg]
    from newsroom.desk import asking
    from newsroom.desk.backfill import Backfilling, pages_left
    from newsroom.desk.work import Desk

    desk = Desk()
    backfilling = Backfilling(desk, hosts_at_once=HOSTS_AT_ONCE, tell=_tell)
    _stop_on_interrupt(backfilling.stop)
    code = 0
    rows = [asking.ask(publisher, days, desk.clock()) for publisher in publishers]
    try:
        _go_on(backfilling, rows)
        if backfilling.stop.is_set():
            raise KeyboardInterrupt
        _tell_stories(desk)
    except KeyboardInterrupt:
        _tell("stopped; run it again and it goes on where it was")
        code = 130
    finally:
        backfilling.close()
        desk.close()
    done = backfilling.done
    done.publishers, done.pages_left = len(rows), pages_left(rows)
    done.articles_placed, done.notes_written = desk.done.articles_placed, desk.done.notes_written
    print(json.dumps(done.as_dict()), flush=True)
    _leave_at_once(code)
    return code


def _stop_on_interrupt(stop: threading.Event) -> None:
    """Let the first Ctrl-C end the turn at hand: an exception may be lost in a database's callback. A second raises."""

    def note(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop.set()

    signal.signal(signal.SIGINT, note)


def _go_on(backfilling: Backfilling, rows: list) -> None:  # type: ignore[type-arg]  # noqa: F821
    """Give turns until nothing is due within PATIENCE_S."""
    from newsroom.publishers.models import Backfill

    ours = Backfill.objects.filter(pk__in=[row.pk for row in rows])
    said_at, said, grouped = time.monotonic(), "", 0
    while not backfilling.stop.is_set():
        moved = backfilling.step(ours)
        if time.monotonic() - said_at >= LINE_EVERY_S:
            line = _pages_line(backfilling, rows)
            if line != said:
                _tell(line)
            said_at, said = time.monotonic(), line
        if backfilling.done.pages_read - grouped >= GROUPED_EVERY:
            grouped = backfilling.done.pages_read
            backfilling.desk.group()
        if moved or backfilling.running:
            continue
        wait_s = _waits_s(ours, backfilling.desk.clock())
        if wait_s is None:
            return
        if wait_s > PATIENCE_S:
            _tell(f"the rest is due in {max(1, round(wait_s / 60))} min; ./run reads it then, or run this again")
            return
        backfilling.stop.wait(min(max(wait_s, 0.05), 1.0))


def _waits_s(ours, now) -> float | None:  # type: ignore[no-untyped-def]
    """Seconds until a publisher's turn is due again; None if all is done."""
    from newsroom.publishers.models import Backfill

    waiting = ours.filter(state=Backfill.WAITING)
    next_at = waiting.free(now).order_by("next_at").values_list("next_at", flat=True).first()
    if next_at is None:
        return 1.0 if waiting.exists() else None  # another process has its turn
    return max(0.0, (next_at - now).total_seconds())


def _tell_stories(desk: Desk) -> None:  # noqa: F821
    began = desk.clock()
    while desk.group():
        pass
    while desk.settle(at_once=True):
        pass
    desk.want_notes_at_once(began)
    while desk.write_notes():
        _tell(f"{desk.done.articles_placed} articles in stories, notes of {desk.done.notes_written} stories written")


def _pages_line(backfilling: Backfilling, rows: list) -> str:  # type: ignore[type-arg]  # noqa: F821
    from newsroom.desk.backfill import pages_left

    done = backfilling.done
    asked = done.pages_read + done.pages_refused + done.pages_failed
    return f"{done.sources} sources walked, {done.taken} articles taken; {asked} pages read, {pages_left(rows)} to read"


def _tell(line: str) -> None:
    print(f"backfill: {line}", file=sys.stderr, flush=True)


def _leave_at_once(code: int) -> None:
    """End without waiting for answers and worker processes that are still under way: nothing of theirs is kept."""
    sys.stdout.flush()
    os._exit(code)
