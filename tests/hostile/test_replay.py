"""Feeds asked a hundred times by eight workers while they change; and that a lost edit, a twin or a step back is found."""

from __future__ import annotations

import random

import pytest

from tests.hostile import replay
from tests.hostile.databases import postgres
from tests.hostile.figures import Run
from tests.hostile.replayed_feeds import LAST_CHANGE, Replay, correction, invented

pytestmark = pytest.mark.slow
SEED = 7


def small() -> Replay:
    """One invented feed with all changes of guids and addresses, and a second one that lists every other item."""
    made, draw = Replay(SEED), random.Random(SEED)
    told = [invented(draw, is_whole=place % 2 == 0) for place in range(replay.ITEMS)]
    made.add_section_of(made.add("The Invented Paper", told, may_change_ids=True))
    return made


def as_told(made: Replay) -> dict[str, list]:
    """Rows as they must be when all is well."""
    rows = {"failed": [], "versions": [], "articles": []}
    for key, (feed, item) in enumerate(made.items.values()):
        last = item.version(LAST_CHANGE)
        url = f"http://127.0.0.1/i/{item.name}/first-here.html"
        rows["versions"] += [[key, correction(item.name, number)] for number in range(1, last)]
        rows["articles"].append(
            [key, f"http://127.0.0.1{feed.path()}", item.guid, url, item.title_at(LAST_CHANGE),
             correction(item.name, last), "", None]
        )  # fmt: skip
    return rows


def test_eight_workers_lose_and_double_nothing(tmp_path):
    found = replay.replay(small(), tmp_path / "site")
    assert replay.figure(found, "SQLite").is_reached, (found, found.faults)


def test_each_kind_of_fault_is_found():
    made = small()
    found = replay.judge(made, as_told(made), 200)
    assert replay.figure(found, "SQLite").is_reached, found.faults

    twice, old, gone, back, strange = (as_told(made) for _ in range(5))
    twice["articles"].append([99, *twice["articles"][0][1:]])
    old["articles"][0][4:6] = ["Harbour", correction("0/0", 1)]
    del gone["articles"][0]
    back["versions"].insert(0, back["versions"].pop(1))
    strange["articles"].append(
        [99, "http://127.0.0.1/f/0.xml", "else", "http://127.0.0.1/elsewhere", "Else", "", "", None]
    )
    for rows, told in ((twice, "duplicates"), (old, "lost_edits"), (gone, "missing"), (back, "went_back"),
                       (strange, "duplicates")):  # fmt: skip
        found = replay.judge(made, rows, 200)
        assert getattr(found, told) == 1, (told, found.faults)
        assert not replay.figure(found, "SQLite").is_reached


@pytest.mark.long
def test_without_claims_a_late_answer_takes_an_edit_back(tmp_path, hostile):
    run = Run(0.005, SEED, hostile, tmp_path)
    found = replay.replay(replay.feeds_of(run), tmp_path / "site", is_guarded=False)
    assert found.went_back + found.lost_edits, found


@pytest.mark.long
def test_a_tenth_of_the_feeds_loses_and_doubles_nothing_on_sqlite(tmp_path, hostile):
    found = replay.replay(replay.feeds_of(Run(0.1, SEED, hostile, tmp_path)), tmp_path / "site")
    assert replay.figure(found, "SQLite").is_reached, found.faults


@pytest.mark.long
@pytest.mark.postgres
def test_a_tenth_of_the_feeds_loses_and_doubles_nothing_on_postgresql(tmp_path, hostile):
    with postgres() as url:
        found = replay.replay(replay.feeds_of(Run(0.1, SEED, hostile, tmp_path)), tmp_path / "site", database=url)
    assert replay.figure(found, "PostgreSQL").is_reached, found.faults
