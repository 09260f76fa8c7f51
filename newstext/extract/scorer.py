"""The learned scorer of blocks: boosted trees in three steps, applied with numpy alone.

Step one looks at each block and where it stands; step two also at what step one
said of its neighbours; step three, asked only when step two is unsure, also at
what a slower extractor took. The trees and what they were learned from are in
`weights/body-v1.npz`; `newstext/learn_body.py` makes them anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

from newstext.extract.blocks import Block
from newstext.extract.features import Odds, numbered

Floats = npt.NDArray[np.float32]
VERSION = "body-v1"
STEPS = 3
MOST_LEAVES = 16  # of a tree: the bits of a mask
_LEFT = ~np.arange(1 << MOST_LEAVES)
LOWEST_LEFT = np.log2(_LEFT & -_LEFT).astype(np.intp)  # for each mask of lost leaves, the first that is left
NEAR = (3, 8)  # blocks either side over which the scores before are averaged


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted trees of one step. All arrays: one entry a node, tree behind tree, `root` where each begins.

    A node's right child stands behind its left one; a leaf is its own left child, its threshold infinite.
    """

    feature: npt.NDArray[np.intp]
    threshold: Floats
    left: npt.NDArray[np.intp]
    value: Floats
    root: npt.NDArray[np.intp]
    depth: int
    masks: Masks = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "masks", _masks(self))

    def predict(self, rows: Floats) -> Floats:
        """The chance, 0 to 1, of each row."""
        masks, columns = self.masks, np.ascontiguousarray(rows.T)
        goes_right = columns.take(masks.feature, axis=0) > masks.threshold[:, None]
        lost = (goes_right * masks.lost[:, None]).reshape(len(self.root), -1, len(rows))
        reached = LOWEST_LEFT.take(np.bitwise_or.reduce(lost, axis=1)) + masks.first[:, None]
        total = np.ascontiguousarray(masks.value.take(reached).T).sum(axis=1)
        chances: Floats = (1 / (1 + np.exp(-total))).astype(np.float32)
        return chances


@dataclass(frozen=True, slots=True)
class Masks:
    """Trees as one comparison a node for all rows at once, which is faster than walking down each.

    A tree's leaves are counted from left to right. A row that goes right at a node cannot come to the leaves
    under its left child: `lost` has their bits. The first leaf that no node takes from a row is its own.
    Every tree has as many nodes here; those it lacks compare with infinity. `first` is where a tree's leaves begin.
    """

    feature: npt.NDArray[np.intp]
    threshold: Floats
    lost: npt.NDArray[np.uint16]
    value: Floats
    first: npt.NDArray[np.intp]


def _masks(trees: Trees) -> Masks:
    left, root = trees.left.tolist(), trees.root.tolist()
    leaves: list[list[int]] = []
    nodes: list[list[tuple[int, int]]] = []
    for start in root:
        own: list[int] = []
        splits: list[tuple[int, int]] = []
        _read_tree(start, left, own, splits)
        if len(own) > MOST_LEAVES:
            raise ValueError(f"A tree has {len(own)} leaves, at most {MOST_LEAVES} can be read: learn it with fewer.")
        leaves.append(own)
        nodes.append(splits)
    width = max(1, *map(len, nodes))
    none = int(np.argmax(trees.left == np.arange(len(left))))  # any leaf: its threshold is infinite
    flat = [pair for splits in nodes for pair in splits + [(none, 0)] * (width - len(splits))]
    at = np.array([place for place, _ in flat], dtype=np.intp)
    counts = np.array([len(own) for own in leaves], dtype=np.intp)
    return Masks(
        trees.feature[at],
        trees.threshold[at],
        np.array([mask for _, mask in flat], dtype=np.uint16),
        trees.value[np.array([place for own in leaves for place in own], dtype=np.intp)],
        np.cumsum(counts) - counts,
    )


def _read_tree(at: int, left: list[int], leaves: list[int], splits: list[tuple[int, int]]) -> None:
    """Take in the leaves under a node, left to right, and each split with the bits of those under its left child."""
    if left[at] == at:
        leaves.append(at)
        return
    before = len(leaves)
    _read_tree(left[at], left, leaves, splits)
    splits.append((at, (1 << len(leaves)) - (1 << before)))
    _read_tree(left[at] + 1, left, leaves, splits)


PARTS = (
    ("feature", np.int16),
    ("threshold", np.float32),
    ("left", np.int32),
    ("value", np.float32),
    ("root", np.int32),
)


