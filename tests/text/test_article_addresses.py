"""Which addresses are articles, what day they name, and where earlier ones are listed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from newstext.article_addresses import (
    day_in_address,
    days_of_sitemap,
    is_list_sitemap,
    learn_addresses,
    shape_of,
)
from newstext.feeds.paging import earlier_page

POST = "https://post.example"
KNOWN = [f"{POST}/news/2026/11/0{day}/the-bridge-of-halden-{day}" for day in range(1, 9)]


def test_only_addresses_of_the_known_shape_are_articles():
    addresses = learn_addresses(KNOWN, ["post.example"])
    assert addresses.is_article(f"{POST}/sport/2026/10/30/a-cup-for-brimsey-at-last")
    assert addresses.is_article("http://post.example/news/2026/10/30/a-cup-for-brimsey-at-last/")
    for path in (
        "/",
        "/news",
        "/news/2026/11",
        "/a-page-about-this-paper",
        "/tag/2026/10/30/bridges-of-the-whole-north",
    ):
        assert not addresses.is_article(POST + path), path


def test_addresses_of_other_sites_and_of_hosts_without_articles_are_none():
    addresses = learn_addresses(KNOWN, ["post.example"])
    for host in ("https://shop.post.example", "https://other.example", "https://post.example.evil.example"):
        assert not addresses.is_article(f"{host}/news/2026/10/30/a-cup-for-brimsey-at-last"), host


def test_articles_known_by_numbers_alone_teach_their_form():
    addresses = learn_addresses([f"{POST}/world/{number}.html" for number in range(7000, 7050)], ["post.example"])
    assert addresses.is_article(f"{POST}/sport/12.html")
    assert not addresses.is_article(f"{POST}/world/europe")
    assert not addresses.is_article(f"{POST}/world")


def test_a_word_of_lists_speaks_for_no_list_where_known_articles_have_it():
    known = [f"{POST}/topic/the-old-mill-of-{town}-burns" for town in ("tarn", "hask", "lund")]
    assert learn_addresses(known, ["post.example"]).is_article(f"{POST}/topic/a-new-school-for-morva")
    assert not learn_addresses(KNOWN, ["post.example"]).is_article(f"{POST}/topic/a-new-school-for-morva")


def test_without_known_articles_a_headline_a_long_number_or_a_day_tells():
    addresses = learn_addresses([], ["post.example"])
    for path in ("/a-new-school-for-morva", "/n/1234567", "/2026/11/03/fire", "/2026/nov/03/fire"):
        assert addresses.is_article(POST + path), path
    for path in ("/", "/news", "/news/europe", "/author/ilse-marie-torvik", "/search"):
        assert not addresses.is_article(POST + path), path


def test_the_domain_that_most_articles_lie_on_is_the_publishers_own():
    addresses = learn_addresses(KNOWN, ["carrier.example"])
    assert addresses.domains == {"carrier.example", "post.example"}
    assert addresses.is_article(f"{POST}/news/2026/10/30/a-cup-for-brimsey-at-last")


def test_headlines_in_any_script_have_one_shape():
    assert shape_of(f"{POST}/новости/мост-в-хальдене-открыт") == shape_of(f"{POST}/news/a-bridge-in-halden-opens")
    assert shape_of(f"{POST}/a?id=3&lang=en") == shape_of(f"{POST}/b?lang=fr&id=900")


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/2026/11/03/fire", (2026, 11, 3)),
        ("/news/2026-11-03-fire", (2026, 11, 3)),
        ("/world/2026/nov/03/fire", (2026, 11, 3)),
        ("/news/20261103/fire", (2026, 11, 3)),
        ("/2026/02/31/fire", None),
        ("/2026/11/fire", None),
        ("/fire-20261399", None),
        ("/1202611034", None),
    ],
)
def test_the_day_in_an_address(path, day):
    assert day_in_address(POST + path) == (datetime(*day, tzinfo=UTC) if day else None)


@pytest.mark.parametrize(
    ("name", "span"),
    [
        ("/sitemap-2026-11.xml", (date(2026, 11, 1), date(2026, 11, 30))),
        ("/sitemap-202611.xml.gz", (date(2026, 11, 1), date(2026, 11, 30))),
        ("/maps/2026/11/03.xml", (date(2026, 11, 3), date(2026, 11, 3))),
        ("/sitemap.xml?yyyy=2026&mm=11&dd=03", (date(2026, 11, 3), date(2026, 11, 3))),
        ("/sitemap-2025.xml", (date(2025, 1, 1), date(2025, 12, 31))),
        ("/sitemap-2025-3.xml", (date(2025, 1, 1), date(2025, 12, 31))),
        ("/sitemap-12.xml", None),
        ("/sitemap-120261.xml", None),
    ],
)
def test_the_days_in_a_sitemaps_name(name, span):
    assert days_of_sitemap(POST + name) == span


def test_sitemaps_of_tags_and_pictures_are_known_by_their_names():
    assert is_list_sitemap(f"{POST}/post_tag-sitemap.xml")
    assert is_list_sitemap(f"{POST}/sitemap-images-3.xml")
    assert not is_list_sitemap(f"{POST}/tags/post-sitemap.xml")


ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Post</title>{}<entry><title>A</title></entry></feed>'
RSS = "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel>{}<item/></channel></rss>"


@pytest.mark.parametrize(
    ("body", "url", "earlier"),
    [
        (ATOM.format('<link rel="prev-archive" href="/2026-10.atom"/>'), "/feed", "/2026-10.atom"),
        (ATOM.format("<link href='?page=3&amp;x=1' rel='next' />"), "/feed?page=2", "/feed?page=3&x=1"),
        (ATOM.format('<link rel="next" href="/p2"/><link rel="prev-archive" href="/old"/>'), "/feed", "/old"),
        (RSS.format('<atom:link rel="next" href="/feed?page=2"/>'), "/feed", "/feed?page=2"),
        (RSS.format("<generator>https://wordpress.org/?v=6.8</generator>"), "/feed/", "/feed/?paged=2"),
        (RSS.format("<generator>WordPress</generator>"), "/feed/?paged=2&lang=en", "/feed/?lang=en&paged=3"),
        (json.dumps({"items": [], "next_url": "/feed.json?p=2"}), "/feed.json", "/feed.json?p=2"),
        (json.dumps({"items": [], "next_url": 7}), "/feed.json", ""),
        (ATOM.format('<link rel="next" href="/feed"/>'), "/feed", ""),
        (ATOM.format('<link rel="next" href="javascript:alert(1)"/>'), "/feed", ""),
        (RSS.format("<generator>WordPress</generator>"), "/feed/?paged=x", ""),
        (ATOM.format('<link rel="self" href="/feed"/>'), "/feed", ""),
    ],
)
def test_where_a_feed_says_its_earlier_items_are(body, url, earlier):
    assert earlier_page(body.encode(), POST + url) == (POST + earlier if earlier else "")


def test_what_is_no_address_is_nobodys():
    found = learn_addresses(["http://[", ""], [])
    assert (found.domains, found.hosts, found.shapes) == (frozenset(), frozenset(), frozenset())
    assert not found.is_own("http://[")
