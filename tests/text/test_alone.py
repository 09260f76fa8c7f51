from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from newstext import alone, pipeline
from newstext.records import ArticleText

LEAD = "Fire chief Tomas Rell said on Monday that the dam above Karsa had burst after a week of rain."


def article(text: str, *, language: str = "en", dated: bool = True, **more: object) -> ArticleText:
    at = datetime(2026, 11, 20, 9, tzinfo=UTC) if dated else None
    return pipeline.mark_article(
        ArticleText(url="", id="a", title="", text=text, published_at=at, language=language, **more)  # type: ignore[arg-type]
    )


def shown(text: str, number: int, **more: object) -> list[str]:
    return [one.shown for one in alone.show(article(text, **more), number)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sentence",
    [
        "He said that the water would rise again before the end of the week.",
        "He’s sure that the water of the Tarn will rise again before Friday.",
        "His lawyer said that the water of the Tarn would rise again.",
        "But the town had heard that promise twice before and did not believe it.",
        "Meanwhile Otto Vane asked the council of Meren for nine crowns.",
        "In addition, Otto Vane asked the council of Meren for nine crowns.",
        "Otto Vane also asked the council of Meren for nine crowns.",
        "Otto Vane, however, asked the council of Meren for nine crowns.",
        "The man was taken to the hospital in Lindhaven on the same evening.",
        "The 26-year-old was taken to a hospital in Lindhaven by boat.",
        "The three were taken to a hospital in Lindhaven by boat.",
        "Both were taken to a hospital in Lindhaven by boat on Monday.",
        "Others were taken to a hospital in Lindhaven by boat on Monday.",
        "Two more were taken to a hospital in Lindhaven by boat on Monday.",
        "So did the town of Sandwick on the other side of the river.",
        "Hours later, Otto Vane left the town of Meren on a boat.",
        "Otto Vane left the town of Meren the following day on a boat.",
        '"We will rebuild it, stone by stone and house by house."',
        '"We will rebuild it, stone by stone," she said in the evening.',
        '"We will rebuild Meren, stone by stone," he added on Monday.',
        '"No Velmark Water Office is needed here!" he wrote in the evening.',
        '"This is a shame for Meren," Otto Vane told the council.',
        "This was the third time that the river had left its bed in a year.",
        "Otto Vane called this a shame for the town of Meren.",
        "The ministry said that no ship had left the port of Sandwick.",
        "We think that the council of Meren should sell the old mill.",
        "In a statement on Monday, it said that no ship had left.",
        "Otto Vane said, his voice rising with every word of it.",
        "Otto Vane agreed with that decision of the council of Meren.",
    ],
)
def test_sentences_that_lean_on_others_do_not_stand_alone(sentence):
    assert not alone.stands_alone(sentence, "en")


@pytest.mark.parametrize(
    "sentence",
    [
        "Fire chief Tomas Rell said that the water came in four minutes.",
        '"The water came in four minutes," fire chief Tomas Rell said.',
        "The dam burst before dawn after a week of heavy rain in the valley.",
        "In his speech, fire chief Tomas Rell called the dam a danger to Karsa.",
        "A man who stole a boat in Sandwick said that he was sorry.",
        "Otto Vane, who founded the mill, said this year that he would sell it.",
        "The mayor of Karsa, Ada Brask, said that she would not resign.",
        "Both Ada Brask and Otto Vane said that they would not resign.",
        "The Velmark Water Office said that it had warned the town of Karsa.",
    ],
)
def test_sentences_that_name_their_people_stand_alone(sentence):
    assert alone.stands_alone(sentence, "en")


