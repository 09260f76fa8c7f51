"""Row 10: pages fetched, read and placed into stories at a steady rate, by the whole desk, without a model."""

from __future__ import annotations

import time
from pathlib import Path

from bench import backlog, meter, site
from bench.backlog import Stood
from bench.row import Row, Run, at_least
from bench.served import Served, served

FEEDS = 100  # each tells one item a second
ITEMS = 20
FEWEST_FEEDS = 10
SECONDS = 45.0
LEAD_S = 25.0  # before the clock, for processes to start and the first items to be read
GROWTH_MOST = 0.05  # of what is told


def measure(run: Run) -> list[Row]:
    """Feeds give teasers alone, so each article's page is fetched."""
    feeds = run.size(FEEDS, least=FEWEST_FEEDS)
    data = site.copied(run.site, run.scratch / "data")
    log = run.scratch / "site.log"
    with served(feeds=feeds, items=ITEMS, seed=run.seed, log=log, has_teasers=True) as world:
        world.control("warm")
        site.follow(data, world.urls, allow=world.allow, log=log)
        with site.whole_site(data, log=log, allow=world.allow) as running:
            before = meter.cpu_s(running.process.pid)
            stood = watched(data, world, feeds=feeds)
            cpu_s = meter.cpu_s(running.process.pid) - before
    return summed_up(stood, feeds=feeds, cpu_s=cpu_s)


def watched(data: Path, world: Served, *, feeds: int) -> list[Stood]:
    """Tell one item a feed each second, and look how far the site has come."""
    began, stood, told = time.monotonic(), [], world.control("stats")["top"] * feeds
    while (at_s := time.monotonic() - began) < LEAD_S + SECONDS:
        told = world.control("advance")["top"] * feeds
        if at_s >= LEAD_S:
            stood.append(Stood(time.monotonic() - began, told, backlog.placed(data)))
        time.sleep(max(0.0, 1 - (time.monotonic() - began - at_s)))
    return stood


def summed_up(stood: list[Stood], *, feeds: int, cpu_s: float) -> list[Row]:
    rate, grows = backlog.rate(stood), backlog.grows_by(stood)
    pages = max(1, stood[-1].placed - stood[0].placed)
    told = (stood[-1].told - stood[0].told) / (stood[-1].at_s - stood[0].at_s)
    on = f"{feeds} feeds, each tells one item a second, pages of 70 to 140 kB, {stood[-1].at_s - stood[0].at_s:.0f} s"
    flat = grows <= GROWTH_MOST * told
    return [
        at_least(
            "Pages a second through stories", 100, rate, ours=f"{rate:.0f} a second of {told:.0f} told, "
            f"{1000 * cpu_s / pages:.0f} CPU ms a page with the web server's", floor="", counts=on,
        ),
        Row(
            "Backlog in these seconds", f"flat: grows by <= {GROWTH_MOST:.0%} of what is told",
            f"from {stood[0].backlog} to {stood[-1].backlog}", "", grows / max(told, 0.001), flat, on,
        ),
    ]  # fmt: skip
