"""What stands in a timeline, and on which date. All texts are invented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newstext import dates, pipeline
from newstext.note_records import TimelineEvent
from newstext.notes_json import timeline_to_json
from newstext.records import ArticleText
from newstext.timeline import write_timeline
from tests.text.timing import least_s


def article(text: str, key: str = "a", day: int = 20, *, language: str = "en") -> ArticleText:
    at = datetime(2026, 11, day, 9, tzinfo=UTC)
    return pipeline.mark_article(ArticleText(url="", id=key, text=text, published_at=at, language=language))


def dated(events: tuple[TimelineEvent, ...]) -> list[tuple[str, str]]:
    return [(event.date, event.precision) for event in events]


def test_what_began_and_lasts_is_since():
    one = article("President Oda Brask of Velmark has been in power since 2003 and faces no vote before spring.")
    assert ("2003", "since") in dated(write_timeline([one]))


def test_since_is_no_precision_of_an_event_in_a_year():
    one = article("In 2003 the parliament of Velmark chose Oda Brask as president by a single vote.")
    assert ("2003", "year") in dated(write_timeline([one]))


def test_an_event_of_several_tellings_is_one_line_with_all_its_sources():
    told = "The ferry Halda ran aground on Tuesday on the reef off Port Meren with {} passengers on board."
    events = write_timeline([article(told.format(212), "a", 18), article(told.format(213), "b", 19)])
    [event] = [event for event in events if event.date == "2026-11-17"]
    assert {one.article for one in event.sentences} == {"a", "b"}


def test_two_events_of_one_day_are_two_lines():
    ferry = "The ferry Halda ran aground on Tuesday on the reef off Port Meren with 212 passengers on board."
    law = "Parliament in Lindhaven passed a water law on Tuesday by 61 votes to 54 after a long debate."
    tellings = [article(f"{ferry} {law}", key, 18) for key in "abc"]
    events = [event for event in write_timeline(tellings) if event.date == "2026-11-17"]
    assert len(events) == 2
    assert {event.sentences[0].text for event in events} == {ferry, law}


def test_what_one_alone_adds_of_a_day_is_no_second_event():
    ferry = "The ferry Halda ran aground on Tuesday on the reef off Port Meren with 212 passengers on board."
    aside = "A brass band from Sandwick played on the quay on Tuesday as if nothing had happened there."
    tellings = [article(ferry, key, 18) for key in "ab"] + [article(f"{ferry} {aside}", "c", 18)]
    assert len([event for event in write_timeline(tellings) if event.date == "2026-11-17"]) == 1


def test_reported_on_monday_happened_on_sunday_is_one_entry():
    happened = "A landslide buried the road to the Tarn monastery on Sunday and cut off forty guests and monks."
    reported = "A landslide has buried the road to the Tarn monastery and cut off forty guests and monks."
    events = write_timeline([article(reported, "a", 16), article(happened, "b", 16)])
    assert dated(events) == [("2026-11-15", "day")]
    assert {one.article for one in events[0].sentences} == {"a", "b"}


def test_contradicting_dates_are_both_shown():
    said = "Gunmen robbed the mint of Orhan on {} and left with nine crates of new coins and two guards."
    events = write_timeline(
        [article(said.format("November 16"), "a", 18), article(said.format("November 17"), "b", 18)]
    )
    [event] = events
    assert {event.date, *event.also_on} == {"2026-11-16", "2026-11-17"}
    assert {one.article for one in event.sentences} == {"a", "b"}
    assert timeline_to_json(events)[0]["also_on"] == list(event.also_on)


def test_what_is_still_named_weeks_later_outweighs_the_news_of_a_day():
    quake = "The quake of September 3 killed 37 people in Karsa, the seismic service of Orhan has counted."
    news = "Workers painted the town hall of Karsa on November {} in the blue of the old provincial flag."
    tellings = [article(f"{quake} {news.format(day)}", str(day), day) for day in range(10, 20)]
    events = write_timeline(tellings, dates=1)
    assert dated(events) == [("2026-09-03", "day")]


@pytest.mark.parametrize(
    "text",
    [
        "The council of Meren will open the old mill to all visitors on December 3, its mayor Sten Aldous said.",
        "The mayor Sten Aldous of Meren said on Friday that the old mill opens to visitors on December 3.",
        "The council of Meren wants to sell the old mill by the end of the year to pay for the bridge.",
    ],
)
def test_what_is_announced_is_not_in_the_timeline(text):
    days = [event.date for event in write_timeline([article("Rain fell on the whole valley of the Tarn. " + text)])]
    assert not {"2026-12-03", "2026"} & set(days)
    assert all(
        "mill" not in one.text for event in write_timeline([article(text + " " + text)]) for one in event.sentences
    )


@pytest.mark.parametrize(
    "text",
    [
        "The court of Orhan based its verdict on the 1970 Harbour Act and fined the shipping line nine crowns.",
        "It was the worst fire in the valley since the mill fire of 1974, and 13 people died there on Tuesday.",
    ],
)
def test_a_year_that_only_says_which_is_no_event(text):
    assert not [event for event in write_timeline([article(text)]) if event.precision == "year"]


def test_a_text_without_dates_has_a_timeline_of_its_own_day_at_most():
    one = article("The old mill stands by the river Tarn and is painted red. Nobody knows who painted it.")
    assert dated(write_timeline([one])) in ([], [("2026-11-20", "day")])
    assert write_timeline([replace(one, published_at=None, dates=())]) == ()
    assert write_timeline([]) == ()


def test_an_article_dated_later_than_it_was_seen_tells_of_no_day_to_come():
    seen = datetime(2026, 11, 20, 9, tzinfo=UTC)
    text = "The ferry Halda ran aground today on the reef off Port Meren with 212 passengers on board."
    one = replace(article(text, "a", 28), seen_at=seen)
    assert all(event.date <= "2026-11-20" for event in write_timeline([one]))


def test_what_may_come_is_no_event_of_a_day_past():
    fact = "The ferry Halda ran aground on Wednesday on the reef off Port Meren with 212 passengers on board."
    plan = "Pilot Bo Hale could be sidelined for Tuesday's crossing to Sandwick because of an old injury."
    assert dated(write_timeline([article(f"{fact} {plan}", key) for key in "ab"])) == [("2026-11-18", "day")]


def test_what_comes_every_month_is_no_event():
    text = "The port of Meren typically tests its sirens on the second Tuesday of every month at noon."
    assert write_timeline([article(text, "a", 18)]) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Bo Hale, the 2012 Lind council nominee, walked across the new bridge to the harbour with his two sons.",
        "Pilot Bo Hale has a contract with the port of Meren that runs through 2012, and he likes the work.",
    ],
)
def test_a_year_that_says_which_is_no_event(text):
    assert [one for one in dated(write_timeline([article(text)])) if one[1] == "year"] == []


def test_a_day_before_a_will_is_no_event():
    told = "In Sunday's final at Sandwick, the team of Lind will play the team of Port Meren at 13:35."
    assert "2026-11-15" not in [one for one, _ in dated(write_timeline([article(told)]))]


def test_a_day_of_a_name_is_no_date():
    text = "The company of Lind mended ten faults at once on the monthly Patch Tuesday for all machines."
    assert "2026-11-17" not in [one for one, _ in dated(write_timeline([article(text)]))]


def test_the_ends_of_a_span_of_years_are_no_events():
    text = "The port of Meren handled an average of 2,763 tons of fish between 2005 and 2008 at its old quay."
    assert [one for one in dated(write_timeline([article(text)])) if one[1] == "year"] == []


def test_a_year_that_somebody_speaks_of_is_no_event():
    text = "“The way to the harbour is as steep today as it was in 2012,” said Bo Hale, a pilot of Port Meren."
    assert [one for one in dated(write_timeline([article(text)])) if one[1] == "year"] == []


def test_no_sentence_stands_in_two_lines_of_one_day():
    charges = "The attorney of Lind filed murder charges on Tuesday against Bo Hale of Sandwick over the crash."
    others = [
        "Bo Hale of Sandwick was charged on Tuesday with murder and three counts of manslaughter in Lind.",
        "A man accused of the crash had drunk a bottle of vodka, according to charges filed on Tuesday.",
        "The charges filed on Tuesday say that the man accused of the crash had drunk vodka in his car.",
    ]
    tellings = [article(text, key, 18) for key, text in zip("abcd", [charges, *others], strict=True)]
    said = [(one.article, one.start) for event in write_timeline(tellings) for one in event.sentences]
    assert len(said) == len(set(said))


def test_each_sentence_stands_word_for_word_in_its_article():
    tellings = [
        article("The Halda ran aground on Tuesday off Port Meren. It was pulled free on Thursday by two tugs.", key, 20)
        for key in "ab"
    ]
    texts = {one.id: one.text for one in tellings}
    events = write_timeline(tellings)
    assert dated(events) == [("2026-11-17", "day"), ("2026-11-19", "day")]
    for event in events:
        assert all(texts[one.article][one.start : one.end] == one.text for one in event.sentences)


def test_other_languages_have_timelines():
    told = {
        "de": "Die Fähre Halda lief am Dienstag vor Port Meren mit 212 Menschen an Bord auf ein Riff.",
        "fr": "Le ferry Halda s’est échoué mardi sur le récif de Port Meren avec 212 passagers à bord.",
        "ru": "Паром Халда сел на мель во вторник у Порт-Мерена с 212 пассажирами на борту.",
        "ar": "جنحت العبارة هالدا يوم الثلاثاء قرب ميناء مرن وعلى متنها أكثر من مئتي راكب.",
    }
    for language, text in told.items():
        events = write_timeline([article(text, language=language)])
        assert dated(events) == [("2026-11-17", "day")], language


def test_three_hundred_articles_cost_no_more_each_than_thirty():
    text = "The dam of Ostra burst on November {day}. On Tuesday 13 people were found. In May the dam had been mended."

    def of(count: int) -> Callable[[int], Callable[[], object]]:
        def make(again: int) -> Callable[[], object]:
            told = [article(text.format(day=1 + n % 19), f"{count} {again} {n}", 20) for n in range(count)]
            return lambda: write_timeline(told)

        return make

    write_timeline([article(text.format(day=1), "first", 20)])
    assert least_s(of(300)) < 25 * max(least_s(of(30)), 0.002)  # each for the first time; quadratic were 100


def test_the_weekday_of_tomorrow_is_doubtful_and_last_weeks_is_not():
    def doubtful(text: str) -> bool:
        one = article(text, day=19)  # a Thursday
        return dates.is_doubtful(one.text, one.dates[0], one.published_at, "en")

    assert doubtful("He invited them to his office on Friday to speak of the mill.")
    assert not doubtful("He invited them to his office last Friday to speak of the mill.")
    assert not doubtful("He invited them to his office on Monday to speak of the mill.")
