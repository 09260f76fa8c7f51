"""newstext measure extraction: bodies, titles, authors, dates, speed and memory beside trafilatura, run in turn.

Bodies are judged by folds over publishers: a page is read with a scorer that was
learned without its publisher (`tests/quality/body-v1-folds.npz`, beside the
source); on other data than it was learned from, with the one that newstext ships.
"""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import trafilatura
from htmldate import find_date

from newstext import extract
from newstext.addresses import registrable_domain
from newstext.extract.scorer import VERSION, Scorer, read_scorer
from newstext.language import detect_language
from newstext.learn_body import FOLDS, SETS, data_digest, fold_of
from newstext.measuring import data_folder, read_rows, table
from newstext.records import ArticleText, Page
from newstext.words import fold, shingles

FOLDS_FILE = Path(__file__).parent.parent / "tests" / "quality" / f"{VERSION}-folds.npz"
MEMORY_PAGES = 40
WARM_UP_PAGES = 10
Reader = Callable[[str, bytes], "Read"]


@dataclass(slots=True)
class Read:
    """What one tool took from one page."""

    body: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    day: str = ""
    refused: str = ""
    article: ArticleText | None = None


@dataclass(slots=True)
class Tally:
    seconds: float = 0.0
    pages: int = 0
    empty: int = 0
    precision: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    hits: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)


class Ours:
    """Our reader: scorers by fold, and a memory of each publisher's pages."""

    def __init__(self, scorers: list[Scorer | None]) -> None:
        self.scorers = scorers
        self.memory = extract.PublisherMemory()

    def read(self, url: str, body: bytes) -> Read:
        scorer = self.scorers[fold_of(registrable_domain(url) or "") % len(self.scorers)]
        read, blocks = extract.read_page(Page(url, body), self.memory.furniture(url), scorer)
        if not isinstance(read, ArticleText):
            return Read(refused=read.reason)
        self.memory.learn(url, read.title, blocks, read.language)
        return _as_read(read)

    def read_again(self, found: Read) -> Read:
        """The same page with what was learned of its publisher since, as the site does."""
        if found.article is None:
            return found
        return _as_read(extract.apply_memory(found.article, self.memory.furniture(found.article.url)))


def _as_read(read: ArticleText) -> Read:
    day = read.published_at.date().isoformat() if read.published_at else ""
    return Read(read.text, read.title, read.authors, day, read.refused, read)


def main(argv: list[str]) -> int:
    """Print a row a set and tool; both tools read each page in turn."""
    if argv[:1] == ["--memory"]:
        print(_peak_of(argv[1]))
        return 0
    folder = data_folder() / "extraction"
    ours = Ours(_scorers(folder))
    rows = list(_rows(folder))
    _warm_up(folder, rows)
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    reads: list[Read] = []
    for row in rows:
        page = gzip.decompress((folder / row["file"]).read_bytes())
        for tool, read in (("ours", ours.read), ("trafilatura", _trafilatura)):
            tally = tallies[row["set"], tool]
            began = time.process_time()
            found = read(row["url"], page)
            tally.seconds += time.process_time() - began
            if tool == "ours":
                reads.append(found)
            else:
                _count(tally, found, row)
    for row, first in zip(rows, reads, strict=True):
        _count(tallies[row["set"], "ours"], ours.read_again(first), row)
    _print(tallies)
    return 0


def _warm_up(folder: Path, rows: list[dict[str, Any]]) -> None:
    """Let both tools load once what they load once: word lists, weights, and htmldate's parser of all languages."""
    for row in rows[:WARM_UP_PAGES]:
        page = gzip.decompress((folder / row["file"]).read_bytes())
        Ours([None]).read(row["url"], page)
        _trafilatura(row["url"], page)
    detect_language("Een korte regel over een brug")
    find_date("<html><body><p>12. Zorple 2020 gg</p></body></html>", extensive_search=True)


def _scorers(folder: Path) -> list[Scorer | None]:
    """The folds' scorers if this is what they were learned from; else the shipped one alone."""
    if not FOLDS_FILE.exists():
        return [None]
    with np.load(FOLDS_FILE, allow_pickle=False) as stored:
        if stored["source"].tobytes().decode() != data_digest(folder):
            return [None]
        return [read_scorer(stored, f"{fold}/") for fold in range(FOLDS)]


def _rows(folder: Path) -> Iterator[dict[str, Any]]:
    for row in read_rows(folder / "manifest.jsonl.gz"):
        row["set"] = row["ds"] if row["ds"].startswith("hd") else row["ds"].partition("-")[0]
        if row["set"].partition("-")[0] in (*SETS, "hd"):
            yield row


