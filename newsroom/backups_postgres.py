"""The rows of a site on PostgreSQL, as one text a table, all of one moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from newsroom.backups import CHUNK_BYTES, SESSIONS, BackupError

ENDING = ".copy"
COLUMNS = """
SELECT a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relname = %s AND pg_table_is_visible(c.oid) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
ORDER BY a.attnum
"""  # generated columns make themselves anew
HEAD_END = b"\n"


def copy_out(folder: Path) -> list[Path]:
    """Each table's rows as COPY writes them, under a line that names its columns; the files."""
    written = []
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for table in _tables():
            path = folder / f"{table}{ENDING}"
            _copy_table_out(table, path, has_rows=table not in SESSIONS)
            written.append(path)
    return written


def _copy_table_out(table: str, path: Path, *, has_rows: bool) -> None:
    columns = _columns(table)
    statement = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(_names(columns), sql.Identifier(table))
    with open(path, "wb") as file, connection.cursor() as cursor:
        file.write("\t".join(columns).encode() + HEAD_END)
        if not has_rows:
            return
        with cursor.copy(statement) as rows:
            for block in rows:
                file.write(block)


def copy_in(folder: Path, manifest: dict[str, Any], *, replace: bool) -> None:
    """Put the rows into the database, all or none, and bring its tables up to date. Raises BackupError."""
    _make_tables(manifest["migrations"])
    with transaction.atomic():
        tables = _tables()
        if not replace and _has_rows():
            raise BackupError("DATABASE_URL: a site stands in that database. Name an empty one, or give --replace.")
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(_names(tables)))
        for table in tables:
            if (path := folder / f"{table}{ENDING}").exists():
                _copy_table_in(table, path)
        _count_on()
    call_command("migrate", verbosity=0, interactive=False)


def _make_tables(migrations: list[str]) -> None:
    """Tables as they were when the backup was made: of a database without any, made so; of others only looked at."""
    has = {f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()}
    wanted = set(migrations)
    if has - wanted:
        raise BackupError(
            f"DATABASE_URL: its tables are newer than the backup's ({sorted(has - wanted)[0]})."
            " Make a new, empty database and name that; nothing was changed."
        )
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    nodes = {key: node for key, node in executor.loader.graph.node_map.items() if ".".join(key) in wanted}
    # The last of each app: an earlier one as target would take the later back.
    executor.migrate(
        [key for key, node in nodes.items() if not any(c.key[0] == key[0] and c.key in nodes for c in node.children)]
    )


def _copy_table_in(table: str, path: Path) -> None:
    with open(path, "rb") as file, connection.cursor() as cursor:
        columns = file.readline().rstrip(HEAD_END).decode().split("\t")
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _names(columns))
        with cursor.copy(statement) as rows:
            while block := file.read(CHUNK_BYTES):
                rows.write(block)


def _count_on() -> None:
    """Let the keys of new rows begin behind those that came."""
    with connection.cursor() as cursor:
        for table in _tables():  # not of models: those of an older version's tables may be of today only
            for sequence in connection.introspection.get_sequences(cursor, table):
                cursor.execute(
                    sql.SQL(
                        "SELECT setval(pg_get_serial_sequence({name}, {key}), coalesce(max({column}), 1),"
                        " max({column}) IS NOT NULL) FROM {table}"
                    ).format(
                        name=sql.Literal(f'"{table}"'),
                        key=sql.Literal(sequence["column"]),
                        column=sql.Identifier(sequence["column"]),
                        table=sql.Identifier(table),
                    )
                )


def _has_rows() -> bool:
    return any(model._default_manager.exists() for label in ("articles.Article", "readers.Reader")
               for model in (apps.get_model(label),))  # fmt: skip


def _tables() -> list[str]:
    """The site's tables that are there, of this version or of the older one that they are of, and Django's record."""
    loader = MigrationLoader(connection)
    nodes = [key for key in loader.applied_migrations if key in loader.graph.nodes]
    then = loader.project_state(nodes).apps.get_models(include_auto_created=True)
    ours = {model._meta.db_table for model in (*then, *apps.get_models(include_auto_created=True))}
    return sorted((ours | {"django_migrations"}) & set(connection.introspection.table_names()))


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [table])
        return [row[0] for row in cursor.fetchall()]


def _names(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
