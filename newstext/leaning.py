"""What in a sentence leans on the sentences before it: he, this, however, the man; and on whom.

Source: the five kinds of misleading extracts of Zhang, Wan and Bansal 2022, Extractive is not Faithful
(arXiv 2209.03549): wrong or missing reference, wrong or missing thread, and what misleads otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from newstext.records import Name
from newstext.words import fold, read_list

# person: he; group: they; thing: it; this: this, such, here; link: however, also; known: the man, the deal;
# first: I, we; second: you.
LeanKind = Literal["person", "group", "thing", "this", "link", "known", "first", "second"]

TOKEN = re.compile("[^\\W_]+(?:[-’'.\u200c&][^\\W_]+)*|[^\\w\\s]")
YEAR_OLD = re.compile(r"\d+-year-olds?$")
NEAR_TOKENS = 3  # how far after a comma the subject may stand: "In his speech, fire chief Tomas Rell"
PHRASE_TOKENS = 4  # of a noun phrase: "the bright yellow speed camera"
NAME_AFTER = 4  # "The mayor of the town of Karsa", "the driver, Otto Vane"
PREPOSITIONS = frozenset("of in at from near on against between for with by to about over behind into".split())
RELATIVES = frozenset("who that which where whose whom".split())
FUNCTION_WORDS = frozenset(
    """of in at from near on against between for with by to about over behind into after before during since until
    through under around across among within without and or but nor as than if when while who that which where whose
    whom what how why the a an this these those his her its their our my your not also just only still already even
    ever never now then there here so too very more most both all any each every no because although though whether
    he she it they we i you him them us""".split()
)
PEOPLE_ENDS = ("man", "woman", "men", "women")
NATION_ENDS = ("ian", "ean", "ese", "man", "woman", "ish", "can", "chi", "ani", "ard")
NOT_PLURAL_ENDS = ("ss", "us", "is")
SOMEBODY = frozenset("someone somebody anyone anybody everyone everybody nobody person who whoever people".split())
SPEAKERS_I = frozenset(["i'm", "i've", "i'll", "i'd", "i’m", "i’ve", "i’ll", "i’d"])


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark of a sentence. low: as lists have it. is_quoted: it stands inside quotation marks."""

    text: str
    low: str
    start: int
    end: int
    is_quoted: bool
    is_word: bool


@dataclass(frozen=True, slots=True)
class Lean:
    """One thing that a sentence does not say by itself. start, end: where, in the sentence."""

    kind: LeanKind
    start: int
    end: int
    word: str


@dataclass(frozen=True, slots=True)
class Signs:
    """A language's words of wordlists/leaning/LANGUAGE.toml."""

    language: str
    openers: frozenset[str]
    opening: re.Pattern[str]
    within: re.Pattern[str]
    captions: re.Pattern[str]
    pronouns: Mapping[str, LeanKind]
    demonstratives: frozenset[str]
    times: frozenset[str]
    first: frozenset[str]
    second: frozenset[str]
    definite: frozenset[str]
    indefinite: frozenset[str]
    quantities: frozenset[str]
    before_places: frozenset[str]
    fronts: frozenset[str]
    says: frozenset[str]
    says_phrases: tuple[str, ...]
    people: frozenset[str]
    offices: frozenset[str]
    bodies: frozenset[str]
    things_known: frozenset[str]
    pointing: frozenset[str]
    unique: frozenset[str]
    verbs: frozenset[str]
    is_pro_drop: bool
    nouns_are_capital: bool = field(default=False)


