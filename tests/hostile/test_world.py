"""Three in ten publishers out of order: nothing of what can be read is lost or doubled, and the harness sees what is."""

from __future__ import annotations

import pytest

from tests.hostile import world
from tests.hostile.figures import Run

SEED = 7
FEW = {"feeds": 16, "items": 2, "options": ("--slow-s", "1", "--bomb-mb", "32"), "left_out": ("hang",)}
FEW |= {"moves_on": False, "workers": 1}


@pytest.fixture
def bench(newstext_data):
    folder = world.bench_of(newstext_data / "hostile")
    if not (folder / "newsworld.py").is_file():
        pytest.skip("the made-up world is not here (bench/newsworld.py beside the data sets)")
    return folder


@pytest.mark.slow
def test_faulty_feeds_cost_no_other_an_item_and_a_lost_one_is_seen(bench, tmp_path):
    read = world.read_world(bench, tmp_path / "a", fault_rate=0.7, seed=SEED, forgets_one=True, **FEW)
    assert read.faulty >= 8
    assert len(read.lost) == 1, read.lost
    assert (read.doubled, read.unknown, read.stale, read.unnamed) == ([], [], [], [])
    assert read.wanted - 1 <= read.stored


@pytest.mark.long
def test_a_tenth_of_the_world_is_read_whole(newstext_data, bench, tmp_path):
    figures = world.measure(Run(0.1, SEED, newstext_data / "hostile", tmp_path))
    short = [figure for figure in figures[:2] if not figure.is_reached]
    assert short == []
    assert float(figures[3].got.partition("x")[0]) < 2 * world.MEMORY_MOST


def test_a_doubled_item_more_work_and_more_memory_each_turn_a_figure_red():
    well = world.Read(wanted=9, stored=9, cpu_s=10.0, peak_mib=200.0)
    double = world.Read(wanted=9, stored=9, cpu_s=10.0, peak_mib=200.0, doubled=["f1-2 (slow)"])
    costly = world.Read(wanted=9, stored=9, cpu_s=14.0, peak_mib=310.0)
    for faulty, reached in (
        (well, [True] * 4),
        (double, [False, True, True, True]),
        (costly, [True, True, False, False]),
    ):
        assert [one.is_reached for one in world.summed_up([well], [faulty], feeds=3)] == reached
