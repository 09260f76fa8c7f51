"""Feeds that are being looked at: a slow host holds one thread, and what failed before at most half of them.

Looks are begun whenever there is room and kept as they come, so no feed waits
for the slowest of a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime
from typing import TypeVar

from newsroom.desk.fetching import Fetching, unspaced_hosts
from newsroom.publishers.models import Feed
from newsroom.publishers.save import Looked
from newstext.addresses import host_of

BEGUN_AT_LEAST = 16  # looks are begun together: choosing them reads many rows
LOOKED_THROUGH = 5000  # feeds that are due, to choose such as many hosts share
SUSPECTS_SHARE = 0.5  # of the threads, for hosts that failed or were slow the last time
SLOW_S = 5.0

Got = TypeVar("Got")


def begin_unless_leaving(
    threads: ThreadPoolExecutor, job: Callable[..., Got], *arguments: object
) -> Future[Got] | None:
    """The job, begun; None where the threads take no more, since the desk is leaving and hands back what it holds."""
    try:
        return threads.submit(job, *arguments)
    except RuntimeError:  # so a pool says that it is shut down
        return None


class Looking:
    """What one desk looks at, at most `at_once` feeds. has_more: feeds were due that had to wait for others."""

    def __init__(self, threads: ThreadPoolExecutor, *, thread_count: int, at_once: int) -> None:
        self.threads, self.at_once = threads, at_once
        self.suspects_most = max(1, int(thread_count * SUSPECTS_SHARE))
        self.has_more = False
        self._running: dict[Future[Looked], Feed] = {}
        self._suspects: set[int] = set()  # of those that run
        self._slow: set[str] = set()  # hosts

    @property
    def is_busy(self) -> bool:
        return bool(self._running)

    def begin(
        self,
        fetching: Fetching,
        before: datetime,
        now: datetime,
        owner: str,
        *,
        but: Collection[int] = (),
        only: Collection[int] | None = None,
    ) -> list[int]:
        """Begin to look at feeds that are due by `before`, but for these, or `only` at these; which."""
        free = self.at_once - len(self._running)
        if free < min(BEGUN_AT_LEAST, self.at_once):
            return []
        chosen = self._choose(before, now, free, but, only)
        order = {key: place for place, key in enumerate(chosen)}
        rows: list[Feed] = Feed.objects.filter(pk__in=chosen).claim(owner, now, most=free)
        for row in sorted(rows, key=lambda row: order[row.pk]):
            if begun := begin_unless_leaving(self.threads, fetching.look_at_feed, row):
                self._running[begun] = row
                if self._is_suspect(row.url, row.failures):
                    self._suspects.add(row.pk)
        return [row.pk for row in rows]

    def _choose(
        self, before: datetime, now: datetime, most: int, but: Collection[int], only: Collection[int] | None
    ) -> list[int]:
        """The feeds that have been due for longest, one a host that is not being asked, and few suspects."""
        unspaced = unspaced_hosts()
        busy = {host_of(feed.url) for feed in self._running.values()} - unspaced
        suspects_left = self.suspects_most - len(self._suspects)
        due = Feed.objects.due(before).free(now).among(only).values_list("pk", "url", "failures")[:LOOKED_THROUGH]
        chosen: list[int] = []
        self.has_more = False
        for key, url, failures in due:
            if key in but:
                continue
            if len(chosen) == most:
                self.has_more = True
                break
            host = host_of(url)
            is_suspect = self._is_suspect(url, failures)
            if host in busy or (is_suspect and not suspects_left):
                self.has_more = True
                continue
            if is_suspect:
                suspects_left -= 1
            if host not in unspaced:
                busy.add(host)
            chosen.append(key)
        return chosen

    def _is_suspect(self, url: str, failures: int) -> bool:
        return bool(failures) or host_of(url) in self._slow

    def ended(self, wait_s: float | None) -> Iterator[tuple[Feed, Looked]]:
        """What has come; where nothing has, it waits so long for the first."""
        done, _ = wait(self._running, timeout=wait_s, return_when=FIRST_COMPLETED)
        for future in done:
            feed = self._running.pop(future)
            self._suspects.discard(feed.pk)
            if future.cancelled():  # the desk is leaving: it hands the feed back
                continue
            looked = future.result()
            (self._slow.add if looked.elapsed_s > SLOW_S else self._slow.discard)(host_of(feed.url))
            yield feed, looked
