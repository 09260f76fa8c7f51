"""Backups made while a site reads and people write: the rows of one moment, on SQLite and PostgreSQL, and in time."""

from __future__ import annotations

import itertools
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.hostile import databases, earlier, journal
from tests.hostile.figures import Figure, Run
from tests.site import loopback, running

MOST = 100_000  # articles at full size; beside it a tenth, for the growth
MILLION_S = 600
HELPER_TIMEOUT_S = 3600
BACKUP = ("-m", "newsroom", "backup")


@dataclass
class Site:
    """A site under test: where its data are and its rows' journal. url: of PostgreSQL, "" for SQLite."""

    data: Path
    url: str = ""
    env: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self.env = running.environment(BACKSTORY_DATA=str(self.data), DJANGO_SETTINGS_MODULE="newsroom.settings")
        if self.url:
            self.env["DATABASE_URL"] = self.url

    @property
    def rows(self) -> Any:
        return journal.Postgres(self.url) if self.url else journal.Sqlite(self.data / "site.sqlite3")

    def run(self, *arguments: str, allow: str = "") -> tuple[str, float]:
        """What the command said and how long it took. Raises RuntimeError with its errors."""
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, *arguments], cwd=running.ROOT, env={**self.env, "FETCH_ALLOW_PRIVATE": allow},
            capture_output=True, text=True, timeout=HELPER_TIMEOUT_S, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stderr[-1500:]}")
        return done.stdout, time.monotonic() - began


@dataclass(frozen=True, slots=True)
class Told:
    """What one backup under writing, put back, came to."""

    rows: int
    tables: int
    differing: tuple[str, ...]
    is_of_its_time: bool  # it holds all that stood when it began, and nothing from after its end
    written: int  # changes of rows while it was made
    is_sound: bool
    megabytes: float
    backup_s: float
    restore_s: float

    @property
    def is_whole(self) -> bool:
        return not self.differing and self.is_of_its_time and self.is_sound


def fill(site: Site, articles: int, seed: int) -> None:
    site.run("-m", "newsroom", "cases")  # makes the tables
    site.run("-m", "tests.hostile.many_articles", str(articles), str(seed))


def back_up_and_restore(site: Site, there: Site, *, command: tuple[str, ...] = BACKUP) -> Told:
    """Back up a site while it reads and its readers write, and put that into another, empty place."""
    file = there.data / "made.backup"
    site.rows.watch()
    before = site.rows.rows()
    with reading(site), writing(site):
        began_at = site.rows.moment()
        _, backup_s = site.run(*command, str(file))
        ended_at = site.rows.moment()
    _, restore_s = there.run("-m", "newsroom", "restore", str(file))
    moment, restored = there.rows.moment(), there.rows.rows()
    expected = journal.rows_at(before, site.rows.changes(), moment)
    return Told(
        rows=sum(map(len, restored.values())),
        tables=len(restored),
        differing=tuple(journal.differing(expected, restored)),
        is_of_its_time=began_at <= moment <= ended_at,
        written=ended_at - began_at,
        is_sound=there.rows.is_sound(),
        megabytes=file.stat().st_size / 2**20,
        backup_s=backup_s,
        restore_s=restore_s,
    )


@contextmanager
def reading(site: Site) -> Iterator[None]:
    """The site reads a feed that has news each time, by `./run ingest`, until it has read once more after the yield."""
    leave = threading.Event()
    problems: list[str] = []
    with loopback.serve() as paper:
        numbers = itertools.count()

        def news() -> str:
            number = next(numbers)
            at = [f"/{number}-{one}" for one in range(5)]
            for path in at:
                paper.page(
                    path, f"Ferry {path[1:]} leaves late", [f"The ferry {path[1:]} of Ostra left late. " * 12] * 4
                )
            items = [{"path": path, "title": f"Ferry {path[1:]}", "at": "Thu, 26 Nov 2026 08:00:00 GMT"} for path in at]
            return paper.feed("/feed", items)

        def read() -> None:
            while not leave.is_set():
                news()
                try:
                    site.run("-m", "newsroom", "ingest", "--once", "--all", allow=paper.host)
                except (RuntimeError, subprocess.TimeoutExpired) as problem:
                    problems.append(str(problem))
                    return

        site.run("-m", "newsroom", "add", news(), allow=paper.host)
        thread = threading.Thread(target=read)
        thread.start()
        try:
            yield
        finally:
            leave.set()
            thread.join()
    if problems:
        raise RuntimeError(f"The site could not read meanwhile: {problems[0]}")


