"""Backups under writing: a small site put back is as it was at one moment, and a torn backup is found out."""

from __future__ import annotations

import shutil

import pytest

from tests.hostile import backups, databases, journal
from tests.hostile.figures import Run

pytestmark = pytest.mark.slow

SMALL = 60
# A backup whose tables are of two moments: what `backups.make` would be without one transaction for all.
TORN = """
import sqlite3, sys, time
from contextlib import closing
from newsroom import backups
from newsroom.commands import backup

def torn(folder):
    from django.conf import settings
    copy = folder / backups.DATABASE
    with closing(sqlite3.connect(settings.DATABASES["default"]["NAME"], timeout=60)) as here:
        with closing(sqlite3.connect(copy)) as there:
            here.backup(there)
            first = there.execute("SELECT count(*) FROM readers_token").fetchone()[0]
            while here.execute("SELECT count(*) FROM readers_token").fetchone()[0] == first:
                time.sleep(0.05)
            columns = "purpose, digest, created_at, expires_at, id"
            have = {row[0] for row in there.execute("SELECT id FROM readers_token")}
            for row in here.execute(f"SELECT {columns} FROM readers_token"):
                if row[-1] not in have:
                    there.execute(f"INSERT INTO readers_token ({columns}) VALUES (?, ?, ?, ?, ?)", row)
            there.execute("DELETE FROM row_changes WHERE name = 'readers_token' AND number > 5")
            there.commit()
            there.execute("PRAGMA journal_mode=DELETE")
    return [copy]

backups._rows_into = torn
sys.exit(backup.main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    site = backups.Site(tmp_path_factory.mktemp("filled"))
    backups.fill(site, SMALL, 7)
    return site.data


@pytest.fixture
def small(filled, tmp_path):
    """A small site of the test's own."""
    shutil.copytree(filled, tmp_path / "site")
    return backups.Site(tmp_path / "site")


def test_a_backup_made_while_the_site_reads_is_of_one_moment(small, tmp_path):
    told = backups.back_up_and_restore(small, backups.Site(tmp_path / "there"))
    assert told.is_whole, told
    assert told.written > 0
    assert told.rows > SMALL * 3


def test_the_harness_finds_a_torn_backup(small, tmp_path):
    told = backups.back_up_and_restore(small, backups.Site(tmp_path / "there"), command=("-c", TORN))
    assert not told.is_whole
    assert any("readers_token" in one for one in told.differing)


def test_rows_of_a_moment_are_those_before_with_each_change_up_to_it():
    before = {"a": {"1": "x", "2": "y"}}
    changes = [(1, "a", "1", "new"), (2, "a", "2", None), (3, "b", "9", "later")]
    assert journal.rows_at(before, iter(changes), 0) == before
    then = journal.rows_at(before, iter(changes), 2)
    assert set(journal.differing(before, then)) == {"a 1", "a 2"}
    assert "b" in journal.rows_at(before, iter(changes), 3)


@pytest.mark.long
def test_a_tenth_of_the_figures(newstext_data, tmp_path):
    try:
        found = backups.measure(Run(0.1, 7, newstext_data / "hostile", tmp_path))
    except databases.unittest.SkipTest as missing:
        pytest.skip(str(missing))
    assert all(one.is_reached for one in found), found
