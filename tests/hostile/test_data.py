"""The hostile data set, through every parser it could reach: read or refused by name, in bounds, nothing opened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.cases import EVERY, MARKUP, files, rows, through
from tests.hostile.running import Case
from tests.site import loopback

pytestmark = pytest.mark.slow
STRINGS_AT_ONCE = 200
STRING_PARSERS = (
    "feed",
    "page",
    "saved text",
    "markup",
    "attributes",
    "address",
    "moment",
    "text",
    "rss fields",
    "lines",
)
CODINGS = {"gzip": "gzip", "not": "gzip", "rawdeflate": "deflate", "deflate": "deflate", "xz": "xz", "br": "br"}


@pytest.mark.parametrize("archive", ["xml/xml_bombs", "opml/opml_hostile", "warc/warc_hostile"])
def test_bombs_and_broken_files_are_read_or_named(hostile, faults_of, archive):
    parsers = (*MARKUP, "archive") if "warc" in archive else MARKUP
    assert faults_of(through(files(hostile / f"{archive}.tar.gz"), parsers)) == []


def test_odd_json_is_read_or_named_as_a_feed_as_lines_and_in_pages(hostile, faults_of):
    odd = hostile / "json" / "JSONTestSuite_parsing.tar.gz"
    assert faults_of(through(files(odd), ("feed", "linked data", "lines"))) == []


@pytest.mark.parametrize("archive", ["feeds/feedparser_tests", "feeds/feedvalidator_testcases", "html/html5lib_tests"])
def test_odd_feeds_and_markup_are_read_or_named(hostile, faults_of, archive):
    named = list(files(hostile / f"{archive}.tar.gz"))
    assert faults_of([*through(named, ("feed",)), *through(named, MARKUP, each=5)]) == []


def strings(hostile: Path) -> Iterator[tuple[str, bytes]]:
    said = rows(hostile / "strings" / "naughty.jsonl", "s")
    for start in range(0, len(said), STRINGS_AT_ONCE):
        text = "\n".join(said[start : start + STRINGS_AT_ONCE])
        yield f"strings from {start}", text.encode("utf-8", "surrogatepass")


def test_naughty_strings_are_read_or_named(hostile, faults_of):
    assert faults_of(through(strings(hostile), STRING_PARSERS, each=6)) == []


def test_odd_addresses_are_read_or_named(hostile, faults_of):
    said = rows(hostile / "ssrf" / "urls.jsonl", "url") + rows(
        hostile / "url" / "wpt_urltestdata.jsonl", "input", "base"
    )
    said += rows(hostile / "url" / "open_redirect.jsonl", "value")
    body = "\n".join(said).encode("utf-8", "surrogatepass")
    assert faults_of([Case(parser, "addresses", body) for parser in ("address", "moment", "text", "attributes")]) == []


def probes(hostile: Path, factor: int = 1) -> Iterator[tuple[str, bytes]]:
    for line in (hostile / "complexity" / "probes.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield f"{row['id']} x{factor}", (row["repeat"] * (row["times"] * factor) + row["suffix"]).encode()


def test_what_repeats_is_read_in_time(hostile, faults_of):
    parsers = ("feed", "page", "item", "markup", "saved text", "text", "attributes", "address", "robots", "rss fields")
    assert faults_of(through(probes(hostile), parsers)) == []


def test_packed_bombs_are_refused_at_the_door(hostile, child):
    with loopback.serve() as site:
        for name, body in files(hostile / "compression" / "bombs.tar.gz"):
            coding = "gzip, gzip, gzip" if "_x3" in name else CODINGS[name.partition("_")[0]]
            site.answers[f"/{name}"] = loopback.Answer(body, headers={"Content-Encoding": coding})
            report = child.read(Case("fetched", name, site.url(f"/{name}").encode()))
            assert not report.fault, f"{name}: {report}"
            assert report.outcome.startswith("refused") or "GiB" not in name, f"{name}: {report}"


@pytest.mark.long
@pytest.mark.parametrize(
    "archive",
    [
        "xml/xml_bombs",
        "opml/opml_hostile",
        "warc/warc_hostile",
        "json/JSONTestSuite_parsing",
        "html/html5lib_tests",
        "feeds/feedparser_tests",
        "feeds/feedvalidator_testcases",
    ],
)
def test_every_file_goes_through_every_parser(hostile, faults_of, archive):
    assert faults_of(through(files(hostile / f"{archive}.tar.gz"), EVERY)) == []


@pytest.mark.long
def test_every_probe_goes_through_every_parser(hostile, faults_of):
    assert faults_of(through(probes(hostile), EVERY)) == []


@pytest.mark.long
def test_every_string_goes_through_every_parser(hostile, faults_of):
    assert faults_of(through(strings(hostile), EVERY)) == []


@pytest.mark.long
def test_time_grows_with_length_not_with_its_square(hostile, child):
    slow = []
    for (name, once), (_, twice) in zip(probes(hostile), probes(hostile, 2), strict=True):
        for parser in EVERY:
            short = child.read(Case(parser, name, once))
            long = child.read(Case(parser, name, twice))
            if long.fault or (long.seconds > 0.3 and long.seconds > 3 * short.seconds):
                slow.append(f"{parser} < {name}: {short.seconds:.2f} s, twice {long.seconds:.2f} s {long.fault}")
    assert slow == []
