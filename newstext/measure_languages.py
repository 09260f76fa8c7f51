"""newstext measure languages: pairs across languages, and the optional model, on the development data."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from newstext import crossing, embedding, grouping_scores, measure_grouping
from newstext.grouping import StoryIndex
from newstext.measure_grouping import Sample
from newstext.measuring import data_folder, table
from newstext.records import Marks, Placement
from newstext.words import fold

Pair = tuple[int, int]
Method = Callable[[Sequence[Marks], Sequence[Pair]], set[Pair]]
PLAIN_NAMES = 2
MODEL = "newstext.embedding:minilm"
MODEL_BARS = (0.5, 0.6, 0.7)


def main(argv: list[str]) -> int:
    """Print precision and recall of pairs told in two languages, ours and plain, pair by pair and as stories."""
    gold, marks, pairs = across(data_folder() / "stream" / "labelled.jsonl")
    rows = []
    methods: list[tuple[str, Method]] = [
        ("two shared names", _plain),
        ("names, numbers, places", _crossed),
        ("stories", grouped),
    ]
    if embedding.is_installed():
        methods += [(f"model alone, cosine {bar:.2f}", _by_model(bar)) for bar in MODEL_BARS]
    for name, method in methods:
        began = time.process_time()
        found = method(marks, pairs)
        seconds = time.process_time() - began
        rows.append(
            (name, *score_of(found, pairs, gold, exact=0), *score_of(found, pairs, gold, exact=1)[:1], f"{seconds:.1f}")
        )
    head = ("method", "P", "R", "F1", "pairs found", "P, same storyline", "CPU s")
    print(table(f"stream/labelled, {len(pairs):,} pairs across languages", head, rows))
    if embedding.is_installed():
        print(_with_model())
    else:
        print("The optional model is not installed: its table is left out (docs/how-to/use-the-model.md).")
    return 0


def across(path: Path) -> tuple[list[tuple[str, str]], list[Marks], list[Pair]]:
    """(story, storyline) of each article, the articles' marks, and the pairs in two languages."""
    sample = measure_grouping.labelled(path)
    marks = [article.marks for article in sample.articles if article.marks]
    gold = [(sample.truth.story[each.id], (sample.truth.storyline or {})[each.id]) for each in marks]
    pairs = itertools.combinations(range(len(marks)), 2)
    return gold, marks, [(one, two) for one, two in pairs if marks[one].language != marks[two].language]


def _with_model() -> str:
    """Grouping of short texts without and with the model's vectors."""
    folder = data_folder()
    rows = []
    for sample in (
        measure_grouping.headlines(folder / "stories" / "clusters" / "uci_headlines.jsonl"),
        measure_grouping.labelled(folder / "stream" / "labelled.jsonl"),
    ):
        by_words = measure_grouping.ours(sample)
        with_model = measure_grouping.ours(read_by_model(sample))
        gain = grouping_scores.difference(with_model, by_words, sample.truth.story)
        rows.append((sample.name, "words", *measure_grouping.figures(by_words, sample.truth, None)))
        rows.append((sample.name, "words and model", *measure_grouping.figures(with_model, sample.truth, gain)))
    head = (
        "data", "method", "BCubed P / R / F1", "with company", "pair F1 strict / lenient", "pairs mixing storylines",
        "stories ÷ gold", "with minus without, 95 %",
    )  # fmt: skip
    return table("short texts, the optional model", head, rows)


def read_by_model(sample: Sample) -> Sample:
    """The same articles, the short ones with the model's vectors."""
    marks = [article.marks for article in sample.articles if article.marks]
    texts = [embedding.text_of(article.title, article.text) for article in sample.articles]
    read = embedding.with_vectors(marks, embedding.embedder(MODEL), texts)
    articles = [replace(article, marks=each) for article, each in zip(sample.articles, read, strict=True)]
    return replace(sample, articles=articles)


def _by_model(bar: float) -> Method:
    """Pairs whose titles the model puts nearer than that."""

    def found(marks: Sequence[Marks], pairs: Sequence[Pair]) -> set[Pair]:
        vectors = embedding.embedder(MODEL)([each.title for each in marks])
        near = vectors @ vectors.T
        return {(one, two) for one, two in pairs if near[one, two] >= bar}

    return found


def _plain(marks: Sequence[Marks], pairs: Sequence[Pair]) -> set[Pair]:
    """Two capitalised names in common, as written."""
    names = [{fold(name) for name in each.names} for each in marks]
    return {(one, two) for one, two in pairs if len(names[one] & names[two]) >= PLAIN_NAMES}


def _crossed(marks: Sequence[Marks], pairs: Sequence[Pair]) -> set[Pair]:
    index = crossing.CrossIndex()
    for each in marks:
        index.count(each)
    traces = [crossing.trace_of(each) for each in marks]
    return {(one, two) for one, two in pairs if index.same_event_probability(traces[one], traces[two]) >= crossing.JOIN}


def grouped(marks: Sequence[Marks], pairs: Sequence[Pair]) -> set[Pair]:
    """As the site does: each article placed as it arrives."""
    index = StoryIndex()
    story = {}
    for each in marks:
        story.update({made.article: made.story for made in index.place(each) if isinstance(made, Placement)})
    return {(one, two) for one, two in pairs if story[marks[one].id] == story[marks[two].id]}


def score_of(
    found: set[Pair], pairs: Sequence[Pair], gold: Sequence[tuple[str, str]], *, exact: int
) -> tuple[str, str, str, str]:
    """Precision, recall, F1 and how many; exact 0: the same story, 1: the same storyline."""
    true = {(one, two) for one, two in pairs if gold[one][exact] == gold[two][exact]}
    right = len(found & true)
    precision = right / len(found) if found else 0.0
    recall = right / len(true) if true else 0.0
    both = precision + recall
    f1 = 2 * precision * recall / both if both else 0.0
    return f"{precision:.2f}", f"{recall:.2f}", f"{f1:.2f}", f"{len(found)} of {len(true)}"


if __name__ == "__main__":
    main([])
