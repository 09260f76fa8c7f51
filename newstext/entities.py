"""The people, organisations and places a text names.

Where a script has capitals, names are runs of capitalised words; a word that
also stands in small letters in the same text is no name at a sentence's start.
Elsewhere titles and title marks show them (uncased.py). Kinds are given only where a title or a form says so.
`find` gives all that may be a name, events and works among them: what articles
are compared by. `named` gives people, organisations and places alone, and tells
more of them apart: what readers are shown.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from babel import Locale, UnknownLocaleError

from newstext import uncased
from newstext.countries import country_words
from newstext.language import CAPITALISED_NOUNS
from newstext.later import later
from newstext.once import once_an_article
from newstext.records import ArticleText, Kind, Name
from newstext.uncased import has_capitals
from newstext.words import fold, read_list, stop_words

if TYPE_CHECKING:
    from newstext import name_scorer
else:
    name_scorer = later("newstext.name_scorer")  # brings numpy

# A name: capitalised words, joined by small ones that names are joined with.
CAPITAL = r"(?:[A-Z](?:\.[A-Z])+|[A-ZÀ-ÖØ-ÞŁŚŻŠČŽĐİĞŞÇА-ЯЁІЇЄҐΑ-ΩΆΈΉΊΌΎΏ][\w’'&\-]*)"
JOINER = (
    r"(?:of|de|da|do|dos|del|della|di|du|des|la|le|van|von|der|den|ten|ter|bin|ibn|al|el|y|e|zu|zur|af|av"
    r"|and the|of the|for)"
)
RUN = re.compile(rf"{CAPITAL}(?:[ \u00a0](?:{JOINER}[ \u00a0](?={CAPITAL}))?{CAPITAL})*")
SENTENCE_START = re.compile(r"(?:^|[.!?…:;\n]|[\"“”‘’«»(])\s*$")
# English and German genitives, and the endings that Turkish writes onto a name.
POSSESSIVE = re.compile(r"[’'](?:s|[ıiuü]n|n[ıiuü]n|[dt][ae]n?|y?[ae]|y?[ıiuü]|l[ae]r)?$")
PLACE_ENDS = frozenset(
    """river sea lake mount mountains island islands bay gulf strait valley desert street avenue square airport city
    province district county""".split()
)
ORGANISATION_ENDS = frozenset(
    """party university council committee commission ministry agency bank court union association federation
    institute company corporation corp inc ltd group club fc department office authority parliament senate congress
    assembly army navy force police times post news press service foundation organisation organization""".split()
)
SHORT_DATES = frozenset("jan feb mar apr jun jul aug sept sep oct nov dec".split())
UNKNOWN = frozenset({"", "und", "pcm"})  # taken for English, as most of what nobody could tell is
MAX_WORDS = 6


@cache
def person_titles() -> frozenset[str]:
    """The words that stand before a person's name in scripts with capitals, folded."""
    return frozenset(fold(word) for word in read_list("titles")["with_capitals"].split())


@cache
def calendar_words(language: str) -> frozenset[str]:
    """What a language calls months and days, folded; English for one that babel does not know."""
    try:
        locale = Locale.parse(language or "en")
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en")
    # Other widths babel may take from a language read before.
    named = {fold(name) for table in (locale.months, locale.days) for name in table["format"]["wide"].values()}
    return frozenset(name for name in named if len(name) > 2) | SHORT_DATES


def find(text: str, *, language: str) -> tuple[Name, ...]:
    """The names in order of place; offsets into `text`. Linear in its length."""
    if not has_capitals(text):
        return uncased.find(text, language)
    runs = list(_runs(text))
    small = _words_in_small(text)
    stops = stop_words("en" if language in UNKNOWN else language)
    calendar = calendar_words(language)
    known = {fold(run.group()) for run, at_start in runs if not at_start}
    known |= {fold(run.group().split()[-1]) for run, _ in runs if " " in run.group()}
    names = []
    for run, at_start in runs:
        span = _trim(text, run.start(), run.end(), (stops, calendar), small, at_start=at_start)
        if span and _is_name(text[span[0] : span[1]], known, at_start=at_start, language=language):
            names.append(_name(text, *span))
    return tuple(names)


def _runs(text: str) -> Iterator[tuple[re.Match[str], bool]]:
    for run in RUN.finditer(text):
        yield run, bool(SENTENCE_START.search(text, max(0, run.start() - 6), run.start())) or run.start() == 0


def _words_in_small(text: str) -> Counter[str]:
    return Counter(word for word in re.findall(r"[^\W\d_]+", text) if word.islower())


