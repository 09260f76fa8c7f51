"""`python -m bench.floor DATABASE`: the least that reading feeds can be, to divide by; the standard library alone.

Threads ask conditionally and parse; one connection keeps the items (WAL,
FTS5), each once, and writes only what is new or changed. It follows no
redirect, mends no feed, cleans nothing, finds no copies, makes no stories.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import re
import sqlite3
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from bench.driver import Parts, Said, answer

THREADS = 8
KEPT_AT_ONCE = 50
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
TAG = re.compile(r"<[^>]+>")
TABLES = """
PRAGMA journal_mode=wal; PRAGMA synchronous=normal;
CREATE TABLE IF NOT EXISTS feed(id INTEGER PRIMARY KEY, url TEXT UNIQUE, etag TEXT, modified TEXT, next REAL);
CREATE TABLE IF NOT EXISTS item(
    id INTEGER PRIMARY KEY, feed INT, guid TEXT, url TEXT, title TEXT, published TEXT, body TEXT, digest BLOB,
    UNIQUE(feed, guid)
);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(title, body, content='');
"""


class Entry(NamedTuple):
    guid: str
    url: str
    title: str
    published: str
    body: str


class Answer(NamedTuple):
    feed: int
    status: int
    etag: str | None
    modified: str | None
    entries: tuple[Entry, ...]


def parse(body: bytes) -> Iterator[Entry]:
    root = ElementTree.fromstring(body)
    for one in root.iter("item"):
        text = one.findtext(CONTENT) or one.findtext("description") or ""
        yield Entry(*(one.findtext(name) or "" for name in ("guid", "link", "title", "pubDate")), text)
    for one in root.iter(f"{ATOM}entry"):
        link = one.find(f"{ATOM}link")
        said = {name: one.findtext(ATOM + name) or "" for name in ("id", "title", "published", "content")}
        href = link.get("href", "") if link is not None else ""
        yield Entry(said["id"], href, said["title"], said["published"], said["content"])


def look(row: tuple[int, str, str | None, str | None]) -> Answer:
    number, url, etag, modified = row
    parts = urlsplit(url)
    headers = {"Accept-Encoding": "gzip", "User-Agent": "floor"}
    headers |= {"If-None-Match": etag} if etag else {}
    headers |= {"If-Modified-Since": modified} if modified else {}
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        connection.request("GET", parts.path, headers=headers)
        got = connection.getresponse()
        body = got.read()
    finally:
        connection.close()
    if got.getheader("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    entries = tuple(parse(body)) if got.status == 200 else ()
    return Answer(number, got.status, got.getheader("ETag"), got.getheader("Last-Modified"), entries)


class Floor:
    def __init__(self, path: Path) -> None:
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.executescript(TABLES)
        self.threads = ThreadPoolExecutor(THREADS)

    def add(self, urls: list[str]) -> Said:
        self.database.executemany("INSERT OR IGNORE INTO feed(url) VALUES (?)", [(url,) for url in urls])
        return {}

    def read(self) -> Said:
        """Look at all feeds once, and keep what they have."""
        parts = Parts()
        counts = {"new": 0, "changed": 0, "unchanged": 0}
        rows = self.database.execute("SELECT id, url, etag, modified FROM feed").fetchall()
        self.database.execute("BEGIN")
        for place, answered in enumerate(self.threads.map(look, rows)):
            if answered.status == 304:
                counts["unchanged"] += 1
                self.database.execute("UPDATE feed SET next = ? WHERE id = ?", (time.time() + 900, answered.feed))
            else:
                self._keep(answered, counts)
            if place % KEPT_AT_ONCE == KEPT_AT_ONCE - 1:
                self.database.execute("COMMIT")
                self.database.execute("BEGIN")
        self.database.execute("COMMIT")
        parts.took("all")
        return parts.said(**counts)

    def _keep(self, answered: Answer, counts: dict[str, int]) -> None:
        known = dict(self.database.execute("SELECT guid, digest FROM item WHERE feed = ?", (answered.feed,)))
        for entry in answered.entries:
            digest = hashlib.blake2b((entry.title + entry.body).encode(), digest_size=8).digest()
            if known.get(entry.guid) == digest:
                continue
            counts["changed" if entry.guid in known else "new"] += 1
            if entry.guid in known:
                change = "UPDATE item SET title = ?, body = ?, digest = ? WHERE feed = ? AND guid = ?"
                self.database.execute(change, (entry.title, entry.body, digest, answered.feed, entry.guid))
                continue
            made = self.database.execute(
                "INSERT INTO item(feed, guid, url, title, published, body, digest) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (answered.feed, *entry, digest),
            )
            text = TAG.sub(" ", entry.body)
            self.database.execute(
                "INSERT INTO words(rowid, title, body) VALUES (?, ?, ?)", (made.lastrowid, entry.title, text)
            )
        seen = (answered.etag, answered.modified, time.time() + 900, answered.feed)
        self.database.execute("UPDATE feed SET etag = ?, modified = ?, next = ? WHERE id = ?", seen)

    def checkpoint(self) -> Said:
        self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return {}


def main() -> None:
    floor = Floor(Path(sys.argv[1]))
    answer({"add": floor.add, "pass": floor.read, "checkpoint": floor.checkpoint})


if __name__ == "__main__":
    main()
