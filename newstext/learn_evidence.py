"""Learn the scorer of evidence anew: python -m newstext.learn_evidence. Needs the group "learn" (LightGBM).

It reads the claims that people judged and that are free to learn from
(Apache-2.0, MIT, CC BY, ODC-BY; the other sets of evidence/claims.jsonl are
measured on alone). Each set weighs the same, and in each its right claims as
much as its wrong ones. It writes `evidence-v1.npz` (learned from all of it,
what newstext ships) and `evidence-v1-folds.npz` (five, each learned without
the documents it is judged on).
"""

from __future__ import annotations

import argparse
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from newstext import sentences
from newstext.learn_body import as_trees
from newstext.measuring import data_folder, read_rows
from newstext.standing import Source, Standing, read_source, stand, tidied
from newstext.support import FEATURES, HELD, MISSING, VERSION, features
from newstext.trees import Trees, to_arrays

LEARNED_FROM = ("summedits_news", "factcc", "xsumfaith", "summeval", "bump", "wice", "rank19")
FOLDS = 5
SEEDS = 3
ROUNDS = 120
FEWEST = 40  # claims of one label of a set, below which each weighs no more than one of so many
# More words held never make a claim worse, more missing never better.
RISES = {name for name in FEATURES if name.removesuffix(", mean") in HELD}
SETTINGS: dict[str, Any] = {
    "objective": "binary", "num_leaves": 6, "learning_rate": 0.05, "min_data_in_leaf": 40, "feature_fraction": 0.4,
    "bagging_fraction": 0.7, "bagging_freq": 1, "lambda_l2": 20, "verbose": -1, "num_threads": 1,
    "deterministic": True,
    "monotone_constraints": [(name in RISES) - (name in MISSING) for name in FEATURES],
}  # fmt: skip
Floats = npt.NDArray[np.float32]


def main(argv: list[str] | None = None) -> int:
    """Read, learn, write; prints what was learned from."""
    parser = argparse.ArgumentParser(prog="newstext.learn_evidence", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("newstext/weights"))
    parser.add_argument("--folds-out", type=Path, default=Path("tests/quality"))
    given = parser.parse_args(argv)
    rows = [row for row in claims(data_folder()) if row["set"] in LEARNED_FROM]
    seen = np.array([features(laid_out(row["claim"], row["source"])) for row in rows], dtype=np.float32)
    print(f"{len(rows)} claims of {len({row['doc_id'] for row in rows})} documents", flush=True)
    _write(given.out / f"{VERSION}.npz", to_arrays(fit(seen, rows)))
    folds: dict[str, Any] = {}
    for fold in range(FOLDS):
        kept = [place for place, row in enumerate(rows) if fold_of(row["doc_id"]) != fold]
        folds |= to_arrays(fit(seen[kept], [rows[place] for place in kept]), f"{fold}/")
    _write(given.folds_out / f"{VERSION}-folds.npz", folds)
    return 0


def _write(path: Path, arrays: dict[str, Any]) -> None:
    np.savez_compressed(path, allow_pickle=False, **arrays)
    print(f"{path}: {path.stat().st_size // 1024} kB")


def claims(data: Path) -> list[dict[str, Any]]:
    """The judged claims, those of one source behind each other."""
    return sorted(read_rows(data / "evidence" / "claims.jsonl"), key=lambda row: (row["doc_id"], row["source"]))


def fold_of(document: str) -> int:
    """Which fold a document's claims are judged in, in whatever set they stand."""
    return zlib.crc32(document.encode()) % FOLDS


def laid_out(claim: str, source: str, language: str = "en") -> list[Standing]:
    """The sentences of a claim beside what they may stand on."""
    return list(_standings(tidied(claim), read_source(source, language), language))


def _standings(claim: str, source: Source, language: str) -> Iterator[Standing]:
    for start, end in sentences.split(claim, language):
        if one := stand(claim[start:end], source):
            yield one


def fit(seen: Floats, rows: Sequence[dict[str, Any]]) -> Trees:
    """Trees of several seeds as one: their sum is the mean of what each says."""
    import lightgbm  # of the group "learn", which readers do not need

    right = np.array([row["label"] == "supported" for row in rows])
    weights = weights_of(rows)
    structures = []
    for seed in range(SEEDS):
        model = lightgbm.train({**SETTINGS, "seed": seed}, lightgbm.Dataset(seen, right, weight=weights), ROUNDS)
        structures += [_shrunk(tree["tree_structure"]) for tree in model.dump_model()["tree_info"]]
    return as_trees(structures)


def _shrunk(node: dict[str, Any]) -> dict[str, Any]:
    if "leaf_value" in node and "split_feature" not in node:
        return {**node, "leaf_value": node["leaf_value"] / SEEDS}
    return {**node, "left_child": _shrunk(node["left_child"]), "right_child": _shrunk(node["right_child"])}


def weights_of(rows: Sequence[dict[str, Any]]) -> npt.NDArray[np.float64]:
    """Each set as much as another, and in it the right claims as much as the wrong ones."""
    counts = Counter((row["set"], row["label"]) for row in rows)
    return np.array([150.0 / max(FEWEST, counts[row["set"], row["label"]]) for row in rows])


if __name__ == "__main__":
    raise SystemExit(main())
