"""A site whose reading is done by many workers, as far as one machine can show it, for tests and the walk."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.site import news, running
from tests.site.loopback import Site as Served
from tests.site.rabbit import Rabbit

PAPERS, EVENTS = 3, 4
ARTICLES = PAPERS * EVENTS
PATIENCE_S = 240.0  # for a first reading on a busy machine
OURS = "articles_article a join publishers_publisher p on p.id = a.publisher_id and not p.is_sample"
DUE = (
    "select (select count(*) from articles_article where read_at is null or grouped_at is null)"
    " + (select count(*) from stories_story where notes_due_at <= now() and merged_into_id is null)"
)

TOLD = 6_000  # of the end of what each worker said
# What is shown where a site does not get whole.
STAND = {
    "feed": "select url, failures, next_check_at - now(), claimed_by, claimed_until - now() from publishers_feed where is_on",
    "article": "select a.id, read_at is null, grouped_at is null, read_tries, next_read_at - now(), a.claimed_by,"
    f" a.claimed_until - now() from {OURS} where read_at is null or grouped_at is null",
    "story": "select id, notes_due_at - now(), claimed_by, claimed_until - now() from stories_story"
    " where notes_due_at is not null and merged_into_id is null",
    "worker": "select name, seen_at - now(), problem from desk_worker",
    "lease": "select name, claimed_by, claimed_until - now() from desk_lease",
}


class Site:
    """Workers of one site, each with a data folder of its own. namespaces: of the network, by the worker's name."""

    def __init__(
        self, folder: Path, served: Served, database: str, broker: Rabbit | None = None, **namespaces: str
    ) -> None:
        self.folder, self.served, self.database, self.broker = folder, served, database, broker
        self.namespaces = namespaces
        self.workers: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def settings(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database,
            "BROKER_URL": self.broker.url if self.broker else "",
            "BACKSTORY_SECRET_KEY": "of-all-machines",
            "PICTURES": "no",
        }

    def follow(self) -> None:
        """Follow the papers, with the command as a person would."""
        feeds = news.serve_papers(self.served, papers=PAPERS, events=EVENTS)
        running.run("add", *feeds, "--data", str(self.folder / "web"), allow=self.served.host, **self.settings)

    def start_worker(self, name: str, **more: str) -> None:
        there = self.namespaces.get(name)
        within = ("ip", "netns", "exec", there) if there else ()
        arguments = ("worker", "--data", str(self.folder / name))
        self.workers[name] = running.start(
            *arguments, allow=self.served.host, within=within, told=self._told(name), **self.settings, **more
        )

    def _told(self, name: str) -> Path:
        return self.folder / f"worker-{name}.log"

    def kill_worker(self, name: str) -> None:
        """kill -9 of the worker and all it started, as if its machine had lost its power."""
        process = self.workers.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    def stop_worker(self, name: str, within_s: float) -> int:
        """SIGTERM, as a service manager sends it; the exit code."""
        process = self.workers.pop(name)
        process.terminate()
        process.communicate(timeout=within_s)
        return process.returncode

    def rows(self, query: str) -> list[tuple[object, ...]]:
        import psycopg

        with psycopg.connect(self.database) as connection:
            return connection.execute(query).fetchall()

    def change(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.database) as connection:
            connection.execute(statement)

    def count(self, query: str) -> int:
        return int(str(self.rows(query)[0][0]))

    def read(self) -> int:
        """How many articles are read."""
        return self.count(f"select count(*) from {OURS} where a.read_at is not null")

    def is_whole(self) -> bool:
        """Every article is read and in its story, and no notes are due."""
        return self.read() == ARTICLES and self.count(DUE) == 0

    def until_whole(self, within_s: float) -> float:
        """Wait until it is; after how many seconds it was. Fails with what is not, and what the workers said."""
        try:
            return until(self.is_whole, within_s)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.stand()}") from None

    def stand(self) -> str:
        """What waits and who holds it, and the end of what each worker said."""
        rows = [f"{name}: {row}" for name, query in STAND.items() for row in self.rows(query)]
        told = [(name, self._told(name).read_text(errors="replace")[-TOLD:]) for name in self.workers]
        return "\n".join(rows + [f"--- worker {name}:\n{said}" for name, said in told])

    def require_nothing_doubled(self) -> None:
        """Fails unless each article stands once, in one story, and each story counts its own."""
        assert self.rows(f"select count(*), count(distinct url_key) from {OURS}") == [(ARTICLES, ARTICLES)]
        tellings = self.rows(
            "select s.article_count, count(p.id) from stories_story s join stories_placement p on p.story_id = s.id"
            " where not s.is_sample group by s.id"
        )
        assert all(said == stands for said, stands in tellings)
        assert sum(int(str(stands)) for _, stands in tellings) == ARTICLES

    def close(self) -> None:
        for name in list(self.workers):
            self.kill_worker(name)


def until(holds: Callable[[], object], within_s: float = PATIENCE_S) -> float:
    """Wait until it holds; after how many seconds it did."""
    began = time.monotonic()
    while not holds():
        passed_s = time.monotonic() - began
        assert passed_s < within_s, f"not so within {within_s} s"
        time.sleep(0.3)
    return time.monotonic() - began
