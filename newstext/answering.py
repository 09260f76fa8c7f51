"""Does a sentence hold what a question asks for: somebody, a place, a date, a count, a reason, what was said?"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import TypeVar

from newstext.dates import precision_of
from newstext.entities import person_titles
from newstext.naming import word_list
from newstext.questions import Asked, is_speech, lists, negations, phrases, term, word_set
from newstext.records import ArticleText, DateMention, Name
from newstext.words import ARABIC_ARTICLE, WORD, fold

Marked = TypeVar("Marked", Name, DateMention)
YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
NEAR_WORDS = 6  # between a count and what it counts
SPEAKER_WORDS = 4  # between who speaks and the verb
EXPLAINED_SPEAKER_WORDS = 30
OPENING_WORDS = 3
NEAR_CHARS = 160  # before and behind a name that what it is stands in
DEED_WORDS = 12  # between a date or a place and what happened there
UNIT_WORDS = 4  # between a count and the word for what is counted, which follows it
AGE = re.compile(
    r"^\s?-?\s?(?:years?|ans?|años?|jahre?|jährige?[rnsm]?|anni|anos|лет|года?|yaşında|عاما|عاماً|سنة)\b|^\s?,", re.I
)
NEGATED_WORDS = 3  # between "not" and what is denied
ACTING_WORDS = 12  # between who acts and the verb
BY = {
    "en": ("by",),
    "de": ("von", "durch"),
    "fr": ("par",),
    "es": ("por",),
    "it": ("da", "dal", "dalla"),
    "pt": ("por", "pelo", "pela"),
}
VERB_FIRST = frozenset({"ar"})
COUNTED_BEFORE = frozenset({"ar", "fa", "he"})  # the number may stand behind what it counts
ONES = r"(?:an?|the|one|ein|eine|einer|der|die|das|une?|le|la|el|una|um|uma|il|lo|o)"
BEFORE_ROLE = (
    r"(?:an?|the|his|her|their|its|now|then|former|ein|eine|der|die|das|le|la|l[’']|une?|el|una?|um|uma|o|il|lo)"
)
# What stands behind a name that is explained: ", the mayor of Karsa,", ", who", " is a", " (26)", ", 26,".
EXPLAINED = re.compile(
    r"^(?:\s?,\s(?:who|whose|\d\d|qui|die seit|der seit|quien)\b"
    rf"|\s?,\s(?:{BEFORE_ROLE}|[\w-]+ (?:of|von|de|du|del))\s[^,.;]{{3,90}},"
    rf"|\s\(\d\d\)|\s(?:is|was|ist|war|est|était|es|era|fue|é|foi|è)\s{ONES}\s)"
)
# The same at a sentence's end, where it takes a verb of saying before the name.
EXPLAINED_LAST = re.compile(r"^\s?,\s(?:an?|the|ein|eine|der|die|le|la|une?|el|una?)\s[^,.;]{3,90}\.?$")
ROLE = re.compile(r"^[a-z]{2,}(?:er|or|ist|man|woman|ian|ee|oon|ive)$")  # lawyer, governor, activist, nominee
TITLED = re.compile(r"([^\W\d_][\w’'-]*)\.?\s$")
MERE_MANNERS = frozenset(
    """mr mrs ms miss sir dame lord lady herr frau monsieur madame mme senor senora signor signora senhor senhora pan
    pani bay bayan""".split()
)
APPOSED = re.compile(
    r"\b(?:the|a|an|its|their|his|her|der|die|das|le|la|el|ein|eine|un|une|una)\s"
    r"(?:[\w’'-]+\s){0,3}[\w’'-]+,\s$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence: its place in it, and what it is compared by."""

    start: int
    end: int
    folded: str
    term: str


@lru_cache(maxsize=100_000)
def _read_word(word: str, language: str) -> tuple[str, str]:
    return fold(word), term(word, language)


