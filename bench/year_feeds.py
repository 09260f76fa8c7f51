"""A year of feeds by the product's own rule of when each is looked at next; nothing is fetched and no row is kept."""

from __future__ import annotations

import heapq
import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bench.row import percentile

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
DAY_S = 86_400
MONTH_DAYS = 30
FEEDS = 50_000  # of the whole world
ARTICLES_A_DAY = 1_000_000
SPREAD = 1.6  # of the logarithm of a feed's items a day: the busiest tenth have some seven tenths of them
SHOWN = 30  # items that a feed shows
WEEKEND = 0.6
NIGHT = 0.1  # share of the day's mean at the quietest hour
BIG_DAYS_A_YEAR, BIG_TIMES = 12, 2.0  # days on which everybody writes more
FAILS = 0.005  # of the looks


@dataclass(slots=True)
class Month:
    """What was done in thirty days."""

    items: int = 0
    looks: int = 0
    unchanged: int = 0
    lost: int = 0  # items that slid out of their feed between two looks
    late_s: list[float] = field(default_factory=list)
    by_hour: dict[int, int] = field(default_factory=dict)

    @property
    def busiest(self) -> float:
        """Looks in the busiest hour, beside the mean hour."""
        return max(self.by_hour.values()) * len(self.by_hour) / self.looks

    def late(self, share: float) -> float:
        return percentile(self.late_s, share) / 60


@dataclass(slots=True)
class Year:
    months: list[Month]
    cpu_s: float
    arrivals: list[list[datetime]]  # by feed, when each item was published; in order


def simulate(*, feeds: int, days: int, seed: int) -> Year:
    """So many of the world's feeds, over so many days from the first of January."""
    from newsroom.desk.reading import fastest_s
    from newsroom.publishers.models import Feed, Publisher

    began = time.process_time()
    chance = random.Random(seed)
    big_days = frozenset(chance.sample(range(365), BIG_DAYS_A_YEAR))
    published = [_published(chance, rate, days, big_days) for rate in _rates(chance, feeds)]
    rows = [Feed(publisher=Publisher(), pk=number) for number in range(feeds)]
    months = [Month() for _ in range(math.ceil(days / MONTH_DAYS))]
    shortest_s = fastest_s("https://feed.example/")
    known = [0] * feeds
    due = [(chance.uniform(0, rows[number].interval_s), number) for number in range(feeds)]
    heapq.heapify(due)
    while due and due[0][0] < days * DAY_S:
        at_s, number = due[0]
        month = months[int(at_s / DAY_S) // MONTH_DAYS]
        wait_s, known[number] = _look(
            rows[number], published[number], known[number], at_s, month, shortest_s, fails=chance.random() < FAILS
        )
        heapq.heapreplace(due, (at_s + wait_s, number))
    arrivals = [[BEGAN + timedelta(seconds=at_s) for at_s in times] for times in published]
    return Year(months, time.process_time() - began, arrivals)


def _look(
    row: object, times: list[float], known: int, at_s: float, month: Month, shortest_s: float, *, fails: bool
) -> tuple[float, int]:
    """Seconds to the next look by the product's rule, and how many items are known after this one."""
    from newsroom.publishers.save import Looked, _take_outcome
    from newstext.records import RawEntry

    month.looks += 1
    hour = int(at_s / 3600)
    month.by_hour[hour] = month.by_hour.get(hour, 0) + 1
    now = BEGAN + timedelta(seconds=at_s)
    there = known
    while there < len(times) and times[there] <= at_s:
        there += 1
    if fails:
        looked = Looked(outcome="timeout", problem="no answer")
        there = known
    elif there == known:
        looked = Looked(outcome="unchanged", status=304)
        month.unchanged += 1
    else:
        shown = times[max(0, there - SHOWN) : there]
        entries = tuple(RawEntry("", "", published_at=BEGAN + timedelta(seconds=one)) for one in shown)
        looked = Looked(outcome="new", status=200, entries=entries, new=there - known)
        month.items += there - known
        month.lost += max(0, there - known - SHOWN)
        month.late_s += [at_s - one for one in times[known:there]]
    return _take_outcome(row, looked, now, fastest_s=shortest_s), there  # type: ignore[arg-type]


def _rates(chance: random.Random, feeds: int) -> list[float]:
    """Items a day of each feed: as many as the whole world's feeds have, in the mean."""
    mean = ARTICLES_A_DAY / FEEDS
    drawn = [math.exp(chance.gauss(0, SPREAD)) for _ in range(feeds)]
    return [mean * one * feeds / sum(drawn) for one in drawn]


def _published(chance: random.Random, rate: float, days: int, big_days: frozenset[int]) -> list[float]:
    """When a feed's items appear, in seconds: by chance, more by day, less at the week's end, most on big days."""
    return list(_moments(chance, rate, days, big_days, zone_h=chance.uniform(0, 24)))


def _moments(
    chance: random.Random, rate: float, days: int, big_days: frozenset[int], *, zone_h: float
) -> Iterator[float]:
    most = rate * (2 - NIGHT) * BIG_TIMES
    at = 0.0
    while (at := at + chance.expovariate(most)) < days:
        day = int(at)
        by_hour = 1 + (1 - NIGHT) * math.sin(2 * math.pi * (at + zone_h / 24))
        by_day = (WEEKEND if day % 7 in (2, 3) else 1.0) * (BIG_TIMES if day % 365 in big_days else 1.0)
        if chance.random() * (2 - NIGHT) * BIG_TIMES < by_hour * by_day:
            yield at * DAY_S