@contextmanager
def writing(site: Site) -> Iterator[None]:
    """Somebody writes without a pause, two rows in each transaction, from before the yield until after it."""
    leave, began = threading.Event(), threading.Event()

    def write() -> None:
        with _raw(site) as (database, mark):
            for number in itertools.count():
                database.execute("BEGIN" if site.url else "BEGIN IMMEDIATE")
                for half in "ab":
                    database.execute(
                        "INSERT INTO readers_token (purpose, digest, created_at, expires_at)"
                        f" VALUES ('pair', {mark}, '2026-11-26', '2026-11-27')",
                        (f"{number}{half}",),
                    )
                database.execute("UPDATE publishers_publisher SET note = 'seen' WHERE slug = 'many-1'")
                database.execute("COMMIT")
                began.set()
                if leave.wait(0.01):
                    return

    thread = threading.Thread(target=write)
    thread.start()
    try:
        if not began.wait(120):
            raise RuntimeError("Nothing could be written.")
        yield
    finally:
        leave.set()
        thread.join()


@contextmanager
def _raw(site: Site) -> Iterator[tuple[Any, str]]:
    if site.url:
        import psycopg

        with psycopg.connect(site.url, autocommit=True) as database:
            yield database, "%s"
    else:
        path = site.data / "site.sqlite3"
        with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as database:
            yield database, "?"


def measure(run: Run) -> list[Figure]:
    """SQLite, then PostgreSQL where its wheel is here; then what earlier versions left."""
    sizes = (max(100, round(MOST * run.share / 10)), max(1000, round(MOST * run.share)))
    figures = _measured("SQLite", {size: _on_sqlite(run, size) for size in sizes})
    with databases.postgres() as server:
        figures += _measured("PostgreSQL", {size: _on_postgres(run, size, server) for size in sizes})
        figures += earlier.measure(run, server)
    return figures


def _on_sqlite(run: Run, size: int) -> Told:
    site, there = Site(run.scratch / f"site-{size}"), Site(run.scratch / f"there-{size}")
    fill(site, size, run.seed)
    return back_up_and_restore(site, there)


def _on_postgres(run: Run, size: int, server: str) -> Told:
    site, there = (
        Site(run.scratch / f"pg-{name}-{size}", databases.new_database(server, f"{name}_{size}"))
        for name in ("site", "there")
    )
    fill(site, size, run.seed)
    return back_up_and_restore(site, there)


def _measured(kind: str, told: dict[int, Told]) -> list[Figure]:
    """What backups of two sizes came to, and what a million articles would take by the growth between them."""
    found = []
    for size, one in told.items():
        what = "" if one.is_sound and one.is_of_its_time else "; not of one moment" * (not one.is_of_its_time)
        found.append(
            Figure(
                f"backup while reading, {kind}, {size:,} articles",
                "0 rows differ from those of its moment",
                f"{len(one.differing)} of {one.rows:,} rows in {one.tables} tables{what}",
                one.is_whole and one.written > 0,
                f"{one.written:,} changes of rows meanwhile; {one.megabytes:,.0f} MB",
            )
        )
    (small, a), (large, b) = told.items()
    million_s = {
        name: seconds(a, b, large - small, large)
        for name, seconds in (
            ("restore", lambda a, b, more, at: _million(a.restore_s, b.restore_s, more, at)),
            ("backup", lambda a, b, more, at: _million(a.backup_s, b.backup_s, more, at)),
        )
    }
    found.append(
        Figure(
            f"restore of 1 M articles, {kind}",
            f"< {MILLION_S // 60} min",
            f"{million_s['restore'] / 60:.1f} min by the growth of {b.restore_s / a.restore_s:.1f}x for {large // small}x"
            f" ({a.restore_s:.1f} s, {b.restore_s:.1f} s); its backup {million_s['backup'] / 60:.1f} min",
            million_s["restore"] < MILLION_S,
            f"{small:,} and {large:,} articles; {os.cpu_count()} cores, others at work on them",
        )
    )
    return found


def _million(small_s: float, large_s: float, more: int, at: int) -> float:
    """Seconds at a million articles, each above the larger size as costly as those between the two."""
    return large_s + max(0.0, large_s - small_s) / more * (1_000_000 - at)
