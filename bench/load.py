"""`python -m bench.load PLAN`: asks servers for pages, and says how long each answer took.

As many connections as are asked for, kept open, each asking again as soon as it
has been answered; or at a fixed rate, where an answer's time counts from the
moment its request was due, so that a server that stalls is not asked less.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import meter, site
from bench.row import median, percentile

ROOT = Path(__file__).resolve().parents[1]
ANSWER_S = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for, how. rate: requests a second; 0: as fast as the connections are answered."""

    port: int
    paths: tuple[str, ...]
    seconds: float
    connections: int = 16
    rate: float = 0.0
    cookie: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of it. cpu_ms: of the server's processes, a request; errors: answers that were no 200, or none."""

    requests: int
    errors: int
    seconds: float
    p50_ms: float
    p99_ms: float
    bytes: int
    cpu_ms: float = 0.0

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def run(plan: Plan, server: int) -> Loaded:
    """The plan carried out by a process of its own; server: the process whose tree's CPU is counted."""
    before = meter.cpu_s(server)
    done = subprocess.run(
        [sys.executable, "-m", "bench.load", json.dumps(asdict(plan))], cwd=ROOT, capture_output=True, text=True,
        check=False, timeout=plan.seconds + 10 * ANSWER_S,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{plan}: {done.stderr[-1000:]}")
    said: dict[str, Any] = json.loads(done.stdout)
    cpu_ms = 1000 * (meter.cpu_s(server) - before) / max(1, said["requests"])
    return Loaded(**said, cpu_ms=cpu_ms)


def median_of(many: Sequence[Loaded], name: str) -> float:
    return median([getattr(one, name) for one in many])


class _Asking:
    """What all connections share: the plan, when the next request is due, and what was answered."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.took_ms: list[float] = []
        self.errors = self.bytes = 0
        self.began = time.perf_counter()
        self.ends = self.began + plan.seconds
        self._number = 0
        heads = f"Host: 127.0.0.1:{plan.port}\r\nAccept-Encoding: gzip\r\nAccept-Language: en\r\n"
        heads += f"X-Forwarded-For: {site.STRANGER}\r\n"
        heads += f"Cookie: {plan.cookie}\r\n" if plan.cookie else ""
        self.requests = deque(f"GET {path} HTTP/1.1\r\n{heads}\r\n".encode() for path in plan.paths)

    async def next(self) -> tuple[float, bytes] | None:
        """When a request is due, and it; None where the time is over."""
        due = self.began + self._number / self.plan.rate if self.plan.rate else time.perf_counter()
        if due >= self.ends:
            return None
        self._number += 1
        request = self.requests[0]
        self.requests.rotate(-1)
        if (wait_s := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait_s)
        return due, request

    async def ask_on(self) -> None:
        """One connection, opened anew where it was closed."""
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        while found := await self.next():
            due, request = found
            try:
                streams = streams or await asyncio.open_connection("127.0.0.1", self.plan.port)
                streams[1].write(request)
                status, size, stays = await asyncio.wait_for(_answer(streams[0]), ANSWER_S)
                self.errors += status != 200
                self.bytes += size
            except (OSError, EOFError, ValueError, TimeoutError):
                self.errors, stays = self.errors + 1, False
            self.took_ms.append(1000 * (time.perf_counter() - due))
            if not stays and streams:
                streams[1].close()
                streams = None
        if streams:
            streams[1].close()


async def _answer(stream: asyncio.StreamReader) -> tuple[int, int, bool]:
    """Status, bytes of the body, and whether the connection stays open."""
    head = (await stream.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    size = 0
    if "content-length" in headers:
        size = int(headers["content-length"])
        await stream.readexactly(size)
    elif headers.get("transfer-encoding") == "chunked":
        while count := int((await stream.readline()).split(b";")[0], 16):
            await stream.readexactly(count + 2)
            size += count
        await stream.readline()
    else:
        size = len(await stream.read())
    return int(head[0].split(" ")[1]), size, "content-length" in headers and headers.get("connection") != "close"


async def _carry_out(plan: Plan) -> Loaded:
    asking = _Asking(plan)
    await asyncio.gather(*(asking.ask_on() for _ in range(plan.connections)))
    took, seconds = asking.took_ms, time.perf_counter() - asking.began
    return Loaded(len(took), asking.errors, seconds, percentile(took, 0.5), percentile(took, 0.99), asking.bytes)


def main() -> None:
    told = json.loads(sys.argv[1])
    loaded = asyncio.run(_carry_out(Plan(**{**told, "paths": tuple(told["paths"])})))
    said = asdict(loaded)
    said.pop("cpu_ms")
    with suppress(BrokenPipeError):
        print(json.dumps(said))


if __name__ == "__main__":
    main()
