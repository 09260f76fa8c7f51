"""Whether a text is its headline's: bodies of another matter, and bodies under several headlines."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from newstext.words import UNSPACED, content_words, words

FEWEST_TITLE_WORDS = 6  # a shorter headline may well play on words that its text never uses
FEWEST_TITLE_WORDS_TOLD = 3  # where the page's own description is asked too
FEWEST_TOLD_WORDS = 6
UNRELATED_MOST = 0.1  # of a headline's words that stand in a text by chance
LIKE_HEADLINES = 0.3  # of a headline's pieces, in scripts without spaces, that another on the same matter has
FEWEST_OTHERS = 2  # unrelated headlines over the same body, beside its own
SAYS_ITS_HEADLINE = 0.5  # of a headline's words that its body has, from which the body is its own
MAIN_PARAGRAPHS = 3  # the longest, by which a body is known again
SAME_BODY = 0.6  # of their length, from which two bodies are the same
ARABIC_PREFIX = re.compile("^(?:[وفبك]?ال|لل|[وفبلك](?=\\w{3}))")
HEBREW_PREFIX = re.compile("^[והבלמשכ](?=\\w{3})")


@dataclass(frozen=True, slots=True)
class Titled:
    """A headline and the body that was found under it."""

    title: str
    text: str
    language: str = ""


def is_of_another(page: Titled, description: str = "") -> bool:
    """True if a text has nothing of its headline.

    A long headline is enough to say so. A shorter one, which may be a play on
    words, needs the page's own description to be as far from the text.
    """
    wanted, by_chance = _pieces(page.title, page.language), _by_chance(page.title)
    if len(wanted) < FEWEST_TITLE_WORDS_TOLD:
        return False
    held: frozenset[str] = frozenset()
    for line in page.text.split("\n"):  # most texts say a word of their headline at once
        held |= _pieces(line, page.language)
        if _share(wanted, held) > by_chance:
            return False
    if len(wanted) >= FEWEST_TITLE_WORDS:
        return True
    told = _pieces(description, page.language)
    return len(told) >= FEWEST_TOLD_WORDS and bool(told & wanted) and _share(told, held) <= UNRELATED_MOST


def _by_chance(title: str) -> float:
    """The share of a headline's pieces that another text may hold: pieces of two characters are easily met."""
    return UNRELATED_MOST if UNSPACED.search(title) else 0.0


def _share(wanted: frozenset[str], held: frozenset[str]) -> float:
    return len(wanted & held) / len(wanted) if wanted else 1.0


def _pieces(text: str, language: str) -> frozenset[str]:
    """What two texts on one matter have in common: the beginnings of words that carry meaning."""
    return frozenset(stem for word in content_words(text, language) if (stem := _stem(word)))


def _stem(word: str) -> str:
    """A word's beginning, without the articles that Arabic and Hebrew write before it; "" for small words."""
    if word.isascii():
        return word[:5] if len(word) > 2 else ""
    first = word[0]
    if "\u0600" <= first <= "\u06ff":
        return ARABIC_PREFIX.sub("", word)[:4] if len(word) > 2 else ""
    if "\u0590" <= first <= "\u05ff":
        return HEBREW_PREFIX.sub("", word)[:4] if len(word) > 2 else ""
    if "\uac00" <= first <= "\ud7af":
        return word[:2]
    if UNSPACED.match(word):
        is_small = all("\u3040" <= character <= "\u309f" for character in word)  # hiragana: endings and particles
        return "" if is_small else word
    return word[:5] if len(word) > 2 else ""


@lru_cache(maxsize=32)  # it is asked for more than once of a text, while that is kept
def main_paragraphs(text: str) -> Mapping[int, int]:
    """A number for each of a body's longest paragraphs, with its length; equal for equal words."""
    parts = {" ".join(words(part)): len(part) for part in text.split("\n\n") if part.strip()}
    longest = sorted(parts, key=lambda said: (-parts[said], said))[:MAIN_PARAGRAPHS]
    return {_number(said): parts[said] for said in longest if said}


def _number(said: str) -> int:
    """63 bits, as a database keeps them."""
    return int.from_bytes(hashlib.sha256(said.encode("utf-8", "replace")).digest()[:8]) >> 1


def is_same_body(one: str, other: str) -> bool:
    """True if most of either body's main paragraphs, by length, are the other's too."""
    mine, theirs = main_paragraphs(one), main_paragraphs(other)
    shared = mine.keys() & theirs.keys()
    return all(
        sum(length for key, length in held.items() if key in shared) >= SAME_BODY * sum(held.values()) > 0
        for held in (mine, theirs)
    )


def is_made_of(text: str, known: Collection[int]) -> bool:
    """True if most of a body's main paragraphs, by length, are among these."""
    held = main_paragraphs(text)
    return sum(length for key, length in held.items() if key in known) >= SAME_BODY * sum(held.values()) > 0


def has_its_headline(page: Titled, publisher: str = "") -> bool:
    """True if a body says its headline: it is the article's own, wherever else it was found."""
    wanted = _pieces(page.title, page.language) - _pieces(publisher, page.language)
    return bool(wanted) and _share(wanted, _pieces(page.text, page.language)) >= SAYS_ITS_HEADLINE


def foreign_bodies(pages: Sequence[Titled], publisher: str = "") -> tuple[int, ...]:
    """Which of these pages of one publisher, that share their body, have it from elsewhere.

    A banner, an appeal for donations or the text of one story may be taken for
    the body of many pages. It is none of theirs if at least three of them have
    headlines that share no word with one another; a page whose body says its
    headline keeps it, and so does each of a text's own headlines, old and new.
    """
    titles = [_pieces(page.title, page.language) - _pieces(publisher, page.language) for page in pages]
    foreign = []
    for place, (title, page) in enumerate(zip(titles, pages, strict=True)):
        others = titles[:place] + titles[place + 1 :]
        is_own = has_its_headline(page, publisher)
        if title and not is_own and _count_unrelated(title, others) >= FEWEST_OTHERS:
            foreign.append(place)
    return tuple(foreign)


def _count_unrelated(title: frozenset[str], others: Sequence[frozenset[str]]) -> int:
    """How many of these headlines are related neither to this one nor to one another."""
    apart = [title]
    for other in others:
        if other and not any(_is_related(other, one) for one in apart):
            apart.append(other)
    return len(apart) - 1


def _is_related(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = one & other
    if not any(map(UNSPACED.match, shared)):
        return bool(shared)
    return len(shared) >= LIKE_HEADLINES * min(len(one), len(other))
