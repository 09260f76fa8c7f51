"""What stands where an article should: checks for robots, consent forms, paywalls, error pages, stubs.

The words are in wordlists/walls.toml, in many languages; each is looked for in
every text, for a page's own language says nothing of the language of its wall.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from newstext.words import ARABIC_FORMS, read_list, without_marks

QUOTED = re.compile(
    r"“[^”]{0,400}”|„[^“”]{0,400}[“”]|«[^»]{0,400}»|»[^«]{0,400}«|「[^」]{0,400}」|『[^』]{0,400}』|\"[^\"]{0,400}\""
)
ARABIC = re.compile("[\u0620-\u06ff]")
FEW_WORDS = r"[^.!?。]{0,40}?"  # what * stands for
READ_CHARS = 8000  # no wall is longer; a text that is one endless word might be
SURE, HINT = 2, 1  # what a phrase counts
WORD_BEGINS = r"(?<![^\W_])"
UNSPACED_FROM = "\u3000"  # phrases of scripts without spaces may stand anywhere
REST_WORDS, REST_CHARS = 5, 40  # what may follow in a wall's headline
TITLE_ENDS = r"(?=\W*$|\s*[|–—:.!?…]|\s-\s)"


@dataclass(frozen=True, slots=True)
class _Wall:
    titles: re.Pattern[str] | None
    sure: re.Pattern[str]
    hints: re.Pattern[str] | None


def plain(text: str) -> str:
    """The form in which texts and phrases are compared: no case, accents, Arabic forms or curly signs."""
    if text.isascii():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKC", text).casefold()
    if ARABIC.search(folded):
        folded = folded.translate(ARABIC_FORMS)
    bare = without_marks(unicodedata.normalize("NFD", folded))
    return " ".join(bare.replace("’", "'").replace("ı", "i").split())


def unquoted(text: str) -> str:
    """The text without what it quotes: an article may well quote a wall."""
    return QUOTED.sub(" ", text)


def strength(name: str, text: str) -> int:
    """How surely the text is such a wall: SURE for each sure phrase, and HINT for what goes with one; else 0."""
    wall, said = _walls()[name], plain(unquoted(text[:READ_CHARS]))
    sure = set(wall.sure.findall(said))
    hints = set(wall.hints.findall(said)) if wall.hints and sure else set()
    return SURE * len(sure) + HINT * len(hints)


def is_title(name: str, title: str) -> bool:
    """True if the headline is such a wall's, whatever site name follows it."""
    pattern, said = _walls()[name].titles, plain(title[:READ_CHARS])
    found = pattern.search(said) if pattern else None
    rest = said[found.end() :] if found else ""
    return found is not None and len(rest.split()) <= REST_WORDS and len(rest) <= REST_CHARS


@cache
def _walls() -> dict[str, _Wall]:
    listed = read_list("walls")
    return {
        name: _Wall(
            _pattern(lists["titles"], before=r"^\W*", after=TITLE_ENDS) if "titles" in lists else None,
            _pattern(lists["sure"]),
            _pattern(lists["hints"]) if "hints" in lists else None,
        )
        for name, lists in listed.items()
    }


def _pattern(phrases: list[str], *, before: str = "", after: str = "") -> re.Pattern[str]:
    """One pattern for all phrases, the longest first."""
    listed = [plain(phrase) for phrase in sorted(set(phrases), key=len, reverse=True)]
    spaced = "|".join(_part(phrase) for phrase in listed if phrase[0] < UNSPACED_FROM)
    unspaced = "|".join(_part(phrase) for phrase in listed if phrase[0] >= UNSPACED_FROM)
    # Looked for at the beginnings of words alone: five times as fast.
    parts = [f"{WORD_BEGINS}(?:{spaced})" if spaced else "", unspaced]
    return re.compile(f"{before}(?:{'|'.join(filter(None, parts))}){after}")


def _part(phrase: str) -> str:
    return re.escape(phrase).replace(r"\ \*\ ", f" {FEW_WORDS}").replace(r"\*", FEW_WORDS)
