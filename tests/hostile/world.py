"""A made-up world of publishers of whom three in ten are out of order: `./run measure safety world`.

The world is bench/newsworld.py, which stands beside the data sets and knows what
each feed has told. It is read twice in turn, whole and with every fault; then
everybody tells one thing more, the newest text is corrected, and it is read again.
"""

from __future__ import annotations

import http.client
import importlib.util
import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.hostile.figures import Figure, Run
from tests.site import running

FEEDS, ITEMS = 200, 10
FEWEST_FEEDS = 24
FAULTY = 0.3
CPU_MOST, MEMORY_MOST = 1.3, 1.5
ROUNDS = 2  # of a whole run: the faultless and the faulty world in turn
START_S, READ_S = 120.0, 2400.0
# What a feed of that fault still gives: all of its items, those before the cut, or none. What a fault does is
# written in newsworld.py: a redirect leads to the feed, bad-xml and bad-encoding are mended by who can.
WHOLE = ("slow", "redirect", "wrong-type", "bad-xml", "bad-encoding")
CUT = ("truncated",)
NOTHING_WRONG = ("xxe",)  # what its entities stand for is not looked up; without them it is a feed of no items
ITEM = re.compile(r"^http://127\.0\.\d+\.\d+:\d+/p/(\d+)/(\d+)$")


@dataclass(slots=True)
class Read:
    """What was read of one world. lost, doubled, unknown, stale: items, as "f3-9 (slow)"."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    wanted: int = 0
    stored: int = 0
    unnamed: list[str] = field(default_factory=list)
    cpu_s: float = 0.0
    peak_mib: float = 0.0
    faulty: int = 0


def measure(run: Run) -> list[Figure]:
    """The faultless and the faulty world in turn, on a site of its own each time."""
    feeds = max(FEWEST_FEEDS, round(FEEDS * run.share))
    rounds = ROUNDS if run.share == 1 else 1
    whole, faulty = [], []
    for number in range(rounds):
        for fault_rate, found in ((0.0, whole), (FAULTY, faulty)):
            place = run.scratch / f"{number}-{fault_rate}"
            found.append(read_world(bench_of(run.hostile), place, feeds=feeds, fault_rate=fault_rate, seed=run.seed))
            print(f"world, {fault_rate:.0%} faulty: {found[-1]}", file=sys.stderr, flush=True)
    return summed_up(whole, faulty, feeds=feeds)


def summed_up(whole: list[Read], faulty: list[Read], *, feeds: int) -> list[Figure]:
    tried = f"{feeds} feeds x {ITEMS + 1} items, {faulty[0].faulty} faulty, {len(faulty)} rounds, SQLite"
    bad = [one for read in (*whole, *faulty) for one in (*read.lost, *read.doubled, *read.unknown, *read.stale)]
    wanted = sum(read.wanted for read in (*whole, *faulty))
    unnamed = [one for read in faulty for one in read.unnamed]
    cpu = sum(read.cpu_s for read in faulty) / sum(read.cpu_s for read in whole)
    by_item = cpu * sum(read.stored for read in whole) / max(1, sum(read.stored for read in faulty))
    memory = max(read.peak_mib for read in faulty) / max(read.peak_mib for read in whole)
    return [
        Figure(
            "World with every fault: items against its truth", "0 lost, doubled or not corrected",
            f"{len(bad)} of {wanted}{_some(bad)}", not bad and wanted > 0, tried,
        ),
        Figure(
            "World with every fault: each fault named", "all", f"{len(unnamed)} feeds without a reason{_some(unnamed)}",
            not unnamed, tried,
        ),
        Figure(
            "World with every fault: CPU an item", f"<= {CPU_MOST}x of the faultless",
            f"{by_item:.2f}x ({cpu:.2f}x in all)", max(cpu, by_item) <= CPU_MOST, tried,
        ),
        Figure(
            "World with every fault: memory at its peak", f"<= {MEMORY_MOST}x of the faultless", f"{memory:.2f}x",
            memory <= MEMORY_MOST, tried,
        ),
    ]  # fmt: skip


def _some(bad: list[str]) -> str:
    return f" ({', '.join(bad[:8])})" if bad else ""


# --- one world, read by a site of its own ---------------------------------------
def bench_of(hostile: Path) -> Path:
    """The folder of the made-up world, beside the data sets."""
    return hostile.parent.parent / "bench"


def read_world(
    bench: Path,
    place: Path,
    *,
    feeds: int,
    fault_rate: float,
    seed: int,
    items: int = ITEMS,
    left_out: tuple[str, ...] = (),
    options: tuple[str, ...] = (),
    moves_on: bool = True,
    workers: int = 2,
    forgets_one: bool = False,
) -> Read:
    """Read a world, once more when it has moved on, and compare with its truth.

    left_out: faults that are not made. options: more of newsworld's own.
    forgets_one: for the harness's own check, an article is deleted before the comparison.
    """
    place.mkdir(parents=True)
    world = _newsworld(bench)
    faults = ",".join(kind for kind in world.FAULTS if kind not in left_out)
    asked = ["serve", "--feeds", str(feeds), "--items", str(items), "--hosts", str(feeds), "--port", str(_free_port())]
    asked += ["--seed", str(seed), "--now", str(int(time.time())), "--lazy", "--max-s", str(READ_S), *options]
    asked += ["--faults", faults, "--fault-rate", str(fault_rate)] if fault_rate else []
    told = world.parser().parse_args(asked)
    state = world.State(Namespace(**{**vars(told), "bomb_mb": 1}))
    read = Read(faulty=len(state.fault))
    opml = place / "world.opml"
    opml.write_text(world.opml(told), encoding="utf-8")
    allow = ",".join(f"{world.host_of(told, number)}:{told.port}" for number in range(feeds))
    data = place / "data"
    environment = _environment(allow, place, workers)
    with _served(bench, asked, told.port):
        _command(environment, "add", str(opml), "--data", str(data))
        cut = _whole_in_cut(state, told)
        _ingest(bench, data, environment, read)
        if moves_on:
            for step in ("advance?n=1", "correct?n=1"):
                _control(told.port, step)
                _move_on(state, step)
            cut |= _whole_in_cut(state, told)
            _ingest(bench, data, environment, read)
    if forgets_one:
        with sqlite3.connect(data / "site.sqlite3") as database:
            database.execute("delete from articles_article where id in (select max(id) from articles_article)")
    _compare(state, told, data, read, cut)
    return read


def _move_on(state: Any, step: str) -> None:
    """The same step in the harness's own copy of the world, whose truth is asked."""
    if step.startswith("advance"):
        state.top += 1
    else:
        state.ver |= {(feed, state.top - 1): 1 for feed in range(state.a.feeds)}
    state.cache.clear()


