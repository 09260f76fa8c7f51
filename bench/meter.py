"""What processes take: CPU seconds, and memory with shared pages counted once (PSS), of a process and all under it."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
SAMPLED_S = 0.3


def tree(root: int) -> list[int]:
    """The process and all that it started and that still run."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                children.setdefault(int(_fields(int(folder.name))[1]), []).append(int(folder.name))
    found, left = [], [root]
    while left:
        found.append(number := left.pop())
        left += children.get(number, [])
    return found


def _fields(process: int) -> list[str]:
    """What /proc says behind the name: state, parent, …"""
    said = Path(f"/proc/{process}/stat").read_text()
    return said[said.rindex(")") + 2 :].split()


def cpu_s(root: int) -> float:
    """CPU seconds of the tree so far, with those of children that have ended and were waited for."""
    total = 0.0
    for process in tree(root):
        with suppress(OSError):
            fields = _fields(process)
            # Of this very process the clock is finer than the system's ticks.
            own = time.process_time() * TICK if process == os.getpid() else int(fields[11]) + int(fields[12])
            total += own + int(fields[13]) + int(fields[14])
    return total / TICK


def memory_mib(root: int) -> float:
    total = 0
    for process in tree(root):
        with suppress(OSError):
            for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


class Peak:
    """The most memory of a tree while it is open; a peak shorter than SAMPLED_S may be missed."""

    def __init__(self, root: int) -> None:
        self.root, self.mib = root, 0.0
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        self._thread.join()

    def _look(self) -> None:
        while True:
            self.mib = max(self.mib, memory_mib(self.root))
            if self._left.wait(SAMPLED_S):
                return
