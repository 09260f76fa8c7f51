"""Sitemaps read as a stream: whole, broken, huge and hostile."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest

from newstext import fetch
from newstext.feeds import FeedError
from newstext.feeds.answers import MAX_BYTES, read_answer
from newstext.feeds.sitemaps import stream_sitemap

HOME = "https://post.example/sitemap.xml"
NEWS = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>/a</loc><lastmod>2026-11-04</lastmod><n:news><n:publication_date>2026-11-03T10:00:00+01:00</n:publication_date>
<n:title>The mill &amp; the fire</n:title></n:news></url><url><loc>https://post.example/b</loc></url></urlset>"""


def read(body: bytes):
    return list(stream_sitemap(read_answer(body).body, HOME))


def test_addresses_come_with_their_days_and_titles():
    [(is_sitemap, first), (_, second)] = read(NEWS)
    assert (is_sitemap, first.url, first.title) == (False, "https://post.example/a", "The mill & the fire")
    assert first.published_at.isoformat() == "2026-11-03T10:00:00+01:00"
    assert first.updated_at.isoformat() == "2026-11-04T00:00:00+00:00"
    assert (second.url, second.published_at) == ("https://post.example/b", None)


def test_an_index_lists_sitemaps():
    found = read(b"<sitemapindex><sitemap><loc>/1.xml</loc><lastmod>2026-11-01</lastmod></sitemap></sitemapindex>")
    assert [(is_sitemap, entry.url) for is_sitemap, entry in found] == [(True, "https://post.example/1.xml")]


def test_broken_xml_is_read_as_far_as_it_goes():
    whole = read(b"<urlset><url><loc>/a</loc></url><url><loc>/b</loc></url>")
    assert [entry.url[-2:] for _, entry in whole] == ["/a", "/b"]
    assert [entry.url[-2:] for _, entry in read(b"<urlset><url><loc>/a</loc></url><url><loc>/b</lo")][:1] == ["/a"]
    assert list(stream_sitemap(b"", HOME)) == []
    assert list(stream_sitemap(b"\x00\x01nothing", HOME)) == []


def test_entities_are_refused_and_no_file_is_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("https://post.example/secret")
    outer = (
        f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file://{secret}">]><urlset><url><loc>&x;</loc></url></urlset>'.encode()
    )
    with pytest.raises(FeedError, match="entities"):
        read(outer)
    assert not any("secret" in entry.url for _, entry in stream_sitemap(outer, HOME))


def test_a_sitemap_of_50000_addresses_costs_little_more_than_its_bytes():
    body = b"<urlset>%s</urlset>" % b"".join(
        b"<url><loc>https://post.example/news/2026/11/03/a-headline-%d</loc><lastmod>2026-11-03</lastmod></url>"
        % number
        for number in range(50_000)
    )
    tracemalloc.start()
    count = sum(1 for _ in stream_sitemap(body, HOME))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 50_000
    assert most < 2 * 1024 * 1024 + len(body)


def test_a_gzip_file_is_unpacked_within_limits():
    assert fetch.unpack_gzip(HOME, gzip.compress(NEWS), max_bytes=MAX_BYTES) == NEWS
    assert fetch.unpack_gzip(HOME, NEWS, max_bytes=MAX_BYTES) == NEWS
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    bomb = packer.compress(b"\0" * (64 * 1024 * 1024)) + packer.flush()
    with pytest.raises(fetch.FetchError) as refused:
        fetch.unpack_gzip(HOME, bomb, max_bytes=MAX_BYTES)
    assert refused.value.kind == "too-large"
    with pytest.raises(fetch.FetchError) as cut:
        fetch.unpack_gzip(HOME, gzip.compress(NEWS)[:-20], max_bytes=MAX_BYTES)
    assert cut.value.kind == "interrupted"


def test_a_picture_whose_prefix_nobody_declared_is_still_none_of_the_article_s_own():
    body = (
        b"<urlset><url><image:image><image:loc>https://halden.example/dam.jpg</image:loc></image:image>"
        b"<loc>https://halden.example/dam</loc><lastmod>2026-11-26</lastmod></url></urlset>"
    )
    [(is_sitemap, entry)] = stream_sitemap(body, "https://halden.example/sitemap.xml")
    assert not is_sitemap
    assert entry.url == "https://halden.example/dam"
