"""A machine that fails when told to: disk full, read-only, broken or slow, no names, a clock set off.

A small library is built (faulty_machine.c) and preloaded into the site's
processes, where it stands before the C library's calls; Python's and SQLite's
alike. Nothing outside the data folder is touched, and no right of root is needed.
"""

from __future__ import annotations

import mmap
import shutil
import struct
import subprocess
import sys
import unittest
from pathlib import Path

SOURCE = Path(__file__).with_name("faulty_machine.c")
KNOBS = ("full", "read_only", "broken", "slow_us", "no_names", "clock_s")  # in the order of the C file


class FaultyMachine:
    """folder: for the library and what it is told; data: the folder whose files may fail."""

    def __init__(self, folder: Path, data: Path) -> None:
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if not sys.platform.startswith("linux") or not compiler:
            raise unittest.SkipTest("faults of the machine: they need Linux and a C compiler (cc)")
        library, said = folder / "faulty_machine.so", folder / "faults"
        subprocess.run(
            [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-ldl"], check=True, timeout=120
        )
        said.write_bytes(b"\0" * 8 * len(KNOBS))
        with open(said, "r+b") as file:
            self._said = mmap.mmap(file.fileno(), 0)
        self.environment = {"LD_PRELOAD": str(library), "FAULTS": str(said), "FAULT_ROOT": str(data)}

    def set(self, knob: str, value: int = 1) -> None:
        """From now on, in every process that runs on this machine."""
        struct.pack_into("=q", self._said, 8 * KNOBS.index(knob), value)

    def mend(self) -> None:
        for knob in KNOBS:
            self.set(knob, 0)
