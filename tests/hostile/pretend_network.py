"""A clock that stands until it is moved, and a network that is one function: the only stand-ins of the manners harness.

The bytes are real: httpcore writes requests and reads answers, as on the web.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import httpcore2

from newstext import fetch
from tests.hostile.simulated_origin import Origin, Reply, Silent, Unreachable

ADDRESS = "93.184.215.14"  # a public one; nothing connects to it


class Clock:
    """Seconds since 1970; sleeping moves it on."""

    def __init__(self, at: float) -> None:
        self.at = at

    def seconds(self) -> float:
        return self.at

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    def sleep(self, seconds: float) -> None:
        self.at += seconds


class AtOnce:
    """A pool whose work is done when it is given."""

    def submit(self, do: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(do(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future

    def shutdown(self, **_: Any) -> None:
        pass


class _Stream(httpcore2.NetworkStream):
    def __init__(self, origin: Origin, clock: Clock, port: int) -> None:
        self.origin, self.clock, self.port = origin, clock, port
        self.came, self.going = b"", b""

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.came += buffer
        if b"\r\n\r\n" not in self.came:
            return
        head, self.came = self.came, b""
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        url = f"http://{headers['host']}{first.split()[1]}"
        try:
            self.going = _bytes_of(self.origin.ask(url, headers, self.clock.at))
        except Silent as silence:
            raise httpcore2.ReadTimeout("silent") from silence
        except Unreachable as refused:
            raise httpcore2.ConnectError("refused") from refused

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        part, self.going = self.going[:max_bytes], self.going[max_bytes:]
        return part

    def close(self) -> None:
        pass

    def get_extra_info(self, info: str) -> Any:
        return (ADDRESS, self.port) if info == "server_addr" else None


class _Backend(httpcore2.NetworkBackend):
    def __init__(self, origin: Origin, clock: Clock) -> None:
        self.origin, self.clock = origin, clock

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore2.NetworkStream:
        return _Stream(self.origin, self.clock, port)

    def sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)


def _bytes_of(reply: Reply) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} So", *(f"{name}: {value}" for name, value in reply.headers)]
    lines += [] if reply.status == 304 else [f"Content-Length: {len(reply.body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + reply.body


@contextmanager
def in_place_of_the_network(origin: Origin, clock: Clock) -> Iterator[None]:
    """Let newstext.fetch reach this origin and nothing else, by this clock."""
    real = httpcore2.SyncBackend, fetch.time

    class Refusing(_Backend):
        def __init__(self) -> None:
            super().__init__(origin, clock)

    httpcore2.SyncBackend = Refusing
    fetch.time = SimpleNamespace(monotonic=time.monotonic, time=clock.seconds, sleep=clock.sleep)
    try:
        yield
    finally:
        httpcore2.SyncBackend, fetch.time = real


def resolver(_host: str) -> list[str]:
    """Every name is the pretended address's."""
    return [ADDRESS]


__all__ = ["AtOnce", "Clock", "Unreachable", "in_place_of_the_network", "resolver"]
