"""A piece of a text around the words that were searched, these marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from newstext.words import LETTERS, fold

SNIPPET_CHARS = 220
BEFORE_CHARS = 70  # of the piece, in front of the first word found
READ_CHARS = 20_000  # of a text, in which its best piece is looked for
PLACES_MOST = 200
SPACE_WITHIN = 25  # characters; a text without spaces is cut anywhere
WORD = re.compile(LETTERS)
ENDING = re.compile(r"(?<=\w{3})(?:ies|ied|ing|ed|es|s|e|y)$")

Parts = list[tuple[str, bool]]  # (words, they were searched)


def marked(text: str, terms: Sequence[str]) -> Parts:
    """The whole text in parts, the words that were searched apart; a phrase where its words follow one another."""
    parts, place = [], 0
    for start, end, _ in _places(text, terms):
        if start >= place:
            parts += [(text[place:start], False), (text[start:end], True)]
            place = end
    return [part for part in [*parts, (text[place:], False)] if part[0]]


def snippet(text: str, terms: Sequence[str]) -> Parts:
    """The piece of the text that has most of the terms; its beginning if it has none."""
    text = " ".join(text[:READ_CHARS].split())
    start = _best_start(list(islice(_places(text, terms), PLACES_MOST)), text)
    end = start + SNIPPET_CHARS
    is_cut = end < len(text)
    if is_cut:
        space = text.rfind(" ", end - SPACE_WITHIN, end)
        end = space if space > 0 else end
    before, behind = [("… ", False)] if start else [], [(" …", False)] if is_cut else []
    return [*before, *marked(text[start:end], terms), *behind]


def _best_start(places: list[tuple[int, int, int]], text: str) -> int:
    """Where the piece begins: somewhat before the first of the words that stand nearest together."""
    best, most = 0, 0
    for at, (start, _, _) in enumerate(places):
        within = {term for place, _, term in places[at:] if place < start + SNIPPET_CHARS - BEFORE_CHARS}
        if len(within) > most:
            best, most = start, len(within)
    start = max(0, best - BEFORE_CHARS)
    space = text.find(" ", start, start + SPACE_WITHIN) if start else -1
    return space + 1 if space >= 0 else start


def _places(text: str, terms: Sequence[str]):  # type: ignore[no-untyped-def]
    """(start, end, which term) of each place of a term, in order."""
    wanted: dict[str, list[tuple[int, list[str]]]] = {}
    for number, term in enumerate(terms):
        words = [_root(word) for word in term.split()]
        wanted.setdefault(words[0], []).append((number, words))
    found = [(match.start(), match.end(), _root(match[0])) for match in WORD.finditer(text)]
    for at, (start, _, root) in enumerate(found):
        for number, words in wanted.get(root, ()):
            stretch = found[at : at + len(words)]
            if [one for _, _, one in stretch] == words:
                yield start, stretch[-1][1], number


def _root(word: str) -> str:
    """A word without the endings that the index takes no heed of, nearly enough for marking."""
    return ENDING.sub("", fold(word))