def _trim(
    text: str,
    start: int,
    end: int,
    never: tuple[frozenset[str], frozenset[str]],
    small: Counter[str],
    *,
    at_start: bool,
) -> tuple[int, int] | None:
    """Cut words that are no part of the name from both ends; None if nothing is left. never: stop words, calendar."""
    if ending := POSSESSIVE.search(text, start, end):
        end = ending.start()
    words = [(match.start(), match.end()) for match in re.finditer(r"[^ \u00a0]+", text[start:end])]
    words = [(start + first, start + last) for first, last in words]
    is_first = at_start
    while words and _is_no_name(text[words[0][0] : words[0][1]], never, small, is_first=is_first):
        words.pop(0)
        is_first = False
    while words and fold(text[words[-1][0] : words[-1][1]]) in never[1]:
        words.pop()
    return (words[0][0], words[-1][1]) if words and len(words) <= MAX_WORDS + 2 else None


def _is_no_name(
    word: str, never: tuple[frozenset[str], frozenset[str]], small: Counter[str], *, is_first: bool
) -> bool:
    stops, calendar = never
    folded = fold(POSSESSIVE.sub("", word).rstrip("."))
    if folded in calendar or folded in person_titles():
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
    if before and fold(before.group(1)) in person_titles():
        return Name(start, end, name, "person")
    if last in ORGANISATION_ENDS and " " in name:
        return Name(start, end, name, "organisation")
    if last in PLACE_ENDS and " " in name:
        return Name(start, end, name, "place")
    return Name(start, end, name)


SHORTEST_LAST_NAME = 4
QUOTED = re.compile(r"[\"“”«»„]")
HONORIFICS = frozenset("mr mrs ms miss dr".split())
SHORT_TITLES = {
    "sen": "senator", "rep": "representative", "gov": "governor", "gen": "general", "col": "colonel", "maj": "major",
    "capt": "captain", "lt": "lieutenant", "sgt": "sergeant", "cpl": "corporal", "adm": "admiral", "det": "detective",
    "rev": "reverend", "pres": "president", "supt": "superintendent",
}  # fmt: skip
ENGLISH_WORDS = frozenset("the of and to in was is for with by that on as at from has his are were".split())
ENGLISH_SHARE = 0.12  # of a short text's words, for it to be English whatever it was taken for
SHORT_CHARS = 600


@once_an_article
def named(article: ArticleText) -> tuple[Name, ...]:
    """The people, organisations and places of an article's text, in order; a kind where it is sure.

    English texts are read by a learned scorer (name_scorer.py), others by rules
    and lists. Linear in the text's length.
    """
    text, language = article.text, article.language
    if not has_capitals(text):
        return uncased.find(text, language)
    if language == "en" or language in UNKNOWN or _reads_english(text):
        return named_by(name_scorer.find, text)
    return _told_alike([_by_lists(name, text, language) for name in find(text, language=language)])


def named_by(find_by: Callable[[str], Sequence[Name]], text: str) -> tuple[Name, ...]:
    """The names of an English text as a scorer finds them, without titles, one told as its other mentions are."""
    bare = (_without_titles(_as_part(name, text)) for name in find_by(text))
    return _told_alike(_with_last_names(text, [name for name in bare if name is not None]))


EVENTS = "election|campaign|convention|invasion|war|battle|referendum|festival|championship|treaty|uprising"
PART_BEFORE = re.compile(
    rf"(?:\b(?:{EVENTS})s? (?:in|of|for)|\b[A-ZÀ-Þ][\w’'-]* (?:of|for|and)|\bprovince of) (?:the )?$"
)
PART_BEHIND = re.compile(rf" (?:[\w]+ ){{0,2}}(?:{EVENTS})\b| (?:and |- )?[A-ZÀ-Þ]")


def _as_part(name: Name, text: str) -> Name:
    """The same, a place of no sure kind where it may be part of an event's or an organisation's name."""
    if name.kind != "place":
        return name
    if PART_BEFORE.search(text, max(0, name.start - 40), name.start) or PART_BEHIND.match(text, name.end):
        return replace(name, kind=None)
    return name


