"""newstext measure feeds: feedparser's own expectations, broken feeds and speed, beside feedparser."""

from __future__ import annotations

import ast
import base64
import gzip
import io
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser

from newstext.feeds import FeedError, parse_feed, read_moment
from newstext.measuring import data_folder, table
from newstext.records import FeedEntry, ParsedFeed, RawEntry
from newstext.sanitise import clean_entry, plain_text

URL = "https://feed.example/feed.xml"
CORE = {"title", "link", "date", "content", "author", "id", "enclosure"}
END_TAG = re.compile(rb"</(?:title|link|description|guid|pubDate|id|updated|summary)>")
Keys = tuple[str | int, ...]
RUNS = 3


def main(argv: list[str]) -> int:
    """Print the share of core expectations met, entries kept of broken feeds, and speed."""
    folder = data_folder() / "extraction" / "feeds"
    found = expectations(folder / "feedparser_expectations.jsonl.gz")
    bodies = [gzip.decompress(path.read_bytes()) for path in sorted((folder / "real").glob("*.gz"))]
    alone, cleaned, theirs = seconds_in_turn((_ours, _ours_cleaned, _theirs), bodies)
    rows = [
        ("ours, parsed as at each look", f"{found.met / found.counted:.3f}", *_kept(_ours, bodies), theirs / alone),
        ("ours, all items cleaned as at the first look", "", "", "", theirs / cleaned),
        ("feedparser, which cleans as it parses", "its own", *_kept(_theirs, bodies), 1.0),
    ]
    head = ("", f"core expectations ({found.counted})", "entries, mismatched tag", "cut at 70 %", "speed, CPU")
    print(table(f"feeds ({len(bodies)} real ones)", head, [(*row[:-1], f"{row[-1]:.1f}x") for row in rows]))
    left_out = sorted(found.left_out.items(), key=lambda pair: -pair[1])
    title = (
        f"core expectations: {found.counted} of {found.counted + sum(found.left_out.values())} speak of what we print"
    )
    print(table(title, ("left out, for it speaks of", "cases"), [(name, str(count)) for name, count in left_out]))
    return 0


def _ours(body: bytes) -> int:
    return len(_parsed(body))


def _ours_cleaned(body: bytes) -> int:
    return len([clean_entry(entry) for entry in _parsed(body)])


def _parsed(body: bytes) -> tuple[RawEntry, ...]:
    try:
        return parse_feed(body, url=URL).entries
    except FeedError:
        return ()


def _theirs(body: bytes) -> int:
    return len(feedparser.parse(io.BytesIO(body)).entries)


def seconds_in_turn(readers: Sequence[Callable[[bytes], int]], bodies: list[bytes]) -> list[float]:
    """The CPU time of each reader over all feeds: each feed by each in turn, the least of some runs."""
    totals = [0.0] * len(readers)
    for body in bodies:
        least = [float("inf")] * len(readers)
        for _ in range(RUNS):
            for place, reader in enumerate(readers):
                began = time.process_time()
                reader(body)
                least[place] = min(least[place], time.process_time() - began)
        totals = [total + one for total, one in zip(totals, least, strict=True)]
    return totals


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


@dataclass(slots=True)
class Expectations:
    """The core groups' cases: how many speak of what we print, how many of those are met; the others by subject."""

    met: int = 0
    counted: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


def expectations(path: Path) -> Expectations:
    """Every case of the core groups judged; its clause of `bozo` and of fields we do not print left out."""
    found = Expectations()
    for line in gzip.decompress(path.read_bytes()).splitlines():
        case = json.loads(line)
        if case["group"] not in CORE:
            continue
        ways = _ways(case["expect"])
        if not all(ways):
            found.left_out[_subject(case["expect"])] += 1
            continue
        found.counted += 1
        found.met += any(_is_met(base64.b64decode(case["data_b64"]), wanted) for wanted in ways)
    return found


def _ways(expression: str) -> list[list[tuple[Keys, Any]]]:
    """What meets a Python expression: one of these lists of (path, value) that must be equal; never evaluated."""
    tree = ast.parse(expression, mode="eval").body
    ways = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.Or) else [tree]
    return [list(_wanted(way)) for way in ways]


def _wanted(tree: ast.expr) -> Iterator[tuple[Keys, Any]]:
    for clause in tree.values if isinstance(tree, ast.BoolOp) else [tree]:
        if not isinstance(clause, ast.Compare) or not isinstance(clause.comparators[-1], ast.Constant | ast.Tuple):
            continue
        value = ast.literal_eval(clause.comparators[-1])
        for side in (clause.left, *clause.comparators[:-1]):
            path = _path(side)
            if path and (_feed_field(path) or _entry_field(path)):
                yield path, value


def _subject(expression: str) -> str:
    """The field an expression speaks of: entries' links, feed's id."""
    named = re.search(r"(feed|entries)(?:\[\d+\])?\[?'?\.?(\w+)(?:'\]\[\d+\]\['(\w+))?", expression)
    return f"{named[1]}' {named[2]}{' ' + named[3] if named[3] else ''}" if named else expression


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
    **dict.fromkeys(
        ("published", "published_parsed", "created", "created_parsed"), lambda entry: _utc(entry.published_at)
    ),
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
    if name in ("published", "updated", "modified", "created"):
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
