"""What of a sentence is found in the text that it is said to stand on.

A source is read once (`read_source`); for a sentence the best sentence of it,
or two neighbouring ones, is found (`Standing`), and the two are laid beside
each other word by word. Nothing is judged here; evidence.py does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise

from newstext import sentences
from newstext.entities import calendar_words
from newstext.entities import find as find_names
from newstext.stems import stem
from newstext.words import UNSPACED, fold, read_list, stop_words, words

WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*(?:['’][^\W_]+)*")
# Texts cut into words: "did n't", "the man 's", ``this''
LOOSE_END = re.compile(r"(?<=\w)\s+(n['’]t|['’](?:s|re|ve|ll|d|m))\b", re.IGNORECASE)
LOOSE_NOT = re.compile(r"(?<=n) ['’] (?=t\b)")
SPLIT_NUMBER = re.compile(r"(?<=\d), (?=000\b)")
NUMBER = re.compile(r"\d[\d.,]*\d|\d")
POSSESSIVE = re.compile(r"['’]s?$")
QUOTED = re.compile(r"[\"“«„‟]([^\"“”«»„‟]{2,})[\"”»“]")
SIGN = re.compile(r"[,;:()—–…]| - ")
MOST_WORDS = 120  # of a sentence that are laid beside another; what stands behind them is looked up, not aligned
PAIR_BETTER = 0.12  # so much more must two neighbouring sentences hold than one alone
LEAST_COUNT = 511  # articles behind wordlists/rarity, and one
SOFT_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Lists:
    """A language's words that turn, weaken or give away what is said, folded."""

    negations: frozenset[str]
    hedges: frozenset[str]
    speech: frozenset[str]
    joints: frozenset[str]
    pronouns: frozenset[str]
    that: frozenset[str]
    stops: frozenset[str]
    calendar: frozenset[str]
    numbers: dict[str, str]

    @property
    def are_known(self) -> bool:
        """False where nobody has told what turns a sentence round in this language."""
        return bool(self.negations)


@cache
def lists_of(language: str) -> Lists:
    """The word lists of a language; English for a text whose language is not known."""
    language = "en" if language in ("", "und", "pcm") else language
    own = read_list("evidence").get(language, {})
    turns = read_list("negations").get(language, "")
    counted = read_list("changes").get(language, {}).get("zero_to_twenty", "").split()
    parts = ("hedges", "speech", "joints", "pronouns", "that")
    return Lists(
        negations=frozenset(map(plain_word, turns.split())),
        **{part: frozenset(map(plain_word, own.get(part, "").split())) for part in parts},
        stops=stop_words(language),
        calendar=calendar_words(language),
        # "one" and its like are articles and pronouns as often as numbers
        numbers={plain_word(word): str(value) for value, word in enumerate(counted) if value > 1},
    )


def plain_word(word: str) -> str:
    """A word as it is compared: folded, its apostrophe straight, without 's."""
    return POSSESSIVE.sub("", fold(word.replace("’", "'"))) or fold(word)


