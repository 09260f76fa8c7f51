"""Stories looked at again: split, merged, left alone."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from newstext import pipeline
from newstext.records import ArticleText, Marks, OpenStory
from newstext.settling import settle
from tests.site import news

START = datetime(2026, 11, 16, 8, tzinfo=UTC)


def tellings(*facts: str) -> tuple[str, ...]:
    """Three papers' texts of one event: each leaves out one of the facts and begins with another."""
    return tuple(
        " ".join([*facts[number + 1 :], *facts[:number]]).replace("said", ("said", "told us", "declared")[number])
        for number in range(3)
    )


QUAKE_KARSA = tellings(
    "A quake of magnitude 5.8 shook the town of Karsa before dawn and cracked the walls of 140 houses.",
    "Mayor Dilan Yurt said that eleven people were treated for cuts in the hospital of Karsa.",
    "Two bridges over the river Bazan were closed after the quake.",
    "The quake lay ten kilometres deep under the Bazan hills.",
)
QUAKE_SKARN = tellings(
    "A quake of magnitude 4.6 rattled the island of Skarn, the strongest there in forty years.",
    "Nobody was hurt in the quake, harbour warden Signe Aal said on Skarn.",
    "The lighthouse of Nessel Point went dark for an hour and the ferry waited.",
    "Signe Aal asked fishermen to look at their moorings in Nessel.",
)
COURT_MONDAY = tellings(
    "The trial of banker Otto Vane opened in Lindhaven with the reading of 61 counts of forged loan papers.",
    "Prosecutor Ines Dahl said that the forged loan papers cost savers 40 million crowns.",
    "Otto Vane sat silent in the dock beside his counsel Rolf Amund.",
    "Savers queued from five in the morning for the 30 seats of the court.",
)
COURT_FRIDAY = tellings(
    "Witness Pia Holt told the court of banker Otto Vane that she burned a ledger in the cellar of the Harbour Bank.",
    "The ledger held the names of six ministers, Pia Holt said.",
    "Police sealed the cellar at noon and carried ashes away in milk cans.",
    "The judge Karin Moe ordered the six ministers to be heard.",
)
MATCH_TORRIN = tellings(
    "Rovers beat Torrin 3-1 in the cup as striker Ebo Okello, 18, scored twice after the break.",
    "Torrin had led through a header of captain Nils Harde.",
    "Trainer Maud Ferrow said that Ebo Okello would go to school on Monday as ever.",
    "It was the first win of Rovers over Torrin since 2009.",
)
MATCH_ORHAN = tellings(
    "Orhan City knocked Rovers out of the cup on penalties after keeper Jarl Brand saved three in the rain.",
    "The pitch stood under water and the start was put off twice.",
    "Keeper Jarl Brand said that he had guessed each time.",
    "Orhan City will meet the harbour club in the final of the cup in May.",
)


def article(key: str, text: str, *, hours: float | None = 0, kind: str = "article") -> Marks:
    at = None if hours is None else START + timedelta(hours=hours)
    made = ArticleText(
        url="", id=key, title=text.split(",")[0][:60], text=text, published_at=at, language="en", kind=kind
    )
    marks = pipeline.mark_article(made).marks
    assert marks is not None
    return marks


def told(name: str, texts: tuple[str, ...], *, hours: float | None = 0, first: int = 1) -> list[Marks]:
    return [
        article(f"{name}{number}", text, hours=None if hours is None else hours + number)
        for number, text in enumerate(texts, first)
    ]


def story(key: str, *members: Marks) -> OpenStory:
    return OpenStory(key, key, members)


def settled(stories: list[OpenStory], **options) -> list[OpenStory]:
    """The stories as they stand once the corrections are made."""
    marks = {one.id: one for held in stories for one in held.members}
    stands = {one.id: held.id for held in stories for one in held.members}
    for correction in settle(stories, **options):
        assert stands[correction.article] == correction.was
        stands[correction.article] = correction.story
    return [
        OpenStory(key, key, tuple(marks[one] for one in marks if stands[one] == key))
        for key in dict.fromkeys(stands.values())
    ]


def groups(stories: list[OpenStory]) -> set[frozenset[str]]:
    return {frozenset(one.id for one in held.members) for held in stories}


