"""A backup made while the site reads, and put back: the same rows, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tarfile
import threading
import uuid
from contextlib import closing, contextmanager
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from newsroom import backups
from tests.site import running, serving

SECRET = "CANARY-0451"
WRITTEN = 300
OF_OUR_OWN = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # Python 3.11.4; later ones warn without


def command(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "newsroom", *arguments],
        cwd=running.ROOT, env={**running.environment(), **env}, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip


def hashes(data) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(data / "site.sqlite3")) as database:
        names = [row[0] for row in database.execute("select name from sqlite_master where type = 'table' order by 1")]
        return {name: sorted(map(repr, database.execute(f'select * from "{name}"'))) for name in names}


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A site with the sample edition, its secret key known."""
    data = tmp_path_factory.mktemp("sample")
    (data / "secret-key").write_text(SECRET)
    assert command("sample", "--data", str(data)).returncode == 0
    return data


@pytest.fixture(scope="module")
def backup(sample, tmp_path_factory):
    made = tmp_path_factory.mktemp("backup") / "news.backup"
    done = command("backup", str(made), "--data", str(sample))
    assert done.returncode == 0, done.stderr
    return made


def test_backup_put_back_has_the_same_rows_in_every_table(sample, backup, tmp_path):
    done = command("restore", str(backup), "--data", str(tmp_path / "anew"))
    assert done.returncode == 0, done.stderr
    assert hashes(tmp_path / "anew") == hashes(sample)
    with serving.site(tmp_path / "anew") as get:
        assert "Ostra" in get("/search?q=Ostra")


def test_backup_made_while_rows_are_written_is_of_one_moment(sample, tmp_path):
    """Each transaction writes two rows; a backup has both or none."""
    began, stop = threading.Event(), threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(sample / "site.sqlite3", timeout=30, isolation_level=None)) as database:
            for number in range(WRITTEN):
                database.execute("begin immediate")
                for half in "ab":
                    database.execute(
                        "insert into readers_token (purpose, digest, created_at, expires_at)"
                        f" values ('pair', '{number}{half}', '2026-11-26', '2026-11-27')"
                    )
                database.execute("commit")
                began.set()
                if stop.is_set() and number > 20:
                    return

    writer = threading.Thread(target=write)
    writer.start()
    began.wait(10)
    done = command("backup", str(tmp_path / "b"), "--data", str(sample))
    stop.set()
    writer.join()
    assert done.returncode == 0, done.stderr
    assert command("restore", str(tmp_path / "b"), "--data", str(tmp_path / "anew")).returncode == 0
    pairs = running.rows(tmp_path / "anew", "select digest from readers_token where purpose = 'pair'")
    assert pairs
    assert len(pairs) % 2 == 0


def test_backup_holds_no_secret_key_and_nobody_else_may_read_it(backup, tmp_path):
    assert backup.stat().st_mode & 0o077 == 0
    with tarfile.open(backup) as tar:
        tar.extractall(tmp_path, **OF_OUR_OWN)
    assert all(SECRET.encode() not in path.read_bytes() for path in tmp_path.iterdir())


