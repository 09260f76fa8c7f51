"""newstext measure evidence: claims that people judged, and planted faults, beside two plain rules.

Metric (evidence/README.md): kept, right claims passed; refused, wrong ones
refused; balanced, their mean, over the sets with at least 10 of each label, one
cut for all sets. Ours by folds over documents: no claim is judged by trees that
saw its document. Planted faults come from stories that nothing was learned from.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from newstext import evidence, planted_faults, sentences
from newstext.learn_evidence import FOLDS, LEARNED_FROM, claims, fold_of
from newstext.measuring import data_folder, read_rows, table
from newstext.standing import read_source, tidied
from newstext.support import VERSION
from newstext.trees import Trees, read_trees
from newstext.words import content_words, words

FEWEST = 10
NEAR = ("summeval", "qags_cnndm", "cliff_cnndm")
SMALL_EDITS = ("bump", "summedits_news", "factcc", "rank19")
PLANTED_OF_A_KIND = 150
FOLD_WEIGHTS = Path("tests/quality") / f"{VERSION}-folds.npz"
Flags = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """Claims with what people said and what a method says: passed as shown, and passed by the cut that parts best."""

    sets: tuple[str, ...]
    right: Flags
    shown: Flags
    parted: Flags
    verbatim: Flags


def main(argv: list[str]) -> int:
    """Print balanced accuracy by set, the groups, and planted faults."""
    data = data_folder()
    rows = claims(data)
    methods = {"ours": judged_by_us(rows), "word overlap": by_overlap(rows), "strict rule": by_strict_rule(rows)}
    names = sorted({name for name in methods["ours"].sets if is_judged(methods["ours"], name)})
    print(
        table(
            f"claims people judged, {len(rows)}, {len(names)} sets: balanced accuracy",
            ("", *methods),
            _by_set(methods, names),
        )
    )
    print(
        table(
            "what is shown of them",
            ("", "near: right", "near: kept", "small edits: refused", "kept", "word by word: kept"),
            [(name, *(f"{figure:.1f}" for figure in groups(one))) for name, one in methods.items()],
        )
    )
    planted = plant(data)
    true = sum(one.is_true for one in planted)
    print(
        table(
            f"planted faults, {len(planted) - true}, and {true} true ones",
            ("", "n", "ours", "word overlap", "strict rule"),
            planted_rows(planted),
        )
    )
    print(table("cost", ("source", "CPU ms a check"), cost_rows(rows)))
    return 0


def is_judged(one: Judged, name: str) -> bool:
    """True for a set with enough right and wrong claims to be part of the mean."""
    own = np.array([of == name for of in one.sets])
    return min(int((own & one.right).sum()), int((own & ~one.right).sum())) >= FEWEST


def _judged(rows: Sequence[dict[str, Any]], shown: Iterable[bool], parted: Iterable[bool]) -> Judged:
    return Judged(
        tuple(row["set"] for row in rows),
        np.array([row["label"] == "supported" for row in rows]),
        np.fromiter(shown, bool),
        np.fromiter(parted, bool),
        np.array([stands_word_by_word(row["claim"], row["source"]) for row in rows]),
    )


def stands_word_by_word(claim: str, source: str) -> bool:
    """Each sentence of the claim is one run of the source's words."""
    held, claim = f" {' '.join(words(tidied(source)))} ", tidied(claim)
    said = [" ".join(words(claim[start:end])) for start, end in sentences.split(claim, "en")]
    return bool(said) and all(f" {one} " in held for one in said)


def judged_by_us(rows: Sequence[dict[str, Any]]) -> Judged:
    """Our verdicts, each by the trees of the fold that did not see the claim's document."""
    trees = fold_trees()
    verdicts = [
        evidence.stands_on(row["claim"], row["source"], "en", trees=trees[fold_of(row["doc_id"])])[0] for row in rows
    ]
    return _judged(rows, (one in evidence.SHOWN for one in verdicts), (one != "unsupported" for one in verdicts))


@cache
def fold_trees() -> tuple[Trees, ...]:
    """The trees by folds that learn_evidence wrote."""
    with np.load(FOLD_WEIGHTS) as stored:
        return tuple(read_trees(stored, f"{fold}/") for fold in range(FOLDS))


def by_overlap(rows: Sequence[dict[str, Any]]) -> Judged:
    """The share of a claim's words that its source has, cut where right and wrong are parted best."""
    shares = np.array([overlap(row["claim"], row["source"]) for row in rows])
    passed = _best_cut(rows, shares)
    return _judged(rows, passed, passed)


@cache
def _content(text: str) -> frozenset[str]:
    return frozenset(content_words(text, "en"))


def overlap(claim: str, source: str) -> float:
    """The share of a claim's words that its source has."""
    said = _content(claim)
    return len(said & _content(source)) / len(said) if said else 0.0


