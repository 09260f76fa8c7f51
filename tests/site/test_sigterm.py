"""SIGTERM: what was accepted is answered, what was claimed is done or handed back, and the exit code is 0."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from newsroom.desk import draining
from tests.site import loopback, pressing, running, serving

pytestmark = pytest.mark.slow

PATHS = ("/healthz", "/stories", "/")
STARTS_S = 120
LEAVES_S = 30  # ten are promised; a machine that is busy is slower, and a host that hangs holds for far longer


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A data folder with tables: an empty site."""
    data = tmp_path_factory.mktemp("site")
    running.run("cases", "--data", str(data))
    return data


def pressed(process: subprocess.Popen[bytes], port: int) -> pressing.Readers:
    """Readers at whom SIGTERM came in the midst, and who found the door closed."""
    readers = pressing.Readers(port, PATHS)
    try:
        until = time.monotonic() + STARTS_S
        while not serving.get(port, "/healthz"):
            assert time.monotonic() < until, "the site did not start"
            time.sleep(0.1)
        readers.start()
        assert readers.began.wait(STARTS_S)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=LEAVES_S)
    finally:
        readers.end()
        process.kill()
    assert readers.said["answered"] > 0
    assert readers.said["refused"] > 0
    return readers


def test_every_request_that_was_accepted_is_answered(site):
    port = serving.free_port()
    process = running.start("--data", str(site), "--port", str(port))
    readers = pressed(process, port)
    assert process.returncode == 0
    assert readers.failed == 0, readers.said


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has the filter")
def test_nobody_is_let_in_between_the_last_look_and_the_closing():
    with socket.create_server(("127.0.0.1", 0)) as door:
        address = door.getsockname()
        with socket.create_connection(address, timeout=5):
            assert door.accept()
        draining.let_nobody_in(door)
        with pytest.raises(TimeoutError):
            socket.create_connection(address, timeout=0.3)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=5)


def test_a_server_that_keeps_its_door_open_while_it_leaves_is_found_out(site):
    """gunicorn's own worker: the readers see what ours is there for."""
    port = serving.free_port()
    command = "-m gunicorn -k gthread --threads 8 --graceful-timeout 5 --log-level error newsroom.wsgi:application -b"
    process = subprocess.Popen(
        [sys.executable, *command.split(), f"127.0.0.1:{port}"],
        cwd=running.ROOT, env=running.environment(BACKSTORY_DATA=str(site)), stderr=subprocess.PIPE,
    )  # fmt: skip
    assert pressed(process, port).failed > 0


@contextmanager
def paper_whose_pages_hang(data) -> Iterator[str]:
    """A followed feed of a dozen articles, on a host that takes every connection and never answers; both hosts."""
    with loopback.serve() as site, socket.create_server(("127.0.0.1", 0), backlog=200) as hanging:
        silent = f"127.0.0.1:{hanging.getsockname()[1]}"
        items = [
            {"path": f"/{number}", "title": f"Ferry {number} waits", "at": "Thu, 26 Nov 2026 08:00:00 GMT"}
            for number in range(12)
        ]
        body = loopback.rss("The Quay", site.url("/"), items, lambda path: f"http://{silent}{path}")
        site.answers["/feed"] = loopback.Answer(body, "application/rss+xml")
        allow = f"{site.host},{silent}"
        running.run("add", site.url("/feed"), "--data", str(data), allow=allow)
        yield allow


def held(data) -> int:
    return running.rows(data, "select count(*) from articles_article where claimed_by != ''")[0][0]


def told_to_leave(process: subprocess.Popen[bytes], data) -> None:
    try:
        until = time.monotonic() + STARTS_S
        while not held(data):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until, "no article was claimed"
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=LEAVES_S)
    finally:
        process.kill()
    assert process.returncode == 0, said.decode()
    assert "Traceback" not in said.decode()
    assert held(data) == 0


def test_ingest_hands_back_what_a_host_holds_up_and_counts_no_try(tmp_path):
    with paper_whose_pages_hang(tmp_path) as allow:
        told_to_leave(running.start("ingest", "--once", "--data", str(tmp_path), allow=allow), tmp_path)
    rows = running.rows(tmp_path, "select read_at, read_tries, next_read_at is not null from articles_article")
    assert rows == [(None, 0, 1)] * 12


def test_the_worker_hands_back_what_a_host_holds_up_and_counts_no_try(tmp_path):
    with paper_whose_pages_hang(tmp_path) as allow:
        environment = running.environment(allow, BACKSTORY_DATA=str(tmp_path), BACKSTORY_SUPERVISOR=str(os.getpid()))
        process = subprocess.Popen(
            [sys.executable, "-m", "newsroom.desk.worker"], cwd=running.ROOT, env=environment, stderr=subprocess.PIPE
        )
        told_to_leave(process, tmp_path)
    rows = running.rows(tmp_path, "select read_at, read_tries from articles_article")
    assert rows == [(None, 0)] * 12
