"""What a language's words say of the numbers beside them: wordlists/figures.toml, and a sentence to look up in it."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, NamedTuple

from newstext.numbers import NUMBER, magnitudes
from newstext.words import LETTER, fold, read_list

Span = tuple[int, int]
NOT_DIGIT = re.compile(r"\D")
WITH_ELISION = frozenset({"fr", "it", "ca"})
Kind = Literal["count", "measure"]
Plural = Literal["s", "capital", "next"]
BOUNDS = ("at_least", "about", "more_than", "up_to", "under")
WITH_DOTS = frozenset({"tr", "az"})  # öldü is "died" and oldu "became": their marks stay


@dataclass(frozen=True, slots=True)
class Counted:
    """One kind of figure. name: the same in all languages; label: in the text's own,
    "" where the text's own word is shown; units: "%", "money" or words."""

    name: str
    label: str
    kind: Kind
    units: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()  # it is told of these alone


@dataclass(frozen=True, slots=True)
class FigureWords:
    """The tables of one language; a phrase of two or three words stands joined by "_"."""

    numbers: Mapping[str, float]
    bounds: Mapping[str, str]  # phrase -> at_least, about, …
    stands: Mapping[str, Counted]
    does: Mapping[str, Counted]
    named: Mapping[str, Counted]
    measures: Mapping[str, Counted]
    sets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    times: Mapping[str, float] = field(default_factory=dict)
    openers: frozenset[str] = frozenset()  # words with which phrases of several words begin,
    closers: frozenset[str] = frozenset()  # and end
    sure: frozenset[str] = frozenset()  # a sentence with one of these has a number;
    unsure: frozenset[str] = frozenset()  # "one", "no": with one of these and one `of_people` it may have
    of_people: frozenset[str] = frozenset()
    of_kinds: frozenset[str] = frozenset()  # words of which one stands in every sentence with a figure of a kind
    plural: Plural = "next"


SETS = (
    "people no links links_after totals helpers ends more parts partitive by changes change_nouns former maybe grows "
    "corrects in wins not_counted money joins"
).split()


def key_of(word: str, language: str) -> str:
    """The form in which a word of that language is looked up."""
    if language in WITH_DOTS:
        return word.replace("İ", "i").replace("I", "ı").lower()
    return fold(word)


@cache
def figure_words(language: str) -> FigureWords | None:
    """The words of that language; None where there is no list, and no figure is read then."""
    language = "en" if language in ("", "und") else language
    table = read_list("figures").get(language)
    return _tables(table, language) if table else None


def _tables(table: Mapping[str, Any], language: str) -> FigureWords:
    stands, does, named = _counts(table.get("counts", {}), language)
    measured = _measures(table.get("measures", {}), language)
    sets = {name: frozenset(_keys(table.get(name, ""), language)) for name in SETS}
    bounds = {key: name for name in BOUNDS for key in _keys(table.get(name, ""), language)}
    times = {
        **{key_of(word, language).replace(" ", "_"): times for word, times in magnitudes(language).items()},
        **{key_of(word, language): float(times) for word, times in table.get("times", {}).items()},
    }
    every = [*bounds, *stands, *does, *named, *measured, *times, *(key for keys in sets.values() for key in keys)]
    phrases = [phrase for phrase in every if "_" in phrase]
    numbers = {key_of(word, language): value for word, value in table["numbers"].items()}
    written: dict[str, float] = {**table["numbers"], **numbers}
    return FigureWords(
        numbers=numbers,
        bounds=bounds,
        stands=stands,
        does=does,
        named=named,
        measures=measured,
        sets=sets,
        times=times,
        openers=frozenset(phrase.partition("_")[0] for phrase in phrases),
        closers=frozenset(phrase.rpartition("_")[2] for phrase in phrases),
        sure=frozenset(word for word, value in written.items() if value > 1),
        unsure=frozenset(word for word, value in written.items() if value == 1) | sets["no"],
        of_kinds=frozenset(
            part for phrase in (*stands, *does, *named, *measured, *sets["wins"]) for part in phrase.split("_")
        ),
        of_people=frozenset(word for word in (*sets["people"], *stands) if "_" not in word),
        plural=table["plural"],
    )


def _counts(counts: Mapping[str, Any], language: str) -> tuple[dict[str, Counted], ...]:
    """What the words behind a number, before it, and instead of both count."""
    tables: tuple[dict[str, Counted], ...] = ({}, {}, {})
    for name, said in counts.items():
        things = frozenset(_keys(said.get("things", ""), language))
        counted = Counted(name, said["label"], "count", things=things)
        for place, into in zip(("stands", "does", "named"), tables, strict=True):
            into.update(dict.fromkeys(_keys(said.get(place, ""), language), counted))
    return tables


