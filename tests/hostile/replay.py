"""Row 10, replay: feeds asked a hundred times by eight workers at once while they change, against their history.

The feeds: invented ones, those of the news world (shared/bench) and those of
the hostile data set, each served by a real server on loopback that re-orders
and corrects items and changes their guids and addresses. Some answers come
late, after the claim they were asked under has run out. Afterwards each item
must have one row, with its last correction, and no version after a later one.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import re
import subprocess
import sys
import tarfile
import threading
import time
import unittest
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from newstext.engines import READ_LIMITS, Processes
from newstext.feeds import FeedError, parse_feed
from newstext.measuring import data_folder
from newstext.records import RawEntry
from tests.hostile.databases import postgres
from tests.hostile.figures import Figure, Run
from tests.hostile.replayed_feeds import LAST_CHANGE, TIMES, Item, Replay, Told, correction, invented

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 8
INVENTED, NEWS_WORLD = 40, 40  # feeds of each, at full size
ITEMS = 8
LATE_SHARE, LATE_S = 0.05, 1.0
ITEM_PATH = re.compile(r"/i/(\d+/\d+)/")
NUMBER_OF_CORRECTION = re.compile(r"Correction (\d+) of ")
PLAIN_GUID = re.compile(r"(?!.*://)[\x21-\x7e]{1,200}")
KEEP_ADDRESS = ("same", "guid each time", "guid once", "query each time")
PATIENCE_S = 3 * 3600


@dataclass(slots=True)
class Found:
    """What the rows say beside the history. faults: the first of them, in words."""

    feeds: int = 0
    items: int = 0
    edits: int = 0
    answers: int = 0
    missing: int = 0
    duplicates: int = 0
    lost_edits: int = 0
    went_back: int = 0
    workers_failed: int = 0
    faults: list[str] = field(default_factory=list)

    def note(self, what: str) -> None:
        if len(self.faults) < 40:
            self.faults.append(what)


def measure(run: Run) -> list[Figure]:
    """Both databases, one after the other, with the same feeds."""
    figures = []
    for database in ("SQLite", "PostgreSQL"):
        if database == "SQLite":
            found = replay(feeds_of(run), run.scratch / "sqlite")
        else:
            try:
                with postgres() as url:
                    found = replay(feeds_of(run), run.scratch / "postgres", database=url)
            except unittest.SkipTest as missing:
                figures.append(
                    Figure("replay, PostgreSQL", "0 duplicates, 0 lost edits", str(missing), False, "nothing")
                )
                continue
        for fault in found.faults:
            print(f"replay, {database}: {fault}", file=sys.stderr)
        figures.append(figure(found, database))
    return figures


def figure(found: Found, database: str) -> Figure:
    is_whole = not (found.missing or found.went_back or found.workers_failed)
    more = (
        ""
        if is_whole
        else f", {found.missing} missing, {found.went_back} went back, {found.workers_failed} workers fell"
    )
    return Figure(
        f"replay, {database}", "0 duplicates, 0 lost edits",
        f"{found.duplicates} duplicates, {found.lost_edits} lost edits{more}",
        is_whole and found.duplicates == found.lost_edits == 0 < found.items,
        f"{found.feeds} feeds asked {TIMES} times and more ({found.answers:,} answers), {WORKERS} workers, "
        f"{found.items:,} items, {found.edits:,} edits",
    )  # fmt: skip


def feeds_of(run: Run) -> Replay:
    """The run's share of each kind of feed."""
    made = Replay(run.seed)
    draw = run.choice("replayed")
    for number in range(max(4, round(INVENTED * run.share))):
        told = [invented(draw, is_whole=place % 2 == 0) for place in range(ITEMS)]
        feed = made.add(f"The Invented Paper {number}", told, may_change_ids=True)
        if number % 4 == 0:
            made.add_section_of(feed)
    for name, told in _of_news_world(max(1, round(NEWS_WORLD * run.share))):
        made.add(name, told, may_change_ids=True)
    for name, told in _of_hostile_feeds(run):
        made.add(name, told, may_change_ids=False)
    return made


