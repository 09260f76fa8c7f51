"""./run bench [ROW …]: how fast and lean the site is, beside a floor and beside peers; a part of docs/measured.md."""

from __future__ import annotations

import subprocess
import sys

from newsroom.commands import measure

ABOUT = """Made by `bench/`: ours in one run with a floor that does the least (and nothing of cleaning, copies or
stories), and with each peer that `BENCH_PEERS` has; what is dated was measured then, on the machine of then. CPU
seconds are of all processes and the database. Read the ratios, not the times: the machine is shared.

![First ingest, one new item and bytes an item, beside the peers](bench-ingest.svg)

![A refresh where nothing has changed, beside the peers](bench-refresh.svg)
"""


def main(argv: list[str]) -> int:
    """Run bench.run beside this process, and put its table in its place on the page."""
    if not (measure.ROOT / "bench" / "run.py").exists():
        print("./run bench: runs from a checkout of the project; this is an installed package.", file=sys.stderr)
        return measure.BAD_CALL
    done = subprocess.run(
        [sys.executable, "-m", "bench.run", *argv], cwd=measure.ROOT, stdout=subprocess.PIPE, check=False
    )
    said = done.stdout.decode().strip()
    if done.returncode == measure.BAD_CALL or {"-h", "--help"} & set(argv):
        print(said)
        return done.returncode
    measure.replace_part("bench", f"## `./run bench`\n\n{ABOUT}\n{said}\n")
    return done.returncode
