"""The numbers a text gives, written one way whatever its language writes.

215.000, 215,000, 215 000 and ٢١٥٬٠٠٠ are one number, and so are 20bn and
20 Milliarden. What tells nothing of an event is left out: years, times of day,
days of the month, small counts.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from newstext.words import LETTER, read_list

MOST = 24
SMALLEST = 10  # a bare count below it stands in every second text
LARGEST_SCORE = 30
GROUPED = "\\d{1,3}(?:[.,'’\u00a0\u202f\u066c ]\\d{3})+(?!\\d)|\\d{1,2}(?:,\\d{2})+,\\d{3}(?!\\d)"
NUMBER = re.compile(
    rf"(?<![A-Za-z\d_.,:/-])(?P<lead>[$€£¥₹]\s?)?(?P<number>{GROUPED}|\d+)(?P<part>[.,\u066b]\d{{1,2}}(?!\d))?"
)
AFTER = re.compile(
    r"\s?(?P<percent>[%٪]|percent\b|per cent\b|Prozent\b|por ciento\b|pour cent\b|процент|بالمئة|بالمائة)"
)
SCORE = re.compile(r"(?<![\w.,:/–-])(\d{1,2})(?:[-–]|:(?!\d\d))(\d{1,2})(?![\w/:–-]|[.,]\d)")
YEAR = re.compile(r"(?:19|20)\d\d")
DATE_OR_TIME = re.compile(
    r"(?<!\d)(?:\d{1,2}[:h]\d\d(?!\d)(?:[:.]\d\d(?:\d\d)?)?|\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{2,4})"
)
WORD_AFTER = re.compile(rf"[ \u00a0]?((?!\d){LETTER}+\.?(?:[ \u00a0](?!\d){LETTER}+)?)")


def find(text: str, *, language: str, outside: Iterable[tuple[int, int]] = ()) -> tuple[str, ...]:
    """The numbers in order of place, each once: "215000", "6.7", "3.5%", "3-1" for a score.

    outside: spans that are dates; their numbers are left out. At most MOST.
    """
    western = with_western_digits(text)
    spans = [*outside, *(match.span() for match in DATE_OR_TIME.finditer(western))]
    scores = [match for match in SCORE.finditer(western) if max(int(match[1]), int(match[2])) <= LARGEST_SCORE]
    taken = sorted(spans + [match.span() for match in scores])
    found = [*((match.start(), _score(match)) for match in scores), *_counts(western, language, taken)]
    return tuple(dict.fromkeys(value for _, value in sorted(found)))[:MOST]


def _score(match: re.Match[str]) -> str:
    """The greater first: papers of the two sides write it the other way round."""
    return "-".join(str(value) for value in sorted((int(match[1]), int(match[2])), reverse=True))


def _counts(text: str, language: str, taken: list[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    next_span = 0
    for match in NUMBER.finditer(text):
        while next_span < len(taken) and taken[next_span][1] <= match.start("number"):
            next_span += 1
        if next_span < len(taken) and taken[next_span][0] < match.end():
            continue
        if value := _value(match, text, language):
            yield match.start(), value


def _value(match: re.Match[str], text: str, language: str) -> str:
    whole = re.sub(r"\D", "", match["number"])
    if len(whole) > 15:
        return ""
    part = (match["part"] or "")[1:].rstrip("0")
    times = _magnitude(text[match.end() : match.end() + 24], language, is_money=bool(match["lead"]))
    percent = "%" if AFTER.match(text, match.end()) else ""
    is_bare = not (part or percent or times > 1 or match["lead"])
    if is_bare and (int(whole) < SMALLEST or (len(match["number"]) == 4 and YEAR.fullmatch(whole))):
        return ""
    number = round(float(f"{whole}.{part or 0}") * times, 6)
    return (str(int(number)) if number == int(number) else f"{number:.12g}") + percent


def _magnitude(after: str, language: str, *, is_money: bool) -> float:
    if is_money and re.match(r"[mM]\b", after):
        return 1e6
    if is_money and re.match(r"[bB]\b", after):
        return 1e9
    word = WORD_AFTER.match(after)
    if not word:
        return 1.0
    said = unicodedata.normalize("NFC", word[1].rstrip(".").casefold())
    table = magnitudes(language)
    first = said.split()[0].rstrip(".")
    # A script without spaces goes on after the sign: 3億円
    return table.get(said) or table.get(first) or table.get(first[:1], 1.0)


@cache
def magnitudes(language: str) -> dict[str, float]:
    """The words of a language that multiply the number before them; German has its own billion."""
    tables = read_list("magnitudes")
    return {
        unicodedata.normalize("NFC", word.casefold()): times
        for word, times in {**tables["any"], **tables.get(language, {})}.items()
    }


def with_western_digits(text: str) -> str:
    """The same text, as long, with the digits of every script as 0 to 9."""
    return text if text.isascii() else text.translate(_digits())


@cache
def _digits() -> dict[int, str]:
    """The digits of every script, as 0 to 9."""
    codes = (code for code in range(0x80, sys.maxunicode + 1) if unicodedata.category(chr(code)) == "Nd")
    return {code: str(unicodedata.digit(chr(code))) for code in codes}


def weight(number: str) -> float:
    """How much it tells that two texts give this number: 0.5 for a round one, 3 for one with three figures."""
    if "-" in number:
        return 1.2
    figures = len(number.rstrip("%").replace(".", "").strip("0"))
    return (0.5, 0.5, 1.3)[figures] if figures < 3 else 3.0
