"""Learn the scorer of blocks anew: python -m newstext.learn_body [--silver FOLDER]. Needs the group "learn" (LightGBM).

It reads the extraction set's pages and true bodies, and with --silver more pages
at a lower weight (`learn_silver.py`), and writes `body-v1.npz` (learned from all
of it, what newstext ships) and `body-v1-folds.npz` (five scorers, each learned
without the publishers it is judged on).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import math
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from selectolax.lexbor import LexborHTMLParser

from newstext.addresses import registrable_domain
from newstext.extract.blocks import Block, Element, read_blocks
from newstext.extract.body import taken_by_slower
from newstext.extract.decoding import decode
from newstext.extract.features import SHORT, Odds, Surroundings, features
from newstext.extract.metadata import read_metadata
from newstext.extract.scorer import VERSION, Scorer, around
from newstext.learn_silver import silver_digest, silver_pages
from newstext.measuring import data_folder, read_rows
from newstext.trees import Floats, Trees
from newstext.words import shingles

SETS = ("sh", "fundus", "fe", "wcxb")
FOLDS = 5
INNER_FOLDS = 4
ROUNDS = 120
SETTINGS = {
    "objective": "binary", "num_leaves": 15, "max_depth": 6, "learning_rate": 0.08, "min_data_in_leaf": 30,
    "feature_fraction": 0.6, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5, "verbose": -1, "seed": 1,
    "num_threads": 1, "deterministic": True,
}  # fmt: skip
SHINGLE = 4
FEWEST_WORDS = 6  # a shorter block is looked for as a whole line of the true body
SILVER_WEIGHT = 0.4  # of a page whose true body is known by snippets alone
LONGEST_WEIGHT = 400  # words of a block that count
MIN_PUBLISHERS = 3  # a name or word must stand on pages of as many to have odds
PRIOR = 0.4
WORDS = re.compile(r"\w+")
Stats = dict[str, dict[str, list[float]]]


@dataclass(slots=True)
class Example:
    """One page: its blocks, and for each the share of it that stands in the true body."""

    publisher: str
    blocks: list[Block]
    said: Surroundings
    truth: Floats
    taken: Floats
    weight: float = 1.0
    names: dict[str, list[float]] = field(default_factory=dict)
    words: dict[str, list[float]] = field(default_factory=dict)


def main(argv: list[str] | None = None) -> int:
    """Read, learn, write; prints what was learned from."""
    parser = argparse.ArgumentParser(prog="newstext.learn_body", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("newstext/extract/weights"))
    parser.add_argument("--folds-out", type=Path, default=Path("tests/quality"))
    parser.add_argument("--silver", type=Path, help="tests folder of a checkout of trafilatura")
    given = parser.parse_args(argv)
    folder = data_folder() / "extraction"
    examples = [read_example(folder, row) for row in rows_of(folder)]
    sources = {"source": _as_array(data_digest(folder))}
    if given.silver:
        pages = silver_pages(given.silver)
        silver = [make_example(url, html, body, weight=SILVER_WEIGHT) for url, html, body in pages]
        examples += [one for one in silver if one.truth.size and one.truth.max() > 0.5]
        sources["silver"] = _as_array(silver_digest(given.silver))
    print(f"{len(examples)} pages of {len({example.publisher for example in examples})} publishers", flush=True)
    given.out.mkdir(parents=True, exist_ok=True)
    _write(given.out / f"{VERSION}.npz", {**sources, **learn(examples).to_arrays()})
    folds = sources
    for fold in range(FOLDS):
        folds |= learn([one for one in examples if fold_of(one.publisher) != fold]).to_arrays(f"{fold}/")
    _write(given.folds_out / f"{VERSION}-folds.npz", folds)
    return 0


def _write(path: Path, arrays: dict[str, npt.NDArray[Any]]) -> None:
    np.savez_compressed(path, allow_pickle=False, **arrays)
    print(f"{path}: {path.stat().st_size // 1024} kB")


def rows_of(folder: Path) -> list[dict[str, Any]]:
    """The manifest's rows that have a true body."""
    return [row for row in read_rows(folder / "manifest.jsonl.gz") if row["ds"].partition("-")[0] in SETS]


def data_digest(folder: Path) -> str:
    return hashlib.sha256((folder / "manifest.jsonl.gz").read_bytes()).hexdigest()


