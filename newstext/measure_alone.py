"""newstext measure alone: which sentences are kept and which refused, beside a plain rule of opening words."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from newstext import alone, pipeline
from newstext.measuring import data_folder, read_rows, table
from newstext.records import ArticleText
from newstext.words import words

LEAD = 3
NOWHEN = datetime(2015, 4, 15, tzinfo=UTC)  # the labelled articles are of spring 2015
LABELS = ("dangling_read", "misleading_read", "fragment_read")
# Opening words alone: what a selector without any reading goes by.
PLAIN = frozenset(
    """he she it they his her its their this that these those but and also however meanwhile so then there here such
    another others both instead still yet""".split()
)
Keeps = Callable[[ArticleText, int], bool]
Labelled = tuple[ArticleText, int, bool]  # the article, the sentence's number, whether readers found it to mislead


def main(argv: list[str]) -> int:
    """Print the share of misleading sentences refused, of the others kept, and of a news stream's leads kept."""
    labelled = labelled_sentences()
    bad = sum(is_bad for _, _, is_bad in labelled)
    rows = [(name, *percents(refused_and_kept(keeps, labelled))) for name, keeps in RULES]
    title = f"stands alone, {len(labelled)} sentences of extractive summaries, {bad} of them dangling or no sentence"
    print(table(title, ("", "misleading refused", "others kept"), rows))
    articles = stream()
    rows = [(name, *percents(shares(keeps, articles)), f"{cost(keeps):.3f}") for name, keeps in RULES]
    title = f"kept of {len(articles)} news articles"
    print(table(title, ("", "first sentence", "first three", "all", "CPU ms a sentence"), rows))
    return 0


def percents(found: Sequence[float]) -> list[str]:
    return [f"{100 * share:.1f}" for share in found]


def ours(article: ArticleText, number: int) -> bool:
    """Shown, by itself or after the sentence before it."""
    return bool(alone.show(article, number))


def by_itself(article: ArticleText, number: int) -> bool:
    """Shown with nothing before it."""
    return alone.can_be_shown(article, number)


def plain(article: ArticleText, number: int) -> bool:
    """Opens with no pronoun and no connective, and ends with a stop."""
    start, end = article.sentences[number]
    found = words(article.text[start:end])
    return bool(found) and found[0] not in PLAIN and article.text[start:end].rstrip("”\"'’")[-1:] in ".!"


RULES: tuple[tuple[str, Keeps], ...] = (("ours, by itself", by_itself), ("ours", ours), ("opening words", plain))


def labelled_sentences() -> list[Labelled]:
    """The sentences of evidence/exteval.jsonl that stand in their article, which is read in its own order."""
    found: list[Labelled] = []
    for row in read_rows(data_folder() / "evidence" / "exteval.jsonl"):
        article = _untokenised(row)
        places = {_key(article.text[start:end]): number for number, (start, end) in enumerate(article.sentences)}
        bad = {number for label in LABELS for number in row["labels"].get(label) or ()}
        for number, sentence in enumerate(row["summary_sentences"]):
            if (place := places.get(_key(sentence))) is not None:
                found.append((article, place, number in bad))
    return found


def _untokenised(row: dict[str, Any]) -> ArticleText:
    """The article with its words as a paper prints them; its sentences are those of the data set."""
    said = row["article_sentences"]
    listed = ast.literal_eval(said) if isinstance(said, str) else said
    spans, parts, place = [], [], 0
    for sentence in listed:
        text = _printed(sentence)
        spans.append((place, place + len(text)))
        parts.append(text)
        place += len(text) + 1
    marked = pipeline.mark_article(
        ArticleText(url="", id=str(row["id"]), text=" ".join(parts), language="en", published_at=NOWHEN)
    )
    return replace(marked, sentences=tuple(spans))


def _printed(sentence: str) -> str:
    joined = re.sub(r" (?=[.,;:!?%)\]]|'s\b|n't\b|'re\b|'ve\b|'ll\b|'d\b|'m\b)", "", sentence)
    joined = re.sub(r"(?<=[(\[$£]) ", "", joined)
    return re.sub(r"`` ?", "“", re.sub(r" ?''", "”", re.sub(r"` ", "‘", joined))).strip()


def _key(sentence: str) -> str:
    return "".join(words(_printed(sentence)))


def refused_and_kept(keeps: Keeps, labelled: Sequence[Labelled]) -> tuple[float, float]:
    """Shares: of the misleading sentences refused, of the others kept."""
    bad = [keeps(article, number) for article, number, is_bad in labelled if is_bad]
    good = [keeps(article, number) for article, number, is_bad in labelled if not is_bad]
    return 1 - sum(bad) / len(bad), sum(good) / len(good)


def stream() -> list[ArticleText]:
    """The articles of stories/clusters/news_stream.jsonl, marked."""
    made = []
    for row in read_rows(data_folder() / "stories" / "clusters" / "news_stream.jsonl"):
        at = datetime.fromisoformat(row["sim_time"]).replace(tzinfo=UTC)
        article = ArticleText(url="", id=str(row["id"]), text=row["text"], language="en", published_at=at)
        made.append(pipeline.mark_article(article))
    return made


def shares(keeps: Keeps, articles: Sequence[ArticleText]) -> tuple[float, float, float]:
    """Kept of the first sentences, of the first three, and of all."""
    found = [(number, keeps(article, number)) for article in articles for number in range(len(article.sentences))]
    return (
        _share([kept for number, kept in found if number == 0]),
        _share([kept for number, kept in found if number < LEAD]),
        _share([kept for _, kept in found]),
    )


def _share(kept: Sequence[bool]) -> float:
    return sum(kept) / len(kept)


def cost(keeps: Keeps) -> float:
    """CPU milliseconds a sentence, on articles that nobody has read yet."""
    articles = stream()[:200]
    began = time.process_time()
    for article in articles:
        for number in range(len(article.sentences)):
            keeps(article, number)
    return 1000 * (time.process_time() - began) / sum(len(article.sentences) for article in articles)


if __name__ == "__main__":
    main([])
