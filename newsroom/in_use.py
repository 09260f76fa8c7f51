"""Who uses a data folder: commands and the site share it, a restore has it alone."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

LOCK = "in-use.lock"
_held: dict[Path, IO[str]] = {}  # a lock lasts as long as its file is open: to the end of the process


class InUse(Exception):
    """Another process has the folder; the message names it and the way out."""


def share(data: Path) -> None:
    """Hold the folder, beside others, as long as this process lives. Raises InUse while a restore has it alone."""
    if data not in _held:
        _held[data] = _locked(data, fcntl.LOCK_SH, f"{data}: a backup is being put back there. Wait for it.")
        os.set_inheritable(_held[data].fileno(), True)  # a command that becomes the supervisor still holds it


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Hold the folder with nobody beside. Raises InUse while a site or a command uses it."""
    with _locked(data, fcntl.LOCK_EX, f"{data}: a site runs on it. Stop it first, or give another --data DIR."):
        yield


def is_alone(data: Path) -> bool:
    """Whether somebody has the folder alone this moment: they will leave it soon, as a running site will not."""
    try:
        _locked(data, fcntl.LOCK_SH, "").close()
    except InUse:
        return True
    return False


def _locked(data: Path, kind: int, why_not: str) -> IO[str]:
    file = open(data / LOCK, "a")  # noqa: SIM115  the lock ends with the file
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise InUse(why_not) from error
    return file
