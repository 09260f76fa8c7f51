from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from newstext.dates import find, opens_state, precision_of

FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def values(text: str, language: str = "en", at: datetime | None = FRIDAY) -> list[str]:
    return [found.value for found in find(text, published_at=at, language=language)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It happened on Monday.", "2026-11-16"),
        ("It happened last Friday.", "2026-11-13"),
        ("They will meet on Friday.", "2026-11-20"),
        ("They will meet in Meren, the mayor said on Friday.", "2026-11-20"),
        ("Talks broke off last month.", "2026-10"),
        ("In May, talks broke off.", "2026-05"),
        ("On Dec. 25, 2024, a boat sank.", "2024-12-25"),
        ("It closed three years ago.", "2023"),
        ("In power since 2003.", "2003"),
        ("The storm came yesterday.", "2026-11-19"),
        ("It opens on January 6.", "2027-01-06"),
        ("Profit fell in the third quarter of 2025.", "2025-Q3"),
        ("Signed 2026-11-02 in Meren.", "2026-11-02"),
        ("It opened two weeks ago.", "2026-W45"),
    ],
)
def test_english(text, value):
    assert values(text) == [value]


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("ar", "وقع الحادث يوم الاثنين.", "2026-11-16"),
        ("ar", "في 12 نوفمبر 2026", "2026-11-12"),
        ("ar", "في مايو الماضي", "2026-05"),
        ("de", "Am vergangenen Montag sank das Boot.", "2026-11-16"),
        ("de", "Am 3. Mai 2025 sank das Boot.", "2025-05-03"),
        ("fr", "Le 24 novembre 2025, le bateau a coulé.", "2025-11-24"),
        ("es", "El barco se hundió ayer.", "2026-11-19"),
        ("sv", "Det hände den 12.11.2025 i hamnen.", "2025-11-12"),
    ],
)
def test_other_languages(language, text, value):
    assert values(text, language) == [value]


def test_words_that_only_look_like_dates_are_left():
    assert values("He may march on. The sun sat low; 2,026 boats and 1999% more.") == []


def test_without_a_publication_date_only_whole_dates_are_found():
    assert values("On Monday and on May 3, 2025.", at=None) == ["2025-05-03"]