LOOK_ALIKES = [
    pytest.param(told("a", QUAKE_KARSA), told("b", QUAKE_SKARN, hours=5), id="two quakes"),
    pytest.param(told("a", COURT_MONDAY), told("b", COURT_FRIDAY, hours=96), id="two court days"),
    pytest.param(told("a", MATCH_TORRIN), told("b", MATCH_ORHAN, hours=167), id="two matches"),
]


@pytest.mark.parametrize(("first", "second"), LOOK_ALIKES)
def test_look_alikes_in_one_story_are_split(first, second):
    found = settled([story("a1", *first, *second)])
    assert groups(found) == {frozenset(one.id for one in first), frozenset(one.id for one in second)}


@pytest.mark.parametrize(("first", "second"), LOOK_ALIKES)
def test_look_alikes_in_two_stories_are_left_there(first, second):
    assert settle([story("a1", *first), story("b1", *second)]) == []


def test_the_part_with_the_first_article_keeps_the_id_and_the_other_is_named_after_its_own_first():
    found = settled([story("a1", *told("a", QUAKE_KARSA), *told("b", QUAKE_SKARN, hours=5))])
    assert {held.id: {one.id for one in held.members} for held in found} == {
        "a1": {"a1", "a2", "a3"},
        "b1": {"b1", "b2", "b3"},
    }


def test_two_stories_of_one_event_become_one_and_the_older_id_stays():
    first, second, third = told("a", QUAKE_KARSA)
    found = settled([story("a2", second, third), story("a1", first)])
    assert [held.id for held in found] == ["a1"]


def test_it_needs_no_times():
    mixed = [*told("a", QUAKE_KARSA, hours=None), *told("b", QUAKE_SKARN, hours=None)]
    assert len(settled([story("a1", *mixed)])) == 2
    first, second, third = told("a", QUAKE_KARSA, hours=None)
    assert len(settled([story("a1", first), story("a2", second, third)])) == 1


def test_a_bridge_between_two_events_does_not_hold_them_together():
    bridge = article("c1", f"{QUAKE_KARSA[0]} {QUAKE_SKARN[0]}", hours=5)
    found = settled([story("a1", *told("a", QUAKE_KARSA), bridge, *told("b", QUAKE_SKARN, hours=5))])
    assert any({"a1", "a2", "a3"} <= one and not one & {"b1", "b2", "b3"} for one in groups(found))


@pytest.mark.parametrize("kind", ["live", "newsletter", "letters", "list"])
def test_live_pages_and_letters_bridge_nothing_and_go_along(kind):
    live = article("live", " ".join(QUAKE_KARSA + QUAKE_SKARN), hours=1, kind=kind)
    found = settled([story("a1", *told("a", QUAKE_KARSA), live, *told("b", QUAKE_SKARN, hours=5))])
    assert groups(found) == {frozenset({"a1", "a2", "a3", "live"}), frozenset({"b1", "b2", "b3"})}
    assert settle([story("live", live), story("a1", *told("a", QUAKE_KARSA))]) == []


def test_a_burst_that_tells_something_new_after_a_silence_is_a_story_of_its_own():
    dismissed = tellings(
        "Premier Lena Harrow dismissed transport minister Oda Brask over rail contracts.",
        "The contracts with the Tarn Track Company were signed by minister Oda Brask without a tender.",
        "Oda Brask said that she would clear her name.",
        "The Tarn Track Company laid 40 kilometres of rail that nobody can find.",
    )
    buried = tellings(
        "Hundreds followed the coffin of former transport minister Oda Brask to the chapel of Port Meren.",
        "Snow fell on the coffin as the railwaymen's choir of Port Meren sang.",
        "Premier Lena Harrow stood at the back of the chapel and spoke to nobody.",
        "Oda Brask said little and heard much, the priest of Port Meren said of the dead minister.",
    )
    first, second = told("a", dismissed), told("b", buried, hours=140)
    found = settled([story("a1", *first, *second)])
    assert groups(found) == {frozenset(one.id for one in first), frozenset(one.id for one in second)}
    assert settle(found) == []


def test_pinned_articles_stay_where_an_editor_put_them():
    members = [*told("a", QUAKE_KARSA), *told("b", QUAKE_SKARN, hours=5)]
    found = settled([story("a1", *members)], pinned={"a1": "a1", "b2": "a1"})
    assert any({"a1", "b2"} <= one for one in groups(found))
    first, second, third = told("a", QUAKE_KARSA)
    both = [story("a1", first), story("a2", second, third)]
    assert {one.id for one in settled(both, pinned={"a3": "a2"})} == {"a2"}
    assert settle(both, pinned={"a1": "a1", "a2": "a2"}) == []


