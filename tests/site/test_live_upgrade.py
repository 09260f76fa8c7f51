"""PostgreSQL is upgraded while others read and write: they wait seconds at the most, whatever the upgrade waits for."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsroom.migrating import LOCK_WAIT_S
from tests.hostile import databases
from tests.site import running

pytestmark = pytest.mark.slow
ARTICLES = 300
BUSY_S = 3.0  # more than the wait itself, on a machine with other work
FILL = f"""
from newsroom.commands import site
site.set_up(None)
from newsroom import tables
tables.bring_up_to_date(by_itself=False, keep=lambda: "")
from tests.hostile import many_articles
many_articles.main({ARTICLES}, 1)
"""
UPGRADE = """
import sys
from newsroom.commands import site
site.set_up(None)
from django.conf import settings
settings.MIGRATION_MODULES = {"articles": "tomorrow"}
from newsroom import migrating, tables
%s
try:
    tables.bring_up_to_date(by_itself=False, keep=lambda: "")
except tables.NotCurrent as error:
    raise SystemExit(str(error))
"""
TOMORROW = """
from django.db import migrations, models
from newsroom.live_steps import AddConstraintLive, AddIndexLive, ChangeRowsLive

def change(apps, rows):
    rows.filter(refused_times=0).update(refused_times=3)

class Migration(migrations.Migration):
    atomic = {is_atomic}
    dependencies = [("articles", "0012_thinning")]
    operations = [{operations}]
"""
PLAIN = 'migrations.AddField("article", "note", models.TextField(null=True))'
LIVE = """
    AddIndexLive("article", models.Index(fields=("title", "seen_at"), name="by_title")),
    AddIndexLive("article", models.Index("language", name="few_by_language", condition=models.Q(refused=""))),
    AddConstraintLive("article", models.CheckConstraint(condition=models.Q(pk__gt=0), name="is_positive")),
    AddConstraintLive("article", models.UniqueConstraint(fields=("url_key", "seen_at"), name="key_once")),
    AddConstraintLive("article", models.UniqueConstraint("title", condition=models.Q(pk__lt=0), name="few_once")),
    ChangeRowsLive("article", change, rows_at_once=70),
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with databases.postgres() as server:
        yield server


@pytest.fixture(scope="module")
def filled(server, tmp_path_factory) -> str:
    """The name of a database as this version has it, with articles."""
    url = databases.new_database(server, "filled")
    running.run_python(FILL, tmp_path_factory.mktemp("filled"), DATABASE_URL=url)
    return "filled"


@pytest.fixture
def url(server, filled, request) -> Iterator[str]:
    name = f"of_{abs(hash(request.node.name))}"
    yield databases.new_database(server, name, like=filled)
    databases.drop_database(server, name)


