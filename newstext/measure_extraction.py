"""newstext measure extraction: bodies, titles, authors, dates and speed beside trafilatura, run in turn."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trafilatura

from newstext import extract
from newstext.measuring import data_folder, table
from newstext.records import ArticleText, Page
from newstext.words import fold

SETS = ("sh", "fundus", "fe", "wcxb")
SHINGLE = 4


@dataclass(slots=True)
class Read:
    """What one tool took from one page."""

    body: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    day: str = ""


@dataclass(slots=True)
class Tally:
    seconds: float = 0.0
    pages: int = 0
    precision: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    hits: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)


def main(argv: list[str]) -> int:
    """Print a row a set and tool; both tools read each page in turn."""
    folder = data_folder() / "extraction"
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for row in _rows(folder):
        page = gzip.decompress((folder / row["file"]).read_bytes())
        name = row["ds"].partition("-")[0]
        for tool, read in (("ours", _ours), ("trafilatura", _trafilatura)):
            began = time.process_time()
            found = read(row["url"], page)
            tally = tallies[name, tool]
            tally.seconds += time.process_time() - began
            _count(tally, found, row)
    rows = [_shown(name, tool, tally, tallies) for (name, tool), tally in sorted(tallies.items())]
    head = ("set", "tool", "pages", "body F1 (P / R)", "title", "authors F1", "date", "times trafilatura's speed")
    print(table("extraction", head, rows))
    return 0


def _rows(folder: Path) -> Iterator[dict[str, Any]]:
    for line in gzip.decompress((folder / "manifest.jsonl.gz").read_bytes()).decode().splitlines():
        row = json.loads(line)
        if row["ds"].partition("-")[0] in (*SETS, "hd"):
            yield row


def _ours(url: str, body: bytes) -> Read:
    read, _ = extract.read_page(Page(url, body))
    if not isinstance(read, ArticleText):
        return Read()
    day = read.published_at.date().isoformat() if read.published_at else ""
    return Read(read.text, read.title, read.authors, day)


def _trafilatura(url: str, body: bytes) -> Read:
    found = trafilatura.bare_extraction(body, url=url or None, with_metadata=True, include_comments=False)
    if found is None or isinstance(found, dict):
        return Read()
    authors = tuple(part.strip() for part in (found.author or "").split(";") if part.strip())
    return Read(found.text or "", found.title or "", authors, found.date or "")


def _count(tally: Tally, found: Read, row: dict[str, Any]) -> None:
    tally.pages += 1
    if row.get("body"):
        mine, true = _shingles(found.body), _shingles(row["body"])
        both = sum((mine & true).values())
        if mine:
            tally.precision.append(both / sum(mine.values()))
        tally.recall.append(both / max(1, sum(true.values())))
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


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return (
        Counter(tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))) if words else Counter()
    )


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", fold(text) if text else "").strip()


def _shown(name: str, tool: str, tally: Tally, tallies: dict[tuple[str, str], Tally]) -> tuple[str, ...]:
    precision, recall = (sum(values) / len(values) if values else 0.0 for values in (tally.precision, tally.recall))
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    body = f"{f1:.3f} ({precision:.3f} / {recall:.3f})" if tally.recall else "-"
    speed = tallies[name, "trafilatura"].seconds / tally.seconds
    rates = [
        f"{tally.hits[kind] / tally.asked[kind]:.3f}" if tally.asked[kind] else "-"
        for kind in ("title", "authors", "date")
    ]
    return (name, tool, str(tally.pages), body, *rates, f"{speed:.2f}")


if __name__ == "__main__":
    main([])