def _with_last_names(text: str, names: list[Name]) -> list[Name]:
    """The names, and the last names of persons where they stand alone and were overlooked."""
    last = {name.text.rpartition(" ")[2] for name in names if name.kind == "person" and " " in name.text}
    last = {name for name in last if len(name) >= SHORTEST_LAST_NAME and name[0].isupper()}
    if not last:
        return names
    either = "|".join(map(re.escape, sorted(last)))
    again = re.compile(rf"(?<![\w-])(?:{either})(?![\w-]|[ \u00a0][A-ZÀ-Þ])")
    taken = {place for name in names for place in (name.start, name.end - 1)}
    starts = sorted(name.start for name in names)
    found = []
    for match in again.finditer(text):
        at = bisect_right(starts, match.start()) - 1
        if match.start() not in taken and match.end() - 1 not in taken and not _covers(names, at, match.start()):
            found.append(Name(match.start(), match.end(), match.group(), "person"))
    return sorted([*names, *found], key=lambda name: name.start) if found else names


def _covers(names: Sequence[Name], at: int, place: int) -> bool:
    return at >= 0 and names[at].end > place


def _without_titles(name: Name) -> Name | None:
    """The name without a title before it or a day behind it; None if nothing else is left."""
    if QUOTED.search(name.text):
        return None
    words = list(re.finditer(r"[^ \u00a0]+", name.text))
    begin, end = 0, len(words)
    dates = calendar_words("en")
    titles = person_titles() | SHORT_TITLES.keys() if name.kind == "person" or len(words) == 1 else HONORIFICS
    while begin < end and fold(words[begin].group().rstrip(".")) in titles:
        begin += 1
    while begin < end and fold(words[end - 1].group().rstrip(".")) in dates:
        end -= 1
    if (begin, end) == (0, len(words)):
        return name
    if begin == end:
        return None
    start, stop = words[begin].start(), words[end - 1].end()
    kind = "person" if begin else name.kind
    return Name(name.start + start, name.start + stop, name.text[start:stop], kind)


def _reads_english(text: str) -> bool:
    """True for a short text full of English small words: its foreign names deceive who tells languages."""
    words = text[:SHORT_CHARS].split()
    return len(text) < SHORT_CHARS and sum(word in ENGLISH_WORDS for word in words) >= ENGLISH_SHARE * len(words)


def _told_alike(names: Sequence[Name]) -> tuple[Name, ...]:
    """The same names, one of no sure kind told as its other mentions are, or as the full name it ends."""
    kinds: dict[str, Counter[Kind]] = {}
    for name in names:
        if name.kind:
            kinds.setdefault(name.text, Counter())[name.kind] += 1
            if name.kind == "person" and " " in name.text:
                kinds.setdefault(name.text.split()[-1], Counter())[name.kind] += 1
    alone = Counter(name.text for name in names if " " not in name.text)
    return tuple(_as_elsewhere(name, kinds, alone) for name in names)


def _as_elsewhere(name: Name, kinds: Mapping[str, Counter[Kind]], alone: Counter[str]) -> Name:
    first, _, rest = name.text.partition(" ")
    if alone[rest] > 1 and fold(first) not in name_scorer.names_of("given"):  # Plus Aldous, where Aldous is named
        start = name.end - len(rest)
        return Name(start, name.end, rest, name.kind or _only(kinds.get(rest)))
    return name if name.kind else replace(name, kind=_only(kinds.get(name.text)))


def _only(said: Counter[Kind] | None) -> Kind | None:
    return next(iter(said)) if said and len(said) == 1 else None


@cache
def _people_words(language: str) -> frozenset[str]:
    return frozenset(fold(word) for word in read_list("roles").get(language, {}).get("people", "").split())


def _by_lists(name: Name, text: str, language: str) -> Name:
    """A name found by its capitals, without a title or a country before it, told by lists of names."""
    words = list(re.finditer(r"[^ \u00a0]+", name.text))
    titles, countries = _people_words(language), country_words(language)
    begin = 0
    for place, word in enumerate(words[:-1]):
        if fold(word.group()) in titles:
            begin = place + 1
    is_titled = begin > 0
    if len(words) - begin > 2 and any(fold(words[begin].group())[:cut] in countries.beginnings for cut in (4, 5, 6)):
        begin += 1
    start = name.start + words[begin].start() if words else name.start
    bare = text[start : name.end]
    return replace(name, start=start, text=bare, kind=name.kind or ("person" if is_titled else _listed(bare, language)))


def _listed(name: str, language: str) -> Kind | None:
    """What lists of names say it is."""
    countries = country_words(language)
    if len(name) > 3 and fold(name) in countries.whole:
        return "place"
    parts = name.split()
    if not 2 <= len(parts) <= 3 or fold(name) in countries.towns or fold(parts[-1]) in ORGANISATION_ENDS:
        return None
    is_given = fold(parts[0]) in name_scorer.names_of("given")
    return "person" if is_given and fold(parts[0]) not in countries.towns else None


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
