"""newstext measure grouping: stories found, beside plain rules, on the development data.

What was learned from the ECB+ rows, the headlines and the pairs is judged on
them by folds over topics (`tests/quality/lexical-v2-folds.npz`, made with the
weights that ship); everything else by what ships.
"""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from newstext import grouping_scores as scores
from newstext import pipeline
from newstext.grouping import StoryIndex
from newstext.grouping_scores import Grouped, Truth
from newstext.invented_world import InventedWorld
from newstext.language import normal_code
from newstext.learn_grouping import FOLDS, fold_of, topic_of
from newstext.likeness import VERSION, Judge, Lexicon, pair_probability, read_judge, shipped
from newstext.measuring import data_folder, read_rows, table
from newstext.records import ArticleText, Correction, Marks, Placement
from newstext.vectors import cosine, unit
from newstext.words import content_words, words

FOLDS_FILE = Path(__file__).parents[1] / "tests" / "quality" / f"{VERSION}-folds.npz"
PLAIN_JOIN = 0.28  # the choice of all five folds on stream/ (its README)
PLAIN_DAYS = 3
TITLE_WORDS = 3  # NewsBlur joins equal titles, or so many shared words that are
TITLE_OVERLAP = 0.6  # such a share of the shorter title's
OPEN = (1_000, 100_000)
TIMED = 2_000
HEADLINES = 12  # of each story of uci_headlines


@dataclass(frozen=True, slots=True)
class Sample:
    """Articles in order of arrival, and the truth about them. topics: of what may have been learned from."""

    name: str
    articles: list[ArticleText]
    truth: Truth
    topics: Grouped


def main(argv: list[str]) -> int:
    """Print stories found, pairs told apart, and speed."""
    rows: list[tuple[str, ...]] = []
    for sample in samples(data_folder()):
        rows += _rows(sample)
    head = (
        "data", "method", "BCubed P / R / F1", "with company", "pair F1 strict / lenient", "pairs mixing storylines",
        "stories ÷ gold", "ours minus plain, 95 %", "articles a CPU s",
    )  # fmt: skip
    print(table("stories", head, rows))
    pairs = data_folder() / "stories" / "clusters" / "telegram_pairs.jsonl"
    print(table("the same event? telegram_pairs, accuracy", ("language", "ours", "plain cosine"), same_event(pairs)))
    speeds = [(f"{count:,}", f"{speed(count):,.0f}") for count in OPEN]
    print(table("speed, articles already marked", ("open stories", "articles a CPU s"), speeds))
    return 0


def samples(folder: Path) -> Iterator[Sample]:
    """What grouping is measured on."""
    clusters = folder / "stories" / "clusters"
    yield stream(clusters / "news_stream.jsonl", has_times=False)
    yield stream(clusters / "news_stream.jsonl", has_times=True)
    yield headlines(clusters / "uci_headlines.jsonl")
    yield labelled(folder / "stream" / "labelled.jsonl")


def _rows(sample: Sample) -> Iterator[tuple[str, ...]]:
    methods: tuple[tuple[str, Callable[[Sample], dict[str, str]]], ...] = (
        ("ours", ours),
        ("TF-IDF nearest", plain),
        ("equal or like titles", like_titles),
    )
    found = {}
    for name, group in methods:
        began = time.process_time()
        found[name] = group(sample)
        spent = time.process_time() - began
        gain = scores.difference(found["ours"], found[name], sample.truth.story) if name != "ours" else None
        yield sample.name, name, *figures(found[name], sample.truth, gain), f"{len(sample.articles) / spent:,.0f}"


def figures(found: Grouped, truth: Truth, gain: tuple[float, float] | None) -> tuple[str, ...]:
    """BCubed, pairs, number of stories, and the gain over another way, as a table shows them."""
    precision, recall, company = scores.bcubed(found, truth.story)
    pairs = scores.pairs(found, truth)
    return (
        f"{precision:.3f} / {recall:.3f} / {scores.f1(precision, recall):.3f}",
        f"{company:.3f}",
        f"{pairs.strict:.3f} / {pairs.lenient:.3f}",
        f"{pairs.mixing:.1%}" if truth.storyline else "-",
        f"{len(set(found.values())) / len(set(truth.story.values())):.2f}",
        "" if gain is None else scores.shown_difference(gain),
    )


