"""What a question asks for: who, when, where, how many, why or what, and the words its answer must have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal

from newstext.dates import find as find_dates
from newstext.entities import find as find_names
from newstext.language import detect_language
from newstext.stems import stem
from newstext.words import ARABIC_ARTICLE, UNSPACED, WORD, content_words, fold, read_list, stop_words, words

QuestionKind = Literal["who", "when", "where", "many", "why", "what", "is", ""]
Measure = Literal["age", "span", "money", ""]
KINDS: tuple[QuestionKind, ...] = ("many", "when", "where", "why", "who", "what", "is")  # the most telling first
LETTERS = 3  # of a shorter word no dictionary form is taken
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
MARKS = " ¿?؟!¡.,:;\"'«»“”()"
# "Who is X?": nothing but the name is asked about.
TO_BE = frozenset("is was are were ist war sind est était sont es era son fue هو هي é foi è era кто".split())
# "Who is the mayor of Karsa?": somebody by what he is.
ROLE_ASKED = re.compile(
    r"(?:is|was|are|were|ist|war|est|était|etait|es|era|é|e|foi|è|fu) (?:the|der|die|das|le|la|l|el|o|a|il|lo) \w"
)
LATE_HELP = 5  # words before a helping verb: "How many delegates did Brask win?"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, read.

    terms: what its answer's sentence must say, as `term` has it, without names;
    names: the terms of each name. unit: what "how many" counts, or what
    "which" chooses from; "" if that is said by the rest. says: whose words are asked for. is_about_name: it asks
    who or what a name is, and nothing more.
    """

    text: str
    language: str
    kind: QuestionKind
    terms: tuple[str, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()
    numbers: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    unit: str = ""
    opening: str = ""  # the question word or words
    is_negated: bool = False
    says: bool = False
    is_about_name: bool = False
    first: str = field(default="", compare=False)  # the term right after the question word, "" behind a small word
    acts: tuple[str, ...] = ()  # the name that does what is asked about: "When did NAME resign?"
    deed: str = ""  # the term of what that name does, or what is done to it
    is_passive: bool = False  # "When was NAME arrested?"
    is_role: bool = False  # "Who is the mayor of NAME?"
    is_name_asked: bool = False  # "What is the name of the ship?"
    wants: Measure = ""


@cache
def lists(language: str) -> dict[str, str]:
    """The words of wordlists/questions.toml for a language; empty where it has none."""
    found: dict[str, str] = _tables().get(language, {})
    return found


@cache
def _tables() -> dict[str, dict[str, str]]:
    return read_list("questions")


@cache
def phrases(language: str, name: str) -> tuple[str, ...]:
    """The phrases of one list, folded word by word, the longest first."""
    said = (plain(phrase) for phrase in lists(language).get(name, "").split("|"))
    return tuple(sorted((phrase for phrase in said if phrase), key=lambda one: (-len(one), one)))


@cache
def word_set(language: str, name: str) -> frozenset[str]:
    """The words of one list, folded."""
    return frozenset(fold(word) for word in lists(language).get(name, "").split())


@cache
def terms_of(language: str, name: str) -> frozenset[str]:
    """The words of one list as terms."""
    return frozenset(term(word, language) for word in lists(language).get(name, "").split()) - {""}


def plain(text: str) -> str:
    """The words of a text, folded, one space between."""
    return " ".join(fold(word) for word in WORD.findall(text))


@cache
def _same(language: str) -> dict[str, str]:
    """Stems of words of one meaning -> the first of them."""
    found: dict[str, str] = {}
    for line in lists(language).get("same", "").splitlines():
        group = line.split()
        for word in group:
            found.setdefault(_stem(fold(word), language), f"={group[0]}")
    return found


@lru_cache(maxsize=200_000)
def term(word: str, language: str) -> str:
    """What a word is compared by: its stem, or that of its group of one meaning; "" if it says nothing."""
    folded = fold(word)
    for ending in ("’s", "'s"):
        folded = folded.removesuffix(ending)
    if folded in _small(language) or (len(folded) < 2 and not folded.isdigit()):
        return ""
    if any(character.isdigit() for character in folded):
        return folded
    found = _stem(folded, language)
    return _same(language).get(found, found)


@cache
def _small(language: str) -> frozenset[str]:
    """Stop words, but for those that tell one answer from another."""
    kept = frozenset(word for line in lists(language).get("same", "").splitlines() for word in map(fold, line.split()))
    return stop_words(language) - kept


def _stem(folded: str, language: str) -> str:
    bare = ARABIC_ARTICLE.sub("", folded) if not folded.isascii() else folded
    return stem(bare, language) if len(bare) >= LETTERS else bare


def terms_in(text: str, language: str) -> list[str]:
    """The terms of a text in order; of a script without spaces, its runs of two signs."""
    if not text.isascii() and UNSPACED.search(text):
        return content_words(text, language)
    return [found for word in WORD.findall(text) if (found := term(word, language))]


def read_question(text: str, languages: Sequence[str]) -> Asked:
    """A question in one of these languages, else in the one it seems to be in; languages: most frequent first."""
    text = " ".join(text.split())
    language, kind, opening = _opening(text, languages)
    rest = _without_opening(text, opening)
    if kind == "what" and (narrowed := _without_kind(rest, language)):
        kind, rest = "who", narrowed  # "Which newspaper reported": its name is asked for
    is_name_asked = opening in phrases(language, "named")
    kind = "who" if is_name_asked else kind
    numbers = tuple(NUMBER.findall(rest))
    # Without a day to count from, only dates with a year are found.
    has_year = any(sign.isdigit() for sign in rest)
    dates = tuple(one.value[:10] for one in find_dates(rest, published_at=None, language=language)) if has_year else ()
    names = _names(text, language)
    terms = _terms(rest, names, language)
    says = kind == "what" and bool(names or terms) and bool({*terms, *_stems(rest, language)} & speech_stems(language))
    if says:
        terms = tuple(one for one in terms if one not in terms_of(language, "speech"))
    wants = _measure(opening, terms, language)
    said = terms
    if wants == "money":  # the sum stands for the verb, if the question says what for
        paid = tuple(one for one in terms if one not in terms_of(language, "paying"))
        terms = paid if paid or len(names) > 1 else terms
    first, is_done = _first(rest, language)
    acts, deed, is_passive = _doer(rest, names, said, language)
    return Asked(
        text, language, kind, tuple(one for one in terms if one not in numbers), names, numbers, dates,
        unit=_unit(rest, language) if kind in ("many", "what") else "",
        opening=opening,
        is_negated=bool(negations(language) & set(rest.lower().replace("’", "'").split())),
        says=says,
        is_about_name=kind in ("who", "what") and bool(names) and not terms and not numbers and not says,
        first=first if first in terms else "",
        acts=acts,
        deed=deed,
        is_passive=is_passive or is_done,
        is_role=kind == "who" and bool(terms) and (is_name_asked or bool(ROLE_ASKED.match(plain(rest)))),
        is_name_asked=is_name_asked,
        wants=wants,
    )  # fmt: skip


def _terms(rest: str, names: Sequence[tuple[str, ...]], language: str) -> tuple[str, ...]:
    """What the question says, without its names and the words that an answer need not have."""
    in_names = {one for name in names for one in name}
    light = terms_of(language, "light")
    return tuple(dict.fromkeys(one for one in terms_in(rest, language) if one not in in_names and one not in light))


def _without_kind(rest: str, language: str) -> str:
    """What stands behind a kind of thing that has a name: a newspaper, a company, a country; "" if there is none."""
    first = WORD.search(rest)
    if first and term(first.group(), language) in terms_of(language, "kinds"):
        return rest[first.end() :].strip()
    return ""


def _first(rest: str, language: str) -> tuple[str, bool]:
    """(the term of the verb right behind the question word, whether it is done to the one that is asked for)."""
    said = WORD.findall(rest)
    is_done = bool(said) and fold(said[0]) in TO_BE
    if is_done or (said and fold(said[0]) in word_set(language, "helping")):
        said = said[1:]
    return (term(said[0], language) if said else ""), is_done


def _measure(opening: str, terms: Sequence[str], language: str) -> Measure:
    """What the number that is asked for measures."""
    if opening in phrases(language, "old"):
        return "age"
    if opening in phrases(language, "long"):
        return "span"
    is_sum = opening in phrases(language, "much") and not terms_of(language, "paying").isdisjoint(terms)
    return "money" if is_sum else ""


@cache
def speech_stems(language: str) -> frozenset[str]:
    """The stems of verbs of saying."""
    return frozenset(_stem(fold(word), language) for word in lists(language).get("speech", "").split())


def is_speech(word: str, language: str) -> bool:
    """True for any form of a verb of saying."""
    return _stem(fold(word), language) in speech_stems(language)


def _stems(text: str, language: str) -> set[str]:
    """The stems of all words, small ones too: in many lists "say" is a small word."""
    return {_stem(fold(word), language) for word in WORD.findall(text)}


@cache
def negations(language: str) -> frozenset[str]:
    """The words that turn a sentence round; none where no list is."""
    return frozenset(read_list("negations").get(language, "").split())


def _opening(text: str, languages: Sequence[str]) -> tuple[str, QuestionKind, str]:
    """(language, kind, the question words) of the language whose small words the question has most of."""
    folded = plain(text)
    found: list[tuple[float, str, QuestionKind, str, bool]] = []
    for language in dict.fromkeys((*languages, *_tables())):
        if language not in languages and any(at_start for *_, at_start in found):
            continue  # it opens as a question of a language that is held
        kind, opening, at_start = _kind(folded, language)
        if kind:
            small = sum(word in stop_words(language) for word in folded.split()) / len(folded.split())
            found.append((small + 0.3 * (language in languages) + at_start, language, kind, opening, at_start))
    if not found:
        return (languages[0] if languages else detect_language(text)), "", ""
    _, language, kind, opening, _ = max(found, key=lambda one: one[0])
    return language, kind, opening


def _kind(folded: str, language: str) -> tuple[QuestionKind, str, bool]:
    """What kind of question it is by its first words, else by a question word inside it."""
    starts: list[tuple[int, QuestionKind, str]] = []
    for kind in KINDS:
        opening = next((one for one in phrases(language, kind) if f"{folded} ".startswith(f"{one} ")), "")
        if opening:
            starts.append((len(opening), kind, opening))
    if starts:
        _, found, opening = max(starts, key=lambda one: one[0])
        return found, opening, True
    for kind in KINDS[:5]:
        opening = next((one for one in phrases(language, kind) if f" {one} " in f" {folded} "), "")
        if opening and language != "ar":  # there "who" is "from" too
            return kind, opening, False
    return "", "", False


def in_other_words(text: str, languages: Sequence[str]) -> str:
    """The question with another name of an office or the like, "" if it has none: "chief executive" as CEO."""
    for language in languages:
        for pair in filter(None, lists(language).get("other_names", "").split("|")):
            said, _, other = pair.partition("=")
            found = re.search(rf"\b{re.escape(said)}\b", text, re.I)
            if found:
                return text[: found.start()] + other + text[found.end() :]
    return ""


def _without_opening(text: str, opening: str) -> str:
    """The question without its question words, wherever they stand; letters as they are."""
    found = list(WORD.finditer(text))
    wanted = opening.split()
    for place in range(len(found) - len(wanted) + 1):
        if wanted and [fold(one.group()) for one in found[place : place + len(wanted)]] == wanted:
            return f"{text[: found[place].start()]} {text[found[place + len(wanted) - 1].end() :]}".strip(MARKS)
    return text.strip(MARKS)


def _names(text: str, language: str) -> tuple[tuple[str, ...], ...]:
    """The terms of each name; the question word itself, a capital at the start, is none."""
    found = []
    openings = _question_words(language)
    # A question's first capital is no sentence's start for what follows: names are found behind a small letter.
    for name in find_names(f"… {text}", language=language):
        kept = [word for word in words(name.text, language) if word not in openings]
        terms = tuple(one for word in kept if (one := term(word, language)))
        if terms:
            found.append(terms)
    return tuple(dict.fromkeys(found))


def _doer(
    rest: str, names: Sequence[tuple[str, ...]], terms: Sequence[str], language: str
) -> tuple[tuple[str, ...], str, bool]:
    """(the name right behind a helping verb, the term of its deed, whether the deed is done to it).

    "did Oda Brask resign", "was Oda Brask arrested"; empty where there is no such name or no deed.
    """
    said = WORD.findall(rest)
    helping = word_set(language, "helping")
    for place, word in enumerate(said[:LATE_HELP]):
        if fold(word) not in helping and fold(word) not in TO_BE:
            continue
        following = [term(one, language) for one in said[place + 1 :]]
        name = next((one for one in names if one[0] in following[:2]), ())
        after = following[following.index(name[0]) + len(name) :] if name else []
        if after and not re.search(rf"{re.escape(said[place + 1])}\S*[’']", rest):
            deed = next((one for one in after if one in terms and not one[0].isdigit()), "")
            return name, deed, fold(word) in TO_BE
    return (), "", False


@cache
def _question_words(language: str) -> frozenset[str]:
    return frozenset(word for kind in KINDS for phrase in phrases(language, kind) for word in phrase.split())


def _unit(rest: str, language: str) -> str:
    """The term of what is counted or chosen from, right after the question word; "" for people, years and the like."""
    if language == "fr":
        rest = re.sub(r"^(?:de |d[’'])", "", rest)
    first = WORD.search(rest)
    found = term(first.group(), language) if first else ""
    return "" if found in terms_of(language, "light") else found
