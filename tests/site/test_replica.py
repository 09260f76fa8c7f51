"""A replica of the database: what is read from it, and that pages stand while it is behind or away."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from newsroom import replica
from tests.site import running
from tests.site.replicated import Replica, replicated

PATIENCE_S = 60.0


class Process:
    """A process of the site, spoken to by lines."""

    def __init__(self, data: Path, url: str, replica_url: str) -> None:
        there = running.environment(
            BACKSTORY_DATA=str(data), DJANGO_SETTINGS_MODULE="newsroom.settings", DATABASE_URL=url,
            DATABASE_REPLICA_URL=replica_url,
        )  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.site.replica_asked"], cwd=running.ROOT, env=there, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def ask(self, line: str) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(line + "\n")
        said: dict[str, Any] = json.loads(self.process.stdout.readline())
        return said

    def wait(self, *, is_near: bool) -> str:
        """Until it takes the replica for near, or not; what it says is wrong."""
        until = time.monotonic() + PATIENCE_S
        while (told := self.ask("told"))["is_near"] is not is_near:
            assert time.monotonic() < until, told
            time.sleep(0.1)
        return str(told["problem"])


@contextmanager
def asked(data: Path, url: str, replica_url: str) -> Iterator[Process]:
    process = Process(data, url, replica_url)
    try:
        yield process
    finally:
        process.process.kill()
        process.process.wait()


@pytest.fixture(scope="module")
def servers(tmp_path_factory) -> Iterator[tuple[Path, str, Replica]]:
    data = tmp_path_factory.mktemp("replicated")
    with replicated() as (url, there):
        running.run("upgrade", "--data", str(data), DATABASE_URL=url)
        yield data, url, there


@pytest.fixture
def site(servers) -> Iterator[Process]:
    data, url, there = servers
    with asked(data, url, there.url) as process:
        process.ask("look 0.2")
        process.wait(is_near=True)
        yield process


def write(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as database:
        database.execute("CREATE TABLE IF NOT EXISTS written (at timestamptz)")
        database.execute("INSERT INTO written VALUES (now())")


@pytest.mark.parametrize("path", ["/", "/stories", "/search?q=harbour", "/api/v1/stories"])
def test_what_is_everybodys_is_read_from_the_replica_alone(site, path):
    said = site.ask(f"get {path}")
    assert said["status"] == 200
    assert said["replica"] > 0
    assert said["default"] == 0


@pytest.mark.parametrize(
    "line", ["get / sessionid=abcdef", "get /accounts/login/", "get /health", "get /api/v1/texts/abcdef"]
)
def test_what_is_one_readers_or_of_this_moment_is_not(site, line):
    assert site.ask(line)["replica"] == 0


def test_what_was_changed_here_a_moment_ago_is_read_where_it_was_written(site, servers):
    site.ask("changed")
    said = site.ask("get /")
    (servers[0] / "pages-changed").unlink()
    assert (said["status"], said["replica"]) == (200, 0)
    assert said["default"] > 0


def test_a_replica_that_is_behind_is_not_read_until_it_has_caught_up(site, servers):
    _, url, there = servers
    there.run("SELECT pg_wal_replay_pause()")
    try:
        write(url)
        assert site.wait(is_near=False) == replica.BEHIND
        said = site.ask("get /")
        assert (said["status"], said["replica"]) == (200, 0)
    finally:
        there.run("SELECT pg_wal_replay_resume()")
    site.wait(is_near=True)
    assert site.ask("get /")["replica"] > 0


def test_where_nobody_asked_for_long_a_replica_must_have_all_that_is_there_now(site, servers):
    _, url, there = servers
    there.run("SELECT pg_wal_replay_pause()")
    try:
        write(url)
        time.sleep(4 * 0.2)  # more looks than count would have been made
        assert site.ask("get /")["replica"] == 0
    finally:
        there.run("SELECT pg_wal_replay_resume()")
    site.wait(is_near=True)


def test_a_page_that_the_replica_breaks_off_is_made_from_the_database(site, servers):
    there = servers[2]
    site.ask("get /")
    site.ask("look 600")  # it is taken for near until a page finds that it is not
    there.stop()
    try:
        said = site.ask("get /")
        assert said["status"] == 200
        assert said["default"] > 0
        told = site.ask("told")
        assert not told["is_near"]
        assert "DATABASE_REPLICA_URL: " in told["problem"]
        assert "asked again in 1 s" in told["problem"]
    finally:
        there.start()
    site.ask("look 0.2")
    site.wait(is_near=True)
    assert site.ask("get /")["replica"] > 0


def test_a_server_that_takes_writes_is_no_replica(servers):
    data, url, _ = servers
    with asked(data, url, url) as site:
        site.ask("look 0.2")
        until = time.monotonic() + PATIENCE_S
        while (told := site.ask("told"))["problem"] != replica.NO_REPLICA:
            assert time.monotonic() < until, told
            time.sleep(0.1)
        assert site.ask("get /")["replica"] == 0


def test_a_replica_of_sqlite_is_refused_by_name(tmp_path):
    process = running.start("upgrade", "--data", str(tmp_path), DATABASE_REPLICA_URL="postgresql://10.0.0.6/backstory")
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode != 0
    assert "DATABASE_REPLICA_URL is set, DATABASE_URL is not" in errors.decode()
