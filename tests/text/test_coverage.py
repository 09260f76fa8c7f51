"""Who tells a story, what one alone reports, and where two contradict each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newstext import pipeline
from newstext.coverage import write_coverage
from newstext.figures import write_figures
from newstext.records import ArticleText

AT = datetime(2026, 11, 18, 6, tzinfo=UTC)
SHARED = "The Kestrel dam above the town of Ostra burst before dawn on Wednesday after a week of heavy rain."


def telling(text: str, *, by: str, hours: float = 0, **more) -> ArticleText:
    at = AT + timedelta(hours=hours)
    told = {"language": "en", "published_at": at, "publisher": by, **more}
    return pipeline.mark_article(ArticleText(url="", id=f"{by}{hours}", text=text, **told))


REST = {
    "A": """Schools in the upper town opened their halls to those who had lost their homes. The army promised field
kitchens and a bridge for the next morning. Power is out in the whole valley, and trains stop far from the river.
Shops near the market gave away bread and blankets. Nobody could say in the evening how long the water would stay.""",
    "B": """Looms, cars and a chapel bell were carried as far as the railway. Workers on the gantry held a chain until
boats came. The owner of the mill wants to start again in some weeks. Its shares were not traded on the exchange that
day. Buyers of paper fear a dear winter, and printers in the port have begun to count their rolls with care.""",
    "C": """Dogs and divers went from house to house. A fund for families took in more than anybody had hoped. Bells
