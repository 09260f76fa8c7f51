"""The learned scorer of blocks: boosted trees in three steps, applied with numpy alone.

Step one looks at each block and where it stands; step two also at what step one
said of its neighbours; step three, asked only when step two is unsure, also at
what a slower extractor took. The trees and what they were learned from are in
`weights/body-v1.npz`; `newstext/learn_body.py` makes them anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

from newstext.extract.blocks import Block
from newstext.extract.features import Odds, numbered
from newstext.trees import Floats, Trees, read_trees, to_arrays

VERSION = "body-v1"
STEPS = 3
NEAR = (3, 8)  # blocks either side over which the scores before are averaged


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
            arrays |= to_arrays(trees, f"{prefix}{place}.")
        return arrays


def read_scorer(stored: Any, prefix: str = "") -> Scorer:
    """A scorer out of numpy's archive; prefix tells folds apart in one file."""
    told = json.loads(stored[f"{prefix}odds"].tobytes())
    return Scorer(
        Odds(told["names"], told["words"]), tuple(read_trees(stored, f"{prefix}{place}.") for place in range(STEPS))
    )


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