def _trafilatura(url: str, body: bytes) -> Read:
    found = trafilatura.bare_extraction(body, url=url or None, with_metadata=True, include_comments=False)
    if found is None or isinstance(found, dict):
        return Read()
    authors = tuple(part.strip() for part in (found.author or "").split(";") if part.strip())
    return Read(found.text or "", found.title or "", authors, found.date or "")


def _count(tally: Tally, found: Read, row: dict[str, Any]) -> None:
    tally.pages += 1
    if row.get("body"):
        mine, true = _counted(found.body), _counted(row["body"])
        both = sum((mine & true).values())
        if mine:
            tally.precision.append(both / sum(mine.values()))
        tally.recall.append(both / max(1, sum(true.values())))
        tally.empty += not mine
    if row.get("title"):
        tally.asked["title"] += 1
        tally.hits["title"] += _plain(found.title) == _plain(row["title"])
    if row.get("authors"):
        mine_names, true_names = {_plain(name) for name in found.authors}, {_plain(name) for name in row["authors"]}
        tally.hits["authors"] += 2 * len(mine_names & true_names)
        tally.asked["authors"] += len(mine_names) + len(true_names)
    if isinstance(row.get("date"), str):
        tally.asked["date"] += 1
        tally.hits["date"] += found.day == row["date"][:10]


def _counted(text: str) -> Counter[tuple[str, ...]]:
    return Counter(shingles(re.findall(r"\w+", text)))


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", fold(text) if text else "").strip()


def _print(tallies: dict[tuple[str, str], Tally]) -> None:
    rows = [_shown(name, tool, tally, tallies) for (name, tool), tally in sorted(tallies.items())]
    head = ("set", "tool", "pages", "body F1 (P / R)", "title", "authors F1", "date", "empty", "times its speed")
    print(table("extraction", head, rows))
    seconds = {tool: sum(tally.seconds for (_, by), tally in tallies.items() if by == tool) for _, tool in tallies}
    peaks = {tool: _peak_in_child(tool) for tool in ("ours", "trafilatura")}
    cost_head = ("tool", "times trafilatura's speed, all pages", f"peak memory over imports, {MEMORY_PAGES} pages (MB)")
    cost: list[tuple[str, ...]] = [
        (tool, f"{seconds['trafilatura'] / seconds[tool]:.2f}", f"{peaks[tool]:.0f}") for tool in peaks
    ]
    print(table("extraction, cost", cost_head, cost))


def body_f1(tally: Tally) -> tuple[float, float, float]:
    """(F1, precision, recall) over the pages that have a true body."""
    precision, recall = (sum(values) / len(values) if values else 0.0 for values in (tally.precision, tally.recall))
    return (2 * precision * recall / (precision + recall) if precision + recall else 0.0), precision, recall


def _shown(name: str, tool: str, tally: Tally, tallies: dict[tuple[str, str], Tally]) -> tuple[str, ...]:
    f1, precision, recall = body_f1(tally)
    body = f"{f1:.3f} ({precision:.3f} / {recall:.3f})" if tally.recall else "-"
    speed = tallies[name, "trafilatura"].seconds / tally.seconds
    rates = [
        f"{tally.hits[kind] / tally.asked[kind]:.3f}" if tally.asked[kind] else "-"
        for kind in ("title", "authors", "date")
    ]
    return (name, tool, str(tally.pages), body, *rates, str(tally.empty) if tally.recall else "-", f"{speed:.2f}")


def _peak_in_child(tool: str) -> float:
    command = [sys.executable, "-c", "import sys; from newstext.measure_extraction import main; main(sys.argv[1:])"]
    told = subprocess.run([*command, "--memory", tool], capture_output=True, text=True, check=True)
    return float(told.stdout.split()[-1])


def _peak_of(tool: str) -> float:
    """Megabytes at the peak of reading MEMORY_PAGES pages, less those after imports."""
    folder = data_folder() / "extraction"
    rows = [row for row in _rows(folder) if row.get("body")]
    pages = [(row["url"], (folder / row["file"]).read_bytes()) for row in rows[:: len(rows) // MEMORY_PAGES]]
    read: Reader = Ours([None]).read if tool == "ours" else _trafilatura
    read("https://example.org/", b"<title>A page</title><p>One line.")  # so that word lists and weights count as loaded
    before = _peak_now()
    for url, packed in pages[:MEMORY_PAGES]:
        read(url, gzip.decompress(packed))
    return _peak_now() - before


def _peak_now() -> float:
    """The most memory this process ever held, in megabytes. (ru_maxrss would count its parent's.)"""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main(sys.argv[1:])