@dataclass(frozen=True, slots=True)
class Scorer:
    """The odds of names and words, and the trees of each step."""

    odds: Odds
    steps: tuple[Trees, ...]

    def to_arrays(self, prefix: str = "") -> dict[str, npt.NDArray[Any]]:
        """What `read_scorer` reads, for numpy's savez."""
        told = json.dumps({"names": self.odds.names, "words": self.odds.words}, ensure_ascii=False)
        arrays: dict[str, npt.NDArray[Any]] = {f"{prefix}odds": np.frombuffer(told.encode(), dtype=np.uint8)}
        for place, trees in enumerate(self.steps):
            for name, kind in PARTS:
                arrays[f"{prefix}{place}.{name}"] = getattr(trees, name).astype(kind)
            arrays[f"{prefix}{place}.depth"] = np.array(trees.depth)
        return arrays


def read_scorer(stored: Any, prefix: str = "") -> Scorer:
    """A scorer out of numpy's archive; prefix tells folds apart in one file."""
    told = json.loads(stored[f"{prefix}odds"].tobytes())
    steps = []
    for place in range(STEPS):
        feature, threshold, left, value, root = (stored[f"{prefix}{place}.{name}"] for name, _ in PARTS)
        depth = int(stored[f"{prefix}{place}.depth"])
        whole = (feature.astype(np.intp), threshold, left.astype(np.intp), value, root.astype(np.intp))
        steps.append(Trees(*whole, depth))
    return Scorer(Odds(told["names"], told["words"]), tuple(steps))


@cache
def shipped() -> Scorer:
    """The scorer that comes with newstext."""
    packed = resources.files("newstext.extract").joinpath(f"weights/{VERSION}.npz").read_bytes()
    with np.load(BytesIO(packed), allow_pickle=False) as stored:
        return read_scorer(stored)


def around(blocks: list[Block], scores: Floats) -> Floats:
    """For each block what a step before said of it, its neighbours, its containers and its like."""
    sizes = np.array([block.size for block in blocks], dtype=np.float32)
    weighed = sizes * scores
    total = float(weighed.sum()) or 1.0
    columns: list[npt.NDArray[Any]] = [scores]
    for step in (1, 2):
        columns += [_shifted(scores, step), _shifted(scores, -step)]
    columns += [_near(weighed, sizes, width) for width in NEAR]
    columns += [np.cumsum(weighed) / total, np.full(len(scores), np.log1p(total), dtype=np.float32)]
    columns += [column for keys in _keys(blocks) for column in _by_key(keys, weighed, sizes, total)]
    columns.append(np.full(len(scores), scores.max(), dtype=np.float32))
    rows: Floats = np.column_stack(columns).astype(np.float32)
    return rows


def _shifted(scores: Floats, step: int) -> Floats:
    out = np.full(len(scores), -1, dtype=np.float32)
    if abs(step) >= len(scores):
        return out
    if step > 0:
        out[step:] = scores[:-step]
    else:
        out[:step] = scores[-step:]
    return out


def _near(weighed: Floats, sizes: Floats, width: int) -> Floats:
    sums = np.concatenate([[0], np.cumsum(weighed, dtype=np.float64)])
    chars = np.concatenate([[0], np.cumsum(sizes, dtype=np.float64)])
    place = np.arange(len(sizes))
    low, high = np.maximum(0, place - width), np.minimum(len(sizes), place + width + 1)
    means: Floats = ((sums[high] - sums[low]) / (chars[high] - chars[low])).astype(np.float32)
    return means


def _keys(blocks: list[Block]) -> list[npt.NDArray[np.intp]]:
    """What groups blocks, as numbers: their element's parent, the parent's parent, and their names."""
    elements = [block.element for block in blocks]
    parents = [element.parent or element for element in elements]
    above = [id(parent.parent or parent) for parent in parents]
    alike = [
        (element.tag, element.names, parent.tag, parent.names)
        for element, parent in zip(elements, parents, strict=True)
    ]
    return [numbered(list(map(id, parents))), numbered(above), numbered(alike)]


def _by_key(keys: npt.NDArray[np.intp], weighed: Floats, sizes: Floats, total: float) -> list[npt.NDArray[Any]]:
    sums = np.bincount(keys, weights=weighed)
    mean = sums / np.bincount(keys, weights=sizes)
    return [mean.take(keys).astype(np.float32), (sums / total).take(keys).astype(np.float32)]
