"""Gives inputs to a child process, one after another; what kills it is named, and a new child goes on."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from tests.hostile.child import MOST_S, Report, main

START_S = 120
KEPT_MOST_MB = 140
WALL_S = 30 * MOST_S  # the machine may be busy; the child counts its own processor time, and is ended by it


@dataclass(frozen=True, slots=True)
class Case:
    parser: str
    name: str
    body: bytes


HARMLESS = (
    b"<html><head><title>Harbour of Orrin reopens</title></head><body><article><h1>Harbour of Orrin reopens</h1>"
    + (
        b"<p>The harbour of Orrin reopened on Monday, 5 October 2026, after a winter of repairs, the council said.</p>"
        * 9
    )
)
FEED = b"<rss version='2.0'><channel><title>t</title><item><title>u</title><link>https://a.example/u</link></item></channel></rss>"
OLD_FEED = FEED.replace(b"2.0", b"0.91")
IDLE_WITH = [
    *(
        (parser, HARMLESS)
        for parser in ("opml", "home", "page", "page utf-16", "item", "saved text", "attributes", "markup", "text",
                       "address", "moment", "robots", "archive")
    ),
    ("linked data", b'{"@type": "NewsArticle", "headline": "Harbour"}'),
    ("feed", FEED),
    ("feed", OLD_FEED),
    ("rss fields", b"3 days before the fair"),  # brings what reads odd dates
    ("feed", b'{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": []}'),
    ("lines", b'{"id": 1, "url": "https://a.example/", "html": "<p>The harbour reopened.", "text": "a", "articles": []}'),
]  # fmt: skip


class Child:
    """A child that is started when needed and replaced when it is dead."""

    def __init__(self) -> None:
        self.process: BaseProcess | None = None
        self.connection: Connection | None = None

    def read(self, case: Case) -> Report:
        connection = self._ready()
        connection.send((case.parser, case.body))
        try:
            if connection.poll(WALL_S):
                report: Report = connection.recv()
                if report.over_idle_mb > KEPT_MOST_MB:
                    self.close()  # what it still holds would be counted against the next
                return report
            fault = f"hung: no answer in {WALL_S:.0f} s"
        except (EOFError, ConnectionError):
            assert self.process is not None
            self.process.join(5)
            fault = f"crashed: exit code {self.process.exitcode}"
        self.close()
        return Report(fault, WALL_S, 0.0, ())

    def _ready(self) -> Connection:
        if self.connection is None:
            context = multiprocessing.get_context("spawn")
            self.connection, theirs = context.Pipe()
            self.process = context.Process(target=main, args=(theirs, IDLE_WITH), daemon=True)
            self.process.start()
            theirs.close()
            assert self.connection.poll(START_S), "the child did not start"
            assert self.connection.recv() == "ready"
        return self.connection

    def close(self) -> None:
        if self.process is not None and self.connection is not None:
            self.process.kill()
            self.process.join()
            self.connection.close()
        self.process = self.connection = None


def faults(cases: Iterable[Case], child: Child) -> list[str]:
    """What is wrong, a line a case; empty if each was read or refused by name, in time and memory."""
    count, found = 0, []
    for case in cases:
        count += 1
        if fault := child.read(case).fault:
            found.append(f"{case.parser} < {case.name}: {fault}")
    assert count, "no case was tried"
    return found
