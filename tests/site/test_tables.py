"""Tables that are not this version's: nobody serves or reads on them, and nothing is changed without a copy."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from django.db import DatabaseError

from newsroom import tables
from tests.site import old_sites, running

OLDER = "v0.5.0"


@pytest.fixture
def old(tmp_path):
    """A data folder as an earlier version left it."""
    old_sites.lay_out(OLDER, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def newer(old):
    """One that a version of tomorrow used."""
    with closing(sqlite3.connect(old / "site.sqlite3")) as database:
        database.execute(
            "insert into django_migrations (app, name, applied) values ('stories', '9999_of_tomorrow', '2027-01-01')"
        )
        database.commit()
    return old


def refused(data, *arguments: str, **environment: str) -> str:
    """What a command or a piece of code says that does not start; the rows stay as they are."""
    before = old_sites.rows(data)
    done = subprocess.run(
        [sys.executable, *arguments], cwd=running.ROOT, env=running.environment(BACKSTORY_DATA=str(data), **environment),
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode not in (0, None)
    assert old_sites.rows(data) == before
    return done.stderr


@pytest.mark.slow
def test_a_server_of_its_own_refuses_older_tables_and_says_the_way_out(old):
    said = refused(old, "-c", "import newsroom.wsgi")
    assert "alerts.0001_alerts" in said
    assert "./run upgrade" in said
    assert "alerts.0001_alerts" in refused(old, "-m", "newsroom.desk.worker", BACKSTORY_SUPERVISOR=str(os.getpid()))


@pytest.mark.slow
def test_tables_of_a_newer_version_are_refused_by_name(newer, tmp_path):
    for arguments in (
        ("-m", "newsroom", "cases"),
        ("-m", "newsroom", "upgrade"),
        ("-m", "newsroom", "backup", str(tmp_path / "b")),
        ("-c", "import newsroom.wsgi"),
    ):
        said = refused(newer, *arguments)
        assert "stories.9999_of_tomorrow" in said
        assert "newer version" in said
    assert not (tmp_path / "b").exists()


@pytest.mark.slow
def test_a_site_that_is_open_elsewhere_is_not_changed_unasked(old, tmp_path):
    with closing(sqlite3.connect(old / "site.sqlite3")) as database:
        database.execute("pragma journal_mode=wal")
        database.execute("select count(*) from articles_article").fetchone()  # as a site of 0.6 has it open
        assert "Stop it" in refused(old, "-m", "newsroom", "cases")
    running.run("upgrade", "--backup", str(tmp_path / "kept"), "--data", str(old))
    assert (tmp_path / "kept").exists()
    assert not list(old.glob("site.sqlite3.before-*"))
    assert running.rows(old, "pragma journal_mode") == [("wal",)]


@pytest.mark.slow
def test_commands_that_begin_on_a_new_folder_at_once_all_go_on(tmp_path):
    begun = [running.start("cases", "--data", str(tmp_path)) for _ in range(3)]
    said = [process.communicate(timeout=200) for process in begun]
    assert [process.returncode for process in begun] == [0, 0, 0], said


def test_without_room_for_a_copy_nothing_is_changed(tmp_path, monkeypatch):
    (tmp_path / "site.sqlite3").write_bytes(b"x" * 4096)
    full = os.statvfs_result((4096, 4096, 10, 1, 1, 10, 1, 1, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda path: full)
    with pytest.raises(tables.NotCurrent, match="Make room") as told:
        tables._require_room(tmp_path / "site.sqlite3")
    assert "--backup FILE" in str(told.value)


def test_a_migration_that_fails_is_named_with_where_the_copy_is(monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise DatabaseError("disk I/O error")

    monkeypatch.setattr(tables, "state", lambda: tables.State(("stories.0042_of_today",), (), False))
    monkeypatch.setattr(tables, "call_command", fail)
    with pytest.raises(tables.NotCurrent, match=r"stories\.0042_of_today: disk I/O error") as told:
        tables.apply_missing(lambda: "the copy")
    assert "the copy" in str(told.value)


def test_a_message_names_the_sites_own_migrations_first():
    names = ("account.0001_initial", *(f"auth.000{n}_x" for n in range(9)), "stories.0099_of_today")
    assert tables._named(names).startswith("migrations stories.0099_of_today, account.0001_initial")
    assert tables._named(names).endswith("and 6 more")
