"""A site that ./run serves on a machine that fails when told to, with papers to read and readers who go on asking."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.hostile.faulty_machine import FaultyMachine
from tests.site import loopback, mail_server, model_stub, news, running
from tests.site.serving import free_port

TOKEN = "a-token-for-the-harness-of-faults"
START_S, READ_S, ANSWER_S = 120.0, 180.0, 20.0
PAPERS = 6
AWAY_WORDS = "Back in a moment"
RAW_ERROR = re.compile(r"Traceback|Server Error \(500\)|OperationalError|sqlite", re.IGNORECASE)
BEGINS = "Arv Bel Cor Dren Est Far Gul Hes Il Jor Kes Lom Mor Nes Or Pel Quar Ros Sel Tor Ulv Ves Wen Yst Zar".split()
ENDS = "ik und mo by vale nok hav tra men vin trel sund rik holm rin ad essa ion uvar".split()
THINGS = "bridge harbour school library orchard tramway lighthouse market theatre waterworks mill stadium ferry".split()
ACTS = "reopens closes floods burns moves grows wins loses halts begins ends doubles shrinks".split()
SENTENCES = (
    "The {thing} of {place} was shut on {day} after {n} people had complained to {who} of the noise at night.",
    "{who}, who leads the council of {place}, wants {n} crowns a year for the {thing} and the road to it.",
    "A report of {n} pages by {other} finds that the {thing} should have been mended nine winters ago.",
    "On {day} engineers from {far} looked at the {thing}, took {n} photographs and left without a word.",
    "{other} called the plan a mistake that {place} would pay for until the year {year}.",
    "Families in {far} wait for {who} to say where their {n} children will go while the {thing} is closed.",
    "The firm {firm} had offered to build a new {thing} within {n} weeks, and {place} had said no.",
    "In {year} a storm took the roof of the {thing}; {other} still keeps a slate of it on the desk.",
)
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday".split()


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer to a reader. status 0: none came. body: its first 4,000 signs."""

    path: str
    status: int
    seconds: float
    headers: dict[str, str]
    body: str

    @property
    def fault(self) -> str:
        """What a reader could not be told, or ""."""
        if self.status == 0:
            return "no answer"
        if self.seconds > ANSWER_S:
            return f"after {self.seconds:.0f} s"
        if self.status == 503:
            return self._fault_of_503()
        if self.status >= 500:
            return f"HTTP {self.status}"
        if RAW_ERROR.search(self.body):
            return "a raw error is shown"
        return "the page of a fault as a good one" if AWAY_WORDS in self.body else ""

    def _fault_of_503(self) -> str:
        if not self.headers.get("retry-after", "").isdigit():
            return "503 without Retry-After"
        if "no-store" not in self.headers.get("cache-control", ""):
            return "503 that may be kept"
        if self.path.startswith("/api/"):
            return "" if self.body.startswith('{"detail"') else "503 of the API that is no JSON"
        return "" if AWAY_WORDS in self.body else "503 that is no page of ours"


@dataclass
class Told:
    """What the site says of its own health."""

    readyz: str = ""
    parts: dict[str, dict[str, object]] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)

    def is_ill(self, part: str) -> bool:
        return self.parts.get(part, {}).get("is_well") is False


class Readers(threading.Thread):
    """Ask for pages and send comments until told to stop; what came is kept."""

    def __init__(self, site: FaultySite, name: str) -> None:
        super().__init__(daemon=True)
        self.site, self.word = site, name
        self.stopped = threading.Event()
        self.answers: list[Answered] = []
        self.taken: list[str] = []  # the words of comments that were acknowledged

    def run(self) -> None:
        number = 0
        while not self.stopped.wait(0.4):
            number += 1
            for path in self.site.paths:
                mark = "&" if "?" in path else "?"
                self.answers.append(self.site.ask(path if path == "/" else f"{path}{mark}n={self.word}{number}"))
            words = f"Comment {number} of the {self.word} readers: the {random.Random(number).choice(THINGS)} again."
            sent = self.site.ask(f"/article/{self.site.article}/comments", {"name": "Ines", "text": words})
            self.answers.append(sent)
            if 300 <= sent.status < 400:
                self.taken.append(words)


