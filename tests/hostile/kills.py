"""kill -9 at many points of ingest and of the web server while readers write: `./run measure safety kills`.

Each kill starts from the same site, ends a process at a point chosen by the
seed, starts it again, lets it finish, and compares all rows with those of the
run that nobody killed, and what readers wrote with what was acknowledged.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.hostile import databases, killed_news
from tests.hostile.acknowledged import Browser, Journal, Unanswered, writing
from tests.hostile.figures import Figure, Run
from tests.hostile.killed_site import ROOT, Site
from tests.site import loopback, running
from tests.site.serving import free_port

# Of 200 on each database. ingest: its process; web: the server's worker; site: every process of a real `./run`.
KILLS = {"ingest": 160, "web": 24, "site": 16}
SERVING_AGAIN_S = 10.0
PATIENCE_S = 300.0  # a machine under load starts a site in minutes; what is asked is measured
# A real `./run` makes notes, looks again and reads the past at times of its own: of it these alone are compared.
WHATEVER_THE_ORDER = {
    "articles.Article": ("url_key", "publisher", "feed", "guid", "title", "text", "published_at", "grouped_at"),
    "articles.Version": ("article", "title", "text", "change"),
    "articles.Address": ("article", "url_key", "kind"),
    "articles.Picture": ("article", "url", "digest"),
    "stories.Placement": ("article", "story", "copy_of"),
    "stories.Story": ("title", "article_count", "publisher_count", "lead"),
    "search": ("article", "is_found"),
}
ROLES = ("newsroom.desk.worker", "newsroom.desk.web")


@dataclass(slots=True)
class Kill:
    """One kill and what came of it. label: the point, as "after COMMIT"; "" if it was never reached."""

    what: str
    at: int
    label: str = ""
    lost: list[str] = field(default_factory=list)
    halves: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    serving_s: float = 0.0
    taken: int = 0

    @property
    def is_well(self) -> bool:
        return not (self.lost or self.halves or self.differs or self.broken)


def measure(run: Run) -> list[Figure]:
    """Both databases beside each other, each with its share of the kills."""
    figures: list[Figure] = []
    with databases.postgres() as server, ThreadPoolExecutor(2) as lanes:
        on_sqlite = lanes.submit(kill_many, run, "SQLite", run.scratch / "sqlite", "")
        on_postgres = lanes.submit(kill_many, run, "PostgreSQL", run.scratch / "postgres", server)
        for name, done in (("SQLite", on_sqlite.result()), ("PostgreSQL", on_postgres.result())):
            figures += summed_up(name, done)
    return figures


def kill_many(run: Run, name: str, scratch: Path, server: str) -> list[Kill]:
    """The run's share of the kills on one database."""
    with prepared(scratch, server) as lane:
        done = []
        for what, number in KILLS.items():
            points = lane.count(what)
            wanted = run.some(list(range(1, number + 1)), f"{name} {what}")
            for at in sorted(run.choice(f"{name} {what} points").sample(range(1, points + 1), len(wanted))):
                done.append(lane.kill(what, at))
                _tell(name, done[-1])
        return done


