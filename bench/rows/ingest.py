"""Rows 1, 3 and 11: the first ingest, one new item a feed, and what an item takes on disk."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench import peers
from bench.contest import FLOOR, OURS, WARMED_BY, Contestant, contest
from bench.driver import Said
from bench.row import Beside, Row, Run, at_most, median, ratio
from bench.served import Served, served

FEEDS, ITEMS = 200, 50
FEWEST_FEEDS = 6
WITHOUT_STORIES = ("feeds", "pages")
WITH_STORIES = (*WITHOUT_STORIES, "stories")
NEWSBOAT_CONFIG = "reload-threads 8\nauto-reload no\nmax-items 0\n"


@dataclass(slots=True)
class Taken:
    """What each round took, by who reads: the first pass, the pass with one new item a feed, bytes an item."""

    first: dict[str, list[Said]] = field(default_factory=dict)
    one_new: dict[str, list[Said]] = field(default_factory=dict)
    bytes_an_item: dict[str, list[float]] = field(default_factory=dict)
    written: list[Said] = field(default_factory=list)


def measure(run: Run) -> list[Row]:
    """Rounds in turn, each in a world of its own seed that stands still but for one step on."""
    feeds = run.size(FEEDS, least=FEWEST_FEEDS)
    taken = Taken()
    for number in range(run.rounds):
        place = run.scratch / str(number)
        place.mkdir()
        with served(feeds=feeds, items=ITEMS, seed=run.seed + number, log=place / "world.log") as world:
            _round(run, world, place, taken)
    return summed_up(taken, feeds=feeds)


def _round(run: Run, world: Served, place: Path, taken: Taken) -> None:
    new = world.world.feeds - WARMED_BY
    with contest(run, world, place / "kept") as found:
        for one in found:
            said = one.driver.ask("pass")
            if said["new" if one.name != OURS else "items_new"] != new * ITEMS:
                raise RuntimeError(f"{one.name}: read {said}, where {new * ITEMS} items are new")
            taken.first.setdefault(one.name, []).append(said)
            items = world.world.feeds * ITEMS
            taken.bytes_an_item.setdefault(one.name, []).append(one.bytes / items)
            print(f"first, {one.name}: {said}", file=sys.stderr, flush=True)
        reload = _newsboat(run, world, place, taken)
        world.control("advance")
        for one in found:
            taken.one_new.setdefault(one.name, []).append(said := one.driver.ask("pass"))
            print(f"one new, {one.name}: {said}", file=sys.stderr, flush=True)
        if reload:
            taken.one_new.setdefault("newsboat", []).append(reload())
        world.control("advance")
        taken.written.append(_written(found[1]))


def _written(ours: Contestant) -> Said:
    """Which rows a pass with one new item a feed writes; off the clock, since counting costs."""
    ours.driver.ask("watch_writes")
    said = ours.driver.ask("pass", until="pages")
    return {**ours.driver.ask("written"), "new": said["items_new"], "changed": said["items_changed"]}


def _newsboat(run: Run, world: Served, place: Path, taken: Taken) -> Callable[[], Said] | None:
    """Its first reload, where it is installed; a function that reloads once more."""
    program = peers.program_of(run, "newsboat")
    if not program:
        return None
    urls, config, cache = place / "urls", place / "config", place / "newsboat.db"
    urls.write_text("\n".join(world.urls) + "\n")
    config.write_text(NEWSBOAT_CONFIG)

    def reload() -> Said:
        command = [program, "-u", str(urls), "-C", str(config), "-c", str(cache), "-x", "reload"]
        began, before = time.monotonic(), _children_cpu_s()
        subprocess.run(command, check=True, capture_output=True)
        cpu_s = _children_cpu_s() - before
        return {"parts": {"all": cpu_s}, "cpu_s": cpu_s, "wall_s": time.monotonic() - began}

    taken.first.setdefault("newsboat", []).append(reload())
    taken.bytes_an_item.setdefault("newsboat", []).append(cache.stat().st_size / (world.world.feeds * ITEMS))
    return reload


def _children_cpu_s() -> float:
    """Of the children of this process that have ended."""
    took = os.times()
    return took.children_user + took.children_system


def of_parts(said: list[Said], names: tuple[str, ...]) -> list[float]:
    return [sum(one["parts"].get(name, 0.0) for name in names) for one in said]


def whole(said: list[Said]) -> list[float]:
    return [float(one["cpu_s"]) for one in said]


def summed_up(taken: Taken, *, feeds: int) -> list[Row]:
    rounds = len(taken.first[OURS])
    items = (feeds - WARMED_BY) * ITEMS
    on = f"{feeds} feeds x {ITEMS} items, {rounds} rounds in turn, processes warm, SQLite"
    floors = whole(taken.first[FLOOR])
    others = {name: ratio(whole(said), floors) for name, said in taken.first.items() if name not in (OURS, FLOOR)}
    first = {"floor": f"{1000 * median(floors) / items:.2f} CPU ms an item", "counts": on}
    rows = []
    for name, parts, limit in (
        ("First ingest: cleaned, fingerprinted, indexed", WITHOUT_STORIES, 4.0),
        ("First ingest, stories too", WITH_STORIES, 10.0),
    ):
        ours = of_parts(taken.first[OURS], parts)
        said = f"{1000 * median(ours) / items:.2f} CPU ms an item ({_by_part(taken.first[OURS], parts, items)})"
        rows.append(
            at_most(name, limit, ratio(ours, floors), ours=said, peers=peers.beside(others, peers.FIRST), **first)
        )
    rows += _one_new(taken, on)
    kb = {name: median(many) / 1000 for name, many in taken.bytes_an_item.items()}
    measured = {name: size for name, size in kb.items() if name not in (OURS, FLOOR)}
    rows.append(
        at_most(
            "Database, kB an item, search and stories included", 5.3, kb[OURS], ours=f"{kb[OURS]:.1f} kB",
            floor=f"{kb[FLOOR]:.1f} kB", counts=on, peers=peers.beside(measured, peers.KB_AN_ITEM),
        )
    )  # fmt: skip
    return rows


def _by_part(said: list[Said], parts: tuple[str, ...], items: int) -> str:
    return ", ".join(f"{name} {1000 * median(of_parts(said, (name,))) / items:.2f}" for name in parts)


def _one_new(taken: Taken, on: str) -> list[Row]:
    """Row 3: of each against its own first ingest, without notes, which are made at leisure."""
    ours_now = of_parts(taken.one_new[OURS], WITH_STORIES)
    ours_first = of_parts(taken.first[OURS], WITH_STORIES)
    others: tuple[Beside, ...] = peers.beside(
        {
            name: ratio(whole(said), whole(taken.first[name]))
            for name, said in taken.one_new.items()
            if name not in (OURS, FLOOR)
        },
        peers.ONE_NEW,
    )
    floor = ratio(whole(taken.one_new[FLOOR]), whole(taken.first[FLOOR]))
    articles = [one["articles"] for one in taken.written]
    wanted = [one["new"] + one["changed"] for one in taken.written]
    parts = ", ".join(f"{name} {median(of_parts(taken.one_new[OURS], (name,))):.2f}" for name in WITH_STORIES)
    return [
        at_most(
            "One new item a feed ÷ first ingest", 0.25, ratio(ours_now, ours_first), floor=f"{floor:.2f}",
            ours=f"{median(ours_now):.2f} of {median(ours_first):.2f} CPU s ({parts})", counts=on, peers=others,
        ),
        Row(
            "One new item a feed: articles written", "new + changed",
            f"{sum(articles)} articles for {sum(wanted)} items",
            "", sum(articles) / max(1, sum(wanted)), articles == wanted, f"{on}; {_told(taken.written)}",
        ),
    ]  # fmt: skip


def _told(written: list[Said]) -> str:
    """What one pass wrote, by table, as the last round had it."""
    return "writes: " + ", ".join(f"{name} {count}" for name, count in sorted(written[-1]["writes"].items()))
