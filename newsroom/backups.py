"""A backup: one file with all rows of the site, made while it goes on, and put back as it was.

A gzipped tar of the rows (SQLite: the database as one file; PostgreSQL: one text
a table) and, last, `manifest.json`: version, kind of database, migrations and
the SHA-256 of each member. What can be made anew is left out (pictures, the
page cache), and so are the secret key and who is signed in: a file that is
carried about should not sign sessions, nor hold the ids of living ones.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

FORM = 1
MANIFEST = "manifest.json"
DATABASE = "database.sqlite3"
SESSIONS = ("django_session", "usersessions_usersession")  # tables that go empty into a backup
LAST = "last-backup.json"  # in the data folder: when one was made, and how large; /health shows it
GZIP_LEVEL = 1  # five times as quick as 6, and a tenth larger
CHUNK_BYTES = 1024 * 1024
OWNER_ONLY = 0o600


class BackupError(Exception):
    """A backup could not be made or put back; the message says why and what to do. Nothing was changed."""


def make(to: Path, now: datetime) -> dict[str, Any]:
    """Write the backup; its manifest. An older file of that name stays until this is whole. Raises BackupError."""
    part = to.with_name(f"{to.name}.part")
    try:
        with tempfile.TemporaryDirectory(dir=to.parent, prefix=".backup-") as folder:
            manifest = _manifest(now, _rows_into(Path(folder)))
            (Path(folder) / MANIFEST).write_text(json.dumps(manifest, indent=1))
            _pack(Path(folder), part)
        os.replace(part, to)
        sync(to.parent)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            part.unlink()
        raise BackupError(f"Backup {to}: {error}. Nothing was written; make room or give another place.") from error
    _note_last(to, now)
    return manifest


def _rows_into(folder: Path) -> list[Path]:
    if connection.vendor == "postgresql":
        from newsroom import backups_postgres

        return backups_postgres.copy_out(folder)
    copy = folder / DATABASE
    site = settings.DATABASES["default"]["NAME"]
    with closing(sqlite3.connect(site, timeout=60)) as here, closing(sqlite3.connect(copy)) as there:
        here.backup(there)  # one snapshot: writers go on beside it
        _let_go_of_sessions(there)
        there.execute("PRAGMA journal_mode=DELETE")
    return [copy]


def _let_go_of_sessions(copy: sqlite3.Connection) -> None:
    """No row of them is left in the file, nor its bytes."""
    there = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    copy.execute("PRAGMA secure_delete=ON")
    for table in SESSIONS:
        if table in there:
            copy.execute(f"DELETE FROM {table}")  # noqa: S608  our own names
    copy.commit()


def _manifest(now: datetime, members: list[Path]) -> dict[str, Any]:
    from django.db.migrations.recorder import MigrationRecorder

    return {
        "form": FORM,
        "version": settings.VERSION,
        "made_at": now.isoformat(),
        "database": connection.vendor,
        "migrations": sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()),
        "members": {path.name: {"bytes": path.stat().st_size, "sha256": _sha256(path)} for path in members},
    }


def _pack(folder: Path, to: Path) -> None:
    descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=GZIP_LEVEL) as tar:
            for path in sorted(folder.iterdir(), key=lambda path: (path.name == MANIFEST, path.name)):
                tar.add(path, arcname=path.name)
        file.flush()
        os.fsync(file.fileno())


def sync(path: Path) -> None:
    """What was written to a file, or the names in a folder, outlive a power cut from here on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _note_last(made: Path, now: datetime) -> None:
    said = {"at": now.isoformat(), "bytes": made.stat().st_size}
    (settings.DATA_DIR / LAST).write_text(json.dumps(said))


