"""The peers: those that are installed here, and what those that are not reached when they were measured."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from bench.row import Beside, Run

MEASURED_ON = "2026-11-22"
NO_STORIES = "stories"
NO_INDEX = "a search index, copies, stories"
# What each leaves out of what ours does with an item.
LEAVES_OUT = {
    "yarr": NO_STORIES, "FreshRSS": NO_INDEX, "reader": "copies, stories", "Miniflux": "copies, stories",
    "tt-rss": NO_INDEX, "newsboat": f"cleaning, {NO_INDEX}", "datatrove": "marks, bylines, days, refusals",
}  # fmt: skip
# Against the floor of their own run, 200 feeds of 50 items, two busy cores; PostgreSQL's CPU with theirs.
FIRST = {"yarr": 4.1, "FreshRSS": 5.0, "reader": 19.0, "Miniflux": 14.6, "tt-rss": 27.0, "newsboat": 1.5}
UNCHANGED = {"yarr": 0.6, "Miniflux": 10.0, "FreshRSS": 50.0, "reader": 6.8, "tt-rss": 160.0}
ONE_NEW = {"yarr": 0.29, "tt-rss": 0.56, "FreshRSS": 0.75, "reader": 0.95, "Miniflux": 1.07, "newsboat": 1.8}
KB_AN_ITEM = {"newsboat": 5.3, "reader": 14.6, "yarr": 8.3, "FreshRSS": 10.8, "Miniflux": 12.8, "tt-rss": 13.5}
LIST_PAGE = {"yarr": 0.25, "reader": 14.0, "FreshRSS": 24.0, "Miniflux": 42.0}
ITEM_PAGE = {"reader": 3.6, "Miniflux": 26.0, "tt-rss": 70.0}
LIST_AT_100K = {"Miniflux": 5.8, "FreshRSS": 12.0}
SEARCH_MS = {"Miniflux": 100.0, "FreshRSS": 955.0}
IDLE_MIB = {"yarr": 37.0, "reader": 37.0, "FreshRSS": 66.0, "Miniflux": 190.0}


def python_of(run: Run, name: str) -> str:
    """The Python that has a peer's package: BENCH_PEERS/NAME/bin/python; "" where it is not installed."""
    found = run.peers / name / "bin" / "python" if run.peers else Path("-")
    return str(found) if found.exists() else ""


def program_of(run: Run, name: str) -> str:
    """A peer's own program: of its environment, else of the system; "" where it is not installed."""
    found = run.peers / name / "bin" / name if run.peers else Path("-")
    return str(found) if found.exists() else shutil.which(name) or ""


def beside(measured: Mapping[str, float], earlier: Mapping[str, float]) -> tuple[Beside, ...]:
    """What was measured in this run, then the others as they were measured, each with its day."""
    now = [Beside(name, ratio, "", LEAVES_OUT.get(name, "")) for name, ratio in measured.items()]
    then = [
        Beside(name, ratio, MEASURED_ON, LEAVES_OUT.get(name, ""))
        for name, ratio in earlier.items()
        if name not in measured
    ]
    return (*now, *then)
