"""`./run bench [ROW …]`: each row measured in turn with its floor and peers, kept as it ends, so that it can go on.

A row is a module of bench.rows with `measure(run: Run) -> list[Row]`. What it
found is kept in var/bench/NAME.json with the commit and the day; a row kept for
the code of today is not run again unless it is named.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import plots, site
from bench.row import Beside, Row, Run
from newsroom.commands.kept_rows import ROOT, Kept, KeptRows

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


def main(argv: Sequence[str]) -> int:
    """Run what is named, or what is not kept for this code; print the table. 1 if a row could not be run."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="in turn, of which the median counts (3)")
    rows = _rows()
    asked = rows.asked(parser, argv, seed=SEED)
    if asked.rounds < 1:
        parser.error(f"--rounds {asked.rounds} is not 1 or more.")

    def measure(name: str, scratch: Path) -> list[Row]:
        run = Run(asked.share, asked.seed, scratch, site.empty(KEPT), peers_folder(), asked.rounds)
        found: list[Row] = importlib.import_module(f"bench.rows.{name}").measure(run)
        return found

    code = rows.run(asked, measure)
    PLOTS.mkdir(exist_ok=True)
    plots.write(PLOTS, {name: found.lines for name in ROWS if (found := rows.kept(name))})
    print(table())
    return code


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
    lines, rows = [f"{os.cpu_count()} cores, Python {platform.python_version()}.", "", HEAD], _rows()
    for name in ROWS:
        found = rows.kept(name)
        if found is None:
            lines.append(f"| {name} | | | not run | | | | | |")
            continue
        lines += [_line(row, found) for row in found.lines]
    return "\n".join(lines)


def _line(row: Row, found: Kept[Row]) -> str:
    reached = "reached" if row.is_reached else "**short**"
    peers = "; ".join(_beside(one) for one in row.peers)
    cells = (row.figure, row.asked, f"{row.ratio:.3g}", reached, row.ours, row.floor, peers, row.counts, found.when)
    return f"| {' | '.join(cells)} |"


def _beside(one: Beside) -> str:
    told = ", ".join(part for part in (one.day, f"without {one.leaves_out}" if one.leaves_out else "") if part)
    return f"{one.name} {one.ratio:.3g}" + (f" ({told})" if told else "")


def _rows() -> KeptRows[Row]:
    return KeptRows(KEPT, ROWS, _row)


def _row(*, peers: list[dict[str, Any]], **told: Any) -> Row:
    return Row(**told, peers=tuple(Beside(**one) for one in peers))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
