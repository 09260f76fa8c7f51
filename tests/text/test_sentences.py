from __future__ import annotations

import itertools
import time

import pytest

from newstext.sentences import split


def sentences(text: str, language: str = "en") -> list[str]:
    return [text[start:end] for start, end in split(text, language)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Mr. Quill met Dr. Oda Brask in the U.S. on Dec. 25, 2024. It rained.", 2),
        ("The bill was 3.5 million crowns. Nobody paid.", 2),
        ('"We are here," he said. "Come in!" she cried. They went.', 3),
        ("She said no. Nobody answered.", 2),
        ("Yahoo! said so. Then it left.", 2),
        ("The J. R. Vane prize went to Ada. Fine.", 2),
        ("One\n\nTwo", 2),
        ("It came at 5 p.m. on Monday.", 1),
    ],
)
def test_english(text, count):
    assert len(sentences(text)) == count


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("ar", "وصلت السفينة. هل عاد القبطان؟ نعم.", 3),
        ("zh", "船到了。船长在哪里？他走了！", 3),
        ("hi", "जहाज़ आया। कप्तान चला गया।", 2),
        ("de", "Am 3. Mai kam z.B. Herr Brandt. Er blieb.", 2),
    ],
)
def test_other_scripts(language, text, count):
    assert len(sentences(text, language)) == count


def test_spans_are_trimmed_and_in_order():
    text = "  First one.   Second one.\n\n  Third. "
    spans = split(text, "en")
    assert [text[start:end] for start, end in spans] == ["First one.", "Second one.", "Third."]
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


def test_time_grows_no_faster_than_the_text():
    def seconds(text: str) -> float:
        began = time.process_time()
        split(text, "en")
        return time.process_time() - began

    short, long = (seconds('Word. "Quote... (x) ' * count) for count in (5_000, 50_000))
    assert long < 30 * max(short, 0.005)
