"""The words and phrases that say most about an article, best first."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from newstext.records import ArticleText
from newstext.words import ELISION, POSSESSIVE, UNSPACED, WORD, fold, stop_words, words

BREAK = re.compile(r"[.!?,;:()\[\]«»“”\"\n–—|/،؛؟。、，！？；：「」]|\s-\s")
PRIOR_DOCUMENTS = 20
SAME_FORM = 7  # words alike in so many first letters are forms of one word
SHORTEST = 3
LONGEST_COUNTED = 12  # a long word tells more than a short one, up to here
LENGTH_WEIGHT = 0.3
LEAD_WEIGHT = 1.0  # the first word counts this much more; half of it so many words on:
LEAD_HALF = 80
MOSTLY_TOGETHER = 0.5  # two words that stand side by side in this share of their places are one phrase


@dataclass(frozen=True, slots=True)
class WordCounts:
    """In how many articles of a language a word stands: of a background, and of the articles at hand.

    small: the words that are mostly written in small letters, and so are no
    names; of the background alone. Some of them have a count of 0.
    """

    documents: int = PRIOR_DOCUMENTS
    counts: Counter[str] = field(default_factory=Counter)
    small: frozenset[str] = frozenset()

    def rarity(self, word: str) -> float:
        """Natural logarithm of how rare the word is; above 0."""
        return math.log((self.documents + 1) / (self.counts[word] + 1)) + 0.1


@cache
def background(language: str) -> WordCounts:
    """The counts learned from news of that language (wordlists/SOURCES.md); empty where there is no table."""
    path = resources.files("newstext") / "wordlists" / "rarity" / f"{language if language.isalpha() else 'und'}.txt"
    try:
        first, *lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return WordCounts()
    counts: Counter[str] = Counter()
    small: set[str] = set()
    for line in lines:
        count, *found = line.split()
        counts.update({word.lower(): int(count) for word in found})
        small.update(word for word in found if word.islower())
    return WordCounts(int(first.split()[0]) + PRIOR_DOCUMENTS, counts, frozenset(small))


def keyphrases(articles: Sequence[ArticleText], *, top: int = 15) -> list[tuple[str, tuple[str, ...]]]:
    """The words and two-word phrases that say most about each article, best first.

    Needs no marks. Rarity is counted over a background of the language, where
    there is one, and over the articles themselves.
    """
    read = [(article, _read(article)) for article in articles]
    counts: dict[str, WordCounts] = {}
    for language in {article.language for article in articles}:
        seen = Counter(word for article, found in read if article.language == language for word in found.words.values())
        number = sum(article.language == language for article in articles)
        known = background(language)
        counts[language] = WordCounts(known.documents + number, Counter(known.counts) + seen)
    return [(article.id, tuple(_best(found, counts[article.language], top))) for article, found in read]


@dataclass(slots=True)
class _Read:
    """The words of an article that say something, by their form's first letters."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)


def _read(article: ArticleText) -> _Read:
    stops = stop_words(article.language)
    found = _Read()
    place = 0
    for piece in BREAK.split(f"{article.title}\n{article.text}"):
        before = ""
        for written, word in _words(piece):
            place += 1
            if not word or word in stops or word.isdigit() or (len(word) < SHORTEST and not UNSPACED.match(word)):
                before = ""
                continue
            form = word[:SAME_FORM]
            found.counts[form] += 1
            found.first.setdefault(form, place)
            found.words.setdefault(form, word)
            found.written.setdefault(form, written)
            if before:
                found.pairs[before, form] += 1
            before = form
    return found


def _words(piece: str) -> Iterator[tuple[str, str]]:
    """Each word as it is written and as it is compared."""
    for match in WORD.finditer(piece):
        if not match.group().isascii() and UNSPACED.search(match.group()):
            yield from ((word, word) for word in words(match.group()))
        else:
            written = ELISION.sub("", POSSESSIVE.sub("", match.group()))
            yield written, fold(written) if written else ""


def _best(found: _Read, counts: WordCounts, top: int) -> list[str]:
    scores: dict[tuple[str, ...], float] = {}
    for form, count in found.counts.items():
        word = found.words[form]
        scores[form,] = (
            (1 + math.log(count)) ** 2
            * math.sqrt(max(0.0, counts.rarity(word)))
            * (1 + LEAD_WEIGHT * 0.5 ** (found.first[form] / LEAD_HALF))
            * (1 + LENGTH_WEIGHT * min(len(word), LONGEST_COUNTED))
        )
    for pair, count in found.pairs.items():
        if count > 1 and count >= MOSTLY_TOGETHER * max(found.counts[form] for form in pair):
            scores[pair] = 1.01 * max(scores[form,] for form in pair)
    ranked = sorted(scores, key=lambda run: (-scores[run], run))
    return [_joined(found, run) for run in ranked[:top]]


def _joined(found: _Read, run: tuple[str, ...]) -> str:
    first, *rest = (found.written[form] for form in run)
    return f"{first} {rest[0]}" if rest and not UNSPACED.match(first) else first + "".join(rest)
