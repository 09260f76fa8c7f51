"""Long sections fold what comes after the first, and never a single entry."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string

from newsroom.stories.noted import Sections, Shown

SAID = Shown("The dam held.", "/article/1#s1", "Tidewire", "en", 1)


def entry(number: int) -> dict[str, Any]:
    one = {"evidence": SAID, "published_at": "2026-11-18", "also": []}
    return {**one, "quote": f"It held {number},", "speaker": f"Speaker {number}", "who": f"who {number}", "roles": []}


def drawn(name: str, key: str, count: int) -> str:
    body = {key: [{**entry(number), "name": f"Name {number}", "mentions": 2} for number in range(count)]}
    return render_to_string(f"parts/{name}.html", {"sections": Sections(body)})


@pytest.mark.parametrize(
    ("name", "key", "shown", "word"),
    [("quotes", "quotes", 5, "quotes"), ("quotes", "claims", 5, "reports"), ("people", "people", 8, "names")],
)
def test_what_comes_after_the_first_folds_unless_it_is_one_alone(name, key, shown, word):
    assert "<details>" not in drawn(name, key, shown)
    assert "<details>" not in drawn(name, key, shown + 1)
    folded = drawn(name, key, shown + 2)
    assert f"2 more {word}" in folded
    assert folded.count("<details>") == folded.count("</details>") == 1
    for tag in ("div", "ul", "dl", "li", "figure"):
        assert folded.count(f"<{tag}") == folded.count(f"</{tag}>"), tag


def test_a_quote_ends_without_the_comma_that_led_to_its_speaker():
    assert "<q>It held 0</q>" in drawn("quotes", "quotes", 1)
