"""Row 14: how much more two and four reading processes do than one; Celery and Ray are measured elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from bench import page_files
from bench.row import Row, Run, at_least, ratio

PAGES = 400
FEWEST = 40
WORKERS = (1, 2, 4)
READING = """
import json, sys, time
from newstext import engines, pipeline
from newstext.records import Page

pages = [Page(one["url"], one["html"].encode(), charset="utf-8") for one in map(json.loads, open(sys.argv[2]))]
with engines.Processes(int(sys.argv[1])) as engine:
    warm = [page for page in pages[: 8 * int(sys.argv[1])]]
    list(pipeline.process_pages(warm, engine=engine))
    began = time.monotonic()
    count = sum(1 for _ in pipeline.process_pages(pages, engine=engine))
    print(json.dumps({"per_s": count / (time.monotonic() - began)}))
"""


def measure(run: Run) -> list[Row]:
    count = run.size(PAGES, least=FEWEST)
    file = page_files.write_lines(run.scratch / "pages.jsonl", count, run.seed)
    taken: dict[int, list[float]] = {workers: [] for workers in WORKERS}
    for _ in range(run.rounds):
        for workers in WORKERS:
            command = [sys.executable, "-c", READING, str(workers), str(file)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            taken[workers].append(json.loads(done.stdout.splitlines()[-1])["per_s"])
    return summed_up(taken, cores=os.cpu_count() or 1, on=f"{count} pages, {run.rounds} rounds in turn, by the clock")


def summed_up(taken: dict[int, list[float]], *, cores: int, on: str) -> list[Row]:
    """Of each count but one: its speed ÷ one worker's ÷ the cores that it can use."""
    rows = []
    for workers in WORKERS[1:]:
        usable = min(workers, cores)
        share = ratio(taken[workers], taken[1]) / usable
        rows.append(
            at_least(
                f"{workers} processes ÷ 1 process ÷ {usable} cores", 0.85, share, asked=">= 0.85 of the cores",
                ours=f"{sorted(taken[workers])[len(taken[workers]) // 2]:.1f} pages a second",
                floor=f"{sorted(taken[1])[len(taken[1]) // 2]:.1f} pages a second", counts=on,
            )
        )  # fmt: skip
    return rows
