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
STRINGS_AT_ONCE = 200
CODINGS = {"gzip": "gzip", "not": "gzip", "rawdeflate": "deflate", "deflate": "deflate", "xz": "xz", "br": "br"}
ARCHIVES = {
    "XML": "xml/xml_bombs",
    "OPML": "opml/opml_hostile",
    "WARC": "warc/warc_hostile",
    "JSON": "json/JSONTestSuite_parsing",
    "HTML": "html/html5lib_tests",
    "feeds of feedparser's tests": "feeds/feedparser_tests",
    "feeds of the validator's tests": "feeds/feedvalidator_testcases",
}
PICTURES = "images/images_hostile"
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


def strings(hostile: Path) -> Iterator[tuple[str, bytes]]:
    """The naughty strings, a few hundred lines at once."""
    said = rows(hostile / "strings" / "naughty.jsonl", "s")
    for start in range(0, len(said), STRINGS_AT_ONCE):
        text = "\n".join(said[start : start + STRINGS_AT_ONCE])
        yield f"strings from {start}", text.encode("utf-8", "surrogatepass")


def addresses(hostile: Path) -> bytes:
    """Every odd address, a line each."""
    said = rows(hostile / "ssrf" / "urls.jsonl", "url")
    said += rows(hostile / "url" / "wpt_urltestdata.jsonl", "input", "base")
    said += rows(hostile / "url" / "open_redirect.jsonl", "value")
    return "\n".join(said).encode("utf-8", "surrogatepass")


def probes(hostile: Path, factor: int = 1) -> Iterator[tuple[str, bytes]]:
    """What repeats, so many times over."""
    for line in (hostile / "complexity" / "probes.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield f"{row['id']} x{factor}", (row["repeat"] * (row["times"] * factor) + row["suffix"]).encode()


def coding_of(name: str) -> str:
    """As what a packed file is sent."""
    return "gzip, gzip, gzip" if "_x3" in name else CODINGS[name.partition("_")[0]]


def through(named: Iterable[tuple[str, bytes]], parsers: Iterable[str], *, each: int = 1) -> Iterator[Case]:
    """Each file, or every `each`th, through these parsers."""
    for place, (name, body) in enumerate(named):
        if place % each == 0:
            for parser in parsers:
                yield Case(parser, name, body)
