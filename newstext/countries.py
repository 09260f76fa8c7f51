"""The countries an article is about: where it happens, not where its publisher sits."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError

from newstext.language import CAPITALISED_NOUNS, UNSPACED_LANGUAGES, WITH_PREFIXES
from newstext.records import ArticleText
from newstext.words import WORD, fold, read_list, stop_words, words

LEAD_WORDS, BODY_WORDS = 60, 400
TITLE_SHARE, DATELINE_SHARE, LEAD_SHARE, BODY_SHARE = 3.0, 2.0, 1.0, 0.4
HEARD_TIMES = 3
TOWN_SHARE = 0.8  # a town may be a person's name or another town
ENOUGH = 0.8
NEAR_THE_FIRST = 0.45  # of the first country's weight, for another to be named too
COUNTRIES = 3
LONGEST_NAME = 4
# Names change their ends there: a name is known by what comes before the last letters.
CHANGES_ENDS = frozenset("ru uk be bg pl cs sk hr sr sl lt lv et fi hu tr el ro ko".split())
# What may stand before a town's name and be no first name.
DIRECTIONS = frozenset("north south east west northern southern eastern western central greater downtown".split())
# CLDR names what is no country of the news: continents, and territories without people.
NO_COUNTRY = frozenset("AQ BV CP DG EA EU EZ IC QO TA UM UN XA XB ZZ HM TF GS IO".split())

# Ends of addresses that are sold to everybody and say nothing of a country.
SOLD_ENDINGS = frozenset("AI CC CO FM GG IO LY ME SH TO TV VC WS".split())


@dataclass(frozen=True, slots=True)
class CountryWords:
    """Folded names and words -> country code; towns need a capital and stand alone; beginnings are cut names."""

    whole: Mapping[str, str]
    beginnings: Mapping[str, str]
    towns: Mapping[str, str]


def countries_of(article: ArticleText) -> tuple[str, ...]:
    """The countries an article is about, as ISO 3166 codes in small letters, the first first; at most three.

    Read from its headline, its dateline and what it names; empty if it names
    none. Small towns are known in their own country alone.
    """
    weights: dict[str, float] = defaultdict(float)
    home = home_of(article)
    body = article.text.split(None, BODY_WORDS)[:BODY_WORDS]
    is_unspaced = article.language in UNSPACED_LANGUAGES
    parts = (
        (TITLE_SHARE, article.title),
        (DATELINE_SHARE, article.dateline),
        (LEAD_SHARE, article.text[:150] if is_unspaced else " ".join(body[:LEAD_WORDS])),
        (BODY_SHARE, article.text[150:1000] if is_unspaced else " ".join(body[LEAD_WORDS:])),
    )
    people = _last_names(article.text, article.language)
    for share, text in parts:
        for country, weight in _named(text, article.language, home, people).items():
            weights[country] += share * weight
    return _foremost(weights)


def countries_of_story(tellings: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The countries that a story's tellings are about; the first of each weighs most."""
    weights: dict[str, float] = defaultdict(float)
    for named in tellings:
        for place, country in enumerate(named):
            weights[country] += 1 / (place + 1)
    return _foremost(weights)


def home_of(article: ArticleText) -> str:
    """The country its publisher sits in: as the caller knows it, else by the end of its address; "" if unknown."""
    if article.country:
        return article.country.lower()
    host = urlsplit(article.canonical_url or article.url).hostname or ""
    ending = host.rpartition(".")[2].lower()
    if ending == "uk":
        return "gb"
    return ending if ending.upper() in _codes() - SOLD_ENDINGS else ""


def is_country(code: str) -> bool:
    """True for a code that `countries_of` may give."""
    return code.upper() in _codes()


def country_name(code: str, language: str = "en") -> str:
    """The country's name as that language has it; the code itself where none is known."""
    try:
        names = Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        names = Locale.parse("en").territories
    return str(names.get(code.upper(), code.upper()))


def _foremost(weights: Mapping[str, float]) -> tuple[str, ...]:
    ranked = sorted(weights, key=lambda code: (-weights[code], code))
    if not ranked or weights[ranked[0]] < ENOUGH:
        return ()
    floor = max(ENOUGH, NEAR_THE_FIRST * weights[ranked[0]])
    return tuple(code for code in ranked if weights[code] >= floor)[:COUNTRIES]


def _last_names(text: str, language: str) -> frozenset[str]:
    """Folded words that stand behind another capitalised one, as Harrow does in Lena Harrow: no towns in this text."""
    if language in CAPITALISED_NOUNS or language in UNSPACED_LANGUAGES:
        return frozenset()
    empty = stop_words(language) | DIRECTIONS
    found = list(WORD.finditer(text))
    return frozenset(
        fold(last.group())
        for first, last in pairwise(found)
        if text[first.end() : last.start()] in (" ", "\u00a0")
        and first.group()[0].isupper()
        and last.group()[0].isupper()
        and fold(first.group()) not in empty
    )


