"""Row 12: what the whole site holds while nothing is to be done, and a desk at the peak of a first ingest."""

from __future__ import annotations

import sys
import time

from bench import meter, peers, site
from bench.driver import Driver
from bench.row import Row, Run, at_most
from bench.served import served

FEEDS = (200, 2000)
FEWEST_FEEDS = 20
ITEMS = 10
IDLE_S = 75.0  # worker processes leave after a minute without an item (newstext.engines.IDLE_S)
LOOKS = 5
FLAT = 1.1
MORE = {"READ_WORKERS": "2"}


def measure(run: Run) -> list[Row]:
    idle = idle_mib(run)
    counts = [
        run.size(feeds, least=least) for feeds, least in zip(FEEDS, (FEWEST_FEEDS, 2 * FEWEST_FEEDS), strict=True)
    ]
    peaks = [peak_mib(run, feeds) for feeds in counts]
    on = f"PSS of the whole tree, SQLite, {MORE['READ_WORKERS']} reading processes"
    few, many = counts
    return [
        at_most(
            "Idle memory of the whole site, MiB", 110, idle, ours=f"{idle:.0f} MiB", floor="",
            counts=f"{on}; started, asked for its front page once, then left for {IDLE_S:.0f} s "
            "(worker processes leave after a minute)",
            peers=peers.beside({}, peers.IDLE_MIB),
        ),
        at_most(
            f"Peak memory of a first ingest of {many} feeds, MiB", 256, peaks[1], ours=f"{peaks[1]:.0f} MiB",
            floor="", counts=f"{on}, the desk alone, {ITEMS} items a feed",
        ),
        at_most(
            f"Peak memory of {many} feeds ÷ of {few}", FLAT, peaks[1] / peaks[0], asked=f"flat: <= {FLAT}",
            ours=f"{peaks[1]:.0f} MiB", floor=f"{peaks[0]:.0f} MiB", counts=on,
        ),
    ]  # fmt: skip


def idle_mib(run: Run) -> float:
    """The site with its first feeds read, which have nothing new."""
    data, log = site.copied(run.site, run.scratch / "idle"), run.scratch / "idle.log"
    with served(feeds=FEWEST_FEEDS, items=ITEMS, seed=run.seed, log=log) as world:
        site.follow(data, world.urls, allow=world.allow, log=log)
        with site.whole_site(data, log=log, allow=world.allow, **MORE) as running:
            running.get("/")
            time.sleep(IDLE_S)
            return min(meter.memory_mib(running.process.pid) for _ in range(LOOKS))


def peak_mib(run: Run, feeds: int) -> float:
    data = site.copied(run.site, run.scratch / f"of-{feeds}")
    log = run.scratch / f"of-{feeds}.log"
    with served(feeds=feeds, items=ITEMS, seed=run.seed, log=log) as world:
        there = site.environment(data, world.allow, **MORE)
        with Driver(sys.executable, "-m", "bench.desk_driver", str(data), environment=there, log=log) as ours:
            ours.ask("add", urls=world.urls)
            with meter.Peak(ours.process.pid) as peak:
                ours.ask("pass")
            return peak.mib
