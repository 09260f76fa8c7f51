"""How high a story stands on a front page: what is new, and carried by independent publishers, comes first."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from newstext.records import OF_MANY_TOPICS

HOURS_A_DOUBLING = 6.0  # twice as many independent publishers count as much as being so many hours newer
WINDOW = timedelta(hours=24)  # publishers that told it in the day before its newest telling are counted
ORIGINS_MOST = 64  # more say no more
UNTOLD_HOURS = 12.0  # behind, where nothing but live pages, newsletters, letters, lists and adverts tells it
NO_NEWS = OF_MANY_TOPICS | {"sponsored"}


@dataclass(frozen=True, slots=True)
class Telling:
    """One telling: whose text it is, and when it came.

    origin: equal for all tellings that stand on one text, as reprints of an agency do.
    """

    origin: str
    at: datetime
    kind: str = "article"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a story stands, and why.

    at: the moment to order by, the latest first; it never depends on now, so it
    is worked out when a telling comes and not when a page is asked for.
    origins: independent publishers in the day before the newest telling; they
    came within `span`.
    """

    at: datetime
    origins: int
    span: timedelta


def standing(tellings: Iterable[Telling]) -> Standing:
    """Where a story with these tellings stands. Raises ValueError without any."""
    all_tellings = list(tellings)
    if not all_tellings:
        raise ValueError("standing: no telling given; a story has one at least")
    told = [telling for telling in all_tellings if telling.kind not in NO_NEWS]
    newest = max(telling.at for telling in told or all_tellings)
    first_at: dict[str, datetime] = {}
    for telling in told:
        if telling.at > newest - WINDOW:
            first_at[telling.origin] = min(telling.at, first_at.get(telling.origin, telling.at))
    span = max(first_at.values()) - min(first_at.values()) if first_at else timedelta()
    return Standing(newest + _bonus(len(first_at)), len(first_at), span)


def _bonus(origins: int) -> timedelta:
    if not origins:
        return -timedelta(hours=UNTOLD_HOURS)
    return timedelta(hours=HOURS_A_DOUBLING * math.log2(min(origins, ORIGINS_MOST)))
