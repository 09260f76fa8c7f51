"""Related articles: which, of which kind, in which words; and when none is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newstext import pipeline
from newstext.nearness import Nearness, Rarity
from newstext.opposing import opposing_view
from newstext.records import ArticleText, Marks
from newstext.related import Known, RelatedPool, find_related, time_apart
from newstext.stems import stem

BEGAN_AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def article(key: str, title: str, text: str = "", *, days: float | None = 0.0, **more: str) -> ArticleText:
    at = None if days is None else BEGAN_AT + timedelta(days=days)
    made = ArticleText(
        url="", id=key, title=title, text=text, paragraphs=(text,), language="en", published_at=at, kind="article",
        publisher="The Invented Post",
    )  # fmt: skip
    return pipeline.mark_article(replace(made, **more))


VOTE = article(
    "vote",
    "Velmark parliament passes the water law",
    "The parliament in Lindhaven passed the water law by seven votes. Minister Oda Brask thanked the farmers of Ostra.",
)
VOTE_TOLD_AGAIN = article(
    "again",
    "Water law through parliament after a long night",
    "With a margin of seven the deputies in Lindhaven agreed to new rules for wells, said Minister Oda Brask.",
    days=0.2,
)
DRAFT = article(
    "draft",
    "Oda Brask shows the draft of the water law",
    "Minister Oda Brask showed the water law to the committee in Lindhaven. Wells in the Ostra valley run dry.",
    days=-14,
)
LONG_AGO = article(
    "long-ago",
    "Why the wells of the Ostra valley run dry",
    "Farmers around Ostra pumped for decades, and no water law held them back, engineers in Lindhaven say.",
    days=-730,
)
OTHERS = [
    article("comet", "Comet seen from Mount Sela", "A student found the comet on plates that were made in October."),
    article("match", "Sound Rovers beat Karsa by two goals", "The striker Milo Farrant scored twice before the break."),
    article("bakery", "Bakery of the year named", "A baker in the old harbour won with a loaf of rye and caraway."),
    article("train", "Night train to the coast returns", "Sleeping cars leave on Fridays from spring, the line said."),
]
ALL = [VOTE, VOTE_TOLD_AGAIN, DRAFT, LONG_AGO, *OTHERS]


def ranked(of: ArticleText, *others: ArticleText, known: Known | None = None):
    pool = RelatedPool([one.marks for one in (of, *(others or [one for one in ALL if one.id != of.id]))])
    return {one.id: one for one in pool.related(of.id, known or Known(), top=10)}


def test_what_is_near_comes_first_and_what_is_not_is_not_shown():
    found = dict(find_related(ALL))["vote"]
    shown = [one.id for one in found if one.shown]
    assert set(shown) == {"again", "draft", "long-ago"}
    assert [one.id for one in found][:3] == shown


def test_an_article_with_nothing_related_shows_nothing():
    assert not [one for one in dict(find_related(ALL))["comet"] if one.shown]


def test_old_coverage_of_the_case_is_background_and_says_how_old():
    one = ranked(VOTE)["long-ago"]
    assert (one.kind, one.shown) == ("background", True)
    assert one.because[0] == "tells what went before, two years before"


def test_an_explainer_is_background_at_any_age():
    explainer = article(
        "explainer",
        "The water law explained",
        "What the water law of Velmark means for wells in Ostra.",
        kind="explainer",
    )
    one = ranked(VOTE, explainer, *OTHERS, known=Known(says_all=True))["explainer"]
    assert (one.kind, one.because[0]) == ("background", "explains what lies behind")


def test_known_company_gives_the_kind():
    found = ranked(VOTE, known=Known(same_event={"again"}, storyline={"draft"}, says_all=True))
    assert found["again"].kind == "same_event"
    assert found["again"].because[0] == "tells the same event, five hours later"
    assert found["draft"].kind == "earlier"
    assert found["draft"].because[0] == "earlier in the same course of events, two weeks before"


def test_the_same_storyline_after_the_article_is_later():
    found = ranked(DRAFT, known=Known(storyline={"vote"}, says_all=True))
    assert found["vote"].kind == "later"
    assert "two weeks later" in found["vote"].because[0]


def test_names_in_common_are_said():
    assert "also names Oda Brask" in " ".join(ranked(VOTE)["draft"].because)


def test_words_are_said_where_names_are_missing():
    one = article("lower", "new rules for wells", "the wells and the water law were discussed in the valley.", days=1)
    because = " ".join(ranked(VOTE, one, *OTHERS)["lower"].because)
    assert "shares the words" in because
    assert "water" in because


def test_the_own_time_of_an_article_counts_and_not_now():
    """The same two years apart from today's and from an old article: each has the nearer one first."""
    text = "The parliament in Lindhaven debated the water law with Minister Oda Brask and farmers of Ostra."
    old, new = (article(key, "Debate on the water law", text, days=days) for key, days in (("old", -700), ("new", -3)))
    new = replace(new, marks=replace(new.marks, title="Water law debated", fingerprint=(), lead_terms={"debate": 1}))
    old = replace(old, marks=replace(old.marks, fingerprint=()))
    for days, first in ((0, "new"), (-702, "old")):
        asked = article(
            "asked", "Deputies ask about the water law", "In Lindhaven deputies asked Oda Brask.", days=days
        )
        scores = {key: one.score for key, one in ranked(asked, old, new, *OTHERS).items()}
        assert max(scores, key=scores.get) == first