def plain(word: str) -> str:
    """A word as the lists are looked up: small, accents kept (él is no el), Arabic forms made one."""
    if word.isascii():
        return word.lower()
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
    pronouns: dict[str, LeanKind] = {}
    for kind, key in (("thing", "things"), ("group", "groups"), ("person", "persons")):
        pronouns.update({word: kind for word in _listed(listed, key)})  # type: ignore[misc]
    sets = {
        key: _listed(listed, key)
        for key in """openers demonstratives times first second definite indefinite quantities before_places fronts says
        people offices bodies things_known pointing unique verbs""".split()
    }
    return Signs(
        language=language,
        opening=_phrases(listed.get("opening", []), at_start=True),
        within=_phrases(listed.get("within", []), but=listed.get("not_within", [])),
        captions=_phrases(listed.get("captions", []), at_start=True),
        pronouns=pronouns,
        says_phrases=tuple(listed.get("says_phrases", ())),
        is_pro_drop=bool(listed.get("is_pro_drop")),
        nouns_are_capital=language == "de",
        **sets,
    )


def _listed(listed: Mapping[str, Any], key: str) -> frozenset[str]:
    return frozenset(plain(word) for word in listed.get(key, "").split())


def _phrases(phrases: Sequence[str], *, but: Sequence[str] = (), at_start: bool = False) -> re.Pattern[str]:
    """A pattern of any of them, whole; what is listed under `but` is passed over."""
    if not phrases:
        return re.compile(r"(?!)")
    either = "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))
    if at_start:
        return re.compile(rf"(?:{either})(?!\w)", re.I)
    passed = "|".join(re.escape(phrase) for phrase in but) or r"(?!)"
    return re.compile(rf"(?<!\w)(?!(?:{passed})(?!\w))(?P<sign>{either})(?!\w)", re.I)


def tokens_of(sentence: str, quoted: Sequence[tuple[int, int]]) -> list[Token]:
    """The words and marks of a sentence; quoted: (start, end) of what stands inside quotation marks."""
    found = []
    for match in TOKEN.finditer(sentence):
        text, start = match.group(), match.start()
        inside = any(first <= start < last for first, last in quoted) if quoted else False
        found.append(Token(text, plain(text), start, match.end(), inside, text[0].isalnum()))
    return found


def leans(
    sentence: str,
    tokens: Sequence[Token],
    names: Sequence[Name],
    signs: Signs,
    *,
    said_before: Container[str] = frozenset(),
    is_first: bool = False,
) -> list[Lean]:
    """All in a sentence that leans on what stands before it, in no order; empty where it stands by itself.

    names: those of the sentence, offsets into it. said_before: the nouns that the
    article has before this sentence (`noun_stem`). is_first: nothing is before it.
    """
    reader = _Reader(sentence, tokens, names, signs, said_before, is_first)
    found = reader.opening()
    found += reader.within()
    reader.walk(found)
    return found


def noun_stem(word: str) -> str:
    """One form of a noun's one and many."""
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith(NOT_PLURAL_ENDS) else word


