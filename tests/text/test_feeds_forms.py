"""Feeds of every form, encoding and oddity; and what is no feed, named."""

from __future__ import annotations

import pytest

from newstext.feeds import MAX_BYTES, FeedError, find_feeds, parse_feed
from newstext.sanitise import clean_entry

URL = "https://herald.example/news/feed.xml"


def read(text: str | bytes, content_type: str = ""):
    body = text if isinstance(text, bytes) else text.encode()
    return parse_feed(body, url=URL, content_type=content_type)


def rss(item: str, *, attributes: str = "", channel: str = "<title>Herald</title>") -> str:
    return f'<rss version="2.0" {attributes}><channel>{channel}<item>{item}</item></channel></rss>'


def atom(entry: str, attributes: str = "") -> str:
    start = f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>Herald</title>'
    return f"{start}<entry><id>tag:1</id>{entry}</entry></feed>"


def test_guid_is_kept_as_given_and_a_missing_one_is_the_link():
    given = rss('<title>A</title><link>/a</link><guid isPermaLink="false">  N 17/a </guid>')
    assert [entry.guid for entry in read(given).entries] == ["N 17/a"]
    [entry] = read(rss("<title>A</title><link>/a?utm_source=x</link>")).entries
    assert entry.guid == entry.url == "https://herald.example/a?utm_source=x"


def test_a_permalink_serves_where_there_is_no_link():
    [entry] = read(rss("<title>A</title><guid>https://herald.example/p/1</guid>")).entries
    assert entry.url == "https://herald.example/p/1"


def test_times_keep_a_moment_with_an_offset():
    [entry] = read(rss("<title>A</title><link>/a</link><pubDate>Tue, 17 Nov 2026 08:00:00 +0100</pubDate>")).entries
    assert entry.published_at is not None
    assert entry.published_at.utcoffset() is not None
    assert entry.published_at.timestamp() == 1794898800  # 2026-11-17T07:00:00Z
    assert entry.updated_at is None


def test_update_time_alone_is_also_the_time_of_publication():
    [entry] = read(atom('<title>A</title><link href="/a"/><updated>2026-11-17T07:00:00Z</updated>')).entries
    assert entry.published_at == entry.updated_at
    assert entry.updated_at is not None


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("<author>desk@herald.example (Ilse Varga)</author>", ("Ilse Varga",)),
        ("<author>Ilse Varga (desk@herald.example)</author>", ("Ilse Varga",)),
        ("<author>desk@herald.example</author>", ()),
        ("<dc:creator>By Ilse Varga and Tomo Reyk</dc:creator>", ("Ilse Varga", "Tomo Reyk")),
        ("<dc:creator>ليلى حداد، سمير نور</dc:creator>", ("ليلى حداد", "سمير نور")),
    ],
)
def test_authors_are_names(author, names):
    feed = rss(f"<title>A</title><link>/a</link>{author}", attributes='xmlns:dc="http://purl.org/dc/elements/1.1/"')
    assert read(feed).entries[0].authors == names


def test_relative_addresses_are_seen_from_xml_base():
    entry = '<title>A</title><link href="a"/><content type="html" xml:base="c/">&lt;a href="x"&gt;x&lt;/a&gt;</content>'
    [read_entry] = map(clean_entry, read(atom(entry, 'xml:base="https://mirror.example/b/"')).entries)
    assert read_entry.url == "https://mirror.example/b/a"
    assert 'href="https://mirror.example/b/c/x"' in read_entry.content


def test_content_is_safe_and_titles_are_plain():
    markup = "&lt;p onclick='x()'&gt;Rain &lt;script&gt;alert(1)&lt;/script&gt;&lt;a href='/more'&gt;more&lt;/a&gt;"
    feed = read(rss(f"<title>&lt;b&gt;Rain&lt;/b&gt; &amp;amp; wind</title><description>{markup}</description>"))
    [entry] = map(clean_entry, feed.entries)
    assert entry.title == "Rain & wind"
    assert entry.summary == "Rain more"
    assert "script" not in entry.content
    assert "onclick" not in entry.content
    assert 'href="https://herald.example/more"' in entry.content


@pytest.mark.parametrize(
    "entry",
    [
        '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Rain <b>and</b> wind</div></title>',
        '<title type="html">Rain &lt;b&gt;and&lt;/b&gt; wind</title>',
        '<title mode="base64">UmFpbiBhbmQgd2luZA==</title>',
    ],
)
def test_titles_of_every_type_are_read(entry):
    form = atom(entry + '<link href="/a"/>')
    if "base64" in entry:
        form = form.replace("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#")
    assert read(form).entries[0].title == "Rain and wind"


def test_foreign_elements_named_like_rss_own_do_not_replace_them():
    names = 'xmlns:ad="https://ads.example/ns" xmlns:media="http://search.yahoo.com/mrss/"'
    items = (
        "<ad:title>Buy</ad:title><media:title>Photo</media:title><title>Rain</title><link>/a</link><ad:link>x</ad:link>"
    )
    [entry] = read(rss(items, attributes=names)).entries
    assert (entry.title, entry.url) == ("Rain", "https://herald.example/a")


