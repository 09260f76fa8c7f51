"""`python -m bench.table_locks [--rows N]`: how long each change of a table of so many rows keeps others out.

On a PostgreSQL of its own; what newsroom/migration_rules.py lets through and
refuses follows from it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

ROWS = 3_000_000
CHANGES = (
    ("a column with a constant", "ADD COLUMN a integer DEFAULT 3 NOT NULL"),
    ("a column with the moment", "ADD COLUMN d timestamptz DEFAULT now() NOT NULL"),
    ("a key of another table, no index", "ADD COLUMN c bigint NULL REFERENCES small (id)"),
    ("a column with a check", "ADD COLUMN b integer NULL CHECK (b >= 0)"),
    ("a column of values of their own", "ADD COLUMN e uuid DEFAULT gen_random_uuid() NOT NULL"),
    ("a unique column", "ADD COLUMN u bigint UNIQUE"),
    ("no longer NOT NULL", "ALTER COLUMN a DROP NOT NULL"),
    ("NOT NULL", "ALTER COLUMN a SET NOT NULL"),
    ("text of a limit that had none", "ALTER COLUMN t TYPE varchar(300)"),
    ("a wider limit", "ALTER COLUMN t TYPE varchar(400)"),
    ("no limit", "ALTER COLUMN t TYPE text"),
    ("a check", "ADD CONSTRAINT whole CHECK (id > 0)"),
    ("a check, NOT VALID", "ADD CONSTRAINT part CHECK (id > 0) NOT VALID"),
    ("... its VALIDATE, beside others", "VALIDATE CONSTRAINT part"),
    ("a unique", "ADD CONSTRAINT once UNIQUE (id, pub)"),
)  # fmt: skip
INDEXES = (
    ("an index", "CREATE INDEX plain ON big (pub)"),
    ("an index CONCURRENTLY, beside others", "CREATE INDEX CONCURRENTLY beside ON big (pub)"),
)


def main(argv: Sequence[str] | None = None) -> int:
    from tests.hostile.databases import postgres

    parser = argparse.ArgumentParser(prog="python -m bench.table_locks", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    rows = parser.parse_args(argv).rows
    import psycopg

    with postgres() as url, psycopg.connect(url, autocommit=True) as here:
        (version,) = here.execute("SHOW server_version").fetchone()  # type: ignore[misc]
        here.execute("CREATE TABLE small (id bigint PRIMARY KEY)")
        here.execute("CREATE TABLE big (id bigint PRIMARY KEY, pub bigint, t text)")
        here.execute("INSERT INTO big SELECT g, g %% 40, repeat('x', 60) FROM generate_series(1, %s) g", [rows])
        load = os.getloadavg()[0]
        print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, load {load:.0f}, PostgreSQL {version}, "
              f"{rows:,} rows of 100 bytes.\n\n| change | s |\n|---|---|")  # fmt: skip
        for what, change in CHANGES:
            print(f"| {what} | {_took_s(here, f'ALTER TABLE big {change}'):.3f} |", flush=True)
        for what, statement in INDEXES:
            print(f"| {what} | {_took_s(here, statement):.3f} |", flush=True)
    return 0


def _took_s(here: object, statement: str) -> float:
    began = time.monotonic()
    here.execute(statement)  # type: ignore[attr-defined]
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
