"""The learned scorer of blocks: boosted trees in three steps, applied with numpy alone.

Step one looks at each block and where it stands; step two also at what step one
said of its neighbours; step three, asked only when step two is unsure, also at
what a slower extractor took. The trees and what they were learned from are in
`weights/body-v1.npz`; `newstext/learn_body.py` makes them anew.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

from newstext.extract.blocks import Block
from newstext.extract.features import Odds

Floats = npt.NDArray[np.float32]
VERSION = "body-v1"
STEPS = 3
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

    def predict(self, rows: Floats) -> Floats:
        """The chance, 0 to 1, of each row."""
        flat, width = np.ascontiguousarray(rows).ravel(), rows.shape[1]
        at = np.tile(self.root, (len(rows), 1))
        start = (np.arange(len(rows)) * width)[:, None]
        for _ in range(self.depth):
            goes_right = flat.take(start + self.feature.take(at)) > self.threshold.take(at)
            at = self.left.take(at) + goes_right
        total = self.value.take(at).sum(axis=1)
        chances: Floats = (1 / (1 + np.exp(-total))).astype(np.float32)
        return chances


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
    for keys in _keys(blocks):
        columns += _by_key(keys, weighed, sizes, total)
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


def _keys(blocks: list[Block]) -> list[list[object]]:
    """What groups blocks: their element's parent, the parent's parent, and their names."""
    parents: list[object] = []
    above: list[object] = []
    alike: list[object] = []
    for block in blocks:
        element = block.element
        parent = element.parent or element
        parents.append(id(parent))
        above.append(id(parent.parent or parent))
        alike.append((element.tag, element.names, parent.tag, parent.names))
    return [parents, above, alike]


def _by_key(keys: list[object], weighed: Floats, sizes: Floats, total: float) -> list[Floats]:
    sums: defaultdict[object, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for key, weight, size in zip(keys, weighed.tolist(), sizes.tolist(), strict=True):
        entry = sums[key]
        entry[0] += weight
        entry[1] += size
    mean = np.array([sums[key][0] / sums[key][1] for key in keys], dtype=np.float32)
    share = np.array([sums[key][0] / total for key in keys], dtype=np.float32)
    return [mean, share]
