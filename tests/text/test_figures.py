"""What numbers count, and how the values of one figure stand to each other."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newstext import figures, pipeline
from newstext.note_records import StoryNotes
from newstext.notes_json import notes_to_json
from newstext.records import ArticleText

AT = datetime(2026, 11, 18, 6, tzinfo=UTC)


def telling(text: str, *, by: str = "Meren Courier", hours: float = 0, title: str = "", language: str = "en", at=AT):
    published = at + timedelta(hours=hours) if at else None
    read = ArticleText(
        url="", id=f"{by}{hours}", title=title, text=text, publisher=by, published_at=published, language=language
    )
    return pipeline.mark_article(read)


def counted(text: str, language: str = "en") -> list[tuple[str, float]]:
    return [(one.count.name, one.value) for one in figures.find(telling(text, language=language))]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("At least 13 people were killed when the dam broke.", "dead", 13),
        ("The flood left three dead in the lower town.", "dead", 3),
        ("The wave swept through the valley, killing twenty-three people.", "dead", 23),
        ("The number of people killed when the dam broke rose to 24 on Wednesday.", "dead", 24),
        ("The death toll stood at 49, the fire service said.", "dead", 49),
        ("The quake damaged houses and injured 70 others, doctors said.", "injured", 70),
        ("Police arrested a dozen people after the match in the harbour.", "arrested", 12),
        ("Sixty people were still missing on the river on Tuesday evening.", "missing", 60),
        ("An earthquake of magnitude 6.1 shook the island before dawn.", "magnitude", 6.1),
        ("A 5.8-magnitude quake shook the island before dawn.", "magnitude", 5.8),
        ("Turnout in the election was 61 percent, the commission said.", "turnout", 61),
        ("Insurers put the damage of the burst at 310 million crowns.", "damage", 310e6),
        ("The judge sentenced the broker to 12 years in prison on Monday.", "sentence", 12),
        ("Torrin FC beat the Rovers 3-1 in the cup on Saturday evening.", "result", 3.01),
        ("No deaths were reported after the fire in the old mill.", "dead", 0),
    ],
)
def test_what_a_number_counts_is_told_from_the_words_beside_it(text, name, value):
    assert (name, pytest.approx(value)) in counted(text)


@pytest.mark.parametrize(
    ("language", "text", "name", "value"),
    [
        ("de", "Bei dem Unglück in Brunnfeld kamen mindestens 13 Menschen ums Leben.", "dead", 13),
        ("de", "Die Zahl der Toten stieg am Mittwoch auf 24.", "dead", 24),
        ("fr", "Le bilan de la rupture du barrage est monté vendredi à 61 morts.", "dead", 61),
        ("fr", "Au moins 13 personnes ont perdu la vie dans la vallée.", "dead", 13),
        ("es", "Unas 13 personas perdieron la vida en el valle.", "dead", 13),
        ("fr", "Au moins douze personnes ont été tuées dans la vallée.", "dead", 12),
        ("es", "Al menos 13 personas murieron tras la rotura de la presa.", "dead", 13),
        ("pt", "Pelo menos 13 pessoas morreram depois do rompimento da barragem.", "dead", 13),
        ("it", "Il bilancio del crollo della diga è salito a 24 morti.", "dead", 24),
        ("ru", "В результате прорыва плотины погибли 13 человек.", "dead", 13),
        ("tr", "Barajın çökmesi sonucu en az 13 kişi öldü.", "dead", 13),
        ("ar", "ارتفعت حصيلة انهيار السد إلى 24 قتيلا مساء الأربعاء.", "dead", 24),
        ("ar", "أسفر انهيار السد عن مقتل ٥٢ شخصا على الأقل.", "dead", 52),
    ],
)
def test_other_languages_count_by_their_own_words(language, text, name, value):
    assert (name, value) in counted(text, language)


def test_what_saves_lives_is_no_toll():
    assert counted("Das Gerät rettete fünf Menschen das Leben.", "de") == []
    assert counted("Ein 38 Jähriger wurde bei dem Streit verletzt.", "de") == []


def test_a_language_without_a_list_gives_no_figure_rather_than_a_wrong_one():
    assert counted("Minstens 13 mense is dood toe die dam gebars het.", "af") == []


@pytest.mark.parametrize(
    "text",
    [
        "Edda Moor, 43, who was injured in the spring, won the race.",
        "Three of the dead had been counted twice.",
        "Another 12 died in the night, and 7 more people were hurt.",
        "The father of two died by the road to the harbour.",
        "Up to 300 people could be killed if the second dam breaks.",
        "The price of newsprint rose 11 percent, and turnout fell by 3 percent.",
        "The dead were found at 4.40 in the house at 12 Tanner Street.",
        "The thief was arrested six doors away from the mill.",
        "Several dozen people were injured on the bridge.",
        "Between 80 and 100 people were killed in the old town.",
        "In 1974 a fire in the mill killed 31 people.",
        "He drove 40 miles in two hours after the dead man was found.",
    ],
)
def test_what_is_no_level_of_the_event_is_no_figure(text):
    assert not [pair for pair in counted(text) if pair[0] in ("dead", "injured", "arrested", "price", "turnout")]


def test_who_did_it_is_not_counted_with_those_it_was_done_to():
    assert counted("Two soldiers killed five goats of the shepherd.") == [("dead", 5)]


def test_a_growing_toll_is_one_series_newest_first_and_nothing_differs():
    told = (
        telling("At least 13 people were killed when the Kestrel dam broke.", hours=0),
        telling("The number of people killed at the dam rose to 24, rescuers said.", by="Tidewire", hours=8),
        telling("The number of dead after the burst of the dam rose to 52 in the night.", by="The Post", hours=20),
        telling("The toll of the dam burst climbed to 104 on Friday, officials said.", hours=50),
    )
    (figure,) = figures.write_figures(told)
    assert figure.counts == "dead"
    assert [value.value for value in figure.values] == ["104", "52", "24", "At least 13"]
    assert [value.standing for value in figure.values] == ["holds", "superseded", "superseded", "superseded"]
    assert not figure.differs


def test_killed_dead_and_deaths_are_one_figure_and_who_agrees_stands_beside():
    told = (
        telling("The landslide on the coast road killed 13 people on Tuesday.", by="A"),
        telling("Rescuers on the coast road counted 13 dead after the landslide.", by="B", hours=1),
        telling("The ministry confirmed 13 deaths on the coast road.", by="C", hours=2),
    )
    (figure,) = figures.write_figures(told)
    assert len(figure.values) == 1
    assert len(figure.values[0].also) == 2


def test_two_values_of_one_hour_differ():
    told = (
        telling("Rescuers in the valley counted 49 dead after the burst of the dam.", by="A"),
        telling("The ministry counted 52 dead after the burst of the dam.", by="B", hours=0.5),
    )
    (figure,) = figures.write_figures(told)
    assert figure.differs
    assert {value.standing for value in figure.values} == {"differs"}


def test_a_lower_value_of_another_publisher_on_the_same_day_differs_but_a_correction_does_not():
    high = telling("The ministry counted 52 dead after the burst of the dam.", by="A")
    low = telling("The toll of the dam burst stood at 49 on Wednesday, the fire service said.", by="B", hours=3)
    corrected = telling("The ministry corrected the number of dead after the dam burst to 49.", by="B", hours=3)
    assert figures.write_figures((high, low))[0].differs
    assert not figures.write_figures((high, corrected))[0].differs


def test_barrels_that_differ_by_one_thousand_stand_beside_each_other():
    told = (
        telling(
            "The council of Gulf producers will raise output by 547,000 barrels a day from January.",
            by="A",
            title="Gulf producers raise output by 547,000 barrels a day",
        ),
        telling("The council of Gulf producers agreed to pump 548,000 barrels a day more from January.", by="B"),
    )
    (figure,) = figures.write_figures(told)
    assert figure.unit == "barrels a day"
    assert sorted(value.value for value in figure.values) == ["547,000", "548,000"]
    assert figure.differs


@pytest.mark.parametrize(
    ("rough", "exact"),
    [("at least 40 people", "47 people"), ("about 50 people", "52 people"), ("more than 50 people", "58 people")],
)
def test_a_rough_number_does_not_contradict_an_exact_one(rough, exact):
    told = (
        telling(f"The fire in the old mill injured {rough} on Tuesday.", by="A"),
        telling(f"The fire in the old mill injured {exact} on Tuesday.", by="B", hours=0.2),
    )
    assert not any(figure.differs for figure in figures.write_figures(told))


def test_deaths_in_two_places_are_two_figures():
    told = (
        telling("The storm killed 212 people in Karsa on Tuesday, officials said.", by="A"),
        telling("The storm killed 310 people in Velmark on Tuesday, officials said.", by="B", hours=0.2),
    )
    found = figures.write_figures(told)
    assert len(found) == 2
    assert not any(figure.differs for figure in found)


def test_a_recapitulated_toll_stands_at_its_own_day():
    told = (
        telling("The number of dead after the dam burst rose to 61 on Wednesday, officials said.", by="A", hours=72),
        telling("The ministry counted 58 dead after the dam burst, fewer than before.", by="B", hours=70),
    )
    (figure,) = figures.write_figures(told)
    assert [(value.value, value.as_of[:10]) for value in figure.values] == [("58", "2026-11-21"), ("61", "2026-11-18")]


def test_every_value_stands_word_for_word_in_its_article():
    told = (telling("At least 13 people were killed when the Kestrel dam broke above the town."),)
    (figure,) = figures.write_figures(told)
    (value,) = figure.values
    assert told[0].text[value.evidence.start : value.evidence.end] == value.evidence.text
    assert value.value in value.evidence.text


def test_stories_without_dates_one_sentence_or_text_behave():
    assert figures.write_figures(()) == ()
    assert figures.write_figures((telling(""),)) == ()
    undated = (
        telling("The landslide killed 13 people on the coast road.", by="A", at=None),
        telling("The landslide killed 17 people on the coast road.", by="B", at=None),
    )
    (figure,) = figures.write_figures(undated)
    assert {value.standing for value in figure.values} == {""}
    assert not figure.differs


def test_an_article_dated_tomorrow_is_only_the_newest():
    told = (
        telling("The landslide killed 13 people on the coast road.", by="A"),
        telling("The landslide killed 17 people on the coast road.", by="B", hours=30),
    )
    (figure,) = figures.write_figures(told)
    assert [value.standing for value in figure.values] == ["holds", "superseded"]


def test_three_hundred_articles_cost_no_more_each_than_ten():
    text = "At least {n} people were killed and {m} injured when the dam of the valley broke, officials said. " * 6
    told = [telling(text.format(n=10 + n, m=20 + n), by=f"P{n}", hours=n) for n in range(300)]

    def cost(some) -> float:
        unread = [replace(one) for one in some]  # what was found in an article is found once
        started = time.process_time()
        figures.write_figures(unread)
        return time.process_time() - started

    cost(told[:10])
    few, many = min(cost(told[:30]) for _ in range(3)), cost(told)
    assert many < 30 * few
    assert len(figures.write_figures(told)[0].values) <= figures.VALUES_SHOWN


def test_an_endless_row_of_numbers_is_bounded():
    text = " ".join(f"{n} people were killed" for n in range(10, 4000)) + "."
    assert len(figures.find(telling(text))) <= figures.MOST


def test_the_form_has_what_is_fixed_and_how_a_value_stands():
    (figure,) = figures.write_figures((telling("At least 13 people were killed when the Kestrel dam broke."),))
    (written,) = notes_to_json(StoryNotes(numbers=(figure,)))["numbers"]
    assert written.keys() >= {"counts", "unit", "values"}
    assert written["values"][0].keys() >= {"value", "as_of", "publisher", "evidence", "standing", "also"}


def test_a_sentence_that_says_earlier_may_hold_a_figure():
    text = "A bomb hit the market of Lind on Thursday. Mayor Ada Brink said earlier that 17 people were hurt in Lind."
    (figure,) = figures.write_figures([telling(text), telling(text, by="Lind Post")])
    assert figure.values[0].value == "17"
