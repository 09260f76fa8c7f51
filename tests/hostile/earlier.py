"""Backups of what earlier versions left, put back onto this one: on SQLite, and on PostgreSQL as it stood then."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from newsroom.backups import SESSIONS
from tests.hostile import databases
from tests.hostile.figures import Figure, Run
from tests.site import old_sites

Rows = dict[str, dict[Any, dict[str, object]]]


def measure(run: Run, server: str) -> list[Figure]:
    """A figure for each kind of database, over all versions whose sites are kept."""
    versions = old_sites.versions()
    return [
        _figure("SQLite", {version: _on_sqlite(run.scratch / f"{version}-sqlite", version) for version in versions}),
        _figure("PostgreSQL", {version: _on_postgres(run.scratch / version, version, server) for version in versions}),
    ]


def _figure(kind: str, told: dict[str, tuple[int, list[str]]]) -> Figure:
    rows, lost = sum(count for count, _ in told.values()), [one for _, these in told.values() for one in these]
    return Figure(
        f"backups of earlier versions put back, {kind}",
        "0 rows lost or changed, but for sessions, which go into no backup",
        f"{len(lost)} of {rows:,}" + (f", as {lost[0]}" if lost else ""),
        rows > 0 and not lost,
        f"{', '.join(told)}, each with rows in every table",
    )


def _on_sqlite(folder: Path, version: str) -> tuple[int, list[str]]:
    from tests.hostile.backups import Site

    old, anew = Site(folder / "old"), Site(folder / "anew")
    old_sites.lay_out(version, old.data)
    before = _backed_up(old_sites.rows(old.data))
    old.run("-m", "newsroom", "backup", str(folder / "made"))
    anew.run("-m", "newsroom", "restore", str(folder / "made"))
    return sum(map(len, before.values())), old_sites.lost(before, old_sites.rows(anew.data))


def _on_postgres(folder: Path, version: str, server: str) -> tuple[int, list[str]]:
    from tests.hostile.backups import Site

    name = version.replace(".", "_")
    old = Site(folder / "old", databases.new_database(server, f"old_{name}"))
    anew = Site(folder / "anew", databases.new_database(server, f"anew_{name}"))
    kept = old_sites.lay_out(version, folder / "kept")
    old.run("-m", "tests.hostile.earlier", str(kept))
    before = _backed_up(rows(old.url))
    old.run("-m", "newsroom", "backup", str(folder / "made"))
    anew.run("-m", "newsroom", "restore", str(folder / "made"))
    return sum(map(len, before.values())), old_sites.lost(before, rows(anew.url))


def _backed_up(there: Rows) -> Rows:
    """The tables whose rows go into a backup: sessions go into none, so that nobody can carry one on."""
    return {table: held for table, held in there.items() if table not in SESSIONS}


def rows(url: str) -> Rows:
    """Each table's rows on PostgreSQL, by their key."""
    import psycopg

    found: dict[str, dict[Any, dict[str, object]]] = {}
    with psycopg.connect(url, options="-c timezone=UTC") as database:
        tables = database.execute(
            "SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE i.indisprimary AND n.nspname = 'public'"
        ).fetchall()
        for name, key in tables:
            said = [row for (row,) in database.execute(f'SELECT to_jsonb(it) FROM "{name}" AS it').fetchall()]
            found[name] = {row[key]: row for row in said}
    return found


def copy_over(kept: Path) -> None:
    """Make the environment's empty PostgreSQL database what that SQLite one is: its version's tables, and its rows."""
    import django

    django.setup()
    from django.db import connection, connections, transaction
    from django.db.migrations.loader import MigrationLoader

    from newsroom import backups_postgres

    connections.databases["kept"] = {
        **connections.databases["default"], "ENGINE": "django.db.backends.sqlite3", "NAME": kept, "OPTIONS": {},
        "CONN_HEALTH_CHECKS": False,
    }  # fmt: skip
    with connections["kept"].cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        backups_postgres._make_tables([".".join(row) for row in cursor.fetchall()])
    loader = MigrationLoader(connection)
    models = loader.project_state(list(loader.applied_migrations)).apps.get_models(include_auto_created=True)
    with transaction.atomic():
        with connection.cursor() as cursor:  # what migrations themselves put there
            tables = ", ".join(f'"{model._meta.db_table}"' for model in models)
            cursor.execute(f"TRUNCATE {tables} CASCADE")
        for model in models:
            model._base_manager.bulk_create(model._base_manager.using("kept").all(), batch_size=200)


if __name__ == "__main__":
    copy_over(Path(sys.argv[1]))
