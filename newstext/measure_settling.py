"""newstext measure settling: stories before and after they are looked at again, and storylines beside plain TF-IDF."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from newstext import pipeline
from newstext.grouping import StoryIndex
from newstext.likeness import Lexicon
from newstext.measure_grouping import Grouped, _headlines, _labelled, _stream, bcubed, pair_f1
from newstext.measuring import data_folder, table
from newstext.records import ArticleText, Marks, OpenStory, Placement
from newstext.settling import settle
from newstext.storylines import link_storylines
from newstext.vectors import Vector, cosine, unit

SAMPLES = 1_000
FOLDS = 5
BARS = tuple(number / 100 for number in range(8, 42, 2))


def main(argv: list[str]) -> int:
    """Print BCubed and pair F1 before and after the pass, and pair F1 of storylines."""
    head = ("data", "method", "BCubed P / R / F1", "F1 gained (95 %)", "pair F1", "stories ÷ gold", "articles moved")
    print(table("stories looked at again", head, stories()))
    pairs = ("method", "pair P / R / F1", "pairs mixing storylines")
    print(table("storylines, stream/labelled, of the stories found", pairs, storylines()))
    return 0


def stories() -> list[tuple[str, ...]]:
    """The rows of the first table."""
    folder = data_folder()
    clusters = folder / "stories" / "clusters"
    rows = []
    for name, articles, gold in (
        ("news_stream, no times", *_stream(clusters / "news_stream.jsonl", has_times=False)),
        ("news_stream, its times", *_stream(clusters / "news_stream.jsonl", has_times=True)),
        ("uci_headlines, 12 a story", *_headlines(clusters / "uci_headlines.jsonl")),
        ("stream/labelled", *_labelled(folder / "stream" / "labelled.jsonl")),
    ):
        marks = {article.id: article.marks for article in articles if article.marks}
        arrived, _ = _arrive(articles)
        rows += _rows(name, arrived, _settled(marks, arrived), gold)
    return rows


def _arrive(articles: Iterable[ArticleText]) -> tuple[Grouped, Grouped]:
    """Each article's story and storyline as it arrives."""
    placed = [one for one in pipeline.group_articles(articles, StoryIndex()) if isinstance(one, Placement)]
    return {one.article: one.story for one in placed}, {one.article: one.storyline for one in placed}


def _stories(marks: Mapping[str, Marks], stands: Grouped) -> list[OpenStory]:
    members: dict[str, list[Marks]] = defaultdict(list)
    for key, one in marks.items():
        members[stands[key]].append(one)
    return [OpenStory(story, story, tuple(held)) for story, held in members.items()]


def _settled(marks: Mapping[str, Marks], arrived: Grouped) -> Grouped:
    return {**arrived, **{one.article: one.story for one in settle(_stories(marks, arrived))}}


def _rows(name: str, arrived: Grouped, after: Grouped, gold: Grouped) -> list[tuple[str, ...]]:
    low, high = _gain(arrived, after, gold)
    moved = sum(arrived[item] != after[item] for item in gold)
    return [
        (name, "as they arrive", *_figures(arrived, gold, "–"), "–"),
        (name, "looked at again", *_figures(after, gold, f"{low:+.3f} to {high:+.3f}"), str(moved)),
    ]


def _figures(found: Grouped, gold: Grouped, gained: str) -> tuple[str, ...]:
    precision, recall, _ = bcubed(found, gold)
    ratio = len(set(found.values())) / len(set(gold.values()))
    shown = f"{precision:.3f} / {recall:.3f} / {_f1(precision, recall):.3f}"
    return shown, gained, f"{pair_f1(found, gold):.3f}", f"{ratio:.2f}"


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _gain(before: Grouped, after: Grouped, gold: Grouped) -> tuple[float, float]:
    """The middle 95 % of what BCubed F1 gains, over stories drawn with replacement, the same for both."""
    by_story: dict[str, list[str]] = defaultdict(list)
    for item, story in gold.items():
        by_story[story].append(item)
    sums = [_sums(found, gold, by_story) for found in (before, after)]
    chance = random.Random(4)
    names = sorted(by_story)
    gains = []
    for _ in range(SAMPLES):
        drawn = chance.choices(names, k=len(names))
        items = sum(len(by_story[name]) for name in drawn)
        old, new = (
            _f1(*(sum(one[name][side] for name in drawn) / items for side in (0, 1)))
            for one in sums
        )  # fmt: skip
        gains.append(new - old)
    gains.sort()
    return gains[int(0.025 * SAMPLES)], gains[int(0.975 * SAMPLES)]


