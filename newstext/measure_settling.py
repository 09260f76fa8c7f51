"""newstext measure settling: stories before and after they are looked at again, and storylines beside plain TF-IDF."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from newstext import grouping_scores as scores
from newstext import pipeline
from newstext.grouping import StoryIndex
from newstext.grouping_scores import Grouped, Truth
from newstext.learn_grouping import fold_of
from newstext.likeness import Judge, Lexicon, shipped
from newstext.measure_grouping import Sample, fold_judges, labelled, ours, samples
from newstext.measuring import data_folder, table
from newstext.records import Marks, OpenStory, Placement
from newstext.settling import settle
from newstext.storylines import link_storylines
from newstext.vectors import Vector, cosine, unit

FOLDS = 5
BARS = tuple(number / 100 for number in range(8, 42, 2))


def main(argv: list[str]) -> int:
    """Print BCubed and pair F1 before and after the pass, and pair F1 of storylines."""
    head = (
        "data", "method", "BCubed P / R / F1", "pair F1", "pairs mixing storylines", "stories ÷ gold",
        "F1 gained, 95 %", "articles moved",
    )  # fmt: skip
    print(table("stories looked at again", head, stories()))
    pairs = ("stories", "method", "pair P / R / F1", "pairs mixing storylines")
    print(table("storylines, stream/labelled", pairs, storylines()))
    return 0


def stories() -> list[tuple[str, ...]]:
    """The rows of the first table."""
    rows = []
    for sample in samples(data_folder()):
        before = ours(sample)
        after = _settled(sample, before)
        low, high = scores.difference(after, before, sample.truth.story)
        moved = sum(before[item] != after[item] for item in sample.truth.story)
        rows.append((sample.name, "as they arrive", *_figures(before, sample.truth), "–", "–"))
        rows.append(
            (sample.name, "looked at again", *_figures(after, sample.truth), f"{low:+.3f} to {high:+.3f}", str(moved))
        )
    return rows


def _settled(sample: Sample, before: Grouped) -> dict[str, str]:
    """Where the articles stand after the pass; each is judged by what was learned without its topic."""

    def judge_of(article: str) -> Judge:
        topic = sample.topics.get(article)
        return fold_judges()[fold_of(topic)] if topic else shipped()

    corrections = settle(_stories(_marks(sample), before), judge_of=judge_of)
    return {**before, **{one.article: one.story for one in corrections}}


def _marks(sample: Sample) -> dict[str, Marks]:
    return {article.id: article.marks for article in sample.articles if article.marks}


def _stories(marks: Mapping[str, Marks], stands: Grouped) -> list[OpenStory]:
    members: dict[str, list[Marks]] = defaultdict(list)
    for key, one in marks.items():
        members[stands[key]].append(one)
    return [OpenStory(story, story, tuple(held)) for story, held in members.items()]


def _figures(found: Grouped, truth: Truth) -> tuple[str, ...]:
    precision, recall, _ = scores.bcubed(found, truth.story)
    pairs = scores.pairs(found, truth)
    return (
        f"{precision:.3f} / {recall:.3f} / {scores.f1(precision, recall):.3f}",
        f"{pairs.strict:.3f}",
        f"{pairs.mixing:.1%}" if truth.storyline else "-",
        f"{len(set(found.values())) / len(set(truth.story.values())):.2f}",
    )


def storylines() -> list[tuple[str, ...]]:
    """The rows of the second table."""
    sample = labelled(data_folder() / "stream" / "labelled.jsonl")
    gold = sample.truth.storyline or {}
    lines = {one.article: one.storyline for one in _placed(sample)}
    found = _settled(sample, ours(sample))
    rows: list[tuple[str, ...]] = [("as found", "as they arrive", *_pairs(lines, gold))]
    for name, stands in (("as found", found), ("the true ones", _by_first(sample))):
        rows += [(name, *row) for row in _linked(_stories(_marks(sample), stands), stands, gold)]
    return rows


def _by_first(sample: Sample) -> dict[str, str]:
    """The true stories, each under the id of its first article."""
    first: dict[str, str] = {}
    return {article.id: first.setdefault(sample.truth.story[article.id], article.id) for article in sample.articles}


def _linked(stories: Sequence[OpenStory], stands: Grouped, gold: Grouped) -> list[tuple[str, ...]]:
    linked = {link.story: link.storyline for link in link_storylines(stories)}
    plain = _plain(stories)
    bars = [{key: lines_of[stands[key]] for key in stands} for lines_of in map(plain, BARS)]
    return [
        ("each story alone", *_pairs(stands, gold)),
        ("TF-IDF centroids, nearest; the bar chosen by folds", *_pairs(_folded(bars, gold), gold)),
        ("TF-IDF centroids, nearest; the best bar", *_pairs(max(bars, key=lambda one: _pair_f1(one, gold)), gold)),
        ("ours", *_pairs({key: linked.get(stands[key], stands[key]) for key in stands}, gold)),
    ]


def _placed(sample: Sample) -> Iterable[Placement]:
    placed = pipeline.group_articles(sample.articles, StoryIndex())
    return (one for one in placed if isinstance(one, Placement))


def _pairs(found: Grouped, gold: Grouped) -> tuple[str, str]:
    right = _count(Counter((found[item], gold[item]) for item in gold))
    precision = right / (_count(Counter(found[item] for item in gold)) or 1)
    recall = right / _count(Counter(gold.values()))
    return f"{precision:.3f} / {recall:.3f} / {scores.f1(precision, recall):.3f}", f"{1 - precision:.1%}"


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
    fold_of_name = {name: number % FOLDS for number, name in enumerate(names)}
    found: dict[str, str] = {}
    for fold in range(FOLDS):
        others = {item: name for item, name in gold.items() if fold_of_name[name] != fold}
        best = max(bars, key=lambda one: _pair_f1({item: one[item] for item in others}, others))
        found |= {item: best[item] for item, name in gold.items() if fold_of_name[name] == fold}
    return found


def _pair_f1(found: Grouped, gold: Grouped) -> float:
    return scores.pairs(found, Truth(gold)).strict