def tidied(text: str) -> str:
    """The text without the marks of having been cut into words by a program."""
    if "``" in text or "''" in text:
        text = text.replace("``", '"').replace("''", '"')
    text = LOOSE_NOT.sub("'", SPLIT_NUMBER.sub(",", text))
    return LOOSE_END.sub(r"\1", text)


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence as it is compared: its words in order, their stems, and what stands before each.

    content: places of the words that say something. starts: True where a
    sign or the sentence's beginning stands before a word.
    """

    text: str
    words: tuple[str, ...]
    stems: tuple[str, ...]
    content: tuple[int, ...]
    starts: tuple[bool, ...]
    held: frozenset[str]


def read_sentence(text: str, language: str) -> Told:
    """One sentence made ready to be compared."""
    lists = lists_of(language)
    found: list[str] = []
    starts: list[bool] = []
    end = 0
    for match in WORD.finditer(text):
        begins = not found or SIGN.search(text, end, match.start()) is not None
        parts = _parts(match.group(), language)
        found += parts
        starts += [begins] + [False] * (len(parts) - 1)
        end = match.end()
    stems = tuple(lists.numbers.get(word) or _stem(word, language) for word in found)
    content = tuple(
        place for place, word in enumerate(found) if word not in lists.stops and (len(word) > 1 or word.isdigit())
    )
    return Told(text, tuple(found), stems, content, tuple(starts), frozenset(stems))


def _parts(word: str, language: str) -> list[str]:
    if not word.isascii() and UNSPACED.search(word):
        return words(word, language)
    return [plain_word(word)]


@lru_cache(maxsize=50_000)
def _stem(word: str, language: str) -> str:
    if NUMBER.match(word):
        return plain_number(word)
    if not word.isalpha():
        return word
    # Where no list says what turns a sentence round, only what is word for word passes: no dictionary is read for it.
    return stem(word, language or "en") if lists_of(language).are_known else word


def plain_number(word: str) -> str:
    """A number without what groups its figures: 1,300 and 1.300 are 1300; 2.5 stays."""
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", word):
        return re.sub(r"[.,]", "", word)
    return word.replace(",", ".").lstrip("0") or "0"


@dataclass(frozen=True, slots=True)
class Source:
    """A text that sentences are to stand on, read once.

    places: stem → (sentence, rank among its words that say something).
    two, three: runs of so many stems, those of three with the sentences that have them.
    in_one_run: all its words, a space around each.
    """

    text: str
    language: str
    sentences: tuple[Told, ...]
    held: frozenset[str]
    places: dict[str, list[tuple[int, int]]]
    two: frozenset[tuple[str, ...]]
    three: dict[tuple[str, ...], set[int]]
    beginnings: frozenset[str]
    in_one_run: str


@lru_cache(maxsize=16)
def read_source(text: str, language: str) -> Source:
    """A source made ready; kept, since many sentences are held against one article."""
    text = tidied(text)
    told = tuple(read_sentence(text[start:end], language) for start, end in sentences.split(text, language))
    places: dict[str, list[tuple[int, int]]] = {}
    two: set[tuple[str, ...]] = set()
    three: dict[tuple[str, ...], set[int]] = {}
    for number, one in enumerate(told):
        for rank, place in enumerate(one.content):
            places.setdefault(one.stems[place], []).append((number, rank))
        two.update(pairwise(one.stems))
        for run in zip(one.stems, one.stems[1:], one.stems[2:], strict=False):
            three.setdefault(run, set()).add(number)
    held = frozenset().union(*(one.held for one in told))
    beginnings = frozenset(word[:SOFT_LETTERS] for word in held if len(word) > SOFT_LETTERS)
    return Source(text, language, told, held, places, frozenset(two), three, beginnings, f" {' '.join(words(text))} ")


@dataclass(frozen=True, slots=True)
class Standing:
    """A sentence laid beside the one sentence, or two neighbouring ones, that hold most of it.

    chosen: their numbers in the source. window: them as one. pairs: (place in
    the sentence, place in the window) of equal words in the same order.
    seam: place in the window where the second sentence begins, 0 where it is one. weights:
    how much each stem that says something weighs.
    """

    told: Told
    source: Source
    chosen: tuple[int, ...]
    window: Told
    seam: int
    pairs: tuple[tuple[int, int], ...]
    weights: dict[str, float]
    best_alone: float
    names: frozenset[str]


def stand(text: str, source: Source) -> Standing | None:
    """The sentence beside what it may stand on; None where either says nothing."""
    told = read_sentence(text, source.language)
    if not told.words or not source.sentences:
        return None
    content = told.content or tuple(range(len(told.words)))
    last = {told.stems[place]: place for place in content}  # a word that comes a thousand times is weighed once
    weights = {stem: _weight(told, place, source) for stem, place in last.items()}
    chosen, alone = _best_window(told.held, weights, source)
    parts = [source.sentences[number] for number in chosen]
    window = parts[0] if len(parts) == 1 else _joined(parts)
    pairs = _aligned(told.stems[:MOST_WORDS], window.stems[: 2 * MOST_WORDS])
    seam = len(parts[0].words) if len(parts) > 1 else 0
    names = names_of(told, source.language)
    return Standing(told, source, chosen, window, seam, pairs, weights, alone, names)


def _weight(told: Told, place: int, source: Source) -> float:
    shown = len({number for number, _ in source.places.get(told.stems[place], ())}) or 0.5
    return 0.3 * math.log(1 + len(source.sentences) / shown) + 0.5 * rarity(told.words[place], source.language)


@lru_cache(maxsize=50_000)
def rarity(word: str, language: str) -> float:
    """How seldom a word is in articles, as a logarithm; the same for all where nobody counted."""
    return math.log(LEAST_COUNT / (_counts(language).get(word, 0) + 0.7))


@cache
def _counts(language: str) -> dict[str, int]:
    path = resources.files("newstext") / "wordlists" / "rarity" / f"{language or 'en'}.txt"
    if not language.isalpha() or not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    return {word: int(count) for count, *own in (line.split() for line in lines) for word in own}


def _best_window(held: frozenset[str], weights: dict[str, float], source: Source) -> tuple[tuple[int, ...], float]:
    """The sentences that hold most, and how much of the weight one alone holds."""
    total = sum(weights.values()) or 1.0
    alone = [
        (sum(weight for word, weight in weights.items() if word in one.held) / total, one.held)
        for one in source.sentences
    ]
    scores = [share + 0.1 * len(held & own) / len(held) for share, own in alone]
    first = max(range(len(scores)), key=lambda number: (scores[number], -number))
    chosen: tuple[int, ...] = (first,)
    best = scores[first] + PAIR_BETTER
    for number in range(len(scores) - 1):
        if scores[number] + scores[number + 1] <= best:
            continue  # two cannot hold more than the sum of what each holds
        both = alone[number][1] | alone[number + 1][1]
        held_by_both = sum(weight for word, weight in weights.items() if word in both) / total
        score = held_by_both + 0.1 * len(held & both) / len(held)
        if score > best:
            best, chosen = score, (number, number + 1)
    return chosen, alone[first][0]


def _joined(parts: Sequence[Told]) -> Told:
    first, second = parts
    shift = len(first.words)
    return Told(
        f"{first.text} {second.text}",
        first.words + second.words,
        first.stems + second.stems,
        first.content + tuple(place + shift for place in second.content),
        first.starts + second.starts,
        first.held | second.held,
    )


def _aligned(mine: Sequence[str], theirs: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Places of a longest common subsequence, in order."""
    known = set(theirs)
    rows = [[0] * (len(theirs) + 1)]
    for word in mine:
        above = rows[-1]
        if word not in known:
            rows.append(above)
            continue
        row, left, corner = [0], 0, 0
        for other, up in zip(theirs, above[1:], strict=True):
            if word == other:
                left = corner + 1
            elif up > left:
                left = up
            corner = up
            row.append(left)
        rows.append(row)
    found = []
    here, there = len(mine), len(theirs)
    while here and there:
        is_equal = rows[here] is not rows[here - 1] and mine[here - 1] == theirs[there - 1]
        if is_equal and rows[here][there] == rows[here - 1][there - 1] + 1:
            here, there = here - 1, there - 1
            found.append((here, there))
        elif rows[here - 1][there] >= rows[here][there - 1]:
            here -= 1
        else:
            there -= 1
    return tuple(reversed(found))


@lru_cache(maxsize=256)
def names_of(told: Told, language: str) -> frozenset[str]:
    """The stems of the words of which a sentence's names are made."""
    stops = lists_of(language).stops
    found = (plain_word(word) for name in find_names(told.text, language=language) for word in WORD.findall(name.text))
    return frozenset(_stem(word, language) for word in found if word not in stops) & told.held


def numbers_in(told: Told) -> set[str]:
    """The numbers a sentence gives, in figures, those written as words too."""
    return {word for word in told.stems if word[0].isdigit()}


def around(standing: Standing, *, before: int, behind: int) -> Iterable[Told]:
    """The sentences that stand so near to the chosen ones, and these."""
    first, last = standing.chosen[0], standing.chosen[-1]
    return standing.source.sentences[max(0, first - before) : last + 1 + behind]