def test_offsets_give_the_words():
    text = "Nobody came on Tuesday."
    [found] = find(text, published_at=FRIDAY, language="en")
    assert text[found.start : found.end] == found.text == "Tuesday"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "On Monday it rained.", ["2026-11-16"]),
        ("en", "It rained on Monday night.", ["2026-11-16TNI"]),
        ("en", "Next Tuesday they meet.", ["2026-11-24"]),
        ("en", "In the 1990s it was closed.", ["199"]),
        ("en", "It opened in mid-March.", ["2026-03"]),
        ("en", "It opens in early 2025.", ["2025"]),
        ("en", "Last summer it burned.", ["2026-SU"]),
        ("en", "The winter of 1994 was cold.", ["1994-WI"]),
        ("en", "On 25 December it closes.", ["2026-12-25"]),
        ("en", "On Nov. 6-10 they met.", ["2026-11-06"]),
        ("en", "In fiscal 2025 it lost.", ["2025"]),
        ("en", "They voted two days ago.", ["2026-11-18"]),
        ("en", "It was a year ago.", ["2025"]),
        ("en", "In May 2024 he left; a year earlier he had come.", ["2024-05", "2023"]),
        ("en", "On May 3, 2025 it fell. The same day it rose.", ["2025-05-03", "2025-05-03"]),
        ("en", "It fell on May 3. The following month it rose.", ["2026-05-03", "2026-06"]),
        ("en", "Theresa May left.", []),
        ("en", "May 2025 was cold.", ["2025-05"]),
        ("en", "In May it was cold.", ["2026-05"]),
        ("en", "It began at 5 p.m. Wednesday.", ["2026-11-18T17:00"]),
        ("en", "It began on Wednesday at 17:30.", ["2026-11-18T17:30"]),
        ("en", "This morning it rained.", ["2026-11-20TMO"]),
        ("en", "Over the past three months it rained.", []),
        ("en", "It ran for three years.", []),
        ("en", "In the third quarter profit fell from a year earlier.", ["2026-Q3", "2025-Q3"]),
        ("en", "He comes on New Year's Eve.", ["2026-12-31"]),
        ("en", "On Easter Monday 2025 it burned.", ["2025-04-21"]),
        ("en", "It rained every Monday.", []),
        ("en", "It is now shut; it recently burned and will soon open.", ["PRESENT_REF", "PAST_REF", "FUTURE_REF"]),
        ("en", "It closed over the weekend.", ["2026-W47-WE"]),
        ("en", "They met earlier this month.", ["2026-11"]),
        ("en", "On Monday of last week they met.", ["2026-11-09"]),
        ("en", "About 2,000 people and 1999 boats.", ["1999"]),
        ("en", "On 11/25/2026 it rains.", ["2026-11-25"]),
        ("de", "Am Montag sank das Boot.", ["2026-11-16"]),
        ("de", "Am Montagabend sank das Boot.", ["2026-11-16TEV"]),
        ("de", "Letzte Woche sank es.", ["2026-W46"]),
        ("de", "Vor drei Jahren sank es.", ["2023"]),
        ("de", "Am 3. Mai sank es.", ["2026-05-03"]),
        ("de", "Seit 2003 regiert er.", ["2003"]),
        ("de", "In den letzten Jahren sank es.", []),
        ("de", "Nächsten Dienstag wird gewählt.", ["2026-11-24"]),
        ("de", "Ende Mai sank es.", ["2026-05"]),
        ("de", "Im dritten Quartal sank der Gewinn.", ["2026-Q3"]),
        ("de", "Vor einer Woche sank es.", ["2026-W46"]),
        ("de", "Im vergangenen Jahr sank es.", ["2025"]),
        ("de", "Gestern Abend sank es.", ["2026-11-19TEV"]),
        ("de", "Im Mai 2024 sank es.", ["2024-05"]),
        ("de", "Im Sommer 2024 sank es.", ["2024-SU"]),
        ("fr", "Lundi, le bateau a coulé.", ["2026-11-16"]),
        ("fr", "Vendredi dernier, il a coulé.", ["2026-11-13"]),
        ("fr", "La semaine dernière, il a coulé.", ["2026-W46"]),
        ("fr", "Il y a trois ans, il a coulé.", ["2023"]),
        ("fr", "Le 3 mai, il a coulé.", ["2026-05-03"]),
        ("fr", "Au pouvoir depuis 2003.", ["2003"]),
        ("fr", "L'année dernière il a coulé.", ["2025"]),
        ("fr", "Mardi prochain, ils votent.", ["2026-11-24"]),
        ("fr", "Il a coulé lundi soir.", ["2026-11-16TEV"]),
        ("fr", "Le mois dernier il a coulé.", ["2026-10"]),
        ("fr", "Au troisième trimestre 2025, le bénéfice a baissé.", ["2025-Q3"]),
        ("fr", "L’été dernier il a coulé.", ["2026-SU"]),
        ("fr", "Le 1er mai 2025 il a coulé.", ["2025-05-01"]),
        ("es", "El lunes se hundió.", ["2026-11-16"]),
        ("es", "El viernes pasado se hundió.", ["2026-11-13"]),
        ("es", "La semana pasada se hundió.", ["2026-W46"]),
        ("es", "Hace tres años se hundió.", ["2023"]),
        ("es", "El 3 de mayo se hundió.", ["2026-05-03"]),
        ("es", "En el poder desde 2003.", ["2003"]),
        ("es", "El año pasado se hundió.", ["2025"]),
        ("es", "El próximo martes votan.", ["2026-11-24"]),
        ("es", "El mes pasado se hundió.", ["2026-10"]),
        ("es", "En mayo de 2024 se hundió.", ["2024-05"]),
        ("es", "El 3 de mayo de 2024 se hundió.", ["2024-05-03"]),
        ("es", "Dos días después del 3 de mayo", ["2026-05-03"]),
        ("pt", "Na segunda-feira o barco afundou.", ["2026-11-16"]),
        ("pt", "Na sexta-feira passada afundou.", ["2026-11-13"]),
        ("pt", "Na semana passada afundou.", ["2026-W46"]),
        ("pt", "Há três anos afundou.", ["2023"]),
        ("pt", "Em 3 de maio afundou.", ["2026-05-03"]),
        ("pt", "No poder desde 2003.", ["2003"]),
        ("pt", "No ano passado afundou.", ["2025"]),
        ("pt", "Na próxima terça-feira votam.", ["2026-11-24"]),
        ("pt", "A segunda fase começou.", []),
        ("pt", "Dois dias atrás afundou.", ["2026-11-18"]),
        ("it", "Lunedì la barca è affondata.", ["2026-11-16"]),
        ("it", "Venerdì scorso è affondata.", ["2026-11-13"]),
        ("it", "La settimana scorsa è affondata.", ["2026-W46"]),
        ("it", "Tre anni fa è affondata.", ["2023"]),
        ("it", "Il 3 maggio è affondata.", ["2026-05-03"]),
        ("it", "Al potere dal 2003.", ["2003"]),
        ("it", "L'anno scorso è affondata.", ["2025"]),
        ("it", "Martedì prossimo si vota.", ["2026-11-24"]),
        ("it", "Lo scorso mese è affondata.", ["2026-10"]),
        ("ru", "В понедельник лодка затонула.", ["2026-11-16"]),
        ("ru", "В прошлую пятницу она затонула.", ["2026-11-13"]),
        ("ru", "На прошлой неделе она затонула.", ["2026-W46"]),
        ("ru", "Три года назад она затонула.", ["2023"]),
        ("ru", "3 мая она затонула.", ["2026-05-03"]),
        ("ru", "У власти с 2003 года.", ["2003"]),
        ("ru", "В прошлом году она затонула.", ["2025"]),
        ("ru", "В следующий вторник будет голосование.", ["2026-11-24"]),
        ("ru", "В среду она затонула.", ["2026-11-18"]),
        ("ru", "Окружающая среда важна.", []),
        ("ru", "Год назад она затонула.", ["2025"]),
        ("ru", "3 мая 2024 года она затонула.", ["2024-05-03"]),
        ("ru", "В мае прошлого года она затонула.", ["2025-05"]),
        ("tr", "Pazartesi günü tekne battı.", ["2026-11-16"]),
        ("tr", "Geçen Cuma tekne battı.", ["2026-11-13"]),
        ("tr", "Geçen hafta tekne battı.", ["2026-W46"]),
        ("tr", "Üç yıl önce tekne battı.", ["2023"]),
        ("tr", "3 Mayıs'ta tekne battı.", ["2026-05-03"]),
        ("tr", "2003'ten beri iktidarda.", ["2003"]),
        ("tr", "Geçen yıl tekne battı.", ["2025"]),
        ("tr", "3 Mayıs 2024'te tekne battı.", ["2024-05-03"]),
        ("tr", "Mart ayında battı.", ["2026-03"]),
        ("tr", "Önümüzdeki Salı oy verilecek.", ["2026-11-24"]),
        ("ar", "غرق القارب يوم الاثنين.", ["2026-11-16"]),
        ("ar", "الجمعة الماضية غرق القارب.", ["2026-11-13"]),
        ("ar", "غرق القارب الأسبوع الماضي.", ["2026-W46"]),
        ("ar", "غرق القارب قبل ثلاثة أعوام.", ["2023"]),
        ("ar", "في 3 مايو غرق القارب.", ["2026-05-03"]),
        ("ar", "في السلطة منذ 2003.", ["2003"]),
        ("ar", "غرق القارب العام الماضي.", ["2025"]),
        ("ar", "قبل يومين غرق.", ["2026-11-18"]),
        ("ar", "خلال السنوات الماضية", []),
        ("ar", "والثلاثاء المقبل ينتخبون.", ["2026-11-24"]),
        ("ar", "في 3 مايو من العام الماضي غرق.", ["2025-05-03"]),
        ("ar", "في مايو الماضي غرق.", ["2026-05"]),
    ],
)
def test_kinds_of_dates_in_nine_languages(language, text, expected):
    assert values(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "In power since 2003.", True),
        ("en", "It has rained since early May.", True),
        ("en", "It rained in 2003.", False),
        ("ar", "في السلطة منذ 2003.", True),
        ("de", "Seit 2003 regiert er.", True),
        ("es", "En el poder desde 2003.", True),
        ("fr", "Au pouvoir depuis 2003.", True),
        ("it", "Al potere dal 2003.", True),
        ("pt", "No poder desde 2003.", True),
        ("ru", "У власти с 2003 года.", True),
        ("tr", "2003'ten beri iktidarda.", True),
        ("tr", "2003'te battı.", False),
    ],
)
def test_since_says_that_it_lasts(language, text, expected):
    [found] = find(text, published_at=FRIDAY, language=language)
    assert opens_state(text, found.start, found.end, language) is expected


