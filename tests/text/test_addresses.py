from __future__ import annotations

import gzip
import json

import pytest

from newstext.addresses import absolute_url, article_number, clean_url, names_an_article, registrable_domain, url_key


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("https://a.example/x?utm_source=rss&id=7#top", "https://a.example/x?id=7"),
        ("https://a.example/story.php?storyid=123&page=2", "https://a.example/story.php?storyid=123&page=2"),
        ("https://a.example/x?fbclid=abc", "https://a.example/x"),
        ("HTTPS://A.Example:443/x/../y", "https://a.example/y"),
        ("https://a.example/x?ICID=1&at_medium=RSS&PHPSESSID=7&p=3", "https://a.example/x?p=3"),
        ("https://a.example/x?ref=rss&v=9", "https://a.example/x?v=9"),
        ("https://a.example/x?ref=24513", "https://a.example/x?ref=24513"),
        ("https://a.example/x?name=%E9t%E9&utm_id=1", "https://a.example/x?name=%E9t%E9"),
        ("https://a.example/#!/news/7", "https://a.example/#!/news/7"),
        ("https://a.example/x#comments", "https://a.example/x"),
        ("javascript:alert(1)", ""),
        ("mailto:a@b.example", ""),
        ("https://" + "a" * 3000 + ".example/", ""),
    ],
)
def test_tracking_keys_go_and_real_keys_stay(given, clean):
    assert clean_url(given) == clean


@pytest.mark.parametrize(
    "form",
    [
        "http://www.a.example/x/",
        "https://a.example:443/x",
        "https://A.Example./x",
        "https://m.a.example/x/amp",
        "https://amp.a.example/x",
        "https://a.example/amp/x",
        "https://a.example/x?outputType=amp",
        "https://a.example/x/print/",
        "https://a.example/x?print=1&page=all",
        "https://a.example/x/index.html",
        "https://a.example/%78",
        "https://a.example//x",
        "https://user:word@a.example/x",
        "https://a.example/x;jsessionid=4F2",
        "https://a.example/x?utm_medium=mail#top",
        "https://cache.example/amp/s/www.a.example/x",
    ],
)
def test_forms_of_one_address_have_one_key(form):
    assert url_key(form) == url_key("https://a.example/x")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/x?id=1", "https://a.example/x?id=2"),
        ("https://a.example/story.php?storyid=1", "https://a.example/story.php?storyid=2"),
        ("https://a.example/x?page=2", "https://a.example/x"),
        ("https://a.example/x?n=%E9", "https://a.example/x?n=%E8"),
        ("https://a.example/#!/1", "https://a.example/#!/2"),
        ("https://en.a.example/x", "https://fr.a.example/x"),
        ("https://m.co.uk/x", "https://co.uk/x"),
        ("https://a.example/X", "https://a.example/x"),
        ("https://a.example/print", "https://a.example/"),
    ],
)
def test_two_articles_keep_two_keys(one, other):
    assert url_key(one) != url_key(other)


def test_a_coded_address_has_the_key_of_the_plain_one():
    assert url_key("https://bücher.example/ä?q=ö") == url_key("https://xn--bcher-kva.example/%c3%a4?q=%C3%B6")


def test_relative_addresses_are_made_absolute():
    assert absolute_url("../b", "https://a.example/x/y") == "https://a.example/b"
    assert absolute_url("//c.example/d", "https://a.example/") == "https://c.example/d"


def test_a_publisher_is_known_by_the_domain_it_registers():
    assert registrable_domain("https://www.news.example.co.uk/x") == "example.co.uk"
    assert registrable_domain("http://127.0.0.1:8901/x") == "127.0.0.1:8901"
    assert registrable_domain("https://www.paper.example/x") == "paper.example"
    assert registrable_domain("http://[::1]:8901/x") == "[::1]:8901"


def test_papers_on_one_portal_have_domains_of_their_own():
    assert registrable_domain("https://gazette.blogspot.com/x") != registrable_domain("https://herald.blogspot.com/x")


@pytest.mark.parametrize(
    ("canonical", "page", "is_one"),
    [
        ("https://a.example/", "https://a.example/news/2026/ferry-runs-aground", False),
        ("https://a.example/news/", "https://a.example/news/ferry-runs-aground", False),
        ("https://a.example/world", "https://a.example/news/ferry-runs-aground", False),
        ("https://a.example/news/2026/", "https://a.example/news/2026/ferry-runs-aground", False),
        ("https://a.example/news/ferry-runs-aground", "https://a.example/f/12", True),
        ("https://a.example/?p=12", "https://a.example/f/12", True),
        ("https://a.example/politik/wasser.html", "https://a.example/f/12", True),
        ("https://a.example/f/12", "https://a.example/f/12?print=1", True),
    ],
)
def test_a_home_page_or_a_section_is_no_articles_address(canonical, page, is_one):
    assert names_an_article(canonical, page) is is_one


def test_the_number_of_an_article_is_taken_from_its_path():
    assert article_number("https://a.example/news/ferry-aground-4471203.html") == "4471203"
    assert article_number("https://a.example/n/5f2ab90c11de/ferry") == "5f2ab90c11de"
    assert article_number("https://a.example/2026/11/ferry-aground") == ""
    assert article_number("https://a.example/news/20261117-ferry-aground") == ""


def test_hostile_addresses_raise_nothing(newstext_data):
    lines = [line for path in (newstext_data / "hostile" / "url").glob("*.jsonl") for line in path.open()]
    given = [str(row.get("value") or row.get("input") or "") for row in map(json.loads, lines)]
    assert len(given) > 500
    for url in given:
        assert clean_url(clean_url(url)) == clean_url(url)
        assert url_key(clean_url(url)) == url_key(url)
        for ask in (registrable_domain, names_an_article, article_number):
            ask(url)


def test_tracking_keys_and_fragments_change_no_real_address(newstext_data):
    with gzip.open(newstext_data / "extraction" / "manifest.jsonl.gz", "rt") as manifest:
        urls = {json.loads(line)["url"].partition("#")[0] for line in manifest}
    keys = {url: url_key(url) for url in urls}
    assert all(keys.values())
    for url, key in keys.items():
        joined = "&" if "?" in url else "?"
        for more in ("utm_source=rss&utm_medium=feed", "fbclid=IwAR0x", "ICID=y&at_medium=RSS"):
            assert url_key(f"{url}{joined}{more}#top") == key


@pytest.mark.parametrize(
    ("given", "absolute"),
    [
        ("https://a.example/b/c.html?x=1&y=%20z", "https://a.example/b/c.html?x=1&y=%20z"),
        ("https://a.example", "https://a.example/"),
        ("https://a.example/b/../c", "https://a.example/c"),
        ("https://a.example/b/%2e%2e/c", "https://a.example/c"),
        ("https://A.example/B", "https://a.example/B"),
        ("https://a.example/b c'\"?d=<e>", "https://a.example/b%20c'%22?d=%3Ce%3E"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("http://1.2.3/", "http://1.2.0.3/"),
        ("https://a.example/" + "b" * 2048, ""),
    ],
)
def test_addresses_that_need_no_work_are_judged_as_all_others(given, absolute):
    assert absolute_url(given) == absolute_url(given, "https://other.example/") == absolute
