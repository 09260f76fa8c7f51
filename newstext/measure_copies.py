"""newstext measure copies: edited copies, real pairs, reissues and speed, beside MinHash and runs of three words."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

from rensa import RMinHash, RMinHashLSH

from newstext.copies import COPY_RATIO, CopyIndex, fingerprint, similarity
from newstext.measuring import data_folder, read_rows, table
from newstext.words import shingles, words

Share = Callable[[str, str], float]
Pair = tuple[str, str]
EDITED_TEXTS = 500
DROPPED = (0.02, 0.05, 0.1)
VALUES = 128
PLAIN_CUT = 0.5
FOLDS = 5
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair of texts, whether one is a copy of the other, and the source story or document it stands for."""

    first: str
    second: str
    is_copy: bool
    group: str
    is_news: bool


def main(argv: list[str]) -> int:
    """Print recall of edited copies, F1 on judged pairs by folds, F1 of reissues, and the speed of finding."""
    data = data_folder()
    texts = edited_texts(data)
    head = ("", *(f"{share:.0%} of words dropped" for share in DROPPED), f"false pairs in {len(texts)} texts")
    rows = [(name, *edited(texts, find)) for name, find in (("ours", find_ours), ("MinHash LSH .5", find_minhash))]
    print(table("edited copies of news_stream: byline added, last tenth cut; recall", head, rows))
    head = ("", "F1, all", "F1, news", "cuts of the folds", "all: ours better by (95 %)", "news")
    print(table("copy or merely the same event, evidence/copies.jsonl, cuts by folds", head, pair_rows(data)))
    items = read_rows(data / "stream" / "labelled.jsonl")
    gold = {frozenset(pair) for pair in same(items, lambda item: item["copy_group"])}
    methods = reissue_methods(items)
    reissues = [(name, *pair_scores(found, gold), "-") for name, found in methods]
    reissues[1] = (*reissues[1][:-1], reissue_gain(methods[0][1], methods[1][1], gold))
    head = ("", "precision", "recall", "pair F1", "ours better by (95 %)")
    print(table("the same text again, stream/labelled", head, reissues))
    print(table("finding", ("", "known texts", "looked up a CPU second"), speeds(data)))
    return 0


def edited_texts(data: Path) -> list[tuple[str, str]]:
    """(story, text) of the first EDITED_TEXTS articles that have a text."""
    rows = read_rows(data / "stories" / "clusters" / "news_stream.jsonl")
    return [(row["story"], row["text"]) for row in rows if fingerprint(row["text"])][:EDITED_TEXTS]


