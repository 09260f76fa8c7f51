"""./run as a person meets it: starts, shows stories, stops, says what is wrong."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

from tests.site import running
from tests.site.serving import free_port, get

pytestmark = pytest.mark.slow

WAIT_S = 60  # that it comes at all: how fast it comes is measured on a machine that does nothing else


def wait_for(wanted, seconds: float) -> float:
    began = time.monotonic()
    while not wanted():
        assert time.monotonic() - began < seconds, "waited too long"
        time.sleep(0.1)
    return time.monotonic() - began


def test_first_start_shows_stories_and_ctrl_c_stops_it(tmp_path):
    port = free_port()
    process = running.start("--data", str(tmp_path), "--port", str(port))
    try:
        wait_for(lambda: len(set(re.findall(r'href="(/story/\d+)"', get(port)))) >= 8, WAIT_S)
        assert "sample edition" in get(port)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert time.monotonic() - began < 10
    finally:
        process.kill()
    assert process.returncode == 0
    assert re.search(rf"http://127\.0\.0\.1:{port}/setup/\S+", said.decode())
    again = running.start("--data", str(tmp_path), "--port", str(port))
    try:
        wait_for(lambda: "/story/" in get(port), WAIT_S)
    finally:
        again.send_signal(signal.SIGINT)
        again.communicate(timeout=60)


def test_a_killed_site_serves_again_at_once(tmp_path):
    port = free_port()
    running.run("sample", "--data", str(tmp_path))
    process = running.start("--data", str(tmp_path), "--port", str(port))
    first_s = wait_for(lambda: "/story/" in get(port), WAIT_S)
    process.kill()  # the supervisor alone: its children must leave by themselves
    process.wait()
    again = running.start("--data", str(tmp_path), "--port", str(port), SITE_NAME="The Second Post")
    try:
        again_s = wait_for(lambda: "The Second Post" in get(port), WAIT_S)
        assert again_s < 3 * max(first_s, 3)  # of this machine as it is now: what was killed is not waited for
    finally:
        again.send_signal(signal.SIGINT)
        _, said = again.communicate(timeout=60)
    assert b"in use" not in said


@pytest.mark.skipif(shutil.which("ps") is None, reason="no ps here to look at processes with")
def test_children_of_a_killed_site_end_even_while_they_start(tmp_path):
    port = free_port()
    process = running.start("--data", str(tmp_path), "--port", str(port))
    wait_for(lambda: children_of(process.pid), WAIT_S)
    begun = children_of(process.pid)
    process.kill()
    process.wait()
    wait_for(lambda: not any(is_alive(child) for child in begun), WAIT_S)


def children_of(pid: int) -> list[int]:
    said = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False).stdout
    return [int(child) for child in said.split()]


def is_alive(pid: int) -> bool:
    said = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(said.strip()) and not said.strip().startswith("Z")


def test_a_busy_port_is_named_with_a_way_out(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        process = running.start("--data", str(tmp_path), "--port", str(port))
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"Port {port}" in said.decode()
    assert "--port" in said.decode()


def test_explain_prints_what_is_behind_a_text(tmp_path, sample_dir):
    said = running.run("explain", str(sample_dir / "explainer.txt"), "--data", str(tmp_path))
    for piece in ("Why now?", "Timeline", "/text/"):
        assert piece in said


def test_commands_that_cannot_help_say_so(tmp_path):
    for arguments, says in (
        (("nothing",), "no command"),
        (("add", "nowhere.opml", "--data", str(tmp_path)), "nowhere.opml"),
        (("explain", "nowhere.txt", "--data", str(tmp_path)), "nowhere.txt"),
    ):
        process = running.start(*arguments)
        _, errors = process.communicate(timeout=60)
        assert process.returncode in (1, 2)
        assert says in errors.decode()
        assert "Traceback" not in errors.decode()
