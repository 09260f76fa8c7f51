"""Names in scripts without capitals: after or before a title, in title marks, in katakana, or named again and again.

Fewer than capitals show, and kinds are given only where a title says so. Where
nothing of this shows, nothing is found: grouping then goes by the words.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from newstext.records import Name
from newstext.words import LETTER, UNSPACED, fold, read_list, stop_words

NAME_WORDS = 2
QUOTED_WORDS = 4
QUOTED_LETTERS = 12  # in a script without spaces
NAMED_OFTEN = 3
IN_TITLE_MARKS = re.compile("[«“„「『《]([^«»“”„「」『』《》\n]{2,40})[»”“」』》]")
KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]{2,}(?:[・＝][\u30a1-\u30fa\u30fc]{2,})+")  # a foreign person, always
WORD = rf"(?!\d){LETTER}+"
CJK_NAME = {
    "ja": "[\u4e00-\u9fff々]{2,4}|[\u30a1-\u30fa\u30fc・]{3,}",
    "zh": "[\u4e00-\u9fff]{2,3}",
    "ko": "[\uac00-\ud7a3]{2,4}",
}
# Where a name after a title ends shows in what follows: says, in, of, a stop.
NAME_ENDS = {"zh": "(?=[说說称稱在的于，。、：]|表示|指出|宣布|今天|$)"}
NOT_BEGIN = {"zh": "(?!表示|指出|宣布|今天|[说說称稱在的于])"}
PARTICLES = {"ko": r"(?:은|는|이|가|을|를|의|에게|도|과|와)?(?!\w)"}
CASED = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f\u0531-\u0587\u10a0-\u10ff\u1e00-\u1fff]")


def has_capitals(text: str) -> bool:
    """True where most of a text's letters come large and small."""
    sample = text[:400]
    if sample.isascii():
        return True
    letters = "".join(filter(str.isalpha, sample))
    return 2 * len(CASED.findall(letters)) >= len(letters)


def find(text: str, language: str) -> tuple[Name, ...]:
    """The names in order of place; where two overlap, the first. Linear in the text's length."""
    found = [*_titled(text, language), *_marked(text), *_again(text, language)]
    found += [Name(match.start(), match.end(), match.group()) for match in KATAKANA.finditer(text)]
    return tuple(_apart(sorted(found, key=lambda name: (name.start, -name.end))))


def _apart(names: list[Name]) -> Iterator[Name]:
    end = -1
    for name in names:
        if name.start >= end:
            yield name
            end = name.end


def _titled(text: str, language: str) -> Iterator[Name]:
    before, after = _titles(language)
    stops = stop_words(language)
    for match in before.finditer(text):
        end = match.start("name")
        for word in re.compile(WORD).finditer(text, match.start("name"), match.end("name")):
            if fold(word.group()) in stops:
                break
            end = word.end()
        if end - match.start("name") >= 2:
            yield Name(match.start("name"), end, text[match.start("name") : end], "person")
    for match in after.finditer(text):
        yield Name(match.start("name"), match.end("name"), match["name"], "person")


@cache
def _titles(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns of a name after a title, and of one before it; neither matches where no titles are listed."""
    listed = read_list("titles").get(language, {})
    cjk = CJK_NAME.get(language, "")
    name = f"(?P<name>{cjk})" if cjk else rf"(?P<name>{WORD}(?:[ \u200c]{WORD}){{0,{NAME_WORDS - 1}}})"
    either = _any(listed.get("before", []))
    begin, end = NOT_BEGIN.get(language, ""), NAME_ENDS.get(language, "")
    lazy = name.replace("{2,3})", "{2,3}?)")
    before = rf"(?:{either}){begin}{lazy}{end}" if cjk else rf"(?<!\w)(?:{either})[ ]+{name}"
    after = rf"{name}[ ]?(?:{_any(listed.get('after', []))}){PARTICLES.get(language, '')}"
    return re.compile(before), re.compile(after)


def _any(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"


def _marked(text: str) -> Iterator[Name]:
    """What stands between title marks and is short: a work, a law, a ship."""
    for match in IN_TITLE_MARKS.finditer(text):
        said = match[1].strip()
        limit = QUOTED_LETTERS if UNSPACED.search(said) else 40
        if len(said.split()) <= QUOTED_WORDS and len(said) <= limit and not re.search("[.,،؛;!?。、！？]", said):
            start = match.start(1) + len(match[1]) - len(match[1].lstrip())
            yield Name(start, start + len(said), said)


def _again(text: str, language: str) -> Iterator[Name]:
    """Two words side by side, neither a stop word, that the text repeats."""
    stops = stop_words(language)
    words = [match for match in re.finditer(WORD, text) if not UNSPACED.search(match.group())]
    pairs = [
        (first.start(), second.end())
        for first, second in itertools.pairwise(words)
        if text[first.end() : second.start()] == " "
        and min(len(first.group()), len(second.group())) > 1
        and not {fold(first.group()), fold(second.group())} & stops
    ]
    counts = Counter(fold(text[start:end]) for start, end in pairs)
    for start, end in pairs:
        if counts[fold(text[start:end])] >= NAMED_OFTEN:
            yield Name(start, end, text[start:end])
