"""The child process in which hostile bytes are parsed: it is watched, and it may die."""

from __future__ import annotations

import os
import resource
import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

MOST_S = 10.0
MOST_OVER_IDLE_BYTES = 256 * 2**20
WATCHED = (
    "open", "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto",
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.remove", "os.rename",
    "os.mkdir", "os.listdir", "os.scandir", "urllib.Request", "ftplib.connect", "webbrowser.open", "pty.spawn",
)  # fmt: skip
# Modules and the models beside them, which are read when first used.
OWN = (sys.prefix, sys.base_prefix, str(Path(__file__).resolve().parents[2]), "/usr/share/zoneinfo")


@dataclass(frozen=True, slots=True)
class Report:
    """How one parser took one input. outcome: read, refused: …, or raised …."""

    outcome: str
    seconds: float
    over_idle_mb: float
    opened: tuple[str, ...]

    @property
    def fault(self) -> str:
        """What is wrong with it, or ""."""
        if not self.outcome.startswith(("read", "refused: ")):
            return self.outcome
        if self.opened:
            return f"opened {self.opened[:3]}"
        if self.seconds > MOST_S:
            return f"took {self.seconds:.1f} s, limit {MOST_S:.0f} s"
        if self.over_idle_mb * 2**20 > MOST_OVER_IDLE_BYTES:
            return f"took {self.over_idle_mb:.0f} MB over idle, limit {MOST_OVER_IDLE_BYTES // 2**20} MB"
        return ""


class _Watch:
    """What is opened while it is armed."""

    def __init__(self) -> None:
        self.is_armed = False
        self.allowed = ""
        self.seen: list[str] = []
        sys.addaudithook(self)

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        if not self.is_armed or event not in WATCHED:
            return
        told = str(args[0]) if event in ("open", "os.listdir", "os.scandir") else f"{args}"
        if event in ("open", "os.listdir", "os.scandir") and told.startswith(OWN):
            return
        if event == "os.listdir" and args[0] in sys.path:
            return  # where a module is looked for that is brought in when first used
        if self.allowed and self.allowed in told + str(args):
            return
        self.seen.append(f"{event} {told[:200]}")


class _Memory:
    """The most that was resident since `begin`, read without opening a file."""

    def __init__(self) -> None:
        self.status = os.open("/proc/self/status", os.O_RDONLY)
        self.clear = os.open("/proc/self/clear_refs", os.O_WRONLY)
        self.idle_bytes = self.read("VmRSS")

    def begin(self) -> None:
        os.write(self.clear, b"5")

    def read(self, name: str) -> int:
        for line in os.pread(self.status, 8192, 0).decode().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
        return 0


def main(connection: Connection, idle_with: list[tuple[str, bytes]]) -> None:
    """Take (parser, bytes) until the other end closes; answer each with a Report.

    idle_with: harmless inputs, read first so that every module and model is there.
    """
    from tests.hostile.parsers import FOLDER, PARSERS

    # These are given a file, or an address of loopback, and may open what they are given.
    allowed = {"archive": str(FOLDER), "lines": str(FOLDER), "fields": str(FOLDER), "fetched": "127.0.0.1"}
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.dont_write_bytecode = True
    watch = _Watch()
    for parser, body in idle_with:
        PARSERS[parser](body)
    memory = _Memory()
    limit = memory.read("VmData") + 2 * MOST_OVER_IDLE_BYTES
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    connection.send("ready")
    while True:
        try:
            parser, body = connection.recv()
        except EOFError:
            return
        memory.begin()
        watch.seen, watch.allowed, watch.is_armed = [], allowed.get(parser, ""), True
        began = time.process_time()
        resource.setrlimit(resource.RLIMIT_CPU, (int(began) + 2 * int(MOST_S), resource.RLIM_INFINITY))
        try:
            outcome = PARSERS[parser](body)
        except BaseException as error:
            place = error.__traceback__
            while place is not None and place.tb_next is not None:
                place = place.tb_next
            where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else ""
            outcome = f"raised {type(error).__name__}: {str(error)[:200]} at {where}"
        watch.is_armed = False
        seconds = time.process_time() - began
        over = max(0, memory.read("VmHWM") - memory.idle_bytes) / 2**20
        connection.send(Report(outcome, seconds, over, tuple(watch.seen)))
