"""What a row of the bench's table is made of, and what a row's module is given to make it."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Beside:
    """A peer's figure: in the row's own ratio. day: "" where it was measured in this run, else when it was.

    leaves_out: what it does not do that ours does; "" where it does as much.
    """

    name: str
    ratio: float
    day: str = ""
    leaves_out: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    figure: what was measured. asked: what is to be reached, in words, as "<= 4". ours, floor: as measured, with
    their units. ratio: of the two, or the figure itself where nothing is divided. counts: what it was measured on.
    """

    figure: str
    asked: str
    ours: str
    floor: str
    ratio: float
    is_reached: bool
    counts: str
    peers: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """How much is measured. share: from above 0 to 1, of the sizes; scratch: an empty folder of the run's own.

    site: an empty site's data folder, its tables made, to be copied. peers: BENCH_PEERS, None where it is not set.
    """

    share: float
    seed: int
    scratch: Path
    site: Path
    peers: Path | None = None
    rounds: int = field(default=3)

    def size(self, whole: int, *, least: int = 1) -> int:
        return max(least, round(whole * self.share))


def at_most(figure: str, limit: float, ratio: float, **more: str | tuple[Beside, ...]) -> Row:
    """A row that is reached where the ratio is not above the limit; `asked` says so unless it is given."""
    return Row(figure=figure, ratio=ratio, is_reached=ratio <= limit, **{"asked": f"<= {limit:g}", **more})  # type: ignore[arg-type]


def at_least(figure: str, limit: float, ratio: float, **more: str | tuple[Beside, ...]) -> Row:
    return Row(figure=figure, ratio=ratio, is_reached=ratio >= limit, **{"asked": f">= {limit:g}", **more})  # type: ignore[arg-type]


def median(numbers: Sequence[float]) -> float:
    return statistics.median(numbers)


def ratio(ours: Sequence[float], floor: Sequence[float]) -> float:
    """The median of the ratios of what was measured in turn, pair by pair."""
    return statistics.median(one / other for one, other in zip(ours, floor, strict=True))


def percentile(numbers: Sequence[float], share: float) -> float:
    """The number below which that share lies, as 0.99; of few numbers the largest."""
    ordered = sorted(numbers)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
