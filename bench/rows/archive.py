"""Row 9: from a WARC to articles in a result file, beside FastWARC and our extractor alone, and beside datatrove."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bench import page_files, peers
from bench.row import Row, Run, at_least, median, ratio

PEER = "datatrove"
PAGES = 300
FEWEST = 20
OURS = """
import json, sys, time
from pathlib import Path
from newstext import pipeline
list(pipeline.process_archive([Path(sys.argv[2])], Path(sys.argv[3]) / "warm"))
began = time.process_time()
[result] = pipeline.process_archive([Path(sys.argv[1])], Path(sys.argv[3]) / "out")
print(json.dumps({"cpu_s": time.process_time() - began, "articles": result.articles}))
"""
FLOOR = """
import json, sys, time
from fastwarc.warc import ArchiveIterator
from newstext import extract
from newstext.records import Page

def read(path):
    count = 0
    with open(path, "rb") as file:
        for record in ArchiveIterator(file):
            url = str(record.headers.get("WARC-Target-URI"))
            found, _ = extract.read_page(Page(url, record.reader.read(), charset="utf-8"))
            count += bool(getattr(found, "text", ""))
    return count

read(sys.argv[2])
began = time.process_time()
count = read(sys.argv[1])
print(json.dumps({"cpu_s": time.process_time() - began, "articles": count}))
"""
# Its extractor's process lives as long as one file: what a small one takes is taken off.
DATATROVE = """
import json, os, sys
from pathlib import Path
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.readers import WarcReader
from datatrove.pipeline.writers.jsonl import JsonlWriter

def read(file, out):
    began, path = os.times(), Path(file)
    found = WarcReader(str(path.parent), glob_pattern=path.name)()
    for step in (Trafilatura(timeout=30), JsonlWriter(out)):
        found = step(found, 0, 1)
    count = sum(bool(one.text) for one in found)
    return count, sum(os.times()[:4]) - sum(began[:4])

small, small_s = read(sys.argv[2], sys.argv[3] + "/warm")
count, cpu_s = read(sys.argv[1], sys.argv[3] + "/out")
per_page_s = (cpu_s - small_s) / (count - small)
print(json.dumps({"cpu_s": per_page_s * count, "articles": count}))
"""
WARMED_BY = 5


def measure(run: Run) -> list[Row]:
    count = run.size(PAGES, least=FEWEST)
    whole = page_files.write_warc(run.scratch / "pages.warc.gz", count, run.seed)
    warm = page_files.write_warc(run.scratch / "warm.warc.gz", WARMED_BY, run.seed + 1)
    readers = {"ours": (sys.executable, OURS), "floor": (sys.executable, FLOOR)}
    if python := peers.python_of(run, PEER):
        readers[PEER] = (python, DATATROVE)
    taken: dict[str, list[float]] = {name: [] for name in readers}
    for number in range(run.rounds):
        for name, (python, code) in readers.items():
            said = _said(python, code, whole, warm, run.scratch / f"{name}-{number}")
            if said["articles"] != count:
                raise RuntimeError(f"{name}: {said['articles']} articles of {count} pages")
            taken[name].append(count / said["cpu_s"])
    measured = {PEER: ratio(taken[PEER], taken["floor"])} if PEER in taken else {}
    return [
        at_least(
            "WARC → articles ÷ FastWARC and the extractor alone", 0.8, ratio(taken["ours"], taken["floor"]),
            ours=f"{median(taken['ours']):.1f} pages a CPU second, marked and written as JSON Lines",
            floor=f"{median(taken['floor']):.1f} pages a CPU second",
            counts=f"{count} pages, {whole.stat().st_size / 1e6:.1f} MB, {run.rounds} rounds in turn, one process",
            peers=peers.beside(measured, {}),
        )
    ]  # fmt: skip


def _said(python: str, code: str, whole: Path, warm: Path, out: Path) -> dict[str, float]:
    out.mkdir()
    command = [python, "-c", code, str(whole), str(warm), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return said