def test_no_two_printings_of_one_text():
    again = replace(VOTE, id="reprint", title="Water law: it is done", publisher="Sound Weekly")
    again = pipeline.mark_article(replace(again, marks=None))
    third = pipeline.mark_article(replace(DRAFT, id="draft-reprint", title="Draft of the law is out", marks=None))
    found = ranked(VOTE, again, DRAFT, third, *OTHERS)
    assert "reprint" not in found
    assert len({"draft", "draft-reprint"} & found.keys()) == 1


def test_a_short_text_issued_again_under_another_headline_is_a_printing():
    text = "Ferries stay in port until divers have looked at the reef"
    first = article("first", "Ferries wait", text)
    again = article("second", "Ferries wait.", text, days=1)
    asked = article("asked", "Ferry aground on the reef", "Divers look at the reef; ferries stay in port for days.")
    assert len({"first", "second"} & ranked(asked, first, again, *OTHERS).keys()) == 1


def test_earlier_only_offers_nothing_later_and_looks_at_nothing_later():
    found = dict(find_related(ALL, earlier_only=True))
    assert {one.id for one in found["draft"]} <= {"long-ago"}
    without_later = [one for one in ALL if one.marks.published_at <= VOTE.marks.published_at]
    held = {one.id: one.score for one in found["vote"]}
    alone = {one.id: one.score for one in dict(find_related(without_later, earlier_only=True))["vote"]}
    assert held.keys() == alone.keys()


def test_articles_without_words_names_or_time_do_no_harm():
    empty = article("empty", "", "")
    one_word = article("word", "Fire", "", days=None)
    numbers = article("numbers", "1 2 3", "4 5 6 7 8", days=None)
    found = dict(find_related([*ALL, empty, one_word, numbers]))
    assert not [one for one in found["empty"] if one.shown]
    assert not [one for one in found["word"] if one.shown]
    assert set(found) == {one.id for one in ALL} | {"empty", "word", "numbers"}


def test_one_text_under_many_addresses_is_listed_once():
    many = [pipeline.mark_article(replace(VOTE_TOLD_AGAIN, id=f"c{n}", marks=None)) for n in range(300)]
    assert len([one for one in ranked(VOTE, *many) if one.startswith("c")]) <= 1


def test_an_article_is_compared_with_its_neighbours_words():
    """Two that share no word are near when a third one stands between them."""
    first = article("first", "Halda aground", "ferry reef divers hull fog")
    between = article("between", "Ferry Halda on the reef, captain heard", "ferry reef captain harbour fog divers")
    second = article("second", "Captain heard", "captain harbour inquest")
    near = Nearness([one.marks for one in (first, second, between, *OTHERS)])
    alone = Nearness([one.marks for one in (first, second, *OTHERS)])
    assert 1 not in alone.candidates(0, 5)
    assert (
        dict(zip(near.candidates(0, 5).tolist(), near.likeness(0, near.candidates(0, 5)).tolist(), strict=True))[1]
        > 0.2
    )


