"""The form in which the inflected forms of a word are mostly equal, in any language."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from newstext.later import later
from newstext.words import fold

if TYPE_CHECKING:
    import simplemma
else:
    simplemma = later("simplemma")

LETTERS = 6  # of 4, 5, 6 and 7 the best for related articles, alone and after the lemma
DICTIONARIES = {"no": "nb", "hr": "hbs", "sr": "hbs", "bs": "hbs"}


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """The first letters of a folded word's dictionary form; of the word itself where no dictionary is.

    Words of one stem need not be of one meaning: good for comparing, never for showing.
    """
    return dictionary_form(word, language)[:LETTERS]


@lru_cache(maxsize=100_000)
def dictionary_form(word: str, language: str) -> str:
    """A folded word as dictionaries have it, folded; itself where no dictionary knows it."""
    return fold(_lemma(word, language))


def _lemma(word: str, language: str) -> str:
    if not word.isalpha():
        return word
    try:
        return simplemma.lemmatize(word, DICTIONARIES.get(language, language), low_memory=True) or word
    except ValueError:  # no dictionary of that language
        return word
