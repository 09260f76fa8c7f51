"""newstext measure keyphrases: F1 against people's choices, beside plain TF-IDF and YAKE, with a bootstrap."""

from __future__ import annotations

import importlib
import math
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from newstext.keyphrases import BREAK, keyphrases
from newstext.measuring import data_folder, read_rows, table
from newstext.records import ArticleText
from newstext.words import stop_words, words

DEPTHS = (5, 10, 15)
DRAWS = 1000
SEED = 20260101
SETS = (("KPCrowd", "kpcrowd.jsonl", "en"), ("WikiNews", "multilingual.jsonl", "fr"))
HEAD = ("", "F1@5", "F1@10", "F1@15", "articles a CPU second", "ours above it @10", "@15")
Choose = Callable[[Sequence[ArticleText]], list[Sequence[str]]]
Scores = list[tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one way of choosing reaches: F1 at each depth of each article, and its speed."""

    name: str
    scores: Scores
    a_second: float

    def mean(self, place: int) -> float:
        return 100 * sum(row[place] for row in self.scores) / len(self.scores)


def main(argv: list[str]) -> int:
    """Print a table a data set; stemmed exact match, mean over articles."""
    folder = data_folder() / "stories" / "keyphrases"
    for title, name, language in SETS:
        ways, skipped = measure(folder / name, language)
        rows = [_row(way, ways[0]) for way in ways] + [
            (f"{one}: not installed, left out", *"------") for one in skipped
        ]
        print(table(f"keyphrases, {title} ({language}), {_rule(language)}", HEAD, rows))
    return 0


def measure(path: Path, language: str) -> tuple[list[Measured], list[str]]:
    """What each way reaches on that set, ours first; and the names of those that are not installed."""
    rows = read_rows(path)
    articles = [
        ArticleText(url="", id=str(number), language=language, text=str(row["text"])) for number, row in enumerate(rows)
    ]
    gold = [list(map(str, row["keys"])) for row in rows]
    ways: list[tuple[str, Choose | None]] = [
        ("ours", _ours),
        ("TF-IDF, up to three words", _plain),
        *((f"YAKE, n={longest}", _yake(longest, language)) for longest in (1, 3)),
    ]
    done = [_measured(name, choose, articles, gold, language) for name, choose in ways if choose]
    return done, [name for name, choose in ways if choose is None]


def _measured(
    name: str, choose: Choose, articles: Sequence[ArticleText], gold: list[list[str]], language: str
) -> Measured:
    began = time.process_time()
    chosen = choose(articles)
    spent_s = time.process_time() - began
    scores = [_f1(found, keys, language) for found, keys in zip(chosen, gold, strict=True)]
    return Measured(name, scores, len(articles) / spent_s)


def _f1(chosen: Sequence[str], keys: Sequence[str], language: str) -> tuple[float, ...]:
    wanted = {_stemmed(key, language) for key in keys} - {""}
    found = [one for one in dict.fromkeys(_stemmed(phrase, language) for phrase in chosen) if one]
    scores = []
    for depth in DEPTHS:
        hits = sum(one in wanted for one in found[:depth])
        scores.append(2 * hits / (len(found[:depth]) + len(wanted)) if found and wanted else 0.0)
    return tuple(scores)


def _stemmed(phrase: str, language: str) -> str:
    found = re.findall(r"\w+", phrase.lower())
    stem = _stemmer(language)
    return " ".join(stem.stemWords(found) if stem else found)


_STEMMERS: dict[str, object | None] = {}


def _stemmer(language: str):  # type: ignore[no-untyped-def]
    if language not in _STEMMERS:
        try:
            library = importlib.import_module("snowballstemmer")
        except ImportError:
            _STEMMERS[language] = None
        else:
            _STEMMERS[language] = library.stemmer({"en": "porter", "fr": "french"}[language])
    return _STEMMERS[language]


def _rule(language: str) -> str:
    return "stemmed exact match" if _stemmer(language) else "exact match WITHOUT stems: snowballstemmer is missing"


def _row(way: Measured, ours: Measured) -> tuple[str, ...]:
    above = [_above(ours, way, place) if way is not ours else "" for place in (1, 2)]
    means = [f"{way.mean(place):.1f}" for place in range(len(DEPTHS))]
    return (way.name, *means, f"{way.a_second:,.0f}", *above)


def _above(ours: Measured, other: Measured, place: int) -> str:
    """The mean difference with its 95 % interval by a paired bootstrap over articles."""
    differences = [100 * (one[place] - two[place]) for one, two in zip(ours.scores, other.scores, strict=True)]
    draw = random.Random(SEED)
    means = sorted(sum(draw.choices(differences, k=len(differences))) / len(differences) for _ in range(DRAWS))
    low, high = means[int(0.025 * DRAWS)], means[int(0.975 * DRAWS)]
    noise = "" if low > 0 or high < 0 else ", noise"
    return f"{sum(differences) / len(differences):+.1f} ({low:+.1f} to {high:+.1f}{noise})"


def _ours(articles: Sequence[ArticleText]) -> list[Sequence[str]]:
    return [found for _, found in keyphrases(articles, top=DEPTHS[-1])]


def _plain(articles: Sequence[ArticleText]) -> list[Sequence[str]]:
    """Runs of one to three words without a stop word at an end, by count and rarity among the articles."""
    counts = [Counter(_runs(article)) for article in articles]
    seen = Counter(run for found in counts for run in found)
    chosen: list[Sequence[str]] = []
    for found in counts:
        scored = {run: count * math.log(len(articles) / seen[run]) for run, count in found.items()}
        ranked = sorted(scored, key=lambda run: (-scored[run], run))
        chosen.append([" ".join(run) for run in ranked[: 2 * DEPTHS[-1]]])
    return chosen


def _runs(article: ArticleText) -> list[tuple[str, ...]]:
    stops = stop_words(article.language)
    runs = []
    for piece in BREAK.split(article.text):
        found = words(piece)
        for start in range(len(found)):
            for run in (tuple(found[start : start + length]) for length in (1, 2, 3) if start + length <= len(found)):
                if not {run[0], run[-1]} & stops and not any(word.isdigit() or len(word) < 3 for word in run):
                    runs.append(run)
    return runs


def _yake(longest: int, language: str) -> Choose | None:
    """YAKE as its authors ship it; None where it is not installed."""
    try:
        library = importlib.import_module("yake")
    except ImportError:
        return None
    extractor = library.KeywordExtractor(lan=language, n=longest, top=2 * DEPTHS[-1])

    def choose(articles: Sequence[ArticleText]) -> list[Sequence[str]]:
        return [[phrase for phrase, _ in extractor.extract_keywords(article.text)] for article in articles]

    return choose


if __name__ == "__main__":
    main([])
