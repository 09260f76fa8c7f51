"""Programs that the bench runs beside itself and talks with, a line of JSON each way.

The floor, our desk and a peer are each such a program, in a process (and, a
peer, with packages) of its own: `pass` makes it read all its feeds once, and it
says what that took of CPU, by part.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench import meter

ROOT = Path(__file__).resolve().parents[1]
Said = dict[str, Any]
LEAVE_S = 30


class Failed(RuntimeError):
    """The program ended in the midst; the message is what it last said."""


class Driver:
    """One such program; a context manager that ends it."""

    def __init__(self, *command: str, environment: Mapping[str, str] | None = None, log: Path) -> None:
        there = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
        self.log = log
        with log.open("ab") as said:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=there, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True
            )
        self.started: Said = self._heard()

    def ask(self, what: str, **more: Any) -> Said:
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"do": what, **more}) + "\n")
        self.process.stdin.flush()
        return self._heard()

    def _heard(self) -> Said:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            raise Failed(f"{self.process.args}: ended. {self.log.read_text(errors='replace')[-2000:]}")
        heard: Said = json.loads(line)
        return heard

    def __enter__(self) -> Driver:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        try:
            self.process.wait(LEAVE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def answer(doing: Mapping[str, Callable[..., Said]], **started: Any) -> None:
    """The other end: do what each line asks until there is no more. What else is printed goes to standard error."""
    out, sys.stdout = sys.stdout, sys.stderr
    print(json.dumps({"cpu_s": meter.cpu_s(os.getpid()), **started}), file=out, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(doing[asked.pop("do")](**asked)), file=out, flush=True)


class Parts:
    """CPU seconds of this process's tree by part; `took(name)` ends one."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = {}
        self._began, self._at = time.monotonic(), meter.cpu_s(os.getpid())

    def took(self, name: str) -> None:
        now = meter.cpu_s(os.getpid())
        self.cpu[name] = self.cpu.get(name, 0.0) + now - self._at
        self._at = now

    def said(self, **more: Any) -> Said:
        wall_s = time.monotonic() - self._began
        return {"parts": self.cpu, "cpu_s": sum(self.cpu.values()), "wall_s": wall_s, **more}
