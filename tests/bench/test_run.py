"""The bench's table: rows kept as they end and run once a commit, ratios of pairs, plots, and its part of the page."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from types import ModuleType

import pytest

from bench import backlog, peers, plots, row, run
from bench.backlog import Stood
from bench.row import Beside, Row, Run
from newsroom.commands import bench as command
from newsroom.commands import measure


@pytest.fixture
def wheels(monkeypatch, tmp_path):
    """Two rows of our own, of which "wings" is never run; how often "wheels" was."""
    runs: list[str] = []
    module = ModuleType("bench.rows.wheels")

    def measured(told: Run) -> list[Row]:
        runs.append("wheels")
        peer = Beside("cart", 9.5, "2026-11-22", "brakes")
        return [
            row.at_most("wheels", 4, 3.256, ours="1 ms", floor="2 ms", counts=f"{told.size(200)} turns", peers=(peer,))
        ]

    module.measure = measured  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(run, "ROWS", ("wheels", "wings"))
    monkeypatch.setattr(run, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(run, "PLOTS", tmp_path / "docs")
    monkeypatch.setattr("bench.site.empty", lambda kept: kept / "empty-site")
    monkeypatch.delenv("BENCH_PEERS", raising=False)
    return runs


def test_a_row_stands_in_the_table_with_its_peers_and_share_and_one_that_cannot_be_run_is_named(wheels, capsys):
    assert run.main(["--rounds", "1"]) == 1  # wings have no module
    assert run.main(["wheels", "--share", ".5"]) == 0
    assert wheels == ["wheels", "wheels"]
    said = capsys.readouterr()
    assert "wings: ModuleNotFoundError" in said.err
    first, second = said.out.split(" cores, Python")[1:]
    table = "| wheels | <= 4 | 3.26 | reached | 1 ms | 2 ms | cart 9.5 (2026-11-22, without brakes) |"
    assert f"{table} 200 turns | seed 1, " in first
    assert "| wings | | | not run |" in first
    assert f"{table} 100 turns | share 0.5, seed 1, " in second


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["sails"], "no row sails. There are: wheels, wings."),
        (["--share", "0"], "--share 0.0 is not above 0"),
        (["--rounds", "0"], "--rounds 0 is not 1 or more"),
    ],
)
def test_no_such_row_share_or_rounds_are_refused(wheels, capsys, argv, told):
    with pytest.raises(SystemExit):
        run.main(argv)
    assert told in capsys.readouterr().err


def test_a_folder_of_peers_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setenv("BENCH_PEERS", "/nowhere/at/all")
    with pytest.raises(SystemExit, match="BENCH_PEERS=/nowhere/at/all: no folder"):
        run.peers_folder()


def test_every_row_has_its_module():
    for name in run.ROWS:
        module = __import__(f"bench.rows.{name}", fromlist=["measure"])
        assert callable(module.measure)


def test_ratios_are_of_pairs_and_the_median_counts():
    assert row.ratio([2, 9, 40], [1, 3, 10]) == 3
    assert row.at_most("a", 3, 3, ours="", floor="", counts="").is_reached
    assert not row.at_most("a", 3, 3.01, ours="", floor="", counts="").is_reached
    assert not row.at_least("a", 0.8, 0.79, ours="", floor="", counts="").is_reached
    assert [row.percentile(range(1, 101), share) for share in (0.5, 0.99)] == [51, 100]
    assert row.percentile([7.0], 0.99) == 7


def test_a_peer_measured_now_stands_without_a_day_and_the_others_with_theirs():
    found = peers.beside({"reader": 8.0}, {"reader": 19.0, "yarr": 4.1})
    assert [(one.name, one.ratio, one.day) for one in found] == [("reader", 8.0, ""), ("yarr", 4.1, peers.MEASURED_ON)]


def test_a_backlog_that_grows_is_told_from_one_that_stands():
    flat = [Stood(at, 100 * at, 100 * at - 300) for at in range(10)]
    grows = [Stood(at, 100 * at, 60 * at) for at in range(10)]
    assert backlog.grows_by(flat) == pytest.approx(0)
    assert backlog.grows_by(grows) == pytest.approx(40)
    assert backlog.rate(grows) == pytest.approx(60)


def test_the_lag_is_until_all_that_was_told_was_placed():
    stood = [Stood(0, 10, 10), Stood(5, 20, 10), Stood(8, 20, 15), Stood(11, 20, 20), Stood(15, 30, 20)]
    assert backlog.lags_s(stood) == [0, 6, 3, 0, 0]
    assert backlog.lags_s([Stood(0, 30, 0), Stood(9, 30, 12)]) == [9, 0]


def test_a_plot_has_a_bar_for_each_and_a_line_for_what_is_asked():
    drawn = plots.drawn(
        [
            row.at_most(
                "First <ingest>", 4, 3.2, ours="", floor="", counts="", peers=peers.beside({"reader": 8.0}, peers.FIRST)
            )
        ]
    )
    tree = ElementTree.fromstring(drawn)
    bars = list(tree.iter("{http://www.w3.org/2000/svg}rect"))
    assert len(bars) == 1 + len(peers.FIRST)
    assert [bar.get("class") for bar in bars].count("ours") == 1
    widths = [float(bar.get("width")) for bar in bars]
    assert widths == sorted(widths)
    assert len(list(tree.iter("{http://www.w3.org/2000/svg}line"))) == 1
    assert "prefers-color-scheme:dark" in drawn


def test_the_bench_takes_its_own_place_on_the_page_and_a_measure_leaves_it_there(tmp_path, monkeypatch, capsys):
    page = tmp_path / "docs" / "measured.md"
    page.parent.mkdir()
    page.write_text(
        "# Measured\n\n## `newstext measure ask`\n\nold\n\n## `./run measure pages`\n\npages\n\n## What falls short\n"
    )
    monkeypatch.setattr(measure, "PAGE", page)
    monkeypatch.setattr(measure, "ROOT", tmp_path)
    for said in ("the first run", "the second run"):
        measure.replace_part("bench", f"## `./run bench`\n\n{said}\n")
    text = page.read_text()
    assert text.count("## `./run bench`") == 1
    assert "the second run" in text
    assert "the first run" not in text
    assert "## `newstext measure ask`\n\nold" in text
    assert "## `./run measure pages`\n\npages" in text
    assert set(measure._kept()) == {"ask", "pages", "bench"}
    assert command.main([]) == measure.BAD_CALL  # no bench in this folder
    assert "checkout" in capsys.readouterr().err