class _Reader:
    """One walk over a sentence's words, knowing who and what was named so far."""

    def __init__(
        self,
        sentence: str,
        tokens: Sequence[Token],
        names: Sequence[Name],
        signs: Signs,
        said_before: Container[str],
        is_first: bool,
    ) -> None:
        self.sentence, self.tokens, self.signs = sentence, tokens, signs
        self.said_before, self.is_first = said_before, is_first
        self.name_starts = {name.start: name for name in names}
        self.in_name = [False] * len(tokens)
        ends = [(name.start, name.end) for name in names]
        place = 0
        for number, token in enumerate(tokens):
            while place < len(ends) and ends[place][1] <= token.start:
                place += 1
            self.in_name[number] = place < len(ends) and ends[place][0] <= token.start
        self.person = self.thing = self.many = self.name = self.some = False
        self.stems: set[str] = set()
        self.head = ""

    def opening(self) -> list[Lean]:
        """How it begins: a listed word or phrase, or a bare number of them."""
        words = [token for token in self.tokens[:6] if token.is_word]
        if not words:
            return [Lean("link", 0, 0, "")]
        first = words[0]
        signs = self.signs
        if first.low in signs.openers and not self._opens_whole(words):
            kind = signs.pronouns.get(first.low, "this" if first.low in signs.demonstratives else "link")
            return [Lean(kind, first.start, first.end, first.low)]
        if signs.opening.match(self.sentence, first.start):
            return [Lean("link", first.start, first.end, first.low)]
        if first.low in signs.quantities and len(words) > 1 and words[1].low in ("others", "more", "of", *_BE):
            return [Lean("link", first.start, first.end, first.low)]
        return []

    def _opens_whole(self, words: Sequence[Token]) -> bool:
        """"Both A and B", "Such a", "There were", "No one": openers that need no sentence before them."""
        if self.signs.language != "en" or len(words) < 2:
            return False
        first, second = words[0].low, words[1]
        if first == "no":
            return second.low not in ("one",)
        if first == "both":
            return second.text[:1].isupper()
        return first in ("third", "second", "first", "other", "late", "perhaps") and second.text[:1].isupper()

    def within(self) -> list[Lean]:
        """Connectives wherever they stand outside quotation marks."""
        found = []
        for match in self.signs.within.finditer(self.sentence):
            sign = match.group("sign") if match.group() else ""
            if sign and not self._is_quoted(match.start()):
                found.append(Lean("link", match.start("sign"), match.end("sign"), sign.lower()))
        return found

    def _is_quoted(self, place: int) -> bool:
        return any(token.is_quoted and token.start <= place < token.end for token in self.tokens)

    def walk(self, found: list[Lean]) -> None:
        """Add what each word leans on, given what stands before it."""
        for number, token in enumerate(self.tokens):
            if not token.is_word:
                continue
            if lean := self._lean_at(number, token):
                found.append(lean)
            self._note(number, token)

    def _lean_at(self, number: int, token: Token) -> Lean | None:
        signs, low = self.signs, token.low
        if token.is_quoted:
            return self._opens_quote(number, token)
        kind = self._pronoun_kind(number, token)
        if kind is None and low in signs.demonstratives and not self.in_name[number]:
            kind = self._demonstrative(number, low)
        if kind is None and low in signs.definite and self._points_back(number):
            return Lean("known", token.start, token.end, self.head)
        return Lean(kind, token.start, token.end, low) if kind else None

    def _opens_quote(self, number: int, token: Token) -> Lean | None:
        """The first word of a quotation that opens the sentence: "It was shocking," he said."""
        if number > 1 or (number and self.tokens[0].is_word):
            return None
        kind = self.signs.pronouns.get(token.low)
        if kind is None and token.low in self.signs.demonstratives:
            kind = "this"
        return Lean("this", token.start, token.end, token.low) if kind else None

    def _pronoun_kind(self, number: int, token: Token) -> LeanKind | None:
        signs, low = self.signs, token.low
        if low in signs.first or low in SPEAKERS_I:
            return "first" if self._is_first_person(number, token) else None
        if low in signs.second:
            return "second"
        kind = signs.pronouns.get(low)
        if kind is None or self.in_name[number] or (token.text.isupper() and len(low) > 1):
            return None
        known = {"person": self.person, "group": self.many or self.name, "thing": self.thing or self.name}[kind]
        if known or (signs.nouns_are_capital and (self.thing or self.name)):
            return None
        return None if self._is_told_after(number, kind) else kind

    def _is_first_person(self, number: int, token: Token) -> bool:
        """Not the US, nor World War I."""
        if token.text == "US" or (token.text.isupper() and len(token.text) > 1):
            return False
        if token.text == "I" and number:
            following = self.tokens[number + 1] if number + 1 < len(self.tokens) else None
            return not self.in_name[number] and following is not None and following.text[0].islower()
        return not self.in_name[number]

    def _is_told_after(self, number: int, kind: str) -> bool:
        """In an opening that a comma ends, with a name or a noun of its own right after: "In his speech, Tomas Rell"."""
        first = next((token for token in self.tokens if token.is_word), None)
        if first is None or number > 12:
            return False
        if first.low not in self.signs.fronts and not (self.signs.language == "en" and first.low.endswith(("ing", "ed"))):
            return False
        comma = next((n for n in range(number, len(self.tokens)) if self.tokens[n].text in (",", "،")), None)
        if comma is None:
            return False
        for after in range(comma + 1, min(comma + 1 + NEAR_TOKENS, len(self.tokens))):
            if self.tokens[after].start in self.name_starts:
                return True
        if kind == "person" or comma + 1 >= len(self.tokens):
            return False
        return self.tokens[comma + 1].low in self.signs.definite | self.signs.indefinite

    def _demonstrative(self, number: int, low: str) -> LeanKind | None:
        """this: unless a time follows (this year), or a clause (those who); that: only where it is listed otherwise."""
        signs = self.signs
        following = [token.low for token in self.tokens[number + 1 : number + 4]]
        after = following[0] if following else ""
        if after in signs.times or (len(following) > 1 and following[1] in signs.times):
            return None
        if signs.language != "en":
            return "this"
        if low == "that":
            return None
        if low == "such":
            return None if after == "as" else "this"
        if low == "those" and after in ("who", "whose", "in", "of", "with", "from", "that", "without", "at", "on", "killed", "affected", "involved"):
            return None
        if low == "here":
            return None if self.many and after in ("in", "to") else "this"
        return "this"

    def _note(self, number: int, token: Token) -> None:
        """Remember who or what this word names, for the words after it."""
        low, signs = token.low, self.signs
        named = self.name_starts.get(token.start)
        if named is not None and not token.is_quoted:
            before = self.tokens[number - 1].low if number else ""
            self.name = True
            if before not in signs.before_places or named.kind == "person":
                self.person = True
            self.some = True
            return
        if token.is_quoted:
            return
        if low in signs.people or low in signs.offices or low in SOMEBODY or YEAR_OLD.match(low) or low in signs.pointing:
            self.person = self.thing = True
        if signs.nouns_are_capital:
            self.thing = self.thing or (number > 0 and token.text[0].isupper())
        elif self._is_noun(number, low):
            self.thing = True
            self.stems.add(noun_stem(low))
        if low.endswith("s") and len(low) > 3 and not low.endswith(NOT_PLURAL_ENDS) or low in signs.bodies or low in _MANY:
            self.many = True
        if low in signs.indefinite and number + 1 < len(self.tokens) and self.tokens[number + 1].low not in signs.times:
            self.some = True

    def _is_noun(self, number: int, low: str) -> bool:
        """Roughly: a small word of content after something that is no opening adverb."""
        return number > 0 and len(low) > 2 and low not in FUNCTION_WORDS and low not in self.signs.times and low.isalpha()

    def _points_back(self, number: int) -> bool:
        """"the man", "the deal", "The buildings were": a definite noun that nothing here explains."""
        if self.in_name[number]:
            return False
        if self.signs.language != "en":
            return self._listed_after(number)
        phrase, end, named = self._phrase(number)
        if named:
            return self._is_nation_person(phrase, end, named)
        if not phrase:
            return False
        head = phrase[-1].low
        self.head = noun_stem(head)
        if head in self.signs.unique or self._is_explained(end):
            return False
        if YEAR_OLD.match(phrase[0].low) or any(YEAR_OLD.match(token.low) for token in phrase):
            return not self.person
        if _is_superlative(phrase):
            return False
        return self._is_known(head, phrase, at_start=not any(token.is_word for token in self.tokens[:number]))

    def _is_known(self, head: str, phrase: Sequence[Token], *, at_start: bool) -> bool:
        """A noun that must have been told of before."""
        signs, stem = self.signs, noun_stem(head)
        if stem in self.stems:
            return False  # it was: in this very sentence
        lows = [token.low for token in phrase]
        if any(low in signs.people for low in lows[-2:]):
            return not self.person
        if head in signs.offices:
            return not self.name
        if head in signs.bodies:
            return not (self.name or (self.is_first and self.some))
        if self.is_first:
            return at_start and head in signs.things_known
        if head in signs.things_known:
            return not self.some or stem in self.said_before
        return at_start or stem in self.said_before

    def _phrase(self, number: int) -> tuple[list[Token], int, bool]:
        """The words after "the" up to the noun's end, where it ends, and whether a name is among them."""
        phrase: list[Token] = []
        named = False
        place = number + 1
        while place < len(self.tokens) and len(phrase) < PHRASE_TOKENS + 2:
            token = self.tokens[place]
            low = token.low
            if not token.is_word:
                if token.text in ("-", "–", "'", "’", "“", '"') and len(phrase) < 1:
                    place += 1
                    continue
                break
            if low in FUNCTION_WORDS or (phrase and (low in self.signs.verbs or self._is_past(place))):
                break
            named = named or self.in_name[place] or (token.text[0].isupper() and not phrase)
            phrase.append(token)
            self.head = noun_stem(low)
            place += 1
        return phrase, place, named

    def _is_past(self, place: int) -> bool:
        """A word in -ed that is followed by what no noun phrase goes on with: a verb."""
        low = self.tokens[place].low
        if not low.endswith("ed") or len(low) < 5:
            return low.endswith("ly")
        following = self.tokens[place + 1] if place + 1 < len(self.tokens) else None
        return following is None or not following.is_word or following.low in FUNCTION_WORDS or following.text[0].isupper()

    def _is_nation_person(self, phrase: Sequence[Token], end: int, named: bool) -> bool:
        """"The Ukrainian champion", "The Frenchman": a name that does not tell who, unless another stands beside it."""
        last = phrase[-1]
        if self.person or self._name_within(end):
            return False
        if last.text[0].islower():
            return last.low in self.signs.people and not self._is_explained(end)
        following = self.tokens[end] if end < len(self.tokens) else None
        is_verb = following is not None and (following.low in self.signs.verbs or following.low.endswith("ed"))
        return len(phrase) == 1 and is_verb and last.low.endswith(NATION_ENDS)

    def _is_explained(self, end: int) -> bool:
        """By "of ...", "who ...", or a name beside it."""
        if end >= len(self.tokens):
            return False
        low = self.tokens[end].low
        if low == "of" or low in RELATIVES:
            return True
        return self._name_within(end) if low in PREPOSITIONS or low in (",", "(") or self.in_name[end] else False

    def _name_within(self, end: int) -> bool:
        return any(self.in_name[end : end + NAME_AFTER])

    def _listed_after(self, number: int) -> bool:
        """Other languages: an article and a listed noun right after it, opening the sentence, with no name beside."""
        if any(token.is_word for token in self.tokens[:number]):
            return False
        for place in range(number + 1, min(number + 3, len(self.tokens))):
            if self.tokens[place].low in self.signs.pointing:
                self.head = self.tokens[place].low
                return not self._name_within(place + 1)
        return False


