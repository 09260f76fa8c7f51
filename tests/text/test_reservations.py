"""What a publisher reserves of its texts against machines, and what is no such word."""

from __future__ import annotations

import pytest

from newstext import reservations as r
from newstext.extract import read_page
from newstext.records import Page
from newstext.robots import rules_for

BODY = "".join(
    f"<p>The ferry Halda left Port Meren at {hour} o'clock with {hour}0 people on board.</p>" for hour in range(1, 9)
)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"x-robots-tag": "noai"}, {"noai"}),
        ({"x-robots-tag": "noindex, NoImageAI"}, {"noai"}),
        ({"x-robots-tag": "otherbot: noindex, noai"}, set()),
        ({"x-robots-tag": "unavailable_after: 25 Jun 2027 15:00:00 PST, noai"}, {"noai"}),
        ({"x-robots-tag": "otherbot: noindex, Backstory: noai"}, {"noai"}),
        ({"tdm-reservation": "1"}, {"tdm"}),
        ({"tdm-reservation": "0"}, set()),
        ({"x-robots-tag": "noarchive"}, set()),
        ({}, set()),
    ],
)
def test_headers_reserve_for_us_or_for_all(headers, expected):
    assert r.in_headers(headers) == expected


def test_meta_elements_of_a_page_reserve_its_text():
    head = (
        '<title>Halda sails</title><meta name="robots" content="index, noai"><meta name="tdm-reservation" content="1">'
    )
    page = f"<!doctype html><html><head>{head}</head><body><article><h1>Halda sails</h1>{BODY}</article></body></html>"
    read, _ = read_page(Page("https://meren.example/1", page.encode()))
    assert read.reserved == ("noai", "tdm")


def test_what_http_said_stays_with_the_article():
    page = f"<html><head><title>Halda sails</title></head><body><article><h1>Halda sails</h1>{BODY}</article></body></html>"
    read, _ = read_page(Page("https://meren.example/1", page.encode(), reserved=("tdm",)))
    assert read.reserved == ("tdm",)


@pytest.mark.parametrize(
    ("location", "path", "is_reserved"),
    [
        ("/", "/news/1", True),
        ("/news/*", "/news/1", True),
        ("/news/", "/sport/1", False),
        ("/*/1$", "/news/1", True),
        ("/*/1$", "/news/12", False),
        ("https://meren.example/news/", "/news/1", True),
        ("*.pdf$", "/a.pdf?x", False),
    ],
)
def test_rules_of_tdmrep_hold_for_their_paths(location, path, is_reserved):
    rules = r.read_tdmrep(f'[{{"location": "{location}", "tdm-reservation": 1}}]'.encode())
    assert (r.in_tdmrep(rules, f"https://meren.example{path}") == {"tdm"}) is is_reserved


def test_first_rule_that_fits_decides():
    body = b'[{"location": "/free/", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]'
    rules = r.read_tdmrep(body)
    assert r.in_tdmrep(rules, "https://meren.example/free/1") == set()
    assert r.in_tdmrep(rules, "https://meren.example/paid/1") == {"tdm"}


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1, null]", b'[{"location": 5}]', b"[" * 100_000, b'"x"'])
def test_broken_tdmrep_reserves_nothing(body):
    assert r.read_tdmrep(body) == ()


def test_pattern_of_many_stars_is_looked_up_at_once():
    rules = r.read_tdmrep(('[{"location": "/' + "*a" * 140 + '$", "tdm-reservation": 1}]').encode())
    assert r.in_tdmrep(rules, "https://meren.example/" + "a" * 2000 + "b") == set()


def robots(text: str):
    return rules_for(200, text.encode(), agent="Backstory")


def test_robots_that_turns_ai_agents_away_keeps_texts_from_models():
    rules = robots("User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nDisallow: /admin/\n")
    assert rules.may_fetch("https://meren.example/news/1")
    assert rules.reserved("https://meren.example/news/1") == {"agents"}


def test_robots_that_lets_few_in_says_nothing_of_ai():
    rules = robots("User-agent: Backstory\nAllow: /\n\nUser-agent: *\nDisallow: /\n")
    assert rules.reserved("https://meren.example/news/1") == set()


def test_signal_against_ai_input_is_read_of_our_group_or_that_for_all():
    assert robots("User-agent: *\nContent-Signal: search=yes, ai-input=no, ai-train=no\n").reserved(
        "https://a.example/"
    ) == {"noai"}
    assert (
        robots("User-agent: other\nContent-Signal: ai-input=no\n\nUser-agent: *\nAllow: /\n").reserved(
            "https://a.example/"
        )
        == set()
    )
    assert robots("User-agent: *\nContent-Signal: ai-train=no\n").reserved("https://a.example/") == set()


def test_agents_alone_still_allow_notes():
    assert r.allows_notes(["agents"])
    assert not r.allows_notes(["agents", "noai"])
