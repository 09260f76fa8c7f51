"""newstext measure brief: ROUGE on many tellings of one event, beside the lead of the first."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newstext import brief, pipeline, ranking
from newstext.measuring import data_folder, interval, read_rows, table
from newstext.records import ArticleText
from newstext.vectors import cosine
from newstext.words import words

BUDGET = 230
KINDS = ("1", "2", "L")
Summary = Callable[[list[ArticleText]], str]


def main(argv: list[str]) -> int:
    """Print ROUGE-1/2/L F1 at 230 words, no stemming, stop words kept, and how sure our gain is."""
    path = data_folder() / "stories" / "summaries" / "multinews.jsonl"
    rows = read_rows(path)
    clusters = [(read_articles(row["docs"]), str(row["summary"])) for row in rows]
    found = {name: score(summary, clusters) for name, summary in METHODS.items()}
    print(
        table(
            f"brief, {len(rows)} Multi-News clusters, {BUDGET} words",
            ("", "ROUGE-1", "ROUGE-2", "ROUGE-L", "CPU ms a story", "ours is above it by (95 of 100)"),
            [_row(name, scores, found["ours"]) for name, scores in found.items()],
        )
    )
    return 0


def read_articles(docs: Sequence[str]) -> list[ArticleText]:
    """The tellings of one event, marked."""
    made = (ArticleText(url="", id=str(number), text=text, language="en") for number, text in enumerate(docs))
    return [pipeline.mark_article(article) for article in made]


def _ours(articles: list[ArticleText]) -> str:
    return " ".join(sentence.text for sentence in brief.write_brief(articles, words=BUDGET))


def _lead(articles: list[ArticleText]) -> str:
    return " ".join(articles[0].text.split()[:BUDGET])


def _in_turn(articles: list[ArticleText]) -> str:
    """The first sentences of all tellings, then the second ones, and so on."""
    most = max(len(article.sentences) for article in articles)
    rows = ((article, number) for number in range(most) for article in articles if number < len(article.sentences))
    return " ".join(article.text[slice(*article.sentences[number])] for article, number in rows)


def _centroid(articles: list[ArticleText]) -> str:
    """Sentences near the middle of all and early in theirs, none like another (MMR): the plain way to do it."""
    ranked = ranking.rank(articles)
    middle = ranking.middle_of(ranked.best)
    worth = {one.key: 0.65 * cosine(one.vector, middle) + 0.35 / (1 + one.number) for one in ranked.best}
    open_to, chosen, left = list(ranked.best), list[ranking.Candidate](), BUDGET
    while open_to:
        best = max(open_to, key=lambda one: worth[one.key])
        open_to.remove(best)
        if best.words > left:
            continue
        chosen.append(best)
        left -= best.words
        for one in open_to:
            worth[one.key] -= 0.55 * max(0.0, cosine(one.vector, best.vector))
    return " ".join(one.text for one in sorted(chosen, key=lambda one: one.key))


METHODS: dict[str, Summary] = {
    "ours": _ours,
    "lead of the first": _lead,
    "leads in turn": _in_turn,
    "centroid, position, MMR, any sentence": _centroid,
}


@dataclass(frozen=True, slots=True)
class Scores:
    """ROUGE of each story in %, by kind, and the time it took."""

    by_kind: dict[str, list[float]]
    milliseconds: float


def score(summary: Summary, clusters: Sequence[tuple[list[ArticleText], str]]) -> Scores:
    """What a way to sum up gets over all stories, each given as its tellings and what a person wrote of it."""
    began = time.process_time()
    made = [(" ".join(summary(articles).split()[:BUDGET]), gold) for articles, gold in clusters]
    milliseconds = 1000 * (time.process_time() - began) / len(clusters)
    return Scores({kind: [100 * rouge(text, gold, kind) for text, gold in made] for kind in KINDS}, milliseconds)


def _row(name: str, scores: Scores, ours: Scores) -> tuple[str, ...]:
    means = (f"{sum(scores.by_kind[kind]) / len(scores.by_kind[kind]):.1f}" for kind in KINDS)
    gains = []
    for kind in ("1", "2"):
        pairs = zip(ours.by_kind[kind], scores.by_kind[kind], strict=True)
        low, high = interval([[mine - theirs] for mine, theirs in pairs])
        gains.append(f"{low:+.1f} to {high:+.1f}")
    return (name, *means, f"{scores.milliseconds:.0f}", "" if scores is ours else " / ".join(gains))


def rouge(text: str, gold: str, kind: str) -> float:
    """ROUGE F1 (Lin 2004): 1 and 2 by runs of words, L by the longest common subsequence."""
    mine, true = words(text), words(gold)
    if kind == "L":
        both, in_mine, in_true = _common(mine, true), len(mine), len(true)
    else:
        size = int(kind)
        runs = [Counter(tuple(found[i : i + size]) for i in range(len(found) - size + 1)) for found in (mine, true)]
        both, in_mine, in_true = sum((runs[0] & runs[1]).values()), sum(runs[0].values()), sum(runs[1].values())
    return 2 * both / (in_mine + in_true) if in_mine + in_true else 0.0


def _common(first: list[str], second: list[str]) -> int:
    """The length of the longest common subsequence."""
    row = [0] * (len(second) + 1)
    for word in first:
        before = 0
        for place, other in enumerate(second, 1):
            here = row[place]
            row[place] = before + 1 if word == other else max(row[place], row[place - 1])
            before = here
    return row[-1]


if __name__ == "__main__":
    main([])
