from __future__ import annotations

import gzip
import json
import tarfile
import time

import feedparser
import pytest

from newstext.feeds import FeedError, find_feeds, parse_feed, parse_opml
from newstext.sanitise import clean_entry

URL = "https://post.example/feed"
ITEM = "<item><title>Bells &amp; whistles</title><link>/a?x=1</link><guid>g1</guid><pubDate>Tue, 17 Nov 2026 08:00:00 +0100</pubDate><description>&lt;p&gt;The &lt;b&gt;mill&lt;/b&gt; rang.&lt;/p&gt;</description></item>"
RSS = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Post</title><link>https://post.example/</link>{ITEM}</channel></rss>'
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Post</title><entry><id>tag:1</id><title type="html">Ada &amp;amp; Otto</title><link rel="alternate" href="https://post.example/b"/><published>2026-11-17T08:00:00+01:00</published><author><name>Ada Brask</name></author><summary>Short.</summary></entry></feed>'
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Post",
        "items": [
            {
                "id": "1",
                "url": "https://post.example/c",
                "title": "C",
                "content_html": "<p>Body<script>x</script></p>",
                "date_published": "2026-11-17T08:00:00Z",
                "authors": [{"name": "Ada"}],
            }
        ],
    }
)


@pytest.mark.parametrize(("feed", "item"), [(RSS, "item"), (ATOM, "entry")])
def test_an_item_in_which_the_answer_breaks_off_is_left_for_the_next_look(feed, item):
    start = feed.index(f"<{item}>")
    first = feed[start : feed.index(f"</{item}>") + len(item) + 3]
    cut = (
        feed[:start]
        + first
        + first[: first.index("post.example/") + 15 if item == "entry" else first.index("/a?x") + 2]
    )
    whole, read = parse_feed(feed.encode(), url=URL), parse_feed(cut.encode(), url=URL)
    assert [entry.url for entry in read.entries] == [entry.url for entry in whole.entries]
    assert (read.is_cut, whole.is_cut) == (True, False)
    with pytest.raises(FeedError, match="breaks off within its first item"):
        parse_feed(cut.replace(first, "", 1).encode(), url=URL)
    unclosed = cut + "</channel></rss>" if item == "item" else cut + "</feed>"
    assert len(parse_feed(unclosed.encode(), url=URL).entries) == 2  # the writer forgot an end; nothing was cut


def test_rss():
    feed = parse_feed(RSS.encode(), url=URL)
    [entry] = map(clean_entry, feed.entries)
    assert (feed.info.title, entry.title, entry.url, entry.guid) == (
        "Post",
        "Bells & whistles",
        "https://post.example/a?x=1",
        "g1",
    )
    assert (
        entry.published_at.isoformat() == "2026-11-17T07:00:00+00:00"
        or entry.published_at.isoformat() == "2026-11-17T08:00:00+01:00"
    )
    assert entry.summary == "The mill rang."
    assert entry.content == "<p>The <b>mill</b> rang.</p>"


def test_atom():
    [entry] = parse_feed(ATOM.encode(), url=URL).entries
    assert (entry.title, entry.authors, entry.guid, entry.url) == (
        "Ada & Otto",
        ("Ada Brask",),
        "tag:1",
        "https://post.example/b",
    )


def test_json_feed():
    [entry] = map(clean_entry, parse_feed(JSON_FEED.encode(), url=URL).entries)
    assert (entry.title, entry.content, entry.authors) == ("C", "<p>Body</p>", ("Ada",))


