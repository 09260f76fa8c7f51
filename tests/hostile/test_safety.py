"""The safety table: a row is kept as it ends, a row of this commit is not run again, and what failed is told."""

from __future__ import annotations

import json
import sys
from types import ModuleType

import pytest

from newsroom.commands import kept_rows
from tests.hostile import safety
from tests.hostile.figures import Figure, Run


@pytest.fixture
def made_up(monkeypatch, tmp_path, newstext_data):
    """Two rows of our own; `runs` says which were run, `breaks` names one that raises."""
    runs: list[str] = []
    breaks: set[str] = set()
    for name in ("walls", "doors"):
        row = ModuleType(f"tests.hostile.{name}")

        def measure(run: Run, name=name) -> list[Figure]:
            runs.append(name)
            if name in breaks:
                raise OSError("the hinge is gone")
            return [Figure(name, "0 open", f"0 of {run.seed}", True, "all")]

        row.measure = measure  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, row.__name__, row)
    monkeypatch.setattr(safety, "ROWS", ("walls", "doors"))
    monkeypatch.setattr(safety, "KEPT", tmp_path / "safety")
    return runs, breaks


def test_a_row_of_this_commit_is_not_run_again_unless_named(made_up, capsys):
    runs, _ = made_up
    for argv in ([], [], ["doors"]):
        assert safety.main(argv) == 0
    assert runs == ["walls", "doors", "doors"]
    assert "| doors | 0 open | 0 of 7 | reached | all | seed 7" in capsys.readouterr().out


def test_another_seed_share_or_commit_runs_a_row_again(made_up, monkeypatch):
    runs, _ = made_up
    safety.main(["walls"])
    safety.main(["--seed", "8"])
    monkeypatch.setattr(kept_rows, "commit", lambda: "another")
    safety.main(["--seed", "8"])
    assert runs == ["walls", "walls", "doors", "walls", "doors"]


def test_a_row_that_breaks_is_named_and_the_others_are_kept(made_up, capsys):
    _, breaks = made_up
    breaks.add("walls")
    assert safety.main([]) == 1
    said = capsys.readouterr()
    assert "walls: OSError: the hinge is gone" in said.err
    assert "| walls | | not run |" in said.out
    assert "| doors | 0 open |" in said.out


def test_no_such_row_and_no_such_share_are_refused(made_up, capsys):
    for argv, told in ((["roof"], "no row roof"), (["--share", "0"], "--share 0.0 is not above 0")):
        with pytest.raises(SystemExit):
            safety.main(argv)
        assert told in capsys.readouterr().err


def test_a_share_is_the_same_for_a_seed_and_in_order(tmp_path):
    cases = list(range(1000))
    once, again, other = (Run(0.1, seed, tmp_path, tmp_path).some(cases, "a") for seed in (1, 1, 2))
    assert once == again == sorted(once)
    assert len(once) == 100
    assert once != other
    assert json.dumps(Run(1, 1, tmp_path, tmp_path).some(cases, "a")) == json.dumps(cases)
