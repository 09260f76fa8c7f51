"""Figure 7 turns red where a parser crashes, opens, swells or raises, and says which input did it."""

from __future__ import annotations

import pytest

from tests.hostile import files
from tests.hostile.figures import Run
from tests.hostile.running import Case


@pytest.mark.slow
def test_a_share_of_every_kind_is_read_or_named(hostile, child, tmp_path):
    """So little that every parser is met and no kind is left out; more of it in test_data.py."""
    run = Run(0.0002, 7, hostile, tmp_path)
    for kind, cases in files.kinds(run).items():
        figure = files.read(kind, run, cases(), child)
        assert figure.is_reached, figure


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "told"), [(b"nest", "RecursionError"), (b"open", "opened"), (b"crash", "crashed"), (b"swell", "over idle")]
)
def test_what_goes_wrong_turns_the_figure_red(child, tmp_path, body, told):
    cases = [Case("odd", "fine", b"fine"), Case("odd", "the bad one", body)]
    figure = files.read("ours", Run(1, 7, tmp_path, tmp_path), iter(cases), child)
    assert not figure.is_reached
    assert figure.got.startswith("1 faults: odd < the bad one: ")
    assert told in figure.got


def test_nothing_tried_is_nothing_reached(tmp_path):
    assert not files.Found().figure("ours").is_reached


@pytest.mark.long
def test_a_tenth_of_all_files_goes_through_every_parser(hostile, tmp_path):
    short = [figure for figure in files.measure(Run(0.1, 7, hostile, tmp_path)) if not figure.is_reached]
    assert short == []
