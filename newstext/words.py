"""A text's words, folded so that equal words are equal; any script."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import resources
from itertools import chain
from typing import Any

# Letters and digits, and the marks that sit on letters: Python's \w leaves out accents that stand by
# themselves, Arabic vowels and the vowel signs of India.
MARKS = "[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff]"
LETTER = rf"(?:[^\W_]|{MARKS})"
LETTERS = rf"(?:[^\W_]++|{MARKS}++)++"  # the same as LETTER+, a third of its time
WORD = re.compile(rf"{LETTERS}(?:[’']{LETTERS})*+")
PLAIN_WORD = re.compile("[a-z0-9]+")  # a WORD of a text in small ASCII without apostrophes
BODY_CHARS = 400  # a text as long is asked for its words more than once while it is marked
REMEMBERED_CHARS = 32  # a longer word hardly comes again
# Scripts written without spaces: words are taken as runs of two characters.
UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+")
ARABIC_MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]")
ARABIC_FORMS = str.maketrans("أإآٱىؤئة", "اااايويه")
KANA_MARKS = frozenset({0x3099, 0x309A})
NUKTA = re.compile("[\u093c\u09bc\u0a3c]")  # the dot that Hindi writes or leaves out: करोड़
# Turkish and its kin write a name's endings after an apostrophe: Işık'ın
NAME_ENDING = re.compile(r"(?<=\w)[’'][^\W\d_]{1,7}$")
NAME_ENDINGS = frozenset({"tr", "az", "uz", "tk", "kk"})
KOREAN = re.compile("[\uac00-\ud7a3]{3,}$")
KOREAN_PARTICLES = re.compile("(?:에서는|에서|에게|으로|까지|부터|은|는|이|가|을|를|의|에|로|와|과|도|만)$")
ARABIC_ARTICLE = re.compile("^(?:[وفبك]?ال|لل)(?=.{3,})")
ELISION = re.compile(r"^(?:[dlnsjmtc]|qu)[’'](?=\w{2})", re.IGNORECASE)  # d'Ada, l’été, qu'il
POSSESSIVE = re.compile(r"[’']s?$")


def read_list(name: str) -> dict[str, Any]:
    """The tables of wordlists/NAME.toml as they are written there; none where there is no such list."""
    path = resources.files("newstext") / "wordlists" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def fold(word: str) -> str:
    """The form in which two spellings of a word are equal: case, accents, Arabic forms."""
    if word.isascii():
        return word.lower()
    return _known_fold(word) if len(word) <= REMEMBERED_CHARS else _fold(word)


def _fold(word: str) -> str:
    lowered = unicodedata.normalize("NFKC", word).casefold().replace("ı", "i")  # Turkish: I is large for ı, İ for i
    if "\u0600" <= lowered[0] <= "\u06ff":
        return ARABIC_MARKS.sub("", lowered).translate(ARABIC_FORMS)
    bare = without_marks(unicodedata.normalize("NFD", lowered))
    return bare if bare.isascii() else unicodedata.normalize("NFC", bare)  # Korean syllables are letters put together


_known_fold = lru_cache(maxsize=4096)(_fold)


def without_marks(decomposed: str) -> str:
    """The letters alone of a text in which accents stand by themselves (NFD)."""
    return NUKTA.sub("", _accents().sub("", decomposed))


@cache
def _accents() -> re.Pattern[str]:
    """Accents and points that readers leave out; the vowel signs of India and Asia are letters, and stay."""
    marks = "".join(
        chr(code)
        for code in range(0x300, 0x10000)
        if unicodedata.category(chr(code)) == "Mn" and not 0x0900 <= code <= 0x1CFF and code not in KANA_MARKS
    )
    return re.compile(f"[{re.escape(marks)}]+")


def words(text: str, language: str = "") -> list[str]:
    """All words in order, folded; runs of two characters where a script has no spaces."""
    endings = language if language in NAME_ENDINGS else ""
    return list(_known_words(text, endings)) if len(text) >= BODY_CHARS else _words(text, endings)


def _words(text: str, language: str) -> list[str]:
    if text.isascii() and "'" not in text:
        return PLAIN_WORD.findall(text.lower())
    if not UNSPACED.search(text):
        found = [
            word.lower() if word.isascii() and "'" not in word else _folded(word, language)
            for word in WORD.findall(text)
        ]
    else:
        pieces = (
            _bigrams(word) if not word.isascii() and UNSPACED.search(word) else (_folded(word, language),)
            for word in WORD.findall(text)
        )
        found = list(chain.from_iterable(pieces))
    return [word for word in found if word]


_known_words = lru_cache(maxsize=2)(_words)


def _folded(word: str, language: str) -> str:
    """A word of a script with spaces, without what is written onto it by an apostrophe."""
    if "'" in word or "’" in word:
        return fold(ELISION.sub("", _without_ending(word, language)))
    return fold(word)


def _without_ending(word: str, language: str) -> str:
    if language in NAME_ENDINGS:
        return NAME_ENDING.sub("", word)
    return POSSESSIVE.sub("", word)


TEASER_WORDS = 60  # a text of about so many words is a teaser, which says little beside its headline
HEADLINE_WORDS = 8  # a shorter one is no text: there is a bare headline


def length(text: str) -> int:
    """How many words a text has; where a script has no spaces, two signs are taken for one."""
    spaced = UNSPACED.sub(" ", text) if not text.isascii() else text
    return (
        len(spaced.split()) + sum(len(run) for run in UNSPACED.findall(text)) // 2
        if spaced is not text
        else len(text.split())
    )


def opening(text: str, most: int) -> str:
    """The first words of a text, at most that many (`length` counts them)."""
    first = " ".join(text.split()[:most])
    return first[: 2 * most] if UNSPACED.search(first) and length(first) > most else first


def _bigrams(run: str) -> list[str]:
    parts: list[str] = []
    for piece in re.split(f"({UNSPACED.pattern})", run):
        if UNSPACED.fullmatch(piece):
            parts += [piece[i : i + 2] for i in range(max(1, len(piece) - 1))]
        elif piece:
            parts.append(fold(piece))
    return parts


def content_words(text: str, language: str = "") -> list[str]:
    """The words that carry meaning: no stop words, no single letters."""
    return meaningful(words(text, language), language)


def meaningful(found: Iterable[str], language: str = "") -> list[str]:
    """The same of what `words` found."""
    stops = stop_words(language)
    return [_stem(word) for word in found if word not in stops and (len(word) > 1 or not word.isascii())]


def _stem(word: str) -> str:
    """Without what Arabic and Korean write onto a word: "the", "and the", the marks of subject and object."""
    if word.isascii():
        return word
    if "\u0600" <= word[0] <= "\u06ff":
        return ARABIC_ARTICLE.sub("", word)
    return KOREAN_PARTICLES.sub("", word) if KOREAN.match(word) else word


@cache
def stop_words(language: str) -> frozenset[str]:
    """The words of that language that say nothing by themselves; empty where no list is."""
    if not language.isalpha():
        return frozenset()
    path = resources.files("newstext") / "wordlists" / "stopwords" / f"{language}.txt"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return frozenset()
    return frozenset(fold(POSSESSIVE.sub("", line.strip())) for line in lines if line.strip()) - {""}


def shingles(words: list[str], size: int = 4) -> list[tuple[str, ...]]:
    """The runs of `size` words, overlapping; one shorter run if there are fewer words."""
    return [tuple(words[i : i + size]) for i in range(max(1, len(words) - size + 1))] if words else []
