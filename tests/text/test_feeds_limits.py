"""Hostile feeds and lists, each kind in a child process with limits: read or named, nothing else."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from newstext.feeds import FeedError, find_feeds, parse_feed
from newstext.sanitise import clean_entry

CHILD = """
import gzip, io, pathlib, resource, sys, tarfile, time
from newstext.feeds import FeedError, find_feeds, parse_feed, parse_opml
from newstext.sanitise import clean_entry

def cleaned(body):
    for raw in parse_feed(body, url="https://a.example/f").entries:
        entry = clean_entry(raw)
        assert entry.url.startswith(("http:", "https:")) or not entry.url, name
        assert "<script" not in entry.content.lower(), name

def opened(event, args):
    if armed and event == "open" and str(args[0]).endswith((".py", ".pyc", ".so")):
        return  # a codec or a parser's own module, read when first used
    if armed and event in ("open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen"):
        raise SystemExit(f"{name}: {event} {args}")

armed, name = False, ""
sys.addaudithook(opened)
parse_feed(b"<rss version='0.91'><channel><title>t</title></channel></rss>", url="https://a.example/f")
idle_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with tarfile.open(sys.argv[1]) as archive:
    files = [(one.name, archive.extractfile(one).read()) for one in archive if one.isfile()]
for name, body in files:
    if name.endswith(".gz"):
        with gzip.open(io.BytesIO(body)) as packed:
            body = packed.read(64 * 2**20)
    began, armed = time.process_time(), True
    for read in (lambda: cleaned(body), lambda: parse_opml(body), lambda: find_feeds(body, "https://a.example/")):
        try:
            read()
        except FeedError as error:
            assert str(error), name
    armed = False
    assert time.process_time() - began < 10, name
over_idle = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle_kb) / 1024
print(len(files), int(over_idle))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "archive",
    [
        "feeds/feedparser_tests.tar.gz",
        "feeds/feedvalidator_testcases.tar.gz",
        "xml/xml_bombs.tar.gz",
        "json/JSONTestSuite_parsing.tar.gz",
        "opml/opml_hostile.tar.gz",
        "html/html5lib_tests.tar.gz",
    ],
)
def test_hostile_files_are_read_or_named_in_time_and_memory(newstext_data, archive):
    path = newstext_data / "hostile" / archive
    done = subprocess.run([sys.executable, "-c", CHILD, str(path)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    files, over_idle_mb = map(int, done.stdout.split())
    assert files > 10
    assert over_idle_mb < 256 if "darwin" not in sys.platform else True


def seconds_for(body: bytes) -> float:
    began = time.process_time()
    try:
        for entry in parse_feed(body, url="https://a.example/f").entries:
            clean_entry(entry)
    except FeedError:
        pass
    return time.process_time() - began


@pytest.mark.parametrize(
    "body",
    [
        b'<rss version="0.91"><channel>' + b"<item><title>x</title></item>" * 60_000,
        b'<rss version="2.0"><channel><item><author>'
        + b"." * 100_000
        + b"</author><pubDate>x</pubDate></item></channel></rss>",
        b"<rss" + b"".join(b' a%d=""' % number for number in range(100_000)) + b"/>",
        b'<rss version="2.0"><channel><item><description>'
        + b"&lt;div&gt;" * 100_000
        + b"</description></item></channel></rss>",
        b'<rss version="2.0"><channel><item><description><![CDATA['
        + b"<div></b>" * 100_000
        + b"]]></description></item></channel></rss>",
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry>' + b"<a>" * 100_000,
        b"<!DOCTYPE [" * 50_000 + b"<rss/>",
        b"<!--" * 100_000 + b"<rss/>",
        b'<rss version="2.0"><channel><item><description><![CDATA['
        + b"<div a='></div>'>" * 60_000
        + b"]]></description></item></channel></rss>",
        b'<rss version="2.0"><channel><item><description><![CDATA['
        + b"&" * 1_000_000
        + b"]]></description></item></channel></rss>",
        b"<urlset>" + b"<url>" * 100_000,
        b"[" * 200_000,
    ],
    ids=[
        "items",
        "author",
        "attributes",
        "divs",
        "stray ends",
        "depth",
        "doctypes",
        "comments",
        "hidden ends",
        "ampersands",
        "sitemap",
        "json",
    ],
)
def test_nothing_takes_long(body):
    assert seconds_for(body) < 10


@pytest.mark.parametrize("unit", [b"<div>", b"<a href=/x><b>", b"<svg><a>", b"<link rel=alternate>", b"<div a='><b>'>"])
def test_no_page_takes_its_search_for_feeds_long(unit):
    began = time.process_time()
    find_feeds(unit * (2_000_000 // len(unit)), "https://a.example/")
    assert time.process_time() - began < 10
