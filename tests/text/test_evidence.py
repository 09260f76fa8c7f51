"""What the one check of evidence lets through, and what it refuses; texts are invented."""

from __future__ import annotations

import random
import time

import pytest

from newstext import evidence, planted_faults
from tests.text.test_command import run

SOURCE = (
    "The council of Meren voted on Monday to close the old harbour after the flood. "
    "Mayor Ada Voss said that 1,300 people had not returned to their homes. "
    'Otto Brandt, who owns the mill, said: "We will rebuild every wall of it." '
    "No one at the port authority confirmed that the pier had been sold. "
    "The ferry to Sandwick will sail again in May, the company wrote."
)


def verdict(sentence: str, source: str = SOURCE, language: str = "en") -> str:
    return evidence.stands_on(sentence, source, language)[0]


@pytest.mark.parametrize(
    "sentence",
    [
        "Mayor Ada Voss said that 1,300 people had not returned to their homes.",
        "mayor ada voss said that 1,300 people had not returned to their homes",
        "The council of Meren voted on Monday to close the old harbour.",
        "Otto Brandt, who owns the mill, said: “We will rebuild every wall of it.”",
    ],
)
def test_what_is_word_for_word_in_the_source_is_verbatim(sentence):
    assert verdict(sentence) == "verbatim"


@pytest.mark.parametrize(
    "sentence",
    [
        "Mayor Ada Voss said that 1,400 people had not returned to their homes.",
        "Mayor Ada Voss said that 1,300 people had returned to their homes.",
        "Mayor Otto Brandt said that 1,300 people had not returned to their homes.",
        "The council of Meren voted on Tuesday to close the old harbour after the flood.",
        "The council of Meren did not vote on Monday to close the old harbour after the flood.",
        'Otto Brandt, who owns the mill, said: "We will sell every wall of it."',
        'The council of Meren voted "to close the old harbour after the flood" on a wet Monday.',
        "The pier had been sold, says Ada Voss.",
        "The council of Meren voted on Monday to close every wall of it.",
        "The trade unions of Karsa called a strike for higher wages in the mines.",
        "",
    ],
)
def test_what_changes_its_source_is_never_shown(sentence):
    assert verdict(sentence) not in evidence.SHOWN


def test_a_clause_cut_off_from_its_denial_is_not_verbatim():
    assert verdict("The pier had been sold.") not in evidence.SHOWN


def test_pieces_of_two_sentences_far_apart_are_refused_with_a_reason():
    found, why = evidence.stands_on("The ferry to Sandwick will rebuild every wall of it.", SOURCE, "en")
    assert found not in evidence.SHOWN
    assert why


def test_words_from_all_over_an_article_support_nothing():
    assert verdict("The harbour company owns the homes of the port authority in Sandwick.") not in evidence.SHOWN


def test_a_number_as_a_word_is_the_number_in_figures():
    source = "The storm killed 12 sailors near the old harbour of Sandwick on Friday night."
    assert (
        verdict("The storm killed twelve sailors near the old harbour of Sandwick on Friday night.", source)
        in evidence.SHOWN
    )
    assert (
        verdict("The storm killed eleven sailors near the old harbour of Sandwick on Friday night.", source)
        not in evidence.SHOWN
    )


@pytest.mark.parametrize(
    ("language", "source", "turned"),
    [
        ("de", "Der Rat von Meren hat den Hafen am Montag nicht geschlossen.", "Der Rat von Meren hat den Hafen am Montag geschlossen."),
        ("fr", "Le maire de Meren n'a pas fermé le port lundi matin.", "Le maire de Meren a fermé le port lundi matin."),
        ("es", "El alcalde de Meren no cerró el puerto el lunes.", "El alcalde de Meren cerró el puerto el lunes."),
        ("it", "Il sindaco di Meren non ha chiuso il porto lunedì.", "Il sindaco di Meren ha chiuso il porto lunedì."),
        ("pt", "O prefeito de Meren não fechou o porto na segunda.", "O prefeito de Meren fechou o porto na segunda."),
        ("ru", "Мэр Мерена не закрыл старый порт в понедельник.", "Мэр Мерена закрыл старый порт в понедельник."),
        ("tr", "Meren belediyesinin eski limanı kapalı değil dedi başkan.", "Meren belediyesinin eski limanı kapalı dedi başkan."),
        ("ar", "لم يغلق مجلس المدينة الميناء القديم يوم الاثنين.", "يغلق مجلس المدينة الميناء القديم اليوم."),
    ],
)  # fmt: skip
def test_a_dropped_not_is_refused_in_other_languages(language, source, turned):
    assert verdict(source, source, language) == "verbatim"
    assert verdict(turned, source, language) not in evidence.SHOWN


def test_a_language_without_lists_shows_only_what_is_word_for_word():
    source = "Ostran kaupunki sulki vanhan sataman maanantaina tulvan jälkeen."
    assert verdict(source, source, "fi") == "verbatim"
    assert verdict("Maanantaina Ostran kaupunki sulki sataman tulvan jälkeen.", source, "fi") not in evidence.SHOWN


@pytest.mark.parametrize(
    ("sentence", "source"),
    [("A harbour.", ""), ("…", "A harbour burned."), ('He said "we will', "A harbour burned."), ("\ud83d", "\ud83d"), ("a " * 4000, "b " * 4000)],
)  # fmt: skip
def test_odd_texts_are_judged_and_never_shown(sentence, source):
    assert verdict(sentence, source) not in evidence.SHOWN or sentence == source


def test_a_very_long_sentence_takes_no_time_that_grows_with_its_square():
    long = " ".join(f"word{number}" for number in range(6000))
    began = time.process_time()
    verdict(long, long[::-1])
    assert time.process_time() - began < 3


def test_check_command_gives_a_verdict_a_line_and_names_bad_lines(monkeypatch, capsys):
    lines = [
        {"id": "a", "source": SOURCE, "sentence": "The council of Meren voted on Monday to close the old harbour."},
        {"id": 2, "source": SOURCE, "sentence": "The council of Meren voted on Friday to close the old harbour."},
        {"id": 3, "source": SOURCE},
    ]
    code, rows = run(monkeypatch, capsys, ["check"], lines)
    assert code == 3
    assert [row.get("verdict") for row in rows] == ["verbatim", "unsupported", None]
    assert set(rows[0]) == {"id", "verdict", "why"}
    assert "sentence" in rows[2]["rejected"]["reason"]


def test_planted_faults_change_what_they_say_they_change():
    rng = random.Random(1)
    said = "Ada Voss said 40 boats had not left."
    assert planted_faults.wrong_number(said, rng, ()) != said
    assert planted_faults.dropped_not(said, rng, ()) == "Ada Voss said 40 boats had left."
    assert planted_faults.wrong_speaker(said, rng, ("Otto Brandt",)) == "Otto Brandt said 40 boats had not left."
    assert planted_faults.dropped_not("The boats left.", rng, ()) == ""
