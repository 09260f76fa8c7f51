"""A question is answered by sentences of the articles, or told to be not held."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newstext import pipeline
from newstext.ask import answer
from newstext.records import ArticleText
from newstext.suggesting import suggest
from tests.site.news import EVENTS


def article(text: str, *, key: str = "a", title: str = "", language: str = "en", day: int = 18) -> ArticleText:
    at = datetime(2026, 11, day, 9, tzinfo=UTC)
    return pipeline.mark_article(
        ArticleText(
            url="", id=key, title=title, text=text, language=language, published_at=at, publisher="Sound Weekly"
        )
    )


FERRY, LAW, COMET, QUAKE = (
    article("\n\n".join(facts), key=f"e{n}", title=title) for n, (title, facts) in enumerate(EVENTS)
)


@pytest.mark.parametrize(
    ("question", "about", "says"),
    [
        ("Who is Ilse Torvik?", FERRY, "Harbour master Ilse Torvik"),
        ("Who is Anders Quill?", FERRY, "the captain, Anders Quill"),
        ("How many passengers were on board the Halda?", FERRY, "212 passengers"),
        ("When did the ferry run aground?", FERRY, "on Tuesday [2026-11-17]"),
        ("Where did the ferry run aground?", FERRY, "off Port Meren"),
        ("Who will question the captain?", FERRY, "Inspectors of the coast guard"),
        ("What did the Torrin Shipping Line say?", FERRY, "keep its other ferries in port"),
        ("How many houses were damaged?", QUAKE, "140 houses"),
        ("How many people were killed by the quake in 1998?", QUAKE, "killed 37 people"),
        ("What happened in 1998?", QUAKE, "In 1998 a quake"),
    ],
)
def test_what_an_article_says_is_answered_word_for_word(question, about, says):
    found = answer(question, [about])
    assert found.held
    assert any(says in one.shown for one in found.sentences)
    assert all(about.text[one.start : one.end] == one.text for one in found.sentences)
    assert found.parts[0].publisher == "Sound Weekly"


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("How many people were killed?", FERRY),
        ("Why did the ferry run aground?", FERRY),
        ("Who is Tomas Berrick?", FERRY),
        ("When did Tomas Berrick leave Sandwick?", FERRY),
        ("How many passengers were on board the Halda in 1987?", FERRY),
        ("How many people were killed by the quake in 2011?", QUAKE),
        ("When did the Halda not leave Sandwick?", FERRY),
        ("How many ministers resigned?", LAW),
        ("Did the comet hit the moon?", COMET),
        ("", FERRY),
        ("who?", FERRY),
        ("???", FERRY),
    ],
)
def test_what_an_article_does_not_say_is_not_held(question, about):
    found = answer(question, [about])
    assert not found.held
    assert found.parts == ()


@pytest.mark.parametrize(
    ("question", "text", "language", "says"),
    [
        ("Wie viele Menschen wurden in Karsa verletzt?", "In Karsa wurden nach Angaben der Behörden 37 Menschen verletzt.", "de", "37"),
        ("Wer ist Oda Brask?", "Die Ministerin Oda Brask besuchte am Montag die Täler im Norden.", "de", "Ministerin Oda Brask"),
        ("Combien de maisons ont été détruites à Karsa ?", "Le séisme a détruit 140 maisons à Karsa, selon les autorités locales.", "fr", "140"),
        ("¿Cuántas personas murieron en Karsa?", "Unas 37 personas murieron en Karsa por el terremoto, según las autoridades.", "es", "37"),
        ("متى وقع الزلزال في كارسا؟", "وقع الزلزال في كارسا يوم 12 نوفمبر 2026 قبل الفجر بحسب السلطات.", "ar", "12"),
    ],
)  # fmt: skip
def test_questions_are_read_in_the_language_of_the_article(question, text, language, says):
    found = answer(question, [article(text, language=language)])
    assert found.held
    assert says in found.sentences[0].text


def test_a_negated_sentence_answers_no_question_about_the_deed():
    told = article("Mayor Sten Aldous did not resign on Monday, the council of Karsa said in the evening.")
    assert not answer("When did Sten Aldous resign?", [told]).held


def test_the_name_behind_the_deed_is_not_the_one_that_did_it():
    told = article("On Monday the aide Lena Harrow resigned as adviser to the mayor Sten Aldous in Karsa.")
    assert not answer("When did Sten Aldous resign?", [told]).held


def test_answers_stand_in_order_of_time_and_copies_once():
    early = article("The quake killed 13 people in Karsa, the mayor said.", key="b", day=17)
    late = article("The quake killed 24 people in Karsa, rescuers from the whole valley said later.", key="c", day=18)
    found = answer("How many people were killed in Karsa?", [late, early, replace(early, id="d")])
    assert [one.article for one in found.sentences] == ["b", "c"]


def test_an_article_without_dates_names_or_a_time_is_asked_too():
    bare = ArticleText(url="", id="x", text=QUAKE.text, language="en", sentences=QUAKE.sentences)
    assert answer("How many houses were damaged?", [bare]).held
    assert not answer("How many houses were damaged?", []).held
    assert not answer("How many houses were damaged?", [ArticleText(url="", id="y")]).held


def test_nobody_is_said_to_have_said_what_another_said_about_him():
    text = (
        "“It hurts to hear all this about Bo Hale,” said Ada Brink in the town hall of Lind on Monday. "
        "“We will look into the case of Bo Hale,” said Ada Brink, the mayor of Lind."
    )
    assert "What did Bo Hale say?" not in [one.question for one in suggest([article(text), article(text, key="b")])]


def test_the_stamp_of_a_page_asks_for_no_year():
    text = "Released 2013-09-28 05:08 a jury in Lind found Bo Hale guilty of the fire at the old dairy of the town."
    assert not [one for one in suggest([article(text), article(text, key="b")]) if "2013" in one.question]


def test_hundreds_of_stores_make_no_broken_question():
    text = "Hundreds of stores were smashed in Lind on Monday night, and two hundred people were arrested by police."
    assert not [one for one in suggest([article(text)]) if "many of" in one.question]


def test_who_somebody_is_is_asked_only_where_a_sentence_says_it():
    bare = "Ada Brink walked to the harbour of Lind on Monday. The crowd cheered Ada Brink for an hour at the quay."
    told = bare + " Ada Brink, the mayor of Lind, then opened the new bridge over the river."
    assert "Who is Ada Brink?" not in [one.question for one in suggest([article(bare)])]
    assert "Who is Ada Brink?" in [one.question for one in suggest([article(told)])]


def test_suggested_questions_have_answers_in_their_story():
    for told in (FERRY, LAW, COMET, QUAKE):
        suggested = suggest([told])
        assert len(suggested) <= 4
        for one in suggested:
            assert one.answer
            assert answer(one.question, [told]).held
    assert "What did Ilse Torvik say?" in [one.question for one in suggest([FERRY])]


def test_a_language_without_questions_gets_none():
    assert suggest([article("Statsminister Oda Brask sa at loven trer i kraft i mars.", language="no")]) == ()
    assert suggest([]) == ()


TRIAL = article(
    "Mayor Sten Aldous, 48, was arrested in Karsa on Monday over the sale of the harbour.\n\n"
    "His lawyer, Runa Tollev, said on Tuesday that Lena Harrow, a former aide, had kept the accounts.\n\n"
    "The Meren Line bought the harbour of Karsa for 12 million crowns in May, the council said.\n\n"
    "Karsa signed a six-year contract with the Meren Line, whose CEO Ilse Torvik opened the new pier.\n\n"
    "Tollev broke Harrow's record of nine acquittals in a row in the district court this spring.\n\n"
    "The Meren Post first reported that Aldous had sold the harbour below its price.",
    title="Mayor of Karsa arrested over harbour sale",
)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("When was Sten Aldous arrested?", "on Monday"),
        ("How old is Sten Aldous?", "48"),
        ("Who is the lawyer of Sten Aldous?", ""),
        ("How much did the Meren Line pay for the harbour?", "12 million crowns"),
        ("How long is the contract with the Meren Line?", "six-year"),
        ("Who is the chief executive of the Meren Line?", "Ilse Torvik"),
        ("Whose record did Runa Tollev break?", "Harrow's"),
        ("Which newspaper first reported that Aldous sold the harbour?", "The Meren Post"),
        ("Who was arrested?", "Sten Aldous"),
    ],
)
def test_what_is_asked_for_is_told_by_who_acts_what_is_measured_and_who_holds_a_post(question, says):
    found = answer(question, [TRIAL])
    assert found.held == bool(says)
    assert says in " ".join(one.shown for one in found.sentences)


@pytest.mark.parametrize(
    "question",
    [
        "When was Runa Tollev arrested?",
        "When was Lena Harrow arrested?",
        "How old is Runa Tollev?",
        "How much did Karsa pay for the pier?",
        "How long is the sentence of Sten Aldous?",
        "Whose record did Ilse Torvik break?",
        "What is the name of the judge?",
        "Who will replace Sten Aldous?",
    ],
)
def test_the_deed_age_or_post_of_another_is_no_answer(question):
    assert not answer(question, [TRIAL]).held


def test_what_may_be_is_told_behind_what_is():
    told = article(
        "Oda Brask urged that the minister Ada Vane would veto the bill on water. "
        "Ada Vane vetoed the bill on water after a long debate."
    )
    assert [one.start for one in answer("Who vetoed the bill on water?", [told]).sentences][-1] > 0


def test_a_shared_first_name_names_nobody():
    told = article(
        "John Tollev will replace Ada Vane as head of the council of Karsa in May. Sten John Aldous will go."
    )
    assert not answer("Who will replace John Aldous?", [told]).held