class Passage:
    """A sentence with what is known of it, read when asked for; offsets count from its own first letter."""

    def __init__(self, article: ArticleText, number: int, terms: frozenset[str]) -> None:
        self.article, self.number, self.terms = article, number, terms
        self.start, self.end = article.sentences[number]
        self.text = article.text[self.start : self.end]
        self.language = article.language

    @cached_property
    def words(self) -> list[Word]:
        return [
            Word(match.start(), match.end(), *_read_word(match.group(), self.language))
            for match in WORD.finditer(self.text)
        ]

    @cached_property
    def names(self) -> list[Name]:
        return [
            Name(one.start - self.start, one.end - self.start, one.text, one.kind)
            for one in _inside(self.article.names, self.start, self.end)
        ]

    @cached_property
    def dates(self) -> list[DateMention]:
        return [
            DateMention(one.start - self.start, one.end - self.start, one.text, one.value)
            for one in _inside(self.article.dates, self.start, self.end)
        ]

    @cached_property
    def folded(self) -> str:
        return " ".join(word.folded for word in self.words)

    def has_phrase(self, phrase: str) -> bool:
        return f" {phrase} " in f" {self.folded} "

    def new_names(self, asked: Asked) -> Iterator[Name]:
        """The names that the question does not have itself."""
        known = {*asked.terms, *(one for name in asked.names for one in name)}
        for name in self.names:
            if not known & {term(word, self.language) for word in WORD.findall(name.text)}:
                yield name


def _inside(found: Sequence[Marked], start: int, end: int) -> Iterator[Marked]:
    """Those of an article's names or dates, which stand in order of place, that lie in one sentence."""
    for place in range(bisect_left(found, start, key=lambda one: one.start), len(found)):
        if found[place].end > end:
            return
        yield found[place]


def answers_kind(asked: Asked, passage: Passage) -> float:
    """How well a sentence holds what is asked for, 0 to 1; 0 where it does not, or contradicts the question."""
    if not (_is_of_that_time(asked, passage) and _has_numbers(asked, passage) and _is_done_by(asked, passage)):
        return 0.0
    if _is_denied(asked, passage):
        return 0.0
    if asked.is_about_name:
        return _explains(asked, passage)
    if asked.says:
        return _says(asked, passage)
    check = CHECKS.get(asked.kind)
    return check(asked, passage) if check else 0.5


# --- what the question takes for granted ----------------------------------------


def _is_of_that_time(asked: Asked, passage: Passage) -> bool:
    """True if every date of the question is one of the sentence's, or the day it was published where it has none."""
    told = [one.value[:10] for one in passage.dates if precision_of(one.value)]
    published = passage.article.published_at.date().isoformat() if passage.article.published_at else ""
    if not told and published and passage.number < 3:
        told = [published]
    return all(any(one.startswith(wanted) or wanted.startswith(one) for one in told) for wanted in asked.dates)


def _has_numbers(asked: Asked, passage: Passage) -> bool:
    in_dates = {number for value in asked.dates for number in re.findall(r"\d+", value)}
    said = {match.rstrip(".,") for match in re.findall(r"\d[\d.,]*", passage.text)}
    return all(one in said or one.lstrip("0") in {day.lstrip("0") for day in in_dates} for one in asked.numbers)


def _is_denied(asked: Asked, passage: Passage) -> bool:
    """True if one of the two says "not" of what is asked about, and the other does not."""
    if asked.kind == "is" or not (asked.terms or asked.is_negated):
        return False
    words = [word.replace("’", "'").strip(".,;:!?\"'“”") for word in passage.text.lower().split()]
    said = [place for place, word in enumerate(words) if word in negations(passage.language)]
    after = (" ".join(words[place + 1 : place + 1 + NEGATED_WORDS]) for place in said)
    is_denied = any(term(word, passage.language) in asked.terms for one in after for word in WORD.findall(one))
    return is_denied != asked.is_negated


def _is_done_by(asked: Asked, passage: Passage) -> bool:
    """True unless the question says who acts, and the sentence names that one only behind what is done."""
    if not asked.acts or not asked.terms:
        return True
    deeds = [place for place, word in enumerate(passage.words) if word.term in asked.terms]
    doers = [place for place, word in enumerate(passage.words) if word.term == asked.acts[-1]]
    if not deeds or not doers or passage.language in VERB_FIRST:
        return True
    return min(doers) < max(deeds)


# --- what is asked for ----------------------------------------------------------


def _who(asked: Asked, passage: Passage) -> float:
    """Somebody whom the question does not name; where it names what was done, on the side of the doer."""
    others = [name for name in passage.new_names(asked) if name.kind != "place" and not _is_in(name, passage)]
    if not others:
        return 0.0
    doers = [name for name in others if _may_do(name, asked, passage)]
    if not doers:
        return 0.0
    return 1.0 if any(name.kind == "person" or " " in name.text for name in doers) else 0.7


