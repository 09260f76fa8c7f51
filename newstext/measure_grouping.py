"""newstext measure grouping: stories found, beside plain TF-IDF, on the development data."""

from __future__ import annotations

import json
import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from newstext import pipeline
from newstext.grouping import StoryIndex
from newstext.language import normal_code
from newstext.measuring import data_folder, table
from newstext.records import ArticleText, Placement
from newstext.words import content_words

Grouped = dict[str, str]
PLAIN_JOIN = 0.28  # the choice of all five folds on stream/ (its README)


def main(argv: list[str]) -> int:
    """Print BCubed and pair F1 for ours and for TF-IDF's nearest item."""
    stories = data_folder() / "stories" / "clusters"
    rows = []
    for name, articles, gold in (
        ("news_stream, no times", *_stream(stories / "news_stream.jsonl", has_times=False)),
        ("news_stream, its times", *_stream(stories / "news_stream.jsonl", has_times=True)),
        ("uci_headlines, 12 a story", *_headlines(stories / "uci_headlines.jsonl")),
        ("stream/labelled", *_labelled(data_folder() / "stream" / "labelled.jsonl")),
    ):
        for method, group in (("ours", _ours), ("TF-IDF nearest", _plain)):
            rows.append((name, method, *score(*_timed(group, articles), gold)))
    head = ("data", "method", "BCubed P / R / F1", "with company", "pair F1", "stories ÷ gold", "articles a CPU s")
    print(table("stories", head, rows))
    return 0


def _timed(group: Callable[[list[ArticleText]], Grouped], articles: list[ArticleText]) -> tuple[Grouped, float]:
    began = time.process_time()
    grouped = group(articles)
    return grouped, len(articles) / (time.process_time() - began)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _article(row: dict[str, Any], at: str | None) -> ArticleText:
    text = str(row.get("text") or "")
    article = ArticleText(
        url="",
        id=str(row["id"]),
        title=str(row.get("title") or ""),
        text=text,
        paragraphs=(text,),
        language=normal_code(str(row.get("language") or "en")) or "en",
        published_at=datetime.fromisoformat(at.replace("Z", "+00:00")) if at else None,
        kind="article",
    )
    return pipeline.mark_article(article)


def _stream(path: Path, *, has_times: bool) -> tuple[list[ArticleText], Grouped]:
    rows = _lines(path)
    return [_article(row, _utc(row["sim_time"]) if has_times else None) for row in rows], {
        str(r["id"]): str(r["story"]) for r in rows
    }


def _utc(said: str) -> str:
    return said if "+" in said or said.endswith("Z") else f"{said}+00:00"


def _headlines(path: Path) -> tuple[list[ArticleText], Grouped]:
    held: Counter[str] = Counter()
    rows = []
    for row in _lines(path):
        held[row["story"]] += 1
        if held[row["story"]] <= 12:
            rows.append(row)
    return [_article(row, None) for row in rows], {str(row["id"]): str(row["story"]) for row in rows}


def _labelled(path: Path) -> tuple[list[ArticleText], Grouped]:
    rows = sorted(_lines(path), key=lambda row: row["first_seen_at"])
    return [_article(row, _utc(row["published_at"])) for row in rows], {str(r["id"]): str(r["story"]) for r in rows}


def _ours(articles: list[ArticleText]) -> Grouped:
    index = StoryIndex()
    return {p.article: p.story for p in pipeline.group_articles(articles, index) if isinstance(p, Placement)}


def _plain(articles: list[ArticleText]) -> Grouped:
    """TF-IDF of title twice and 400 characters, online idf, three days; joins the nearest earlier item."""
    counts: Counter[str] = Counter()
    seen: list[tuple[str, dict[str, float], ArticleText]] = []
    grouped: Grouped = {}
    for number, article in enumerate(articles, 1):
        words = Counter(content_words(f"{article.title} {article.title} {article.text[:400]}", article.language))
        counts.update(words.keys())
        vector = {word: count * math.log((number + 1) / counts[word]) for word, count in words.items()}
        length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
        vector = {word: value / length for word, value in vector.items()}
        best, nearest = 0.0, ""
        for other_id, other, earlier in seen:
            if (
                article.published_at
                and earlier.published_at
                and abs((article.published_at - earlier.published_at).days) > 3
            ):
                continue
            cosine = sum(value * other[word] for word, value in vector.items() if word in other)
            if cosine > best:
                best, nearest = cosine, other_id
        grouped[article.id] = grouped[nearest] if best >= PLAIN_JOIN else article.id
        seen.append((article.id, vector, article))
    return grouped


def score(found: Grouped, speed: float, gold: Grouped) -> tuple[str, ...]:
    """BCubed P / R / F1, F1 of items with company, pair F1, number of stories, speed."""
    precision, recall, company = bcubed(found, gold)
    f1 = _f1(precision, recall)
    ratio = len(set(found.values())) / len(set(gold.values()))
    shown = f"{precision:.3f} / {recall:.3f} / {f1:.3f}"
    return (shown, f"{company:.3f}", f"{pair_f1(found, gold):.3f}", f"{ratio:.2f}", f"{speed:,.0f}")


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def bcubed(found: Grouped, gold: Grouped) -> tuple[float, float, float]:
    """Precision, recall, and the F1 over items whose gold story has others (Bagga and Baldwin 1998)."""
    by_found, by_gold = _members(found), _members(gold)
    rows = []
    for item in gold:
        mine, true = by_found[found[item]], by_gold[gold[item]]
        both = len(mine & true)
        rows.append((both / len(mine), both / len(true), len(true) > 1))
    with_company = [row for row in rows if row[2]]
    company = _f1(_mean([row[0] for row in with_company]), _mean([row[1] for row in with_company]))
    return _mean([row[0] for row in rows]), _mean([row[1] for row in rows]), company


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _members(grouped: Grouped) -> dict[str, set[str]]:
    members: dict[str, set[str]] = defaultdict(set)
    for item, story in grouped.items():
        members[story].add(item)
    return members


def pair_f1(found: Grouped, gold: Grouped) -> float:
    """F1 over pairs of items put together."""
    both = Counter(Counter((found[item], gold[item]) for item in gold))
    pairs = sum(n * (n - 1) // 2 for n in both.values())
    in_found = sum(n * (n - 1) // 2 for n in Counter(found.values()).values())
    in_gold = sum(n * (n - 1) // 2 for n in Counter(gold.values()).values())
    return _f1(pairs / in_found if in_found else 0.0, pairs / in_gold if in_gold else 0.0)


if __name__ == "__main__":
    main([])