class FaultySite:
    """A served site. port, data, feeds, process; `paths` are what readers ask for."""

    def __init__(self, papers: loopback.Site, data: Path, port: int, machine: FaultyMachine | None) -> None:
        self.papers, self.data, self.port, self.machine = papers, data, port, machine
        self.process: subprocess.Popen[bytes] | None = None
        self.model: model_stub.Stub | None = None
        self.mails: mail_server.MailServer | None = None
        self.items: dict[int, list[dict[str, str]]] = {paper: [] for paper in range(PAPERS)}
        self.published: list[str] = []
        self.own: dict[str, str] = {}
        self.allow = ""  # the hosts that may be fetched
        self.article = self.story = 0
        self.fault_lasts_s = 0.0

    # --- news ---------------------------------------------------------------
    def publish(self, paper: int = 0) -> str:
        """A new article in a paper's feed; its path. No two tell of the same."""
        number = len(self.published)
        chance = random.Random(f"item {number}")
        said = {name: chance.choice(BEGINS) + chance.choice(ENDS) for name in ("place", "far", "firm")}
        for name in ("who", "other"):
            said[name] = " ".join(chance.choice(BEGINS) + chance.choice(ENDS) for _ in range(2))
        said["thing"] = chance.choice(THINGS)
        title = f"{said['thing'].capitalize()} of {said['place']} {chance.choice(ACTS)}, {said['who']} says"
        sentences = [
            one.format(**said, day=chance.choice(DAYS), n=chance.randrange(20, 9000), year=chance.randrange(1960, 2060))
            for one in chance.sample(SENTENCES, len(SENTENCES))
        ]
        path = f"/{paper}/item-{number}.html"
        self.papers.page(path, title, [" ".join(sentences[place : place + 2]) for place in range(0, 8, 2)])
        at = news.date_for_rss(datetime.now(UTC) - timedelta(minutes=3))
        self.items[paper].insert(0, {"path": path, "title": title, "description": sentences[0], "at": at})
        self.papers.feed(
            f"/{paper}/feed.xml", self.items[paper][:40], title=f"The {BEGINS[paper % 25]}den Paper {paper}"
        )
        self.published.append(path)
        return path

    def has_news(self) -> bool:
        """True once the first article is placed; readers ask for it from now on."""
        found = self.rows(
            "select a.id, p.story_id from articles_article a join stories_placement p on p.article_id = a.id"
            " where a.text != '' order by a.id limit 1"
        )
        self.article, self.story = found[0] if found else (0, 0)  # type: ignore[assignment]
        return bool(found)

    def is_read(self, path: str) -> bool:
        """True once the article stands in a story."""
        query = (
            "select count(*) from articles_article a join stories_placement p on p.article_id = a.id"
            " where a.url like ? and a.text != ''"
        )
        return self.rows(query, f"%{path}")[0][0] == 1

    # --- rows ---------------------------------------------------------------
    server: Any = None  # of PostgreSQL, where the rows are there

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        if self.server is None:
            with closing(self.connect()) as database:
                return database.execute(query, values).fetchall()
        import psycopg

        with psycopg.connect(self.server.get_uri(), connect_timeout=5) as there:
            return there.execute(query.replace("?", "%s"), values).fetchall()

    def connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.data / "site.sqlite3", timeout=5)

    def is_whole(self) -> bool:
        """True where SQLite finds nothing wrong; of PostgreSQL, which has no such look, where every row can be read."""
        if self.server is None:
            return self.rows("pragma integrity_check") == [("ok",)]
        return bool(self.rows("select count(text), count(marks::text), count(entry::text) from articles_article"))

    # --- asking -------------------------------------------------------------
    @property
    def paths(self) -> tuple[str, ...]:
        return (
            "/",
            f"/story/{self.story}",
            f"/article/{self.article}",
            "/search?q=harbour",
            "/api/v1/stories",
            "/about",
        )

    def ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> Answered:
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=3 * ANSWER_S)
        try:
            if form is None:
                connection.request("GET", path, headers=headers)
            else:
                sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
                connection.request("POST", path, urlencode(form), sent)
            answer = connection.getresponse()
            body = answer.read().decode("utf-8", "replace")
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answered(path, answer.status, time.monotonic() - began, told, body[:4000])
        except (OSError, http.client.HTTPException):
            return Answered(path, 0, time.monotonic() - began, {}, "")
        finally:
            connection.close()

    def told(self) -> Told:
        """What /readyz, /health.json and /metrics say now."""
        parts: dict[str, dict[str, object]] = {}
        with suppress(ValueError, KeyError, TypeError):
            parts = {one["name"]: one for one in json.loads(self._whole("/health.json"))["parts"]}
        numbers = {}
        said = self._whole("/metrics", Authorization=f"Bearer {TOKEN}")
        for line in said.splitlines() if said.startswith("# HELP") else ():
            name, _, value = line.rpartition(" ")
            if name and not line.startswith("#"):
                numbers[name.removeprefix("backstory_")] = float(value)
        return Told(self.ask("/readyz").body, parts, numbers)

    def _whole(self, path: str, **headers: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_S)
        try:
            connection.request("GET", path, headers=headers)
            return connection.getresponse().read().decode()
        except (OSError, http.client.HTTPException):
            return ""
        finally:
            connection.close()

    def run_here(self, module: str, *arguments: str) -> None:
        """Another program on the site's data, as python -m MODULE."""
        environment = running.environment(self.allow, **self.own, BACKSTORY_DATA=str(self.data))
        environment |= {"MODEL_URL": "", "LD_PRELOAD": ""}
        command = [sys.executable, "-m", module, *arguments]
        subprocess.run(command, cwd=running.ROOT, check=True, env=environment, timeout=120)

    # --- what stands beside it ---------------------------------------------
    _mail: AbstractContextManager[mail_server.MailServer] | None = None

    def start_mail(self) -> mail_server.MailServer:
        """A mail server, at the address where it was before."""
        self._mail = mail_server.serve(self.mails.port if self.mails else 0)
        self.mails = self._mail.__enter__()
        return self.mails

    def stop_mail(self) -> None:
        if self._mail is not None:
            self._mail.__exit__(None, None, None)
            self._mail = None

    # --- processes ----------------------------------------------------------
    def workers(self) -> list[int]:
        """The desk's processes, the one that has the threads first."""
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdigit() and b"newsroom.desk.worker" in (entry / "cmdline").read_bytes():
                    parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                    if self.process and parent == self.process.pid:
                        found.append(int(entry.name))
        return found

    def start(self, environment: dict[str, str]) -> None:
        self.process = running.start(
            "--data", str(self.data), "--port", str(self.port), allow=self.allow, **environment
        )
        log = open(self.data.parent / "served.log", "ab")  # noqa: SIM115  written to as long as the site lives
        for stream in (self.process.stdout, self.process.stderr):
            threading.Thread(target=_drain, args=(stream, log), daemon=True).start()
        self.wait(lambda: self.ask("/healthz").status == 200, START_S, "the site did not start")

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def wait(self, done: Callable[[], object], most_s: float, otherwise: str) -> float:
        """Seconds until it is so; fails after most_s."""
        began = time.monotonic()
        while not done():
            assert time.monotonic() - began < most_s, otherwise
            time.sleep(0.2)
        return time.monotonic() - began


