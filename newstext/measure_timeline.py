"""newstext measure timeline: dates chosen and what is told of them, beside publication counts and plain mentions."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from newstext import dates, sentences, timeline
from newstext.dates.values import DAY_CHARS
from newstext.measuring import data_folder, table
from newstext.records import ArticleText
from newstext.when import dates_by_sentence, day_of
from newstext.words import words

Timeline = Mapping[str, Sequence[str]]  # day -> what is told of it
Topic = tuple[str, list[ArticleText], list[Timeline]]
Chooser = Callable[[list[ArticleText], int, str, str], Timeline]


def main(argv: list[str]) -> int:
    """Print date F1 and ROUGE with the gold's number of dates and range given, as the papers do, and without them."""
    topics = read_topics(data_folder() / "stories" / "timelines")
    choosers: tuple[tuple[str, Chooser], ...] = (
        ("ours, the lines", lines),
        ("ours, with their sources", ours),
        ("publication counts", published),
        ("plain mentions", mentioned),
    )
    head = ("", "date F1", "concat R-1", "concat R-2", "agreement R-1", "agreement R-2")
    title = "timelines of Timeline17's four development topics, the gold's number of dates and range given"
    print(table(title, head, [(name, *_means(scores(choose, topics))) for name, choose in choosers]))
    free = [(name, *_means(scores(choose, topics, is_free=True))) for name, choose in choosers]
    print(table(f"the same without them: the {timeline.DATES} weightiest dates", head, free))
    by_topic = [
        (name, *(f"{_mean([row[0] for row in scores(choose, [topic])]):.1f}" for topic in topics))
        for name, choose in choosers[1:]
    ]
    print(table("date F1 by topic", ("", *(topic[0] for topic in topics)), by_topic))
    return 0


def read_topics(folder: Path) -> list[Topic]:
    """(name, articles, reference timelines) of each topic."""
    paths = sorted(folder.glob("*.articles.jsonl"))
    return [(path.name.partition(".")[0], _articles(path), list(_golds(path))) for path in paths]


def _articles(path: Path) -> list[ArticleText]:
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        at, text = datetime.fromisoformat(row["date"]).replace(tzinfo=UTC), row["text"]
        named = dates.find(text, published_at=at, language="en")
        cut = sentences.split(text, "en")
        found.append(
            ArticleText("", id=str(number), text=text, language="en", published_at=at, dates=named, sentences=cut)
        )
    return found


def _golds(path: Path) -> Iterator[Timeline]:
    body = json.loads((path.parent / f"{path.name.partition('.')[0]}.gold.json").read_text(encoding="utf-8"))
    for one in body.values():
        yield {day[:DAY_CHARS]: told for day, told in sorted(one.items())}


def ours(articles: list[ArticleText], most: int, first: str, last: str) -> Timeline:
    """Each date's sentences, of all sources."""
    return _told(articles, most, first, last, every=True)


def lines(articles: list[ArticleText], most: int, first: str, last: str) -> Timeline:
    """Each event's first sentence."""
    return _told(articles, most, first, last, every=False)


def _told(articles: list[ArticleText], most: int, first: str, last: str, *, every: bool) -> Timeline:
    within = {"first_on": date.fromisoformat(first), "last_on": date.fromisoformat(last)} if first else {}
    told: dict[str, list[str]] = defaultdict(list)
    for event in timeline.write_timeline(articles, dates=most, **within):
        told[event.date] += [one.text for one in (event.sentences if every else event.sentences[:1])]
    return told


def published(articles: list[ArticleText], most: int, first: str, last: str) -> Timeline:
    """The days on which most was published, told by the first sentence of the first article."""
    days = Counter(day_of(article) for article in articles)
    openings: dict[str, str] = {}
    for article in articles:
        if article.sentences:
            openings.setdefault(day_of(article), _text(article, 0))
    return _weightiest(days, openings, most, first, last)


def mentioned(articles: list[ArticleText], most: int, first: str, last: str) -> Timeline:
    """The days that most sentences name, told by the first that does."""
    days: Counter[str] = Counter()
    told: dict[str, str] = {}
    for article in articles:
        for number, mention in dates_by_sentence(article):
            value = mention.value[:DAY_CHARS]
            if len(value) == DAY_CHARS and value <= day_of(article):
                days[value] += 1
                told.setdefault(value, _text(article, number))
    return _weightiest(days, told, most, first, last)


def _text(article: ArticleText, number: int) -> str:
    start, end = article.sentences[number]
    return article.text[start:end]


def _weightiest(days: Counter[str], told: dict[str, str], most: int, first: str, last: str) -> Timeline:
    within = [day for day in days if first <= day <= (last or "9")]
    return {day: [told.get(day, "")] for day in sorted(within, key=lambda day: (-days[day], day))[:most]}


def scores(choose: Chooser, topics: list[Topic], *, is_free: bool = False) -> list[tuple[float, ...]]:
    """Of each reference timeline: date F1, concat ROUGE-1 and -2, agreement ROUGE-1 and -2, in %."""
    found: list[tuple[float, ...]] = []
    for _, articles, golds in topics:
        for gold in golds:
            asked = (timeline.DATES, "", "") if is_free else (len(gold), min(gold), max(gold))
            made = choose(articles, *asked)
            both = len(made.keys() & gold.keys())
            dated = 200 * both / (len(made) + len(gold))
            runs = [(concat(made, gold, size), agreement(made, gold, size)) for size in (1, 2)]
            found.append((dated, runs[0][0], runs[1][0], runs[0][1], runs[1][1]))
    return found


def concat(made: Timeline, gold: Timeline, size: int) -> float:
    """ROUGE F1 of all that is told, the dates left aside."""
    mine, true = (sum((_runs(told, size) for told in one.values()), Counter()) for one in (made, gold))
    return _f1(sum((mine & true).values()), sum(mine.values()) + sum(true.values()))


def agreement(made: Timeline, gold: Timeline, size: int) -> float:
    """ROUGE F1 where only what is told of the same date can match (Martschat and Markert 2017)."""
    mine, true = ({day: _runs(told, size) for day, told in one.items()} for one in (made, gold))
    both = sum(sum((runs & true[day]).values()) for day, runs in mine.items() if day in true)
    return _f1(both, sum(sum(runs.values()) for one in (mine, true) for runs in one.values()))


def _runs(told: Sequence[str], size: int) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for text in told:
        said = words(text)
        found.update(tuple(said[i : i + size]) for i in range(len(said) - size + 1))
    return found


def _f1(both: int, all_: int) -> float:
    return 200 * both / all_ if all_ else 0.0


def _means(rows: list[tuple[float, ...]]) -> list[str]:
    return [f"{_mean([row[place] for row in rows]):.1f}" for place in range(len(rows[0]))]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


if __name__ == "__main__":
    main([])