@pytest.mark.parametrize(
    "sentence",
    [
        "Read more about the flood in Karsa on our own pages.",
        "Pictured: Fire chief Tomas Rell stands before the dam of Karsa.",
        "Fire chief Tomas Rell (left) stands before the dam of Karsa.",
        "FIRE CHIEF TOMAS RELL WARNS OF THE DAM ABOVE KARSA.",
        "Fire Chief Tomas Rell Warns About Karsa's Broken Dam.",
        "A meeting in Port Torrin of the council with U.S. Sen.",
        "What did fire chief Tomas Rell know of the dam above Karsa?",
        "Fire chief Tomas Rell at the dam above Karsa before dawn.",
        "1. Fire chief Tomas Rell warned the town of the dam.",
        "“The water came in four minutes, fire chief Tomas Rell said.",
        "Fire chief Tomas Rell warned (in a letter of May of the dam.",
        "Posted on May 3, 2026 Fire chief Tomas Rell warned of the dam.",
        "...",
        "",
    ],
)
def test_captions_headlines_and_cut_ones_are_no_whole_sentences(sentence):
    assert not alone.is_whole(sentence, "en")


def test_a_sentence_with_its_marks_closed_is_whole():
    assert alone.is_whole('The dam "was safe in May," fire chief Tomas Rell had written (in a letter).', "en")


def test_he_is_shown_after_the_sentence_that_names_him():
    text = f"{LEAD} He left the town of Karsa in a boat before dawn."
    assert len(shown(text, 1)) == 2
    assert shown(text, 1)[1] == "He left the town of Karsa in a boat before dawn."
    assert not alone.can_be_shown(article(text), 1)


def test_what_leans_on_a_sentence_that_leans_itself_is_not_shown():
    text = f"{LEAD} He left the town of Karsa in a boat before dawn. He was seen in Sandwick by noon."
    assert shown(text, 2) == []


def test_the_speaker_before_is_put_in_brackets_where_only_one_can_be_meant():
    text = f"{LEAD} “The town of Karsa had four minutes,” he said."
    assert shown(text, 1) == ["“The town of Karsa had four minutes,” he [Tomas Rell] said."]


def test_of_two_people_before_none_is_put_in_brackets():
    text = "Tomas Rell said that Otto Vane had warned him. “The town of Karsa had four minutes,” he said."
    assert "[" not in alone.evidence_for(article(text), 1).shown


def test_a_man_is_never_put_in_brackets_for_she():
    text = "Mr. Tomas Rell said that the dam had burst. “The town of Karsa had four minutes,” {} said."
    assert "he [Tomas Rell] said" in alone.evidence_for(article(text.format("he")), 1).shown
    assert "[" not in alone.evidence_for(article(text.format("she")), 1).shown


def test_a_surname_alone_gets_the_full_name_that_the_article_has():
    text = (
        "Fire chief Tomas Rell warned the town of Karsa. Rain fell all week. In May, Rell’s letter reached Port Torrin."
    )
    assert "Rell’s [Tomas Rell] letter" in shown(text, 2)[0]


@pytest.mark.parametrize(
    "before", ["Tomas Rell met Ada Rell in Karsa.", "Rell warned. Ada Rell lives in Karsa.", "North Karsa was flooded."]
)
def test_a_surname_of_two_people_or_a_place_gets_no_name(before):
    one = article(f"{before} On the way to Karsa, Rell said that Karsa was lost. President Rell said so in Karsa.")
    assert not any("Rell [" in alone.evidence_for(one, n).shown for n in range(len(one.sentences)))
    assert not any("Karsa [" in alone.evidence_for(one, n).shown for n in range(len(one.sentences)))


def test_a_definite_noun_that_was_told_of_before_needs_that_sentence():
    text = "A tanker of the Torrin Shipping Line sank off Sandwick. The tanker had left Port Torrin in May."
    assert len(shown(text, 1)) == 2
    assert not alone.can_be_shown(article(text), 1)


def test_inside_a_quotation_of_many_sentences_nothing_is_cut_out():
    text = (
        "“The dam of Karsa was old. The council of Meren knew it well. Nobody in Port Torrin cared,” Tomas Rell said."
    )
    assert [shown(text, number) for number in range(3)] == [[], [], []]


