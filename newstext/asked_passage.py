"""A sentence that may answer a question, with its words, names and dates."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeVar

from newstext.questions import Asked, term
from newstext.records import ArticleText, DateMention, Name
from newstext.words import WORD, fold

Marked = TypeVar("Marked", Name, DateMention)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence: its place in it, and what it is compared by."""

    start: int
    end: int
    folded: str
    term: str


@lru_cache(maxsize=100_000)
def _read_word(word: str, language: str) -> tuple[str, str]:
    return fold(word), term(word, language)


class Passage:
    """A sentence with what is known of it, read when asked for; offsets count from its own first letter."""

    def __init__(self, article: ArticleText, number: int, terms: frozenset[str]) -> None:
        self.article, self.number, self.terms = article, number, terms
        self.start, self.end = article.sentences[number]
        self.text = article.text[self.start : self.end]
        self.language = article.language

    @cached_property
    def words(self) -> list[Word]:
        return [
            Word(match.start(), match.end(), *_read_word(match.group(), self.language))
            for match in WORD.finditer(self.text)
        ]

    @cached_property
    def names(self) -> list[Name]:
        return [
            Name(one.start - self.start, one.end - self.start, one.text, one.kind)
            for one in _inside(self.article.names, self.start, self.end)
        ]

    @cached_property
    def dates(self) -> list[DateMention]:
        return [
            DateMention(one.start - self.start, one.end - self.start, one.text, one.value)
            for one in _inside(self.article.dates, self.start, self.end)
        ]

    @cached_property
    def folded(self) -> str:
        return " ".join(word.folded for word in self.words)

    def has_phrase(self, phrase: str) -> bool:
        return f" {phrase} " in f" {self.folded} "

    def new_names(self, asked: Asked) -> Iterator[Name]:
        """The names that the question does not have itself."""
        known = {*asked.terms, *(one for name in asked.names for one in name)}
        for name in self.names:
            if not known & {term(word, self.language) for word in WORD.findall(name.text)}:
                yield name


def _inside(found: Sequence[Marked], start: int, end: int) -> Iterator[Marked]:
    """Those of an article's names or dates, which stand in order of place, that lie in one sentence."""
    for place in range(bisect_left(found, start, key=lambda one: one.start), len(found)):
        if found[place].end > end:
            return
        yield found[place]
