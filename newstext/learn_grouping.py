"""Learn the scorer of stories anew: python -m newstext.learn_grouping. Needs the group "learn" (LightGBM).

It reads what is free to learn from (the ECB+ rows of news_stream, UCI headlines,
Telegram pairs: CC BY and Apache-2.0), makes small worlds of it (whole texts,
teasers, headlines; many tellings of an event or few; with made times, far apart
or at once, and without), lets the articles of each arrive, and learns from what
arrival sees. It writes `lexical-v2.npz` (learned from all of it, what newstext
ships) and `lexical-v2-folds.npz` (five, each learned without the topics it is
judged on).
"""

from __future__ import annotations

import argparse
import random
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from newstext import pipeline
from newstext.grouping import StoryIndex
from newstext.learn_body import as_trees
from newstext.likeness import FEATURES, VERSION, Judge, Tellings, features
from newstext.measuring import data_folder, read_rows
from newstext.records import ArticleText, Marks
from newstext.trees import Trees, to_arrays

FOLDS = 5
ROUNDS = 200
MORE = ("body", "lead", "names", "title,", "title in", "rar", "shared", "numbers in")
RISES = {name for name in FEATURES if any(part in name for part in MORE)}
FALLS = {"numbers differ", "days outside", "hours apart"}
SETTINGS: dict[str, Any] = {
    "objective": "binary", "num_leaves": 15, "learning_rate": 0.06, "min_data_in_leaf": 60, "feature_fraction": 0.5,
    "bagging_fraction": 0.7, "bagging_freq": 1, "lambda_l2": 10, "verbose": -1, "seed": 1, "num_threads": 1,
    "deterministic": True,
    "monotone_constraints": [(name in RISES) - (name in FALLS) for name in FEATURES],
}  # fmt: skip
START = datetime(2026, 1, 1, tzinfo=UTC)
FIRST_HOURS = 7.0  # median of a telling behind its event
FEW = (1, 1, 1, 1, 2, 2, 3, 4)  # tellings kept of an event, as a real day has them
SOME = (1, 2, 4, 8, 20)
BROKEN_OFF = (160, 90)  # words
TEASERS = (30, 18)


@dataclass(frozen=True, slots=True)
class Told:
    """An article whose event is known, and the topic it is judged with."""

    marks: Marks
    event: str
    topic: str


@dataclass(frozen=True, slots=True)
class World:
    """Articles in order of arrival."""

    articles: tuple[Told, ...]
    weight: float = 1.0


@dataclass(slots=True)
class Rows:
    """What arrival saw, whether it was the article's own event, how much it weighs, and the fold it is judged in."""

    seen: list[list[float]]
    same: list[bool]
    weights: list[float]
    folds: list[int]


def main(argv: list[str] | None = None) -> int:
    """Read, learn, write; prints what was learned from."""
    parser = argparse.ArgumentParser(prog="newstext.learn_grouping", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("newstext/weights"))
    parser.add_argument("--folds-out", type=Path, default=Path("tests/quality"))
    given = parser.parse_args(argv)
    rows = seen_on_arrival(worlds(data_folder() / "stories" / "clusters"))
    print(f"{len(rows.seen)} looks at a story, {sum(rows.same)} of them at the right one", flush=True)
    given.out.mkdir(parents=True, exist_ok=True)
    _write(given.out / f"{VERSION}.npz", to_arrays(_fit(rows)))
    folds: dict[str, Any] = {}
    for fold in range(FOLDS):
        folds |= to_arrays(_fit(rows, without=fold), f"{fold}/")
    _write(given.folds_out / f"{VERSION}-folds.npz", folds)
    return 0


def _write(path: Path, arrays: dict[str, Any]) -> None:
    np.savez_compressed(path, allow_pickle=False, **arrays)
    print(f"{path}: {path.stat().st_size // 1024} kB")


def fold_of(topic: str) -> int:
    """Which fold a topic is judged in."""
    return zlib.crc32(topic.encode()) % FOLDS


def topic_of(story: str) -> str:
    """The two look-alike events of an ECB+ topic are one topic: ecb37_ecb and ecb37_plus."""
    return story.partition("_")[0] if story.startswith("ecb") else story


def _fit(rows: Rows, *, without: int = -1) -> Trees:
    import lightgbm  # of the group "learn", which readers do not need

    kept = np.array([fold != without for fold in rows.folds])
    seen, same = np.array(rows.seen, dtype=np.float32)[kept], np.array(rows.same)[kept]
    model = lightgbm.train(SETTINGS, lightgbm.Dataset(seen, same, weight=np.array(rows.weights)[kept]), ROUNDS)
    return as_trees([tree["tree_structure"] for tree in model.dump_model()["tree_info"]])


def seen_on_arrival(worlds: Iterable[World], judge: Judge | None = None) -> Rows:
    """Let the articles of each world arrive into their true stories, and note what each sees on the way.

    Beside each story of several tellings stands one of them alone: a pair of
    articles is judged by the same trees.
    """
    rows = Rows([], [], [], [])
    for world in worlds:
        rng = random.Random(len(world.articles))
        index, event_of = _Watched(), {told.marks.id: told.event for told in world.articles}
        for told in world.articles:
            looks = index.looks(told.marks)
            share = world.weight / max(1, len(looks)) ** 0.5
            for member, story in looks:
                alone = [Tellings([rng.choice(story.members)])] if story.size > 1 else []
                for seen in (story, *alone):
                    events = Counter(event_of[one.id] for one in seen.members)
                    rows.seen.append(features(member, seen))
                    rows.same.append(events.most_common(1)[0][0] == told.event)
                    rows.weights.append(share / (1 + len(alone)))
                    rows.folds.append(fold_of(told.topic))
            index.put(told.marks, told.event)
    return rows


