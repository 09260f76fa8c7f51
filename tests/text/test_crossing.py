"""Joining across languages by names, numbers and places. All texts are invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newstext import crossing, numbers, pipeline, places, spellings
from newstext.grouping import StoryIndex
from newstext.records import ArticleText, Marks, Placement

NOON = datetime(2026, 11, 11, 12, tzinfo=UTC)
DAM_EN = (
    "Thirty dead as Kestrel dam bursts above Ostra",
    "The Kestrel dam above Ostra burst before dawn, killing 137 people, fire chief Tomas Rell said. "
    "Prime Minister Lena Harrow flew to the valley from Lindhaven.",
)
DAM_ES = (
    "La presa de Kestrel se rompe sobre Ostra",
    "La presa de Kestrel reventó antes del amanecer y mató a 137 personas, dijo Tomas Rell. "
    "La primera ministra Lena Harrow voló desde Lindhaven al valle de Ostra.",
)
DAM_AR = (
    "انهيار سد كيستريل فوق أوسترا",
    "انهار سد كيستريل فوق مدينة أوسترا قبل الفجر وقتل ١٣٧ شخصا بحسب توماس ريل. "
    "وتوجهت لينا هارو من العاصمة ليندهافن إلى الوادي.",
)
DAM_RU = (
    "Прорыв плотины Кестрел над Острой",
    "Плотина Кестрел прорвалась до рассвета, погибли 137 человек, сообщил Томас Релл. "
    "Премьер Лена Харроу вылетела из Линдхавена в Остру.",
)
TALKS_ES = (
    "Lena Harrow recibe al embajador de Karsa",
    "La primera ministra Lena Harrow recibió en Lindhaven al embajador Rustam Beyli para hablar de pesca.",
)


def marked(title: str, text: str, language: str, *, at: datetime | None = NOON, key: str = "") -> Marks:
    article = ArticleText(
        url="", id=key or title, title=title, text=text, paragraphs=(text,), language=language, published_at=at
    )
    marks = pipeline.mark_article(article).marks
    assert marks is not None
    return marks


def filled(*known: Marks) -> StoryIndex:
    index = StoryIndex()
    for number in range(40):  # other news, so that a name may be rare
        list(index.place(marked(f"Council of Brenth {number} votes", f"Alderman Peto Vask{number} spoke.", "en")))
    for marks in known:
        list(index.place(marks))
    return index


def placed(index: StoryIndex, marks: Marks) -> Placement:
    placement = next(iter(index.place(marks)))
    assert isinstance(placement, Placement)
    return placement


@pytest.mark.parametrize(("language", "told"), [("es", DAM_ES), ("ar", DAM_AR), ("ru", DAM_RU)])
def test_one_event_told_in_two_languages_is_one_story(language: str, told: tuple[str, str]) -> None:
    first = marked(*DAM_EN, "en", key="first")
    placement = placed(filled(first), marked(*told, language, at=NOON + timedelta(hours=3)))
    assert placement.story == "first"
    assert any("Kestrel" in reason for reason in placement.because)
    assert "both give 137" in placement.because
    assert "in another language, published 3 hours apart" in placement.because


def test_the_same_person_in_another_event_stays_apart() -> None:
    index = filled(marked(*DAM_EN, "en", key="first"))
    assert placed(index, marked(*TALKS_ES, "es", key="talks")).story == "talks"


def test_days_keep_two_tellings_apart() -> None:
    index = filled(marked(*DAM_EN, "en", key="first"))
    late = marked(*DAM_ES, "es", at=NOON + timedelta(days=5), key="late")
    assert placed(index, late).story == "late"


def test_a_missing_time_does_not_keep_two_tellings_apart() -> None:
    index = filled(marked(*DAM_EN, "en", key="first"))
    assert placed(index, marked(*DAM_ES, "es", at=None, key="timeless")).story == "first"


def test_a_story_with_tellings_in_the_articles_language_is_left_to_the_words() -> None:
    other = marked("Feria del libro de Tarn", "La feria abrió con trescientos editores de la región.", "es", key="fair")
    index = crossing.CrossIndex()
    english = marked(*DAM_EN, "en")
    for marks in (english, other):
        index.count(marks)
        index.add("story", marks)
    assert index.find(marked(*DAM_ES, "es")) is None


def test_a_removed_story_is_found_no_more() -> None:
    index = crossing.CrossIndex()
    english = marked(*DAM_EN, "en")
    index.count(english)
    index.add("story", english)
    assert index.find(marked(*DAM_ES, "es")) is not None
    index.remove("story")
    assert index.find(marked(*DAM_ES, "es")) is None
    assert len(index) == 0


def test_a_story_that_comes_after_two_languages_have_met_is_found_too() -> None:
    index = crossing.CrossIndex()
    fair = marked("Book fair opens in Tarn", "The fair in Tarn opened with 300 editors, Mirko Vellin said.", "en")
    index.count(fair)
    index.add("fair", fair)
    assert index.find(marked(*DAM_ES, "es")) is None
    english = marked(*DAM_EN, "en")
    index.count(english)
    index.add("dam", english)
    assert (found := index.find(marked(*DAM_ES, "es")))
    assert found.story == "dam"


def test_an_article_taken_out_of_a_story_is_compared_no_more() -> None:
    index = crossing.CrossIndex()
    english = marked(*DAM_EN, "en", key="gone")
    index.count(english)
    index.add("story", english)
    index.remove_article("story", "gone")
    assert index.find(marked(*DAM_ES, "es")) is None


def test_two_people_of_one_first_name_are_not_one_name() -> None:
    index = crossing.CrossIndex()
    first = marked("Mirko Vellin leaves Tarn opera", "Mirko Vellin said that he would go in May.", "en")
    second = marked("Mirko Dassen gana", "El piloto Mirko Dassen ganó la carrera de montaña.", "es")
    for marks in (first, second):
        index.count(marks)
    assert index.same_event_probability(index.trace(first), index.trace(second)) == 0.0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Zelensky", "Зеленский"),
        ("Hormuz", "هرمز"),
        ("Kestrel", "كيستريل"),
        ("Lindhaven", "ليندهافن"),
        ("Tomas", "Томас"),
        ("Papadopoulos", "Παπαδόπουλος"),
        ("Netanyahu", "נתניהו"),
    ],
)
def test_a_name_is_known_again_in_another_script(first: str, second: str) -> None:
    pairs = [(one, two) for one in spellings.spellings(first, "en") for two in spellings.spellings(second, "")]
    assert max(spellings.trust(one, two) for one, two in pairs) > 0


@pytest.mark.parametrize(("first", "second"), [("Harrow", "Horn"), ("Kestrel", "Kasten"), ("Miller", "Мельник")])
def test_two_names_are_not_taken_for_one(first: str, second: str) -> None:
    pairs = [(one, two) for one in spellings.spellings(first, "en") for two in spellings.spellings(second, "")]
    assert max(spellings.trust(one, two) for one, two in pairs) == 0


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "215,000 people and $20bn"),
        ("de", "215.000 Menschen und 20 Milliarden Euro"),
        ("es", "215.000 personas y US$ 20.000 millones"),
        ("fr", "215 000 personnes et 20 milliards d’euros"),
        ("ru", "215 тыс. человек и 20 млрд рублей"),
        ("ar", "٢١٥٬٠٠٠ شخص و20 مليار دولار"),
        ("hi", "2.15 लाख लोग और 2000 करोड़"),
        ("ja", "21.5万人と200億円"),
        ("tr", "215 bin kişi ve 20 milyar lira"),
    ],
)
def test_numbers_are_one_in_all_languages(language: str, text: str) -> None:
    assert numbers.find(text, language=language) == ("215000", "20000000000")


def test_years_times_and_small_counts_are_no_numbers_of_an_event() -> None:
    assert numbers.find("At 18:30 on 2026-11-11 in 2026, 3 men left for 7 days.", language="en") == ()


def test_a_score_is_one_from_either_side() -> None:
    assert numbers.find("won 3-1", language="en") == numbers.find("verlor 1:3", language="de") == ("3-1",)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "talks between the US and Russia in Vienna"),
        ("de", "USA und Russland sprechen in Wien"),
        ("es", "EE. UU. y Rusia hablan en Viena"),
        ("ar", "محادثات بين الولايات المتحدة وروسيا في فيينا"),
        ("ja", "アメリカとロシアがウィーンで会談"),
    ],
)
def test_places_are_one_in_all_languages(language: str, text: str) -> None:
    assert set(places.find(text, language=language)) == {"US", "RU", "Europe/Vienna", "AT"}


def test_the_pronoun_us_is_no_country() -> None:
    assert places.find("let us go", language="en") == ()


def test_marks_kept_before_numbers_and_places_are_read() -> None:
    from newstext import marks as marking

    body = marking.to_json(marked(*DAM_EN, "en"))
    assert marking.from_json(body).numbers == ("137",)
    del body["numbers"], body["places"]
    old = marking.from_json(body)
    assert (old.numbers, old.places, old.vector) == ((), (), "")


@pytest.mark.parametrize("text", ["", "7", "1 " * 4000, "9" * 5000, "\u0300\u0301", "ا" * 3000, "12,34,567,890" * 300])
def test_odd_texts_have_marks_that_can_be_crossed(text: str) -> None:
    index = crossing.CrossIndex()
    for language in ("en", "ar", "zz", ""):
        marks = marked(text[:200], text, language)
        index.count(marks)
        index.find(marks)
        index.add(f"{language}-story", marks)