def _measures(measures: Mapping[str, Any], language: str) -> dict[str, Counted]:
    measured: dict[str, Counted] = {}
    for name, said in measures.items():
        units = frozenset(_keys(said.get("units", ""), language))
        counted = Counted(name, said.get("label", ""), "measure", units=units)
        measured.update(dict.fromkeys(_keys(said["words"], language), counted))
    return measured


def _keys(said: str, language: str) -> Iterable[str]:
    """The phrases of a list, each word in the form in which it is looked up."""
    return ["_".join(key_of(word, language) for word in phrase.split("_")) for phrase in said.split()]


class Token(NamedTuple):
    """A word, number or sign. key: as it is looked up, "" for signs; value: of a number, else None."""

    key: str
    start: int
    end: int
    value: float | None = None
    has_capital: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in tokens. dates: spans whose numbers count nothing."""

    text: str
    tokens: tuple[Token, ...]
    keys: tuple[str, ...]
    words: FigureWords
    dates: tuple[Span, ...]

    def is_in(self, name: str, place: int) -> bool:
        """A phrase of that set begins at a token."""
        return phrase_at(self, place, self.words.sets[name]) > 0

    def ends_in(self, name: str, place: int) -> bool:
        """A phrase of that set ends right before a token."""
        return phrase_before(self, place, self.words.sets[name]) > 0

    def is_word(self, place: int) -> bool:
        return 0 <= place < len(self.tokens) and bool(self.keys[place]) and self.tokens[place].value is None


def read_sentence(text: str, language: str, words: FigureWords, dates: tuple[Span, ...]) -> Sentence:
    """A sentence in tokens, number words read; its digits are western ones."""
    tokens: list[Token] = []
    keys: list[str] = []
    is_folded = language not in WITH_DOTS
    for match in _tokens(language).finditer(text):
        start, end = match.span()
        said, kind, key, value = match[0], match.lastgroup, "", None
        if kind == "word":
            key = said.lower() if is_folded and said.isascii() else key_of(said, language)
            key = key.rstrip("’'")
            value = words.numbers.get(key) if "-" not in key else _spelled(key, words)
        elif kind is not None:
            whole = NOT_DIGIT.sub("", match["number"])[:15]
            value = float(f"{whole}.{(match['part'] or '')[1:] or 0}")
        elif said == "°":
            key = said
        keys.append(key)
        tokens.append(Token(key, start, end, value, bool(key) and said[0].isupper()))
    return Sentence(text, tuple(tokens), tuple(keys), words, dates)


@cache
def _tokens(language: str) -> re.Pattern[str]:
    """Numbers, words and signs. In French and Italian an apostrophe ends a word, elsewhere it stands within one."""
    letters = rf"°?{LETTER}+"
    word = rf"{letters}(?:-{LETTER}+)*[’']?" if language in WITH_ELISION else rf"{letters}(?:[-’']{LETTER}+)*"
    return re.compile(rf"{NUMBER.pattern}|(?P<word>{word})|[^\w\s]|\w+")


def _spelled(key: str, words: FigureWords) -> float | None:
    """What a number word with a hyphen stands for: "twenty-three", "dix-sept"."""
    if key in words.numbers:
        return words.numbers[key]
    tens, _, ones = key.partition("-")
    if words.numbers.get(tens, 0) >= 20 and words.numbers.get(ones, 99) < 10:
        return words.numbers[tens] + words.numbers[ones]
    return None


def phrase_at(sentence: Sentence, place: int, table: Container[str]) -> int:
    """How many words long the longest phrase of the table is that begins at a token; 0 if none does."""
    keys = sentence.keys
    if not 0 <= place < len(keys) or not keys[place]:
        return 0
    if keys[place] in sentence.words.openers:
        for width in (3, 2):
            if joined(keys, place, width) in table:
                return width
    return 1 if keys[place] in table else 0


def phrase_before(sentence: Sentence, place: int, table: Container[str]) -> int:
    """How long the longest one is that ends right before a token."""
    keys = sentence.keys
    if not 0 < place <= len(keys) or not keys[place - 1]:
        return 0
    if keys[place - 1] in sentence.words.closers:
        for width in (3, 2):
            if place >= width and joined(keys, place - width, width) in table:
                return width
    return 1 if keys[place - 1] in table else 0


def joined(keys: tuple[str, ...], place: int, width: int) -> str:
    """The phrase of so many words from a token on; "" where a sign stands between or there are not so many."""
    part = keys[place : place + width]
    return "_".join(part) if len(part) == width and "" not in part else ""
