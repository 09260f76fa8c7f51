"""The hostile data set as cases: which file goes through which parsers."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.hostile.running import Case

UNPACKED_MOST = 64 * 2**20 + 1
MARKUP = ("feed", "opml", "home", "page", "item", "markup")
EVERY = (
    *MARKUP, "feed utf-16", "page utf-16", "page iso-2022-jp", "saved text", "linked data", "attributes", "text",
    "rss fields", "old rss fields", "atom fields", "sitemap fields", "json fields", "opml fields", "fields",
    "address", "moment", "robots", "lines", "archive",
)  # fmt: skip


def files(archive: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a tar; one that is a single gzip is unpacked as far as 64 MB, in memory."""
    with tarfile.open(archive) as opened:
        for one in opened:
            if not one.isfile():
                continue
            held = opened.extractfile(one)
            assert held is not None
            body = held.read()
            if one.name.endswith(".gz") and "warc" not in one.name:
                yield one.name.removesuffix(".gz"), unpacked(body)
            yield one.name, body


def unpacked(body: bytes) -> bytes:
    with gzip.open(io.BytesIO(body)) as packed:
        return packed.read(UNPACKED_MOST)


def rows(path: Path, *names: str) -> list[str]:
    """One field of every line."""
    said = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        said += [str(row[name]) for name in names if row.get(name)]
    return said


def through(named: Iterable[tuple[str, bytes]], parsers: Iterable[str], *, each: int = 1) -> Iterator[Case]:
    """Each file, or every `each`th, through these parsers."""
    for place, (name, body) in enumerate(named):
        if place % each == 0:
            for parser in parsers:
                yield Case(parser, name, body)
