"""The process that minds the others is light, and holds what the command that became it held."""

from __future__ import annotations

import subprocess
import sys

import pytest

from newsroom import in_use
from tests.site import running

SHARING = """
import os, sys
from pathlib import Path
from newsroom import in_use
in_use.share(Path(sys.argv[1]))
os.execv(sys.executable, [sys.executable, "-c", "print('there', flush=True); input()"])
"""


def test_the_supervisor_holds_no_django():
    said = subprocess.run(
        [sys.executable, "-c", "import sys, newsroom.desk.supervise; print(*sys.modules)"],
        cwd=running.ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert "newsroom.desk.supervise" in said
    assert not any(name.startswith("django") for name in said)


def test_a_command_that_becomes_another_program_still_holds_the_data_folder(tmp_path):
    command = [sys.executable, "-c", SHARING, str(tmp_path)]
    with subprocess.Popen(command, cwd=running.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"there\n"
        with pytest.raises(in_use.InUse), in_use.alone(tmp_path):
            pass
        process.stdin.close()
    with in_use.alone(tmp_path):
        pass