def fold_of(publisher: str) -> int:
    """Which fold a publisher's pages are judged in."""
    return zlib.crc32(publisher.encode()) % FOLDS


def _as_array(text: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(text.encode(), dtype=np.uint8)


def read_example(folder: Path, row: dict[str, Any]) -> Example:
    """A page of the extraction set with its blocks labelled."""
    html = decode(gzip.decompress((folder / row["file"]).read_bytes()), "")
    return make_example(row["url"], html, row["body"])


def make_example(url: str, html: str, body: str, *, weight: float = 1.0) -> Example:
    """A page with its blocks labelled by its true body."""
    tree = LexborHTMLParser(html)
    found = read_metadata(tree, html, url)
    blocks = read_blocks(tree)
    said = Surroundings(found.title, found.description, found.article_body)
    taken = taken_by_slower(blocks, html)
    example = Example(registrable_domain(url) or url, blocks, said, _truth(blocks, body), taken, weight)
    _count_names(example)
    return example


def _truth(blocks: list[Block], body: str) -> Floats:
    words = WORDS.findall(body)
    known, joined = set(shingles(words)), f" {' '.join(words)} "
    lines = {" ".join(WORDS.findall(line)) for line in body.split("\n") if line.strip()}
    truth: list[float | None] = []
    for block in blocks:
        own = WORDS.findall(block.text)
        told = " ".join(own)
        if len(own) >= FEWEST_WORDS:
            runs = shingles(own)
            truth.append(sum(run in known for run in runs) / len(runs))
        elif own and told in lines:
            truth.append(1.0)
        else:
            truth.append(None if not own or f" {told} " in joined else 0.0)
    decided = [_from_neighbours(truth, place) if said is None else said for place, said in enumerate(truth)]
    return np.array(decided, dtype=np.float32)


def _from_neighbours(truth: list[float | None], place: int) -> float:
    """A short block that may be in the body is, if the blocks before and behind are."""
    before = next((said for said in reversed(truth[max(0, place - 2) : place]) if said is not None), 0.0)
    behind = next((said for said in truth[place + 1 : place + 3] if said is not None), 0.0)
    return float(before > 0.5 and behind > 0.5)


def _count_names(example: Example) -> None:
    """For each name above blocks and word in short ones: its share of the body's and of the other blocks."""
    lines: dict[int, set[str]] = {}
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    totals = [1.0, 1.0]
    for block, truth in zip(example.blocks, example.truth, strict=True):
        side, weight = int(truth <= 0.5), math.sqrt(len(block.text))
        totals[side] += weight
        if id(block.element) not in lines:
            lines[id(block.element)] = _names_above(block.element)
        for name in lines[id(block.element)]:
            counts[side][name] += weight  # type: ignore[assignment]
        if block.size <= SHORT:
            for word in {word.lower() for word in WORDS.findall(block.text)}:
                if not word.isdigit() and len(word) < 30:
                    example.words.setdefault(word, [0.0, 0.0])[side] = 1.0
    for name in counts[0].keys() | counts[1].keys():
        example.names[name] = [counts[0][name] / totals[0], counts[1][name] / totals[1]]


def _names_above(element: Element | None) -> set[str]:
    names: set[str] = set()
    while element is not None:
        names.update(element.names)
        element = element.parent
    return names


def _by_publisher(examples: Iterable[Example], kind: str) -> Stats:
    stats: Stats = defaultdict(dict)
    for example in examples:
        for name, sides in getattr(example, kind).items():
            held = stats[example.publisher].setdefault(name, [0.0, 0.0])
            held[0], held[1] = max(held[0], sides[0]), max(held[1], sides[1])
    return stats


@dataclass(slots=True)
class Count:
    """How much of a name stands in bodies and beside them, over publishers."""

    inside: float = 0.0
    beside: float = 0.0
    publishers: int = 0

    def odds(self, without: list[float] | None = None) -> float | None:
        """In log; None where too few publishers have the name. without: one publisher's share, left out."""
        inside, beside = without or (0.0, 0.0)
        if self.publishers - bool(without) < MIN_PUBLISHERS:
            return None
        return round(math.log((self.inside - inside + PRIOR) / (self.beside - beside + PRIOR)), 3)


def _counts(stats: Stats) -> dict[str, Count]:
    counts: defaultdict[str, Count] = defaultdict(Count)
    for names in stats.values():
        for name, (inside, beside) in names.items():
            count = counts[name]
            count.inside += inside
            count.beside += beside
            count.publishers += 1
    return counts


def _all_odds(counts: dict[str, Count]) -> dict[str, float]:
    return {name: odds for name in sorted(counts) if (odds := counts[name].odds()) is not None}


def _odds_without(counts: dict[str, Count], own: dict[str, list[float]]) -> dict[str, float]:
    """Odds of the names that one publisher has, as all the others use them."""
    return {name: odds for name, sides in own.items() if (odds := counts[name].odds(sides)) is not None}


def learn(examples: list[Example]) -> Scorer:
    """A scorer from labelled pages; a publisher's own pages give no odds to its own features."""
    names, words = _by_publisher(examples, "names"), _by_publisher(examples, "words")
    named, worded = _counts(names), _counts(words)
    own = {
        publisher: Odds(_odds_without(named, names[publisher]), _odds_without(worded, words.get(publisher, {})))
        for publisher in names
    }
    rows = [features(example.blocks, example.said, own[example.publisher]) for example in examples]
    first = _fit(rows, examples)
    before = _judged_by_others(rows, examples)
    rows = [
        np.hstack([one, around(example.blocks, score)])
        for one, example, score in zip(rows, examples, before, strict=True)
    ]
    second = _fit(rows, examples)
    rows = [
        np.hstack([one, around(example.blocks, example.taken)]) for one, example in zip(rows, examples, strict=True)
    ]
    third = _fit(rows, examples)
    return Scorer(Odds(_all_odds(named), _all_odds(worded)), (first, second, third))


def _judged_by_others(rows: list[Floats], examples: list[Example]) -> list[Floats]:
    """What a first step learned without a page's publisher says of its blocks."""
    groups = [zlib.crc32((example.publisher + "/").encode()) % INNER_FOLDS for example in examples]
    scores: list[Floats] = [np.zeros(0, dtype=np.float32)] * len(rows)
    for group in range(INNER_FOLDS):
        others = [place for place, own in enumerate(groups) if own != group]
        trees = _fit([rows[place] for place in others], [examples[place] for place in others])
        for place, own in enumerate(groups):
            if own == group:
                scores[place] = trees.predict(rows[place])
    return scores


def _fit(rows: list[Floats], examples: list[Example]) -> Trees:
    import lightgbm  # of the group "learn", which readers do not need

    truth = np.concatenate([example.truth for example in examples]) > 0.5
    weights = np.concatenate([_weights(example) for example in examples])
    model = lightgbm.train(SETTINGS, lightgbm.Dataset(np.vstack(rows), truth, weight=weights), ROUNDS)
    return as_trees([tree["tree_structure"] for tree in model.dump_model()["tree_info"]])


def _weights(example: Example) -> npt.NDArray[np.float64]:
    """A page weighs as much as another; a block by its words."""
    words = np.array([max(1, len(WORDS.findall(block.text)), block.size / 8) for block in example.blocks])
    inside = words[example.truth > 0.5].sum() or 1
    weights: npt.NDArray[np.float64] = example.weight * np.minimum(words, LONGEST_WEIGHT) / inside
    return weights


def as_trees(structures: list[dict[str, Any]]) -> Trees:
    """LightGBM's trees as arrays."""
    nodes: list[list[float]] = []
    roots = []
    deepest = 0
    for structure in structures:
        roots.append(len(nodes))
        nodes.append([])
        waiting = [(structure, len(nodes) - 1, 0)]
        for node, place, depth in waiting:
            deepest = max(deepest, depth)
            if "split_feature" not in node:
                nodes[place] = [0, math.inf, place, float(node["leaf_value"])]
                continue
            left = len(nodes)
            nodes += [[], []]
            nodes[place] = [int(node["split_feature"]), float(node["threshold"]), left, 0]
            waiting += [(node["left_child"], left, depth + 1), (node["right_child"], left + 1, depth + 1)]
    columns = np.array(nodes).T
    return Trees(
        columns[0].astype(np.intp),
        columns[1].astype(np.float32),
        columns[2].astype(np.intp),
        columns[3].astype(np.float32),
        np.array(roots, dtype=np.intp),
        deepest,
    )


if __name__ == "__main__":
    raise SystemExit(main())