def _named(text: str, language: str, home: str, people: frozenset[str]) -> dict[str, float]:
    """Country -> how much a text names it; a country named often is no more than one named HEARD_TIMES."""
    found: dict[str, float] = defaultdict(float)
    known = country_words(language)
    if language in UNSPACED_LANGUAGES:
        for name, country in known.whole.items():
            found[country] += text.count(name)
    else:
        for country, weight in _runs(text, known, home, language, people):
            found[country] += weight
    return {country: min(weight, HEARD_TIMES) for country, weight in found.items() if weight}


def _runs(
    text: str, known: CountryWords, home: str, language: str, people: frozenset[str]
) -> Iterator[tuple[str, float]]:
    """Each naming of a country in a text, by the longest name that begins at a word; people: last names, no towns."""
    matches, at_home = list(WORD.finditer(text)), _towns_at_home(home)
    folded = [" ".join(words(match.group(), language)) for match in matches]
    place = 0
    while place < len(matches):
        for length in range(min(LONGEST_NAME, len(matches) - place), 0, -1):
            name, written = " ".join(folded[place : place + length]), matches[place : place + length]
            if country := known.whole.get(name, "") or (_by_beginning(name, known, language) if length == 1 else ""):
                if _is_word_of_its_own(name, written[0].group()):
                    yield country, 1.0
                break
            town_of = home if name in at_home else known.towns.get(name, "")
            if town_of and name not in people and _stands_alone(text, written, language):
                yield town_of, TOWN_SHARE
                break
        place += length


def _is_word_of_its_own(name: str, written: str) -> bool:
    """Short names are names in capitals alone: US, not us."""
    return len(name) > 3 or written.isupper() or not written.isascii()


def _by_beginning(word: str, known: CountryWords, language: str) -> str:
    for length in range(len(word), 2, -1):
        if country := known.beginnings.get(word[:length]):
            return country
    if language in WITH_PREFIXES and len(word) > 4:
        return known.whole.get(word[1:], "") or known.whole.get(word[2:], "")
    return ""


def _stands_alone(text: str, written: list[re.Match[str]], language: str) -> bool:
    """True for a capitalised name that is no part of a longer one: Jackson alone, not Jackson Quill."""
    if not written[0].group()[0].isupper():
        return False
    after = text[written[-1].end() : written[-1].end() + 2]
    goes_on = len(after) == 2 and after[0] == " " and after[1].isupper()
    return not goes_on or len(written) > 1 or language in CAPITALISED_NOUNS


@cache
def country_words(language: str) -> CountryWords:
    """What names a country in that language: CLDR's names, the words of countries.toml, and the towns."""
    whole: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    for one in dict.fromkeys(("en", language)):
        for code, name in _names(one).items():
            key = name if language in UNSPACED_LANGUAGES else " ".join(words(name))
            whole.setdefault(key, code)
            if one == language in CHANGES_ENDS and " " not in key and len(key) > 4:
                beginnings.setdefault(key[: max(4, len(key) - 2)], code)
    for code, text in read_list("countries").items():
        for entry in text.split():
            key = " ".join(words(re.sub(r"[*_-]", " ", entry)))
            is_beginning = entry.endswith("*") and not entry.endswith("-*") and " " not in key and len(key) > 2
            (beginnings if is_beginning else whole).setdefault(key, code)
    return CountryWords(whole, beginnings, {} if language in UNSPACED_LANGUAGES else _towns())


def _names(language: str) -> dict[str, str]:
    try:
        territories = Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        return {}
    return {code.lower(): str(name) for code, name in territories.items() if code in _codes()}


@cache
def _codes() -> frozenset[str]:
    codes = Locale.parse("en").territories
    return frozenset(code for code in map(str, codes) if len(code) == 2 and code.isalpha()) - NO_COUNTRY


@cache
def _towns() -> dict[str, str]:
    """Folded names of towns and regions that are known everywhere -> their country."""
    return {name: country for country, names, _ in _places() for name in names.split("|") if name}


@cache
def _towns_at_home(country: str) -> frozenset[str]:
    """Folded names that a paper of that country means by themselves."""
    return frozenset(name for code, _, names in _places() if code == country for name in names.split("|") if name)


def _places() -> Iterator[tuple[str, str, str]]:
    text = (resources.files("newstext") / "wordlists" / "towns.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        country, everywhere, at_home = line.split("\t")
        yield country, everywhere, at_home
