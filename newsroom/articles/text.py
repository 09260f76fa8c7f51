"""An article's text as its page shows it: paragraphs of numbered sentences."""

from __future__ import annotations

from dataclasses import dataclass

from newsroom.articles.models import Article


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


def paragraphs_of(article: Article) -> list[Paragraph]:
    """The paragraphs in order; nothing of the text is lost."""
    spans = [(start, end, number) for number, (start, end) in enumerate(article.sentences, 1)]
    languages = {start: language for start, _, language in article.passages}
    paragraphs: list[Paragraph] = []
    place = 0
    for block in article.text.split("\n\n"):
        end = place + len(block)
        inside = [Sentence(number, article.text[start:last]) for start, last, number in spans if place <= start < end]
        if block.strip():
            paragraphs.append(Paragraph(tuple(inside) or (Sentence(0, block),), languages.get(place, "")))
        place = end + 2
    return paragraphs
