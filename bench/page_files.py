"""Pages of the made-up world as files: a line of JSON each with the text that is on them, and a WARC."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.world import World

PUBLISHERS = 40


def pages(count: int, seed: int) -> Iterator[tuple[str, bytes, str]]:
    """Address, HTML and text of so many pages of forty publishers."""
    world = World(seed, PUBLISHERS, 50, datetime(2026, 11, 1, tzinfo=UTC).timestamp())
    for place in range(count):
        feed, number = place % PUBLISHERS, place // PUBLISHERS
        base = f"https://paper{feed}.example"
        yield f"{base}/p/{feed}/{number}", world.page(base, feed, number), world.item(feed, number).text


def write_lines(path: Path, count: int, seed: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for url, body, text in pages(count, seed):
            file.write(json.dumps({"url": url, "html": body.decode(), "text": text}) + "\n")
    return path


def write_warc(path: Path, count: int, seed: int) -> Path:
    """A WARC 1.1 file, one gzip member a record."""
    with path.open("wb") as file:
        for place, (url, body, _) in enumerate(pages(count, seed)):
            http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
            answer = http.encode() + body
            head = (
                "WARC/1.1\r\nWARC-Type: response\r\n"
                f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{place:012x}>\r\n"
                f"WARC-Date: 2026-11-01T00:00:00Z\r\nWARC-Target-URI: {url}\r\n"
                f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
            )
            file.write(gzip.compress(head.encode() + answer + b"\r\n\r\n", 6, mtime=0))
    return path


def f1(found: list[str], wanted: list[str]) -> float:
    """The mean over the pages of F1 over words, each counted as often as it stands there."""
    scores = []
    for one, other in zip(found, wanted, strict=True):
        got, gold = Counter(one.split()), Counter(other.split())
        shared = (got & gold).total()
        scores.append(2 * shared / max(1, got.total() + gold.total()))
    return sum(scores) / len(scores)
