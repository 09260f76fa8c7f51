"""The words and marks of a sentence, and the words by which a language leans on what was said before."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple

from newstext.words import fold, read_list

# person: he; group: they; thing: it; this: this, such, here; link: however, also; known: the man, the deal;
# first: I, we; second: you.
LeanKind = Literal["person", "group", "thing", "this", "link", "known", "first", "second"]

WORDS = re.compile("[^\\W_]+(?:[-’'.\u200c&][^\\W_]+)*")
TOKEN = re.compile(WORDS.pattern + r"|[^\w\s]")  # words and marks
# French and Italian write small words onto the next: l'homme, d'autres, c'est.
ELIDED = "[^\\W_]{1,2}[’'](?=[^\\W_])|"
ELIDED_TOKEN, ELIDED_WORDS = re.compile(ELIDED + TOKEN.pattern), re.compile(ELIDED + WORDS.pattern)
ELIDING = frozenset({"fr", "it"})
Phrases = Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]]  # first word -> second, or "" -> the words after it
SOMEBODY = frozenset("someone somebody anyone anybody everyone everybody nobody person who whoever people".split())
SPEAKERS_I = frozenset("i'm i've i'll i'd".split())


class Token(NamedTuple):
    """A word or mark of a sentence. low: as lists have it. is_quoted: it stands inside quotation marks."""

    text: str
    low: str
    start: int
    end: int
    is_quoted: bool
    is_word: bool


@dataclass(frozen=True, slots=True)
class Signs:
    """A language's words of wordlists/leaning/LANGUAGE.toml."""

    language: str
    openers: frozenset[str]
    opening: Phrases
    within: Phrases
    not_within: Phrases
    captions: Phrases
    teasers: Phrases
    pronouns: Mapping[str, LeanKind]
    turning: frozenset[str]  # all pronouns
    demonstratives: frozenset[str]
    times: frozenset[str]
    within_verb: frozenset[str]  # links that stand right after a name: then
    first: frozenset[str]
    second: frozenset[str]
    definite: frozenset[str]
    indefinite: frozenset[str]
    quantities: frozenset[str]
    before_places: frozenset[str]
    fronts: frozenset[str]
    says: frozenset[str]
    says_phrases: Phrases
    people: frozenset[str]
    somebody: frozenset[str]  # all words for people
    offices: frozenset[str]
    bodies: frozenset[str]
    places: frozenset[str]
    things_known: frozenset[str]
    pointing: frozenset[str]
    any_matter: frozenset[str]  # nouns that may stand for anything: issue, move
    one_each: frozenset[str]  # bodies of which a story has one
    conjunctions: frozenset[str]  # openers, unless a clause follows
    unique: frozenset[str]
    verbs: frozenset[str]
    is_pro_drop: bool
    nouns_are_capital: bool
    elides: bool


def plain(word: str) -> str:
    """A word as the lists are looked up: small, accents kept (él is no el), Arabic forms made one."""
    if word.isascii():
        return word.lower()
    if "’" in word and word.replace("’", "").isascii():
        return word.lower().replace("’", "'")
    if "\u0600" <= word[0] <= "\u06ff":
        return fold(word)
    return word.replace("İ", "i").lower().replace("’", "'")


@cache
def signs_of(language: str) -> Signs | None:
    """The signs of a language; English where it is unknown; None where there is no list."""
    language = "en" if language in ("", "und") else language
    listed = read_list(f"leaning/{language}") if language.isalpha() else {}
    if not listed:
        return None
    kinds: tuple[tuple[LeanKind, str], ...] = (("thing", "things"), ("group", "groups"), ("person", "persons"))
    pronouns: dict[str, LeanKind] = {word: kind for kind, key in kinds for word in _listed(listed, key)}
    sets: dict[str, Any] = {
        key: _listed(listed, key)
        for key in """openers demonstratives times within_verb first second definite indefinite quantities
        before_places fronts says people offices bodies places things_known pointing any_matter one_each conjunctions
        unique verbs""".split()
    }
    phrases: dict[str, Any] = {
        key: _phrases(listed.get(key, ()), language)
        for key in ("opening", "within", "not_within", "captions", "teasers", "says_phrases")
    }
    return Signs(
        language=language,
        pronouns=pronouns,
        somebody=sets["people"] | sets["offices"] | sets["pointing"] | SOMEBODY,
        turning=frozenset(pronouns) | sets["first"] | sets["second"] | SPEAKERS_I,
        is_pro_drop=bool(listed.get("is_pro_drop")),
        nouns_are_capital=language == "de",
        elides=language in ELIDING,
        **sets,
        **phrases,
    )


def _listed(listed: Mapping[str, Any], key: str) -> frozenset[str]:
    return frozenset(plain(word) for word in listed.get(key, "").split())


def _phrases(phrases: Sequence[str], language: str) -> Phrases:
    """Phrases by their first two words."""
    token = ELIDED_TOKEN if language in ELIDING else TOKEN
    found: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {}
    for phrase in phrases:
        first, *rest = [plain(word) for word in token.findall(phrase)]
        by_second = found.setdefault(first, {})
        second = rest[0] if rest else ""
        by_second[second] = (*by_second.get(second, ()), tuple(rest))
    return found


def phrase_at(tokens: Sequence[Token], number: int, phrases: Phrases) -> int:
    """How many words from there on are one of the phrases; 0 for none."""
    by_second = phrases.get(tokens[number].low)
    if by_second is None:
        return 0
    following = tokens[number + 1].low if number + 1 < len(tokens) else ""
    for rest in by_second.get(following, ()):
        if [token.low for token in tokens[number + 1 : number + 1 + len(rest)]] == list(rest):
            return 1 + len(rest)
    return 1 if "" in by_second else 0


def tokens_of(sentence: str, quoted: Sequence[tuple[int, int]], signs: Signs | None = None) -> list[Token]:
    """The words and marks of a sentence; quoted: (start, end) of what stands inside quotation marks."""
    token = ELIDED_TOKEN if signs is not None and signs.elides else TOKEN
    found = []
    for match in token.finditer(sentence):
        text = match.group()
        start, end = match.span()
        low = text.lower() if text.isascii() else plain(text)
        inside = any(first <= start < last for first, last in quoted) if quoted else False
        found.append(Token(text, low, start, end, inside, text[0].isalnum()))
    return found


def points_at_listed(tokens: Sequence[Token], signs: Signs) -> Token | None:
    """Where a language writes no article, a listed noun that opens the sentence: "Мужчина рассказал"."""
    first = next((token for token in tokens if token.is_word), None)
    return first if first is not None and not signs.definite and first.low in signs.pointing else None


def speaks(tokens: Sequence[Token], signs: Signs) -> bool:
    """True if a word of speech stands outside the quotation marks."""
    return any(
        (token.low in signs.says or (token.low in signs.says_phrases and phrase_at(tokens, number, signs.says_phrases)))
        and not token.is_quoted
        for number, token in enumerate(tokens)
    )
