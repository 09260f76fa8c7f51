"""Row 13: a million articles, pages asked for at a fixed rate, while the desk goes on reading."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

from bench import backlog, filled, load, site
from bench.backlog import Stood
from bench.row import Row, Run, at_most, percentile
from bench.served import Served, served

ARTICLES = 1_000_000
FEWEST = 3_000
RATE, SECONDS = 150.0, 60.0
P99_MS, LAG_S = 250.0, 60.0
FEEDS, ITEMS = 20, 5
TOLD_EVERY_S = 5.0
STORIES_ASKED, ARTICLES_ASKED = 20, 20
CONNECTIONS = 32


def measure(run: Run) -> list[Row]:
    """Each tenth request is the front page, the others are stories and articles, the newest."""
    held = run.size(ARTICLES, least=FEWEST)
    data = site.copied(filled.site_of(held, run.site, run.site.parent), run.scratch / "data")
    log = run.scratch / "site.log"
    before = backlog.placed(data)
    with served(feeds=FEEDS, items=ITEMS, seed=run.seed, log=log) as world:
        site.follow(data, world.urls, allow=world.allow, log=log)
        with site.whole_site(data, log=log, allow=world.allow) as running:
            plan = load.Plan(running.port, paths(data), max(5.0, SECONDS * run.share), CONNECTIONS, RATE)
            stood: list[Stood] = []
            left = threading.Event()
            telling = threading.Thread(target=tell, args=(world, data, stood, left, before))
            telling.start()
            loaded = load.run(plan, running.process.pid)
            left.set()
            telling.join()
    return summed_up(loaded, stood, plan, on=f"{held:,} articles, {plan.seconds:.0f} s, the desk reads {FEEDS} feeds")


def paths(data: Path) -> tuple[str, ...]:
    """What is asked for, in turn."""
    with closing(sqlite3.connect(f"file:{data / 'site.sqlite3'}?mode=ro", uri=True)) as database:
        stories = "SELECT id FROM stories_story WHERE merged_into_id IS NULL ORDER BY last_at DESC LIMIT ?"
        articles = "SELECT id FROM articles_article WHERE text <> '' ORDER BY seen_at DESC LIMIT ?"
        found = [f"/story/{key}" for (key,) in database.execute(stories, (STORIES_ASKED,))]
        found += [f"/article/{key}" for (key,) in database.execute(articles, (ARTICLES_ASKED,))]
    mixed = [one for pair in zip(found, reversed(found), strict=True) for one in pair]
    return tuple(path for place, one in enumerate(mixed) for path in (["/", one] if place % 9 == 0 else [one]))


def tell(world: Served, data: Path, stood: list[Stood], left: threading.Event, before: int) -> None:
    """Something new in each feed now and then, and how far the desk has come with it."""
    began = told_at = time.monotonic()
    told = world.control("stats")["top"] * FEEDS
    while True:
        if time.monotonic() - told_at >= TOLD_EVERY_S and not left.is_set():
            told, told_at = world.control("advance")["top"] * FEEDS, time.monotonic()
        stood.append(Stood(time.monotonic() - began, told, backlog.placed(data) - before))
        is_done = stood[-1].backlog <= 0 or time.monotonic() - told_at > LAG_S
        if left.wait(1.0) and is_done:
            return


def summed_up(loaded: load.Loaded, stood: list[Stood], plan: load.Plan, *, on: str) -> list[Row]:
    lag_s = percentile(backlog.lags_s(stood), 0.99)
    errors = loaded.errors
    answered = (loaded.requests - loaded.errors) / loaded.seconds
    return [
        Row(
            "Requests a second beside ingest", f">= {RATE:.0f}", f"{answered:.0f} of {plan.rate:.0f} asked", "",
            answered, answered >= 0.99 * RATE, on,
        ),
        at_most(
            "p99 beside ingest, ms", P99_MS, loaded.p99_ms, ours=f"p99 {loaded.p99_ms:.0f} ms, p50 {loaded.p50_ms:.0f} "
            f"ms, from when each request was due; {loaded.cpu_ms:.1f} CPU ms a request with the desk's",
            floor="", counts=on,
        ),
        Row("Errors beside ingest", "0", f"{errors} of {loaded.requests}", "", errors, not errors, on),
        at_most("Ingest lag under load, s", LAG_S, lag_s, ours=f"{lag_s:.0f} s at p99", floor="", counts=on),
    ]  # fmt: skip
