"""`python -m bench.filled COUNT`: fills the site of the environment with so many articles.

The sample edition, again and again and each time earlier: to BY_ROWS as
`./run measure pages` does it, with notes of their own, then copied within the
database, where the notes of a copy go on naming the articles they were made of.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from pathlib import Path
from typing import Any

BY_ROWS = 10_000
HOURS = 24 * 40  # a block of copies is so much earlier than the one before
TABLES = ("stories_storyline", "articles_article", "stories_story", "stories_placement", "stories_notes")
# Columns that name a row of the copies; what else is named stays what it was.
MOVED = ("id", "article_id", "copy_of_id", "lead_id", "story_id", "storyline_id", "merged_into_id")


def site_of(count: int, empty: Path, kept: Path) -> Path:
    """The data folder of a site with so many articles, made once and kept beside the empty one."""
    from bench import site

    place = kept / f"site-of-{count}"
    if not (place / "done").exists():
        shutil.rmtree(place, ignore_errors=True)
        site.copied(empty, place)
        site.python(place, "import sys; from bench import filled; filled.main(int(sys.argv[1]))", str(count))
        (place / "done").touch()
    return place


def main(count: int) -> None:
    """Fill the site of BACKSTORY_DATA."""
    from newsroom import measure_pages
    from newsroom.commands import sample

    with contextlib.redirect_stdout(sys.stderr):
        sample.main(["--data", os.environ["BACKSTORY_DATA"]])
    from django.db import connection, transaction

    from newsroom.articles.models import Article

    measure_pages.grow(min(count, BY_ROWS))
    block = max(model_max(connection, table) for table in TABLES) + 1
    number = 1
    while (held := Article.objects.count()) < count:
        with transaction.atomic(), connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(copying(cursor, table, block * number, HOURS * number, of_first=block))
        number += 1
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    print(f"{held} articles")


def model_max(connection: Any, table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {table}")
        return int(cursor.fetchone()[0] or 0)


def copying(cursor: Any, table: str, offset: int, hours: int, *, of_first: int) -> str:
    """The statement that copies a table's rows below `of_first` to numbers beyond `offset`, so many hours earlier."""
    cursor.execute(f"PRAGMA table_info({table})")
    names = [row[1] for row in cursor.fetchall()]
    said = []
    for name in names:
        if name in MOVED:
            said.append(f'"{name}" + {offset}')
        elif name in ("url_key", "key"):
            said.append(f"\"{name}\" || ':{offset}'")
        elif name.endswith("_at") and name not in ("claimed_until",):
            said.append(f"strftime('%Y-%m-%d %H:%M:%f', \"{name}\", '-{hours} hours')")
        else:
            said.append(f'"{name}"')
    columns = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table} ({columns}) SELECT {', '.join(said)} FROM {table} WHERE id < {of_first}"


if __name__ == "__main__":
    main(int(sys.argv[1]))
