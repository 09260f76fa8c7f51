"""How much of a sentence its source bears, as one chance learned from claims that people judged.

`FEATURES` is what the trees see of each claim: shares of its words, pairs and
runs of words that are held, what is missing and how it hangs together. None of
them knows what a word means; what looks right by all of them may still be
wrong (docs/decisions/0008).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise

import numpy as np

from newstext.standing import SOFT_LETTERS, Standing, around, lists_of, numbers_in, rarity
from newstext.trees import Trees, read_trees

VERSION = "evidence-v1"
NEAR = 3  # words that say something, from one to the other
REACH = 3  # such words behind one that it is held against
NUMBER_REACH = 5  # words between a number and what it counts
# Of a claim's sentences the least well held counts; of what is missing, the most.
HELD = (
    "words in one sentence", "words in the window", "words in the text", "words of one beginning", "in order",
    "longest run", "pairs in the window", "pairs in the text", "threes in the text", "neighbours in one sentence",
    "neighbours near each other", "near ones in one sentence",
)  # fmt: skip
MISSING = (
    "numbers not in the window", "numbers not in the text", "number elsewhere than its noun", "names not near",
    "names not in the text", "names not in the window", "names apart from their words", "negations added",
    "days and months missing", "rarest missing", "breaks", "better by two", "words cut out", "hard cuts",
    "words put in", "pronouns added", "hedges left out",
)  # fmt: skip
SIZE = ("words", "words of the window")
MEANS = ("words in the window", "words in the text", "in order", "pairs in the window", "neighbours near each other")
FEATURES = (*HELD, *MISSING, *SIZE, *(f"{name}, mean" for name in MEANS), "sentences")


def features(standings: Sequence[Standing]) -> list[float]:
    """What the trees see of a claim, laid sentence by sentence beside its source."""
    rows = [dict(zip((*HELD, *MISSING, *SIZE), _of_one(one), strict=True)) for one in standings]
    worst = [min(row[name] for row in rows) for name in HELD] + [max(row[name] for row in rows) for name in MISSING]
    means = [sum(row[name] for row in rows) / len(rows) for name in (*SIZE, *MEANS)]
    return [*worst, *means, float(len(rows))]


def chance(standings: Sequence[Standing], trees: Trees | None = None) -> float:
    """How likely a claim is right, 0 to 1, if half of all claims are.

    trees: other than newstext ships, for measuring.
    """
    return float((trees or _trees()).predict(np.array([features(standings)], dtype=np.float32))[0])


@cache
def _trees() -> Trees:
    with (resources.files("newstext") / "weights" / f"{VERSION}.npz").open("rb") as file, np.load(file) as stored:
        return read_trees(stored)


def _of_one(one: Standing) -> list[float]:
    return [*_held(one), *_neighbours(one), *_missing(one), *_edits(one), len(one.told.words), len(one.window.words)]


def _held(one: Standing) -> list[float]:
    """Shares of the words, and of runs of them, that the source has."""
    told, source, window = one.told, one.source, one.window
    total = sum(one.weights.values()) or 1.0
    stems = told.stems

    def share(test: Callable[[str], bool]) -> float:
        return sum(weight for word, weight in one.weights.items() if test(word)) / total

    two = list(pairwise(stems))
    three = list(zip(stems, stems[1:], stems[2:], strict=False))
    in_window = set(pairwise(window.stems))
    return [
        one.best_alone,
        share(window.held.__contains__),
        share(source.held.__contains__),
        share(
            lambda word: word in source.held or (len(word) > SOFT_LETTERS and word[:SOFT_LETTERS] in source.beginnings)
        ),
        len(one.pairs) / len(stems),
        max(runs_of(one), default=0) / len(stems),
        sum(pair in in_window for pair in two) / max(1, len(two)),
        sum(pair in source.two for pair in two) / max(1, len(two)),
        sum(run in source.three for run in three) / max(1, len(three)),
    ]


def runs_of(one: Standing) -> list[int]:
    """Lengths of the runs in which sentence and window say the same, in order."""
    runs: list[int] = []
    before = (-2, -2)
    for pair in one.pairs:
        if pair == (before[0] + 1, before[1] + 1):
            runs[-1] += 1
        else:
            runs.append(1)
        before = pair
    return runs


def _neighbours(one: Standing) -> list[float]:
    """Shares of neighbouring words that the source too has in one sentence, and near each other."""
    said = [one.told.stems[place] for place in one.told.content]
    places = one.source.places
    together = near = count = wide = wide_together = 0
    for here, first in enumerate(said):
        for second in said[here + 1 : here + 1 + REACH]:
            if first == second:
                continue
            wide += 1
            least = _distance(places.get(first, ()), places.get(second, ()))
            wide_together += least is not None
            if second == said[here + 1]:
                count += 1
                together += least is not None
                near += least is not None and least <= NEAR
    rest = sum(word in one.source.held for word in said) / len(said) if said else 0.0
    return [
        together / count if count else rest,
        near / count if count else rest,
        wide_together / wide if wide else rest,
    ]


def _distance(first: Sequence[tuple[int, int]], second: Sequence[tuple[int, int]]) -> int | None:
    """How far apart two words are within one sentence at the nearest, the other order two further; None if never."""
    least: int | None = None
    for number, rank in first:
        for other, other_rank in second:
            if number == other:
                apart = other_rank - rank if other_rank >= rank else rank - other_rank + 2
                least = apart if least is None or apart < least else least
    return least


def _missing(one: Standing) -> list[float]:
    """What the sentence has and its source, or the window in it, has not."""
    told, source, lists = one.told, one.source, lists_of(one.source.language)
    numbers = numbers_in(told)
    near = frozenset().union(*(other.held for other in around(one, before=2, behind=0)))
    missing = [told.words[place] for place in told.content if told.stems[place] not in source.held]
    days = [told.stems[place] for place, word in enumerate(told.words) if word in lists.calendar]
    turned = bool(lists.negations & set(told.words)) and not lists.negations & set(one.window.words)
    return [
        len(numbers - one.window.held),
        len(numbers - source.held),
        _numbers_elsewhere(one),
        len(one.names - near),
        len(one.names - source.held),
        len(one.names - one.window.held),
        _names_apart(one),
        float(turned),
        sum(day not in one.window.held for day in days),
        max((rarity(word, source.language or "en") for word in missing), default=0.0),
        len(runs_of(one)) / len(told.words),
        sum(weight for word, weight in one.weights.items() if word in one.window.held)
        / (sum(one.weights.values()) or 1)
        - one.best_alone,
    ]


def _numbers_elsewhere(one: Standing) -> int:
    """Numbers that the source never has near the word they count here."""
    told, lists, count = one.told, lists_of(one.source.language), 0
    for place, number in enumerate(told.stems):
        if not number[0].isdigit():
            continue
        behind = [
            s for s, w in zip(told.stems[place + 1 :], told.words[place + 1 :], strict=True) if w not in lists.stops
        ][:1]
        counted = [word for word in behind if not word[0].isdigit()]
        if counted and not any(
            number in other.held and counted[0] in other.held and _stand_near(other.stems, number, counted[0])
            for other in one.source.sentences
        ):
            count += 1
    return count


def _stand_near(stems: Sequence[str], first: str, second: str) -> bool:
    here = [place for place, word in enumerate(stems) if word == first]
    there = [place for place, word in enumerate(stems) if word == second]
    return min(abs(one - other) for one in here for other in there) <= NUMBER_REACH


def _names_apart(one: Standing) -> float:
    """Of the near pairs of words, the share in which a name stands with a word that it has no sentence with."""
    said = [one.told.stems[place] for place in one.told.content]
    apart = count = 0
    for here, first in enumerate(said):
        for second in said[here + 1 : here + 1 + REACH]:
            count += 1
            if first in one.names or second in one.names:
                held = {number for number, _ in one.source.places.get(first, ())}
                apart += first != second and not any(n in held for n, _ in one.source.places.get(second, ()))
    return apart / max(1, count)


def _edits(one: Standing) -> list[float]:
    """What stands between the words that both have in the same order."""
    lists = lists_of(one.source.language)
    cut = hard = put_in = hedges = 0
    for (here, there), (next_here, next_there) in pairwise(one.pairs):
        left_out = range(there + 1, next_there)
        if next_here == here + 1 and left_out:
            cut += 1
            hard += not (at_joint(one, there + 1) and at_joint(one, next_there))
        elif next_here - here in (2, 3) and len(left_out) <= 3:
            put_in += any(one.told.words[place] not in lists.stops for place in range(here + 1, next_here))
        hedges += any(one.window.words[place] in lists.hedges for place in left_out)
    pronouns = sum(word in lists.pronouns and word not in one.window.words for word in one.told.words)
    return [cut, hard, put_in, pronouns, hedges]


def at_joint(one: Standing, place: int) -> bool:
    """A clause or phrase of the window begins at this place, or the window ends."""
    if place >= len(one.window.words) or one.window.starts[place]:
        return True
    return one.window.words[place] in lists_of(one.source.language).joints