def test_a_stem_that_nearly_all_have_tells_nothing():
    rarity = Rarity({"common": 800, "rare": 2}, 1000)
    assert rarity.weight("common") == 0
    assert rarity.weight("unknown") > rarity.weight("rare") > 1
    assert Rarity({"common": 8}, 10).weight("common") > 0  # of ten articles on one event all have its words


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [("strikes", "strike", "en"), ("wells", "well", "en"), ("votaron", "votar", "es"), ("xqs", "xqs", "qq")],
)
def test_inflected_forms_have_one_stem(one, other, language):
    assert stem(one, language) == stem(other, language)


@pytest.mark.parametrize(
    ("days", "said"),
    [(-14, "two weeks before"), (0.125, "three hours later"), (0.01, ""), (-730, "two years before"),
     (1, "one day later"), (-45 * 365.25, "45 years before")],
)  # fmt: skip
def test_time_between_is_said_in_words(days, said):
    assert time_apart(days) == said


def marks_of(title: str, *, kind: str = "article", language: str = "en") -> Marks:
    return replace(article("x", title).marks, kind=kind, language=language)


@pytest.mark.parametrize(
    ("mine", "other", "language"),
    [
        ("Velmark accuses Karsa of shelling the Bazan dam", "Karsa denies shelling the Bazan dam", "en"),
        ("Karsa denies shelling the Bazan dam", "Velmark accuses Karsa of shelling the Bazan dam", "en"),
        ("Brask wirft Vane Betrug am Stausee vor", "Vane bestreitet Betrug am Stausee", "de"),
        ("Brask acusa a Vane de fraude en la presa", "Vane niega fraude en la presa", "es"),
    ],
)
def test_a_claim_and_its_denial_are_opposing(mine, other, language):
    said = opposing_view(marks_of(mine, language=language), marks_of(other, language=language))
    assert said.startswith("another side: ")


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ("Karsa denies shelling the Bazan dam", "Karsa rejects report on the Bazan dam"),  # one side, twice
        ("Velmark says the Bazan dam holds", "Karsa says the Bazan dam leaks"),  # nobody denies
        ("Velmark accuses Karsa of shelling the dam", "Torrin Line denies delays in port"),  # another matter
        ("Bazan dam shelled at night", "Karsa denies shelling the Bazan dam"),  # nobody claims
    ],
)
def test_what_cannot_be_shown_is_not_opposing(mine, other):
    assert opposing_view(marks_of(mine), marks_of(other)) == ""


def test_opinions_oppose_when_one_turns_the_other_round():
    mine = marks_of("The Bazan dam must be rebuilt now", kind="opinion")
    other = marks_of("The Bazan dam must not be rebuilt", kind="opinion")
    assert "says the opposite" in opposing_view(mine, other)
    assert opposing_view(mine, replace(other, kind="article")) == ""


def test_an_opposing_view_is_a_kind_with_both_sides_in_its_reason():
    claim = article(
        "claim", "Velmark accuses Karsa of shelling the Bazan dam", "Velmark said Karsa shelled the Bazan dam."
    )
    denial = article(
        "denial", "Karsa denies shelling the Bazan dam", "Karsa said nobody shelled the Bazan dam.", days=1
    )
    one = ranked(claim, denial, *OTHERS)["denial"]
    assert (one.kind, one.shown) == ("opposing", True)
    assert one.because[0] == "another side: Karsa denies, Velmark accuses"


def test_ranking_by_a_callers_own_count_of_words():
    rarity = Rarity.of([one.marks for one in ALL])
    found = RelatedPool([one.marks for one in ALL], rarity).related(VOTE.marks.id, top=6)
    assert found[0].id in ("again", "draft")
    assert "vote" not in [one.id for one in found]
