"""newstext measure notes: what a story's notes cost, beside the plainest notes there are.

Stories: news_stream's of STORY articles or more with some text, the first
STORY of each, every telling of a publisher of its own (the set names none).
The large story is put together of others' articles: none tells what another
does, so that nothing is saved by copies. CPU time of this process, not the
clock's; the first stories are written once before, for the word lists.
"""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from unittest import mock

from newstext import hashtags, pipeline, writers
from newstext.measuring import data_folder, interval, read_rows, table
from newstext.records import ArticleText

STORY, LARGE = 10, 100
FEWEST_WORDS = 1_000  # of a story: some of the set are headlines alone
WARMED = 3  # stories
SECTIONS = {
    "hashtags": (hashtags, "subjects"), "quotes, claims": (writers, "write_quotes"),
    "ranking of sentences": (writers, "rank_news"), "trigger": (writers, "find_trigger"),
    "brief": (writers, "write_brief"), "why now": (writers, "write_why_now"), "longer brief": (writers, "write_more"),
    "timeline": (writers, "write_timeline"), "numbers": (writers, "write_figures"),
    "coverage": (writers, "write_coverage"), "questions": (writers, "suggest"), "who's who": (writers, "write_people"),
}  # fmt: skip
SENTENCE = re.compile(r"[^.!?]+[.!?]")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def main(argv: list[str]) -> int:
    """Print CPU ms a story of 10, by step and by section, and of one more article in a story of 10 and of 100."""
    stories = read_stories()
    warm_up(stories[:WARMED])
    stories = stories[WARMED:]
    words = sum(len(article.text.split()) for story in stories for article in story[:STORY]) / len(stories) / STORY
    rows = [one_story(story[:STORY]) for story in stories]
    print(
        table(
            f"notes of {STORY} articles, {len(stories)} stories, {words:.0f} words an article, CPU ms a story",
            ("", "mean", "95 of 100"),
            [(name, *_figures([row[name] for row in rows])) for name in rows[0]],
        )
    )
    print(
        table(
            "the same, notes of marked articles by section, CPU ms",
            ("", "nothing known", "all known"),
            [(name, f"{cold:.1f}", f"{warm:.1f}") for name, (cold, warm) in by_section(stories).items()],
        )
    )
    longer = [story for story in stories if len(story) > STORY]
    small, large = one_more(longer, STORY), one_more(longer, LARGE)
    print(
        table(
            f"one more article, the others known, {len(longer)} stories, CPU ms",
            ("a story of", "mean", "95 of 100", f"of that in a story of {STORY}"),
            [
                (str(STORY), *_figures(small), "1"),
                (str(LARGE), *_figures(large), f"{sum(large) / sum(small):.2f}"),
            ],
        )
    )
    return 0


def read_stories() -> list[list[ArticleText]]:
    """The stories of news_stream that are large enough, each in order of time."""
    found: dict[str, list[ArticleText]] = defaultdict(list)
    for row in read_rows(data_folder() / "stories" / "clusters" / "news_stream.jsonl"):
        at = datetime.fromisoformat(row.get("date") or row["sim_time"])
        found[row["story"]].append(
            ArticleText(
                url="",
                id=str(row["id"]),
                title=row.get("title") or "",
                text=row["text"],
                language="en",
                publisher=f"Paper {len(found[row['story']])}",
                published_at=at if at.tzinfo else at.replace(tzinfo=UTC),
            )
        )
    return [
        story
        for story in found.values()
        if len(story) >= STORY and sum(len(article.text.split()) for article in story) >= FEWEST_WORDS
    ]


def warm_up(stories: Sequence[Sequence[ArticleText]]) -> None:
    """Read the word lists that notes need."""
    for story in stories:
        pipeline.write_notes(marked(story))


def marked(story: Sequence[ArticleText]) -> list[ArticleText]:
    """The articles marked, as new objects: nothing that was found in them before is known."""
    return [pipeline.mark_article(article) for article in story]


def milliseconds(do: Callable[[], Any]) -> tuple[Any, float]:
    """What it gives, and the CPU time that took."""
    began = time.process_time()
    given = do()
    return given, 1000 * (time.process_time() - began)


def one_story(story: Sequence[ArticleText]) -> dict[str, float]:
    """CPU ms of each step."""
    read, marking = milliseconds(lambda: marked(story))
    _, cold = milliseconds(lambda: pipeline.write_notes(read))
    _, warm = milliseconds(lambda: pipeline.write_notes(read))
    _, baseline = milliseconds(lambda: plain(story))
    return {
        "marking": marking,
        "notes of marked articles": cold,
        "both": marking + cold,
        "notes once more": warm,
        "leads, years and capitals by regular expressions": baseline,
    }


def plain(story: Sequence[ArticleText]) -> tuple[list[str], Counter[str], Counter[str]]:
    """The plainest notes: first sentences, years and what has capitals, counted."""
    leads = [match.group() for article in story if (match := SENTENCE.search(article.text))]
    years = Counter(year for article in story for year in YEAR.findall(article.text))
    names = Counter(name for article in story for name in re.findall(r"(?:[A-Z]\w+ )+[A-Z]\w+", article.text))
    return leads, years, names


def by_section(stories: Sequence[Sequence[ArticleText]]) -> dict[str, tuple[float, float]]:
    """Each section's CPU ms a story, nothing known and all known; what a section finds first serves the next."""
    nothing_known: dict[str, float] = dict.fromkeys(SECTIONS, 0.0)
    all_known = dict(nothing_known)
    spent = nothing_known

    def timed(name: str, section: Callable[..., Any]) -> Callable[..., Any]:
        def write(*args: Any, **options: Any) -> Any:
            given, took = milliseconds(lambda: section(*args, **options))
            spent[name] += took
            return given

        return write

    with ExitStack() as patches:
        for name, (module, section) in SECTIONS.items():
            patches.enter_context(mock.patch.object(module, section, timed(name, getattr(module, section))))
        for story in stories:
            read = marked(story[:STORY])
            spent = nothing_known
            pipeline.write_notes(read)
            spent = all_known
            pipeline.write_notes(read)
    return {name: (nothing_known[name] / len(stories), all_known[name] / len(stories)) for name in SECTIONS}


def one_more(stories: Sequence[Sequence[ArticleText]], size: int) -> list[float]:
    """CPU ms of marking one more article and writing the notes of `size` known ones and it, of each story."""
    found = []
    for place, story in enumerate(stories):
        others = [article for other in (*stories[place + 1 :], *stories[:place]) for article in other[:STORY]]
        known = marked([*story[:STORY], *others][:size])
        known.sort(key=lambda article: article.published_at or datetime.min.replace(tzinfo=UTC))
        pipeline.write_notes(known)
        new = replace(story[STORY])  # an object of its own

        def add(known: list[ArticleText] = known, new: ArticleText = new) -> None:
            pipeline.write_notes([*known, pipeline.mark_article(new)])

        found.append(milliseconds(add)[1])
    return found


def _figures(values: Sequence[float]) -> tuple[str, str]:
    low, high = interval([[value] for value in values])
    return f"{sum(values) / len(values):.1f}", f"{low:.1f} to {high:.1f}"


if __name__ == "__main__":
    main([])
