"""One name in many scripts and spellings: Зеленский, Selenskyj, زيلينسكي, Zelensky.

A name is written in Latin letters (anyascii) and its consonants are put into
classes of sounds that languages mix up; what is left is its skeleton. Chinese
and Thai names lose too much on that way: there only equal writing is equal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from anyascii import anyascii

from newstext.later import later
from newstext.words import fold

if TYPE_CHECKING:
    from rapidfuzz import fuzz
else:
    fuzz = later("rapidfuzz.fuzz")  # 2 MB

OPENING_VOWEL = "a"  # stands for any vowel or h that a word begins with: Hormuz, Ormuz, هرمز
# Signs of several letters first; W is V where a language says it so.
SOUNDS = (
    (re.compile("dzh|dsch|tsch|sch|tch|shch|zh|sh|ch|cz|sz|ts|tz|dj|dz|j|x|z|c(?=[eiy])"), "s"),
    (re.compile("ph|v"), "f"),
    (re.compile("th|d"), "t"),
    (re.compile("ck|kh|gh|q|c|g"), "k"),
    (re.compile("b"), "p"),
    (re.compile("n(?=p)"), "m"),
)
W_IS_V = frozenset({"de", "pl", "nl"})
WITHOUT_VOWELS = re.compile("[\u0590-\u05ff\u0600-\u06ff\u0750-\u077f]")  # Hebrew and Arabic leave most unwritten
SOUNDLESS = re.compile("[\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff]")
HEBREW = re.compile("[\u0590-\u05ff]")
ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f]")
ARABIC_LEADS = ("ال", "وال", "بال", "لل", "و", "ب", "ل", "ف", "ك")
SHORTEST = 3  # letters of a word that can stand for a name
LIKE_RATIO = 68.0
ENDING = 1  # consonants that a language may add to a name: Трампом
TRUST = {2: 0.0, 3: 0.6, 4: 0.8}  # by consonants in common; more are trusted
TRUST_WITHOUT_VOWELS = {2: 0.0, 3: 0.3, 4: 0.6}
MOST_TRUST = 0.9


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word as written (folded), in Latin letters, and its skeleton."""

    written: str
    latin: str
    skeleton: str
    has_vowels: bool


def spellings(word: str, language: str) -> tuple[Spelling, ...]:
    """The ways a word may be read; several in Arabic, which writes "and", "in" and "the" onto a name."""
    return _spellings(word, "de" if language in W_IS_V else "")


@lru_cache(maxsize=50_000)
def _spellings(word: str, language: str) -> tuple[Spelling, ...]:
    folded = fold(word)
    if len(folded) < SHORTEST - 1 * bool(ARABIC.match(folded)):
        return ()
    forms = [folded]
    if ARABIC.match(folded):
        forms += [
            folded[len(lead) :] for lead in ARABIC_LEADS if folded.startswith(lead) and len(folded) > len(lead) + 1
        ]
    return tuple({found.skeleton: found for form in forms if (found := _spelling(form, language))}.values())


def _spelling(folded: str, language: str) -> Spelling | None:
    if SOUNDLESS.search(folded):
        return Spelling(folded, folded, folded, True)
    if HEBREW.match(folded):
        folded = folded[0] + folded[1:].replace("ו", "")  # within a word it is most often the vowel o or u
    latin = "".join(re.findall("[a-z]", anyascii(folded).lower()))
    bones = skeleton(latin, language)
    return Spelling(folded, latin, bones, not WITHOUT_VOWELS.search(folded)) if latin else None


def skeleton(latin: str, language: str = "") -> str:
    """The classes of a word's consonants, doubled ones once; a vowel is kept at the start alone."""
    text = latin.replace("w", "v") if language in W_IS_V else latin
    for pattern, sound in SOUNDS:
        text = pattern.sub(sound, text)
    starts = text[:1] in tuple("aeiouyhw")
    bones = re.sub("[aeiouyhw]", "", text)
    bones = re.sub(r"(.)\1+", r"\1", bones)
    return OPENING_VOWEL + bones if starts else bones


def trust(first: Spelling, second: Spelling) -> float:
    """0 to 1: how sure it is that two words are one name."""
    if first.written == second.written:
        return 1.0
    if first.latin == second.latin and first.has_vowels and second.has_vowels:
        return 0.95
    short, long = sorted((first.skeleton, second.skeleton), key=len)
    if not long.startswith(short) or len(long) - len(short) > ENDING or (len(long) > len(short) and len(short) < 4):
        return 0.0
    if first.has_vowels and second.has_vowels:
        if fuzz.ratio(first.latin, second.latin) < LIKE_RATIO:
            return 0.0
        return TRUST.get(len(short), MOST_TRUST) if len(short) > 1 else 0.0
    return TRUST_WITHOUT_VOWELS.get(len(short), MOST_TRUST) if len(short) > 1 else 0.0
