"""What is an edit, and what kind: figures, names and negations are never taken for slips of the pen."""

from __future__ import annotations

import time

import pytest

from newstext import changes
from newstext.changes import Change, Told
from newstext.worddiff import align, compare
from tests.text.changed_pairs import BODY, SLIPS, SUBSTANCE
from tests.text.timing import least_s

HEADLINE = "Harbour of Port Meren stays closed"


def between(before, after, language: str = "en") -> Change | None:
    def told(text):
        return Told(*text) if isinstance(text, tuple) else Told(HEADLINE, text)

    return changes.between(told(before), told(after), language)


def runs(before: str, after: str) -> list[list[tuple[str, str]]]:
    return [[(run.kind, run.text) for run in paragraph.runs] for paragraph in compare(before, after)]


@pytest.mark.parametrize(("language", "before", "after"), SUBSTANCE)
def test_a_change_of_substance_is_never_called_a_typo(language, before, after):
    change = between(before, after, language)
    assert change is not None
    assert change.kind == "substance"
    assert change.reasons


def test_nine_slips_in_ten_are_called_typos():
    told = [between(before, after, language) for language, before, after in SLIPS]
    assert all(told), "a slip that is no change at all"
    assert len(SLIPS) + len(SUBSTANCE) >= 60
    assert sum(change.kind == "typo" for change in told) >= 0.9 * len(SLIPS)


def test_a_change_back_is_as_much_a_change():
    for language, before, after in SUBSTANCE:
        assert between(after, before, language).kind == "substance", (after, before)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("The flood left 13 dead.", "The flood left 18 dead.", "figures"),
        ("It was -5 degrees.", "It was 5 degrees.", "figures"),
        ("The trial opens on Monday.", "The trial opens on Sunday.", "dates"),
        ("The army of Iran left.", "The army of Iraq left.", "names"),
        ("The ship can leave.", "The ship can't leave.", "negation"),
        ("He spoke of a “safe road”.", "He spoke of a “steep road”.", "quotes"),
        ("The road is open.", "The road is open. Two bridges are still closed.", "added"),
        ("The road is open. Two bridges are still closed.", "The road is open.", "removed"),
        (("Dam holds", BODY), ("Dam fails", BODY), "headline"),
        (("Dam holds", BODY), ("Dam holds?", BODY), "question"),
        (
            "One of them left at six.\n\nTwo of them stayed on.",
            "Two of them stayed on.\n\nOne of them left at six.",
            "order",
        ),
    ],
)
def test_the_reason_is_named(before, after, reason):
    assert reason in between(before, after).reasons


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The road is open.\n\nTwo bridges are not.", "The road  is\u00a0open. Two bridges are not."),
        ("The govern\u00adment met.", "The government\u200b met."),
        ("Cafe\u0301 owners met.", "Caf\u00e9 owners met."),
        ("The road is open.\n\nUpdated 10:45 GMT", "The road is open.\n\nUpdated 5 March, 11:20 GMT"),
        ("The road is open.", "The road is open.\n\nThis article was last updated on Monday at 10:45."),
        ("The road is open.\n\nRead more: Ten roads to see", "The road is open."),
        (("Dam fails", "Text.", ("Update 10:45",)), ("Dam fails", "Text.", ("Update 11:00",))),
    ],
)
def test_spaces_times_and_furniture_are_no_change(before, after):
    assert between(before, after) is None


def test_a_notice_of_correction_is_substance_and_said_so():
    notice = "Correction: the dam holds 3 million cubic metres, not 5 million as we wrote."
    assert between(("Dam", BODY), ("Dam", BODY, (notice,))) == Change("substance", ("notice",))
    other = notice.replace("5 million", "4 million")
    assert between(("Dam", BODY, (notice,)), ("Dam", BODY, (other,))) == Change("substance", ("notice",))


