"""kill -9 at a point of ingest, of the web server or of the whole site; and that the harness sees what it must see."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.hostile import databases, kills
from tests.hostile.figures import Run

SEED = 7


@pytest.fixture(scope="module")
def lane(tmp_path_factory):
    with kills.prepared(tmp_path_factory.mktemp("kills") / "sqlite") as prepared:
        yield prepared


@pytest.mark.slow
def test_a_kill_while_readers_write_loses_and_doubles_nothing_and_a_claim_that_is_kept_for_ever_is_seen(lane):
    chance = Run(1, SEED, Path(), Path()).choice("a kill")
    at = chance.randrange(1, lane.points["ingest"])
    lane.spoilt = ""
    one = lane.kill("ingest", at)
    assert one.label, "the point was not reached"
    assert one.taken, "nobody wrote meanwhile"
    assert (one.lost, one.halves, one.differs, one.broken) == ([], [], [], []), f"killed at {at}, {one.label}"
    lane.spoilt = "leases"
    one = lane.kill("ingest alone", _where_pages_are_read(lane))
    assert any(said.startswith("articles.Article differs in") for said in one.differs)
    assert any("held by" in said for said in one.broken)


@pytest.mark.long
def test_statements_that_stand_for_themselves_are_seen(lane):
    lane.spoilt = "transactions"
    reads, most = _where_pages_are_read(lane), lane.points["ingest"]
    found = [lane.kill("ingest alone", at) for at in range(reads, most - 1, max(1, (most - reads) // 12))]
    assert any(not one.is_well for one in found)


@pytest.mark.long
@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
def test_a_tenth_of_the_kills_loses_and_doubles_nothing(tmp_path, database):
    run = Run(0.1, SEED, tmp_path, tmp_path)
    if database == "SQLite":
        done = kills.kill_many(run, database, tmp_path / "site", "")
    else:
        with databases.postgres() as server:
            done = kills.kill_many(run, database, tmp_path / "site", server)
    assert [one for one in done if not one.is_well] == []
    assert {one.what for one in done if one.label} == set(kills.KILLS)


def test_what_was_acknowledged_and_is_gone_is_lost_and_what_was_not_may_be_gone():
    lines = [
        {"kind": "comment", "what": "The gauge stood at seven.", "is_taken": True},
        {"kind": "comment", "what": "The gauge stood at eight.", "is_taken": False},
    ]
    said = {"comment": [], "account": [], "address": [], "follow": [], "save": []}
    assert kills.compare_with_journal(lines, said) == (["comment The gauge stood at seven."], [])
    twice = {**said, "comment": ["The gauge stood at seven."] * 2}
    assert kills.compare_with_journal(lines, twice) == ([], ["twice: comment The gauge stood at seven."])
    half = {**twice, "comment": ["The gauge stood at seven."], "account": ["ada@meren.example"]}
    assert kills.compare_with_journal(lines, half)[1] == ["an account without its address: ada@meren.example"]


def test_a_row_that_is_lost_doubled_or_changed_is_named():
    one, other = {"url": "a", "text": "Fog"}, {"url": "b", "text": "Rain"}
    assert kills.differences("articles", [one, other], [other, one]) == []
    assert kills.differences("articles", [one, other], [other])[0].startswith("articles lost")
    assert kills.differences("articles", [one], [one, one])[0].startswith("articles has besides")
    assert kills.differences("articles", [one], [{**one, "text": ""}]) == ["articles differs in text: 'Fog' is ''"]


def test_a_figure_is_short_where_one_kill_is_not_well_or_none_was_made():
    well = kills.Kill("ingest", 3, label="after COMMIT", taken=9, serving_s=0.2)
    lost = kills.Kill("web", 5, label="before COMMIT", lost=["comment a"], taken=9, serving_s=11.0)
    assert all(figure.is_reached for figure in kills.summed_up("SQLite", [well]))
    assert [figure.is_reached for figure in kills.summed_up("SQLite", [well, lost])] == [False, True, True, False]
    assert not any(figure.is_reached for figure in kills.summed_up("SQLite", [])[1:3])


def _where_pages_are_read(lane) -> int:
    """A point at which an unspoilt run has claimed pages: some way behind the feeds."""
    return lane.points["ingest"] // 4


def test_a_process_is_killed_at_its_point_and_before_nothing_else(tmp_path):
    import os

    from tests.hostile.killing import Points

    path = tmp_path / "points"
    process = os.fork()
    if not process:
        points = Points(path, at=3)
        for number in range(5):
            points.go_by(f"point {number + 1}")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGKILL
    assert (Points(path).passed, Points(path).last) == (3, "point 3")