def test_site_that_stands_there_is_replaced_only_when_asked_and_kept(backup, tmp_path):
    assert command("restore", str(backup), "--data", str(tmp_path)).returncode == 0
    with closing(sqlite3.connect(tmp_path / "site.sqlite3")) as database:
        database.execute("update stories_story set title = 'mine'")
        database.commit()
    mine = hashes(tmp_path)
    refused = command("restore", str(backup), "--data", str(tmp_path))
    assert refused.returncode == 1
    assert "--replace" in refused.stderr
    assert hashes(tmp_path) == mine
    done = command("restore", str(backup), "--replace", "--data", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert hashes(tmp_path) != mine
    (kept,) = tmp_path.glob("site.sqlite3.before-*")
    kept.rename(tmp_path / "site.sqlite3")
    assert hashes(tmp_path) == mine


def test_running_site_is_not_restored_under(backup, tmp_path):
    with serving.site(tmp_path):
        refused = command("restore", str(backup), "--replace", "--data", str(tmp_path))
    assert refused.returncode == 1
    assert "Stop it first" in refused.stderr


@pytest.mark.parametrize("harm", ["cut", "turned", "text", "missing", "newer", "escaping", "other database"])
def test_backup_that_is_none_is_refused_and_nothing_is_changed(backup, tmp_path, harm):
    data, bad = tmp_path / "data", tmp_path / "bad"
    assert command("restore", str(backup), "--data", str(data)).returncode == 0
    before, content = hashes(data), backup.read_bytes()
    if harm == "cut":
        bad.write_bytes(content[: len(content) // 2])
    elif harm == "turned":
        bad.write_bytes(content[:5000] + bytes(byte ^ 255 for byte in content[5000:5020]) + content[5020:])
    elif harm == "text":
        bad.write_text("no backup at all")
    elif harm != "missing":
        repacked(backup, bad, tmp_path / "unpacked", harm)
    refused = command("restore", str(bad), "--replace", "--data", str(data))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Backup {bad}: "), refused.stderr
    assert "Traceback" not in refused.stderr
    assert hashes(data) == before
    assert not (data / backups.MANIFEST).exists()  # where a member named ../manifest.json would have been written


def repacked(backup, bad, folder, harm: str) -> None:
    """The backup with another manifest, or with a member that would be written elsewhere."""
    with tarfile.open(backup) as tar:
        tar.extractall(folder, **OF_OUR_OWN)
    said = json.loads((folder / backups.MANIFEST).read_text())
    if harm == "newer":
        said["migrations"].append("stories.9999_of_tomorrow")
    elif harm == "other database":
        said["database"] = "postgresql"
    (folder / backups.MANIFEST).write_text(json.dumps(said))
    with tarfile.open(bad, "w:gz") as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, arcname=f"../{path.name}" if harm == "escaping" else path.name)


def test_backup_that_cannot_be_written_leaves_the_older_one(sample, backup, tmp_path):
    older = tmp_path / "news.backup"
    older.write_bytes(b"older")
    (tmp_path / "news.backup.part").mkdir()
    refused = command("backup", str(older), "--data", str(sample))
    assert refused.returncode == 1
    assert "Nothing was written" in refused.stderr
    assert older.read_bytes() == b"older"


def test_health_says_when_the_last_backup_was_made(sample, backup):
    with serving.site(sample) as get:
        told = json.loads(get("/health.json"))
    part = next(part for part in told["parts"] if part["name"] == "backup")
    assert part["figures"]["last"]


# --- PostgreSQL -------------------------------------------------------------
@contextmanager
def empty_databases(count: int):
    """Addresses of new databases on the tests' server, dropped afterwards."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    names = [f"backup_{uuid.uuid4().hex[:12]}" for _ in range(count)]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"create database {name}")
    try:
        yield [urlunsplit(parts._replace(path=f"/{name}")) for name in names]
    finally:
        with connection.cursor() as cursor:
            for name in names:
                cursor.execute(f"drop database {name} with (force)")


def pg_rows(url: str) -> dict[str, list[str]]:
    import psycopg

    with psycopg.connect(url) as database:
        names = database.execute("select tablename from pg_tables where schemaname = 'public' order by 1").fetchall()
        return {
            name: sorted(repr(row) for row in database.execute(f'select * from "{name}"').fetchall())
            for (name,) in names
        }


@pytest.mark.django_db(transaction=True)
def test_rows_on_postgresql_come_back_as_they_were(tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("of PostgreSQL alone")
    file = str(tmp_path / "b")
    with empty_databases(2) as (one, other):
        here, there = {"DATABASE_URL": one}, {"DATABASE_URL": other}
        data = ("--data", str(tmp_path / "data"))
        assert command("sample", *data, **here).returncode == 0
        made = command("backup", file, *data, **here)
        assert made.returncode == 0, made.stderr
        refused = command("restore", file, *data, **here)
        assert refused.returncode == 1
        assert "--replace" in refused.stderr
        done = command("restore", file, *data, **there)
        assert done.returncode == 0, done.stderr
        assert pg_rows(other) == pg_rows(one)
        assert command("sample", "--remove", *data, **here).returncode == 0
        assert command("restore", file, "--replace", *data, **here).returncode == 0
        assert pg_rows(one) == pg_rows(other)
