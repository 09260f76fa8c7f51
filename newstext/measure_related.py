"""newstext measure related: ours beside plain TF-IDF, on three sets of the development data.

Another printing of the article, or of a text already listed, is neither wanted
nor punished: it is left out of what both methods give, and of what was to be
found (stream/labelled: by its copy_group, as its score.py does). Intervals are
of a paired bootstrap over stories (hand-graded: over queries).
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from newstext import measure_grouping
from newstext.measure_grouping import article_of, utc
from newstext.measuring import data_folder, read_rows, table
from newstext.records import ArticleText, Marks
from newstext.related import RelatedPool, is_printing
from newstext.vectors import Vector, cosine, unit
from newstext.words import words

Ranking = list[str]
Scored = dict[str, float]  # nDCG by query
TOP = 20
PLAIN_FLOOR = 0.12  # of those that stream/'s README gives the one nearest to ours in lists left empty
PLAIN_DAYS = 3.0
PLAIN_COMMON, PLAIN_CHARACTERS = 0.15, 400
RESAMPLES = 2_000
GRADED = Path("tests/quality/related-graded.json")


@dataclass(slots=True)
class Set:
    """Articles, and how well each of others goes with one: 0 to 4."""

    articles: list[ArticleText]
    gains: dict[str, dict[str, int]]
    blocks: dict[str, str]  # query -> its story: what the bootstrap draws
    copies: dict[str, str | None] | None = None  # article -> copy group by label; is_printing says it where None
    days: float = math.inf  # plain TF-IDF looks so far, as stream/'s README has it
    marks: dict[str, Marks] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.marks = {article.id: article.marks for article in self.articles if article.marks}


def main(argv: list[str]) -> int:
    """Print nDCG of whole rankings, and what is shown: unrelated, left empty where nothing is related."""
    for title, data in (
        ("stream/labelled", labelled()),
        ("news_stream, no times", news_stream(has_times=False)),
        ("news_stream, its simulated times", news_stream(has_times=True)),
    ):
        print(table(f"related, {title}", HEAD, rows_of(data)))
    if GRADED.is_file():
        print(table("related, hand-graded, nDCG@5", ("", "nDCG@5", "95 % of the gain"), graded_rows(graded())))
    return 0


HEAD = ("", "nDCG@5 / @10", "earlier only @5 / @10", "95 % of the gain @5, any time; earlier", "as shown @5",
        "unrelated of shown, first 5", "empty where nothing is related")  # fmt: skip


def rows_of(data: Set) -> list[tuple[str, ...]]:
    """A row of figures for ours and one for plain TF-IDF."""
    mine, theirs = ours(data), plain(data)
    rows = [_row("ours", data, *mine), _row("TF-IDF cosine", data, *theirs)]
    gain = "; ".join(_interval(gains_over(data, mine[when], theirs[when], earlier_only=bool(when))) for when in (0, 1))
    return [(*row[:3], gain if row is rows[0] else "-", *row[3:]) for row in rows]


Rankings = dict[str, list[tuple[str, bool]]]  # query -> (article, is shown), best first


def ours(data: Set, queries: Sequence[str] | None = None) -> tuple[Rankings, Rankings]:
    """What related.py gives, any time and earlier only."""
    order = _in_order(data)
    found = []
    for earlier_only in (False, True):
        pool = RelatedPool(order, earlier_only=earlier_only)
        found.append(
            {
                query: [(one.id, one.shown) for one in pool.related(query, top=TOP)]
                for query in queries or list(data.marks)
            }
        )
    return found[0], found[1]


def _in_order(data: Set) -> list[Marks]:
    return sorted(data.marks.values(), key=lambda one: one.published_at.timestamp() if one.published_at else 0.0)


def plain(data: Set, queries: Sequence[str] | None = None) -> tuple[Rankings, Rankings]:
    """TF-IDF of title twice and 400 characters, as stream/'s README has it; of whole texts where they are long."""
    vectors = _plain_vectors(data.articles)
    order = _in_order(data)
    places = {one.id: place for place, one in enumerate(order)}
    at = {one.id: one.published_at.timestamp() if one.published_at else 0.0 for one in order}
    any_time, earlier = {}, {}
    for query in queries or list(data.marks):
        mine = vectors[query]
        near = [other for other in places if other != query and abs(at[other] - at[query]) <= data.days * 86_400]
        scored = sorted(((cosine(mine, vectors[other]), other) for other in near), reverse=True)
        found = [(other, score >= PLAIN_FLOOR) for score, other in scored[: 8 * TOP] if score]
        any_time[query] = found
        earlier[query] = [row for row in found if places[row[0]] < places[query]]
    return any_time, earlier