def _drain(stream, log) -> None:
    for line in stream:
        log.write(line)
        log.flush()


@contextmanager
def faulty_site(folder: Path, *, papers: int = PAPERS, server: Any = None) -> Iterator[FaultySite]:
    """A running site that has read its papers; on a machine that fails when told to. server: of PostgreSQL."""
    data, port = folder / "data", free_port()
    data.mkdir(parents=True)
    machine = FaultyMachine(folder, data)
    with loopback.serve() as served, loopback.serve() as second, model_stub.serving() as model, ExitStack() as kept:
        for host in (served, second):
            host.host = host.host.replace("127.0.0.1", "localhost")  # so that a name has to be looked up
        second.answers = served.answers  # half of the papers' feeds are at another host
        site = FaultySite(served, data, port, machine)
        site.server = server
        site.allow = f"{served.host},{second.host}"
        site.model = model
        mails = site.start_mail()
        kept.callback(site.stop_mail)
        feeds = [(served, second)[paper % 2].url(f"/{paper}/feed.xml") for paper in range(papers)]
        for paper in range(papers):
            site.publish(paper)
            site.publish(paper)
        own = {
            **machine.environment, "MODEL_URL": f"{model.url}", "MODEL_NAME": "small", "MODEL_TIMEOUT_S": "3",
            "MODEL_CALLS_AN_HOUR": "100000", "MODEL_CALLS_A_DAY": "100000",
            "EMAIL_URL": f"smtp://127.0.0.1:{mails.port}", "SITE_URL": f"http://127.0.0.1:{port}", "EDITION_HOUR": "0",
            "COMMENTS_PER_HOUR": "1000000", "METRICS_TOKEN": TOKEN, "PUBLIC_TEXT": "whole", "REREAD": "no",
            "BACKFILL_DAYS": "0", **({"DATABASE_URL": server.get_uri()} if server else {}),
        }  # fmt: skip
        running.run("add", *feeds, "--data", str(data), allow=site.allow, **own)
        site.own = own
        try:
            site.start(own)
            site.wait(site.has_news, START_S, "the papers were not read")
            yield site
        finally:
            machine.mend()
            model.go_on.set()
            site.stop()
