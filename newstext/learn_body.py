"""Learn the scorer of blocks anew: python -m newstext.learn_body [--out FOLDER]. Needs the group "learn" (LightGBM).

It reads the extraction set's pages and true bodies, and writes `body-v1.npz`
(learned from all of it, what newstext ships) and `body-v1-folds.npz` (five
scorers, each learned without the publishers it is judged on).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
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
from newstext.extract.scorer import VERSION, Floats, Scorer, Trees, around
from newstext.measuring import data_folder
from newstext.words import shingles

SETS = ("sh", "fundus", "fe", "wcxb")
FOLDS = 5
INNER_FOLDS = 4
ROUNDS = 120
SETTINGS = {
    "objective": "binary", "num_leaves": 15, "max_depth": 6, "learning_rate": 0.08, "min_data_in_leaf": 30,
    "feature_fraction": 0.6, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5, "verbose": -1, "seed": 1,
    "num_threads": 2, "deterministic": True,
}  # fmt: skip
SHINGLE = 4
FEWEST_WORDS = 6  # a shorter block is looked for as a whole line of the true body
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
    names: dict[str, list[float]] = field(default_factory=dict)
    words: dict[str, list[float]] = field(default_factory=dict)


def main(argv: list[str] | None = None) -> int:
    """Read, learn, write; prints what was learned from."""
    parser = argparse.ArgumentParser(prog="newstext.learn_body", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("newstext/extract/weights"))
    parser.add_argument("--folds-out", type=Path, default=Path("tests/quality"))
    given = parser.parse_args(argv)
    folder = data_folder() / "extraction"
    examples = [read_example(folder, row) for row in rows_of(folder)]
    print(f"{len(examples)} pages of {len({example.publisher for example in examples})} publishers")
    source = np.frombuffer(data_digest(folder).encode(), dtype=np.uint8)
    given.out.mkdir(parents=True, exist_ok=True)
    _write(given.out / f"{VERSION}.npz", {"source": source, **learn(examples).to_arrays()})
    folds = {"source": source}
    for fold in range(FOLDS):
        folds |= learn([one for one in examples if fold_of(one.publisher) != fold]).to_arrays(f"{fold}/")
    _write(given.folds_out / f"{VERSION}-folds.npz", folds)
    return 0


def _write(path: Path, arrays: dict[str, npt.NDArray[Any]]) -> None:
    np.savez_compressed(path, allow_pickle=False, **arrays)
    print(f"{path}: {path.stat().st_size // 1024} kB")


def rows_of(folder: Path) -> list[dict[str, Any]]:
    """The manifest's rows that have a true body."""
    lines = gzip.decompress((folder / "manifest.jsonl.gz").read_bytes()).decode().splitlines()
    return [row for row in map(json.loads, lines) if row["ds"].partition("-")[0] in SETS]


def data_digest(folder: Path) -> str:
    return hashlib.sha256((folder / "manifest.jsonl.gz").read_bytes()).hexdigest()


def fold_of(publisher: str) -> int:
    """Which fold a publisher's pages are judged in."""
    return zlib.crc32(publisher.encode()) % FOLDS


def read_example(folder: Path, row: dict[str, Any]) -> Example:
    """A page with its blocks labelled."""
    html = decode(gzip.decompress((folder / row["file"]).read_bytes()), "")
    tree = LexborHTMLParser(html)
    found = read_metadata(tree, html, row["url"])
    blocks = read_blocks(tree)
    said = Surroundings(found.title, found.description, found.article_body)
    taken = taken_by_slower(blocks, html)
    publisher = registrable_domain(row["url"]) or row["id"]
    example = Example(publisher, blocks, said, _truth(blocks, row["body"]), taken)
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


def _odds(stats: Stats, without: str = "") -> dict[str, float]:
    inside, beside, publishers = Counter[str](), Counter[str](), Counter[str]()
    for publisher, names in stats.items():
        if publisher == without:
            continue
        for name, sides in names.items():
            inside[name] += sides[0]  # type: ignore[assignment]
            beside[name] += sides[1]  # type: ignore[assignment]
            publishers[name] += 1
    return {
        name: round(math.log((inside[name] + PRIOR) / (beside[name] + PRIOR)), 3)
        for name, count in sorted(publishers.items())
        if count >= MIN_PUBLISHERS
    }


def learn(examples: list[Example]) -> Scorer:
    """A scorer from labelled pages; a publisher's own pages give no odds to its own features."""
    names, words = _by_publisher(examples, "names"), _by_publisher(examples, "words")
    rows: list[Floats] = []
    own: dict[str, Odds] = {}
    for example in examples:
        if example.publisher not in own:
            own[example.publisher] = Odds(_odds(names, example.publisher), _odds(words, example.publisher))
        rows.append(features(example.blocks, example.said, own[example.publisher]))
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
    return Scorer(Odds(_odds(names), _odds(words)), (first, second, third))


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
    return _trees([tree["tree_structure"] for tree in model.dump_model()["tree_info"]])


def _weights(example: Example) -> npt.NDArray[np.float64]:
    """A page weighs as much as another; a block by its words."""
    words = np.array([max(1, len(WORDS.findall(block.text)), block.size / 8) for block in example.blocks])
    inside = words[example.truth > 0.5].sum() or 1
    weights: npt.NDArray[np.float64] = np.minimum(words, LONGEST_WEIGHT) / inside
    return weights


def _trees(structures: list[dict[str, Any]]) -> Trees:
    """LightGBM's trees as arrays."""
    flat = [_flattened(structure) for structure in structures]
    width = max(len(nodes) for nodes, _ in flat)
    arrays = np.zeros((5, len(flat), width))
    for place, (nodes, _) in enumerate(flat):
        arrays[:, place, : len(nodes)] = np.array(nodes).T
    offset = (np.arange(len(flat)) * width)[:, None]
    return Trees(
        arrays[0].astype(np.int16),
        arrays[1].astype(np.float32),
        (arrays[2] + offset).astype(np.int32),
        (arrays[3] + offset).astype(np.int32),
        arrays[4].astype(np.float32),
        max(depth for _, depth in flat),
    )


def _flattened(structure: dict[str, Any]) -> tuple[list[list[float]], int]:
    """(feature, threshold, left, right, value) a node, and the depth of the tree."""
    nodes: list[list[float]] = []
    deepest = 0

    def add(node: dict[str, Any], depth: int) -> int:
        nonlocal deepest
        deepest, place = max(deepest, depth), len(nodes)
        if "split_feature" not in node:
            nodes.append([0, 0, place, place, float(node["leaf_value"])])
            return place
        nodes.append([int(node["split_feature"]), float(node["threshold"]), 0, 0, 0])
        nodes[place][2] = add(node["left_child"], depth + 1)
        nodes[place][3] = add(node["right_child"], depth + 1)
        return place

    add(structure, 0)
    return nodes, deepest


if __name__ == "__main__":
    raise SystemExit(main())
