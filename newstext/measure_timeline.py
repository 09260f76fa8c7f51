"""newstext measure timeline: dates chosen, beside the days on which most was published."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from newstext import pipeline, timeline
from newstext.measuring import data_folder, table
from newstext.records import ArticleText

Gold = list[str]
Chooser = Callable[[list[ArticleText], Gold], list[str]]


def main(argv: list[str]) -> int:
    """Print date F1 with the gold's number of dates and its range given, as the papers do."""
    folder = data_folder() / "stories" / "timelines"
    topics = [(_articles(path), list(_golds(path))) for path in sorted(folder.glob("*.articles.jsonl"))]
    rows = []
    for name, choose in (("ours", _ours), ("publication counts", _published)):
        scores = [_f1(choose(articles, gold), gold) for articles, golds in topics for gold in golds]
        rows.append((name, str(len(scores)), f"{100 * sum(scores) / len(scores):.1f}"))
    print(table("timelines of Timeline17's four development topics", ("", "timelines", "date F1"), rows))
    return 0


def _articles(path: Path) -> list[ArticleText]:
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        at = datetime.fromisoformat(row["date"]).replace(tzinfo=UTC)
        article = ArticleText(url="", id=str(number), text=row["text"], language="en", published_at=at)
        found.append(pipeline.mark_article(article))
    return found


def _golds(path: Path) -> Iterator[Gold]:
    """The days of each reference timeline, in order."""
    topic = path.name.partition(".")[0]
    body = json.loads((path.parent / f"{topic}.gold.json").read_text(encoding="utf-8"))
    for one in body.values():
        yield sorted(day[:10] for day in one)


def _ours(articles: list[ArticleText], gold: Gold) -> list[str]:
    first, last = date.fromisoformat(gold[0]), date.fromisoformat(gold[-1])
    events = timeline.write_timeline(articles, dates=len(gold), first_on=first, last_on=last)
    return [event.date for event in events]


def _published(articles: list[ArticleText], gold: Gold) -> list[str]:
    days = Counter(article.published_at.date().isoformat() for article in articles if article.published_at)
    within = {day: count for day, count in days.items() if gold[0] <= day <= gold[-1]}
    return sorted(within, key=lambda day: (-within[day], day))[: len(gold)]


def _f1(chosen: list[str], gold: Gold) -> float:
    both = len(set(chosen) & set(gold))
    return 2 * both / (len(chosen) + len(gold)) if chosen or gold else 0.0


if __name__ == "__main__":
    main([])
