"""newstext measure brief: ROUGE on many tellings of one event, beside the lead of the first."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence

from newstext import brief, pipeline
from newstext.measuring import data_folder, read_rows, table
from newstext.records import ArticleText
from newstext.words import words

BUDGET = 230
Summary = Callable[[list[ArticleText]], str]


def main(argv: list[str]) -> int:
    """Print ROUGE-1/2/L F1 at 230 words, no stemming, stop words kept."""
    path = data_folder() / "stories" / "summaries" / "multinews.jsonl"
    rows = read_rows(path)
    clusters = [(_articles(row["docs"]), str(row["summary"])) for row in rows]
    found = [_score(name, summary, clusters) for name, summary in (("ours", _ours), ("lead of the first", _lead))]
    print(
        table(
            f"brief, {len(rows)} Multi-News clusters, 230 words",
            ("", "ROUGE-1", "ROUGE-2", "ROUGE-L", "CPU ms a story"),
            found,
        )
    )
    return 0


def _articles(docs: Sequence[str]) -> list[ArticleText]:
    made = (ArticleText(url="", id=str(number), text=text, language="en") for number, text in enumerate(docs))
    return [pipeline.mark_article(article) for article in made]


def _ours(articles: list[ArticleText]) -> str:
    return " ".join(sentence.text for sentence in brief.write_brief(articles, words=BUDGET))


def _lead(articles: list[ArticleText]) -> str:
    return " ".join(articles[0].text.split()[:BUDGET])


def _score(name: str, summary: Summary, clusters: list[tuple[list[ArticleText], str]]) -> tuple[str, ...]:
    began = time.process_time()
    made = [(" ".join(summary(articles).split()[:BUDGET]), gold) for articles, gold in clusters]
    milliseconds = 1000 * (time.process_time() - began) / len(clusters)
    scores = [sum(rouge(text, gold, kind) for text, gold in made) / len(made) for kind in ("1", "2", "L")]
    return (name, *(f"{100 * score:.1f}" for score in scores), f"{milliseconds:.0f}")


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