rang at noon, and people stood still in the squares. The inquiry will ask who knew of the spillway, and for how long.
Letters about its repair lie in a drawer of the town hall, two clerks told those who asked them about it.""",
}


def own(by: str, hours: float, *more: str) -> ArticleText:
    """A telling of the same event in words of its own."""
    words = {
        "A": "Mud filled the lower quarter of Ostra when the Kestrel dam gave way before dawn.",
        "B": "The wave that followed the breach of Kestrel reached the mill in Ostra in four minutes.",
        "C": "Rescuers in Ostra searched streets under water below the broken Kestrel wall.",
    }
    return telling("\n\n".join((words[by], REST[by], *more)), by=by, hours=hours)


def test_tellers_stand_in_order_with_their_lag_and_number_of_tellings():
    found = write_coverage((own("B", 1.5), own("A", 0), own("B", 5), own("C", 30)))
    assert [(one.publisher, one.lag_min, one.tellings) for one in found.publishers] == [
        ("A", 0, 1),
        ("B", 90, 2),
        ("C", 1800, 1),
    ]


def test_who_gives_no_time_stands_last_and_who_gives_a_day_has_no_lag():
    undated = replace(own("C", 0), published_at=None, seen_at=None)
    of_day = replace(own("B", 0), published_precision="day")
    found = write_coverage((undated, of_day, own("A", 2)))
    assert [one.publisher for one in found.publishers] == ["B", "A", "C"]
    assert [one.lag_min for one in found.publishers][::2] == [None, None]


def test_a_copy_names_the_agency_whose_text_it_carries():
    text = (
        f"{SHARED} Fire chief Tomas Rell said that his crews had pulled 41 people from the roofs of the mill district."
    )
    wire = telling(text, by="AP", agency="AP")
    copy = telling(text, by="Meren Courier", hours=2, agency="AP")
    found = write_coverage((wire, copy, own("C", 3)))
    assert [one.agency for one in found.publishers if one.publisher == "Meren Courier"] == ["AP"]
    assert [(one.name, one.carried_by) for one in found.origins] == [("AP", ("Meren Courier",))]


ALONE = "Music teacher Marta Oyle, 71, sat on the roof of her house in Tanner Street of Ostra with two neighbours."


def test_what_one_alone_reports_is_shown_from_three_publishers_on():
    told = (own("A", 0), own("B", 1, ALONE), own("C", 2))
    (only,) = write_coverage(told).only
    assert only.publisher == "B"
    assert only.sentences[0].text == ALONE
    assert write_coverage(told[:2]).only == ()


def test_what_a_second_publisher_has_too_is_not_only_here():
    told = (own("A", 0), own("B", 1, ALONE), own("C", 2, f"Neighbours of Marta Oyle in Tanner Street, {ALONE[14:]}"))
    assert not any(one.text == ALONE for only in write_coverage(told).only for one in only.sentences)


def test_a_copy_does_not_make_a_second_publisher():
    text = (
        f"{SHARED} {ALONE} The railway through the valley is cut at two bridges and the mill stands still. {REST['A']}"
    )
    told = (telling(text, by="A"), telling(text, by="D", hours=1), own("B", 2), own("C", 3))
    assert [only.publisher for only in write_coverage(told).only] == ["A"]


def test_opinion_reports_nothing():
    told = (own("A", 0), replace(own("B", 1, ALONE), kind="opinion"), own("C", 2))
    assert write_coverage(told).only == ()


def test_figures_that_differ_are_a_disagreement_on_how_many():
    told = (
        telling("Rescuers in the valley counted 49 dead after the burst of the dam.", by="A"),
        telling("The ministry counted 52 dead after the burst of the dam.", by="B", hours=0.5),
    )
    (found,) = write_coverage(told, write_figures(told)).disagreements
    assert found.about == "how many"
    assert {(one.publisher, one.value) for one in found.stands} == {("A", "49"), ("B", "52")}


def pair(first: str, second: str) -> list[tuple[str, set[str]]]:
    """What two papers, each with a paragraph of its own, contradict each other in."""
    told = (
        telling(f"{first}\n\nThe harbour was quiet that night, and all boats lay at the pier.", by="A"),
        telling(f"{second}\n\nA second hearing is planned, and lawyers of both sides will speak.", by="B", hours=3),
    )
    return [(one.about, {side.value for side in one.stands}) for one in write_coverage(told).disagreements]


def test_two_days_of_one_event_are_a_disagreement_on_when():
    assert pair(
        "The Kestrel inquiry of judge Moor will open in the town hall of Ostra on November 24.",
        "The Kestrel inquiry of judge Moor will be opened in the town hall of Ostra on November 26.",
    ) == [("when", {"November 24", "November 26"})]


def test_two_places_of_one_event_are_a_disagreement_on_where():
    assert pair(
        "The stolen painting was found by two customs officers in Sandwick on Friday evening.",
        "The stolen painting was found by two customs officers in Lindhaven on Friday evening.",
    ) == [("where", {"Sandwick", "Lindhaven"})]


def test_two_names_in_one_role_are_a_disagreement_on_who():
    assert pair(
        "Pavel Stroud was named by police as the suspect in the theft of the painting.",
        "Tomas Rell was named by police as the suspect in the theft of the painting.",
    ) == [("who", {"Pavel Stroud", "Tomas Rell"})]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (  # the same word, told on two days
            "The parliament of Velmark voted for the water law after a long debate on Monday.",
            "The parliament of Velmark voted for the water law after a long debate on Monday.\n\nIt snowed.",
        ),
        (  # one place lies in the other, as one of them says
            "The stolen painting was found by two customs officers in Sandwick on Friday evening.",
            "The stolen painting was found by two customs officers in Velmark on Friday evening. Sandwick was calm.",
        ),
        (  # other events
            "The council of Ostra will meet for the first time on November 24.",
            "The fair of Ostra will close its doors and tents on November 26.",
        ),
    ],
)
def test_what_may_both_be_true_is_no_disagreement(first, second):
    assert pair(first, second) == []


def test_a_story_of_one_telling_has_no_coverage():
    assert write_coverage((own("A", 0),)).publishers == ()
    assert write_coverage(()).publishers == ()


def test_three_hundred_tellings_are_bounded():
    told = [
        own("ABC"[n % 3], n, f"Street number {n} of Ostra was under water on Wednesday, Edda Moor{n} said.")
        for n in range(300)
    ]
    found = write_coverage(told)
    assert sum(len(one.sentences) for one in found.only) <= 6
    assert len(found.disagreements) <= 4
