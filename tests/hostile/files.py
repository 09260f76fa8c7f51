"""Figure 7: hostile files of every kind, through every parser that foreign bytes reach.

Each parser runs in a child that is watched (child.py): what it opens, how much
it takes over idle and how long it works. A packed bomb comes by way of the
guarded door, a picture by way of what makes it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

from tests.hostile.cases import ARCHIVES, EVERY, PICTURES, addresses, coding_of, files, probes, strings, through
from tests.hostile.child import MOST_OVER_IDLE_BYTES, MOST_S, Report
from tests.hostile.figures import Figure, Run
from tests.hostile.running import Case, Child
from tests.site import loopback

REACH = f"0 faults, < {MOST_OVER_IDLE_BYTES // 2**20} MiB over idle, < {MOST_S:.0f} s, nothing opened"
TOLD = 3
SHORTEST_S = 0.3  # below it a time says nothing of how it grows
MOST_GROWTH = 3.0  # of twice the length, over once


@dataclass(slots=True)
class Found:
    """What the cases of one kind came to. worst: the most time and memory that one took, and which."""

    cases: int = 0
    inputs: set[str] = field(default_factory=set)
    refused: int = 0
    slowest_s: float = 0.0
    slowest: str = ""
    largest_mb: float = 0.0
    largest: str = ""
    faults: list[str] = field(default_factory=list)

    def note(self, case: Case, report: Report) -> None:
        called = f"{case.parser} < {case.name}"
        self.cases += 1
        self.inputs.add(case.name)
        self.refused += report.outcome.startswith("refused")
        if report.fault:
            self.faults.append(f"{called}: {report.fault}")
        if report.seconds > self.slowest_s:
            self.slowest_s, self.slowest = report.seconds, called
        if report.over_idle_mb > self.largest_mb:
            self.largest_mb, self.largest = report.over_idle_mb, called

    def figure(self, kind: str) -> Figure:
        told = f": {'; '.join(self.faults[:TOLD])}" if self.faults else ""
        most = f"at most {self.slowest_s:.1f} s ({self.slowest}), {self.largest_mb:.0f} MiB ({self.largest})"
        return Figure(
            f"hostile files, {kind}",
            REACH,
            f"{len(self.faults)} faults{told}; {most}",
            not self.faults and self.cases > 0,
            f"{len(self.inputs):,} inputs, {self.cases:,} times read, {self.refused:,} refused by name",
        )


def kinds(run: Run) -> dict[str, Callable[[], Iterator[Case]]]:
    """What each line of the table tries."""
    hostile = run.hostile
    made: dict[str, Callable[[], Iterator[Case]]] = {
        kind: lambda name=name: through(files(hostile / f"{name}.tar.gz"), EVERY)  # type: ignore[misc]
        for kind, name in ARCHIVES.items()
    }
    pictures = hostile / f"{PICTURES}.tar.gz"
    made["pictures"] = lambda: through(files(pictures), ("picture", "icon", "page", "feed"))
    made["strings"] = lambda: through(strings(hostile), EVERY)
    made["addresses"] = lambda: through([("addresses", addresses(hostile))], EVERY)
    made["what repeats"] = lambda: through(probes(hostile), EVERY)
    return made


def measure(run: Run) -> list[Figure]:
    """A line for each kind, and one for how time grows with length."""
    with closing(Child()) as child:
        figures = [read(kind, run, cases(), child) for kind, cases in kinds(run).items()]
        return [*figures, packed(run, child), growth(run, child)]


def read(kind: str, run: Run, cases: Iterator[Case], child: Child) -> Figure:
    """The run's share of the cases, each judged; a share is drawn case by case, and has one at the least."""
    chosen, found = run.choice(kind), Found()
    for case in cases:
        if chosen.random() < run.share or not found.cases:
            found.note(case, child.read(case))
    return found.figure(kind)


def packed(run: Run, child: Child) -> Figure:
    """The packed bombs, each asked for at a server on this machine as what it says it is, in answers of every kind."""
    found = Found()
    with ExitStack() as stack:
        site = stack.enter_context(loopback.serve())
        for name, body in files(run.hostile / "compression" / "bombs.tar.gz"):
            for status in (200, 301, 404, 503):
                path = f"/{status}/{name}"
                told = {"Content-Encoding": coding_of(name), "Location": path}
                site.answers[path] = loopback.Answer(body, status=status, headers=told)
                case = Case("fetched", f"{status} {name}", site.url(path).encode())
                report = child.read(case)
                found.note(case, report)
                if status == 200 and "GiB" in name and not report.outcome.startswith("refused"):
                    found.faults.append(f"{name}: taken, {report.outcome}")
    return found.figure("packed bombs, by the guarded door")


def growth(run: Run, child: Child) -> Figure:
    """Whether twice the length takes over three times as long."""
    pairs = list(zip(probes(run.hostile), probes(run.hostile, 2), strict=True))
    tried = run.some([(once, twice, parser) for once, twice in pairs for parser in EVERY], "growth")
    steep, worst = [], 0.0
    for (name, once), (_, twice), parser in tried:
        short = child.read(Case(parser, name, once)).seconds
        long = child.read(Case(parser, name, twice)).seconds
        if long > SHORTEST_S and short:
            worst = max(worst, long / short)
            if long > MOST_GROWTH * short:
                steep.append(f"{parser} < {name}: {short:.2f} s, twice {long:.2f} s")
    return Figure(
        "hostile files, time by length",
        f"twice the length, at most {MOST_GROWTH:.0f} times the time",
        f"{len(steep)} steeper{': ' + '; '.join(steep[:TOLD]) if steep else ''}; worst {worst:.1f} times",
        not steep,
        f"{len(tried):,} pairs of what repeats and a parser",
    )
