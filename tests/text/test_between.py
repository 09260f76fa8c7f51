"""Sentences in which two act; lists, places and parts of names are none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newstext import pipeline
from newstext.between import sentences_between
from newstext.records import ArticleText


def told(text: str, *, language: str = "en", key: str = "a", day: int = 18) -> ArticleText:
    at = datetime(2026, 11, day, 9, tzinfo=UTC)
    return pipeline.mark_article(ArticleText(url="", id=key, text=text, language=language, published_at=at))


@pytest.mark.parametrize(
    ("sentence", "doer", "verb"),
    [
        ("France accused Norway of fishing too close to its islands in the north.", "a", "accused"),
        ("Norway's government summoned the French ambassador to the capital at noon.", "b", "summoned"),
        ("Norway was warned by France that its harbours would be closed to trawlers.", "a", "warned"),
        ("French police detained six Norwegian citizens in the harbour of Meren.", "a", "detained"),
        ("Talks between France and Norway began in the port of Meren at last.", "both", "began"),
        ("France and Norway signed a treaty on the fishing grounds in the north.", "both", "signed"),
        ("Responding to France, Norway closed its consulate in the port of Meren.", "b", "closed"),
    ],
)
def test_who_did_what_to_whom(sentence, doer, verb):
    (found,) = sentences_between([told(sentence)], ["France"], ["Norway"])
    assert (found.doer, found.verb) == (doer, verb)
    assert found.sentences[-1].text == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "France, Norway and Chile are on the list that the council signed last year.",
        "The baker sold French bread in a small shop in Norway on a cold morning.",
        "The mayor said that France Avenue in Norway was closed for the whole winter.",
        "France will play in May, while Norway meets the champions in the spring.",
        "FRANCE and Norway: the minister said that it would rain in the afternoon.",
        "The herring came from Norway by way of France and was sold at the market.",
    ],
)
def test_a_list_a_place_or_a_thing_does_not_act(sentence):
    assert sentences_between([told(sentence)], ["France"], ["Norway"]) == ()


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Frankreich wirft Norwegen vor, die Häfen im Norden geschlossen zu haben.", "de"),
        ("La France accuse la Norvège d’avoir fermé ses ports pendant la nuit.", "fr"),
        ("Francia acusó a Noruega de cerrar sus puertos durante toda la noche.", "es"),
        ("اتهمت فرنسا النرويج بإغلاق الموانئ في الشمال خلال الليل.", "ar"),
    ],
)
def test_other_languages_have_their_own_verbs(sentence, language):
    (found,) = sentences_between([told(sentence, language=language)], ["France"], ["Norway"])
    assert found.doer == "a"


def test_a_language_without_verbs_gives_nothing():
    assert (
        sentences_between(
            [told("Franciaország megvádolta Norvégiát a halászattal.", language="hu")], ["France"], ["Norway"]
        )
        == ()
    )


def test_people_are_known_by_any_of_their_names_and_tags():
    (found,) = sentences_between(
        [told("Brask told Sten Aldous to open the sluices of the dam at once.")], ["OdaBrask", "brask"], ["#StenAldous"]
    )
    assert (found.doer, found.verb) == ("a", "told")


def test_the_day_is_the_events_where_the_sentence_names_it_and_never_lies_ahead():
    text = "France sued Norway on Monday over the islands in the north of the sound."
    (found,) = sentences_between([told(text)], ["France"], ["Norway"])
    assert (found.date, found.is_dated) == ("2026-11-16", True)
    (other,) = sentences_between([told("France accused Norway of theft in the north.")], ["France"], ["Norway"])
    assert (other.date, other.is_dated) == ("2026-11-18", False)


def test_the_newest_stand_first_and_the_same_telling_once():
    one = "France accused Norway of fishing too close to its northern islands again."
    rows = [
        told(one),
        told(one, key="b"),
        told("Norway thanked France for the rescue of its fishermen.", key="c", day=20),
    ]
    assert [deed.verb for deed in sentences_between(rows, ["France"], ["Norway"])] == ["thanked", "accused"]


@pytest.mark.parametrize(
    ("sentence", "a", "b"),
    [
        ("French jets bombed the Norwegian port of Meren before dawn on Monday.", "Macron", "Norway"),
        ("Norwegian lawmakers warned the American company that it must pay for the pier.", "Norway", "Congress"),
        ("Israeli jets bombed the Lebanese port of Tyre before dawn on Monday.", "Israel", "Hezbollah"),
    ],
)
def test_a_leader_a_parliament_or_a_party_is_not_its_country(sentence, a, b):
    assert sentences_between([told(sentence)], [a], [b]) == ()


@pytest.mark.parametrize("name", ["America", "US", "UnitedStates"])
def test_a_country_is_known_by_its_other_names_and_its_people(name):
    said = told("American officials accused Norway of fishing too close to the islands in the north.")
    (found,) = sentences_between([said], [name], ["Norway"])
    assert found.doer == "a"


@pytest.mark.parametrize(
    "sentence",
    [
        "Envoys will meet in Meren to seek US support against Norway in the row over herring.",
        "The Norway office is said by the baker to be unbothered by the American rejection of the herring.",
    ],
)
def test_support_and_what_is_said_to_be_so_are_no_deeds(sentence):
    assert sentences_between([told(sentence)], ["US"], ["Norway"]) == ()
