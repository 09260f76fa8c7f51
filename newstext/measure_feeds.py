"""newstext measure feeds: feedparser's own expectations, broken feeds and speed, beside feedparser."""

from __future__ import annotations

import ast
import base64
import gzip
import io
import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser

from newstext.feeds import FeedError, parse_feed, read_moment
from newstext.measuring import data_folder, table
from newstext.records import FeedEntry, ParsedFeed
from newstext.sanitise import clean_entry, plain_text

URL = "https://feed.example/feed.xml"
CORE = {"title", "link", "date", "content", "author", "id", "enclosure"}
END_TAG = re.compile(rb"</(?:title|link|description|guid|pubDate|id|updated|summary)>")
Keys = tuple[str | int, ...]
RUNS = 3


def main(argv: list[str]) -> int:
    """Print the share of core expectations met, entries kept of broken feeds, and speed."""
    folder = data_folder() / "extraction" / "feeds"
    met, cases = _expectations(folder / "feedparser_expectations.jsonl.gz")
    bodies = [gzip.decompress(path.read_bytes()) for path in sorted((folder / "real").glob("*.gz"))]
    seconds, their_seconds = (_seconds(reader, bodies) for reader in (_ours, _theirs))
    rows = [
        ("ours", f"{met / cases:.3f}", *_kept(_ours, bodies), f"{their_seconds / seconds:.1f}x"),
        ("feedparser", "its own", *_kept(_theirs, bodies), "1x"),
    ]
    head = ("", f"core expectations ({cases})", "entries, mismatched tag", "entries, cut at 70 %", "speed, CPU")
    print(table(f"feeds ({len(bodies)} real ones, all texts cleaned by both)", head, rows))
    return 0


def _ours(body: bytes) -> int:
    try:
        return len(parse_feed(body, url=URL).entries)
    except FeedError:
        return 0


def _theirs(body: bytes) -> int:
    return len(feedparser.parse(io.BytesIO(body)).entries)


def _seconds(reader: Callable[[bytes], int], bodies: list[bytes]) -> float:
    """The least CPU time of some runs over all feeds."""
    taken = []
    for _ in range(RUNS):
        began = time.process_time()
        for body in bodies:
            reader(body)
        taken.append(time.process_time() - began)
    return min(taken)


def _kept(reader: Callable[[bytes], int], bodies: list[bytes]) -> tuple[str, str]:
    """The share of entries that still come out of feeds broken in two ways."""
    whole = mismatched = cut = 0
    for body in bodies:
        tags = list(END_TAG.finditer(body))
        if body[:1] == b"{" or not tags:
            continue
        tag = tags[len(tags) // 2]
        entries = _ours(body)
        whole += entries
        mismatched += min(entries, reader(body[: tag.start()] + b"</zzz>" + body[tag.end() :]))
        cut += min(entries, reader(body[: len(body) * 7 // 10]))
    return f"{mismatched / whole:.3f}", f"{cut / whole:.3f}"


def _expectations(path: Path) -> tuple[int, int]:
    """(met, all): the cases of the core groups that speak of fields we print; `bozo` is left out."""
    met = cases = 0
    for line in gzip.decompress(path.read_bytes()).splitlines():
        case = json.loads(line)
        wanted = list(_wanted(case["expect"])) if case["group"] in CORE else []
        if wanted:
            cases += 1
            met += _is_met(base64.b64decode(case["data_b64"]), wanted)
    return met, cases


def _wanted(expression: str) -> Iterator[tuple[Keys, Any]]:
    """(path, value) of each equality in a Python expression; parsed, never evaluated."""
    tree = ast.parse(expression, mode="eval").body
    clauses = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    for clause in clauses:
        if not isinstance(clause, ast.Compare) or not isinstance(clause.comparators[-1], ast.Constant | ast.Tuple):
            continue
        value = ast.literal_eval(clause.comparators[-1])
        for side in (clause.left, *clause.comparators[:-1]):
            path = _path(side)
            if path and (_feed_field(path) or _entry_field(path)):
                yield path, value


def _path(node: ast.expr) -> Keys:
    """entries[0]['title'] as ("entries", 0, "title")."""
    keys: list[str | int] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            keys.append(node.slice.value)  # type: ignore[arg-type]
        elif isinstance(node, ast.Attribute):
            keys.append(node.attr)
        else:
            return ()
        node = node.value
    return (node.id, *reversed(keys))


FEED_FIELDS: dict[str, Callable[[ParsedFeed], str]] = {
    "title": lambda feed: feed.info.title,
    "link": lambda feed: feed.info.home_url,
    "language": lambda feed: feed.info.language,
    **dict.fromkeys(("subtitle", "tagline", "description", "info"), lambda feed: feed.info.description),
}
ENTRY_FIELDS: dict[str, Callable[[FeedEntry], Any]] = {
    "title": lambda entry: entry.title,
    "link": lambda entry: entry.url,
    **dict.fromkeys(("id", "guid"), lambda entry: entry.guid),
    **dict.fromkeys(("published", "published_parsed"), lambda entry: _utc(entry.published_at)),
    **dict.fromkeys(("updated", "updated_parsed", "modified", "modified_parsed"), lambda entry: _utc(entry.updated_at)),
    "author": lambda entry: next(iter(entry.authors), ""),
    **dict.fromkeys(("summary", "description"), lambda entry: entry.summary),
    "content": lambda entry: plain_text(entry.content),
}


def _feed_field(path: Keys) -> Callable[[ParsedFeed], str] | None:
    return FEED_FIELDS.get(str(path[1])) if path[0] == "feed" and len(path) == 2 else None


def _entry_field(path: Keys) -> Callable[[FeedEntry], Any] | None:
    if path[0] != "entries" or len(path) < 3 or (len(path) > 3 and path[3:] != (0, "value")):
        return None
    return ENTRY_FIELDS.get(str(path[2]))


def _is_met(body: bytes, wanted: list[tuple[Keys, Any]]) -> bool:
    try:
        feed = parse_feed(body, url=URL)
        return all(_is_equal(path, value, _printed(feed, path)) for path, value in wanted)
    except (FeedError, IndexError):
        return False


def _printed(feed: ParsedFeed, path: Keys) -> Any:
    if of_feed := _feed_field(path):
        return of_feed(feed)
    of_entry = _entry_field(path)
    assert of_entry is not None
    return of_entry(clean_entry(feed.entries[int(path[1])]))


def _is_equal(path: Keys, value: Any, got: Any) -> bool:
    """Texts are compared as plain text, times as moments, an author by name."""
    name = str(path[1] if path[0] == "feed" else path[2])
    if name.endswith("_parsed"):
        return bool(got == (tuple(value[:6]) if value else None))
    if name in ("published", "updated", "modified"):
        return bool(got == _utc(read_moment(value)))
    if name == "link":
        return str(got).rstrip("/") == str(value).rstrip("/")
    if name == "author":
        value = value.partition(" (")[0]
    return bool(got == (value if name in ("id", "guid") else plain_text(value)))


def _utc(moment: datetime | None) -> tuple[int, ...] | None:
    return tuple(moment.astimezone(UTC).timetuple()[:6]) if moment else None


if __name__ == "__main__":
    main([])
