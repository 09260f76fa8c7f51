"""`./run bench [ROW …]`: each row measured in turn with its floor and peers, kept as it ends, so that it can go on.

A row is a module of bench.rows with `measure(run: Run) -> list[Row]`. What it
found is kept in var/bench/NAME.json with the commit and the day; a row kept for
the commit of today is not run again unless it is named.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import plots, site
from bench.row import Beside, Row, Run

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "var" / "bench"
PLOTS = ROOT / "docs"
SEED = 1
# In the order of the table; each name is a module of bench.rows.
ROWS = (
    "ingest", "refresh", "pages", "latency", "growth", "search", "extraction", "archive", "sustained", "memory",
    "load", "workers", "soon",
)  # fmt: skip
HEAD = (
    "| figure | asked | ratio | | ours | floor | peers | measured on | when, commit |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a row's module found, when and on which code. load: how many processes ran or waited as it began."""

    rows: tuple[Row, ...]
    commit: str
    day: str
    share: float
    seed: int
    took_s: float
    load: float


def main(argv: Sequence[str]) -> int:
    """Run what is named, or what is not kept for this commit; print the table. 1 if a row could not be run."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of: {', '.join(ROWS)}")
    parser.add_argument("--share", type=float, default=1.0, help="of the sizes, above 0 to 1 (1)")
    parser.add_argument("--rounds", type=int, default=3, help="in turn, of which the median counts (3)")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args(argv)
    if not 0 < asked.share <= 1:
        parser.error(f"--share {asked.share} is not above 0 and at most 1.")
    if asked.rounds < 1:
        parser.error(f"--rounds {asked.rounds} is not 1 or more.")
    if unknown := sorted(set(asked.rows) - set(ROWS)):
        parser.error(f"no row {', '.join(unknown)}. There are: {', '.join(ROWS)}.")
    failed = []
    for name in asked.rows or [name for name in ROWS if not _is_kept(name, asked.share, asked.seed)]:
        print(f"measuring {name}", file=sys.stderr, flush=True)
        try:
            run_row(name, asked)
        except Exception as problem:
            print(f"{name}: {type(problem).__name__}: {problem}", file=sys.stderr, flush=True)
            failed.append(name)
    PLOTS.mkdir(exist_ok=True)
    plots.write(PLOTS, {name: found.rows for name in ROWS if (found := kept(name))})
    print(table())
    return 1 if failed else 0


def run_row(name: str, asked: argparse.Namespace) -> Kept:
    """Measure one row and keep what it found."""
    started, load = time.monotonic(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix=f"bench-{name}-") as folder:
        scratch = Path(folder)
        run = Run(asked.share, asked.seed, scratch, site.empty(KEPT), peers_folder(), asked.rounds)
        rows = tuple(importlib.import_module(f"bench.rows.{name}").measure(run))
    took_s = round(time.monotonic() - started, 1)
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    found = Kept(rows, _commit(), day, asked.share, asked.seed, took_s, round(load, 1))
    KEPT.mkdir(parents=True, exist_ok=True)
    part = KEPT / f"{name}.json.part"
    part.write_text(json.dumps(asdict(found), indent=1), encoding="utf-8")
    os.replace(part, KEPT / f"{name}.json")
    return found


def peers_folder() -> Path | None:
    """BENCH_PEERS. Raises SystemExit where it names no folder."""
    named = os.environ.get("BENCH_PEERS", "")
    if named and not Path(named).is_dir():
        raise SystemExit(
            f"BENCH_PEERS={named}: no folder. Name one that holds an environment for each peer, or unset it."
        )
    return Path(named).absolute() if named else None


def table() -> str:
    """All rows as Markdown; one that was never run says so."""
    lines = [f"{os.cpu_count()} cores, Python {platform.python_version()}.", "", HEAD]
    for name in ROWS:
        found = kept(name)
        if found is None:
            lines.append(f"| {name} | | | not run | | | | | |")
            continue
        lines += [_line(row, found) for row in found.rows]
    return "\n".join(lines)


def _line(row: Row, found: Kept) -> str:
    share = "" if found.share == 1 else f"share {found.share:g}, "
    when = f"{share}{found.took_s:,.0f} s, load {found.load:g}, {found.day}, {found.commit}"
    reached = "reached" if row.is_reached else "**short**"
    peers = "; ".join(_beside(one) for one in row.peers)
    cells = (row.figure, row.asked, f"{row.ratio:.3g}", reached, row.ours, row.floor, peers, row.counts, when)
    return f"| {' | '.join(cells)} |"


def _beside(one: Beside) -> str:
    told = ", ".join(part for part in (one.day, f"without {one.leaves_out}" if one.leaves_out else "") if part)
    return f"{one.name} {one.ratio:.3g}" + (f" ({told})" if told else "")


def kept(name: str) -> Kept | None:
    try:
        said = json.loads((KEPT / f"{name}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    rows = tuple(Row(**{**row, "peers": tuple(Beside(**one) for one in row["peers"])}) for row in said["rows"])
    return Kept(**{**said, "rows": rows})


def _is_kept(name: str, share: float, seed: int) -> bool:
    found = kept(name)
    return found is not None and (found.commit, found.share, found.seed) == (_commit(), share, seed)


def _commit() -> str:
    """The short name of the commit, with + where files differ from it."""
    command = ["git", "describe", "--always", "--exclude", "*", "--dirty=+"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return said.stdout.strip() or "no commit"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
