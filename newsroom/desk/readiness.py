"""Whether readers may be sent here: the database answers and is migrated, the disk has room and takes files.

For programs that ask every few seconds: what was found holds for a moment, so
that it costs the same however many ask.
"""

from __future__ import annotations

import logging
import math
import os
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.db import Error, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

log = logging.getLogger(__name__)

HELD_S = 1.0
WAIT_S = 2  # for the database
ROOM_LEAST_BYTES = 64 * 1024**2  # below it SQLite's journal and a night's pictures may not fit
RETRY_AFTER_S = 30


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be so. problem: "" where it is; in words that anybody may read."""

    name: str
    problem: str = ""


class _Held:
    """What was found last, and until when it holds."""

    lock = threading.Lock()
    checks: tuple[Check, ...] = ()
    until = 0.0
    migrated: frozenset[tuple[str, str]] | None = None  # the applied migrations that left none to apply


@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 where readers may be sent here, else 503 with a line for each thing that is not as it must be."""
    wrong = [one for one in checks() if one.problem]
    said = "".join(f"{one.name}: {one.problem}\n" for one in wrong)
    answer = HttpResponse(said or "ready\n", content_type="text/plain; charset=utf-8", status=503 if wrong else 200)
    if wrong:
        answer["Retry-After"] = str(RETRY_AFTER_S)
        answer._has_been_logged = True  # type: ignore[attr-defined]  checks() says it once, not at each asking
    return answer


def checks() -> tuple[Check, ...]:
    """Each thing that must be so, looked at anew at most once in HELD_S."""
    with _Held.lock:
        if time.monotonic() >= _Held.until:
            database, migrations, cache = _rows()
            found = (
                Check("database", database),
                Check("migrations", migrations),
                Check("cache", cache),
                Check("disk", _disk()),
                Check("data folder", _data_folder()),
            )
            for one in set(found) - set(_Held.checks):
                if one.problem:
                    log.warning("Not ready: %s: %s", one.name, one.problem)
            _Held.checks, _Held.until = found, time.monotonic() + HELD_S
        return _Held.checks


def forget() -> None:
    """Look anew at the next asking."""
    _Held.until = 0.0


def _rows() -> tuple[str, str, str]:
    """What is wrong with the database, its migrations, and the table of what is counted for a while."""
    own = _own_connection()
    try:
        applied = _applied(own)
        waiting = "" if applied == _Held.migrated else _migrations(applied)
        return "", waiting, "" if waiting else _cache(own)
    except Error as error:
        log.info("The database: %s", error)
        return f"does not answer within {WAIT_S} s, or not as ours does. See site.log.", "", ""
    finally:
        own.close()


def _applied(own: BaseDatabaseWrapper) -> frozenset[tuple[str, str]]:
    with own.cursor() as cursor:  # Django's recorder and executor would ask by the kept connection
        cursor.execute("SELECT app, name FROM django_migrations")
        return frozenset(cursor.fetchall())


def _migrations(applied: frozenset[tuple[str, str]]) -> str:
    """What is still to apply; once there was nothing it stays so while no applied migration comes or goes."""
    nodes = MigrationLoader(None).graph.nodes
    waiting = sorted(key for key, one in nodes.items() if key not in applied and not _is_replaced(one, applied))
    if not waiting:
        _Held.migrated = applied
        return ""
    return f"{len(waiting)} to apply, first of {waiting[0][0]}. Start the site with ./run, which applies them."


def _is_replaced(migration: Migration, applied: frozenset[tuple[str, str]]) -> bool:
    """True of one that stands for several, all of which are applied."""
    return bool(migration.replaces) and all(tuple(one) in applied for one in migration.replaces)


def _cache(own: BaseDatabaseWrapper) -> str:
    table = own.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    try:
        with own.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608  our own setting
    except Error as error:
        log.info("The cache: %s", error)
        return "the table of counted tries cannot be read: nobody can sign in. Put back a backup, or see site.log."
    return ""


def is_held() -> bool:
    """True where no row can be written within WAIT_S, for another program holds SQLite's one lock."""
    if connection.vendor != "sqlite":
        return False
    own = _own_connection()
    try:
        with own.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("ROLLBACK")
    except OperationalError as error:
        return "locked" in str(error)
    finally:
        own.close()
    return False


def disk_s() -> float:
    """How long the data folder's disk takes to keep a small file for good; infinite where it keeps none."""
    began = time.monotonic()
    return math.inf if _data_folder(for_good=True) else time.monotonic() - began


def _own_connection() -> BaseDatabaseWrapper:
    """A connection of our own, since a kept one may live on what is gone; it waits WAIT_S at most and makes no file."""
    own = connection.copy()
    options = own.settings_dict.setdefault("OPTIONS", {})
    if own.vendor == "sqlite":
        options["timeout"] = WAIT_S
        options.pop("init_command", None)  # the kind of journal stands in the file
        name = str(own.settings_dict["NAME"])
        if not name.startswith("file:"):
            own.settings_dict["NAME"] = f"file:{quote(name)}?mode=rw"
    else:
        options |= {"connect_timeout": WAIT_S, "options": f"-c statement_timeout={WAIT_S * 1000}"}
    return own


def _disk() -> str:
    try:
        free = shutil.disk_usage(settings.DATA_DIR).free
    except OSError as error:
        return f"cannot be looked at ({error.strerror})."
    if free >= ROOM_LEAST_BYTES:
        return ""
    return f"{free // 1024**2} MB free, {ROOM_LEAST_BYTES // 1024**2} are needed. Make room."


def _data_folder(*, for_good: bool = False) -> str:
    try:
        with tempfile.TemporaryFile(dir=settings.DATA_DIR, prefix=".ready-") as file:
            file.write(b"\0" * 4096)
            file.flush()
            if for_good:
                os.fsync(file.fileno())
    except OSError as error:
        return f"cannot be written ({error.strerror})."
    return ""
