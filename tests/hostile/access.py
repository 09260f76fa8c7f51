"""Figure 4: every route as everybody, by every method, on one's own and others' things, beside the declared table.

It is compared by tests/site/test_access*.py and nowhere else; this runs them on
each database and counts what they tell.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import SkipTest
from xml.etree import ElementTree

from tests.hostile.databases import postgres
from tests.hostile.figures import Figure, Run

ROOT = Path(__file__).resolve().parents[2]
TESTS = ("tests/site/test_access.py", "tests/site/test_access_by_form.py")
TOLD = 3  # of what differs, so many lines


@dataclass(frozen=True, slots=True)
class Compared:
    """What the tests told: how many routes and answers they compared, how many tests passed, and what differed."""

    routes: int
    answers: int
    passed: int
    differences: tuple[str, ...]


def measure(run: Run) -> list[Figure]:
    """The matrix is one and is compared whole, whatever the share."""
    figures = [_figure("SQLite", compare(run.scratch / "sqlite.xml"))]
    try:
        with postgres() as address:
            figures.append(_figure("PostgreSQL", compare(run.scratch / "postgres.xml", DATABASE_URL=address)))
    except SkipTest as missing:
        figures.append(Figure("access matrix, PostgreSQL", "0 differences", f"not run: {missing}", False, "nothing"))
    return figures


def compare(report: Path, *options: str, tests: tuple[str, ...] = TESTS, **environment: str) -> Compared:
    """Run the tests in a process of their own. Raises RuntimeError where they told nothing."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", *options, *tests]
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BACKSTORY_DATA")}
    done = subprocess.run(
        [*command, f"--junitxml={report}", "-o", "junit_family=xunit1"],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        cases = list(ElementTree.parse(report).iter("testcase"))
    except FileNotFoundError as error:
        raise RuntimeError(f"the tests of access did not run: {done.stdout[-500:]}{done.stderr[-500:]}") from error
    return _told(cases)


def _told(cases: list[ElementTree.Element]) -> Compared:
    numbers = {"routes": 0, "answers": 0}
    wrong, passed = [], 0
    for case in cases:
        for told in case.iter("property"):
            numbers[told.get("name", "")] = int(told.get("value", "0"))
        problems = [one for kind in ("failure", "error") for one in case.iter(kind)]
        wrong += [_lines(case, one) for one in problems]
        passed += not problems
    return Compared(numbers["routes"], numbers["answers"], passed, tuple(line for lines in wrong for line in lines))


def _lines(case: ElementTree.Element, problem: ElementTree.Element) -> list[str]:
    """Of a comparison each answer that differed; of another test its name."""
    said = [line for line in problem.get("message", "").splitlines() if " as " in line and "table: " in line]
    return said or [f"{case.get('name')}: {problem.get('message', '')[:200]}"]


def _figure(database: str, found: Compared) -> Figure:
    count = len(found.differences)
    told = f": {'; '.join(found.differences[:TOLD])}" if count else ""
    return Figure(
        f"access matrix, {database}",
        "0 differences, 0 undeclared routes",
        f"{count} differences{told}",
        count == 0 and found.answers > 0 and found.routes > 0,
        f"{found.routes} routes x 6 roles x own and other's x 4 methods: {found.answers:,} answers; "
        f"{found.passed} tests more of forms, apps and rows",
    )