def test_a_quotation_never_closed_hides_its_paragraph_alone():
    text = f"“The dam of Karsa was old. Tomas Rell had told the council of Meren.\n\n{LEAD}"
    assert shown(text, 1) == []
    assert len(shown(text, 2)) == 1


def test_what_was_cut_at_a_title_is_not_shown():
    text = "A letter of May reached the office of Sen. Otto Vane left for Karsa on Monday."
    cut = ArticleText(
        url="", id="a", text=text, language="en", sentences=((0, 42), (43, len(text))), names=article(text).names
    )
    assert alone.show(cut, 0) == alone.show(cut, 1) == ()


@pytest.mark.parametrize(
    ("said", "bracketed"),
    [
        ("on Monday to all boats", "on Monday [2026-11-16] to all boats"),
        ("on Monday night to all boats", "on Monday night [2026-11-16] to all boats"),
        ("yesterday to all boats", "yesterday [2026-11-19] to all boats"),
        ("two days ago to all boats", "two days ago [2026-11-18] to all boats"),
        ("10 days ago to all boats", "10 days ago [2026-11-10] to all boats"),
        ("last week to all boats", "last week [2026-11-09/15] to all boats"),
        ("last month to all boats", "last month [2026-10] to all boats"),
        ("on Monday, November 16, to all boats", "on Monday, November 16, to all boats"),
        ("on November 16 to all boats", "on November 16 to all boats"),
        ("on 3 May 2024 to all boats", "on 3 May 2024 to all boats"),
        ("on a Monday to all boats", "on a Monday to all boats"),
        ("on Monday (16 November) to all boats", "on Monday (16 November) to all boats"),
    ],
)
def test_a_relative_day_carries_its_date_in_brackets(said, bracketed):
    one = article(f"The harbour of Sandwick closed {said} of Meren.")
    assert alone.evidence_for(one, 0).shown == f"The harbour of Sandwick closed {bracketed} of Meren."


def test_a_date_stands_in_brackets_once():
    one = article("The harbour of Sandwick closed on Monday, and on Monday the council of Meren met.")
    assert alone.evidence_for(one, 0).shown.count("[2026-11-16]") == 1


def test_a_monday_of_another_year_gets_no_date_of_this_week():
    one = article("On Monday of the last week of May 1994 the harbour of Sandwick closed to boats.")
    assert "[" not in alone.evidence_for(one, 0).shown


def test_today_of_an_article_without_a_date_is_not_shown():
    text = "The harbour of Sandwick closed today to all boats of the Torrin Line."
    assert shown(text, 0, dated=False) == []
    assert len(shown(text, 0)) == 1


def test_without_its_brackets_what_is_shown_is_the_text():
    text = f"{LEAD} In May, Rell wrote to Meren. “The town of Karsa had four minutes,” he said on Tuesday."
    one = article(text)
    for number in range(len(one.sentences)):
        found = alone.evidence_for(one, number)
        assert re.sub(r" \[[^\]]*\]", "", found.shown) == found.text == one.text[found.start : found.end]


