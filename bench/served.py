"""The made-up world, served beside what reads it."""

from __future__ import annotations

import http.client
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.driver import Driver
from bench.world import World
from bench.world_server import host_of

CONTROL_S = 600


@dataclass(frozen=True, slots=True)
class Served:
    """A world that is served at a port. allow: FETCH_ALLOW_PRIVATE for it."""

    world: World
    port: int

    @property
    def urls(self) -> list[str]:
        return [f"http://{host_of(feed)}:{self.port}/f/{feed}.xml" for feed in range(self.world.feeds)]

    @property
    def allow(self) -> str:
        return ",".join(dict.fromkeys(f"{host_of(feed)}:{self.port}" for feed in range(self.world.feeds)))

    def control(self, what: str) -> dict[str, int]:
        """advance, correct, clear or stats; the counts of what was asked."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=CONTROL_S)
        try:
            connection.request("GET", f"/-/{what}")
            said: dict[str, int] = json.loads(connection.getresponse().read())
            return said
        finally:
            connection.close()


@contextmanager
def served(*, feeds: int, items: int, seed: int, log: Path, has_teasers: bool = False) -> Iterator[Served]:
    """A world of so many feeds, while it is open."""
    now = time.time()
    told = {"feeds": feeds, "items": items, "seed": seed, "now": now}
    arguments = [*(f"--{name}={value}" for name, value in told.items()), *(["--teasers"] if has_teasers else [])]
    with Driver(sys.executable, "-m", "bench.world_server", *arguments, log=log) as driver:
        yield Served(World(seed, feeds, items, now, has_teasers=has_teasers), driver.started["port"])
