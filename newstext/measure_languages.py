"""newstext measure languages: pairs across languages, and the optional model, on the development data."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from newstext import crossing, embedding, pipeline
from newstext.grouping import StoryIndex
from newstext.language import normal_code
from newstext.measure_grouping import _headlines, _ours, _timed, score
from newstext.measure_grouping import _labelled as _labelled_stories
from newstext.measuring import data_folder, table
from newstext.records import ArticleText, Marks, Placement
from newstext.words import fold

Pair = tuple[int, int]
Method = Callable[[Sequence[Marks], Sequence[Pair]], set[Pair]]
PLAIN_NAMES = 2
MODEL = "newstext.embedding:minilm"
MODEL_BARS = (0.5, 0.6, 0.7)


def main(argv: list[str]) -> int:
    """Print precision and recall of pairs told in two languages, ours and plain, pair by pair and as stories."""
    gold, articles = _labelled(data_folder() / "stream" / "labelled.jsonl")
    marks = [article.marks for article in articles if article.marks]
    pairs = [pair for pair in itertools.combinations(range(len(marks)), 2) if _is_across(marks, pair)]
    rows = []
    methods: list[tuple[str, Method]] = [
        ("two shared names", _plain),
        ("names, numbers, places", _crossed),
        ("stories", _grouped),
    ]
    if embedding.is_installed():
        methods += [(f"model alone, cosine {bar:.2f}", _by_model(bar)) for bar in MODEL_BARS]
    for name, method in methods:
        began = time.process_time()
        found = method(marks, pairs)
        seconds = time.process_time() - began
        rows.append(
            (name, *_score(found, pairs, gold, exact=0), *_score(found, pairs, gold, exact=1)[:1], f"{seconds:.1f}")
        )
    head = ("method", "P", "R", "F1", "pairs found", "P, same storyline", "CPU s")
    print(table(f"stream/labelled, {len(pairs):,} pairs across languages", head, rows))
    if embedding.is_installed():
        print(_with_model())
    else:
        print("The optional model is not installed: its table is left out (docs/how-to/use-the-model.md).")
    return 0


def _with_model() -> str:
    """Grouping of short texts without and with the model's vectors."""
    folder = data_folder()
    rows = []
    for name, articles, gold in (
        ("uci_headlines, 12 a story", *_headlines(folder / "stories" / "clusters" / "uci_headlines.jsonl")),
        ("stream/labelled", *_labelled_stories(folder / "stream" / "labelled.jsonl")),
    ):
        for method, made in (("words", articles), ("words and model", _read_by_model(articles))):
            rows.append((name, method, *score(*_timed(_ours, made), gold)[:4]))
    head = ("data", "method", "BCubed P / R / F1", "with company", "pair F1", "stories ÷ gold")
    return table("short texts, the optional model", head, rows)


def _read_by_model(articles: Sequence[ArticleText]) -> list[ArticleText]:
    marks = [article.marks for article in articles if article.marks]
    texts = [embedding.text_of(article.title, article.text) for article in articles]
    read = embedding.with_vectors(marks, embedding.embedder(MODEL), texts)
    return [replace(article, marks=each) for article, each in zip(articles, read, strict=True)]


def _by_model(bar: float) -> Method:
    """Pairs whose titles the model puts nearer than that."""

    def found(marks: Sequence[Marks], pairs: Sequence[Pair]) -> set[Pair]:
        vectors = embedding.embedder(MODEL)([each.title for each in marks])
        near = vectors @ vectors.T
        return {(one, two) for one, two in pairs if near[one, two] >= bar}

    return found


def _labelled(path: Path) -> tuple[list[tuple[str, str]], list[ArticleText]]:
    rows: list[dict[str, Any]] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows.sort(key=lambda row: str(row["first_seen_at"]))
    articles = [
        pipeline.mark_article(
            ArticleText(
                url="",
                id=str(row["id"]),
                title=str(row["title"]),
                text=str(row["text"]),
                paragraphs=(str(row["text"]),),
                language=normal_code(str(row["language"])),
                published_at=datetime.fromisoformat(str(row["published_at"])),
            )
        )
        for row in rows
    ]
    return [(str(row["story"]), str(row["storyline"])) for row in rows], articles


def _is_across(marks: Sequence[Marks], pair: Pair) -> bool:
    return marks[pair[0]].language != marks[pair[1]].language


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


def _grouped(marks: Sequence[Marks], pairs: Sequence[Pair]) -> set[Pair]:
    """As the site does: each article placed as it arrives."""
    index = StoryIndex()
    story = {}
    for each in marks:
        story.update({made.article: made.story for made in index.place(each) if isinstance(made, Placement)})
    return {(one, two) for one, two in pairs if story[marks[one].id] == story[marks[two].id]}


def _score(
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
