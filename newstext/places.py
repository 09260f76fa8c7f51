"""The countries, great cities and bodies a text names, as codes that are one in all languages.

Countries and cities from CLDR by babel (BSD); the short forms that papers use
from wordlists/bodies.toml. Forms that a language bends are found where it
writes them as in its lists.
"""

from __future__ import annotations

import re
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from newstext.words import POSSESSIVE, UNSPACED, WORD, fold, read_list

MOST = 24
LONGEST_NAME = 4  # words
SHORTEST_UNSPACED = 2
# Abbreviations that are names in capitals alone: "US" is a country, "us" is not.
CAPITALS = {
    "US": "US",
    "UN": "UN",
    "EU": "EU",
    "UE": "EU",
    "UK": "GB",
    "WHO": "WHO",
    "VN": "UN",
    "ЕС": "EU",
    "VS": "US",
}
ARABIC_FROM = "\u0600"  # a word in Arabic may be a name behind one of the leads: it is not in the list as it stands
ARABIC_LEADS = ("و", "ب", "ل", "ف", "ك", "لل")


def find(text: str, *, language: str) -> tuple[str, ...]:
    """The codes in order of place, each once, at most MOST: "US", "PS", "NATO", "Europe/Vienna"."""
    table = _table(language)
    found: dict[str, None] = {}
    if UNSPACED.search(text):
        pattern, codes = _unspaced(language)
        for match in pattern.finditer(text):
            found.update(dict.fromkeys(_with_country(codes[match.group()])))
    written = WORD.findall(text)
    folded = [_bare(word) for word in written]
    longest = _longest_by_first(language)
    passed = 0
    for place, (word, as_written) in enumerate(zip(folded, written, strict=True)):
        if place < passed or not (word in longest or word > ARABIC_FROM or as_written[1:2].isupper()):
            continue
        if len(found) >= MOST:
            break
        length, code = _longest(folded, place, table, longest)
        if not code:
            code = CAPITALS.get(as_written.removesuffix("’s").removesuffix("'s"), "")
        if code:
            found.update(dict.fromkeys(_with_country(code)))
        passed = place + length
    return tuple(found)[:MOST]


def _with_country(code: str) -> tuple[str, ...]:
    """A city stands for its country too."""
    country = get_global("zone_territories").get(code, "") if "/" in code else ""
    return (code, country) if country else (code,)


def code_of(name: str, *, language: str) -> str:
    """The code of a name that is a place's or a body's, or ""."""
    return CAPITALS.get(name) or _table(language).get(_key(name), "")


def _bare(word: str) -> str:
    return fold(POSSESSIVE.sub("", word) if word[-2:-1] in ("'", "’") or word[-1:] in ("'", "’") else word)


def _key(name: str) -> str:
    return " ".join(_bare(match.group()) for match in WORD.finditer(name))


def _longest(folded: list[str], place: int, table: dict[str, str], longest: dict[str, int]) -> tuple[int, str]:
    leads = _leads(folded[place])
    most = max(longest.get(first, 0) for first in leads)
    for length in range(min(most, len(folded) - place), 0, -1):
        for first in leads:
            if code := table.get(" ".join([first, *folded[place + 1 : place + length]])):
                return length, code
    return 1, ""


def _leads(word: str) -> tuple[str, ...]:
    """The word, and in Arabic what is left of it without "and", "in", "for"."""
    if not "\u0600" <= word[:1] <= "\u06ff":
        return (word,)
    cut = [word[len(lead) :] for lead in ARABIC_LEADS if word.startswith(lead) and len(word) > len(lead) + 2]
    return (word, *cut, *(f"ال{rest}" for rest in cut))


@cache
def _table(language: str) -> dict[str, str]:
    """Folded name -> code. English names hold in every language; a language's own come over them."""
    table = {**_own(), **(_of_locale("en") if language != "en" else {}), **_of_locale(language)}
    return {name: code for name, code in table.items() if len(name) > 2 or not name.isascii()}


@cache
def _longest_by_first(language: str) -> dict[str, int]:
    """The first word of a name -> how many words the longest one that begins so has, at most LONGEST_NAME."""
    found: dict[str, int] = {}
    for name in _table(language):
        first, count = name.partition(" ")[0], name.count(" ") + 1
        found[first] = max(found.get(first, 0), min(count, LONGEST_NAME))
    return found


@cache
def _unspaced(language: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern of the names in scripts without spaces, the longest first, and their codes."""
    names = {**_own(as_written=True), **_of_locale(language, as_written=True)}
    codes = {name: code for name, code in names.items() if UNSPACED.fullmatch(name) and len(name) >= SHORTEST_UNSPACED}
    either = "|".join(re.escape(name) for name in sorted(codes, key=lambda name: (-len(name), name)))
    return re.compile(either or "(?!)"), codes


def _own(*, as_written: bool = False) -> dict[str, str]:
    codes = read_list("bodies")
    return {name if as_written else _key(name): code for code, names in codes.items() for name in names}


@cache
def _of_locale(language: str, *, as_written: bool = False) -> dict[str, str]:
    try:
        locale = Locale.parse(language or "en")
    except (UnknownLocaleError, ValueError):
        return {}
    cities = {zone: known.get("city") or zone.rpartition("/")[2].replace("_", " ") for zone, known in _zones(locale)}
    form = str if as_written else _key
    table = {form(city): zone for zone, city in cities.items() if zone.startswith(REAL)}
    table.update({form(name): code for code, name in locale.territories.items() if code.isalpha()})
    table.pop("", None)
    return table


REAL = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


def _zones(locale: Locale) -> list[tuple[str, dict[str, str]]]:
    """Every time zone that stands for a city, with what this language calls it where that differs."""
    known = locale.time_zones
    return [(str(zone), known.get(zone) or {}) for zone in Locale.parse("ar").time_zones]
