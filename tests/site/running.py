"""Runs the site's commands as a person would: a process of their own, on a data folder."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def environment(allow: str = "", **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BACKSTORY_DATA")}
    return {**kept, "FETCH_ALLOW_PRIVATE": allow, "STARTING_PUBLISHERS": "no", "READ_WORKERS": "1", **more}


def start(
    *arguments: str, allow: str = "", within: tuple[str, ...] = (), told: Path | None = None, **more: str
) -> subprocess.Popen[bytes]:
    """The command as a process. within: a command that runs it, as one that gives it another network.

    told: the file that takes what it says. Without one it stands still once it has said more than a pipe holds
    and nobody reads.
    """
    with open(told or os.devnull, "ab") as file:
        said = file if told else subprocess.PIPE
        return subprocess.Popen(
            [*within, sys.executable, "-m", "newsroom", *arguments],
            cwd=ROOT,
            env=environment(allow, **more),
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )


def run(*arguments: str, allow: str = "", timeout_s: float = 120, typed: str = "", **more: str) -> str:
    """The command's standard output; fails the test with its errors if it fails. typed: its standard input."""
    process = start(*arguments, allow=allow, **more)
    out, errors = process.communicate(typed.encode(), timeout=timeout_s)
    assert process.returncode == 0, errors.decode()
    return out.decode()


def ingest(data: Path, *, allow: str, **more: str) -> dict[str, int]:
    """What `./run ingest --once` says it did."""
    said: dict[str, int] = json.loads(
        run("ingest", "--once", "--data", str(data), allow=allow, **more).splitlines()[-1]
    )
    return said


def rows(data: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(data / "site.sqlite3") as database:
        return database.execute(query).fetchall()


def run_python(code: str, data: Path, *arguments: str, **more: str) -> str:
    """What a piece of code says on this data folder's site; fails the test with its errors if it fails."""
    there = environment(BACKSTORY_DATA=str(data), DJANGO_SETTINGS_MODULE="newsroom.settings", **more)
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=there,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
