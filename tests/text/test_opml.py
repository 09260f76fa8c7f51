"""OPML lists: what can be used is, the rest is named by line."""

from __future__ import annotations

import time

from newstext.feeds import OpmlFeed, parse_opml
from newstext.feeds.opml import MAX_FEEDS


def test_folders_are_the_category_and_a_feed_is_listed_once():
    body = """<?xml version="1.0"?><opml version="2.0"><body>
      <outline text="World"><outline text="Asia">
        <outline type="rss" title="East &amp;amp; Sea" xmlUrl="https://east.example/f" htmlUrl="https://east.example"/>
      </outline></outline>
      <outline TEXT="Own" XMLURL="https://own.example/f" category="/Sport"/>
      <outline text="Again" xmlUrl="https://east.example/f"/></body></opml>"""
    feeds, rejected = parse_opml(body.encode())
    assert feeds == [
        OpmlFeed("https://east.example/f", "East & Sea", "https://east.example/", "World / Asia"),
        OpmlFeed("https://own.example/f", "Own", "", "/Sport"),
    ]
    assert rejected == []


def test_a_bad_line_is_named_by_its_line_and_the_rest_is_used():
    body = b"""<opml><body>
<outline text="Script" xmlUrl="javascript:alert(1)"/>
<outline type="rss" text="None"/>
<outline text="File" xmlUrl="file:///etc/passwd"/>
<outline text="Good" xmlUrl="https://good.example/f"/>
</body></opml>"""
    feeds, rejected = parse_opml(body)
    assert [feed.url for feed in feeds] == ["https://good.example/f"]
    assert [(one.step, one.reason.partition(":")[0]) for one in rejected] == [
        ("opml", "line 2"),
        ("opml", "line 3"),
        ("opml", "line 4"),
    ]
    assert rejected[0].url == "javascript:alert(1)"


def test_broken_xml_is_read_as_far_as_it_goes():
    body = b'<opml><body><outline text="A & B" xmlUrl="https://a.example/f"/><outline xmlUrl="https://b.example/f">'
    feeds, rejected = parse_opml(body)
    assert [feed.url for feed in feeds] == ["https://a.example/f", "https://b.example/f"]
    assert "line 1: the XML is broken" in rejected[0].reason


def test_what_is_no_list_is_named():
    assert "<rss>" in parse_opml(b"<rss/>")[1][0].reason
    assert "cannot be read" in parse_opml(b"")[1][0].reason
    assert "no XML" in parse_opml(b"\x89PNG")[1][0].reason
    assert "entities" in parse_opml(b'<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml/>')[1][0].reason


def test_encodings():
    body = '<?xml version="1.0" encoding="utf-16"?><opml><body><outline text="風" xmlUrl="https://a.example/f"/></body></opml>'
    assert parse_opml(body.encode("utf-16"))[0][0].title == "風"


def test_deep_and_long_lists_end_in_seconds():
    began = time.process_time()
    deep = b"<opml><body>" + b'<outline text="x">' * 50_000 + b'<outline xmlUrl="https://a.example/f"/>'
    parse_opml(deep)
    rows = b"".join(b'<outline xmlUrl="https://a.example/%d"/>' % number for number in range(MAX_FEEDS + 50))
    feeds, rejected = parse_opml(b"<opml><body>" + rows + b"</body></opml>")
    assert len(feeds) == MAX_FEEDS
    assert str(MAX_FEEDS) in rejected[-1].reason
    assert time.process_time() - began < 10


def test_a_prefix_that_nobody_declared_is_passed_over():
    feeds, rejected = parse_opml(b"<svg:svg><a:outline xmlUrl='https://halden.example/feed'/></svg:svg>")
    assert not feeds
    assert "no OPML list" in rejected[0].reason
    [feed] = parse_opml(b"<x:opml><x:body><x:outline xmlUrl='https://halden.example/feed'/></x:body></x:opml>")[0]
    assert feed.url == "https://halden.example/feed"
