"""The machine's clock set off: told by what publishers' answers say of the time, and mended once it is set right.

What a clock that was ahead put off is due again when it is set back. What it
stamped stays as it was: nobody can tell those rows from others.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from statistics import median

from django.conf import settings

from newsroom.articles.models import Article, Picture
from newsroom.claims import ClaimQuerySet
from newsroom.publishers.models import Feed
from newsroom.stories.models import Story
from newstext.addresses import host_of
from newstext.coming_back import WEEK_S
from newstext.fetch import Answer

FILE = "clock-off"  # in the data folder, while it is off: by how many seconds; /health shows it
OFF = timedelta(minutes=10)
HOSTS_LEAST, HOSTS_KEPT = 2, 25  # one host's clock may be the wrong one
JUMP = timedelta(minutes=1)
LONGEST_CLAIM = timedelta(minutes=15)
LONGEST_PUT_OFF = timedelta(seconds=WEEK_S) + JUMP  # of a feed: as long as a host may ask us to wait
LONGEST_NOTES = timedelta(hours=7)


class Compared:
    """Our clock beside the hosts' that answered last. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._off_s: dict[str, float] = {}  # by host, the newest last
        self._told = False

    def note(self, url: str, answer: Answer) -> None:
        """Take in the Date of an answer; what a cache held is as much older as its Age says."""
        try:
            theirs = parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
            theirs += min(float(answer.headers.get("age", "0") or 0), 7 * 86_400)
        except (TypeError, ValueError, OverflowError):
            return
        with self._lock:
            self._off_s.pop(host_of(url), None)
            self._off_s[host_of(url)] = self._clock() - theirs
            while len(self._off_s) > HOSTS_KEPT:
                self._off_s.pop(next(iter(self._off_s)))
            off_s = median(self._off_s.values()) if len(self._off_s) >= HOSTS_LEAST else 0.0
        self._tell(off_s)

    def _tell(self, off_s: float) -> None:
        is_off = abs(off_s) > OFF.total_seconds()
        path: Path = settings.DATA_DIR / FILE
        with suppress(OSError):
            if is_off:
                path.write_text(f"{off_s:.0f}\n")
            elif self._told or path.exists():
                path.unlink(missing_ok=True)
        self._told = is_off


def off_by() -> timedelta | None:
    """By how much this machine's clock is ahead of the publishers' (below zero: behind); None where it is right."""
    try:
        return timedelta(seconds=float((settings.DATA_DIR / FILE).read_text()))
    except (OSError, ValueError, OverflowError):
        return None


class Watched:
    """The clock beside one that nobody sets."""

    def __init__(
        self, wall: Callable[[], datetime] = lambda: datetime.now(UTC), steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall, self._steady = wall, steady
        self._began = (wall(), steady())

    def was_set_back(self) -> bool:
        """True once after it was set back by more than JUMP."""
        wall, steady = self._wall(), self._steady()
        expected = self._began[0] + timedelta(seconds=steady - self._began[1])
        self._began = (wall, steady)
        return wall < expected - JUMP


def make_due(now: datetime, claimed: Iterable[ClaimQuerySet]) -> int:
    """Make due what a clock that was ahead put off, and free what it claimed for too long; how many rows."""
    ahead = now + JUMP
    fresh = Article.objects.filter(seen_at__gt=ahead)
    pictures = Picture.objects.filter(due_at__gt=ahead, article__in=fresh)
    articles = Article.objects.filter(next_read_at__gt=ahead, seen_at__gt=ahead)
    feeds = Feed.objects.filter(is_on=True, last_checked_at__gt=ahead) | Feed.objects.filter(
        is_on=True, next_check_at__gt=now + LONGEST_PUT_OFF
    )
    return (
        feeds.update(next_check_at=now)
        + pictures.update(due_at=now)
        + articles.update(next_read_at=now)
        + Story.objects.filter(notes_due_at__gt=now + LONGEST_NOTES).update(notes_due_at=now)
        + sum(
            rows.filter(claimed_until__gt=now + LONGEST_CLAIM).update(claimed_by="", claimed_until=None)
            for rows in claimed
        )
    )
