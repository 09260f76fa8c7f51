"""`./run measure safety [ROW …]`: each row's harness at full size, kept as it ends, so that a run can be taken up again.

A row is a module of this package with `measure(run: Run) -> list[Figure]`. What
it found is kept in tests/hostile/found/ROW.json with the commit it was found on,
and belongs into the next commit: the rows take hours, and not all need be run on
one machine or day. A row kept for the code of today is not run again unless it
is named.
"""

from __future__ import annotations

import argparse
import importlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from newsroom.commands.kept_rows import KeptRows
from newstext.measuring import data_folder
from tests.hostile.figures import Figure, Run

KEPT = Path(__file__).parent / "found"
SEED = 7
# In the order of the table; each name is a module of this package.
ROWS = (
    "xss", "ssrf", "kills", "access", "backups", "misbehaviours", "files", "strings", "manners", "replay", "faults",
    "world", "privacy", "fidelity", "canaries",
)  # fmt: skip
TAG = re.compile("<(?=[a-z/])")  # in what was found in pages; Markdown would take it for one
HEAD = "| figure | asked | found | | tried | when, commit |\n|---|---|---|---|---|---|"


def main(argv: Sequence[str]) -> int:
    """Run what is named, or what is not kept for this code; print the table. 1 if a row could not be run."""
    parser = argparse.ArgumentParser(prog="./run measure safety", description=__doc__)
    asked = _rows().asked(parser, argv, seed=SEED)

    def measure(name: str, scratch: Path) -> list[Figure]:
        run = Run(asked.share, asked.seed, data_folder() / "hostile", scratch)
        found: list[Figure] = importlib.import_module(f"tests.hostile.{name}").measure(run)
        return found

    code = _rows().run(asked, measure)
    print(table())
    return code


def table() -> str:
    """All rows as Markdown; one that was never run says so."""
    lines, rows = [HEAD], _rows()
    for name in ROWS:
        found = rows.kept(name)
        if found is None:
            lines.append(f"| {name} | | not run | | | |")
            continue
        lines += [
            f"| {one.name} | {one.reach} | {TAG.sub('&lt;', one.got)} | {'reached' if one.is_reached else '**short**'} "
            f"| {one.counts} | {found.when} |"
            for one in found.lines
        ]
    return "\n".join(lines)


def _rows() -> KeptRows[Figure]:
    return KeptRows(KEPT, ROWS, Figure)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