def last() -> tuple[datetime, int] | None:
    """When the last backup was made and its size in bytes; None where none was."""
    try:
        said = json.loads((settings.DATA_DIR / LAST).read_text())
        return datetime.fromisoformat(said["at"]), int(said["bytes"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def opened(backup: Path, beside: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A folder with the backup's members, each as it was written, and its manifest. Raises BackupError."""
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=beside, prefix=".restore-") as name:
        folder = Path(name)
        try:
            _unpack(backup, folder)
            manifest = json.loads((folder / MANIFEST).read_text())
            members = {name: str(member["sha256"]) for name, member in manifest["members"].items()}
        except (OSError, tarfile.TarError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else "cut short, or no backup"
            raise BackupError(f"Backup {backup}: {why}. Give another; nothing was changed.") from error
        _check(backup, folder, manifest, members)
        yield folder, manifest


def _unpack(backup: Path, folder: Path) -> None:
    """Plain files at the top alone: no folder, no link, nothing beside."""
    with tarfile.open(backup, mode="r|gz") as tar:
        for member in tar:
            source = tar.extractfile(member) if member.isfile() else None
            if source is None or "/" in member.name or member.name.startswith("."):
                raise ValueError(member.name)
            with open(folder / member.name, "wb") as file:
                shutil.copyfileobj(source, file, CHUNK_BYTES)


def _check(backup: Path, folder: Path, manifest: dict[str, Any], members: dict[str, str]) -> None:
    if manifest.get("form") != FORM:
        raise BackupError(
            f"Backup {backup}: form {manifest.get('form')}, known is {FORM}. Restore it with a newer site."
        )
    if manifest.get("database") != connection.vendor:
        raise BackupError(
            f"Backup {backup}: of {manifest.get('database')}, and this site is on {connection.vendor}."
            " Set or unset DATABASE_URL; nothing was changed."
        )
    for name, sha256 in members.items():
        path = folder / name
        if not path.is_file() or _sha256(path) != sha256:
            raise BackupError(f"Backup {backup}: {name} is not as it was written. Give another; nothing was changed.")
    if unknown := sorted(set(manifest["migrations"]) - known_migrations()):
        raise BackupError(
            f"Backup {backup}: made by version {manifest['version']}, whose tables this version ({settings.VERSION})"
            f" does not know ({unknown[0]}). Upgrade the site first; nothing was changed."
        )


def known_migrations() -> set[str]:
    """Every migration that this version has or that one of its own stands for, as "stories.0001_initial"."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    replaced = {old for migration in loader.disk_migrations.values() for old in migration.replaces}
    return {f"{app}.{name}" for app, name in (*loader.disk_migrations, *replaced)}


def restore(backup: Path, *, replace: bool) -> Path | None:
    """Put a backup in the place of the site's rows; where the rows before are kept, None where there were none.

    The site must not be running (in_use.alone). Rows that stand there are replaced only if asked. Raises BackupError.
    """
    with opened(backup, settings.DATA_DIR) as (folder, manifest):
        if connection.vendor == "postgresql":
            from newsroom import backups_postgres

            backups_postgres.copy_in(folder, manifest, replace=replace)
            return None
        return _put_file(folder / DATABASE, replace=replace)


def _put_file(new: Path, *, replace: bool) -> Path | None:
    here = Path(settings.DATABASES["default"]["NAME"])
    with closing(sqlite3.connect(new)) as database:
        if (said := database.execute("PRAGMA quick_check").fetchone()) != ("ok",):
            raise BackupError(f"Backup: its database is damaged ({said[0]}). Give another; nothing was changed.")
        database.execute("PRAGMA journal_mode=WAL")
    kept = None
    if here.exists():
        if not replace:
            raise BackupError(
                f"{here}: a site stands there. Give an empty --data DIR, or --replace; its rows are kept beside."
            )
        kept = here.with_name(f"{here.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        with closing(sqlite3.connect(here)) as database:  # what its journal holds belongs to what is kept
            is_busy = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if is_busy:  # what is left in the journal would be lost with it
            raise BackupError(f"{here}: another program has it open. Close that first; nothing was changed.")
        os.link(here, kept)
    os.chmod(new, OWNER_ONLY)
    sync(new)
    os.replace(new, here)
    sync(here.parent)
    for journal in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            here.with_name(here.name + journal).unlink()
    return kept


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