def test_news_sitemap():
    text = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://post.example/d</loc><n:news><n:publication_date>2026-11-17</n:publication_date><n:title>D</n:title></n:news></url></urlset>'
    [entry] = parse_feed(text.encode(), url=URL).entries
    assert (entry.url, entry.title, entry.published_at.day) == ("https://post.example/d", "D", 17)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"<!doctype html><html><body>Log in</body></html>", "web page"),
        (b'{"error": "no"}', "no JSON Feed"),
        (b"{broken", "broken"),
        (b"plain words", "begins with"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><urlset>&a;</urlset>', "entities"),
    ],
)
def test_what_is_no_feed_is_named(body, says):
    with pytest.raises(FeedError, match=says):
        parse_feed(body, url=URL)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[: int(0.8 * len(text))],
        lambda text: text.replace("</title>", "</titel>", 1),
        lambda text: "\ufeff  " + text,
        lambda text: text.replace("&amp;", "&"),
    ],
)
def test_broken_xml_gives_what_can_be_read(change):
    items = "".join(ITEM.replace("g1", f"g{number}").replace("x=1", f"x={number}") for number in range(20))
    broken = change(RSS.replace(ITEM, items))
    assert len(parse_feed(broken.encode(), url=URL).entries) >= 14


def test_no_entity_is_expanded_and_no_file_read():
    body = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/hostname">]>' + RSS.removeprefix(
        '<?xml version="1.0"?>'
    ).replace("Bells &amp; whistles", "x &f; y")
    titles = [entry.title for entry in parse_feed(body.encode(), url=URL).entries]
    assert all("root" not in title and len(title) < 20 for title in titles)


def test_real_feeds_give_as_many_entries_as_feedparser_finds(newstext_data):
    fewer = []
    for path in sorted((newstext_data / "extraction" / "feeds" / "real").glob("*.gz"))[:40]:
        body = gzip.decompress(path.read_bytes())
        ours, theirs = len(parse_feed(body, url=URL).entries), len(feedparser.parse(body).entries)
        if ours < 0.95 * theirs:
            fewer.append((path.name, ours, theirs))
    assert fewer == []


@pytest.mark.slow
def test_hostile_feeds_are_read_or_named(newstext_data):
    with tarfile.open(newstext_data / "hostile" / "feeds" / "feedparser_tests.tar.gz") as archive:
        for member in archive.getmembers():
            if member.isfile():
                began = time.process_time()
                try:
                    parse_feed(archive.extractfile(member).read(), url=URL)
                except FeedError:
                    pass
                assert time.process_time() - began < 10, member.name


def test_a_home_page_names_its_feeds():
    html = b'<html><head><link rel="alternate" type="application/rss+xml" href="/comments/feed"><link rel="alternate" type="application/atom+xml" href="/atom.xml"></head><body><a href="https://post.example/rss">RSS</a><a href="/about">About</a></body></html>'
    assert find_feeds(html, "https://post.example/") == [
        "https://post.example/atom.xml",
        "https://post.example/rss",
        "https://post.example/comments/feed",
    ]


def test_opml_is_read_around_its_bad_lines():
    body = b'<opml><body><outline text="World"><outline type="rss" text="Good" xmlUrl="https://a.example/f" htmlUrl="https://a.example"/><outline type="rss" text="No address"/><outline text="Bad" xmlUrl="javascript:alert(1)"/></outline></body></opml>'
    feeds, rejected = parse_opml(body)
    assert [(feed.url, feed.title, feed.category) for feed in feeds] == [("https://a.example/f", "Good", "World")]
    assert ["No address" in rejected[0].reason, "javascript" in rejected[1].reason] == [True, True]


def test_broken_and_hostile_opml():
    feeds, rejected = parse_opml(b'<opml><body><outline xmlUrl="https://a.example/f" text="A & B"></body>')
    assert [feed.url for feed in feeds] == ["https://a.example/f"]
    assert "broken" in rejected[0].reason
    assert parse_opml(b'<!DOCTYPE x [<!ENTITY a "b">]><opml/>')[0] == []


def test_real_opml_lists_are_read(newstext_data):
    for path in sorted((newstext_data / "extraction" / "feeds" / "opml").glob("*.opml")):
        feeds, _ = parse_opml(path.read_bytes())
        assert len(feeds) >= 3, path.name
