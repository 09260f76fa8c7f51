"""Whether the database's tables are those of this version: what is missing, what is newer, and what to do about it.

Whoever serves or reads asks `require_current` first. `bring_up_to_date` alone
changes tables, with what stands there kept beside before.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from newsroom import backups, in_use, migrating

AWAY = (OperationalError, InterfaceError)  # the database does not answer, or not now
NAMED_MOST = 5
OURS = ("publishers", "readers", "articles", "stories", "comments", "alerts", "desk")
PATIENCE_S = 90.0  # for another process that is at the tables
ROOM_AFTER = 1.5  # a table that is rebuilt stands twice for a while
MIGRATING = 0x6261636B  # the lock in PostgreSQL of who changes tables


class NotCurrent(Exception):
    """The tables are not those of this version; the message names what is missing or newer, and the way out."""


@dataclass(frozen=True, slots=True)
class State:
    """missing: migrations of this version not applied, in their order. newer: applied ones it does not know."""

    missing: tuple[str, ...]
    newer: tuple[str, ...]
    is_new: bool  # no table of ours is there yet


def state() -> State:
    """How the tables stand. Changes nothing."""
    executor = MigrationExecutor(connection)
    known = backups.known_migrations()
    applied = MigrationRecorder(connection).applied_migrations()
    return State(
        missing=tuple(
            f"{one.app_label}.{one.name}" for one, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())
        ),
        newer=tuple(sorted({f"{app}.{name}" for app, name in applied} - known)),
        is_new=not applied,
    )


def require_current() -> None:
    """Nothing where the tables are this version's; leaves no connection open. Raises NotCurrent."""
    try:
        found = state()
    finally:
        connection.close()  # a server forks after this: its children must not share it
    _refuse_newer(found)
    if found.missing:
        raise NotCurrent(
            f"{place()}: {_lacks(found)}. "
            "Run ./run upgrade once, which keeps what stands there before, then start again."
        )


