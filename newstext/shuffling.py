"""Rows brought together by a key, over all items: in memory, or on a cluster by Ray Data.

A table is columns of one length by name. Its column `bucket` says with which
rows of other tables a row is to meet.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from newstext import engines

PARTITIONS_MOST = 200  # as many as Ray Data takes by itself, for few rows too
In = TypeVar("In")
Table = dict[str, NDArray[Any]]
Step = Callable[[Table], Table]


def shuffled(
    engine: engines.Engine, make: Callable[[In], Table], items: Sequence[In], steps: Sequence[Step], *, buckets: int
) -> Iterator[Table]:
    """Make a table of each item; then each step gets all rows of one bucket and makes the next table of them.

    buckets: how many there are, about. Yields the last step's tables, in no order, and rows come to a step in none.
    On Ray the rows go from node to node and to disk where memory ends; with the
    other engines all rows of a step are in memory. Raises ChildProcessError where an
    engine gave an item up.
    """
    if not items:
        return
    if engine is engines.ray:
        yield from _on_ray(make, items, steps, min(buckets, PARTITIONS_MOST))
        return
    tables = _made(engine, make, items)
    for step in steps:
        tables = _made(engine, step, _by_bucket(tables))
    yield from tables


def _made(engine: engines.Engine, make: Callable[[In], Table], items: Iterable[In]) -> Iterator[Table]:
    for table in engine(make, items):
        if isinstance(table, Exception):
            raise ChildProcessError(f"A part of the shuffle {table}.") from table
        yield table


def _by_bucket(tables: Iterable[Table]) -> Iterator[Table]:
    parts: dict[int, list[Table]] = {}
    for table in tables:
        if not len(table["bucket"]):
            continue
        order = np.argsort(table["bucket"], kind="stable")
        buckets, starts = np.unique(table["bucket"][order], return_index=True)
        for bucket, rows in zip(buckets.tolist(), np.split(order, starts[1:]), strict=True):
            parts.setdefault(bucket, []).append({name: column[rows] for name, column in table.items()})
    for bucket in sorted(parts):
        some = parts.pop(bucket)
        yield {name: np.concatenate([table[name] for table in some]) for name in some[0]}


def _on_ray(
    make: Callable[[In], Table], items: Sequence[In], steps: Sequence[Step], partitions: int
) -> Iterator[Table]:
    engines.started_ray()
    from ray import data

    data.DataContext.get_current().enable_progress_bars = False
    rows = data.from_items([{"item": place} for place in range(len(items))], override_num_blocks=max(1, len(items)))
    tables = rows.map_batches(functools.partial(_make_one, make, list(items)), batch_size=1, batch_format="numpy")
    for step in steps:
        tables = tables.groupby("bucket", num_partitions=partitions).map_groups(step, batch_format="numpy")
    yield from tables.iter_batches(batch_size=None, batch_format="numpy")


def _make_one(make: Callable[[In], Table], items: list[In], batch: Table) -> Table:
    return make(items[int(batch["item"][0])])
