"""Floors under answers as measured on the development data; docs/measured.md has the figures.

Raising a floor is welcome; lowering one needs a decision record.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from newstext import measure_ask as measure
from newstext.ask import answer_from, read_articles

pytestmark = [pytest.mark.quality, pytest.mark.slow]


BLIND = Path("tests/quality/ask-questions-blind.json")
# What hardly any story says of the people in it.
PATTERNS = (
    "When did {} resign?", "How old is {}?", "Why did {} leave?", "How much does {} earn a year?",
    "Who will replace {}?", "When was {} arrested?", "What is the name of {}'s father?",
    "How many children does {} have?", "Where was {} born?", "When did {} die?",
    "How long is {}'s prison sentence?", "Who married {}?", "How many people did {} kill?",
    "Why was {} fired?", "What is the name of {}'s lawyer?",
)  # fmt: skip


def share(cases: list[measure.Case], *, answerable: bool) -> float:
    chosen = [case for case in cases if bool(case.wanted) == answerable]
    return sum(measure._is_right(case, *measure._ours(case)) for case in chosen) / len(chosen)


def test_questions_made_by_rule_are_answered_or_refused(newstext_data: Path, monkeypatch):
    """Measured 95 % answered rightly and 93 % refused, 2026-11-26."""
    monkeypatch.setenv("NEWSTEXT_DATA", str(newstext_data))
    made = measure.cases()
    assert share(made, answerable=True) > 0.93
    assert share(made, answerable=False) > 0.91


def test_questions_asked_by_hand_are_answered_or_refused(newstext_data: Path, monkeypatch):
    """Measured 24 of 32 answered rightly and 28 of 28 refused, 2026-11-26."""
    monkeypatch.setenv("NEWSTEXT_DATA", str(newstext_data))
    made = measure.asked_by_hand()
    assert share(made, answerable=True) >= 0.75
    assert share(made, answerable=False) >= 0.9


def test_blind_questions_of_other_stories_are_answered_or_refused(newstext_data: Path, monkeypatch):
    """First run 24 of 38 answered rightly and 21 of 28 refused; 28 and 24 after ten of the 20 stories were looked at.

    Of the ten that nobody looked at: 13 of 19 and 13 of 17, 2026-11-26.
    """
    monkeypatch.setenv("NEWSTEXT_DATA", str(newstext_data))
    monkeypatch.setattr(measure, "BY_HAND", BLIND)
    made = measure.asked_by_hand()
    assert share(made, answerable=True) >= 0.66
    assert share(made, answerable=False) >= 0.82


def test_what_stories_do_not_say_of_their_people_is_refused(newstext_data: Path, monkeypatch):
    """Measured 19 of 1,410 answered, 2026-11-26; a few of them rightly."""
    monkeypatch.setenv("NEWSTEXT_DATA", str(newstext_data))
    files = (measure.BY_HAND, BLIND)
    asked = {row["story"] for file in files for row in json.loads(file.read_text(encoding="utf-8"))["questions"]}
    answered, count = 0, 0
    for story, articles in measure.read_stories().items():
        if story in asked:
            continue
        held = read_articles(articles)
        people = Counter(
            name.text for one in articles for name in one.names if name.kind == "person" and " " in name.text
        )
        for name, _ in people.most_common(2):
            answered += sum(answer_from(pattern.format(name), held).held for pattern in PATTERNS)
            count += len(PATTERNS)
    assert count > 1000
    assert answered < 0.02 * count