def _may_do(name: Name, asked: Asked, passage: Passage) -> bool:
    """True if the name stands where the doer of the question's verb would: before it, or behind "by"."""
    if not asked.first or asked.first not in passage.terms:
        return True
    before = passage.text[: name.start].split()[-1:]
    if before and fold(before[0]) in BY.get(passage.language, ()):
        return True
    nouns = phrases(passage.language, "nouns")
    others = {*asked.terms, *(one for wanted in asked.names for one in wanted)} - {asked.first}
    for place, word in enumerate(passage.words):
        if word.term != asked.first or (place and passage.words[place - 1].folded in nouns):
            continue
        if passage.language in VERB_FIRST:
            return word.end <= name.start
        between = sum(name.end <= other.start for other in passage.words[:place])
        done = [other for other in passage.words if other.term in others]
        if name.end <= word.start and between <= ACTING_WORDS and (not done or done[-1].start > name.end):
            return True
    return False


def _is_in(name: Name, passage: Passage) -> bool:
    """True for a name behind a small word that places stand behind."""
    before = passage.text[: name.start].split()[-1:]
    return bool(before) and fold(before[0]) in _place_words(passage.language)


@cache
def _place_words(language: str) -> frozenset[str]:
    """The small words that stand before places and hardly before anything else."""
    return frozenset(fold(word.split()[0]) for word in lists(language).get("places", "").split("|") if word)


@cache
def _of(language: str) -> frozenset[str]:
    return frozenset(lists(language).get("of", "").split("|")) - {""}


@cache
def _ways(language: str) -> frozenset[str]:
    """All small words that may stand before a place."""
    return _place_words(language) | {fold(word) for word in lists(language).get("ways", "").split("|")}


def _when(asked: Asked, passage: Passage) -> float:
    wanted = {*asked.dates}
    told = [one for one in passage.dates if one.value[:10] not in wanted]
    told = [one for one in told if _is_near(_place_of(one.start, passage), asked, passage)]
    return (1.0 if any(len(one.value) >= len("2026-01") for one in told) else 0.8) if told else 0.0


def _is_near(place: int, asked: Asked, passage: Passage) -> bool:
    """True if a word of the question that is no name stands near that word of the sentence."""
    deeds = [other for other, word in enumerate(passage.words) if word.term in asked.terms]
    return not deeds or min(abs(place - other) for other in deeds) <= DEED_WORDS


def _place_of(offset: int, passage: Passage) -> int:
    """The number of the word at that offset."""
    return sum(word.start < offset for word in passage.words)


def _where(asked: Asked, passage: Passage) -> float:
    """A place that the question does not name: a name or a kind of place behind the small word of places."""
    small = _place_words(passage.language)
    sites = word_set(passage.language, "sites")
    known = {*asked.terms, *(one for name in asked.names for one in name)}
    best = 0.0
    for name in passage.new_names(asked):
        if not _is_near(_place_of(name.start, passage), asked, passage):
            continue
        before = [fold(word) for word in passage.text[: name.start].split()[-2:]]
        is_behind = before[-1:] and before[-1] in small
        is_of_site = len(before) > 1 and before[0] in sites and before[1] in _of(passage.language)
        if name.kind == "place" or (name.kind != "person" and (is_behind or is_of_site)):
            return 1.0
    for place, word in enumerate(passage.words):
        bare = ARABIC_ARTICLE.sub("", word.folded) if not word.folded.isascii() else word.folded
        if (word.folded in sites or bare in sites) and word.term not in known and _is_near(place, asked, passage):
            before_words = [one.folded for one in passage.words[max(0, place - 4) : place]]
            if any(one in _ways(passage.language) for one in before_words):
                best = max(best, 0.6)
    return best


def _many(asked: Asked, passage: Passage) -> float:
    """A count before what is counted, or near another word of the question; an age with its years."""
    places = [place for place, word in enumerate(passage.words) if _is_count(place, word, passage, asked)]
    if asked.is_age:
        places = [place for place in places if AGE.match(passage.text[passage.words[place].end :])]
    if not places:
        return 0.0
    if asked.unit:
        counted = [place for place, word in enumerate(passage.words) if word.term == asked.unit]
        return 1.0 if any(_counts(place, other, passage) for place in places for other in counted) else 0.0
    wanted = {*asked.terms} or {one for name in asked.names for one in name}
    near = [place for place, word in enumerate(passage.words) if word.term in wanted]
    distance = min((abs(one - other) for one in places for other in near), default=NEAR_WORDS + 1)
    if distance > NEAR_WORDS:
        return 0.0
    return 1.0 if distance <= NEAR_WORDS // 2 else 0.7