def edit(text: str, dropped: float, chance: random.Random) -> str:
    """The text with a byline before it, without its last tenth and without that share of its words."""
    kept = text.split()
    kept = kept[: len(kept) * 9 // 10]
    return "By our correspondent in the city " + " ".join(word for word in kept if chance.random() >= dropped)


def edited(texts: Sequence[tuple[str, str]], find: Callable[[list[str], list[str]], list[set[int]]]) -> tuple[str, ...]:
    """Recall for each share of dropped words, and how many pairs of different stories are called copies."""
    held = [text for _, text in texts]
    recalls = []
    for dropped in DROPPED:
        chance = random.Random(1)
        found = find(held, [edit(text, dropped, chance) for text in held])
        recalls.append(sum(number in hits for number, hits in enumerate(found)) / len(held))
    pairs = {frozenset((one, other)) for one, hits in enumerate(find(held, held)) for other in hits if one != other}
    false = sum(len({texts[number][0] for number in pair}) == 2 for pair in pairs)
    return (*(f"{recall:.3f}" for recall in recalls), str(false))


def find_ours(held: list[str], asked: list[str]) -> list[set[int]]:
    index = CopyIndex()
    for number, text in enumerate(held):
        index.add(str(number), fingerprint(text))
    return [{int(key) for key, _ in index.find(fingerprint(text))} for text in asked]


def find_minhash(held: list[str], asked: list[str]) -> list[set[int]]:
    index = RMinHashLSH(threshold=PLAIN_CUT, num_perm=VALUES, num_bands=32)
    known = [minhash(text) for text in held]
    for number, sketch in enumerate(known):
        index.insert(number, sketch)
    wanted = [minhash(text) for text in asked]
    return [{n for n in index.query(one) if known[n].jaccard(one) >= PLAIN_CUT} for one in wanted]


def minhash(text: str) -> RMinHash:
    sketch = RMinHash(num_perm=VALUES, seed=42)
    sketch.update([" ".join(run) for run in shingles(words(text), 3)])
    return sketch


def judged_pairs(data: Path) -> list[Judged]:
    """The pairs of evidence/copies.jsonl that are judged; the partial ones are not."""
    rows = [row for row in read_rows(data / "evidence" / "copies.jsonl") if row["copy"] is not None]
    return [
        Judged(row["text_a"], row["text_b"], row["copy"], source_of(row["id"]), row["set"] == "news_same_event")
        for row in rows
    ]


def source_of(key: str) -> str:
    """The story, document or task that a pair is made of, as its id says."""
    kind, _, document = key.partition(":")
    if kind == "answers":
        return f"answers {document.rpartition('_')[2]}"
    return document.partition("|")[0].partition(":")[0].rpartition("_")[0]


def pair_rows(data: Path) -> list[tuple[str, ...]]:
    pairs = judged_pairs(data)
    folds = {group: number % FOLDS for number, group in enumerate(sorted({pair.group for pair in pairs}))}
    methods: tuple[tuple[str, Share], ...] = (
        ("ours", lambda a, b: similarity(fingerprint(a), fingerprint(b))),
        ("MinHash 128, runs of 3 words", lambda a, b: float(minhash(a).jaccard(minhash(b)))),
        ("containment of runs of 3 words", contained),
    )
    judged = {name: by_folds([share(one.first, one.second) for one in pairs], pairs, folds) for name, share in methods}
    ours, _ = judged["ours"]
    rows: list[tuple[str, ...]] = []
    for name, (said, cuts) in judged.items():
        gains = ("-", "-") if said is ours else (gain(ours, said, pairs), gain(ours, said, pairs, news_only=True))
        rows.append((name, f"{f1(said, pairs):.1f}", f"{f1(said, pairs, news_only=True):.1f}", _shown(cuts), *gains))
    shipped = [similarity(fingerprint(one.first), fingerprint(one.second)) >= COPY_RATIO for one in pairs]
    rows.append(
        (f"ours at {COPY_RATIO}", f"{f1(shipped, pairs):.1f}", f"{f1(shipped, pairs, news_only=True):.1f}", "", "", "")
    )
    return rows


def _shown(cuts: Sequence[float]) -> str:
    return f"{min(cuts):.3f} to {max(cuts):.3f}, median {median(cuts):.3f}"


def contained(first: str, second: str) -> float:
    """The share of the shorter text's runs of three words that the other has."""
    one, other = set(shingles(words(first), 3)), set(shingles(words(second), 3))
    return len(one & other) / max(1, min(len(one), len(other)))


def by_folds(shares: Sequence[float], pairs: Sequence[Judged], folds: dict[str, int]) -> tuple[list[bool], list[float]]:
    """What is called a copy, each fold by the cut that is best on the others; and the cuts."""
    cuts = []
    for fold in range(FOLDS):
        kept = [(share, pair.is_copy) for share, pair in zip(shares, pairs, strict=True) if folds[pair.group] != fold]
        cuts.append(best_cut(kept))
    return [share >= cuts[folds[pair.group]] for share, pair in zip(shares, pairs, strict=True)], cuts


def best_cut(judged: Sequence[tuple[float, bool]]) -> float:
    """Midway between the shares at which F1 is highest: nothing is won by standing on a case."""
    shares = sorted({share for share, _ in judged})
    best = max(shares, key=lambda cut: _f1([(share >= cut, is_copy) for share, is_copy in judged]))
    below = max((share for share in shares if share < best), default=best)
    return (best + below) / 2


def f1(said: Sequence[bool], pairs: Sequence[Judged], *, news_only: bool = False) -> float:
    return 100 * _f1([(s, p.is_copy) for s, p in zip(said, pairs, strict=True) if p.is_news or not news_only])


def _f1(rows: Sequence[tuple[bool, bool]]) -> float:
    both = sum(said and true for said, true in rows)
    return 2 * both / max(1, sum(said for said, _ in rows) + sum(true for _, true in rows))


def gain(ours: list[bool], other: list[bool], pairs: Sequence[Judged], *, news_only: bool = False) -> str:
    """The 95 % of a paired bootstrap over source stories: how much better ours is."""
    groups = defaultdict(list)
    for place, pair in enumerate(pairs):
        if pair.is_news or not news_only:
            groups[pair.group].append(place)
    chance, keys, found = random.Random(1), sorted(groups), []
    for _ in range(RESAMPLES):
        places = [place for key in chance.choices(keys, k=len(keys)) for place in groups[key]]
        drawn = [[(said[place], pairs[place].is_copy) for place in places] for said in (ours, other)]
        found.append(100 * (_f1(drawn[0]) - _f1(drawn[1])))
    found.sort()
    return f"{found[RESAMPLES // 40]:+.1f} to {found[-RESAMPLES // 40]:+.1f}"


def same(items: Sequence[dict[str, Any]], label: Callable[[dict[str, Any]], Any]) -> set[Pair]:
    """The pairs of items with one label; none where there is none."""
    groups: dict[Any, list[str]] = defaultdict(list)
    for item in items:
        if label(item):
            groups[label(item)].append(item["id"])
    return {pair for group in groups.values() for pair in combinations(sorted(group), 2)}


def reissue_methods(items: Sequence[dict[str, Any]]) -> list[tuple[str, set[frozenset[str]]]]:
    index, found = CopyIndex(), set()
    prints = {item["id"]: fingerprint(item["text"]) for item in items}
    for key, values in prints.items():
        found |= {frozenset((key, other)) for other, _ in index.find(values)}
        index.add(key, values)
    equal = same(items, lambda item: item["text"] if len(item["text"]) >= 40 else "")
    return [("ours", found), ("equal text of 40 characters or more", {frozenset(pair) for pair in equal})]


def pair_scores(found: set[frozenset[str]], gold: set[frozenset[str]]) -> tuple[str, ...]:
    both = len(found & gold)
    return (
        f"{both / max(1, len(found)):.3f}",
        f"{both / max(1, len(gold)):.3f}",
        f"{2 * both / max(1, len(found) + len(gold)):.3f}",
    )


def reissue_gain(ours: set[frozenset[str]], other: set[frozenset[str]], gold: set[frozenset[str]]) -> str:
    """The 95 % of a paired bootstrap over texts: how much better the pair F1 of ours is."""
    units: dict[str, list[frozenset[str]]] = defaultdict(list)
    for pair in ours | other | gold:
        units[_text_of(pair, gold)].append(pair)
    chance, keys, found = random.Random(1), sorted(units), []
    for _ in range(RESAMPLES):
        pairs = [pair for key in chance.choices(keys, k=len(keys)) for pair in units[key]]
        scores = [_f1([(pair in said, pair in gold) for pair in pairs]) for said in (ours, other)]
        found.append(scores[0] - scores[1])
    found.sort()
    return f"{found[RESAMPLES // 40]:+.3f} to {found[-RESAMPLES // 40]:+.3f}"


def _text_of(pair: frozenset[str], gold: set[frozenset[str]]) -> str:
    """The first item that shares its text with the pair, so that one text is drawn as a whole."""
    return min(min(other) for other in {pair, *gold} if other & pair)


def speeds(data: Path) -> list[tuple[str, ...]]:
    """Whole articles and teasers looked up among all of them."""
    whole, teasers = _whole_texts(data), _teasers(data)
    prints = [[values for text in texts if (values := fingerprint(text))] for texts in (whole, teasers)]
    index = CopyIndex()
    for number, values in enumerate([*prints[0], *prints[1]]):
        index.add(str(number), values)
    known = f"{len(prints[0]) + len(prints[1]):,}"
    asked = (("whole articles", prints[0]), ("teasers", prints[1][:3000]))
    return [(name, known, f"{_per_second(index, values):,.0f}") for name, values in asked]


def _per_second(index: CopyIndex, asked: Sequence[tuple[int, ...]]) -> float:
    began = time.process_time()
    for values in asked:
        index.find(values)
    return len(asked) / (time.process_time() - began)


def _whole_texts(data: Path) -> list[str]:
    stories = data / "stories"
    paths = [stories / "clusters" / "news_stream.jsonl", *sorted((stories / "timelines").glob("*.articles.jsonl"))]
    texts = [row["text"] for path in [*paths, stories / "summaries" / "bbc.jsonl"] for row in read_rows(path)]
    return texts + [text for row in read_rows(stories / "summaries" / "multinews.jsonl") for text in row["docs"]]


def _teasers(data: Path) -> list[str]:
    rows = read_rows(data / "stream" / "raw.jsonl.gz")
    return [row["text"] for row in rows if row["language"] != "und" and len(row["text"]) > 150]


if __name__ == "__main__":
    main([])