def summed_up(name: str, done: list[Kill]) -> list[Figure]:
    """The lines of the table for one database."""
    kinds = Counter(one.what for one in done if one.label)
    tried = ", ".join(f"{count} of {what}" for what, count in kinds.items()) + " killed"
    killed, missed = [one for one in done if one.label], sum(not one.label for one in done)
    tried += f"; {missed} points never reached" if missed else ""
    taken, lost = sum(one.taken for one in done), sum(len(one.lost) for one in done)
    others = [one for one in done if one.differs or one.halves]
    broken = [one for one in done if one.broken]
    slowest = max((one.serving_s for one in killed), default=0.0)
    middle = median([one.serving_s for one in killed if one.what == "site"] or [slowest])
    return [
        Figure(f"Kill -9, {name}: acknowledged writes", "0 lost", f"{lost} of {taken} lost", not lost, tried),
        Figure(
            f"Kill -9, {name}: rows as of the run that was not killed", "0 lost, doubled or by half",
            f"{len(others)} of {len(killed)} kills end in others{_where(others)}", not others and bool(killed), tried,
        ),
        Figure(
            f"Kill -9, {name}: whole database, no claim left", "all",
            f"{len(killed) - len(broken)} of {len(killed)}{_where(broken)}", not broken and bool(killed), tried,
        ),
        Figure(
            f"Kill -9, {name}: serving again", f"< {SERVING_AGAIN_S:.0f} s",
            f"{slowest:.1f} s at the slowest, {middle:.1f} s in the middle of all starts of a whole site",
            slowest < SERVING_AGAIN_S, tried,
        ),
    ]  # fmt: skip


def _where(kills: list[Kill]) -> str:
    return f" ({', '.join(f'{one.what} at {one.at}, {one.label[:60]}' for one in kills[:5])})" if kills else ""


def _tell(name: str, one: Kill) -> None:
    said = "well" if one.is_well else f"{one.lost} {one.halves} {one.differs} {one.broken}"
    print(f"{name}, {one.what} at {one.at} ({one.label[:60]}): {said[:1500]}", file=sys.stderr, flush=True)


# --- one site, again and again --------------------------------------------------
@contextmanager
def prepared(scratch: Path, server: str = "", spoilt: str = "") -> Iterator[Lane]:
    """A site that has read its first news, to be killed while it reads more. server: of PostgreSQL, else SQLite."""
    scratch.mkdir(parents=True)
    with ExitStack() as stack:
        site = stack.enter_context(loopback.serve())
        lane = Lane(scratch, site, server, spoilt)
        stack.callback(lane.close)
        lane.make_ready()
        yield lane


