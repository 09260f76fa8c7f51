"""Events that are told in much the same words, and are not the same."""

from __future__ import annotations

import pytest

from newstext.grouping import StoryIndex
from newstext.records import OpenStory, Placement
from tests.text.test_grouping import article, group

QUAKE_ONE = (
    (
        "Quake of magnitude 6.4 shakes Ostrel valley",
        "An earthquake of magnitude 6.4 shook the Ostrel valley in northern Kardovia before dawn, bringing down the "
        "bell tower of Sarn and killing eleven people, the civil guard said. The quake struck at a depth of nine "
        "kilometres near the village of Little Sarn. Rescuers searched the ruins of a dormitory of the weaving school.",
    ),
    (
        "Eleven dead as earthquake brings down tower in Sarn",
        "At least eleven people died when an earthquake hit the Ostrel valley, the civil guard of Kardovia said. The "
        "magnitude 6.4 quake toppled the bell tower of Sarn and part of the weaving school, where rescuers dug through "
        "the night for pupils. Little Sarn was cut off.",
    ),
)
QUAKE_TWO = (
    (
        "Quake of magnitude 5.1 rattles Port Ilmen",
        "An earthquake of magnitude 5.1 rattled the harbour of Port Ilmen in southern Kardovia on Friday evening, "
        "cracking the customs house and hurting two dockers, the civil guard said. No deaths were reported. Cranes "
        "stood still for an hour and the ferry to Gull Island was held back.",
    ),
    (
        "Two dockers hurt as earthquake cracks customs house",
        "Two dockers were hurt in Port Ilmen when a magnitude 5.1 earthquake cracked the walls of the customs house, "
        "the civil guard of Kardovia said. The ferry to Gull Island left two hours late. The harbour master said the "
        "cranes were sound.",
    ),
)
MATCH_ONE = (
    (
        "Hollin Rovers beat Dunmere 3-1",
        "Hollin Rovers beat Dunmere Town 3-1 in the second round of the Lakes Cup. Petra Osk scored twice before the "
        "break and keeper Lena Frey saved a penalty.",
    ),
    (
        "Osk scores twice as Hollin Rovers go through",
        "Petra Osk scored twice as Hollin Rovers won 3-1 against Dunmere Town and reached the last eight of the Lakes "
        "Cup. Lena Frey stopped a penalty.",
    ),
)
MATCH_TWO = (
    (
        "Carrow United beat Westhay 2-0",
        "Carrow United beat Westhay Athletic 2-0 in the second round of the Lakes Cup. Ines Valk scored from a corner "
        "and Mara Tull added a late second.",
    ),
    (
        "Valk and Tull send Carrow United through",
        "Goals by Ines Valk and Mara Tull took Carrow United past Westhay Athletic, 2-0, and into the last eight of "
        "the Lakes Cup.",
    ),
)
CRASH_ONE = (
    (
        "Helicopter crashes near Tolm reservoir, three dead",
        "A helicopter of the forest service crashed near the Tolm reservoir on Monday, killing pilot Arno Delk and two "
        "fire watchers. It had struck a power line, the ministry said.",
    ),
    (
        "Pilot Delk and two fire watchers killed at Tolm reservoir",
        "The forest service named the pilot who died when his helicopter struck a power line by the Tolm reservoir as "
        "Arno Delk. Two fire watchers died with him.",
    ),
)
CRASH_TWO = (
    (
        "Helicopter crashes on Skerrin glacier, one dead",
        "A sightseeing helicopter crashed on the Skerrin glacier on Tuesday, killing a guest from Lund Harbour. Pilot "
        "Yara Finn was flown to hospital. Fog had closed in, the air rescue said.",
    ),
    (
        "Guest dies in helicopter on Skerrin glacier, pilot Finn hurt",
        "A guest died and pilot Yara Finn was hurt when a sightseeing helicopter came down in fog on the Skerrin "
        "glacier, the air rescue said.",
    ),
)


@pytest.mark.parametrize("hours", [None, 20])
@pytest.mark.parametrize(
    ("first", "second"),
    [(QUAKE_ONE, QUAKE_TWO), (MATCH_ONE, MATCH_TWO), (CRASH_ONE, CRASH_TWO)],
    ids=["two quakes", "two matches of a round", "two crashes"],
)
def test_look_alikes_stay_apart_and_tellings_together(first, second, hours):
    one = [article(f"one-{n}", *telling, hours=hours and n) for n, telling in enumerate(first)]
    two = [article(f"two-{n}", *telling, hours=hours and hours + n) for n, telling in enumerate(second)]
    placed = group([*one, *two])
    assert placed["one-0"].story == placed["one-1"].story
    assert placed["two-0"].story == placed["two-1"].story
    assert placed["one-0"].story != placed["two-0"].story


def test_a_missing_time_keeps_no_telling_out():
    first, second = QUAKE_ONE
    placed = group([article("timed", *first), article("untimed", *second, hours=None)])
    assert placed["untimed"].story == "timed"


@pytest.mark.parametrize("kind", ["live", "newsletter", "letters", "list"])
def test_pages_of_many_topics_join_but_do_not_bridge(kind):
    both = " ".join([QUAKE_ONE[0][1], MATCH_ONE[0][1]])
    page = article("page", QUAKE_ONE[0][0], both, hours=1, kind=kind)
    placed = group([article("quake", *QUAKE_ONE[0]), page, article("match", *MATCH_ONE[0], hours=2)])
    assert placed["page"].story in ("quake", "page")
    assert placed["match"].story == "match"


def test_a_stored_story_that_only_a_live_page_tells_takes_nobody():
    page = article("page", *QUAKE_ONE[0], kind="live")
    index = StoryIndex([OpenStory("s1", "s1", (page.marks,))])
    [placed] = [one for one in index.place(article("new", *QUAKE_ONE[1], hours=1).marks) if isinstance(one, Placement)]
    assert placed.story == "new"
