"""Which stories form a storyline."""

from __future__ import annotations

from newstext.records import OpenStory
from newstext.storylines import link_storylines
from tests.text.test_settling import COURT_FRIDAY, COURT_MONDAY, QUAKE_KARSA, QUAKE_SKARN, article, tellings, told

TALKS = tellings(
    "Envoys of Velmark and the Harvest Party opened talks on the Ostra water treaty in the mill of Tolland.",
    "Chief envoy Rika Sund said that the Ostra water treaty could be had by spring.",
    "The Harvest Party wants the sluices of Tolland back.",
    "Farmers along the Ostra brought bread to the envoys.",
)
DEAL = tellings(
    "Rika Sund and the Harvest Party signed the Ostra water treaty after nine nights in the mill of Tolland.",
    "The treaty gives the sluices of Tolland to the farmers, chief envoy Rika Sund said.",
    "Parliament has to pass the Ostra water treaty within a month.",
    "Bells rang along the Ostra until the morning.",
)
VOTE = tellings(
    "Parliament passed the Ostra water treaty by 71 votes to 40.",
    "Rika Sund said from the gallery that the sluices of Tolland would open in May.",
    "The Harvest Party voted for the treaty as one.",
    "The Ostra water treaty enters into force at midsummer.",
)


def stories() -> list[OpenStory]:
    days = (("t", TALKS, 0), ("d", DEAL, 15), ("v", VOTE, 24), ("k", QUAKE_KARSA, 2), ("s", QUAKE_SKARN, 4))
    return [
        OpenStory(f"{name}1", f"{name}1", tuple(told(name, texts, hours=24 * day))) for name, texts, day in days
    ] + [
        OpenStory("c1", "c1", tuple(told("c", COURT_MONDAY))),
        OpenStory("f1", "f1", tuple(told("f", COURT_FRIDAY, hours=96))),
    ]


def linked(held: list[OpenStory]) -> list[OpenStory]:
    lines = {link.story: link.storyline for link in link_storylines(held)}
    return [OpenStory(one.id, lines.get(one.id, one.storyline), one.members) for one in held]


def test_talks_deal_and_vote_over_weeks_are_one_storyline_named_after_the_first():
    lines = {one.id: one.storyline for one in linked(stories())}
    assert (lines["t1"], lines["d1"], lines["v1"]) == ("t1", "t1", "t1")


def test_look_alikes_are_no_storyline():
    lines = {one.id: one.storyline for one in linked(stories())}
    assert (lines["k1"], lines["s1"]) == ("k1", "s1")


def test_what_is_linked_is_left_alone_in_any_order():
    held = linked(stories())
    assert link_storylines(held) == []
    again = {one.id: one.storyline for one in linked(stories()[::-1])}
    assert again == {one.id: one.storyline for one in held}


def test_a_wrong_storyline_is_left():
    held = [OpenStory(one.id, "t1", one.members) for one in stories()]
    lines = {one.id: one.storyline for one in linked(held)}
    assert lines["t1"] == lines["v1"] == "t1"
    assert "t1" not in (lines["k1"], lines["s1"], lines["c1"])


def test_a_newsletter_is_in_no_storyline():
    letter = OpenStory("n1", "t1", (article("n1", " ".join(TALKS), hours=3, kind="newsletter"),))
    assert {one.id: one.storyline for one in linked([*stories(), letter])}["n1"] == "n1"


def test_nothing_and_empty_stories_are_safe():
    assert link_storylines([]) == []
    assert link_storylines([OpenStory("1", "1", ()), OpenStory("2", "2", (article("2", "", hours=None),))]) == []