class Lane:
    """A database, a data folder, papers to read, and the processes that are killed on them."""

    def __init__(self, scratch: Path, papers: loopback.Site, server: str, spoilt: str) -> None:
        self.scratch, self.papers, self.server, self.spoilt = scratch, papers, server, spoilt
        self.data, self.before = scratch / "data", scratch / "before"
        url = {"DATABASE_URL": databases.new_database(server, "killed")} if server else {}
        self.environment = running.environment(
            papers.host, BACKSTORY_DATA=str(self.data), SIGN_UP="open", COMMENTS_PER_HOUR="1000000",
            EDITION_HOUR="0", SITE_URL="", FETCH_THREADS="1", PYTHONPYCACHEPREFIX=str(scratch / "compiled"), **url,
        )  # fmt: skip
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed site is compiled
        self.url = url
        feeds = killed_news.before(papers)
        running.run("add", *feeds, "--data", str(self.data), allow=papers.host, **url)
        self.site = Site(self.environment, scratch)  # not before there are tables: it has the server's own import
        self.place = ""
        self.unkilled: dict[str, Any] = {}
        self.points: dict[str, int] = {}

    def close(self) -> None:
        self.site.close()

    def make_ready(self) -> None:
        """Read the first news, keep the site as it is then, and see what an unkilled run makes of the rest."""
        assert self.site.ingest() == 0, f"see {self.site.log.name}"
        shutil.copytree(self.data, self.before)
        if self.server:
            databases.new_database(self.server, "before", like="killed")
        killed_news.after(self.papers)
        self.restore()
        assert self.site.ingest() == 0, f"see {self.site.log.name}"
        self.points["ingest"] = self.site.points.passed
        told = self.site.told(into=self.scratch / "unkilled.json")
        self.unkilled, self.place = told["rows"], told["place"]

    def restore(self) -> None:
        """The site as it was before the news that it is killed over."""
        shutil.rmtree(self.data)
        shutil.copytree(self.before, self.data)
        if self.server:
            databases.drop_database(self.server, "killed")
            databases.new_database(self.server, "killed", like="before")

    @contextmanager
    def _served(self, *, at: int = 0, is_counted: bool = False) -> Iterator[int]:
        port = free_port()
        process = self.site.start_web(port, at=at, is_counted=is_counted, spoilt=self.spoilt)
        try:
            wait_until_served(port)
            yield port
        finally:
            self.site.stop_web(process)

    def count(self, what: str) -> int:
        """How many points an unkilled run of it passes while readers write."""
        if what == "ingest":
            return self.points["ingest"]
        if what not in self.points:
            self.restore()
            with self._journal() as journal, self._served(is_counted=what == "web") as port:
                with writing(port, journal, self.place):
                    self.site.ingest(is_counted=what != "web")
                # A real ./run does in turns what `ingest` does at once, and more: it passes at least as many.
                self.points[what] = self.site.points.passed
        return self.points[what]

    @contextmanager
    def _journal(self) -> Iterator[Journal]:
        path = self.scratch / "journal"
        path.unlink(missing_ok=True)
        journal = Journal(path)
        try:
            yield journal
        finally:
            journal.close()

    def kill(self, what: str, at: int) -> Kill:
        """Kill at one point, start again, let it finish, and look at what came of it.

        what: a key of KILLS, or "ingest alone" while nobody reads or writes.
        """
        self.restore()
        self.site.points.clear()
        one = Kill(what, at)
        ways = {"ingest": self._kill_ingest, "web": self._kill_web, "site": self._kill_site}
        with self._journal() as journal:
            ways.get(what, self._kill_ingest_alone)(one, journal)
            self._judge(one, journal)
        return one

    def _kill_ingest(self, one: Kill, journal: Journal) -> None:
        with self._served() as port, writing(port, journal, self.place):
            self._ingest_killed(one)
            one.serving_s = wait_until_served(port, "/")
            assert self.site.ingest(is_counted=False, spoilt=self.spoilt) == 0, f"see {self.site.log.name}"

    def _kill_ingest_alone(self, one: Kill, _: Journal) -> None:
        self._ingest_killed(one)
        assert self.site.ingest(is_counted=False, spoilt=self.spoilt) == 0, f"see {self.site.log.name}"

    def _ingest_killed(self, one: Kill) -> None:
        code = self.site.ingest(at=one.at, spoilt=self.spoilt)
        one.label = self.site.points.last if code == -signal.SIGKILL else ""

    def _kill_web(self, one: Kill, journal: Journal) -> None:
        with self._served(at=one.at, is_counted=True) as port, writing(port, journal, self.place):
            assert self.site.ingest(is_counted=False) == 0, f"see {self.site.log.name}"
            if self._is_reached(one):
                one.serving_s = wait_until_served(port, "/")
                _wait_for_one_more(journal)

    def _kill_site(self, one: Kill, journal: Journal) -> None:
        """Every process of a real ./run at once, at a point of its worker or of its web server."""
        role = ROLES[one.at % len(ROLES)]
        hook = {"KILL_ROLE": role, "KILL_AT": str(one.at)}
        with (
            self._run_for_real(free_port(), **hook) as (port, killed),
            writing(port, journal, self.place),
        ):
            if self._is_reached(one):
                killed.wait(PATIENCE_S)
        with self._run_for_real(free_port()) as (port, _):
            one.serving_s = wait_until_served(port, "/")
        assert self.site.ingest(is_counted=False) == 0, f"see {self.site.log.name}"

    @contextmanager
    def _run_for_real(self, port: int, **hook: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
        more = {"KILL_POINTS": str(self.scratch / "points"), **hook} if hook else {}
        path = os.pathsep.join([str(Path(__file__).parent / "kill_hook"), str(ROOT)])
        process = subprocess.Popen(
            [sys.executable, "-m", "newsroom", "serve", "--data", str(self.data), "--port", str(port)],
            cwd=ROOT, env={**self.environment, "PYTHONPATH": path, **more}, stdin=subprocess.DEVNULL,
            stdout=self.site.log, stderr=self.site.log, start_new_session=True,
        )  # fmt: skip
        try:
            yield port, process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            _wait_until_gone(process.pid)

    def _is_reached(self, one: Kill) -> bool:
        until = time.monotonic() + PATIENCE_S
        while self.site.points.passed < one.at and time.monotonic() < until:
            time.sleep(0.02)  # the point is passed in another process
        one.label = self.site.points.last if self.site.points.passed >= one.at else ""
        return bool(one.label)

    def _judge(self, one: Kill, journal: Journal) -> None:
        found = self.site.told(into=self.scratch / "killed.json")
        for table, rows in self.unkilled.items():
            columns = WHATEVER_THE_ORDER.get(table, ()) if one.what == "site" else None
            one.differs += differences(table, _only(columns, rows), _only(columns, found["rows"][table]))
        one.broken = found["broken"]
        one.lost, one.halves = compare_with_journal(journal.lines(), found["said"])
        one.taken = sum(line["is_taken"] for line in journal.lines())


def wait_until_served(port: int, path: str = "/healthz") -> float:
    """Seconds until the page is answered with 200."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_S:
        try:
            if Browser(port).ask(path)[0] == 200:
                return time.monotonic() - began
        except Unanswered:
            pass
        time.sleep(0.05)
    raise AssertionError(f"{path} is not served within {PATIENCE_S} s")


def _wait_until_gone(group: int) -> None:
    """Until the last process of the group has ended: those whose parent died before them are nobody's to wait for."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    raise AssertionError(f"a process of group {group} does not end")


def _wait_for_one_more(journal: Journal) -> None:
    """Until something is acknowledged that was written after the kill."""
    count, until = len(journal.lines()), time.monotonic() + PATIENCE_S
    while len(journal.lines()) == count and time.monotonic() < until:
        time.sleep(0.05)


def differences(table: str, wanted: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[str]:
    """Rows that one has and the other has not, each with what of it differs from the row most like it."""
    had, has = Counter(map(_exact, wanted)), Counter(map(_exact, found))
    lost, more = list((had - has).elements()), list((has - had).elements())
    said = []
    for row in lost:
        like = max(more, key=lambda other: _alike(row, other), default="")
        if like:
            more.remove(like)
            mine, theirs = json.loads(row), json.loads(like)
            columns = [
                f"{name}: {mine[name]!r} is {theirs.get(name)!r}" for name in mine if mine[name] != theirs.get(name)
            ]
            said.append(f"{table} differs in {'; '.join(columns)}")
        else:
            said.append(f"{table} lost {row}")
    return said + [f"{table} has besides {row}" for row in more]


def _only(columns: tuple[str, ...] | None, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with these columns alone; None for all of them."""
    return rows if columns is None else [{name: row[name] for name in columns} for row in rows if columns]


def _exact(row: dict[str, Any]) -> str:
    return json.dumps(row, sort_keys=True)


def _alike(row: str, other: str) -> int:
    mine, theirs = json.loads(row), json.loads(other)
    return sum(mine[name] == theirs.get(name) for name in mine)


def compare_with_journal(lines: list[dict[str, Any]], said: dict[str, list[str]]) -> tuple[list[str], list[str]]:
    """(what was acknowledged and is not there; what is there twice or by half)."""
    there = {kind: Counter(values) for kind, values in said.items()}
    taken = {(line["kind"], line["what"]) for line in lines if line["is_taken"]}
    lost = [f"{kind} {what}" for kind, what in sorted(taken) if not there[kind][what]]
    sent = {(line["kind"], line["what"]) for line in lines}
    halves = [f"twice: {kind} {what}" for kind, what in sorted(sent) if there[kind][what] > 1]
    halves += [f"an account without its address: {mail}" for mail in there["account"] if not there["address"][mail]]
    return lost, halves