def test_old_forms_are_read():
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Herald</title></channel><item rdf:about="/a">'
        "<title>Rain</title><link>https://herald.example/a</link><dc:date>2026-11-17T07:00:00Z</dc:date></item></rdf:RDF>"
    )
    [entry] = read(rdf).entries
    assert (entry.title, entry.url, entry.published_at.day) == ("Rain", "https://herald.example/a", 17)
    [entry] = read(
        '<rss version="0.91"><channel><item><title>Rain</title><link>/a</link></item></channel></rss>'
    ).entries
    assert entry.url == "https://herald.example/a"


def test_enclosed_and_media_pictures_are_the_image():
    item = '<title>A</title><link>/a</link><enclosure url="/p.jpg" type="image/jpeg" length="1"/>'
    assert read(rss(item)).entries[0].image == "https://herald.example/p.jpg"
    assert read(rss(item.replace("image/jpeg", "audio/mpeg"))).entries[0].image == ""


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "utf-8-sig"])
def test_wide_encodings_are_read(encoding):
    text = '<?xml version="1.0" encoding="utf-16"?>' if "16" in encoding else "<?xml version='1.0'?>"
    assert read((text + rss("<title>雨と風</title><link>/a</link>")).encode(encoding)).entries[0].title == "雨と風"


def test_the_charset_of_http_counts_where_the_bytes_name_none():
    body = rss("<title>дождь</title><link>/a</link>").encode("windows-1251")
    assert read(body, "text/xml; charset=windows-1251").entries[0].title == "дождь"
    declared = b'<?xml version="1.0" encoding="windows-1251"?>' + body
    assert read(declared, "text/xml; charset=utf-8").entries[0].title == "дождь"


def test_a_warning_printed_before_the_feed_is_passed_over():
    assert read("<br />\n<b>Notice</b>: x on line 3\n" + rss("<title>A</title><link>/a</link>")).entries[0].title == "A"


def test_short_declared_entities_are_written_out_and_nested_ones_are_not():
    doctype = '<!DOCTYPE rss [<!ENTITY town "Port Ilva"><!ENTITY b "&town;&town;">]>'
    assert read(doctype + rss("<title>&town;</title><link>/a</link>")).entries[0].title == "Port Ilva"
    [entry] = read(doctype + rss("<title>Rain &b;</title><link>/a</link>")).entries
    assert "Port Ilva" not in entry.title


def test_an_entry_of_text_alone_is_kept():
    [entry] = map(clean_entry, read(rss("<description>Only this.</description>")).entries)
    assert entry.summary == "Only this."


def test_a_feed_without_items_is_a_feed():
    assert read("<rss version='2.0'><channel><title>Herald</title></channel></rss>").entries == ()


def test_json_feed_with_wrong_types_is_read_as_far_as_it_goes():
    body = (
        b'{"title": 5, "items": [{"id": 7, "url": "/a", "tags": "x", "authors": {"name": 1}, "content_html": []}, 3]}'
    )
    [entry] = read(body).entries
    assert (entry.guid, entry.url, entry.tags, entry.authors) == ("7", "https://herald.example/a", (), ())


def test_news_sitemap_gives_title_time_tags_and_picture():
    body = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
      xmlns:n="http://www.google.com/schemas/sitemap-news/0.9" xmlns:i="http://www.google.com/schemas/sitemap-image/1.1">
      <url><loc>https://herald.example/a</loc><i:image><i:loc>https://herald.example/p.jpg</i:loc></i:image>
      <n:news><n:publication><n:name>Herald</n:name></n:publication><n:publication_date>2026-11-17T08:00+01:00
      </n:publication_date><n:title>Rain</n:title><n:keywords>rain, wind</n:keywords></n:news></url></urlset>"""
    feed = read(body)
    [entry] = feed.entries
    assert (feed.info.title, entry.title, entry.url) == ("Herald", "Rain", "https://herald.example/a")
    assert (entry.tags, entry.image) == (("rain", "wind"), "https://herald.example/p.jpg")
    assert entry.published_at.isoformat() == "2026-11-17T08:00:00+01:00"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b" \n ", "empty"),
        (b"<html><title>Sign in</title><body>x</body></html>", "web page .'Sign in'."),
        (
            b"<!doctype html><title>Just a moment</title><script src=/cdn-cgi/challenge-platform/x></script>",
            "challenge",
        ),
        (b"<opml><body/></opml>", "OPML"),
        (b"<svg/>", "begins with"),
        (b"\x89PNG\r\n", "begins with"),
        (b"<rss" + b"".join(b' a%d=""' % n for n in range(5000)) + b"/>", "attributes"),
        (b"<!DOCTYPE rss [ <!ENTITY a 'b'> <rss/>", "DOCTYPE never ends"),
        (b" " * (MAX_BYTES + 1), "limit"),
    ],
    ids=["empty", "page", "challenge", "opml", "svg", "png", "attributes", "doctype", "big"],
)
def test_what_is_no_feed_is_named(body, says):
    with pytest.raises(FeedError, match=says):
        read(body)


def test_a_home_page_with_a_base_and_anchors_names_its_feeds():
    html = b"""<base href="https://herald.example/de/"><link REL="ALTERNATE" type="application/rss+xml; charset=utf-8" href="feed">
      <link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2"><link rel="alternate" hreflang="fr" href="/fr">
      <a href="rss/world.xml?x=1#y">World</a><a href="/feedback">Write</a><a href="javascript:rss">no</a>"""
    assert find_feeds(html, "https://herald.example/") == [
        "https://herald.example/de/feed",
        "https://herald.example/de/rss/world.xml?x=1#y",
    ]
    assert find_feeds(b"", "https://herald.example/") == []