def test_the_same_name_elsewhere_makes_a_near_name_another_person():
    fixed = between("Anna Marrow met Karl Ellison. Ellison left.", "Anna Marrow met Karl Elison. Elison left.")
    other = between("Karl Ellison met Tom Elison. Ellison left.", "Karl Ellison met Tom Elison. Elison left.")
    assert (fixed.kind, other.kind) == ("typo", "substance")


def test_words_are_shown_as_kept_removed_and_added():
    before = "The dam failed on Monday.\n\nNine people died."
    after = "The dam failed on Sunday.\n\nNine people died.\n\nThe road is shut."
    assert runs(before, after) == [
        [("kept", "The dam failed on"), ("removed", "Monday"), ("added", "Sunday"), ("kept", ".")],
        [("kept", "Nine people died.")],
        [("added", "The road is shut.")],
    ]


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("地震造成5人死亡。", "地震造成8人死亡。", [("removed", "5"), ("added", "8")]),
        ("市長は辞任した。", "市長は辞任しない。", [("removed", "た"), ("added", "ない")]),
        ("นายกรัฐมนตรีลาออก", "นายกรัฐมนตรีไม่ลาออก", [("added", "ไม่")]),
        ("قتل 13 شخصا في المدينة", "قتل 18 شخصا في المدينة", [("removed", "13"), ("added", "18")]),
    ],
)
def test_any_script_is_compared_by_its_own_signs(before, after, changed):
    [paragraph] = runs(before, after)
    assert [run for run in paragraph if run[0] != "kept"] == changed


def test_a_paragraph_that_stands_elsewhere_has_moved():
    before = "First comes this one.\n\nThen comes the second.\n\nAt last the third one."
    after = "Then comes the second.\n\nAt last the third one.\n\nFirst comes this one."
    shown = compare(before, after)
    assert [paragraph.is_moved for paragraph in shown] == [False, False, True]
    assert {run.kind for paragraph in shown for run in paragraph.runs} == {"kept"}


def test_a_paragraph_written_anew_is_replaced_whole():
    before = "The harbour of the town is closed to all ships of the line."
    after = "A spokesman for the coast guard told the paper of a storm."
    assert runs(before, after) == [[("removed", before)], [("added", after)]]


def test_both_texts_can_be_read_off_the_difference():
    for _, before, after in (*SLIPS, *SUBSTANCE):
        if isinstance(before, str):
            aligned = align(before, after)
            kept = []
            last = 0
            for edit in aligned.edits:
                kept += aligned.after[last : edit.new_first]
                kept += aligned.before[edit.first : edit.last]
                last = edit.new_last
            kept += aligned.after[last:]
            assert [word.text for word in kept] == [word.text for word in aligned.before]


def numbered(count: int, every: int) -> str:
    """A body of `count` words in paragraphs of forty, each `every`th word another."""
    words = [f"new{n}" if n % every == 0 else f"word{n * n % 4999}" for n in range(count)]
    return "\n\n".join(" ".join(words[n : n + 40]) for n in range(0, count, 40))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (numbered(20_000, 9), numbered(20_000, 10)),
        (numbered(20_000, 9).replace("\n\n", " "), numbered(20_000, 10).replace("\n\n", " ")),
        (numbered(20_000, 9), numbered(20_000, 9).replace("word", "other")),
    ],
    ids=["many edits", "one paragraph", "all anew"],
)
def test_twenty_thousand_words_are_compared_within_a_second(before, after):
    assert least_s(lambda again: lambda: compare(before, after)) < 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x " * 200_000, "y " + "x " * 199_998 + "y"),
        ("x\n\n" * 200_000, "y\n\n" + "x\n\n" * 199_998 + "y"),
        ("“" * 200_000, "”" * 199_999),
        ("x y " * 100_000, "y x " * 100_000 + "z"),
    ],
    ids=["words", "paragraphs", "marks", "pairs"],
)
def test_hostile_texts_are_bounded(before, after):
    began = time.process_time()
    assert changes.between(Told("", before), Told("", after), "en").kind == "substance"
    assert time.process_time() - began < 20