def article_of(row: dict[str, Any], at: str | None) -> ArticleText:
    text = str(row.get("text") or "")
    article = ArticleText(
        url="",
        id=str(row["id"]),
        title=str(row.get("title") or ""),
        text=text,
        paragraphs=(text,),
        language=normal_code(str(row.get("language") or "en")) or "en",
        published_at=datetime.fromisoformat(at.replace("Z", "+00:00")) if at else None,
        kind="article",
    )
    return pipeline.mark_article(article)


def utc(said: str) -> str:
    return said if "+" in said or said.endswith("Z") else f"{said}+00:00"


def stream(path: Path, *, has_times: bool) -> Sample:
    """ECB+, BASIL and Multi-News as they might arrive; times are simulated, as its README says."""
    rows = read_rows(path)
    return Sample(
        f"news_stream, {'its' if has_times else 'no'} times",
        [article_of(row, utc(row["sim_time"]) if has_times else None) for row in rows],
        Truth({str(row["id"]): str(row["story"]) for row in rows}),
        {str(row["id"]): topic_of(str(row["story"])) for row in rows if row["src"] == "ecbplus"},
    )


def headlines(path: Path) -> Sample:
    """The first headlines of each story, without times."""
    held: Counter[str] = Counter()
    rows = []
    for row in read_rows(path):
        held[row["story"]] += 1
        if held[row["story"]] <= HEADLINES:
            rows.append(row)
    gold = {str(row["id"]): str(row["story"]) for row in rows}
    return Sample(f"uci_headlines, {HEADLINES} a story", [article_of(row, None) for row in rows], Truth(gold), gold)


def labelled(path: Path) -> Sample:
    """Two days of a real stream, in order of arrival."""
    rows = sorted(read_rows(path), key=lambda row: str(row["first_seen_at"]))
    return Sample(
        "stream/labelled",
        [article_of(row, utc(row["published_at"])) for row in rows],
        Truth(
            {str(row["id"]): str(row["story"]) for row in rows},
            {str(row["id"]): str(row["storyline"]) for row in rows},
            {str(row["id"]): row["alt_story"] for row in rows},
        ),
        {},
    )


@cache
def fold_judges() -> tuple[Judge, ...]:
    """Judges each learned without one fold's topics. Raises SystemExit naming the file where it is missing."""
    if not FOLDS_FILE.is_file():
        way_out = "Measure from a checkout, or run python -m newstext.learn_grouping."
        raise SystemExit(f"{FOLDS_FILE.name}: not there. {way_out}")
    with np.load(FOLDS_FILE, allow_pickle=False) as stored:
        return tuple(read_judge(stored, f"{fold}/") for fold in range(FOLDS))


class _FoldedIndex(StoryIndex):
    """Each article is judged by what was learned without its topic."""

    def __init__(self, topics: Grouped) -> None:
        super().__init__()
        self._topics = topics

    def place(self, marks: Marks) -> Iterator[Placement | Correction]:
        topic = self._topics.get(marks.id)
        self._judge = fold_judges()[fold_of(topic)] if topic else shipped()
        return super().place(marks)


def ours(sample: Sample) -> dict[str, str]:
    """What newstext makes of it; corrections at the end of the run are counted in."""
    found = {}
    for placed in pipeline.group_articles(sample.articles, _FoldedIndex(sample.topics)):
        found[placed.article] = placed.story
    return found