def _plain_vectors(articles: Sequence[ArticleText]) -> dict[str, Vector]:
    is_short = sum(len(one.text) for one in articles) < 1_000 * len(articles)
    most = PLAIN_CHARACTERS if is_short else None
    counts = {one.id: Counter(_plain_words(one, most)) for one in articles}
    seen = Counter(word for found in counts.values() for word in found)
    known, common = len(articles), max(3.0, PLAIN_COMMON * len(articles))

    def weight(word: str, count: int) -> float:
        return (1 + math.log(count)) * (math.log((1 + known) / (1 + seen[word])) + 1)

    return {
        key: unit({word: weight(word, count) for word, count in found.items() if seen[word] <= common})
        for key, found in counts.items()
    }


def _plain_words(article: ArticleText, most: int | None) -> list[str]:
    return [word for word in words(f"{article.title} {article.title} {article.text[:most]}") if len(word) > 1]


def _row(name: str, data: Set, any_time: Rankings, earlier: Rankings) -> tuple[str, ...]:
    figures = []
    for found, is_earlier in ((any_time, False), (earlier, True)):
        figures.append(
            " / ".join(f"{_mean(ndcg(data, found, depth, earlier_only=is_earlier)):.3f}" for depth in (5, 10))
        )
    shown = [
        {query: [row for row in found if row[1]] for query, found in rankings.items()}
        for rankings in (any_time, earlier)
    ]
    as_shown = " / ".join(
        f"{_mean(ndcg(data, rankings, 5, earlier_only=bool(number))):.3f}" for number, rankings in enumerate(shown)
    )
    unrelated, empty = shares_shown(data, shown[0])
    return (name, *figures, as_shown, f"{unrelated:.0%}", "-" if math.isnan(empty) else f"{empty:.0%}")


def ndcg(data: Set, found: Rankings, depth: int, *, earlier_only: bool = False) -> Scored:
    """Normalised discounted cumulative gain (Järvelin and Kekäläinen 2002) of each query that has something to find."""
    scores: Scored = {}
    places = {one.id: place for place, one in enumerate(_in_order(data))} if earlier_only else {}
    for query, ranking in found.items():
        gains = data.gains.get(query, {})
        if earlier_only:
            gains = {other: gain for other, gain in gains.items() if places[other] < places[query]}
        wanted = _once(data, query, sorted(gains, key=lambda other: -gains[other]))
        if not wanted:
            continue
        listed = _once(data, query, [other for other, _ in ranking])[:depth]
        ideal = sum(_gain(gains[other], place) for place, other in enumerate(wanted[:depth]))
        scores[query] = sum(_gain(gains.get(other, 0), place) for place, other in enumerate(listed)) / ideal
    return scores


def _gain(gain: int, place: int) -> float:
    return float(2**gain - 1) / math.log2(place + 2)


def _once(data: Set, query: str, others: Sequence[str]) -> Ranking:
    """Without printings of the query's text, and of a text that came before."""
    if data.copies is not None:
        mine_is = data.copies[query]
        return [other for other in others if not mine_is or data.copies[other] != mine_is][:TOP]
    kept: Ranking = []
    for other in others:
        mine = data.marks[other]
        if not is_printing(mine, data.marks[query]) and not any(is_printing(mine, data.marks[one]) for one in kept):
            kept.append(other)
        if len(kept) >= TOP:
            break
    return kept


