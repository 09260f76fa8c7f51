from __future__ import annotations

import base64
import random
import time

import pytest

from newstext import marks, pipeline
from newstext.copies import COPY_RATIO, FEWEST_WORDS, CopyIndex, fingerprint, resemblance, similarity
from newstext.grouping import StoryIndex
from newstext.records import ArticleText, OpenStory, Placement
from tests.site import news

WIRE = "\n\n".join(news.paragraphs_of(0, 0) + news.paragraphs_of(1, 0))
OTHER = "\n\n".join(news.paragraphs_of(2, 0) + news.paragraphs_of(3, 0))


def is_copy(first: str, second: str) -> bool:
    return similarity(fingerprint(first), fingerprint(second)) >= COPY_RATIO


def without_words(text: str, ratio: float) -> str:
    chance = random.Random(1)
    return " ".join(word for word in text.split() if chance.random() >= ratio)


@pytest.mark.parametrize(
    "edited",
    [
        "Our reporter in Sandwick writes.\n\n" + WIRE,
        WIRE[: len(WIRE) * 9 // 10],
        WIRE[: len(WIRE) // 3],
        without_words(WIRE, 0.1),
        without_words("By Ilse Torvik for the Harbour Post.\n\n" + WIRE[: len(WIRE) * 9 // 10], 0.1),
        WIRE.upper(),
        OTHER[: len(OTHER) // 4] + "\n\n" + WIRE,
    ],
    ids=["byline", "last tenth cut", "cut to a third", "tenth word dropped", "all three", "capitals", "lead added"],
)
def test_an_edited_copy_is_a_copy(edited: str):
    assert is_copy(WIRE, edited)
    assert is_copy(edited, WIRE)


def test_another_event_is_no_copy():
    assert not is_copy(WIRE, OTHER)
    assert similarity(fingerprint(WIRE), fingerprint(OTHER)) < COPY_RATIO / 2


def test_two_tellings_that_share_quotes_are_no_copies():
    quotes = (
        "“We brought all of them ashore in four hours and I am proud of my crews,” harbour master Ilse Torvik said.\n\n"
        "“The fog came in faster than anyone had foreseen,” she added."
    )
    one = (
        "Rescue boats took 212 people off the ferry Halda on Tuesday after she struck a reef outside Port Meren in "
        "thick fog. Nobody was hurt, the coast guard reported, and the ship lay steady on the rocks by evening. "
        f"{quotes} Investigators want to hear the captain on Thursday, while the shipping line keeps its remaining "
        "ferries in the harbour until divers have examined every hull. Tugs will try to pull her free at high water, "
        "and a spill boom lies ready beside the reef, though no oil had been seen by nightfall."
    )
    other = (
        "Passengers told of a loud bang and of coffee cups flying through the saloon when the Halda came to a sudden "
        "halt. It took the lifeboat volunteers of three villages to empty the vessel, whose owner had planned to sell "
        f"her next spring. {quotes} Hoteliers opened their rooms without asking for money, and the baker of Sandwick "
        "drove down with two vans of bread, as families waited on the quay for a word from the boats. A school class "
        "on its way home sang all through the crossing to land, their teacher told this paper."
    )
    assert not is_copy(one, other)


def test_two_short_tellings_of_one_event_are_no_copies():
    one = (
        "Governor Lena Harrow dismissed harbour minister Oda Strand on Friday over contracts for the new quay, her office "
        "said in a note of two lines. Strand, 54, had been minister for almost six years. Auditors reported last month "
        "that her ministry had paid a builder for piers that were never driven into the ground. Her deputy takes over."
    )
    other = (
        "Velmark's governor, Lena Harrow, dismissed harbour minister Oda Strand on Friday, her office said without giving "
        "a reason. The step comes three weeks after auditors found that the ministry had paid a builder for piers of the "
        "new quay that do not exist. Strand, who had been in office for nearly six years, denied having done wrong."
    )
    assert not is_copy(one, other)
    assert is_copy(one, "Lindhaven. " + without_words(one, 0.05))


TEMPLATES = {
    "weather": (
        "The Velmark weather service expects a {} day in {} today. Temperatures will reach {} degrees in the afternoon "
        "after a low of {} degrees in the early morning. The wind comes from the {} at {} kilometres an hour, with "
        "gusts of up to {}. The chance of rain stands at {} per cent, and between {} and {} millimetres may fall in "
        "the course of the day. The sun rises at {} and sets at {}. The air in the city centre is of {} quality, "
        "with an index of {}. The outlook for tomorrow is {}.",
        ("cloudy", "Sandwick", "14", "6", "west", "22", "41", "60", "2", "5", "7.12", "16.40", "good", "38", "fair"),
        ("sunny", "Port Meren", "19", "9", "south", "11", "25", "10", "0", "1", "7.09", "16.43", "fair", "52", "wet"),
    ),
    "market": (
        "Shares in Lindhaven closed {} on {}, with the index of the thirty largest companies {} {} per cent at {} "
        "points. {} led the field with a gain of {} per cent to {} crowns, followed by {}, which added {} per cent to "
        "{}. At the other end of the table {} lost {} per cent and {} gave up {} per cent. A total of {} million "
        "shares changed hands, after {} million the day before. The crown stood at {} to the dollar in late trading, "
        "and the yield of government bonds with a term of ten years was {} per cent.",
        (
            "higher", "Tuesday", "up", "0.8", "4,512.3", "Torrin Shipping", "3.1", "88.20", "Ostra Dams", "2.7", "14.05",
            "Sela Optics", "1.9", "Karsa Steel", "1.2", "212", "187", "6.82", "2.41",
        ),
        (
            "lower", "Friday", "down", "1.4", "4,431.9", "Brask Foods", "2.2", "31.75", "Tarn Paper", "1.6", "52.40",
            "Halda Lines", "4.8", "Meren Bank", "3.3", "245", "203", "6.91", "2.38",
        ),
    ),
    "match": (
        "{} beat {} {} in front of {} spectators on {} and moved up to place {} of the northern league. {} put the "
        "hosts ahead in minute {} after a corner by {}. {} made it two in minute {} with a shot from outside the area. "
        "The visitors came back into the match when {} scored in minute {}, but goalkeeper {} held everything after "
        "that. The home side has now won {} of its last {} matches. Its next opponent is {} on {}.",
        (
            "Sandwick Rovers", "Karsa Town", "2-1", "3,812", "Saturday", "4", "Otto Vane", "17", "Jon Merrit",
            "Pavel Orre", "44", "Lars Quill", "71", "Emil Strand", "5", "6", "Tarn Athletic", "Wednesday",
        ),
        (
            "Lindhaven United", "Ostra Wanderers", "3-1", "7,455", "Sunday", "2", "Ravi Okafor", "23", "Tomas Hald",
            "Sven Ilmar", "52", "Nils Brodin", "80", "Arne Folk", "7", "9", "Selmouth City", "Friday",
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", TEMPLATES)
def test_two_editions_of_one_pattern_are_no_copies(kind: str):
    pattern, one, other = TEMPLATES[kind]
    assert not is_copy(pattern.format(*one), pattern.format(*other))
    assert is_copy(pattern.format(*one), "From our desk.\n\n" + without_words(pattern.format(*one), 0.05))


def test_a_copy_in_another_script_is_a_copy():
    text = (
        "أعلنت سلطات ميناء ميرين أن العبارة هالدا جنحت صباح الثلاثاء على الشعاب المرجانية وعلى متنها مئتان واثنا عشر "
        "راكبا. وقالت مديرة الميناء إن جميع الركاب نقلوا إلى الشاطئ خلال أربع ساعات ولم يصب أحد بأذى. وكانت العبارة قد "
        "غادرت ساندويك في السادسة صباحا متأخرة ساعة في ضباب كثيف. وستستجوب خفر السواحل القبطان يوم الخميس."
    )
    assert is_copy(text, without_words(text, 0.1))
    assert not is_copy(text, WIRE)


def test_a_short_text_has_no_fingerprint():
    assert fingerprint(" ".join(["word"] * (FEWEST_WORDS - 1))) == ()
    assert similarity((), fingerprint(WIRE)) == resemblance(fingerprint(WIRE), ()) == 0.0


def test_resemblance_counts_what_either_has_and_similarity_the_shorter_alone():
    third = fingerprint(WIRE[: len(WIRE) // 3])
    assert similarity(fingerprint(WIRE), third) > 0.95
    assert 0.2 < resemblance(fingerprint(WIRE), third) < 0.5
    assert resemblance(fingerprint(WIRE), fingerprint(WIRE)) == 1.0


def test_the_index_finds_copies_until_they_are_removed():
    index = CopyIndex()
    index.add("wire", fingerprint(WIRE))
    index.add("other", fingerprint(OTHER))
    index.add("empty", ())
    assert [key for key, _ in index.find(fingerprint(without_words(WIRE, 0.1)))] == ["wire"]
    index.remove("wire")
    index.remove("never added")
    assert index.find(fingerprint(WIRE)) == []
    assert index.find(()) == []


def test_the_index_finds_an_excerpt_and_its_whole():
    long = "\n\n".join(paragraph for event in range(4) for paragraph in news.paragraphs_of(event, 0))
    index = CopyIndex()
    index.add("long", fingerprint(long))
    assert [key for key, _ in index.find(fingerprint(long[: len(long) // 5]))] == ["long"]


def test_an_article_added_twice_is_held_once():
    index = CopyIndex()
    index.add("wire", fingerprint(OTHER))
    index.add("wire", fingerprint(WIRE))
    assert index.find(fingerprint(OTHER)) == []
    index.remove("wire")
    assert index.find(fingerprint(WIRE)) == []


def test_a_fingerprint_outlives_the_row_it_is_kept_in():
    marked = pipeline.mark_article(ArticleText(url="", id="1", title="Ferry", text=WIRE, language="en")).marks
    assert marked is not None
    row = marks.to_json(marked)
    assert marks.from_json(row).fingerprint == fingerprint(WIRE)
    values = base64.b64decode(row.pop("fingerprint"))
    as_before = {**row, "sketch": base64.b85encode(values).decode()}  # in rows of 0.6.0 and earlier
    assert marks.from_json(as_before).fingerprint == fingerprint(WIRE)


def test_a_fingerprint_of_an_earlier_rule_matches_nothing_and_breaks_nothing():
    article = pipeline.mark_article(ArticleText(url="", id="1", title="Ferry", text=WIRE, language="en"))
    assert article.marks is not None
    row = {**marks.to_json(article.marks), "rule": "minhash128-3words-v1", "print": "00ff" * 256}
    row.pop("fingerprint")
    old = marks.from_json({**row, "id": "old"})
    assert old.fingerprint == ()
    index = StoryIndex([OpenStory("old", "old", (old,))])
    [placed] = [one for one in pipeline.group_articles([article], index) if isinstance(one, Placement)]
    assert (placed.story, placed.copy_of) == ("old", None)  # the same event still, by its words


def test_one_text_under_five_thousand_addresses_takes_linear_time():
    values, index = fingerprint(WIRE), CopyIndex()

    def seconds(first: int, last: int) -> float:
        began = time.process_time()
        for number in range(first, last):
            assert number == 0 or index.find(values)
            index.add(str(number), values)
        return time.process_time() - began

    early = seconds(0, 1_500)
    seconds(1_500, 3_500)
    assert seconds(3_500, 5_000) < 4 * early + 0.5


@pytest.mark.parametrize(
    "text", ["7 " * 500_000, " ".join(map(str, range(150_000))), "Ferry " * 160_000, "\ud800 a " * 40]
)
def test_odd_and_huge_texts_are_taken(text: str):
    values, index = fingerprint(text), CopyIndex()
    index.add("odd", values)
    assert [key for key, _ in index.find(values)] in (["odd"], [])
    assert len(values) <= 1152
