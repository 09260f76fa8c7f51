"""Copies among all articles of an archive, however far apart, found by what a shuffle brings together.

Each article's smallest values (newstext.copies) go to where all articles with
that value meet; what meets there often enough is one likely pair. Likely pairs
are joined to sets, and in each set the index of copies judges, in order of
time, as it does for the site. Only the values and pairs are shuffled of all
articles; whole fingerprints only of those in a set.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newstext import archive_groups, archive_rows, engines, marks, shuffling, storage
from newstext.copies import FEWEST_HITS, SEARCHED, CopyIndex, smallest
from newstext.jsonlines import Json
from newstext.shuffling import Table

COLUMNS = {"id": "text", "copy_of": "text", "share": "share"}
ROW_BITS = 32  # an article's number is its file's number and its row's
MET_BY = 16  # articles that a value's other articles are paired with: the first
MEETING_MOST = 20_000  # a value that more articles have tells nothing
LIKELY_RATIO = 0.2  # of the values that both could have; judged by whole fingerprints after
ROWS_AT_ONCE = 500_000  # in one bucket, about
SET_ROWS_AT_ONCE = 10_000  # whole fingerprints
Numbers = NDArray[np.int64]


def find(
    out: str, engine: engines.Engine, *, form: str = "jsonl", days: int = archive_groups.WINDOW_DAYS
) -> tuple[str, int]:
    """Write which articles of a folder's results are copies of which; (the table, how many).

    days: as with `archive_groups.group`, which reads the same marked files.

    Raises FileNotFoundError where there are no results, ArchiveError naming what could not be done.
    """
    files = archive_groups.mark_results(out, engine, days=days)
    jobs = list(enumerate(files))
    buckets = max(1, sum(storage.size_of(path) or 0 for path in files) // 4096 * SEARCHED // ROWS_AT_ONCE)
    values = partial(_values, buckets=buckets)
    steps = (partial(_pairs, buckets=buckets), _likely)
    pairs = list(shuffling.shuffled(engine, values, jobs, steps, buckets=buckets))
    sets = _sets(pairs)
    in_sets = max(1, len(sets[0]) // SET_ROWS_AT_ONCE)
    bodies = partial(_bodies, buckets=in_sets)
    wanted = [(number, path, *_of_file(sets, number)) for number, path in jobs]
    found = [
        {"id": copy, "copy_of": original, "share": round(float(share), 3)}
        for table in shuffling.shuffled(
            engine, bodies, [job for job in wanted if len(job[2])], (_copies,), buckets=in_sets
        )
        for copy, original, share in zip(table["copy"], table["original"], table["share"], strict=True)
    ]
    found.sort(key=lambda row: row["id"])
    path = storage.inside(out, f"copies.{form}")
    with storage.whole(path) as file:
        archive_rows.write(found, file, form, COLUMNS)
    return path, len(found)


def _values(job: tuple[int, str], *, buckets: int) -> Table:
    """Each article's smallest values: value, article, and the largest of them (up to it the article has all)."""
    number, path = job
    held, articles, limits = [], [], []
    for place, row in enumerate(archive_rows.read(path)):
        values = smallest(marks.from_json(row).fingerprint)
        held += values
        articles += [number << ROW_BITS | place] * len(values)
        limits += [values[-1] if len(values) == SEARCHED else 2**32] * len(values)
    value = np.array(held, dtype=np.int64)
    return {
        "bucket": value // 4 % buckets,  # the last two bits are the same of all
        "value": value,
        "article": np.array(articles, dtype=np.int64),
        "limit": np.array(limits, dtype=np.int64),
    }


def _pairs(table: Table, *, buckets: int) -> Table:
    """The pairs of articles that share a value, once for each value."""
    order = np.lexsort((table["article"], table["value"]))
    value, article, limit = (table[name][order] for name in ("value", "article", "limit"))
    starts = np.flatnonzero(np.r_[True, value[1:] != value[:-1]]) if len(value) else np.array([], dtype=np.int64)
    size = np.diff(np.r_[starts, len(value)])
    rank = np.arange(len(value)) - np.repeat(starts, size)
    first = np.repeat(starts, size)
    tells = np.repeat(size, size) <= MEETING_MOST
    one, other = [], []
    for met in range(MET_BY):
        later = np.flatnonzero((rank > met) & tells)
        one.append(first[later] + met)
        other.append(later)
    ones, others = np.concatenate(one), np.concatenate(other)
    a, b = article[ones], article[others]
    return {
        "bucket": (a * 31 + b) % buckets,
        "one": a,
        "other": b,
        "low": np.minimum(limit[ones], limit[others]),
        "high": np.maximum(limit[ones], limit[others]),
    }