@pytest.mark.parametrize(
    ("language", "leans", "stands"),
    [
        (
            "de",
            "Er kündigte an, dass der Hafen von Sandwick im Mai schließen werde.",
            "Der Bürgermeister Otto Vane sagte, der Hafen von Sandwick schließe im Mai.",
        ),
        (
            "fr",
            "L’homme a été conduit à l’hôpital de Lindhaven dans la soirée.",
            "Le maire de Meren, Otto Vane, a annoncé la fermeture du port de Sandwick.",
        ),
        (
            "es",
            "Además, el puerto de Sandwick cerró en mayo a todos los barcos.",
            "El alcalde de Meren, Otto Vane, anunció el cierre del puerto de Sandwick.",
        ),
        (
            "it",
            "Tuttavia il porto di Sandwick ha chiuso a maggio a tutte le navi.",
            "Il sindaco di Meren, Otto Vane, ha annunciato la chiusura del porto.",
        ),
        (
            "pt",
            "No entanto, o porto de Sandwick fechou em maio a todos os barcos.",
            "O prefeito de Meren, Otto Vane, anunciou o fechamento do porto de Sandwick.",
        ),
        (
            "nl",
            "Bovendien sloot de haven van Sandwick in mei voor alle schepen.",
            "Burgemeester Otto Vane van Meren kondigde de sluiting van de haven aan.",
        ),
        (
            "ru",
            "По его словам, порт Сандвик закрылся в мае для всех судов.",
            "Мэр Мерена Отто Ване объявил о закрытии порта Сандвик.",
        ),
        (
            "uk",
            "За його словами, порт Сандвік закрився у травні для всіх суден.",
            "Мер Мерена Отто Ване оголосив про закриття порту Сандвік.",
        ),
        (
            "tr",
            "Bunun üzerine Sandwick limanı mayıs ayında tüm gemilere kapandı.",
            "Meren Belediye Başkanı Otto Vane, Sandwick limanının kapandığını açıkladı.",
        ),
        (
            "ar",
            "وأضاف أن ميناء ساندويك أغلق في مايو أمام جميع السفن القادمة.",
            "أعلن رئيس بلدية ميرين أوتو فاني إغلاق ميناء ساندويك أمام السفن.",
        ),
        (
            "fa",
            "وی افزود که بندر ساندویک در ماه مه به روی کشتی‌ها بسته شد.",
            "شهردار مرن اوتو وانه از بسته شدن بندر ساندویک خبر داد.",
        ),
    ],
)
def test_other_languages_have_their_own_signs(language, leans, stands):
    assert not alone.stands_alone(leans, language)
    assert alone.stands_alone(stands, language)


def test_a_spanish_article_is_no_pronoun():
    assert alone.stands_alone("El puerto de Sandwick cerró en mayo a todos los barcos de Meren.", "es")
    assert not alone.stands_alone("Él cerró en mayo el puerto de Sandwick a todos los barcos.", "es")


def test_of_a_language_without_a_list_the_first_two_sentences_are_shown():
    text = "Sandwickin satama suljettiin toukokuussa kaikilta Merenin laivoilta. " * 4
    one = article(text.strip(), language="fi")
    assert [alone.can_be_shown(one, number) for number in range(4)] == [True, True, False, False]


def test_i_is_shown_of_no_news():
    assert shown("I saw the dam of Karsa burst before dawn on Monday.", 0) == []
    assert len(shown("Tomas Rell said: “I saw the dam of Karsa burst before dawn.”", 0)) == 1


def test_a_sentence_that_is_not_there_is_named():
    with pytest.raises(IndexError, match="sentence 3, it has 1"):
        alone.show(article(LEAD), 3)


def test_reading_far_into_an_article_goes_no_deeper_than_reading_its_first_sentence():
    text = f"{LEAD} " + "He said that Karsa was lost. " * 3000
    assert alone.show(article(text), 3000) == ()


def test_articles_of_one_sentence_or_none_are_read():
    assert len(shown(LEAD, 0)) == 1
    assert article("").sentences == ()


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("The bridge at Karsa is closed until Friday, the Brask Water Board said on Tuesday.", "en"),
        ("Parliament in Lindhaven passed its water law on Tuesday by 61 votes to 54.", "en"),
        ("The Ostra dam was a monument to greed and should never have been built there.", "en"),
        ("To power its new mill in Karsa, Velmark Steel is building a dam on the Tarn.", "en"),
        ("Even though the price looks fair, analyst Otto Vane sees little left to gain.", "en"),
        ("Otto Vane was one of those convicted of the theft of the Karsa bell in 2024.", "en"),
        ("Die Fähre Halda lief am Dienstag vor Port Meren mit 212 Menschen an Bord auf ein Riff.", "de"),
        ("Aunque llueve en Karsa desde el lunes, Otto Vane espera una buena cosecha de trigo.", "es"),
        ("Esta mañana comenzó en Karsa la venta de los muebles de Otto Vane.", "es"),
    ],
)
def test_what_a_sentence_says_itself_is_no_lean(sentence: str, language: str):
    assert shown(sentence, 0, language=language)


