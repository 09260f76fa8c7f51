"""Our desk, the floor and the peers, each running, each following the same world."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import peers, site
from bench.driver import Driver
from bench.row import Run
from bench.served import Served

OURS, FLOOR = "ours", "floor"
WARMED_BY = 2  # feeds read before the clock runs: what a process loads once is not a feed's cost


@dataclass(frozen=True, slots=True)
class Contestant:
    name: str
    driver: Driver
    database: Path

    @property
    def bytes(self) -> int:
        """Of its database on disk, with what is not written back yet written back."""
        self.driver.ask("checkpoint")
        return sum(file.stat().st_size for file in self.database.parent.glob(f"{self.database.name}*"))


@contextmanager
def contest(run: Run, world: Served, place: Path, *, with_peers: bool = True) -> Iterator[list[Contestant]]:
    """The floor first, then ours, then the peers that are installed; warm, and following all feeds of the world."""
    place.mkdir(parents=True)
    data = site.copied(run.site, place / "data")
    floor_at, reader_at = place / "floor.sqlite3", place / "reader.sqlite3"
    ours = sys.executable, "-m", "bench.desk_driver", str(data)
    with ExitStack() as stack:

        def started(name: str, database: Path, *command: str) -> Contestant:
            there = site.environment(data, world.allow)
            driver = Driver(*command, environment=there, log=place / f"{name}.log")
            return Contestant(name, stack.enter_context(driver), database)

        found = [started(FLOOR, floor_at, sys.executable, "-m", "bench.floor", str(floor_at))]
        found.append(started(OURS, data / "site.sqlite3", *ours))
        if with_peers and (python := peers.python_of(run, "reader")):
            found.append(started("reader", reader_at, python, "-m", "bench.reader_driver", str(reader_at)))
        for one in found:
            one.driver.ask("add", urls=world.urls[:WARMED_BY])
            one.driver.ask("pass")
            one.driver.ask("add", urls=world.urls)
        yield found
