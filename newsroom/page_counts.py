"""How many answers the web server gave, by kind of status, and how many were kept ones; counted over all its processes.

Each process adds to a row of its own in memory that they share, made before
they part, so no count waits for another. The row of a process that is gone is
taken over by the next one and goes on: a count never falls while the server lives.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import tempfile
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import IO, Any

from newsroom.page_cache import WAS_KEPT

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

NAMES = ("1xx", "2xx", "3xx", "4xx", "5xx", "kept")
ROWS = 128  # of processes at once; what is over is not counted
_ROW = struct.Struct(f"={1 + len(NAMES)}Q")  # the process, its counts


class Counts:
    """The counts of all processes that came from the one that made this."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, ROWS * _ROW.size)
        self._claims: IO[bytes] | None = None
        with suppress(OSError):  # nowhere to write: a single process still counts for itself
            self._claims = tempfile.TemporaryFile()  # noqa: SIM115  its lock is used as long as the process lives
        self._place: tuple[int, int] = (0, -1)  # the process, its row
        self._lock = threading.Lock()

    def add(self, *names: str) -> None:
        """One more of each of these."""
        with self._lock:
            row = self._own_row()
            if row is None:
                return
            said = list(_ROW.unpack_from(self._shared, row * _ROW.size))
            for name in names:
                said[1 + NAMES.index(name)] += 1
            _ROW.pack_into(self._shared, row * _ROW.size, *said)

    def totals(self) -> dict[str, int]:
        """Each count over all processes, since the server was started."""
        rows = [_ROW.unpack_from(self._shared, row * _ROW.size)[1:] for row in range(ROWS)]
        return dict(zip(NAMES, map(sum, zip(*rows, strict=True)), strict=True))

    def _own_row(self) -> int | None:
        process, row = self._place
        if process != os.getpid():  # new, or parted from another
            row = self._claim()
            self._place = (os.getpid(), row)
        return row if row >= 0 else None

    def _claim(self) -> int:
        if self._claims is not None:
            fcntl.lockf(self._claims, fcntl.LOCK_EX)  # the kernel's: it goes with a killed process
        try:
            for row in range(ROWS):
                said = _ROW.unpack_from(self._shared, row * _ROW.size)
                if not said[0] or not _lives(said[0]):
                    _ROW.pack_into(self._shared, row * _ROW.size, os.getpid(), *said[1:])
                    return row
        finally:
            if self._claims is not None:
                fcntl.lockf(self._claims, fcntl.LOCK_UN)
        return -1


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process != os.getpid()


class CountedPages:
    """The site, with each of its answers counted."""

    def __init__(self, application: Application, counts: Counts) -> None:
        self._application = application
        self._counts = counts

    def __call__(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        def listen(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            kind = f"{status[:1]}xx"
            self._counts.add(kind if kind in NAMES else "5xx", *(["kept"] if environ.get(WAS_KEPT) else []))
            return start(status, headers, *rest)

        return self._application(environ, listen)


counts = Counts()
