"""What the bench counts with: CPU of a tree of processes, answers of a server, rows that are written."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench import contest, load, meter, site
from bench.driver import Driver
from bench.row import Run
from bench.rows import ingest, refresh
from bench.served import served

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
BURNT_S = 0.56  # by two processes of 0.3 s, each told in whole hundredths of its user's and its system's time
BURN = "import time\nwhile time.process_time() < {s}: pass\n"


def test_the_cpu_of_a_tree_counts_children_that_run_and_that_have_ended():
    code = f"""
import subprocess, sys
ended = subprocess.run([sys.executable, "-c", {BURN.format(s=0.3)!r}])
runs = subprocess.Popen([sys.executable, "-c", {(BURN.format(s=0.3) + "input()")!r}], stdin=subprocess.PIPE)
print("begun", flush=True)
sys.stdin.read()
runs.communicate(b"\\n")
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"begun\n"
        until = time.monotonic() + 60
        while meter.cpu_s(process.pid) < BURNT_S and time.monotonic() < until:
            time.sleep(0.05)
        assert BURNT_S <= meter.cpu_s(process.pid) < 3
        assert len(meter.tree(process.pid)) == 2
        assert meter.memory_mib(process.pid) > 5


def test_load_tells_answers_from_errors_and_keeps_its_rate(tmp_path):
    with served(feeds=2, items=3, seed=1, log=tmp_path / "log") as there:
        server = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        try:
            good = load.run(load.Plan(there.port, ("/f/0.xml", "/f/1.xml"), 1.0, connections=4), server.pid)
            half = load.run(load.Plan(there.port, ("/f/0.xml", "/nothing"), 1.0, connections=2, rate=40), server.pid)
        finally:
            server.communicate(b"\n")
    assert good.errors == 0
    assert good.requests > 40
    assert good.bytes > 1000 * good.requests
    assert 0 < good.p50_ms <= good.p99_ms
    assert half.requests == 40
    assert half.errors == 20


def test_a_server_that_is_not_there_is_nothing_but_errors():
    refused = load.run(load.Plan(site.free_port(), ("/",), 0.2, connections=2, rate=50), 1)
    assert refused.errors == refused.requests == 10


@pytest.mark.slow
def test_ours_and_the_floor_read_the_same_world_and_what_is_written_is_counted(tmp_path):
    empty = site.empty(tmp_path / "kept")
    run = Run(0.01, 1, tmp_path, empty, rounds=1)
    with (
        served(feeds=4, items=5, seed=1, log=tmp_path / "log") as world,
        contest.contest(run, world, tmp_path / "contest") as found,
    ):
        floor, ours = (one.driver for one in found)
        first = ours.ask("pass")
        assert first["items_new"] == floor.ask("pass")["new"] == 2 * 5
        assert first["pages_read"] == first["articles_placed"] == 10
        assert set(first["parts"]) == {"feeds", "pages", "stories"}
        assert all(one.bytes > 10_000 for one in found)
        ours.ask("watch_writes")
        same = ours.ask("pass", until="feeds")
        assert same["feeds_unchanged"] == 4
        written = ours.ask("written")["writes"]
        assert set(written) == {"update publishers_feed"}
        world.control("advance")
        new = ours.ask("pass", until="pages")
        assert new["items_new"] == 4
        noted = ours.ask("written")
        assert noted["writes"]["insert articles_article"] == noted["articles"] == 4
        assert ours.ask("written") == {"writes": {}, "articles": 0}
    rows = refresh.summed_up(
        {"ours": [{**same, "answers": {"not modified": 4}}], "floor": [{"cpu_s": 0.1, "answers": {}}]}, written, feeds=4
    )
    assert [row.is_reached for row in rows[1:]] == [True, True]


@pytest.mark.slow
def test_a_site_is_served_and_left(tmp_path):
    empty = site.empty(tmp_path / "kept")
    with site.web_alone(site.copied(empty, tmp_path / "data"), log=tmp_path / "log") as running:
        assert running.get("/healthz")[0] == 200
    with site.web_alone(tmp_path / "data", log=tmp_path / "log", is_bare=True) as bare:
        assert bare.get("/list")[0] == 200
        assert bare.get("/healthz")[0] == 404
    assert bare.process.returncode is not None


def test_rows_of_an_ingest_divide_pair_by_pair():
    def said(cpu_s: float, **parts: float) -> dict[str, object]:
        return {"cpu_s": cpu_s, "parts": parts or {"all": cpu_s}}

    ours = [said(9, feeds=1, pages=3, stories=5), said(12, feeds=2, pages=4, stories=6)]
    one_new = [said(2, feeds=1, pages=0.5, stories=0.5)] * 2
    taken = ingest.Taken(
        first={"ours": ours, "floor": [said(1), said(2)], "reader": [said(8), said(8)]},
        one_new={"ours": one_new, "floor": [said(0.5)] * 2, "reader": [said(8), said(4)]},
        bytes_an_item={"ours": [5200.0, 5400.0], "floor": [9000.0, 9000.0]},
        written=[{"writes": {"insert articles_article": 10}, "articles": 10, "new": 9, "changed": 1}],
    )
    rows = {row.figure: row for row in ingest.summed_up(taken, feeds=12)}
    first = rows["First ingest: cleaned, fingerprinted, indexed"]
    assert first.ratio == pytest.approx(3.5)
    assert first.is_reached
    assert rows["First ingest, stories too"].ratio == pytest.approx(7.5)
    assert [one.ratio for one in first.peers if one.name == "reader"] == [pytest.approx(6.0)]
    assert rows["One new item a feed ÷ first ingest"].ratio == pytest.approx((2 / 9 + 2 / 12) / 2)
    assert rows["One new item a feed: articles written"].is_reached
    assert rows["Database, kB an item, search and stories included"].ratio == pytest.approx(5.3)


def test_a_driver_leaves_when_it_is_closed(tmp_path):
    floor = Driver(sys.executable, "-m", "bench.floor", str(tmp_path / "floor.sqlite3"), log=tmp_path / "log")
    with floor:
        assert floor.started["cpu_s"] > 0
    assert floor.process.returncode == 0
    assert isinstance(floor.log, Path)