def _sums(found: Grouped, gold: Grouped, by_story: Mapping[str, Sequence[str]]) -> dict[str, tuple[float, float]]:
    """Each story's sums of BCubed precision and recall over its items."""
    held = Counter(found[item] for item in gold)
    both = Counter((found[item], gold[item]) for item in gold)
    return {
        story: (
            sum(both[found[item], story] / held[found[item]] for item in items),
            sum(both[found[item], story] / len(items) for item in items),
        )
        for story, items in by_story.items()
    }


def _labelled_lines() -> tuple[list[ArticleText], Grouped]:
    path = data_folder() / "stream" / "labelled.jsonl"
    articles, _ = _labelled(path)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return articles, {str(row["id"]): str(row["storyline"]) for row in rows}


def storylines() -> list[tuple[str, ...]]:
    """The rows of the second table."""
    articles, gold = _labelled_lines()
    marks = {article.id: article.marks for article in articles if article.marks}
    arrived, lines = _arrive(articles)
    stands = _settled(marks, arrived)
    found = _stories(marks, stands)
    ours = {story.id: story.storyline for story in found} | {
        link.story: link.storyline for link in link_storylines(found)
    }
    plain = _plain(found)
    bars = [{key: lines_of[stands[key]] for key in stands} for lines_of in map(plain, BARS)]
    return [
        ("each story alone", *_pairs(stands, gold)),
        ("as they arrive", *_pairs(lines, gold)),
        ("TF-IDF centroids, nearest; the bar chosen by folds", *_pairs(_folded(bars, gold), gold)),
        ("TF-IDF centroids, nearest; the best bar", *_pairs(max(bars, key=lambda one: pair_f1(one, gold)), gold)),
        ("ours", *_pairs({key: ours[stands[key]] for key in stands}, gold)),
    ]


def _pairs(found: Grouped, gold: Grouped) -> tuple[str, str]:
    right = _count(Counter((found[item], gold[item]) for item in gold))
    precision = right / (_count(Counter(found[item] for item in gold)) or 1)
    recall = right / _count(Counter(gold.values()))
    return f"{precision:.3f} / {recall:.3f} / {_f1(precision, recall):.3f}", f"{1 - precision:.1%}"


def _count(groups: Mapping[object, int]) -> int:
    return sum(size * (size - 1) // 2 for size in groups.values())


def _plain(stories: Sequence[OpenStory]) -> Callable[[float], Grouped]:
    """TF-IDF centroids; a story and the one nearest to it are of one storyline if they are `bar` alike."""
    lexicon = Lexicon()
    for story in stories:
        for marks in story.members:
            lexicon.count(marks)
    centroids = {story.id: _centroid(story, lexicon) for story in stories}
    nearest = {
        one: max((cosine(vector, centroids[other]), other) for other in centroids if other != one)
        for one, vector in centroids.items()
    }

    def group(bar: float) -> Grouped:
        leads = {one: one for one in centroids}

        def lead(one: str) -> str:
            while leads[one] != one:
                one = leads[one]
            return one

        for one, (alike, other) in nearest.items():
            if alike >= bar:
                leads[lead(one)] = lead(other)
        return {one: lead(one) for one in centroids}

    return group


def _centroid(story: OpenStory, lexicon: Lexicon) -> Vector:
    sums: Vector = defaultdict(float)
    for marks in story.members:
        for term, weight in lexicon.member(marks).body.items():
            sums[term] += weight
    return unit(sums)


def _folded(bars: Sequence[Grouped], gold: Grouped) -> Grouped:
    """Each storyline's items as the bar groups them that is best for the storylines of the other folds."""
    names = sorted(set(gold.values()))
    random.Random(4).shuffle(names)
    fold_of = {name: number % FOLDS for number, name in enumerate(names)}
    found: Grouped = {}
    for fold in range(FOLDS):
        others = {item: name for item, name in gold.items() if fold_of[name] != fold}
        best = max(bars, key=lambda one: pair_f1({item: one[item] for item in others}, others))
        found |= {item: f"{best[item]}" for item, name in gold.items() if fold_of[name] == fold}
    return found
