"""How well articles are put together, against the truth: BCubed, pairs, and what chance alone might do."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

Grouped = Mapping[str, str]
RESAMPLINGS = 400


@dataclass(frozen=True, slots=True)
class Truth:
    """The true story of each item; its storyline, and the stories a reasonable reader might choose instead."""

    story: Grouped
    storyline: Grouped | None = None
    might_be: Mapping[str, Collection[str]] | None = None


@dataclass(frozen=True, slots=True)
class Pairs:
    """F1 over pairs put together; lenient: without pairs another reading would decide otherwise.

    mixing: share of the pairs put together that stand across storylines.
    """

    strict: float
    lenient: float
    mixing: float


def f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def bcubed_of_each(found: Grouped, gold: Grouped) -> dict[str, tuple[float, float]]:
    """Precision and recall of each item (Bagga and Baldwin 1998)."""
    by_found, by_gold = _members(found), _members(gold)
    rows = {}
    for item in gold:
        mine, true = by_found[found[item]], by_gold[gold[item]]
        both = len(mine & true)
        rows[item] = (both / len(mine), both / len(true))
    return rows


def bcubed(found: Grouped, gold: Grouped) -> tuple[float, float, float]:
    """Precision, recall, and the F1 over items whose gold story has others."""
    rows, sizes = bcubed_of_each(found, gold), Counter(gold.values())
    company = [row for item, row in rows.items() if sizes[gold[item]] > 1]
    precision, recall = _means(list(rows.values()))
    return precision, recall, f1(*_means(company))


def _means(rows: Sequence[tuple[float, float]]) -> tuple[float, float]:
    count = len(rows) or 1
    return sum(row[0] for row in rows) / count, sum(row[1] for row in rows) / count


def _members(grouped: Grouped) -> dict[str, set[str]]:
    members: dict[str, set[str]] = defaultdict(set)
    for item, story in grouped.items():
        members[story].add(item)
    return members


def pairs(found: Grouped, truth: Truth) -> Pairs:
    """Pairs right, pairs right in the eyes of a lenient reader, pairs that mix storylines."""
    gold, joined = truth.story, _pairs_of(found)
    wanted = _pairs_of(gold)
    right = len(joined & wanted)
    wrong, missed = joined - wanted, wanted - joined
    might_be = truth.might_be or {}
    either = {item: {gold[item], *might_be.get(item, ())} for item in gold}
    wrong_to_all = sum(not either[a] & either[b] for a, b in wrong)
    missed_by_all = sum(len(either[a]) == 1 and len(either[b]) == 1 for a, b in missed)
    line = truth.storyline or gold
    mixing = sum(line[a] != line[b] for a, b in wrong)
    return Pairs(
        _f1_of(right, len(wrong), len(missed)),
        _f1_of(right, wrong_to_all, missed_by_all),
        mixing / len(joined) if joined else 0.0,
    )


def _f1_of(right: int, wrong: int, missed: int) -> float:
    return 2 * right / (2 * right + wrong + missed) if right else 0.0


def _pairs_of(grouped: Grouped) -> set[tuple[str, str]]:
    return {pair for members in _members(grouped).values() for pair in combinations(sorted(members), 2)}


def difference(ours: Grouped, plain: Grouped, gold: Grouped, *, seed: int = 1) -> tuple[float, float]:
    """The 95 % interval of our BCubed F1 minus the plain one's, over stories drawn anew."""
    first, second = bcubed_of_each(ours, gold), bcubed_of_each(plain, gold)
    stories = list(_members(gold).values())
    rng, gains = random.Random(seed), []
    for _ in range(RESAMPLINGS):
        items = [item for story in rng.choices(stories, k=len(stories)) for item in story]
        gains.append(f1(*_means([first[one] for one in items])) - f1(*_means([second[one] for one in items])))
    gains.sort()
    return gains[int(0.025 * RESAMPLINGS)], gains[int(0.975 * RESAMPLINGS) - 1]


def shown_difference(interval: tuple[float, float]) -> str:
    """The interval in words: none where it includes 0."""
    low, high = interval
    return "none" if low <= 0 <= high else f"{low:+.3f} to {high:+.3f}"


def best_cut(scores: Sequence[float], same: Sequence[bool], folds: Sequence[int]) -> float:
    """Accuracy where each fold is cut at what serves the other folds best."""
    right = 0
    for fold in set(folds):
        others = [(score, yes) for score, yes, own in zip(scores, same, folds, strict=True) if own != fold]
        cut = max(_cuts(others), key=lambda at: sum((score >= at) == yes for score, yes in others))
        right += sum((s >= cut) == yes for s, yes, own in zip(scores, same, folds, strict=True) if own == fold)
    return right / len(scores)


def _cuts(scored: Sequence[tuple[float, bool]]) -> Iterator[float]:
    ranked = sorted({score for score, _ in scored})
    yield from ((a + b) / 2 for a, b in pairwise(ranked))
    yield ranked[0]
