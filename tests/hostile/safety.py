"""`./run measure safety [ROW …]`: each row's harness at full size, kept as it ends, so that a run can be taken up again.

A row is a module of this package with `measure(run: Run) -> list[Figure]`. What
it found is kept in tests/hostile/found/ROW.json, with the commit it was found on, and belongs into the next
commit: the rows take hours, and not all of them need be run on one machine or day. A row kept for the
commit of today is not run again unless it is named.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from newstext.measuring import data_folder
from tests.hostile.figures import Figure, Run

ROOT = Path(__file__).resolve().parents[2]
KEPT = Path(__file__).parent / "found"
CODE = (".", ":!tests/hostile/found", ":!docs", ":!*.md")
SEED = 7
# In the order of the table; each name is a module of this package.
ROWS = (
    "xss", "ssrf", "kills", "access", "backups", "misbehaviours", "files", "strings", "manners", "replay", "faults",
    "world", "privacy", "fidelity", "canaries",
)  # fmt: skip
HEAD = "| figure | asked | found | | tried | when, commit |\n|---|---|---|---|---|---|"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a row's harness found, when and on which code."""

    figures: tuple[Figure, ...]
    commit: str
    day: str
    share: float
    seed: int
    took_s: float


def main(argv: Sequence[str]) -> int:
    """Run what is named, or what is not kept for this commit; print the table. 1 if a row could not be run."""
    parser = argparse.ArgumentParser(prog="./run measure safety", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of: {', '.join(ROWS)}")
    parser.add_argument("--share", type=float, default=1.0, help="of the cases, above 0 to 1 (1)")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args(argv)
    if not 0 < asked.share <= 1:
        parser.error(f"--share {asked.share} is not above 0 and at most 1.")
    if unknown := sorted(set(asked.rows) - set(ROWS)):
        parser.error(f"no row {', '.join(unknown)}. There are: {', '.join(ROWS)}.")
    failed = []
    for row in asked.rows or [name for name in ROWS if not _is_kept(name, asked.share, asked.seed)]:
        print(f"measuring {row}", file=sys.stderr, flush=True)
        try:
            run_row(row, asked.share, asked.seed)
        except Exception as problem:
            print(f"{row}: {type(problem).__name__}: {problem}", file=sys.stderr, flush=True)
            failed.append(row)
    print(table())
    return 1 if failed else 0


def run_row(row: str, share: float, seed: int) -> Kept:
    """Run one row's harness and keep what it found."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f"safety-{row}-") as scratch:
        run = Run(share, seed, data_folder() / "hostile", Path(scratch))
        figures = tuple(importlib.import_module(f"tests.hostile.{row}").measure(run))
    found = Kept(figures, _commit(), f"{datetime.now(UTC):%Y-%m-%d}", share, seed, round(time.monotonic() - started, 1))
    KEPT.mkdir(parents=True, exist_ok=True)
    part = KEPT / f"{row}.json.part"
    part.write_text(json.dumps(asdict(found), indent=1), encoding="utf-8")
    os.replace(part, KEPT / f"{row}.json")
    return found


def table() -> str:
    """All rows as Markdown; one that was never run says so."""
    lines = [HEAD]
    for row in ROWS:
        found = kept(row)
        if found is None:
            lines.append(f"| {row} | | not run | | | |")
            continue
        run = "" if found.share == 1 else f"share {found.share}, "
        lines += [
            f"| {one.name} | {one.reach} | {one.got} | {'reached' if one.is_reached else '**short**'} | {one.counts} "
            f"| {run}seed {found.seed}, {found.took_s:,.0f} s, {found.day}, {found.commit} |"
            for one in found.figures
        ]
    return "\n".join(lines)


def kept(row: str) -> Kept | None:
    try:
        said = json.loads((KEPT / f"{row}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Kept(**{**said, "figures": tuple(Figure(**one) for one in said["figures"])})


def _is_kept(row: str, share: float, seed: int) -> bool:
    found = kept(row)
    return found is not None and (found.commit, found.share, found.seed) == (_commit(), share, seed)


def _commit() -> str:
    """The newest commit that changed more than texts and what was found; with + where files differ from it."""
    newest = _git("log", "-1", "--format=%h", "--", *CODE)
    differs = _git("status", "--porcelain", "--untracked-files=no", "--", *CODE)
    return newest + ("+" if differs else "") if newest else "no commit"


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
