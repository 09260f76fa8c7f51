"""An article's text as its page shows it: paragraphs of numbered sentences."""

from __future__ import annotations

from dataclasses import dataclass

from newsroom.articles.models import Article


@dataclass(frozen=True, slots=True)
class Sentence:
    """number: its place in the article from 1, the N of #sN; 0 for a piece that is none."""

    number: int
    text: str


def paragraphs_of(article: Article) -> list[list[Sentence]]:
    """The paragraphs in order; nothing of the text is lost."""
    spans = [(start, end, number) for number, (start, end) in enumerate(article.sentences, 1)]
    paragraphs: list[list[Sentence]] = []
    place = 0
    for block in article.text.split("\n\n"):
        end = place + len(block)
        inside = [Sentence(number, article.text[start:last]) for start, last, number in spans if place <= start < end]
        if block.strip():
            paragraphs.append(inside or [Sentence(0, block)])
        place = end + 2
    return paragraphs
