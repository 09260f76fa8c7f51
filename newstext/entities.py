"""The people, organisations and places a text names.

Where a script has capitals, names are runs of capitalised words; a word that
also stands in small letters in the same text is no name at a sentence's start.
Elsewhere nothing is found. Kinds are given only where a title or a form says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from newstext.records import Name
from newstext.words import fold, stop_words

# A name: capitalised words, joined by small ones that names are joined with.
CAPITAL = r"(?:[A-Z](?:\.[A-Z])+|[A-ZÀ-ÖØ-ÞŁŚŻŠČŽĐİĞŞÇА-ЯЁІЇЄҐΑ-ΩΆΈΉΊΌΎΏ][\w’'&\-]*)"
JOINER = (
    r"(?:of|de|da|do|dos|del|della|di|du|des|la|le|van|von|der|den|ten|ter|bin|ibn|al|el|y|e|zu|zur|af|av"
    r"|and the|of the|for)"
)
RUN = re.compile(rf"{CAPITAL}(?:[ \u00a0](?:{JOINER}[ \u00a0](?={CAPITAL}))?{CAPITAL})*")
SENTENCE_START = re.compile(r"(?:^|[.!?…:;\n]|[\"“”‘’«»(])\s*$")
POSSESSIVE = re.compile(r"[’']s?$")
PERSON_TITLES = frozenset(
    """mr mrs ms miss dr prof professor sir dame lord lady president minister chancellor senator governor mayor
    king queen prince princess general colonel captain sergeant judge justice pope bishop archbishop sheikh imam
    rabbi ambassador secretary chairman chairwoman chief director spokesman spokeswoman spokesperson coach
    premier herr frau monsieur madame señor señora präsident präsidentin ministre président presidente
    ministro""".split()
)
PLACE_ENDS = frozenset(
    """river sea lake mount mountains island islands bay gulf strait valley desert street avenue square airport city
    province district county""".split()
)
ORGANISATION_ENDS = frozenset(
    """party university council committee commission ministry agency bank court union association federation
    institute company corporation corp inc ltd group club fc department office authority parliament senate congress
    assembly army navy force police times post news press service foundation organisation organization""".split()
)
CALENDAR = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december jan feb mar apr jun jul aug sept sep oct nov dec""".split()
)
CAPITALISED_NOUNS = frozenset({"de", "lb"})  # every noun has a capital: single words are not names there
MAX_WORDS = 6


def find(text: str, *, language: str) -> tuple[Name, ...]:
    """The names in order of place; offsets into `text`. Linear in its length."""
    runs = list(_runs(text))
    small = _words_in_small(text)
    stops = stop_words(language) or stop_words("en")
    known = {fold(run.group()) for run, at_start in runs if not at_start}
    known |= {fold(run.group().split()[-1]) for run, _ in runs if " " in run.group()}
    names = []
    for run, at_start in runs:
        span = _trim(text, run.start(), run.end(), stops, small, at_start=at_start)
        if span and _is_name(text[span[0] : span[1]], known, at_start=at_start, language=language):
            names.append(_name(text, *span))
    return tuple(names)


def _runs(text: str) -> Iterator[tuple[re.Match[str], bool]]:
    for run in RUN.finditer(text):
        yield run, bool(SENTENCE_START.search(text, max(0, run.start() - 6), run.start())) or run.start() == 0


def _words_in_small(text: str) -> Counter[str]:
    return Counter(word for word in re.findall(r"[^\W\d_]+", text) if word.islower())


def _trim(
    text: str, start: int, end: int, stops: frozenset[str], small: Counter[str], *, at_start: bool
) -> tuple[int, int] | None:
    """Cut words that are no part of the name from both ends; None if nothing is left."""
    if ending := POSSESSIVE.search(text, start, end):
        end = ending.start()
    words = [(match.start(), match.end()) for match in re.finditer(r"[^ \u00a0]+", text[start:end])]
    words = [(start + first, start + last) for first, last in words]
    is_first = at_start
    while words and _is_no_name(text[words[0][0] : words[0][1]], stops, small, is_first=is_first):
        words.pop(0)
        is_first = False
    while words and fold(text[words[-1][0] : words[-1][1]]) in CALENDAR:
        words.pop()
    return (words[0][0], words[-1][1]) if words and len(words) <= MAX_WORDS + 2 else None


def _is_no_name(word: str, stops: frozenset[str], small: Counter[str], *, is_first: bool) -> bool:
    folded = fold(POSSESSIVE.sub("", word).rstrip("."))
    if folded in CALENDAR or folded in PERSON_TITLES:
        return True
    return (folded in stops and not word.isupper()) or (is_first and bool(small[word.lower()]))


def _is_name(name: str, known: set[str], *, at_start: bool, language: str) -> bool:
    if len(name) < 2 or name.isdigit():
        return False
    if " " in name or "\u00a0" in name:
        return True
    if language in CAPITALISED_NOUNS:
        return name.isupper()
    return not at_start or fold(name) in known or name.isupper()


def _name(text: str, start: int, end: int) -> Name:
    name = text[start:end]
    before = re.search(r"([^\W\d_]+)\.? $", text[max(0, start - 24) : start])
    last = fold(name.split()[-1])
    if before and fold(before.group(1)) in PERSON_TITLES:
        return Name(start, end, name, "person")
    if last in ORGANISATION_ENDS and " " in name:
        return Name(start, end, name, "organisation")
    if last in PLACE_ENDS and " " in name:
        return Name(start, end, name, "place")
    return Name(start, end, name)


def counts(names: tuple[Name, ...]) -> dict[str, int]:
    """How often each name is named, most often first, in the form it first has.

    A surname alone counts for the one full name that ends with it.
    """
    shown: dict[str, str] = {}
    for name in names:
        shown.setdefault(fold(name.text), name.text)
    found = Counter(fold(name.text) for name in names)
    by_last: dict[str, set[str]] = {}
    for folded in found:
        if " " in folded:
            by_last.setdefault(folded.split()[-1], set()).add(folded)
    merged: Counter[str] = Counter()
    for folded, count in found.items():
        full = by_last.get(folded, set())
        merged[next(iter(full)) if len(full) == 1 else folded] += count
    return {shown[folded]: count for folded, count in merged.most_common()}