def bring_up_to_date(*, by_itself: bool, keep: Callable[[], str] | None = None) -> str:
    """Apply what is missing; where what stood there before is kept, "" where there was nothing to do or to keep.

    by_itself: nobody asked for it, so the tables of a site that somebody else uses are left as
    they are. keep: keeps what stands there and says where; `keep_before` if none is given.
    Raises NotCurrent, with nothing changed unless it says so.
    """
    until = time.monotonic() + PATIENCE_S
    while True:
        found = state()
        _refuse_newer(found)
        if not found.missing:
            return ""
        try:
            with _alone():
                if by_itself and not found.is_new:
                    _refuse_others(found)
                return apply_missing(keep or keep_before)
        except in_use.InUse as error:
            # Who has it alone makes tables, as we would: it is looked at again.
            if time.monotonic() > until or (not in_use.is_alone(settings.DATA_DIR) and state().missing):
                raise NotCurrent(f"{error} Then start this again: {_lacks(found)}.") from error
        time.sleep(0.2)


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody else changes tables meanwhile; on SQLite, nobody else uses them. Raises in_use.InUse."""
    if not is_postgres():
        with in_use.alone(settings.DATA_DIR):
            yield
        return
    while not _has_lock():
        time.sleep(0.2)  # asked again, not waited for: an index made CONCURRENTLY waits for every statement that runs
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])


def _has_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [MIGRATING])
        return bool(cursor.fetchone()[0])


def apply_missing(keep: Callable[[], str]) -> str:
    """The same for who has the site alone already."""
    found = state()  # another may have been quicker
    _refuse_newer(found)
    if not found.missing:
        return ""
    kept = "" if found.is_new else keep()
    try:
        migrating.patiently(lambda: call_command("migrate", verbosity=0, interactive=False))
    except DatabaseError as error:
        at = (state().missing or ("a migration",))[0]
        held = f" What stood there before is kept: {kept}." if kept else ""
        raise NotCurrent(
            f"{place()}: {at}: {str(error).strip()}. Those before it are applied; mend it and start again.{held}"
        ) from error
    return kept


def keep_before() -> str:
    """Keep what stands there before its tables are changed; where and how it is put back. Raises NotCurrent.

    SQLite: the database as one file beside, made at the disk's pace, which the older version can use as it is.
    PostgreSQL: a backup in the data folder.
    """
    moment = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    if is_postgres():
        return keep_in(settings.DATA_DIR / f"before-upgrade-{moment}.backup")
    here = Path(settings.DATABASES["default"]["NAME"])
    _require_room(here)
    kept = here.with_name(f"{here.name}.before-{moment}")
    part = kept.with_name(f"{kept.name}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, backups.OWNER_ONLY))
        with closing(sqlite3.connect(here, timeout=60)) as now, closing(sqlite3.connect(part)) as copy:
            now.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        backups.sync(part)
        os.replace(part, kept)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise NotCurrent(
            f"{here}: cannot be kept beside before its tables are changed: {error}. {_OTHERWISE}"
        ) from error
    return f"{kept.name} (to go back, stop the site, move it to {here.name} and start the older version)"


def keep_in(file: Path) -> str:
    """Keep what stands there as a backup in this file; where. Raises NotCurrent."""
    try:
        backups.make(file.absolute(), datetime.now(UTC))
    except backups.BackupError as error:
        raise NotCurrent(f"{error} {_OTHERWISE}") from error
    return f"{file} (./run restore puts it back)"


_OTHERWISE = (
    "Nothing was changed. ./run upgrade --backup FILE keeps it on another disk; --no-backup, if you keep one yourself."
)


def _require_room(here: Path) -> None:
    """Room for the copy and for a table that is rebuilt; a full disk in the midst helps nobody."""
    size = here.stat().st_size
    wal = here.with_name(f"{here.name}-wal")
    size += wal.stat().st_size if wal.exists() else 0
    disk = os.statvfs(here.parent)
    free = disk.f_bavail * disk.f_frsize
    if free < size * (1 + ROOM_AFTER):
        raise NotCurrent(
            f"{here}: {free / 2**20:,.0f} MB are free, {size * (1 + ROOM_AFTER) / 2**20:,.0f} MB are needed to keep it "
            f"beside and change its tables. Make room. {_OTHERWISE}"
        )


def _refuse_newer(found: State) -> None:
    if found.newer:
        raise NotCurrent(
            f"{place()}: was used by a newer version: {_named(found.newer)}, which version "
            f"{settings.VERSION} does not know. Start the newer version, or put back what was kept before the upgrade "
            f"(docs/how-to/back-up.md). Nothing was changed."
        )


def _refuse_others(found: State) -> None:
    if others := others_connected():
        raise NotCurrent(
            f"{place()}: {_lacks(found)}, and a site runs on it ({others})."
            " Stop it on every machine, or run ./run upgrade. Nothing was changed."
        )


def others_connected() -> str:
    """Who else has the database open, in words; "" for nobody that can be seen."""
    if not is_postgres():
        return _others_on_sqlite()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = current_setting('application_name') AND pid <> pg_backend_pid()"
        )
        (count,) = cursor.fetchone()
    return f"{count} other connections" if count else ""


def _others_on_sqlite() -> str:
    """A site of a version before 0.7 holds no lock on its folder, but SQLite leaves WAL for the last one alone."""
    connection.close()
    with closing(sqlite3.connect(settings.DATABASES["default"]["NAME"], timeout=0)) as database:
        try:
            (mode,) = database.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError:
            mode = "wal"
    return "its database is open" if mode == "wal" else ""  # opened next, it is in WAL again


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def place() -> str:
    """What holds the tables, as messages name it: without a password."""
    return "DATABASE_URL" if is_postgres() else str(settings.DATABASES["default"]["NAME"])


def _lacks(found: State) -> str:
    return f"version {settings.VERSION} needs {_named(found.missing)}, not applied yet"


def _named(names: tuple[str, ...]) -> str:
    """The first few of these migrations, and how many more."""
    ours = sorted(names, key=lambda name: name.partition(".")[0] not in OURS)  # stable: those of others stand last
    more = f" and {len(names) - NAMED_MOST} more" if len(names) > NAMED_MOST else ""
    return f"migration{'s' * (len(names) > 1)} {', '.join(ours[:NAMED_MOST])}{more}"
