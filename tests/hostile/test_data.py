"""The hostile data set, through the parsers it is meant for: read or refused by name, in bounds, nothing opened.

All of it through every parser: files.py, `./run measure safety files`.
"""

from __future__ import annotations

import pytest

from tests.hostile.cases import EVERY, MARKUP, addresses, coding_of, files, probes, strings, through
from tests.hostile.running import Case
from tests.site import loopback

pytestmark = pytest.mark.slow
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


def test_naughty_strings_are_read_or_named(hostile, faults_of):
    assert faults_of(through(strings(hostile), STRING_PARSERS, each=6)) == []


def test_odd_addresses_are_read_or_named(hostile, faults_of):
    body = addresses(hostile)
    assert faults_of([Case(parser, "addresses", body) for parser in ("address", "moment", "text", "attributes")]) == []


def test_what_repeats_is_read_in_time(hostile, faults_of):
    parsers = ("feed", "page", "item", "markup", "saved text", "text", "attributes", "address", "robots", "rss fields")
    assert faults_of(through(probes(hostile), parsers)) == []


def test_packed_bombs_are_refused_at_the_door(hostile, child):
    with loopback.serve() as site:
        for name, body in files(hostile / "compression" / "bombs.tar.gz"):
            site.answers[f"/{name}"] = loopback.Answer(body, headers={"Content-Encoding": coding_of(name)})
            report = child.read(Case("fetched", name, site.url(f"/{name}").encode()))
            assert not report.fault, f"{name}: {report}"
            assert report.outcome.startswith("refused") or "GiB" not in name, f"{name}: {report}"


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