@contextmanager
def upgrading(url: str, folder: Path, operations: str, *, before: str = "") -> Iterator[subprocess.Popen[str]]:
    """An upgrade to tomorrow's version, begun; ended by the time this is left."""
    package = folder / "tomorrow"
    package.mkdir(exist_ok=True)
    for file in (running.ROOT / "newsroom" / "articles" / "migrations").glob("*.py"):
        (package / file.name).write_text(file.read_text())
    is_atomic = "Live(" not in operations
    (package / "0013_tomorrow.py").write_text(TOMORROW.format(is_atomic=is_atomic, operations=operations))
    there = running.environment(BACKSTORY_DATA=str(folder / "data"), DATABASE_URL=url, PYTHONPATH=str(folder))
    process = subprocess.Popen(
        [sys.executable, "-c", UPGRADE % before], cwd=running.ROOT, env=there, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def connect(url: str, *, autocommit: bool = True):
    import psycopg

    return psycopg.connect(url, autocommit=autocommit)


def said(process: subprocess.Popen[str]) -> str:
    """What an upgrade that went well said."""
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, out + errors
    return errors


def until(url: str, query: str, *, within_s: float = 90) -> None:
    """Wait until a query finds something."""
    ends = time.monotonic() + within_s
    with connect(url) as here:
        while not here.execute(query).fetchone():
            assert time.monotonic() < ends, f"never: {query}"
            time.sleep(0.05)


WAITS = "SELECT 1 FROM pg_locks WHERE relation = 'articles_article'::regclass AND NOT granted"
UNFINISHED = "SELECT 1 FROM pg_index WHERE NOT indisvalid AND indrelid = 'articles_article'::regclass"
WAITS_FOR_WRITERS = (
    "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'"
)


def longest_wait_s(url: str, seconds: float) -> float:
    """How long one of many readers and writers had to wait for the articles, meanwhile."""
    longest, ends = 0.0, time.monotonic() + seconds
    with connect(url) as here:
        while time.monotonic() < ends:
            began = time.monotonic()
            here.execute("SELECT title FROM articles_article ORDER BY id DESC LIMIT 1").fetchone()
            here.execute("UPDATE articles_article SET title = title WHERE id = (SELECT max(id) FROM articles_article)")
            longest = max(longest, time.monotonic() - began)
            time.sleep(0.02)
    return longest


@pytest.mark.parametrize("is_patient", [True, False])
def test_nobody_waits_long_behind_an_upgrade_that_waits(url, tmp_path, is_patient):
    """With the limit off, who reads waits until the long reader has ended: that is what it is for."""
    before = "" if is_patient else "migrating.LOCK_WAIT_S = 0"
    with connect(url, autocommit=False) as reader, upgrading(url, tmp_path, PLAIN, before=before) as process:
        reader.execute("SELECT count(*) FROM articles_article")
        until(url, WAITS)
        if is_patient:
            assert longest_wait_s(url, 8) < LOCK_WAIT_S + BUSY_S
            reader.rollback()
            assert "Tables are in use" in said(process)
        else:
            import psycopg

            with connect(url) as other, pytest.raises(psycopg.errors.QueryCanceled):
                other.execute(f"SET statement_timeout = {int((LOCK_WAIT_S + BUSY_S) * 1000)}")
                other.execute("SELECT 1 FROM articles_article LIMIT 1")
            reader.rollback()
            said(process)
    with connect(url) as here:
        assert here.execute("SELECT count(note) FROM articles_article").fetchone() == (0,)


def test_indexes_constraints_and_rows_are_made_while_others_write(url, tmp_path):
    with connect(url, autocommit=False) as writer, upgrading(url, tmp_path, LIVE) as process:
        writer.execute("UPDATE articles_article SET title = title WHERE id = 1")
        until(url, WAITS_FOR_WRITERS)
        assert longest_wait_s(url, 4) < BUSY_S
        writer.commit()
        said(process)
    with connect(url) as here:
        made = "by_title few_by_language is_positive key_once few_once".split()
        whole = here.execute(
            "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indisvalid UNION"
            " SELECT conname FROM pg_constraint WHERE convalidated"
        ).fetchall()
        assert set(made) <= {name for (name,) in whole}
        assert here.execute("SELECT count(*) FROM articles_article WHERE refused_times = 3").fetchone() == (ARTICLES,)


def test_an_index_that_was_broken_off_is_made_anew(url, tmp_path):
    with connect(url, autocommit=False) as writer, upgrading(url, tmp_path, LIVE) as process:
        writer.execute("UPDATE articles_article SET title = title WHERE id = 1")
        until(url, WAITS_FOR_WRITERS)
        with connect(url) as here:
            here.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%'"
            )
        process.communicate(timeout=60)
        assert process.returncode
    until(url, UNFINISHED)
    with upgrading(url, tmp_path, LIVE) as process:
        said(process)
    with connect(url) as here:
        assert here.execute(UNFINISHED).fetchone() is None


def test_two_upgrades_at_once_do_not_wait_for_each_other(url, tmp_path):
    """With a lock that is waited for they may: the index waits for the statement that waits for the lock."""
    with (
        connect(url, autocommit=False) as writer,
        upgrading(url, tmp_path, LIVE) as first,
        upgrading(url, tmp_path, LIVE) as second,
    ):
        writer.execute("UPDATE articles_article SET title = title WHERE id = 1")
        until(url, WAITS_FOR_WRITERS)
        time.sleep(2)  # the other asks for the lock by now, or will
        writer.commit()
        said(first)
        said(second)


def test_an_upgrade_that_waits_too_long_says_who_is_in_its_way_and_can_begin_again(url, tmp_path):
    with connect(url, autocommit=False) as reader:
        reader.execute("SELECT count(*) FROM articles_article")
        with upgrading(url, tmp_path, PLAIN, before="migrating.PATIENCE_S = 4") as process:
            _, errors = process.communicate(timeout=120)
            assert process.returncode
        assert "articles.0013_tomorrow" in errors
        assert f"process {reader.info.backend_pid} of PostgreSQL" in errors
        assert "start again" in errors
    with upgrading(url, tmp_path, PLAIN) as process:
        said(process)
