"""Row 2: two thousand feeds asked again in running processes, and nothing has changed."""

from __future__ import annotations

import sys

from bench import peers
from bench.contest import FLOOR, OURS, contest
from bench.driver import Said
from bench.row import Row, Run, at_most, median, ratio
from bench.served import served

FEEDS, ITEMS = 2000, 3
FEWEST_FEEDS = 40
# What a look at a feed may leave: when it is asked next, and who asks it now.
MAY_BE_WRITTEN = frozenset({"update publishers_feed"})


def measure(run: Run) -> list[Row]:
    """One world; passes in turn."""
    feeds = run.size(FEEDS, least=FEWEST_FEEDS)
    taken: dict[str, list[Said]] = {}
    with (
        served(feeds=feeds, items=ITEMS, seed=run.seed, log=run.scratch / "world.log") as world,
        contest(run, world, run.scratch / "kept") as found,
    ):
        for one in found:
            one.driver.ask("pass", **({"until": "feeds"} if one.name == OURS else {}))
        world.control("clear")
        for _ in range(run.rounds):
            for one in found:
                said = one.driver.ask("pass", **({"until": "feeds"} if one.name == OURS else {}))
                taken.setdefault(one.name, []).append({**said, "answers": world.control("stats")})
                world.control("clear")
                print(f"unchanged, {one.name}: {said}", file=sys.stderr, flush=True)
        ours = found[1]
        ours.driver.ask("watch_writes")
        ours.driver.ask("pass", until="feeds")
        written = ours.driver.ask("written")["writes"]
    return summed_up(taken, written, feeds=feeds)


def summed_up(taken: dict[str, list[Said]], written: Said, *, feeds: int) -> list[Row]:
    ms = {name: [1000 * one["cpu_s"] / feeds for one in said] for name, said in taken.items()}
    not_modified = [one["answers"].get("not modified", 0) for one in taken[OURS]]
    others = {name: ratio(many, ms[FLOOR]) for name, many in ms.items() if name not in (OURS, FLOOR)}
    on = f"{feeds} feeds, {len(ms[OURS])} rounds in turn, processes warm, SQLite"
    more = {name: count for name, count in written.items() if name not in MAY_BE_WRITTEN}
    told = ", ".join(f"{name} {count}" for name, count in sorted(written.items())) or "nothing"
    asked = f"{feeds} of {feeds} feeds a pass"
    return [
        at_most(
            "Refresh, nothing changed", 1.2, ratio(ms[OURS], ms[FLOOR]), ours=f"{median(ms[OURS]):.2f} CPU ms a feed",
            floor=f"{median(ms[FLOOR]):.2f} CPU ms a feed", counts=on, peers=peers.beside(others, peers.UNCHANGED),
        ),
        Row(
            "Refresh, nothing changed: answers 304", "100 %", f"{min(not_modified)} of {asked}", "",
            min(not_modified) / feeds, min(not_modified) == max(not_modified) == feeds, on,
        ),
        Row(
            "Refresh, nothing changed: rows written but the next time", "0", f"{sum(more.values())}", "",
            float(sum(more.values())), not more, f"{on}; rows written: {told}",
        ),
    ]  # fmt: skip