def _likely(table: Table) -> Table:
    """The pairs that met often enough for how many values both could have."""
    order = np.lexsort((table["other"], table["one"]))
    one, other, low, high = (table[name][order] for name in ("one", "other", "low", "high"))
    is_new = np.r_[True, (one[1:] != one[:-1]) | (other[1:] != other[:-1])] if len(one) else np.array([], dtype=bool)
    starts = np.flatnonzero(is_new)
    met = np.diff(np.r_[starts, len(one)])
    could = SEARCHED * low[starts] / high[starts]
    kept = starts[met >= np.maximum(FEWEST_HITS, LIKELY_RATIO * could)]
    return {"bucket": np.zeros(len(kept), dtype=np.int64), "one": one[kept], "other": other[kept]}


def _sets(pairs: Iterable[Table]) -> tuple[Numbers, Numbers]:
    """(the numbers of articles in a pair, sorted; of each the smallest number in its set)."""
    above: dict[int, int] = {}

    def top(number: int) -> int:
        while (up := above.setdefault(number, number)) != number:
            above[number] = above[up]
            number = up
        return number

    for table in pairs:
        for one, other in zip(table["one"].tolist(), table["other"].tolist(), strict=True):
            low, high = sorted((top(one), top(other)))
            above[high] = low
    numbers = sorted(above)
    return np.array(numbers, dtype=np.int64), np.array([top(number) for number in numbers], dtype=np.int64)


def _of_file(sets: tuple[Numbers, Numbers], number: int) -> tuple[Numbers, Numbers]:
    """The part of the sets that is a file's: (rows, sets)."""
    begin, end = np.searchsorted(sets[0], [number << ROW_BITS, (number + 1) << ROW_BITS])
    return sets[0][begin:end] - (number << ROW_BITS), sets[1][begin:end]


def _bodies(job: tuple[int, str, Numbers, Numbers], *, buckets: int) -> Table:
    """The marked rows of articles in a set."""
    _, path, rows, sets = job
    wanted = dict(zip(rows.tolist(), sets.tolist(), strict=True))
    bodies = np.empty(len(wanted), dtype=object)
    held = (row for place, row in enumerate(archive_rows.read(path)) if place in wanted)
    for place, row in enumerate(held):
        bodies[place] = archive_rows.line({name: row[name] for name in ("id", "at", "fingerprint", "rule")})
    return {"bucket": (sets ^ (sets >> ROW_BITS)) % buckets, "set": sets, "body": bodies}


def _copies(table: Table) -> Table:
    """Which articles of one bucket's sets are copies, each of the oldest that it is a copy of."""
    sets: dict[int, list[Json]] = {}
    for number, body in zip(table["set"].tolist(), table["body"], strict=True):
        sets.setdefault(number, []).append(_unpacked(body))
    found = [copy for rows in sets.values() for copy in _copies_in(rows)]
    columns: list[Sequence[Any]] = list(zip(*found, strict=True)) or [(), (), ()]
    return {
        "bucket": np.zeros(len(found), dtype=np.int64),
        "copy": np.array(columns[0], dtype=object),
        "original": np.array(columns[1], dtype=object),
        "share": np.array(columns[2], dtype=np.float64),
    }


def _unpacked(body: bytes) -> Json:
    row: Json = json.loads(body)
    return row


def _copies_in(rows: list[Json]) -> Iterator[tuple[str, str, float]]:
    index, original_of = CopyIndex(), dict[str, str]()
    for row in sorted(rows, key=archive_groups.time_of):
        values = marks.from_json(row).fingerprint
        if found := index.find(values):
            nearest, share = found[0]
            original_of[row["id"]] = original_of.get(nearest, nearest)
            yield row["id"], original_of[row["id"]], share
        index.add(row["id"], values)