def _newsworld(bench: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("newsworld", bench / "newsworld.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def _served(bench: Path, asked: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, str(bench / "newsworld.py"), *asked], stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        assert process.stdout
        said = process.stdout.readline().decode()
        assert "ready" in said, f"newsworld does not serve on port {port}: {said}"
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _control(port: int, what: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_S)
    connection.request("GET", f"/_ctl/{what}")
    assert connection.getresponse().status == 200
    connection.close()


def _environment(allow: str, place: Path, workers: int) -> dict[str, str]:
    """Of an installed site, whose files are compiled: else each process would count the compiling of them."""
    kept = running.environment(allow, READ_WORKERS=str(workers), PICTURES="no")
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**kept, "PYTHONPYCACHEPREFIX": str(place.parent / "compiled")}


def _command(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "newsroom", *arguments],
        cwd=running.ROOT, env=environment, capture_output=True, check=True, timeout=READ_S,
    )  # fmt: skip


def _ingest(bench: Path, data: Path, environment: dict[str, str], read: Read) -> None:
    """`./run ingest --once`, with what it and its workers took."""
    command = [sys.executable, "-m", "newsroom", "ingest", "--once", "--data", str(data)]
    done = subprocess.run(
        [sys.executable, str(bench / "meter.py"), "--timeout", str(READ_S), "--", *command],
        cwd=running.ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    took = json.loads(done.stdout.splitlines()[-1])
    assert took["rc"] == 0, done.stderr[-2000:]
    read.cpu_s += took["cpu_s"]
    read.peak_mib = max(read.peak_mib, took["peak_mib"])


# --- against the truth ----------------------------------------------------------
def _compare(state: Any, told: Namespace, data: Path, read: Read, cut: set[tuple[int, int]]) -> None:
    rows = running.rows(data, "select url, title, text, private_key from articles_article")
    titles: dict[tuple[int, int], str] = {}
    counts: Counter[tuple[int, int]] = Counter()
    for url, title, _, _ in rows:
        if found := ITEM.match(str(url)):
            key = int(found[1]), int(found[2])
            counts[key] += 1
            titles[key] = str(title)
        else:
            read.unknown.append(str(url))
    read.stored = len(rows)
    wanted = _truth(state, told, cut)
    read.wanted = len(wanted)
    read.lost = [_name(state, key) for key in wanted if not counts[key]]
    read.doubled = [_name(state, key) for key, count in counts.items() if count > 1]
    may_be = {(feed, item) for feed in range(told.feeds) for item in range(state.top)}
    read.unknown += [_name(state, key) for key in counts if key not in may_be]
    read.stale = [
        f"{_name(state, key)} as it was"
        for key, title in wanted.items()
        if key in titles and not titles[key].startswith(title)
    ]
    read.unnamed = _without_reason(state, data)


def _truth(state: Any, told: Namespace, cut: set[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """The items that could be read, with their headlines as they stand now.

    cut: those that stood whole in a truncated answer when it was asked for.
    """
    whole = {feed for feed in range(told.feeds) if state.fault.get(feed, "") in ("", *WHOLE)}
    keys = {(feed, item) for feed in whole for item in range(state.top)} | cut
    seen_now = {key for key in cut if key in _whole_in_cut(state, told)}
    return {
        (feed, item): state.w.item(feed, item, state.ver.get((feed, item), 0) if is_seen else 0)["title"]
        for feed, item in sorted(keys)
        for is_seen in [feed in whole or (feed, item) in seen_now]
    }


def _whole_in_cut(state: Any, told: Namespace) -> set[tuple[int, int]]:
    """Which items are whole in what truncated answers hold now."""
    found = set()
    for feed in (number for number, kind in state.fault.items() if kind in CUT):
        body = state.feed(feed)[0]
        held = body[: len(body) * 6 // 10].decode("utf-8", "ignore")
        end = max(held.rfind("</item>"), held.rfind("</entry>"))
        found |= {(feed, int(number)) for number in re.findall(rf">f{feed}-(\d+)</(?:guid|id)>", held[: max(0, end)])}
    return found


def _without_reason(state: Any, data: Path) -> list[str]:
    """Feeds that give nothing and for which no reason stands on their publisher's page."""
    problems = {
        int(str(url).rpartition("/")[2].partition(".")[0]): str(kind)
        for url, kind in running.rows(data, "select url, problem_kind from publishers_feed")
    }
    none = {feed: kind for feed, kind in state.fault.items() if kind not in (*WHOLE, *CUT, *NOTHING_WRONG)}
    return [f"feed {feed} ({kind})" for feed, kind in none.items() if not problems.get(feed)]


def _name(state: Any, key: tuple[int, int]) -> str:
    feed, item = key
    return f"f{feed}-{item} ({state.fault.get(feed, 'no fault')})"
