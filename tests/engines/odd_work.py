"""Work that a worker process cannot finish; importable, as workers need it."""

from __future__ import annotations

import ctypes
import os
import signal
import time


def do(what: str) -> str:
    """What it was asked for, or no answer at all."""
    if what == "spin":
        while True:
            pass
    if what == "wait":
        time.sleep(600)
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "crash":
        ctypes.string_at(0)
    if what == "swell":
        return str(len([b"x" * 2**20 for _ in range(4096)]))
    if what == "nest":
        return do("nest")
    if what == "pid later":
        time.sleep(1)
        return str(os.getpid())
    if what == "fail":
        raise ValueError("page 7: a fault of the program")
    if what == "pid":
        return str(os.getpid())
    return what