def _is_superlative(phrase: Sequence[Token]) -> bool:
    """"the largest", "the first", "the only": they say which."""
    return any(token.low in _WHICH or (token.low.endswith("est") and len(token.low) > 5) for token in phrase[:2])


_BE = ("were", "are", "was", "is", "have", "had", "remain", "remained", "died", "did", "do")
_MANY = frozenset("people police men women children officials and authorities media crew staff couple pair family".split())
_WHICH = frozenset("best worst most least only last first second third fourth fifth next".split())


def points_at_listed(tokens: Sequence[Token], signs: Signs) -> Token | None:
    """Where a language writes no article, a listed noun that opens the sentence: "Мужчина рассказал"."""
    first = next((token for token in tokens if token.is_word), None)
    return first if first is not None and not signs.definite and first.low in signs.pointing else None


def speaks(tokens: Sequence[Token], signs: Signs, sentence: str) -> bool:
    """True if a word of speech stands outside the quotation marks."""
    if any(token.low in signs.says and not token.is_quoted for token in tokens):
        return True
    low = sentence.lower()
    return any(phrase in low for phrase in signs.says_phrases)


def lone_names(names: Sequence[Name]) -> tuple[Name, ...]:
    """Names of one word: surnames alone, most of them."""
    return tuple(name for name in names if " " not in name.text and "\u00a0" not in name.text)
