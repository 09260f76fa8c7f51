"""A site that ./run serves, for tests that read its pages."""

from __future__ import annotations

import http.client
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.site import running

Get = Callable[[str], str]
START_S = 30


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def get(port: int, path: str = "/") -> str:
    """The page's text; "" while nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    except OSError:
        return ""
    finally:
        connection.close()


@contextmanager
def site(data: Path) -> Iterator[Get]:
    """A function from path to page, while the site runs."""
    port = free_port()
    process = running.start("--data", str(data), "--port", str(port))
    until = time.monotonic() + START_S
    try:
        while not get(port, "/healthz"):
            assert time.monotonic() < until, "the site did not start"
            time.sleep(0.1)
        yield lambda path: get(port, path)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