def plain(sample: Sample) -> dict[str, str]:
    """TF-IDF of title twice and 400 characters, online idf, three days; joins the nearest earlier item."""
    counts: Counter[str] = Counter()
    seen: list[tuple[str, dict[str, float], ArticleText]] = []
    grouped: dict[str, str] = {}
    for number, article in enumerate(sample.articles, 1):
        found = Counter(content_words(f"{article.title} {article.title} {article.text[:400]}", article.language))
        counts.update(found.keys())
        vector = unit({word: count * math.log((number + 1) / counts[word]) for word, count in found.items()})
        near = [(cosine(vector, other), key) for key, other, earlier in seen if _within_days(article, earlier)]
        best, nearest = max(near, default=(0.0, ""))
        grouped[article.id] = grouped[nearest] if best >= PLAIN_JOIN else article.id
        seen.append((article.id, vector, article))
    return grouped


def _within_days(first: ArticleText, second: ArticleText) -> bool:
    if first.published_at is None or second.published_at is None:
        return True
    return abs((first.published_at - second.published_at).days) <= PLAIN_DAYS


def like_titles(sample: Sample) -> dict[str, str]:
    """NewsBlur's rule: an equal title, else three shared words and an overlap of .6; the first that fits."""
    by_word: dict[str, list[tuple[frozenset[str], str]]] = defaultdict(list)
    exact: dict[str, str] = {}
    grouped: dict[str, str] = {}
    for article in sample.articles:
        title = frozenset(content_words(article.title, article.language))
        shared = (story for word in title for own, story in by_word[word] if _is_like(title, own))
        whole = " ".join(words(article.title))
        grouped[article.id] = exact.get(whole) or next(shared, article.id)
        exact.setdefault(whole, grouped[article.id])
        for word in title:
            by_word[word].append((title, grouped[article.id]))
    return grouped


def _is_like(first: frozenset[str], second: frozenset[str]) -> bool:
    both = len(first & second)
    return both >= TITLE_WORDS and both / min(len(first), len(second)) >= TITLE_OVERLAP


def same_event(path: Path) -> list[tuple[str, str, str]]:
    """Accuracy on pairs by language: ours cut at an even chance, by folds; a plain cosine cut by the same folds."""
    by_language: dict[str, list[tuple[float, float, bool, int]]] = defaultdict(list)
    for number, row in enumerate(read_rows(path)):
        sides = [
            article_of({"id": side, "title": row[f"t{side}"], "text": row[f"x{side}"], "language": row["lang"]}, None)
            for side in (1, 2)
        ]
        fold = fold_of(f"tg{number}")
        chance, alike = _both(sides, fold_judges()[fold])
        by_language[row["lang"]].append((chance, alike, row["label"] == "OK", fold))
    rows = []
    for language, told in sorted(by_language.items()):
        chances, alikes, same, folds = (list(column) for column in zip(*told, strict=True))
        right = sum((chance >= 0.5) == yes for chance, yes in zip(chances, same, strict=True)) / len(told)
        plain_right = scores.best_cut(alikes, [bool(yes) for yes in same], [int(fold) for fold in folds])
        rows.append((f"{language}, {len(told)} pairs", f"{right:.3f}", f"{plain_right:.3f}"))
    return rows


def _both(sides: list[ArticleText], judge: Judge) -> tuple[float, float]:
    """Our chance that two articles tell one event, and the plain cosine of their words."""
    lexicon = Lexicon()
    marks = [side.marks for side in sides if side.marks]
    for one in marks:
        lexicon.count(one)
    first, second = (lexicon.member(one) for one in marks)
    vectors = [
        unit({word: float(count) for word, count in Counter(content_words(f"{s.title} {s.text}", s.language)).items()})
        for s in sides
    ]
    return pair_probability(first, second, judge=judge), cosine(vectors[0], vectors[1])


def speed(open_stories: int) -> float:
    """Articles a CPU second that group_articles places, with so many stories open."""
    world = InventedWorld()
    index = StoryIndex(world.open_stories(open_stories))
    articles = world.articles(TIMED)
    began = time.process_time()
    for _ in pipeline.group_articles(articles, index):
        pass
    return TIMED / (time.process_time() - began)


if __name__ == "__main__":
    main([])
