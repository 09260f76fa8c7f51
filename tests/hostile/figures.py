"""What a row of the safety table is made of, and what a harness is given to make it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Case = TypeVar("Case")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    name: what was attacked, as "XSS, policy off". reach: what is asked, as "0 executed".
    got: what was found, as "0 of 14,073". counts: what was tried, as "4,691 vectors x 3 slots".
    """

    name: str
    reach: str
    got: str
    is_reached: bool
    counts: str


@dataclass(frozen=True, slots=True)
class Run:
    """How much of a harness is run.

    share: from above 0 to 1, of the cases. seed: chooses them, and every random choice after.
    hostile: the folder of hostile data (`NEWSTEXT_DATA`/hostile). scratch: an empty folder of the run's own.
    """

    share: float
    seed: int
    hostile: Path
    scratch: Path

    def choice(self, name: str) -> random.Random:
        """A source of choices of that name, the same for the same seed."""
        return random.Random(f"{self.seed} {name}")

    def some(self, cases: list[Case], name: str) -> list[Case]:
        """The run's share of these, at least one, in their own order."""
        count = max(1, round(len(cases) * self.share))
        kept = sorted(self.choice(name).sample(range(len(cases)), min(count, len(cases))))
        return [cases[place] for place in kept]
