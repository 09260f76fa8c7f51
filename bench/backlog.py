"""How far a site has come with what a world tells: looked at from outside, in its database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stood:
    """At a moment (seconds since the start): how many items were told, how many of them stood in stories."""

    at_s: float
    told: int
    placed: int

    @property
    def backlog(self) -> int:
        return self.told - self.placed


def placed(data: Path) -> int:
    """How many articles of the site stand in stories."""
    with closing(sqlite3.connect(f"file:{data / 'site.sqlite3'}?mode=ro", uri=True, timeout=30)) as database:
        (count,) = database.execute("SELECT count(*) FROM articles_article WHERE grouped_at IS NOT NULL").fetchone()
    return int(count)


def rate(stood: list[Stood]) -> float:
    """Articles a second that came to stand in stories, from the first moment to the last."""
    first, last = stood[0], stood[-1]
    return (last.placed - first.placed) / (last.at_s - first.at_s)


def grows_by(stood: list[Stood]) -> float:
    """By how much the backlog grows a second: the slope of a line through the moments (least squares)."""
    middle_s = sum(one.at_s for one in stood) / len(stood)
    middle = sum(one.backlog for one in stood) / len(stood)
    spread = sum((one.at_s - middle_s) ** 2 for one in stood)
    return sum((one.at_s - middle_s) * (one.backlog - middle) for one in stood) / spread


def lags_s(stood: list[Stood]) -> list[float]:
    """For each moment, seconds until all that was told by then was placed."""
    found = []
    for place, one in enumerate(stood):
        done = next((later.at_s for later in stood[place:] if later.placed >= one.told), None)
        if done is not None:
            found.append(done - one.at_s)
        elif stood[-1].placed < one.told:
            found.append(stood[-1].at_s - one.at_s)  # at least so long
    return found
