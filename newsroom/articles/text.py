"""An article's text as its page shows it: paragraphs of numbered sentences."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from newsroom.articles.models import Article

PART_CHARS = 100_000  # some 15,000 words; longer articles, as minutes and verdicts, come in parts


@dataclass(frozen=True, slots=True)
class Sentence:
    """number: its place in the article from 1, the N of #sN; 0 for a piece that is none."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """language: where it is another than the article's, else ""."""

    sentences: tuple[Sentence, ...]
    language: str = ""


def parts_of(article: Article) -> int:
    """In how many parts the article's page comes; an article that a person would read at once has one."""
    return max(1, -(-len(article.text) // PART_CHARS))


def part_at(start: int) -> int:
    """The part, from 1, that shows what begins at this place of the text."""
    return start // PART_CHARS + 1


def paragraphs_of(article: Article, part: int = 1) -> list[Paragraph]:
    """The paragraphs of a part in order; over all parts nothing of the text is lost.

    A paragraph that reaches over the end of a part goes on in the next: a
    sentence stands in the part that it begins in.
    """
    first, last = (part - 1) * PART_CHARS, part * PART_CHARS
    starts = [start for start, _ in article.sentences]
    languages = {start: language for start, _, language in article.passages}
    paragraphs: list[Paragraph] = []
    place = 0
    for block in article.text.split("\n\n"):
        end = place + len(block)
        if end > first and place < last and block.strip():
            inside = range(bisect_left(starts, max(place, first)), bisect_left(starts, min(end, last)))
            told = tuple(Sentence(k + 1, article.text[starts[k] : article.sentences[k][1]]) for k in inside)
            if told or first <= place:
                paragraphs.append(Paragraph(told or (Sentence(0, block),), languages.get(place, "")))
        place = end + 2
    return paragraphs
