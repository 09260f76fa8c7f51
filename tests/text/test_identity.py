"""When two articles are one, and when two names are one paper's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newstext.copies import fingerprint
from newstext.identity import Known, text_key, why_one
from newstext.mastheads import fold_name, is_same_label, short_name

AT = datetime(2026, 11, 17, 8, tzinfo=UTC)
TEXT = (
    "The ferry Halda ran aground on Tuesday on the reef off Port Meren with 212 passengers on board. Harbour master "
    "Ilse Torvik said that all passengers were brought ashore in four hours and that nobody was hurt. The Halda had "
    "left Sandwick at six in the morning, an hour late, in thick fog over the Meren Sound. Divers will look at the hull."
    " The Torrin Shipping Line said that it would keep its other ferries in port until the divers had come back, and "
    "that passengers with tickets for Wednesday and Thursday would be taken over the sound by bus and by the small "
    "boats of the fishing village of Karsa, whose mayor had offered them on the radio before anybody had asked."
)
OTHER = (
    "The parliament of Velmark passed the water law by 61 votes to 54 after a debate that went on until four. "
    "Minister Oda Brask said the law would bring clean wells to the northern valleys within three years. The "
    "opposition Harvest Party called the law a gift to the dam builders and promised to go to court over it."
)


def known(url="https://paper.example/news/ferry-aground", title="Ferry Halda runs aground", text=TEXT, publisher="1"):
    return Known(url, title, publisher, AT, text_key(text), fingerprint(text), "en")


FIRST = known()


def test_one_address_makes_one_article_whatever_the_headline():
    assert why_one(FIRST, known("https://paper.example/x/2", "Divers look at the hull"), shares_address=True)


def test_a_wrong_address_of_another_article_makes_no_one():
    assert not why_one(FIRST, known("https://paper.example/2", "Water law passed", OTHER), shares_address=True)


def test_one_text_on_two_hosts_of_one_publisher_is_one_article():
    assert why_one(FIRST, known("https://staging.paper.example/news/ferry-aground"))
    assert why_one(FIRST, known("https://paper.example/other/address-of-it", "Halda runs aground: what the divers saw"))


def test_what_broken_pages_say_instead_of_their_text_makes_no_one():
    assert not why_one(FIRST, known("https://paper.example/2", "Water law passed in Velmark"))


def test_one_wire_text_at_two_publishers_stays_two_articles():
    assert not why_one(FIRST, known("https://post.example/ferry-aground", publisher="2"))
    assert not why_one(FIRST, known("https://paper.example/second-masthead/ferry", publisher="2"))


def test_a_headline_of_the_same_words_in_another_order_is_one_article():
    nearly = TEXT + " It was the first such accident in nine years."
    assert why_one(FIRST, known("https://paper.example/news/aground-ferry", "Aground: ferry Halda runs", nearly))
    assert not why_one(FIRST, known("https://paper.example/2", "Why boats came before anybody asked", nearly))


def test_serial_texts_that_differ_in_a_number_stay_apart():
    first = known(title="Lottery: the winning numbers of 12 November")
    second = known("https://paper.example/2", "Lottery: the winning numbers of 13 November", TEXT + " Halda again.")
    assert not why_one(first, second)


def test_the_same_number_on_one_site_needs_only_mostly_the_same_text():
    cut = TEXT.rpartition(" The Torrin")[0]
    first = known("https://paper.example/news/ferry-4711234.html", publisher="1")
    second = known("https://print.paper.example/p/4711234", "Halda", TEXT + " Read on below.", publisher="2")
    assert why_one(first, second)
    assert not why_one(first, known("https://paper.example/p/4711235", "Halda", cut, publisher="2"))


def test_one_teaser_under_two_headlines_stays_two_articles():
    teaser = "Our guess at who wins: " + OTHER
    comedy = known("https://paper.example/1", "Prize guesses: lead actor in a comedy", teaser)
    assert not why_one(comedy, known("https://paper.example/2", "Prize guesses: lead singer in a drama", teaser))


def test_a_text_printed_again_weeks_later_is_another_article():
    again = replace(known("https://paper.example/2"), published_at=AT + timedelta(days=30))
    assert not why_one(FIRST, again)


def test_a_short_text_has_no_key():
    assert text_key("Live updates follow.") == ""
    assert text_key(TEXT) == text_key(TEXT.replace(". ", ".\n\n").upper())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Sound Courier", "Sound Courier"),
        ("Die Küste", "Kuste"),
        ("L’Éclair", "Eclair"),
        ("Al-Manara", "Manara"),
        ("El Puerto", "PUERTO"),
        ("News Today", "NewsToday"),
    ],
)
def test_a_name_is_one_with_and_without_its_article(one, other):
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(
    "name",
    ["Courier.example.com", "courier.co.uk", "www.courier.com", "The Courier Online", "Courier News", "Courier Ltd"],
)
def test_what_the_web_adds_to_a_name_falls_away_in_the_short_form(name):
    assert short_name(name) in ("courier", "courierexample")
    assert fold_name(name) != "courier" or name == "The Courier"


def test_a_name_never_falls_away_whole():
    assert short_name("The News Online") == "news"
    assert short_name("The") == "the"
    assert short_name("") == ""


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("courier.co.uk", "courier.com", True),
        ("courier.org", "courier.com", True),
        ("courier.se", "courier.co.uk", False),
        ("courier.com", "gazette.com", False),
        ("courier.blogspot.com", "courier.com", False),
        ("127.0.0.1:8001", "127.0.0.1:8002", False),
    ],
)
def test_one_label_under_two_endings_may_be_one_paper(one, other, is_one):
    assert is_same_label(one, other) is is_one
