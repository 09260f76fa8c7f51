"""newstext measure related: whole rankings on news_stream, beside plain TF-IDF cosine."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from newstext.grouping_scores import Grouped
from newstext.measure_grouping import stream
from newstext.measuring import data_folder, table
from newstext.records import ArticleText
from newstext.related import find_related
from newstext.vectors import Vector, cosine, unit
from newstext.words import content_words

Rankings = dict[str, list[str]]
TOP = 10


def main(argv: list[str]) -> int:
    """Print nDCG@5 and @10 (same story counts), and what is shown of another story."""
    path = data_folder() / "stories" / "clusters" / "news_stream.jsonl"
    sample = stream(path, has_times=True)
    articles, gold = sample.articles, sample.truth.story
    rows = [_row(name, rank(articles), gold) for name, rank in (("ours", _ours), ("TF-IDF cosine", _plain))]
    rows[0] += (_shown(articles, gold),)
    rows[1] += ("-",)
    print(table("related articles, news_stream", ("", "nDCG@5", "nDCG@10", "shown, of another story"), rows))
    return 0


def _row(name: str, rankings: Rankings, gold: Grouped) -> tuple[str, ...]:
    sizes = Counter(gold.values())
    asked = [item for item in gold if sizes[gold[item]] > 1]
    scores = []
    for depth in (5, 10):
        found = [
            _ndcg([gold[other] == gold[item] for other in rankings[item]], sizes[gold[item]] - 1, depth)
            for item in asked
        ]
        scores.append(f"{100 * sum(found) / len(found):.1f}")
    return (name, *scores)


def _ndcg(hits: Sequence[bool], there_are: int, depth: int) -> float:
    """Normalised discounted cumulative gain (Järvelin and Kekäläinen 2002), gains of one."""
    gained = sum(1 / math.log2(place + 2) for place, hit in enumerate(hits[:depth]) if hit)
    return gained / sum(1 / math.log2(place + 2) for place in range(min(depth, there_are)))


def _ours(articles: list[ArticleText]) -> Rankings:
    return {item: [one.id for one in found] for item, found in find_related(articles, top=TOP)}


def _shown(articles: list[ArticleText], gold: Grouped) -> str:
    shown = [(item, one.id) for item, found in find_related(articles, top=TOP) for one in found if one.shown]
    wrong = sum(gold[item] != gold[other] for item, other in shown)
    return f"{wrong / len(shown):.0%} of {len(shown):,}"


def _plain(articles: list[ArticleText]) -> Rankings:
    counts = [Counter(content_words(f"{one.title}\n{one.text}", "en")) for one in articles]
    seen = Counter(word for found in counts for word in found)
    vectors: list[Vector] = [
        unit({word: count * math.log(len(articles) / seen[word]) for word, count in found.items()}) for found in counts
    ]
    rankings = {}
    for place, article in enumerate(articles):
        scores = [
            (cosine(vectors[place], other), one.id)
            for one, other in zip(articles, vectors, strict=True)
            if one is not article
        ]
        rankings[article.id] = [item for _, item in sorted(scores, reverse=True)[:TOP]]
    return rankings


if __name__ == "__main__":
    main([])