class _Watched(StoryIndex):
    """An index that places nothing itself."""

    def looks(self, marks: Marks) -> list[tuple[Any, Tellings]]:
        self._lexicon.count(marks)
        member = self._lexicon.member(marks)
        return [(member, story.told) for story in self._candidates(member, ())]

    def put(self, marks: Marks, event: str) -> None:
        self._take(marks, self._lexicon.member(marks), self._open(event, event))


def worlds(folder: Path, seed: int = 1) -> list[World]:
    """The made worlds; always the same for a seed."""
    rng = random.Random(seed)
    wholes, forms = _ecb(folder)
    headlines = _headlines(folder)
    made = []
    for form, copies in (*((form, 4) for form in wholes), *((form, 3) for form in forms)):
        dense = form in forms
        made += [World(tuple(form), 1.0 if dense else 4.0), World(tuple(_without_times(form)), 1.0 if dense else 3.0)]
        for _ in range(copies):
            for kept in (FEW, SOME):
                days = rng.choice((1.5, 2.5, 4) if dense else (4, 15, 40))
                made.append(World(tuple(_timed(_sampled(form, kept, rng), days, rng)), 2.0 if dense else 1.0))
            made.append(World(tuple(_without_times(_sampled(form, SOME, rng)))))
    for _ in range(3):
        mixed = [rng.choice(told) for told in zip(wholes[0], *forms, strict=True)]
        made.append(World(tuple(_timed(_sampled([*mixed, *headlines], FEW, rng), rng.choice((2, 4, 20)), rng)), 2.0))
        made.append(World(tuple(_timed(_sampled(headlines, FEW, rng), rng.choice((1.5, 3, 10)), rng)), 2.0))
        made.append(World(tuple(_sampled(headlines, (12,), rng)), 2.0))
        made.append(World(tuple(_sampled(headlines, (25,), rng)), 0.5))
    return made + _pairs(folder)


def _without_times(articles: Sequence[Told]) -> list[Told]:
    return [replace(told, marks=replace(told.marks, published_at=None)) for told in articles]


def _sampled(articles: Sequence[Told], kept: Sequence[int], rng: random.Random) -> list[Told]:
    """Of each event as many tellings as the dice say, in the order they had."""
    by_event: dict[str, list[int]] = {}
    for place, told in enumerate(articles):
        by_event.setdefault(told.event, []).append(place)
    chosen = [p for places in by_event.values() for p in rng.sample(places, min(len(places), rng.choice(kept)))]
    return [articles[place] for place in sorted(chosen)]


def _timed(articles: Sequence[Told], days: float, rng: random.Random) -> list[Told]:
    """Events that begin within so many days, each told at once and then ever more seldom."""
    begins: dict[str, float] = {}
    made = []
    for told in articles:
        begin = begins.setdefault(told.event, rng.uniform(0, days))
        behind = min(5.0, rng.lognormvariate(0, 1.1) * FIRST_HOURS / 24)
        made.append(replace(told, marks=replace(told.marks, published_at=START + timedelta(days=begin + behind))))
    return sorted(made, key=lambda told: told.marks.published_at or START)


def _marks(key: str, title: str, text: str, *, language: str = "en", at: datetime | None = None) -> Marks:
    article = ArticleText(url="", id=key, title=title, text=text, language=language, published_at=at)
    marked = pipeline.mark_article(article).marks
    assert marked is not None
    return marked


def _ecb(folder: Path) -> tuple[list[list[Told]], list[list[Told]]]:
    """The articles with their simulated times, whole and broken off; the same as teasers and as headlines."""
    rows = [row for row in read_rows(folder / "news_stream.jsonl") if row["src"] == "ecbplus"]

    def cut(words: int | None) -> list[Told]:
        return [
            Told(
                _marks(row["id"], row["title"], " ".join(row["text"].split()[:words]), at=_moment(row["sim_time"])),
                row["story"],
                topic_of(row["story"]),
            )
            for row in rows
        ]

    return [cut(None), *map(cut, BROKEN_OFF)], [*map(cut, TEASERS), cut(0)]


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=UTC)


def _headlines(folder: Path) -> list[Told]:
    rows = read_rows(folder / "uci_headlines.jsonl")
    return [Told(_marks(row["id"], row["title"], ""), row["story"], row["story"]) for row in rows]


def _pairs(folder: Path) -> list[World]:
    """Worlds of two articles; a pair of two events are two events of one topic."""
    made = []
    for number, row in enumerate(read_rows(folder / "telegram_pairs.jsonl")):
        events = (f"tg{number}", f"tg{number}" if row["label"] == "OK" else f"tg{number}b")
        for words in (None, TEASERS[0]):
            sides = ((row["t1"], row["x1"]), (row["t2"], row["x2"]))
            made.append(
                World(
                    tuple(
                        Told(
                            _marks(f"tg{number}-{side}", title, " ".join(text.split()[:words]), language=row["lang"]),
                            events[side],
                            f"tg{number}",
                        )
                        for side, (title, text) in enumerate(sides)
                    ),
                    PAIR_WEIGHT,
                )
            )
    return made


PAIR_WEIGHT = 1.0


if __name__ == "__main__":
    raise SystemExit(main())
