from __future__ import annotations

import pytest

from newstext.language import detect_language, is_right_to_left
from newstext.passages import find_passages

LONG = {
    "en": "The harbour master said on Tuesday that every passenger of the ferry had been brought ashore and that nobody was hurt, although the ship would have to stay where it was until the divers had looked at the hull and the tide was high enough to move it.",
    "de": "Der Hafenmeister sagte am Dienstag, dass alle Fahrgäste der Fähre an Land gebracht worden seien und niemand verletzt sei, das Schiff aber liegen bleiben müsse, bis die Taucher den Rumpf gesehen hätten und das Wasser hoch genug stehe.",
    "fr": "Le capitaine du port a déclaré mardi que tous les passagers du bac avaient été ramenés à terre et que personne n'était blessé, mais que le navire devrait rester là jusqu'à ce que les plongeurs aient examiné la coque.",
    "ar": "قال مدير الميناء يوم الثلاثاء إن جميع ركاب العبارة نقلوا إلى الشاطئ وإن أحدا لم يصب بأذى، غير أن السفينة ستبقى في مكانها إلى أن يفحص الغواصون بدنها ويرتفع الماء بما يكفي لتحريكها من فوق الصخور.",
}


@pytest.mark.parametrize("language", LONG)
def test_long_texts_are_known_by_themselves(language):
    assert detect_language(LONG[language]) == language


def test_a_page_that_says_the_wrong_language_is_not_believed():
    assert detect_language(LONG["ar"], hint="en") == "ar"


def test_short_texts_follow_the_hint_where_it_can_be_right():
    assert detect_language("Taxi Hotel", hint="de-AT") == "de"
    assert detect_language("خبر عاجل من الميناء", hint="en") != "en"
    assert detect_language("123 456") == "und"


def test_arabic_and_hebrew_run_from_right_to_left():
    assert [is_right_to_left(code) for code in ("ar", "he", "fa", "en", "und")] == [True, True, True, False, False]


PIDGIN = "Police don arrest di man wey carry di money run comot for Tarn. Di oga of di police tok say dem go carry am go court, and say di pipol wey see wetin happen suppose come tok to dem. E dey pain di minister say moni wey goment suppose use build di dam don loss."


def test_nigerian_pidgin_is_not_labelled_english():
    assert detect_language(PIDGIN, hint="en") == "pcm"
    assert detect_language(PIDGIN) == "pcm"
    quoted = f"{LONG['en']} {LONG['en']} “Wetin dey happen?” he asked. {LONG['en']}"
    assert detect_language(quoted, hint="en") == "en"


def told(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


@pytest.mark.parametrize("article", LONG)
@pytest.mark.parametrize("quoted", LONG)
def test_a_paragraph_in_another_language_is_a_passage(article, quoted):
    text = told(LONG[article], LONG[article], LONG[quoted], LONG[article])
    start = 2 * (len(LONG[article]) + 2)
    expected = () if article == quoted else ((start, start + len(LONG[quoted]), quoted),)
    assert find_passages(text, article) == expected


def test_a_short_line_in_another_script_is_a_passage():
    tweet = "عاد النهر إلى مجراه بعد الفيضان"
    text = told(LONG["en"], tweet, LONG["en"])
    assert [(text[start:end], code) for start, end, code in find_passages(text, "en")] == [(tweet, "ar")]
    line = "The river is back in its bed"
    text = told(LONG["ar"], line, LONG["ar"])
    assert find_passages(text, "ar") in ((), ((len(LONG["ar"]) + 2, len(LONG["ar"]) + 2 + len(line), "en"),))


@pytest.mark.parametrize(
    "line",
    [
        "Ada Brask, Otto Vane, Juan Pérez García, María del Carmen, José Luis Ortega, Ana de la Cruz, Pedro y Pablo, Sebastián Muñoz",
        "“La presa”, “El molino”, “Los pozos de Tarn” and “Vida de un molinero” are shown on Monday; “La casa de los pozos” follows in May.",
        "Real Meren 2, Sporting Tarn 1; Racing de Halda 0, Deportivo Velmark 0; Atlético Lindhaven 3, Unión Sur 1",
        "Bon voyage!",
        "Guten Tag, sagte er.",
        "1. 24.7 kg; 2. 30 kg; 3. 41 kg; 4. 58 kg",
        "Команда",
    ],
)
def test_names_lists_and_short_lines_are_no_passages(line):
    assert find_passages(told(LONG["en"], LONG["en"], line, LONG["en"]), "en") == ()


def test_a_text_of_no_known_language_has_no_passages():
    assert find_passages(told(LONG["en"], LONG["ar"]), "und") == ()