def _of_news_world(count: int) -> list[tuple[str, list[Told]]]:
    """Feeds of shared/bench/newsworld.py, its own words; none where it is not here."""
    path = data_folder().parent / "bench" / "newsworld.py"
    if not path.is_file():
        return []
    spec = importlib.util.spec_from_file_location("newsworld", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    world = module.World(feeds=count, items=ITEMS)
    feeds = []
    for number in range(count):
        items = [world.item(number, place) for place in range(ITEMS)]
        told = [Told(item["title"], world.body(item), item["guid"]) for item in items]
        feeds.append((f"{world.pub(number)} {number}", told))
    return feeds


def _of_hostile_feeds(run: Run) -> list[tuple[str, list[Told]]]:
    """What the run's share of the data set's feeds tell, as our parser reads them in a bounded process."""
    archive = run.hostile / "feeds" / "feedparser_tests.tar.gz"
    if not archive.is_file():
        return []
    with tarfile.open(archive) as files:
        members = [(member.name, files.extractfile(member)) for member in files if member.isfile()]
        bodies = run.some([(name, file.read()) for name, file in members if file is not None], "replayed files")
    with Processes(1, limits=READ_LIMITS) as engine:
        read = list(engine(entries_of, [body for _, body in bodies]))
    feeds = [(f"Odd paper {name}", _told(entries)) for (name, _), entries in zip(bodies, read, strict=True)]
    return [(name, told) for name, told in feeds if told]


def entries_of(body: bytes) -> tuple[RawEntry, ...]:
    """The items of a feed; none if it is not one."""
    try:
        return parse_feed(body, url="http://127.0.0.1/", content_type="").entries
    except FeedError:
        return ()


def _told(entries: object) -> list[Told]:
    """Items with addresses of our own where they had one, so that nothing else is asked for."""
    told: dict[str, Told] = {}
    for place, entry in enumerate(entries if isinstance(entries, tuple) else ()):
        guid = entry.guid if PLAIN_GUID.fullmatch(entry.guid) else f"odd-{place}"
        title = " ".join(entry.title.split()) or f"Without a headline {place}"
        told.setdefault(guid, Told(title, entry.raw_content or entry.raw_summary, guid, bool(entry.url)))
    return list(told.values())


class Served:
    """The feeds on loopback, until each was asked often enough."""

    def __init__(self, made: Replay) -> None:
        self.made = made
        self.site = ""
        self.answers = 0
        self.draw = random.Random(made.seed)
        self.changed = threading.Condition()

    def feed(self, number: int, etag: str) -> tuple[int, bytes, str, float]:
        """Status, body, ETag of the next edition of a feed, and how late it comes."""
        with self.changed:
            feed = self.made.feeds[number]
            feed.asked += 1
            self.answers += 1
            body = feed.body(self.site)
            late_s = LATE_S if self.draw.random() < LATE_SHARE and feed.asked <= LAST_CHANGE else 0.0
            self.changed.notify_all()
        mine = f'"{sha256(body).hexdigest()[:16]}"' if number % 2 else ""
        return (304, b"", mine, late_s) if mine and etag == mine else (200, body, mine, late_s)

    def page(self, name: str) -> bytes:
        feed, item = self.made.items[name]
        with self.changed:
            return feed.page(item)

    def is_done(self) -> bool:
        return all(feed.asked >= TIMES for feed in self.made.feeds)


@contextmanager
def _serving(made: Replay) -> Iterator[Served]:
    served = Served(made)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path.startswith("/f/"):
                status, body, etag, late_s = served.feed(int(self.path[3:-4]), self.headers.get("If-None-Match", ""))
                if late_s:
                    time.sleep(late_s)  # being late is what is tried
                self._say(status, body, "application/rss+xml", etag)
            elif found := ITEM_PATH.match(self.path):
                self._say(200, served.page(found[1]), "text/html; charset=utf-8", "")
            else:
                self._say(404, b"", "text/plain", "")

        def _say(self, status: int, body: bytes, media_type: str, etag: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            if etag:
                self.send_header("ETag", etag)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served.site = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()


def replay(
    made: Replay, scratch: Path, *, database: str = "", is_guarded: bool = True, workers: int = WORKERS
) -> Found:
    """Let workers follow these feeds until each was asked often enough; what the rows say then.

    database: a DATABASE_URL; SQLite without. is_guarded: False takes claims and their check away.
    """
    scratch.mkdir(parents=True)
    with _serving(made) as served:
        feeds = [{"publisher": feed.publisher, "url": served.site + feed.path()} for feed in made.feeds]
        stop = scratch / "stop"
        said = {"feeds": feeds, "stop": str(stop), "workers": workers, "is_guarded": is_guarded}
        environment = {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            "BACKSTORY_DATA": str(scratch), "STARTING_PUBLISHERS": "no", "FETCH_THREADS": "8",
            "FETCH_ALLOW_PRIVATE": served.site.removeprefix("http://"), "DJANGO_SETTINGS_MODULE": "newsroom.settings",
            **({"DATABASE_URL": database} if database else {}),
        }  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.replaying", json.dumps(said)],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE,
        )  # fmt: skip
        until = time.monotonic() + PATIENCE_S
        with served.changed:
            while not served.is_done() and process.poll() is None and time.monotonic() < until:
                served.changed.wait(5)
        stop.touch()
        out, _ = process.communicate(timeout=PATIENCE_S)
    if process.returncode:
        raise RuntimeError(f"the followers of the replayed feeds ended with {process.returncode}")
    return judge(made, json.loads(out.splitlines()[-1]), served.answers)


def judge(made: Replay, rows: dict[str, Any], answers: int) -> Found:
    """What is missing, twice, or not as it was last told."""
    found = Found(
        len(made.feeds), len(made.items), answers=answers, workers_failed=len(rows["failed"]),
        edits=sum(len(item.edits) for _, item in made.items.values()),
    )  # fmt: skip
    by_item: dict[str, list[list[Any]]] = defaultdict(list)
    names = {(feed.path(), item.guid): item.name for feed in made.feeds for item in feed.items if not item.has_address}
    for row in rows["articles"]:
        _, feed_url, guid, url, *_ = row
        path = "/" + feed_url.split("/", 3)[3] if feed_url else ""
        in_address = ITEM_PATH.search(url)
        by_item[in_address[1] if in_address else names.get((path, guid), f"unknown {url} {guid}")].append(row)
    for name in by_item.keys() - made.items.keys():
        found.duplicates += 1
        found.note(f"{name}: a row of no item")
    versions: dict[int, list[str]] = defaultdict(list)
    for article, text in rows["versions"]:
        versions[article].append(text)
    sectioned = {feed.follows.number for feed in made.feeds if feed.follows is not None}
    for name, (feed, item) in made.items.items():
        _judge_item(item, by_item.get(name, []), versions, found, is_listed_twice=feed.number in sectioned)
    return found


def _judge_item(
    item: Item, rows: list[list[Any]], versions: dict[int, list[str]], found: Found, *, is_listed_twice: bool
) -> None:
    what = f"{item.name} ({item.ids}{', listed twice' if is_listed_twice else ''})"
    if not rows:
        found.missing += 1
        found.note(f"{what}: no row")
        return
    if len(rows) > 1:
        found.duplicates += len(rows) - 1
        found.note(f"{what}: {len(rows)} rows: {[(row[0], row[1], row[2], row[3], row[4][-20:]) for row in rows]}")
    last = item.version(LAST_CHANGE)
    for key, _, _, _, title, text, problem, entry in rows[:1]:
        if last and f"(edit {last})" not in title and correction(item.name, last) not in text:
            found.lost_edits += 1
            found.note(f"{what}: edit {last} is not there: {title!r} {text[:90]!r}, {problem!r}, waits: {bool(entry)}")
        # A row that took another in holds that one's text as a version, in no order.
        told = [_number(said) for said in [*versions[key], text]]
        if item.ids in KEEP_ADDRESS and told != sorted(told):
            found.went_back += 1
            found.note(f"{what}: versions in the order {told}")


def _number(text: str) -> int:
    said = NUMBER_OF_CORRECTION.search(text)
    return int(said[1]) if said else 0