def test_what_goes_by_the_date_spoken_of_needs_one_near():
    assert values("The same day it rose.") == []
    assert values("It fell on May 3." + " Nothing was heard of it." * 30 + " The same day it rose.") == ["2026-05-03"]


def test_a_report_on_a_quarter_compares_with_the_same_quarter():
    text = "Profit rose in the third quarter of 2026. Sales were 8 million, up from 7 million a year ago."
    assert values(text) == ["2026-Q3", "2025-Q3"]


def test_now_and_the_like_have_no_precision():
    assert [precision_of(value) for value in values("It is now shut, and recently was open.")] == ["", ""]
    assert [precision_of(value) for value in ("2026-11-16TNI", "2026-11-16", "2026-11", "2026", "2026-Q3")] == [
        "day",
        "day",
        "month",
        "year",
        "",
    ]


def test_dates_that_no_calendar_has_are_left():
    assert values("On February 30, 2026, on 31.02.2026 and 2026-13-01, 99 years ago.") == ["2026", "1927"]
    assert values("It lay there 999 decades ago.") == []


def test_a_letter_with_two_small_ones_moves_no_offset():
    text = "İİİİ İstanbul'da tekne Pazartesi günü battı."
    [found] = find(text, published_at=FRIDAY, language="tr")
    assert text[found.start : found.end] == "Pazartesi günü"


@pytest.mark.parametrize("text", ["May " * 4000, "1 " * 8000, "the last " * 4000, "Mon Tue " * 4000, "2026" * 4000])
def test_a_text_of_nothing_but_date_words_takes_no_longer(text):
    began = time.process_time()
    find(text, published_at=FRIDAY, language="en")
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("es", "El ministro Julio Maro habló ayer.", ["2026-11-19"]),
        ("es", "En julio habló.", ["2026-07"]),
        ("es", "Julio fue seco.", ["2026-07"]),
        ("it", "La pallavolista Domenica Rell ha vinto.", []),
        ("de", "Der Moderator Jan Rell lacht.", []),
        ("de", "Ab Dienstag fährt die Bahn.", ["2026-11-24"]),
        ("de", "Bis Mittwoch steigt der Fluss.", ["2026-11-25"]),
        ("en", "She watched “Lindhaven Today” and “Today” with April Rell.", []),
    ],
)
def test_names_that_look_like_dates_are_left(language, text, expected):
    assert values(text, language) == expected
