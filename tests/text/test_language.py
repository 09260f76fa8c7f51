from __future__ import annotations

import pytest

from newstext.language import detect_language, is_right_to_left

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
