"""Every change of a database's rows while others write, so that the rows of any moment can be told afterwards.

Triggers note what each row became. Who writes waits for the one before, so the
notes are in the order in which changes came to stand, and a moment is a number:
all notes up to it. On PostgreSQL the number stands in a row of the site's own
(a kind of content that nobody has), for a backup holds those alone. Sessions
go empty into a backup and are left out.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from newsroom.backups import SESSIONS

Rows = dict[str, dict[str, str]]  # table: key: what the row says, in short
JOURNAL = "row_changes"
NOBODY = "row-changes"
LEFT_OUT = (JOURNAL, *SESSIONS)


class Database(Protocol):
    def watch(self) -> None: ...
    def rows(self) -> Rows: ...
    def changes(self) -> Iterator[tuple[int, str, str, str | None]]: ...
    def moment(self) -> int: ...


def rows_at(before: Rows, changes: Iterator[tuple[int, str, str, str | None]], moment: int) -> Rows:
    """The rows as they stood at a moment, from those at the watch's beginning."""
    rows = {table: dict(of) for table, of in before.items()}
    for number, table, key, said in changes:
        if number > moment:
            break
        if said is None:
            rows[table].pop(key, None)
        else:
            rows.setdefault(table, {})[key] = _short(said)
    return rows


def differing(one: Rows, other: Rows) -> list[str]:
    """Rows that are not the same in both, as "table key"."""
    found = []
    for table in sorted(one.keys() | other.keys()):
        here, there = one.get(table, {}), other.get(table, {})
        found += [f"{table} {key}" for key in here.keys() | there.keys() if here.get(key) != there.get(key)]
    return found


def _short(said: str) -> str:
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:24]


class Sqlite:
    """The tables of a database file; the words of the full-text index follow from the articles."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _opened(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self.path, timeout=60, isolation_level=None))

    def _tables(self, database: sqlite3.Connection) -> dict[str, str]:
        """Each table with what of a row is noted."""
        found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        names = [name for (name,) in found if not name.startswith(("sqlite_", "articles_search", *LEFT_OUT))]
        told = {}
        for name in names:
            columns = [row[1] for row in database.execute(f'PRAGMA table_info("{name}")')]
            told[name] = " || ',' || ".join(f'quote({{row}}."{column}")' for column in columns)
        return told

    def watch(self) -> None:
        with self._opened() as database:
            database.execute(
                f"CREATE TABLE {JOURNAL} (number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, key TEXT, said TEXT)"
            )
            for name, told in self._tables(database).items():
                for act, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
                    said = "NULL" if act == "DELETE" else told.format(row=row)
                    database.execute(
                        f'CREATE TRIGGER "watch_{name}_{act}" AFTER {act} ON "{name}" BEGIN INSERT INTO {JOURNAL}'
                        f" (name, key, said) VALUES ('{name}', {row}.rowid, {said}); END"
                    )

    def rows(self) -> Rows:
        with self._opened() as database:
            return {
                name: {
                    str(key): _short(said)
                    for key, said in database.execute(f'SELECT rowid, {told.format(row="it")} FROM "{name}" AS it')
                }
                for name, told in self._tables(database).items()
            }

    def changes(self) -> Iterator[tuple[int, str, str, str | None]]:
        with self._opened() as database:
            yield from database.execute(f"SELECT number, name, key, said FROM {JOURNAL} ORDER BY number")

    def moment(self) -> int:
        with self._opened() as database:
            number: int = database.execute(f"SELECT coalesce(max(number), 0) FROM {JOURNAL}").fetchone()[0]
            return number

    def is_sound(self) -> bool:
        """Whether the file and its full-text index are whole."""
        with self._opened() as database:
            database.execute("INSERT INTO articles_search (articles_search) VALUES ('integrity-check')")
            return bool(database.execute("PRAGMA integrity_check").fetchone() == ("ok",))


class Postgres:
    """The tables of a database of PostgreSQL, by its DATABASE_URL."""

    def __init__(self, url: str) -> None:
        self.url = url

    def _opened(self) -> Any:
        import psycopg

        return psycopg.connect(self.url, autocommit=True, options="-c timezone=UTC")

    def _tables(self, database: Any) -> dict[str, str]:
        """Each table with its key."""
        return dict(
            database.execute(
                "SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
                " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]"
                " JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE i.indisprimary AND n.nspname = 'public' AND c.relname <> ALL(%s) ORDER BY 1",
                [list(LEFT_OUT)],
            ).fetchall()
        )

    def watch(self) -> None:
        with self._opened() as database:
            database.execute(
                f"CREATE TABLE {JOURNAL} (number bigserial PRIMARY KEY, name text, key text, said text);"
                f"INSERT INTO django_content_type (app_label, model) VALUES ('{NOBODY}', '0');"
                "CREATE FUNCTION watch_turn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                "  PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$;"
                "CREATE FUNCTION watch_row() RETURNS trigger LANGUAGE plpgsql SET timezone = 'UTC' AS $$"
                " DECLARE n bigint; BEGIN"
                "  IF TG_TABLE_NAME = 'django_content_type' AND to_jsonb(coalesce(NEW, OLD)) ->> 'app_label' ="
                f"   '{NOBODY}' THEN RETURN NULL; END IF;"
                f"  INSERT INTO {JOURNAL} (name, key, said) VALUES (TG_TABLE_NAME, to_jsonb(coalesce(NEW, OLD))"
                "   ->> TG_ARGV[0], CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW::text END) RETURNING number INTO n;"
                f"  UPDATE django_content_type SET model = n::text WHERE app_label = '{NOBODY}';"
                "  RETURN NULL; END $$;"
            )
            for name, key in self._tables(database).items():
                database.execute(
                    f'CREATE TRIGGER a_turn BEFORE INSERT OR UPDATE OR DELETE ON "{name}"'
                    " FOR EACH STATEMENT EXECUTE FUNCTION watch_turn();"
                    f'CREATE TRIGGER watch AFTER INSERT OR UPDATE OR DELETE ON "{name}"'
                    f" FOR EACH ROW EXECUTE FUNCTION watch_row('{key}');"
                )

    def rows(self) -> Rows:
        found: Rows = {}
        with self._opened() as database:
            for name, key in self._tables(database).items():
                with database.transaction(), database.cursor("rows") as cursor:
                    cursor.execute(f'SELECT "{key}"::text, it::text FROM "{name}" AS it')
                    found[name] = {key: _short(said) for key, said in cursor if NOBODY not in said}
        return found

    def changes(self) -> Iterator[tuple[int, str, str, str | None]]:
        with self._opened() as database:
            yield from database.execute(f"SELECT number, name, key, said FROM {JOURNAL} ORDER BY number").fetchall()

    def moment(self) -> int:
        with self._opened() as database:
            said = database.execute("SELECT model FROM django_content_type WHERE app_label = %s", [NOBODY]).fetchone()
            return int(said[0]) if said else 0

    def is_sound(self) -> bool:
        return True  # a page of PostgreSQL that is torn is its server's to find
