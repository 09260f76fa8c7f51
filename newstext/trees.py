"""Boosted trees, applied with numpy alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
MOST_LEAVES = 16  # of a tree: the bits of a mask
FEW_ROWS = 16  # up to which looking up is faster than comparing
_LEFT = ~np.arange(1 << MOST_LEAVES)
LOWEST_LEFT = np.log2(_LEFT & -_LEFT).astype(np.intp)  # for each mask of lost leaves, the first that is left


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
    lines: Lines = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        masks = _masks(self)
        object.__setattr__(self, "masks", masks)
        object.__setattr__(self, "lines", _lines(masks, len(self.root)))

    def predict(self, rows: Floats) -> Floats:
        """The chance, 0 to 1, of each row."""
        lost = self._looked_up(rows) if len(rows) <= FEW_ROWS else self._compared(rows)
        total = self.masks.value.take(LOWEST_LEFT.take(lost) + self.masks.first).sum(axis=1)
        chances: Floats = (1 / (1 + np.exp(-total))).astype(np.float32)
        return chances

    def _compared(self, rows: Floats) -> npt.NDArray[np.uint16]:
        """For each row the leaves that each tree's nodes take from it."""
        masks, columns = self.masks, np.ascontiguousarray(rows.T)
        goes_right = columns.take(masks.feature, axis=0) > masks.threshold[:, None]
        lost = (goes_right * masks.lost[:, None]).reshape(len(self.root), -1, len(rows))
        return np.ascontiguousarray(np.bitwise_or.reduce(lost, axis=1).T)

    def _looked_up(self, rows: Floats) -> npt.NDArray[np.uint16]:
        """The same, feature by feature for all trees at once."""
        lines = self.lines
        passed = np.searchsorted(lines.steps, _in_order(rows.T[lines.feature]) + lines.offset)
        lost: npt.NDArray[np.uint16] = np.bitwise_or.reduce(lines.lost.take(passed + lines.place, axis=0), axis=0)
        return lost


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


@dataclass(frozen=True, slots=True)
class Lines:
    """What Masks say, by feature: a line for each number of its thresholds a value is above, a column for each tree.

    Source: Lucchese and others 2015, QuickScorer.

    feature: those that any node looks at. steps: all thresholds as whole numbers, feature behind feature, `offset`
    keeping them apart. place: by how much a feature's lines stand behind its steps.
    """

    feature: npt.NDArray[np.intp]
    steps: npt.NDArray[np.int64]
    offset: npt.NDArray[np.int64]
    place: npt.NDArray[np.intp]
    lost: npt.NDArray[np.uint16]


def _lines(masks: Masks, trees: int) -> Lines:
    nodes = np.flatnonzero(masks.lost)
    feature, own = np.unique(masks.feature[nodes], return_inverse=True)
    keys = _in_order(masks.threshold[nodes]) + (own.astype(np.int64) << 33)
    steps, step = np.unique(keys, return_inverse=True)
    whose = np.zeros(len(steps), dtype=np.intp)
    whose[step] = own
    lost = np.zeros((len(steps) + len(feature), trees), dtype=np.uint16)
    line = np.arange(len(steps)) + whose + 1  # a feature's first line, above none of its thresholds, is of no bits
    np.bitwise_or.at(lost, (line[step], nodes // (len(masks.lost) // trees)), masks.lost[nodes])
    for at in line.tolist():
        lost[at] |= lost[at - 1]
    place = np.arange(len(feature), dtype=np.intp)[:, None]
    return Lines(feature, steps, place.astype(np.int64) << 33, place, lost)


def _in_order(values: Floats) -> npt.NDArray[np.int64]:
    """Whole numbers of 32 bits that are in the order of these floats; what is no number comes first."""
    bits = (np.fmax(values, np.float32(-np.inf)) + np.float32(0)).view(np.int32)  # plus 0: -0.0 is no less than 0.0
    return (bits ^ ((bits >> 31) & 0x7FFFFFFF)).astype(np.int64)


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


def to_arrays(trees: Trees, prefix: str = "") -> dict[str, npt.NDArray[Any]]:
    """What `read_trees` reads, for numpy's savez."""
    arrays: dict[str, npt.NDArray[Any]] = {f"{prefix}{name}": getattr(trees, name).astype(kind) for name, kind in PARTS}
    arrays[f"{prefix}depth"] = np.array(trees.depth)
    return arrays


def read_trees(stored: Mapping[str, Any], prefix: str = "") -> Trees:
    """Trees out of numpy's archive; prefix tells those of one file apart."""
    feature, threshold, left, value, root = (stored[f"{prefix}{name}"] for name, _ in PARTS)
    whole = (feature.astype(np.intp), threshold, left.astype(np.intp), value, root.astype(np.intp))
    return Trees(*whole, int(stored[f"{prefix}depth"]))
