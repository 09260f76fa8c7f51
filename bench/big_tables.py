"""`python -m bench.big_tables [--rows N,N,…]`: how a PostgreSQL of invented articles grows; docs/scale.md reads it.

Size by part against memory, a vacuum after one row in a hundred changed, and
look-ups: what decides when texts are to be kept apart by the month.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bench.row import percentile

BY_ROWS = 2_000  # made row by row; the others are their copies
AT_ONCE = 10_000
ASKED = 400
CHANGED = 0.01
SIZES = (10_000, 30_000, 100_000)
MOST_S = 170.0
FILL = """
import sys
from newsroom.commands import site
site.set_up(None)
from newsroom import tables
tables.bring_up_to_date(by_itself=False, keep=lambda: "")
from tests.hostile import many_articles
many_articles.main(int(sys.argv[1]), 1)
"""
# What differs between the copies of a row; texts and words are those of the row.
MADE_ANEW = {
    "url": "url || '/' || {n}",
    "url_key": "url_key || '/' || {n}",
    "title": "title || ' ' || {n}",
    "seen_at": "seen_at + {n} * interval '1 minute'",
    "published_at": "published_at + {n} * interval '1 minute'",
    "entry_hash": "md5(entry_hash || {n})",
}
PARTS = """SELECT pg_relation_size('articles_article'),
    (SELECT pg_total_relation_size(reltoastrelid) FROM pg_class WHERE oid = 'articles_article'::regclass),
    pg_indexes_size('articles_article'), pg_relation_size('articles_search'),
    (SELECT pg_relation_size(indexrelid) FROM pg_index JOIN pg_class c ON c.oid = indexrelid
     WHERE indrelid = 'articles_article'::regclass AND indisunique AND NOT indisprimary AND c.relname LIKE '%url_key%'),
    (SELECT sum(octet_length(text)) FROM articles_article)"""


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; ends before the next size would take more than MOST_S."""
    from tests.hostile.databases import postgres

    parser = argparse.ArgumentParser(prog="python -m bench.big_tables", description=__doc__)
    parser.add_argument("--rows", type=lambda told: tuple(map(int, told.split(","))), default=SIZES, metavar="N,N,…")
    sizes = sorted(parser.parse_args(argv).rows)
    with postgres() as url, tempfile.TemporaryDirectory() as folder:
        there = {**os.environ, "DATABASE_URL": url, "BACKSTORY_DATA": folder}
        made = min(BY_ROWS, sizes[0])
        subprocess.run([sys.executable, "-c", FILL, str(made)], env=there, check=True, capture_output=True)
        _measure(url, sizes, made)
    return 0


def _measure(url: str, sizes: Sequence[int], made: int) -> None:
    import psycopg

    began, per_row_s = time.monotonic(), 0.0
    with psycopg.connect(url, autocommit=True) as here:
        (version,) = here.execute("SHOW server_version").fetchone()  # type: ignore[misc]
        (buffers,) = here.execute("SHOW shared_buffers").fetchone()  # type: ignore[misc]
        print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}, "
              f"PostgreSQL {version}, shared_buffers {buffers}.\n")  # fmt: skip
        print("| articles | rows MB | texts apart MB | indexes MB | of it search | of it addresses | text, bytes each "
              "| ms to add one | vacuum s | by address, ms | 99 of 100 | newest 30, ms | one word, ms |")  # fmt: skip
        print("|---" * 13 + "|")
        here.execute("ALTER TABLE articles_article SET (autovacuum_enabled = off)")
        there = made
        for size in sizes:
            if per_row_s and time.monotonic() - began + (size - there) * per_row_s > MOST_S:
                print(f"{size:,} articles would take over {MOST_S:.0f} s: not measured.", file=sys.stderr)
                return
            at = time.monotonic()
            _grow(here, there, size, made)
            per_row_s = (time.monotonic() - at) / max(1, size - there)
            there = size
            print(_line(here, size, per_row_s), flush=True)


def _grow(here: Any, there: int, size: int, made: int) -> None:
    columns = [
        name
        for (name,) in here.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'articles_article'"
            " AND is_generated = 'NEVER' AND column_name <> 'id' ORDER BY ordinal_position"
        )
    ]
    while there < size:
        count = min(AT_ONCE, size - there)
        chosen = ", ".join(MADE_ANEW.get(name, name).format(n="n") for name in columns)
        here.execute(
            f"INSERT INTO articles_article ({', '.join(columns)}) SELECT {chosen}"
            " FROM generate_series(%s::integer, %s::integer) n"
            " JOIN articles_article a ON a.id = (SELECT min(id) FROM articles_article) + n %% %s",
            [there, there + count - 1, made],
        )
        there += count


def _line(here: Any, size: int, per_row_s: float) -> str:
    here.execute("VACUUM ANALYZE articles_article")
    rows, apart, indexes, search, addresses, text = (int(one) for one in here.execute(PARTS).fetchone())
    every = round(1 / CHANGED)
    here.execute(f"UPDATE articles_article SET title = title || '.', seen_at = seen_at WHERE id % {every} = 0")
    began = time.monotonic()
    here.execute("VACUUM articles_article")
    vacuum_s = time.monotonic() - began
    numbers = random.Random(1).choices(range(1, size + 1), k=ASKED)
    keys = [key for (key,) in here.execute("SELECT url_key FROM articles_article WHERE id = ANY(%s)", [numbers])]
    by_address = _ms(here, "SELECT id FROM articles_article WHERE url_key = %s", keys)
    newest = _ms(here, "SELECT id, title FROM articles_article WHERE private_key = %s"
                 " ORDER BY coalesce(published_at, seen_at) DESC, id DESC LIMIT 30", [""] * 20)  # fmt: skip
    words = [text.split()[-1].strip(".") for (text,) in here.execute("SELECT text FROM articles_article LIMIT 20")]
    found = _ms(here, "SELECT id FROM articles_article WHERE search_words @@ plainto_tsquery('simple', %s)"
                " ORDER BY coalesce(published_at, seen_at) DESC LIMIT 20", words)  # fmt: skip
    mb = " | ".join(f"{one / 1e6:,.1f}" for one in (rows, apart, indexes, search, addresses))
    return (
        f"| {size:,} | {mb} | {text / size:,.0f} | {1000 * per_row_s:.2f} | {vacuum_s:.2f} "
        f"| {percentile(by_address, 0.5):.2f} | {percentile(by_address, 0.99):.2f} | {percentile(newest, 0.5):.2f} "
        f"| {percentile(found, 0.5):.1f} |"
    )


def _ms(here: Any, query: str, parameters: Sequence[str]) -> list[float]:
    took = []
    for each in parameters:
        began = time.monotonic()
        here.execute(query, [each]).fetchall()
        took.append(1000 * (time.monotonic() - began))
    return took


if __name__ == "__main__":
    sys.exit(main())