def shares_shown(data: Set, shown: Rankings) -> tuple[float, float]:
    """Of the first five shown the share that is unrelated, and of queries with nothing related those left empty."""
    listed = {query: _once(data, query, [other for other, _ in found])[:5] for query, found in shown.items()}
    rows = [bool(data.gains.get(query, {}).get(other)) for query, found in listed.items() for other in found]
    alone = [not found for query, found in listed.items() if not data.gains.get(query)]
    return 1 - sum(rows) / max(1, len(rows)), sum(alone) / len(alone) if alone else math.nan


def gains_over(data: Set, mine: Rankings, theirs: Rankings, *, earlier_only: bool = False) -> dict[str, list[float]]:
    """By story, how much more nDCG@5 its queries have."""
    here, there = (ndcg(data, found, 5, earlier_only=earlier_only) for found in (mine, theirs))
    found: dict[str, list[float]] = defaultdict(list)
    for query in here:
        found[data.blocks[query]].append(here[query] - there.get(query, 0.0))
    return found


def interval(gains: dict[str, list[float]]) -> tuple[float, float]:
    """The middle 95 % of the mean gain when stories are drawn again and again, seed 1."""
    sums = np.array([sum(values) for values in gains.values()])
    counts = np.array([len(values) for values in gains.values()])
    drawn = np.random.default_rng(1).integers(0, len(sums), (RESAMPLES, len(sums)))
    low, high = np.percentile(sums[drawn].sum(1) / counts[drawn].sum(1), [2.5, 97.5])
    return float(low), float(high)


def _interval(gains: dict[str, list[float]]) -> str:
    low, high = interval(gains)
    return f"{low:+.3f} to {high:+.3f}"


def _mean(scores: Scored) -> float:
    return sum(scores.values()) / len(scores) if scores else 0.0


def labelled() -> Set:
    """stream/labelled: gain 2 for the same story, 1 for the same storyline."""
    path = data_folder() / "stream" / "labelled.jsonl"
    sample = measure_grouping.labelled(path)
    articles, story = sample.articles, dict(sample.truth.story)
    line = dict(sample.truth.storyline or {})
    copies = {str(row["id"]): row["copy_group"] for row in read_rows(path)}
    members = defaultdict(list)
    for key, name in line.items():
        members[name].append(key)
    gains = {
        key: {other: 1 + (story[other] == story[key]) for other in members[line[key]] if other != key} for key in line
    }
    return Set(articles, gains, story, copies, PLAIN_DAYS)


def news_stream(*, has_times: bool) -> Set:
    """news_stream: gain 1 for the same story."""
    path = data_folder() / "stories" / "clusters" / "news_stream.jsonl"
    sample = measure_grouping.stream(path, has_times=has_times)
    articles, story = sample.articles, dict(sample.truth.story)
    members = defaultdict(list)
    for key, name in story.items():
        members[name].append(key)
    return Set(articles, {key: {other: 1 for other in members[story[key]] if other != key} for key in story}, story)


def graded() -> Set:
    """The hand-graded queries, over all news of stream/raw."""
    articles = raw_articles()
    grades: dict[str, dict[str, int]] = json.loads(GRADED.read_text(encoding="utf-8"))["grades"]
    return Set(articles, grades, {query: query for query in grades})


def raw_articles() -> list[ArticleText]:
    """stream/raw without the games, marked."""
    rows = read_rows(data_folder() / "stream" / "raw.jsonl.gz")
    return [article_of(row, utc(row["published_at"])) for row in rows if row["language"] != "und"]


def graded_rows(data: Set) -> list[tuple[str, ...]]:
    """nDCG@5 of ours and of plain TF-IDF over all 17 days."""
    queries = list(data.gains)
    mine, theirs = ours(data, queries)[0], plain(data, queries)[0]
    gain = _interval(gains_over(data, mine, theirs))
    return [
        ("ours", f"{_mean(ndcg(data, mine, 5)):.3f}", gain),
        ("TF-IDF cosine", f"{_mean(ndcg(data, theirs, 5)):.3f}", "-"),
    ]


if __name__ == "__main__":
    main([])
