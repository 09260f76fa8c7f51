"""Ends a process of the site by SIGKILL before or after its n-th statement, commit or socket call.

Put in from outside: by `tests.hostile.killed_site` into processes that it forks,
or by kill_hook/sitecustomize.py into those of a real `./run`. The site knows
nothing of it.
"""

from __future__ import annotations

import functools
import mmap
import os
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

SOCKET_CALLS = ("connect", "send", "sendall", "recv", "recv_into")
LABEL_BYTES = 120
SIZE = 8 + LABEL_BYTES


class Points:
    """How many points were passed, and the last one's name, in a file that outlives who passes them.

    at: the point at which the process is killed; 0 for none. whole: with it
    every process of its group, as when a machine goes down. Two points lie at
    each call: before it and after it.
    """

    def __init__(self, path: Path, *, at: int = 0, whole: bool = False) -> None:
        with open(path, "a+b") as file:
            file.truncate(SIZE)
            self._shared = mmap.mmap(file.fileno(), SIZE)
        self._lock = threading.Lock()
        self.at, self.whole = at, whole

    @property
    def passed(self) -> int:
        return int.from_bytes(self._shared[:8], "little")

    @property
    def last(self) -> str:
        return self._shared[8:SIZE].rstrip(b"\0").decode("utf-8", "replace")

    def clear(self) -> None:
        self._shared[:SIZE] = bytes(SIZE)

    def go_by(self, label: str) -> None:
        """Count one point; the process ends here if it is the one."""
        with self._lock:
            if self.at and self.passed >= self.at:
                return  # a process that was started anew, or one point behind another thread's last
            count = self.passed + 1
            self._shared[:8] = count.to_bytes(8, "little")
            self._shared[8:SIZE] = label.encode("utf-8", "replace")[:LABEL_BYTES].ljust(LABEL_BYTES, b"\0")
            if count == self.at:
                if self.whole:
                    os.killpg(os.getpgrp(), signal.SIGKILL)
                os.kill(os.getpid(), signal.SIGKILL)
                threading.Event().wait()  # the signal is on its way: nothing more may happen


def arm(points: Points) -> None:
    """Let this process pass a point before and after each SQL statement, commit, rollback and socket call."""
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.utils import CursorWrapper

    for name in ("_execute", "_executemany"):
        _wrap(CursorWrapper, name, points, lambda call: str(call[1]))
    for name in ("_commit", "_rollback"):
        _wrap(BaseDatabaseWrapper, name, points, lambda _, name=name: name.strip("_").upper())
    for name in SOCKET_CALLS:
        _wrap(socket.socket, name, points, lambda _, name=name: f"socket {name}")


def _wrap(owner: type, name: str, points: Points, label: Callable[[tuple[Any, ...]], str]) -> None:
    inner = getattr(owner, name)

    @functools.wraps(inner)
    def watched(*arguments: Any, **named: Any) -> Any:
        said = label(arguments)
        points.go_by(f"before {said}")
        got = inner(*arguments, **named)
        points.go_by(f"after {said}")
        return got

    setattr(owner, name, watched)