@pytest.mark.parametrize(
    "sentence",
    [
        "Three use the old way of counting the votes of Velmark.",
        "Specifically, the council of Meren asked for nine crowns.",
        "Ada Brask of the council disputes that argument.",
        "The old miller Otto Vane bowed before him.",
        "The escape happened near Port Meren, about 25 miles east of Karsa, it said.",
        "“Really, senator?” host Ada Brask asked.",
        "Karsa Tower is seen from Mill Street on Tuesday, July 18, 2026 in Karsa.",
        "Officers said in Lindhaven that the case goes back to Det.-Sgt.",
        "The collection of 2,000 hours of pictures from the area around the Vane home.",
    ],
)
def test_what_is_told_elsewhere_or_is_no_sentence_is_refused(sentence: str):
    assert not shown(f"{LEAD}\n\nIt rained in the hills.\n\n{sentence}", 2)


def test_a_surname_that_nobody_introduced_leans_until_its_name_is_known():
    text = f"{LEAD}\n\nIt rained in the hills.\n\nMr. Vane said on Tuesday that Karsa would pay for a new mill."
    assert not shown(text, 2)
    assert alone.can_be_shown(article(text), 2, known=alone.words_known(["Vane promises Karsa the money"], "en"))
    assert not alone.can_be_shown(article(text), 2, known=alone.words_known(["A vane for Karsa"], "en"))


def test_a_first_name_alone_gets_its_full_name():
    text = "Mayor Ada Vane lives in Karsa Tower.\n\nOn most days Ada sits in a court of Karsa."
    assert shown(text, 1) == ["On most days Ada [Ada Vane] sits in a court of Karsa."]


@pytest.mark.parametrize(
    "text",
    [
        "At the end of the day, Otto Vane lost the vote in Karsa.",
        "Karsa Software mended the fault on Patch Tuesday, Otto Vane said.",
        "A bill could reach the floor in Karsa as early as Thursday, Otto Vane said.",
        "Otto Vane is running against Ada Brask for the seat of Karsa in November.",
    ],
)
def test_no_date_stands_beside_what_names_no_day_past(text: str):
    assert [one.split("[")[0] for one in shown(text, 0)] == [text]


def telling(text: str, key: str, title: str = "") -> ArticleText:
    made = ArticleText(url="", id=key, title=title, text=text, published_at=NOW, language="en")
    return pipeline.mark_article(made)


NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_a_headline_and_half_the_tellings_make_a_thing_known():
    stories = [telling("The dam of Ostra burst on Monday.", "a", "Flood in Ostra"), telling("A dam burst.", "b")]
    known = alone.known_on_page(stories)
    assert {"dam", "flood"} <= known
    assert "bakery" not in known


def test_a_group_is_not_known_because_many_tellings_speak_of_groups():
    stories = [telling(f"A group of {town} rowers met the company on Monday.", town) for town in ("Karsa", "Meren")]
    assert not {"group", "company"} & alone.known_on_page(stories)


def test_a_telling_that_stands_alone_makes_known_what_it_comes_back_to():
    text = "The dam of Ostra burst. Ada Brask had warned of the dam. A baker of Karsa saw the dam break on Monday."
    assert "dam" in alone.known_on_page([telling(text, "a")])
    assert "baker" not in alone.known_on_page([telling(text, "a")])


def test_one_man_is_no_they():
    assert not alone.stands_alone("Tomas Rell said that the hope of finding them alive was as good as none.", "en")
    assert alone.stands_alone("Tomas Rell and Ada Vane said that the law would help them.", "en")