@pytest.mark.parametrize("pair", [{"a1", "a2"}, {"a1", "a3"}])
def test_what_an_editor_parted_is_not_merged_again(pair):
    first, second, third = told("a", QUAKE_KARSA)
    both = [story("a1", first), story("a2", second, third)]
    assert len(settled(both)) == 1
    assert settle(both, apart=[frozenset(pair)]) == []


def test_only_what_is_due_is_looked_at():
    mixed = story("a1", *told("a", QUAKE_KARSA), *told("b", QUAKE_SKARN, hours=5))
    other = story("c1", *told("c", COURT_MONDAY))
    assert settle([mixed, other], due=["c1"]) == []
    assert settle([mixed, other], due=["a1"]) == settle([mixed, other])


def many() -> list[OpenStory]:
    """All events in a few stories, by chance."""
    events = (QUAKE_KARSA, QUAKE_SKARN, COURT_MONDAY, COURT_FRIDAY, MATCH_TORRIN, MATCH_ORHAN)
    members = [one for number, texts in enumerate(events) for one in told("abcdef"[number], texts, hours=30 * number)]
    members += [
        article(f"{event}-{paper}", "\n\n".join(news.paragraphs_of(event, paper)), hours=24 * event + paper)
        for event in range(4)
        for paper in range(3)
    ]
    chance = random.Random(7)
    held: dict[int, list[Marks]] = {}
    for one in members:
        held.setdefault(chance.randrange(6), []).append(one)
    return [story(some[0].id, *some) for some in held.values()]


def test_what_is_settled_stays_as_it_is():
    found = settled(many())
    assert len(found) > len(many())
    assert settle(found) == []


def test_the_order_of_stories_and_articles_makes_no_difference():
    stories = many()
    expected = settle(stories)
    assert expected
    for seed in range(5):
        chance = random.Random(seed)
        shuffled = [
            OpenStory(one.id, one.storyline, tuple(chance.sample(one.members, len(one.members)))) for one in stories
        ]
        chance.shuffle(shuffled)
        assert sorted(settle(shuffled), key=lambda one: one.article) == sorted(expected, key=lambda one: one.article)


def test_a_giant_story_of_many_events_falls_apart():
    chance = random.Random(11)
    words = ["".join(chance.choices("abdefgiklmnoprstuv", k=7)) for _ in range(400)]
    members = []
    for event in range(30):
        own = chance.sample(words, 12)
        for paper in range(8):
            text = " ".join(chance.sample(own, 11)) + f" was told on day {event}."
            members.append(article(f"{event:02}-{paper}", text, hours=event + paper / 10))
    found = settled([story("00-0", *members)])
    assert len(found) >= 25
    assert max(len(held.members) for held in found) <= 16
    assert settle(found) == []


def test_one_text_under_thousands_of_addresses_is_one_story_still():
    text = "\n\n".join(news.paragraphs_of(2, 0) + news.paragraphs_of(1, 0))
    first = article("0", text)
    members = [Marks(**{**{f: getattr(first, f) for f in first.__slots__}, "id": str(n)}) for n in range(2_000)]
    assert settle([story("0", *members)]) == []


def test_a_story_of_more_than_two_weeks_is_held_to_a_higher_bar():
    def weeks(step: float) -> OpenStory:
        """Each telling has half its words from the one before."""
        words = [f"{a}{b}{c}{d}" for a in "bdfgk" for b in "aeiou" for c in "lmnrst" for d in ("ok", "en")]
        texts = [" ".join(words[number * 8 : number * 8 + 16]) for number in range(12)]
        return story("w0", *(article(f"w{number}", text, hours=step * number) for number, text in enumerate(texts)))

    assert len(settled([weeks(42)])) >= len(settled([weeks(6)]))


def test_empty_and_odd_articles_are_safe():
    odd = [article("1", ""), article("2", "1 2 3 4"), article("3", "!!!", hours=None), article("4", "地震が起きた。")]
    assert settle([]) == []
    assert settle([story("1"), story("9", *odd)]) == settle([story("9", *odd), story("1")])
    far = [article("5", QUAKE_KARSA[0], hours=24 * 365 * 200), article("6", QUAKE_KARSA[1], hours=-24 * 365 * 300)]
    assert isinstance(settle([story("5", *far)]), list)
