"""Row 15: how soon what a publisher tells is on a page, in the API and in the search."""

from __future__ import annotations

import json
import re
import time
from urllib.parse import quote

from bench import site
from bench.row import Row, Run, at_most, percentile
from bench.served import Served, served
from bench.site import Site

FEEDS, ITEMS = 20, 5
ROUNDS = 30
FEWEST_ROUNDS = 3
POLL_S = 10.0  # newsroom.desk.clock.FEEDS_REST_S: how often a feed of the operator's own host is asked
LIMIT_S = POLL_S + 5
MOST_S = 120.0
LOOK_S = 0.5
WORD = re.compile(r"[^\W\d_]{4,}")


def measure(run: Run) -> list[Row]:
    """One item a feed is told at a time; a stranger's browser asks twice a second until the first feed's is there."""
    rounds = run.size(ROUNDS, least=FEWEST_ROUNDS)
    data = site.copied(run.site, run.scratch / "data")
    log = run.scratch / "site.log"
    taken: dict[str, list[float]] = {}
    with served(feeds=FEEDS, items=ITEMS, seed=run.seed, log=log) as world:
        site.follow(data, world.urls, allow=world.allow, log=log)
        with site.whole_site(data, log=log, allow=world.allow) as running:
            time.sleep(POLL_S)
            for number in range(rounds):
                time.sleep(POLL_S * (number % 7) / 7)  # at another moment of the desk's round each time
                for name, took_s in told_once(world, running).items():
                    taken.setdefault(name, []).append(took_s)
    return summed_up(taken, rounds=rounds)


def told_once(world: Served, running: Site) -> dict[str, float]:
    """Seconds from telling to seeing, by where; MOST_S where it was not seen."""
    number = world.control("advance")["top"] - 1
    began = time.monotonic()
    title = world.world.item(0, number).title
    words = " ".join(WORD.findall(title)[:4])
    # A page of the publisher's own: the front page shows what is best, not all that is new.
    asked = {"page": "/stories", "api": "/api/v1/stories?limit=50", "search": f"/search?q={quote(words)}&by=newest"}
    found: dict[str, float] = {}
    while len(found) < len(asked) and time.monotonic() - began < MOST_S:
        for name, path in asked.items():
            if name not in found and is_there(running, path, world, number):
                found[name] = time.monotonic() - began
        time.sleep(LOOK_S)
    return {name: found.get(name, MOST_S) for name in asked}


def is_there(running: Site, path: str, world: Served, number: int) -> bool:
    """True if an answer names the item, by its title or that of another telling of its event."""
    status, body = running.get(path)
    said = body.decode(errors="replace")
    if path.startswith("/api"):
        said = json.dumps(json.loads(said), ensure_ascii=False)
    event = world.world.item(0, number).event
    tellings = [world.world.item(feed, number) for feed in range(world.world.feeds)]
    return status == 200 and any(one.title in said for one in tellings if one.event == event)


def summed_up(taken: dict[str, list[float]], *, rounds: int) -> list[Row]:
    on = f"{rounds} items, one of {FEEDS} feeds each time; feeds are asked every {POLL_S:.0f} s, pages are kept 20 s"
    return [
        at_most(
            f"Told → seen ({name}), p99 in seconds", LIMIT_S, percentile(many, 0.99),
            asked=f"<= {LIMIT_S:.0f} (the poll + 5)", ours=f"p50 {percentile(many, 0.5):.1f} s, most {max(many):.1f} s",
            floor="", counts=on,
        )
        for name, many in taken.items()
    ]  # fmt: skip