def _best_cut(rows: Sequence[dict[str, Any]], scores: Scores) -> Flags:
    right = np.array([row["label"] == "supported" for row in rows])
    sets = tuple(row["set"] for row in rows)
    nothing = np.zeros(len(rows), bool)
    judged = [Judged(sets, right, scores >= cut, scores >= cut, nothing) for cut in np.linspace(0.3, 1, 71)]
    return max(judged, key=balanced).parted


def by_strict_rule(rows: Sequence[dict[str, Any]]) -> Judged:
    """Every number and capitalised word is in the source, and most others."""
    passed = [passes_strict_rule(row["claim"], row["source"]) for row in rows]
    return _judged(rows, passed, passed)


def passes_strict_rule(claim: str, source: str) -> bool:
    """Every number, capitalised word and negation is in the source, and 85 % of the words."""
    held = set(words(source))
    strict = {
        one for one in claim.split() if one[:1].isupper() or one[:1].isdigit() or one.lower() in ("not", "no", "never")
    }
    return overlap(claim, source) >= 0.85 and set(words(" ".join(strict))) <= held


def balanced(one: Judged, name: str = "") -> float:
    """Balanced accuracy in per cent, of one set or the mean over those that are judged."""
    if not name:
        names = [of for of in sorted(set(one.sets)) if is_judged(one, of)]
        return sum(balanced(one, of) for of in names) / len(names)
    own = np.array([of == name for of in one.sets])
    return 50 * float(one.parted[own & one.right].mean() + (~one.parted)[own & ~one.right].mean())


def _by_set(methods: dict[str, Judged], names: Sequence[str]) -> list[tuple[str, ...]]:
    rows = [(name + ("" if name in LEARNED_FROM else " (not learned from)"), name) for name in names]
    return [
        (shown, *(f"{balanced(one, name):.1f}" for one in methods.values())) for shown, name in [*rows, ("mean", "")]
    ]


def groups(one: Judged) -> tuple[float, float, float, float, float]:
    """Per cent: near sets right among shown, kept; small edits refused, kept; claims standing word by word kept."""
    near, small = (np.array([of in group for of in one.sets]) for group in (NEAR, SMALL_EDITS))
    shares = (
        one.right[near & one.shown],
        one.shown[near & one.right],
        ~one.shown[small & ~one.right],
        one.shown[small & one.right],
        one.shown[one.verbatim & one.right],
    )
    near_right, near_kept, refused, kept, verbatim = (
        100 * float(share.mean()) if len(share) else 0.0 for share in shares
    )
    return near_right, near_kept, refused, kept, verbatim


def plant(data: Path) -> list[planted_faults.Planted]:
    """Faults planted into the development stories that nothing was learned from."""
    rows = read_rows(data / "stories" / "clusters" / "news_stream.jsonl")
    return planted_faults.plant([row["text"] for row in rows if row["src"] != "ecbplus"], most=PLANTED_OF_A_KIND)


Passes = Callable[[str, str], bool]


def passes_ours(sentence: str, source: str) -> bool:
    """True if the check lets the sentence be shown."""
    return evidence.stands_on(sentence, source, "en")[0] in evidence.SHOWN


def planted_shares(planted: Sequence[planted_faults.Planted], passes: Passes) -> dict[str, float]:
    """By kind, per cent refused of faults and kept of true ones; "faults" and "true" over all."""
    right: dict[str, list[bool]] = {}
    for one in planted:
        is_right = passes(one.sentence, one.source) == one.is_true
        for kind in (one.kind, "true" if one.is_true else "faults"):
            right.setdefault(kind, []).append(is_right)
    return {kind: 100 * sum(flags) / len(flags) for kind, flags in right.items()}


def planted_rows(planted: Sequence[planted_faults.Planted]) -> list[tuple[str, ...]]:
    methods: tuple[Passes, ...] = (
        passes_ours,
        lambda claim, source: overlap(claim, source) >= 0.85,
        passes_strict_rule,
    )
    found = [planted_shares(planted, passes) for passes in methods]
    kinds = sorted({one.kind for one in planted}, key=lambda kind: (kind in planted_faults.TRUE, kind))
    counts = {kind: sum(one.kind == kind for one in planted) for kind in kinds}
    counts |= {"faults": sum(not one.is_true for one in planted), "true": sum(one.is_true for one in planted)}
    return [
        (
            kind + (" (kept)" if kind in planted_faults.TRUE or kind == "true" else ""),
            str(counts[kind]),
            *(f"{one[kind]:.1f}" for one in found),
        )
        for kind in [*kinds, "faults", "true"]
    ]


def cost_rows(rows: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """CPU milliseconds a check, the article not read before."""
    sentence = [row for row in rows if row["set"] == "rank19"]
    article = [row for row in rows if 500 <= len(row["source"].split()) <= 700 and len(row["claim"].split()) < 40][:200]
    made = []
    for name, own in (("one sentence", sentence), ("an article of about 600 words", article)):
        read_source.cache_clear()
        began = time.process_time()
        for row in own:
            evidence.stands_on(row["claim"], row["source"], "en")
        made.append((name, f"{1000 * (time.process_time() - began) / len(own):.2f}"))
    return made
