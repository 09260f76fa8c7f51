"""A small set of inputs made to break parsers: each is read or refused by name, in bounds, and nothing is opened."""

from __future__ import annotations

import gzip
import io
import json
import zlib

import pytest
from PIL import Image

from newstext import pipeline
from newstext.extract import published
from newstext.feeds import parse_feed, parse_opml
from newstext.records import Page
from tests.hostile.parsers import BadRefusal, refused
from tests.hostile.running import Case
from tests.site import loopback

pytestmark = pytest.mark.slow

N = 40_000
ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE f [<!ENTITY e0 "ha">{ENTITIES}]>'
RSS = "<rss version='2.0'><channel><title>The Orrin Post</title>{}</channel></rss>"
ITEM = "<item><title>Quay</title><link>https://a.example/q</link><description>{}</description></item>"
MANY = " ".join(f'a{n}="{n}"' for n in range(100_000))
BARE = " ".join(f"a{n}" for n in range(100_000))
TEXTS = {
    "entities that grow": (LAUGHS + RSS.format("<item><title>&e8;</title></item>"), ("feed", "opml", "page", "home")),
    "a system entity": ('<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + RSS.format("&x;"), ("feed", "opml")),
    "an include": ('<opml><body xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="/etc/hostname"/></body></opml>', ("opml", "feed")),
    "deep divisions": ("<div>" * N + "deep", ("page", "item", "markup", "home", "feed", "text")),
    "deep emphasis": ("<p>The quay reopened." + "<b>" * N + "deep", ("page", "item", "markup")),
    "deep in a feed": (RSS.format(ITEM.format("&lt;i&gt;" * N)), ("feed",)),
    "deep outlines": ("<opml><body>" + "<outline text='a'>" * N, ("opml",)),
    "many attributes": (f"<html><body><p {MANY}>The quay reopened.</p>", ("page", "home", "markup", "feed", "opml")),
    "attributes without values": (f"<html><body><p {BARE}>The quay reopened.</p>", ("page", "item", "markup")),
    "attributes with a sign of the end": (f"<p {BARE.replace(' ', ' b=' + chr(34) + '>' + chr(34) + ' ')}>", ("page", "markup")),
    "stops": ("The quay reopened" + "!" * N, ("text", "page", "saved text")),
    "stops and quotes": ('."' * N, ("text", "page")),
    "spaces": ("The quay" + " " * N + "reopened", ("text", "page", "saved text", "markup")),
    "lists in lists as an author": ("[" * 400 + '"Ada Orrin"' + "]" * 400, ("linked data", "feed", "lines")),
    "objects in objects": ('{"name":' * 400 + '"Ada"' + "}" * 400, ("linked data", "feed", "lines")),
    "lists deeper than any stack": ("[" * 100_000, ("linked data", "feed", "lines")),
    "a number without an end": ('{"version": ' + "9" * 6000 + "}", ("feed", "linked data", "lines")),
    "half a character": ('{"title": "\\ud800", "items": [{"title": "\\udfff"}]}', ("feed", "lines", "linked data")),
    "signs that are no text": ("\x00\x01\ufffe\u202e\u2028{}", ("feed", "page", "opml", "lines", "text", "address")),
    "a long author": (RSS.replace("2.0", "0.91").format("<item><author>" + "]x" * N + "</author></item>"), ("feed",)),
    "a long coded author": (
        RSS.replace("2.0", "0.91").format("<item><author><![CDATA[" + "a<b." * N + "]]></author><title>Quay</title></item>"),
        ("feed",),
    ),
    "data that are no base64": (json.dumps({"id": 1, "data_b64": "żółw"}), ("lines",)),
    "a date of digits": ("9" * N, ("moment", "rss fields", "atom fields", "attributes", "text")),
    "addresses": ("http://" * 5000 + "\nhttp://[::1\nhttp://a.example:99999/\nhttp://%zz/\n//" + "a." * 9000, ("address",)),
    "rules for robots": ("User-agent: *\nDisallow: /" + "a*" * 400 + "b$\n" + "Allow: /" + "*" * 900 + "c\n", ("robots",)),
}  # fmt: skip
WARC = (
    "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {}\r\nWARC-Date: 2026-11-20T00:00:00Z\r\n"
    "WARC-Record-ID: <urn:uuid:1>\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n"
)
ARCHIVES = {
    "a record that says it is longer than it is": WARC.format("https://a.example/", 10**14).encode()
    + b"HTTP/1.1 200 OK",
    "a record of less than nothing": WARC.format("https://a.example/", -5).encode() + b"HTTP/1.1 200 OK\r\n\r\n",
    "headers without an end": b"WARC/1.0\r\n" + b"X-A: b\r\n" * N,
    "a file of the machine": WARC.format("file:///etc/hostname", 0).encode() + b"\r\n\r\n",
    "zeros, packed": gzip.compress(b"\0" * (64 * 2**20)),
    "no archive": b"The quay reopened.",
    "nothing": b"",
}


@pytest.mark.parametrize("name", TEXTS)
def test_an_invented_attack_is_read_or_named(faults_of, name):
    text, parsers = TEXTS[name]
    assert faults_of(Case(parser, name, text.encode("utf-8", "surrogatepass")) for parser in parsers) == []


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_invented_archive_is_read_or_named(faults_of, name):
    assert faults_of([Case("archive", name, ARCHIVES[name])]) == []


@pytest.mark.parametrize("parser", ["page", "saved text", "text"])
def test_a_text_as_long_as_a_shelf_of_books_is_refused_by_name(child, parser):
    text = "<html><body><article>" + "<p>" + "The quay of Orrin reopened on Monday after a winter of repairs. " * 17_000
    report = child.read(Case(parser, "a shelf of books", text.encode()))
    assert not report.fault
    assert "limit 1,000,000" in report.outcome


def packed(body: bytes, times: int, coding: int) -> bytes:
    for _ in range(times):
        packing = zlib.compressobj(9, wbits=coding)
        body = packing.compress(body) + packing.flush()
    return body


@pytest.mark.parametrize(
    ("coding", "body", "named"),
    [
        ("gzip", packed(b"\0" * (32 * 2**20), 1, 31), "unpacks to over 100 times"),
        ("deflate", packed(b"\0" * (32 * 2**20), 1, -15), "MB|100 times"),
        ("deflate", packed(b"\0" * (32 * 2**20), 1, 15), "unpacks to over 100 times"),
        ("gzip, gzip", packed(b"\0" * (32 * 2**20), 2, 31), "was not asked for"),
        ("br", b"\0" * 100, "was not asked for"),
        ("gzip", b"The quay reopened.", "no sound gzip"),
        ("gzip", packed(b"quay" * 9000, 1, 31)[:60], "ended in the middle"),
    ],
)
def test_a_packed_bomb_is_refused_at_the_door(child, coding, body, named):
    with loopback.serve() as site:
        site.answers["/bomb"] = loopback.Answer(body, headers={"Content-Encoding": coding})
        report = child.read(Case("fetched", coding, site.url("/bomb").encode()))
    assert not report.fault
    assert report.outcome.startswith("refused")
    assert any(part in report.outcome for part in named.split("|")), report.outcome


def test_nothing_an_entity_names_is_fetched_or_shown(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the password of the harbour")
    with loopback.serve() as site:
        site.answers["/secret"] = loopback.Answer(b"the password of the harbour")
        for place in (secret.as_uri(), site.url("/secret")):
            doctype = f'<!DOCTYPE f SYSTEM "{place}" [<!ENTITY x SYSTEM "{place}"><!ENTITY % p SYSTEM "{place}"> %p;]>'
            feed = doctype + RSS.format(f"<item><title>a &x;</title><link>{site.url('/a')}</link></item>")
            assert "password" not in repr(parse_feed(feed.encode(), url=site.url("/feed")))
            assert "password" not in repr(parse_opml((doctype + "<opml><body/></opml>").encode()))
        assert site.asked == []


@pytest.mark.parametrize("rest", ["", "\n<html><body><p>The\tquay\treopened.</p></body></html>"])
def test_a_page_that_begins_as_an_address_is_read_and_not_fetched(rest):
    with loopback.serve() as site:
        site.answers["/secret"] = loopback.Answer(b"<html><body>12 May 2026</body></html>")
        body = site.url("/secret") + rest
        assert published.searched_day(body, "https://a.example/") is None
        list(pipeline.process_pages([Page("https://a.example/", body.encode(), media_type="text/html")]))
        assert site.asked == []


@pytest.mark.parametrize(("mode", "width", "height"), [("P", 30_000, 1000), ("RGBA", 7000, 5600), ("LA", 5600, 7000)])
def test_a_picture_of_as_many_pixels_as_are_taken_is_made_anew_in_bounds(child, mode, width, height):
    out = io.BytesIO()
    Image.new(mode, (width, height)).save(out, "PNG", compress_level=1)
    report = child.read(Case("picture", f"{mode} {width} × {height}", out.getvalue()))
    assert report.fault == ""
    assert report.outcome.startswith("refused: ")


@pytest.mark.slow
def test_the_child_is_watched(child):
    """The harness itself: what crashes, hangs, opens or swells is seen, and says which input did it."""
    assert "RecursionError" in child.read(Case("odd", "nest", b"nest")).fault
    assert "opened" in child.read(Case("odd", "open", b"open")).fault
    assert "crashed" in child.read(Case("odd", "crash", b"crash")).fault
    assert "over idle" in child.read(Case("odd", "swell", b"swell")).fault
    assert child.read(Case("odd", "fine", b"fine")).fault == ""


def test_a_refusal_must_name_the_thing():
    assert refused("the answer is 31 MB, limit 16 MB.").startswith("refused: ")
    assert refused("the feed 'a ValueError of its own' holds no item.").startswith("refused: ")
    for empty in ("", "bad", "it cannot be read (RecursionError: maximum depth)", "feed 'of Orrin': ValueError: bad"):
        with pytest.raises(BadRefusal):
            refused(empty)
