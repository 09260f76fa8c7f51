from __future__ import annotations

import pytest

from newstext.addresses import absolute_url, clean_url, registrable_domain, url_key


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("https://a.example/x?utm_source=rss&id=7#top", "https://a.example/x?id=7"),
        ("https://a.example/story.php?storyid=123&page=2", "https://a.example/story.php?storyid=123&page=2"),
        ("https://a.example/x?fbclid=abc", "https://a.example/x"),
        ("HTTPS://A.Example:443/x/../y", "https://a.example/y"),
        ("javascript:alert(1)", ""),
        ("mailto:a@b.example", ""),
        ("https://" + "a" * 3000 + ".example/", ""),
    ],
)
def test_tracking_keys_go_and_real_keys_stay(given, clean):
    assert clean_url(given) == clean


def test_forms_of_one_address_have_one_key():
    forms = (
        "http://www.a.example/x/",
        "https://a.example/x",
        "https://m.a.example/x/amp",
        "https://a.example/x?utm_medium=mail",
    )
    assert len({url_key(form) for form in forms}) == 1
    assert url_key("https://a.example/x?id=1") != url_key("https://a.example/x?id=2")


def test_relative_addresses_are_made_absolute():
    assert absolute_url("../b", "https://a.example/x/y") == "https://a.example/b"
    assert absolute_url("//c.example/d", "https://a.example/") == "https://c.example/d"


def test_a_publisher_is_known_by_the_domain_it_registers():
    assert registrable_domain("https://www.news.example.co.uk/x") == "example.co.uk"
    assert registrable_domain("http://127.0.0.1:8901/x") == "127.0.0.1:8901"


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
