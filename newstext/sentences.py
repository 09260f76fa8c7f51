"""Where a text's sentences begin and end; paragraphs always break."""

from __future__ import annotations

import re
from collections.abc import Iterator

PARAGRAPH = re.compile(r"\n\s*\n|\n")
# A stop, the closing marks that belong to it, and the space after it. A run of stops is looked at once, from its
# first: a text of nothing else would take time that grows with the square of its length.
STOP = re.compile(r"""(?<![.!?…؟۔।॥።])([.!?…؟۔।॥።]++)(["'”’»)\]]*+)(\s++)|([。！？]+)([”’」』）]*)""")
# Words that end in a stop without ending the sentence, in the languages that write so.
ABBREVIATIONS = frozenset(
    """mr mrs ms dr prof rev hon gen col lt sgt capt maj cpl adm cmdr gov sen rep pres st sr jr messrs mme mlle
    jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu thur thurs fri sat sun
    no nos vol pp p art fig ed eds vs v cf ca approx est etc inc ltd co corp bros dept univ assn ave blvd rd
    e.g i.e a.m p.m u.s u.k u.n e.u ph.d d.c
    bzw z.b d.h u.a usw nr az beschl urt rn abs hr fr dipl ing evtl ggf s.o str bd jh chr vgl inkl mio mrd sog
    m mm av env p.ex sra srta ud uds ee.uu pág núm sig dott ing avv
    т.е т.д т.п г гг им ул стр руб млн млрд тыс""".split()
)
# Written small, these are whole words: "she said no." "in the sun." "a work of art."
WORDS_WHEN_SMALL = frozenset(
    """no art fig jan mar may jun sat sun wed mon rep pres gen col gov sen st hon rev corp dept univ co p pp m str hr fr
    capt maj sig num ave ed vol""".split()
)
# These end a sentence when a capital follows just as often as not: the next word decides.
MAYBE = frozenset(
    {"a.m", "p.m", "u.s", "u.k", "u.n", "e.u", "inc", "ltd", "co", "corp", "jr", "sr", "etc", "usw", "d.c", "г", "гг"}
)
STARTERS = frozenset(
    """the a an in on at he she it they we i you this that these those but and or if when while as after before
    since for with by from to of his her its their our my your there here what who why how according
    officials police president prime minister then thus some nobody everyone many most more no one two three""".split()
)
ORDINAL_LANGUAGES = frozenset(
    {"de", "da", "no", "fi", "cs", "sk", "hu", "hr", "sl", "sr", "et", "lv", "is", "tr", "pl"}
)
INITIALS = re.compile(r"^(?:[^\W\d_]\.)*[^\W\d_]$")
LAST_WORD = re.compile(r"[^\s“”\"'(\[«„—–]+$")
FIRST_WORD = re.compile(r"[\"'“‘«(\[¿¡„]*([^\W_]+)")
LOOK_BACK = 40


def split(text: str, language: str = "") -> tuple[tuple[int, int], ...]:
    """(start, end) of each sentence in order, without the space around it.

    Linear in the length of the text. Two sentences never share a character,
    and what lies between them is white space.
    """
    return tuple(span for start, end in _paragraphs(text) for span in _in_paragraph(text, start, end, language))


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for gap in PARAGRAPH.finditer(text):
        yield start, gap.start()
        start = gap.end()
    yield start, len(text)


def _in_paragraph(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    begin = start
    for stop in STOP.finditer(text, start, end):
        closing = stop.end(2) if stop.group(1) else stop.end()
        if stop.group(1) and not _ends(text, begin, stop, end, language):
            continue
        yield from _trimmed(text, begin, closing)
        begin = stop.end()
    yield from _trimmed(text, begin, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if any(character.isalnum() for character in text[start:end]):
        yield start, end


def _ends(text: str, begin: int, stop: re.Match[str], end: int, language: str) -> bool:
    """Does the stop at this place end a sentence?"""
    after = text[stop.end() : min(end, stop.end() + LOOK_BACK)]
    if not after:
        return True
    next_word = FIRST_WORD.match(after)
    starts_low = next_word is not None and next_word.group(1)[0].islower()
    mark = stop.group(1)
    if mark[-1] in "؟۔।॥።":
        return True
    if mark != ".":  # ! ? … and runs of them: "Yahoo! said" and “Why?” she asked go on
        return not starts_low
    if starts_low:
        return False
    before = LAST_WORD.search(text, max(begin, stop.start() - LOOK_BACK), stop.start())
    return before is None or _word_may_end(before.group(), next_word, stop.group(2), language)


def _word_may_end(word: str, next_word: re.Match[str] | None, closing: str, language: str) -> bool:
    lowered = word.lower()
    following = next_word.group(1) if next_word else ""
    if closing:
        return True
    if lowered in MAYBE:
        return following.lower() in STARTERS
    if lowered in ABBREVIATIONS:
        return word.islower() and lowered in WORDS_WHEN_SMALL and not following[:1].isdigit()
    if INITIALS.match(word) and (len(word) == 1 or "." in word):
        return following.lower() in STARTERS and len(word) > 1
    return not (word.isdigit() and len(word) <= 2 and language in ORDINAL_LANGUAGES)
