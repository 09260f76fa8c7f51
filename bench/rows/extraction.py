"""Row 8: from a fetched page to a stored article, beside news-please and beside our extractor alone."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field

from bench import page_files, peers, site
from bench.driver import Driver
from bench.row import Beside, Row, Run, at_least, median, ratio

PAGES = 200
FEWEST = 20
NEWS_PLEASE = "news-please"
WITHOUT_ROWS = "rows, marks, index"
# Of a page of this kind, one core, 2026-11-22, where news-please is not installed: pages a CPU second.
EARLIER = 19.5


@dataclass(slots=True)
class Read:
    """Of one reader: pages a CPU second in each round, and F1 of its texts."""

    per_second: list[float] = field(default_factory=list)
    f1: float = 0.0


def measure(run: Run) -> list[Row]:
    count = run.size(PAGES, least=FEWEST)
    file = page_files.write_lines(run.scratch / "pages.jsonl", count, run.seed)
    wanted = [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()]
    data = site.copied(run.site, run.scratch / "data")
    pythons = {"stored": sys.executable, "extractor": sys.executable, "trafilatura": sys.executable}
    if python := peers.python_of(run, NEWS_PLEASE):
        pythons[NEWS_PLEASE] = python
    found: dict[str, Read] = {}
    with ExitStack() as stack:
        drivers = {
            name: stack.enter_context(
                Driver(
                    python, "-m", "bench.page_driver", name, str(file), environment=site.environment(data),
                    log=run.scratch / f"{name}.log",
                )
            )
            for name, python in pythons.items()
        }  # fmt: skip
        for _ in range(run.rounds):
            for name, driver in drivers.items():
                said = driver.ask("pass")
                one = found.setdefault(name, Read())
                one.per_second.append(count / said["cpu_s"])
                one.f1 = page_files.f1(said["texts"], wanted)
    return summed_up(found, on=f"{count} pages of 70 to 140 kB, {run.rounds} rounds in turn, one process each, warm")


def summed_up(found: dict[str, Read], *, on: str) -> list[Row]:
    ours, alone = found["stored"], found["extractor"]
    said = {name: f"{median(one.per_second):.1f} pages a CPU second, F1 {one.f1:.3f}" for name, one in found.items()}
    rival = found.get(NEWS_PLEASE)
    against = ratio(ours.per_second, rival.per_second) if rival else median(ours.per_second) / EARLIER
    is_as_good = rival is None or ours.f1 >= rival.f1
    others = tuple(
        Beside(name, ratio(ours.per_second, one.per_second), "", WITHOUT_ROWS)
        for name, one in found.items()
        if name not in ("stored", "extractor")
    )
    return [
        Row(
            "Page → stored article ÷ news-please", ">= 6 at equal or better F1", said["stored"],
            said.get(NEWS_PLEASE, f"{EARLIER} pages a CPU second ({peers.MEASURED_ON})"), against,
            against >= 6 and is_as_good, on, others,
        ),
        at_least(
            "Page → stored article ÷ the extractor alone", 0.8, ratio(ours.per_second, alone.per_second),
            ours=said["stored"], floor=said["extractor"], counts=on,
        ),
    ]  # fmt: skip
