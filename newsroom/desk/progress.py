"""Says how the work goes: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from typing import TextIO

from django.db import connection
from django.db.models import Q
from tqdm import tqdm

from newsroom.articles.models import Article
from newsroom.desk.work import Desk
from newsroom.publishers.models import Feed
from newsroom.stories.models import Story
from newsroom.tables import AWAY

BAR_EVERY_S = 0.5
LINE_EVERY_S = 5.0
UNITS = ("feeds", "pages", "stories")


def watch(desk: Desk, stop: threading.Event, stream: TextIO = sys.stderr) -> None:
    """Report until `stop` is set. Run it in a thread of its own."""
    report = Bars(stream) if stream.isatty() else Lines(stream)
    try:
        while not stop.wait(BAR_EVERY_S):
            report.failed = desk.done.feeds_failed
            report.show(count(desk))
    except AWAY:
        return  # the database went away; the worker's own thread names it
    finally:
        report.close()
        connection.close()


def count(desk: Desk) -> dict[str, tuple[int, int]]:
    """For each unit what is done and what there is to do in all."""
    now, done = desk.clock(), desk.done
    waiting = Q(last_checked_at=None) | Q(last_checked_at__lt=desk.began_at)
    feeds = Feed.objects.due(now).filter(waiting).count()
    pages = Article.objects.due_to_read(now).count()
    stories = Article.objects.due_to_group().count() + Story.objects.due_for_notes(now).count()
    pages_done = done.pages_read + done.pages_refused + done.pages_failed
    stories_done = done.articles_placed + done.notes_written
    return {
        "feeds": (done.feeds, done.feeds + feeds),
        "pages": (pages_done, pages_done + pages),
        "stories": (stories_done, stories_done + stories),
    }


class Bars:
    """One bar a unit, with rate and time left; gone while nothing is due."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.failed = 0
        self.bars: dict[str, tqdm[None]] = {}

    def show(self, counts: dict[str, tuple[int, int]]) -> None:
        if all(done == total for done, total in counts.values()):
            self.close()
            return
        for place, unit in enumerate(UNITS):
            done, total = counts[unit]
            if unit not in self.bars:
                self.bars[unit] = tqdm(
                    desc=f"{unit:<8}", unit="", position=place, leave=False, file=self.stream, initial=done
                )
            self.bars[unit].total = total
            self.bars[unit].n = done
            self.bars[unit].set_postfix_str(f"{self.failed} with a problem" if unit == "feeds" and self.failed else "")
            self.bars[unit].refresh()

    def close(self) -> None:
        for bar in self.bars.values():
            bar.close()
        self.bars = {}


class Lines:
    """A line every few seconds while something moves."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.failed = 0
        self.last: dict[str, tuple[int, int]] = {}
        self.said_at = time.monotonic()

    def show(self, counts: dict[str, tuple[int, int]]) -> None:
        passed_s = time.monotonic() - self.said_at
        if counts == self.last or passed_s < LINE_EVERY_S:
            return
        print(self._line(counts, passed_s), file=self.stream, flush=True)
        self.last, self.said_at = counts, time.monotonic()

    def _line(self, counts: dict[str, tuple[int, int]], passed_s: float) -> str:
        parts = []
        for unit in UNITS:
            done, total = counts[unit]
            rate = (done - self.last.get(unit, (0, 0))[0]) / passed_s
            left = f", {(total - done) / rate:.0f} s left" if rate and total > done else ""
            parts.append(f"{unit} {done}/{total} ({rate:.1f} a second{left})")
        failed = f"; {self.failed} feeds with a problem, named in site.log and at /publishers" if self.failed else ""
        return "reading: " + "; ".join(parts) + failed

    def close(self) -> None:
        pass
