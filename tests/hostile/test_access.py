"""Figure 4 counts what the tests of access compared, and a door that is open to the wrong role is told by name."""

from __future__ import annotations

import pytest

from tests.hostile import access

WITHIN = "tests/site/test_access.py::test_every_route_answers_each_role_and_method_as_the_table_says"


def report(tmp_path, body: str):
    path = tmp_path / "told.xml"
    path.write_text(f"<testsuites><testsuite>{body}</testsuite></testsuites>", encoding="utf-8")
    return access._told(list(access.ElementTree.parse(path).iter("testcase")))


def test_what_differs_is_told_a_line_an_answer(tmp_path):
    difference = "GET /corrections (corrections, own) as reader: open, table: {'forbidden'}"
    found = report(
        tmp_path,
        '<testcase name="matrix"><properties><property name="answers" value="24"/></properties>'
        f'<failure message="AssertionError: wrong&#10;{difference}&#10;{difference}"/></testcase><testcase name="rows"/>'
        '<testcase name="declared"><properties><property name="routes" value="3"/></properties></testcase>',
    )
    assert (found.routes, found.answers, found.passed) == (3, 24, 2)
    assert found.differences == (difference, difference)
    assert not access._figure("SQLite", found).is_reached


def test_a_run_that_compared_nothing_reaches_nothing(tmp_path):
    assert not access._figure("SQLite", report(tmp_path, '<testcase name="rows"/>')).is_reached


def test_tests_that_did_not_run_are_no_figure(tmp_path):
    with pytest.raises(RuntimeError, match="did not run"):
        access.compare(tmp_path / "none.xml", "--no-such-option")


@pytest.mark.long
def test_the_whole_matrix_has_no_difference_and_an_open_door_is_one(tmp_path):
    assert access.compare(tmp_path / "closed.xml").differences == ()
    opened = access.compare(tmp_path / "open.xml", "-p", "tests.hostile.open_door", tests=(WITHIN,))
    assert {line.partition(" (")[0] for line in opened.differences} >= {"GET /corrections", "GET /moderation"}
