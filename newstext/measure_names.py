"""newstext measure names: names found in sentences and told apart, beside plain runs of capitals."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from newstext import name_scorer
from newstext.entities import named_by
from newstext.learn_names import FOLDS, Labelled, fold_of, labelled
from newstext.measuring import table
from newstext.records import Name

FOLDS_FILE = Path("tests/quality") / f"{name_scorer.VERSION}-folds.npz"
CAPITALS = re.compile(r"[A-ZÀ-ÞŁŚŻŠČŽ][\w’'.-]*(?: [A-ZÀ-ÞŁŚŻŠČŽ][\w’'.-]*)*")
Finder = Callable[[Labelled, int], Sequence[Name]]


@dataclass(slots=True)
class Score:
    """What a way of finding names got right. told, right: names given a kind, and those of them with the right one."""

    way: str
    hits: int = 0
    found: int = 0
    gold: int = 0
    told: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    per_sentence: list[tuple[int, int]] = field(default_factory=list)
    words_a_second: float = 0.0

    @property
    def f1(self) -> float:
        return 200 * self.hits / max(1, self.found + self.gold)

    def precision(self, kind: str) -> float:
        return 100 * self.right[kind] / max(1, self.told[kind])


def measure() -> list[Score]:
    """Ours by folds, and plain runs of capitals, over CrossNER politics.

    A span counts if both its ends are those of a person, an organisation or a
    place of the gold (politicians and parties, countries among them); events,
    elections and works are no names here. A kind is right if the span is too.
    """
    sentences = labelled("crossner_politics_dev")
    with np.load(FOLDS_FILE) as arrays:
        scorers = [_fold(arrays, number) for number in range(FOLDS)]

    def ours(one: Labelled, number: int) -> Sequence[Name]:
        return named_by(scorers[fold_of(number, len(sentences))].find, one.text)

    return [_score("ours, by folds", ours, sentences), _score("runs of capitals", _plain, sentences)]


def _fold(arrays: Any, number: int) -> name_scorer.Scorer:
    begins = f"fold{number}."
    return name_scorer.from_arrays(
        {key.removeprefix(begins): arrays[key] for key in arrays.files if key.startswith(begins)}
    )


def _plain(one: Labelled, number: int) -> list[Name]:
    return [Name(match.start(), match.end(), match.group()) for match in CAPITALS.finditer(one.text)]


def _score(way: str, finder: Finder, sentences: Sequence[Labelled]) -> Score:
    score = Score(way)
    for number, one in enumerate(sentences):  # once before the clock runs: what is kept is kept
        finder(one, number)
    began = time.process_time()
    for number, one in enumerate(sentences):
        gold = {(start, end): name_scorer.KINDS[kind] for start, end, kind in one.spans if name_scorer.KINDS[kind]}
        names = finder(one, number)
        hits = sum((name.start, name.end) in gold for name in names)
        score.hits, score.found, score.gold = score.hits + hits, score.found + len(names), score.gold + len(gold)
        score.per_sentence.append((hits, len(names) + len(gold)))
        for name in names:
            if name.kind:
                score.told[name.kind] += 1
                score.right[name.kind] += gold.get((name.start, name.end)) == name.kind
    seconds = time.process_time() - began
    score.words_a_second = sum(len(one.text.split()) for one in sentences) / max(seconds, 1e-6)
    return score


def beyond_noise(one: Score, other: Score, rounds: int = 1000) -> float:
    """The lower end of the gain in F1 that 95 of 100 samples of the sentences show (paired bootstrap)."""
    random = np.random.default_rng(1)
    first, second = np.array(one.per_sentence), np.array(other.per_sentence)
    picks = random.integers(0, len(first), (rounds, len(first)))
    sums = [200 * rows[picks, 0].sum(axis=1) / rows[picks, 1].sum(axis=1) for rows in (first, second)]
    return float(np.quantile(sums[0] - sums[1], 0.025))


def main(argv: list[str]) -> int:
    """Print span F1, and how often a kind is right where one is given."""
    ours, plain = measure()
    kinds = [kind for kind in name_scorer.KINDS if kind]
    rows = [
        (
            score.way,
            f"{score.f1:.1f}",
            *(f"{score.precision(kind):.1f} of {score.told[kind]}" if score.told else "-" for kind in kinds),
            f"{score.words_a_second:,.0f}",
        )
        for score in (ours, plain)
    ]
    print(
        table(
            f"names in {len(ours.per_sentence)} sentences on politics (CrossNER)",
            ("", "span F1", *(f"{kind}: right, of those told" for kind in kinds), "words a CPU s"),
            rows,
        )
    )
    print(f"ours above runs of capitals by at least {beyond_noise(ours, plain):.1f} (95 %, bootstrap over sentences)")
    return 0


if __name__ == "__main__":
    main([])