def _counts(place: int, unit: int, passage: Passage) -> bool:
    """True if the count at `place` is of the word at `unit`: it follows soon, and no comma stands between."""
    if passage.language in COUNTED_BEFORE and -UNIT_WORDS <= unit - place < 0:
        return True
    between = passage.text[passage.words[place].end : passage.words[unit].start]
    return 0 < unit - place <= UNIT_WORDS and ", " not in between


def _is_count(place: int, word: Word, passage: Passage, asked: Asked) -> bool:
    if any(one.start <= word.start < one.end for one in passage.dates):
        return False
    if word.folded[:1].isdigit():
        return not YEAR.fullmatch(word.folded) and word.folded not in asked.numbers
    if word.folded not in word_set(passage.language, "numbers"):
        return False
    return not (
        word.folded == "one" and passage.words[place + 1 : place + 2] and passage.words[place + 1].folded == "of"
    )


def _why(asked: Asked, passage: Passage) -> float:
    said = [one for one in phrases(passage.language, "cause") if passage.has_phrase(one)]
    if not said:
        return 0.0
    return 1.0 if any(len(one) > 5 for one in said) else 0.8


def _what(asked: Asked, passage: Passage) -> float:
    """Something beyond the question's own words."""
    if asked.unit and asked.unit not in passage.terms:
        return 0.0  # "which law": the sentence must speak of one
    known = {*asked.terms, *(one for name in asked.names for one in name)}
    new = passage.terms - known
    if not known and asked.dates:  # "What happened in 1998?": best told by a sentence that opens with it
        return 1.0 if any(_place_of(one.start, passage) <= OPENING_WORDS for one in passage.dates) else 0.3
    return 0.6 if len(new) >= 3 else 0.0


def _is(asked: Asked, passage: Passage) -> float:
    return 0.5


def _says(asked: Asked, passage: Passage) -> float:
    """Words of the one that is asked about: the name beside a verb of saying, and not behind "of" or "in"."""
    verbs = [place for place, word in enumerate(passage.words) if is_speech(word.folded, passage.language)]
    last = {name[-1] for name in asked.names} or {asked.terms[0]}
    for place, word in enumerate(passage.words):
        if word.term not in last or not verbs:
            continue
        name = next((one for one in passage.names if one.start <= word.start < one.end), None)
        start, end = (name.start, name.end) if name else (word.start, word.end)
        before = WORD.findall(passage.text[:start])[-2:]
        behind = fold(before[-1]) if before else ""
        if behind == "the":
            behind = fold(before[0])
        if behind in _ways(passage.language) | _of(passage.language):
            continue
        is_explained = passage.text[end : end + 1] == ","  # "Sten Aldous, the mayor of …, said"
        reach = EXPLAINED_SPEAKER_WORDS if is_explained else SPEAKER_WORDS
        first = _place_of(start, passage)
        if any(0 < verb - place <= reach or 0 < first - verb <= SPEAKER_WORDS for verb in verbs):
            return 1.0
    return 0.0


def _explains(asked: Asked, passage: Passage) -> float:
    """The name with what it is: "Ilse Torvik, the harbour master,", "harbour master Ilse Torvik"."""
    wanted = set(asked.names[0])
    for name in passage.names:
        if not wanted <= {term(word, passage.language) for word in WORD.findall(name.text)}:
            continue
        before = passage.text[max(0, name.start - NEAR_CHARS) : name.start]
        after = passage.text[name.end : name.end + NEAR_CHARS]
        if EXPLAINED.match(after) or APPOSED.search(before):
            return 1.0
        title = TITLED.search(before)
        if not title:
            continue
        word = fold(title.group(1))
        if is_speech(word, passage.language):
            if EXPLAINED_LAST.match(after):
                return 1.0
        elif word in person_titles():
            if word not in MERE_MANNERS:
                return 0.8
        elif word in word_list("titles", passage.language) or ROLE.search(word):
            return 0.7
    return 0.0


CHECKS: dict[str, Callable[[Asked, Passage], float]] = {
    "who": _who,
    "when": _when,
    "where": _where,
    "many": _many,
    "why": _why,
    "what": _what,
    "is": _is,
}
