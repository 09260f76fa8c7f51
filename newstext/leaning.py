"""What in a sentence leans on the sentences before it: he, this, however, the man; and on whom.

Source: the five kinds of misleading extracts of Zhang, Wan and Bansal 2022, Extractive is not Faithful
(arXiv 2209.03549): wrong or missing reference, wrong or missing thread, and what misleads otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from newstext.entities import calendar_words
from newstext.records import Name
from newstext.signs import SPEAKERS_I, LeanKind, Signs, Token, phrase_at

SHORT_PLURAL = re.compile("[A-Z]{2,}s$")  # the TVs
YEAR_OLD = re.compile(r"\d+-year-olds?$")
LONGEST_FRONT = 12
NEAR_TOKENS = 3  # how far after a comma the subject may stand: "In his speech, fire chief Tomas Rell"
PHRASE_TOKENS = 4  # of a noun phrase: "the bright yellow speed camera"
NAME_AFTER = 4  # "The mayor of the town of Karsa", "the driver, Otto Vane"
# "the attack in Karsa" is told of; in "put the film on Sandwick TV" nothing tells which film.
EXPLAINING = frozenset("about over for above below outside in at against between near".split())
PREPOSITIONS = frozenset("of in at from near on against between for with by to about over behind into".split())
RELATIVES = frozenset("who that which where whose whom".split())
FUNCTION_WORDS = frozenset(
    """of in at from near on against between for with by to about over behind into after before during since until
    through under around across among within without and or but nor as than if when while who that which where whose
    whom what how why the a an this these those his her its their our my your not also just only still already even
    ever never now then there here so too very more most both all any each every no because although though whether
    he she it they we i you him them us""".split()
)
CLAUSES = frozenset(
    "that who which when while after before as because if since until and but or whose whom where to".split()
)
NATION_ENDS = ("ian", "ean", "ese", "man", "woman", "ish", "can", "chi", "ani", "iard", "lander")
NO_NATION = frozenset("guardian vatican smithsonian ottoman taliban".split())
NOT_PLURAL_ENDS = ("ss", "us", "is")
OWNING = frozenset("its his her their our my no any every each another this that these those 's".split())
CROWDS = frozenset("jury panel crew staff couple pair trio duo family men women children people".split())
NO_LINK = frozenset("as and but or after when while that who which said says is was were are has had".split())
GIANTS = frozenset("giant company firm maker carrier retailer group startup bank".split())
EXIST = frozenset(
    """is are was were be been has have had will would could may might can must remain remains seems isn't aren't wasn't
    weren't""".split()
)
PARTY_MEN = frozenset("republican democrat conservative liberal tory libertarian socialist communist".split())
INTRANSITIVE = frozenset("agreed agrees disagreed disagrees concurred declined refused".split())
AFTER_NOUN = frozenset(
    """later ahead midway late early earlier ago today yesterday tomorrow tonight monday tuesday wednesday thursday
    friday saturday sunday together alone above below outside inside beside along off itself
    himself herself themselves instead again away once twice""".split()
)
ENDS_NOUN = FUNCTION_WORDS | AFTER_NOUN
NO_SUPERLATIVES = frozenset(
    "arrest protest request forest interest contest harvest guest quest west unrest test rest chest conquest".split()
)
WHO_FOLLOWS = frozenset("who whose in of with from that without at on killed affected involved".split())
BE = ("were", "are", "was", "is", "have", "had", "remain", "remained", "died", "did", "do")
MANY = frozenset(
    "people police men women children officials and authorities media crew staff couple pair family".split()
)
WHICH = frozenset("best worst most least only last first second third fourth fifth next".split())


@dataclass(frozen=True, slots=True)
class Lean:
    """One thing that a sentence does not say by itself.

    start, end: where, in the sentence. opens: the sentence begins with it.
    """

    kind: LeanKind
    start: int
    end: int
    word: str
    opens: bool = False


def leans(
    tokens: Sequence[Token],
    names: Sequence[Name],
    signs: Signs,
    *,
    is_first: bool = False,
) -> list[Lean]:
    """All in a sentence that leans on what stands before it, in no order; empty where it stands by itself.

    names: those of the sentence, offsets into it. is_first: nothing is before it, so
    that "the harbour" is no harbour that was told of.
    """
    reader = _Reader(tokens, names, signs, is_first)
    found = reader.opening()
    reader.walk(found)
    if len(tokens) > 1 and not tokens[0].is_word and tokens[1].is_quoted:
        found += _leans_inside(tokens, names, signs, is_first=is_first)
    if reader.says_nothing():
        found.append(Lean("link", 0, 0, ""))
    return found


def _leans_inside(tokens: Sequence[Token], names: Sequence[Name], signs: Signs, *, is_first: bool) -> list[Lean]:
    """What leans in a quotation that opens the sentence; whom "I" means, its speaker shows."""
    inside = [token._replace(is_quoted=False) for token in tokens if token.is_quoted]
    found: list[Lean] = []
    _Reader(inside, names, signs, is_first).walk(found)
    return [
        lean if lean.kind == "known" else replace(lean, kind="this")
        for lean in found
        if lean.kind not in ("first", "second", "link")
    ]


def _base(low: str) -> str:
    """he's, they’re: without what the apostrophe ties on."""
    return low.split("'")[0] if "'" in low and not low.endswith("'") else low


def noun_stem(word: str) -> str:
    """One form of a noun's one and many."""
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith(NOT_PLURAL_ENDS) else word


class _Reader:
    """One walk over a sentence's words, knowing who and what was named so far."""

    def __init__(self, tokens: Sequence[Token], names: Sequence[Name], signs: Signs, is_first: bool) -> None:
        self.tokens, self.signs, self.is_first = tokens, signs, is_first
        self.name_starts = {name.start: name for name in names}
        self.in_name = [False] * len(tokens)
        place = 0
        for number, token in enumerate(tokens) if names else ():
            while place < len(names) and names[place].end <= token.start:
                place += 1
            if place == len(names):
                break
            self.in_name[number] = names[place].start <= token.start
        # What was named so far: somebody, a thing, several, any name, something new, a place, a body, a "there".
        self.person = self.thing = self.many = self.name = self.some = self.place = self.body = False
        self.crowd = self.thing_named = self.spot = False
        self.persons_named = 0
        self.stems: set[str] = set()
        self.head = ""

    def opening(self) -> list[Lean]:
        """How it begins: a listed word or phrase, or a bare number of them."""
        place = next((number for number, token in enumerate(self.tokens) if token.is_word), None)
        if place is None:
            return [Lean("link", 0, 0, "")]
        words = [token for token in self.tokens[place : place + 6] if token.is_word]
        first = words[0]
        signs = self.signs
        base = _base(first.low) if signs.language == "en" else first.low
        if (first.low in signs.openers or base in signs.openers) and not self._opens_whole(words):
            kind = signs.pronouns.get(base, "this" if base in signs.demonstratives else "link")
            return [Lean(kind, first.start, first.end, first.low)]
        if phrase_at(self.tokens, place, signs.opening):
            return [Lean("link", first.start, first.end, first.low)]
        if (
            first.low in signs.quantities
            and len(words) > 1
            and (
                words[1].low in ("others", "other", "more", "of", *BE)
                or words[1].low.endswith("ed")
                or words[1].low in signs.verbs
            )
        ):
            return [Lean("link", first.start, first.end, first.low)]
        return []

    def _opens_whole(self, words: Sequence[Token]) -> bool:
        """True for openers that need no sentence before them: "Both Otto and Ada", "No ship"."""
        if len(words) < 2:
            return False
        first, second = words[0].low, words[1]
        if first in self.signs.demonstratives and second.low in self.signs.times:
            return True  # "This week", "Esta mañana"
        if first in self.signs.conjunctions and second.start == words[0].end + 1:
            return True  # "Aunque Karsa ...", not "Mientras, ..."
        if self.signs.language != "en":
            return False
        if first == "even":
            return second.low in ("though", "if", "as", "when", "before", "after")
        if first == "no":
            return second.low != "other"
        if first == "both":
            return second.text[:1].isupper()
        return first in ("third", "second", "first", "late", "perhaps") and second.text[:1].isupper()

    def says_nothing(self) -> bool:
        """What was said stands elsewhere: "Otto Vane said, his voice rising.", "Both ministers agreed."."""
        words = [token for token in self.tokens if token.is_word]
        if words and (words[-1].low in INTRANSITIVE or words[-1].low == "too"):
            return True
        for number, token in enumerate(self.tokens[: 2 * NAME_AFTER]):
            if token.low in self.signs.says and not any(other.is_quoted for other in self.tokens):
                after = self.tokens[number + 1] if number + 1 < len(self.tokens) else None
                return (after is None or not after.is_word) and all(self.in_name[:number])
        return False

    def walk(self, found: list[Lean]) -> None:
        """Add what each word leans on, given what stands before it."""
        signs, passed = self.signs, 0
        pointing = signs.demonstratives | signs.definite
        for number, token in enumerate(self.tokens):
            if not token.is_word:
                continue
            low = token.low
            if token.is_quoted:
                continue
            if number >= passed:
                if low in signs.not_within and (length := phrase_at(self.tokens, number, signs.not_within)):
                    passed = number + length
                elif low in signs.within and (length := phrase_at(self.tokens, number, signs.within)):
                    found.append(Lean("link", token.start, self.tokens[number + length - 1].end, low))
            if low in signs.within_verb and number and self.in_name[number - 1]:
                found.append(Lean("link", token.start, token.end, low))  # "Otto Vane then left"
            if (low in signs.turning or low in pointing or "'" in low) and (lean := self._lean_at(number, token)):
                found.append(lean)
            self._note(number, token)

    def _lean_at(self, number: int, token: Token) -> Lean | None:
        signs, low = self.signs, token.low
        kind = self._pronoun_kind(number, token)
        if kind is None and low in signs.demonstratives and not self.in_name[number]:
            kind = self._demonstrative(number, low)
        if kind is None and low in signs.definite and self._points_back(number):
            return Lean("known", token.start, token.end, self.head)
        return Lean(kind, token.start, token.end, low) if kind else None

    def _pronoun_kind(self, number: int, token: Token) -> LeanKind | None:
        signs, low = self.signs, token.low
        if low in signs.first or low in SPEAKERS_I:
            return "first" if self._is_first_person(number, token) else None
        if low in signs.second:
            return "second"
        kind = signs.pronouns.get(_base(low))
        if low == "him" and self._is_another(number):
            return "person"
        if low == "it" and not self.body and self._says_next(number):
            return "thing"  # "..., it said": no thing does
        if kind is None or self.in_name[number] or (token.text.isupper() and len(low) > 1):
            return None
        known = {"person": self.person, "group": self._has_group(), "thing": self.thing}[kind]
        if known and not (self.persons_named if kind == "person" else self.thing_named):
            if self._opens_clause(number):
                return kind  # "In a statement on Monday, it said": it is no statement
            if kind == "person" and number and self.tokens[number - 1].low in signs.people:
                return kind  # "The only candidate he spoke with"
        if known or (signs.nouns_are_capital and (self.thing or self.name)):
            return None
        return None if self._is_told_after(number, kind) else kind

    def _says_next(self, number: int) -> bool:
        return number + 1 < len(self.tokens) and self.tokens[number + 1].low in ("said", "says", "added")

    def _is_another(self, number: int) -> bool:
        """ "Otto Vane bowed before him": not he himself; the one who is named, and no clause between."""
        if self.persons_named != 1 or self.signs.language != "en":
            return False
        for place in range(number - 1, -1, -1):
            if self.in_name[place]:
                return all(self.in_name[n] or self.tokens[n].low in self.signs.people for n in range(place))
            token = self.tokens[place]
            if not token.is_word or token.low in CLAUSES or token.low.endswith("ing"):
                return False
        return False

    def _is_first_person(self, number: int, token: Token) -> bool:
        """Not the US, nor World War I."""
        if token.text == "US" or (token.text.isupper() and len(token.text) > 1):
            return False
        if token.text == "I" and number:
            following = self.tokens[number + 1] if number + 1 < len(self.tokens) else None
            return not self.in_name[number] and following is not None and following.text[0].islower()
        return not self.in_name[number]

    def _opens_clause(self, number: int) -> bool:
        """True for the first word after the comma that ends a fronted phrase."""
        if not number or self.tokens[number - 1].text not in (",", "،"):
            return False
        return not any(token.text in (",", "،") for token in self.tokens[: number - 1])

    def _is_told_after(self, number: int, kind: str) -> bool:
        """In an opening that a comma ends, a name or a noun right after: "In his speech, Tomas Rell"."""
        first = next((token for token in self.tokens if token.is_word), None)
        if first is None or number > LONGEST_FRONT:
            return False
        is_participle = self.signs.language == "en" and first.low.endswith(("ing", "ed"))
        if first.low not in self.signs.fronts and not is_participle:
            return False
        comma = next((n for n in range(number, len(self.tokens)) if self.tokens[n].text in (",", "،")), None)
        if comma is None:
            return False
        for after in range(comma + 1, min(comma + 1 + NEAR_TOKENS, len(self.tokens))):
            if named := self.name_starts.get(self.tokens[after].start):
                return kind != "person" or not (
                    named.text.isupper() or self.tokens[after - 1].low in self.signs.definite
                )
            if self.tokens[after].low in FUNCTION_WORDS - self.signs.definite - self.signs.indefinite:
                break
        if kind == "person" or comma + 1 >= len(self.tokens):
            return False
        return self.tokens[comma + 1].low in self.signs.definite | self.signs.indefinite

    def _demonstrative(self, number: int, low: str) -> LeanKind | None:
        """this: unless a time follows (this year), or a clause (those who); that: only where it is listed otherwise."""
        signs = self.signs
        following = [token.low for token in self.tokens[number + 1 : number + 4]]
        after = following[0] if following else ""
        if any(low.removesuffix("'s") in signs.times for low in following[:2]):
            return None
        if signs.language != "en":
            return "this"
        if low == "that":  # "agreed with that decision"; elsewhere it begins a clause
            before = self.tokens[number - 1].low if number else ""
            if before in ("if", "until", "once") or self._is_that_one(number, before):
                return "this"
            return "this" if before in PREPOSITIONS and after and after not in FUNCTION_WORDS else None
        if low == "such":
            return None if after == "as" else "this"
        if low == "those" and (after in WHO_FOLLOWS or after.endswith("ed")):
            return None
        if low == "there":
            return None if after in EXIST or (number and self.spot) else "this"
        if low == "here":
            return None if self.many and after in ("in", "to") else "this"
        return "this"

    def _is_that_one(self, number: int, before: str) -> bool:
        """ "used that line on Monday", "disputes that argument.": a noun of one, and the phrase ends with it."""
        if before in self.signs.says or number + 2 >= len(self.tokens):
            return False
        noun, after = self.tokens[number + 1], self.tokens[number + 2]
        if (
            not noun.text[0].islower()
            or noun.low in FUNCTION_WORDS | self.signs.verbs
            or noun.low.endswith(("s", "ly"))
        ):
            return False
        return after.text in ".,;" or after.low in ("in", "on", "at") or after.low.endswith("day")

    def _note(self, number: int, token: Token) -> None:
        """Remember who or what this word names, for the words after it."""
        low, signs = token.low, self.signs
        if self.in_name[number]:
            if named := self.name_starts.get(token.start):
                self._note_name(number, named)
            return
        if low in FUNCTION_WORDS:
            if low in signs.indefinite and number + 1 < len(self.tokens):
                self.some = self.some or self.tokens[number + 1].low not in signs.times
            return
        if low in signs.somebody or low.endswith(("-year-old", "-year-olds")):
            self.person = True
            self.crowd = self.crowd or low.endswith("s") or low in CROWDS
        if signs.nouns_are_capital:
            self.thing = self.thing or (number > 0 and token.text[0].isupper())
        elif number and len(low) > 2 and low not in signs.times:
            self.stems.add(noun_stem(low))
            self.thing = self.thing or self._has_article(number)
        elif low in signs.bodies or low in signs.unique:
            self.thing = True  # "Parliament in Lindhaven passed its water law"
        if not self.many:
            is_plural = low.endswith("s") and len(low) > 3 and not low.endswith(NOT_PLURAL_ENDS)
            self.many = is_plural or low in signs.bodies or low in MANY
        if low in signs.indefinite:
            self.some = True
        if low in ("other", "others") and number and self.tokens[number - 1].low == "and":
            self.person = False  # "Otto Vane and other ministers criticised his plan": a third man's

    def _note_name(self, number: int, named: Name) -> None:
        before = self.tokens[number - 1].low if number else ""
        self.name = True
        if named.text.startswith("The ") and named.kind != "person":
            self.thing = self.thing_named = self.body = self.spot = True  # "The Karsa Morning News reported that his"
        elif before in self.signs.before_places and named.kind != "person":
            self.place = self.spot = True
        elif before in self.signs.definite and named.kind != "person":
            self.thing = self.thing_named = self.body = self.spot = True  # "the Karsa Morning News reported that his"
        else:
            if named.kind != "person":
                self.thing = self.thing_named = True
            self.body = self.body or named.kind == "organisation" or named.text.isupper() or self._is_one_word(named)
            if any(token.low == "including" for token in self.tokens[max(0, number - 3) : number]):
                return  # "Several ministers, including Otto Vane, stand behind him": it is another
            self.person = True
            self.persons_named += 1

    def _has_group(self) -> bool:
        """True if several were named, or a body that is a "they"; one man is none."""
        return self.many or self.body or self.place or self.persons_named > 1

    def _is_one_word(self, named: Name) -> bool:
        """Microsoft, Fiat: most names of two words and more are people's."""
        return named.kind is None and " " not in named.text

    def _has_article(self, number: int) -> bool:
        """Three words back at most stands what begins a noun phrase; a language without articles takes any noun."""
        signs = self.signs
        if not signs.definite or signs.is_pro_drop:
            return True
        before = [token.low for token in self.tokens[max(0, number - 3) : number]]
        begins = signs.definite | signs.indefinite | OWNING
        return any(low in begins or low[0].isdigit() for low in before)

    def _points_back(self, number: int) -> bool:
        """A definite noun that nothing here explains: "the man", "the deal", "The buildings were"."""
        if self.in_name[number]:
            return False
        if self.signs.language != "en":
            return self._listed_after(number)
        phrase, end, named = self._phrase(number)
        if named:
            return self._is_nation_person(phrase, end)
        if not phrase:
            return False
        head = phrase[-1].low
        self.head = noun_stem(head)
        if any(YEAR_OLD.match(token.low) for token in phrase) or _counts_years(phrase):
            return not self.person and not self._is_named_after(end)
        if head in self.signs.unique or self._is_explained(end):
            return False
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
            if head in CROWDS or (head.endswith("s") and not head.endswith("ss")):
                return not self.crowd
            return not self.person or (not self.is_first and bool(self.persons_named))
        if head in signs.offices:
            return not self.name
        if head in signs.bodies and head.endswith("s"):
            return not self.is_first or not self.many
        if head in signs.bodies:
            return not (self.body or (self.is_first and (self.some or self.name)))
        if head in signs.places:
            return not (self.place or (self.is_first and (self.some or self.name)))
        if self.is_first:
            return (at_start and head in signs.things_known) or head == "move"
        return True

    def _phrase(self, number: int) -> tuple[list[Token], int, bool]:
        """The words after "the" up to the noun's end, where it ends, and whether a name is among them."""
        phrase: list[Token] = []
        named = False
        place = number + 1
        while place < len(self.tokens) and len(phrase) < PHRASE_TOKENS + 2:
            token = self.tokens[place]
            low = token.low
            if not token.is_word:
                is_joined = token.text in "-–" and (not phrase or phrase[0].low.isdigit())
                if is_joined or token.text in "'’“”\"":
                    place += 1
                    continue
                break
            ends = low in FUNCTION_WORDS or (phrase and (low in ENDS_NOUN or low in self.signs.verbs))
            ends = ends or (bool(phrase) and self.in_name[place] and not named)  # "The comments show Otto Vane"
            if ends or (phrase and self._is_past(place)):
                break
            if low not in calendar_words("en") and low not in AFTER_NOUN:
                is_capital = self.in_name[place] or (token.text[0].isupper() and not phrase)
                named = named or (is_capital and not SHORT_PLURAL.match(token.text))
            phrase.append(token)
            self.head = noun_stem(low)
            place += 1
        return phrase, place, named

    def _is_past(self, place: int) -> bool:
        """A verb in -ed after a noun, or the adverb before one; of participles that stand there no noun is told."""
        low = self.tokens[place].low
        return low.endswith("ly") or (low.endswith("ed") and len(low) > 4)

    def _is_nation_person(self, phrase: Sequence[Token], end: int) -> bool:
        """A name that does not tell who, unless another stands beside it: "The Ukrainian champion", "The Frenchman"."""
        last = phrase[-1]
        if self.person or self._name_within(end):
            return False
        if last.low in PARTY_MEN:
            return True
        if last.text[0].islower():
            # "the Karsa champion" is one who was named; "the Karsa pilots" are those of Karsa
            is_one = not last.low.endswith("s") or last.low.endswith("ss")
            is_told_of = (is_one and last.low in self.signs.people) or last.low in GIANTS
            return is_told_of and not self._is_explained(end)
        following = self.tokens[end] if end < len(self.tokens) else None
        is_verb = following is not None and (following.low in self.signs.verbs or following.low.endswith("ed"))
        is_verb = is_verb or (following is not None and following.text == ",")
        return (
            all(token.text[0].isupper() for token in phrase)
            and is_verb
            and last.low.endswith(NATION_ENDS)
            and last.low not in NO_NATION
        )

    def _is_explained(self, end: int) -> bool:
        """By "of ...", "who ...", or a name beside it."""
        if end >= len(self.tokens):
            return False
        low = self.tokens[end].low
        if low == "of" or (low in RELATIVES and low != "that"):
            return True
        if low == "that" and end + 1 < len(self.tokens):  # "the shooting that took place", not "the trial that Otto"
            return not self.in_name[end + 1] and self.tokens[end + 1].low not in FUNCTION_WORDS
        if low in (",", "("):
            return self._is_apposition(end)
        if self.in_name[end]:  # "the president Otto Vane"; "The organisation uses DC-3 planes" is no such
            told = self.signs.people | self.signs.offices  # "the accused thieves Otto Vane and Ada Brask"
            return any(token.low in told for token in self.tokens[max(0, end - 2) : end])
        return low in EXPLAINING and self._name_within(end)

    def _is_named_after(self, end: int) -> bool:
        """A name stands right after it: "the 26-year-old Otto Vane", "the 26-year-old, Otto Vane,"."""
        if end >= len(self.tokens):
            return False
        return self.in_name[end] or (self.tokens[end].text == "," and self._is_apposition(end))

    def _is_apposition(self, comma: int) -> bool:
        """The name stands right after the comma, a mark right after the name: "The driver, Otto Vane, said"."""
        place = comma + 1
        if place >= len(self.tokens) or not self.in_name[place]:
            return False
        while place < len(self.tokens) and self.in_name[place]:
            place += 1
        return place >= len(self.tokens) or not self.tokens[place].is_word

    def _name_within(self, end: int) -> bool:
        """A name from there on, with nothing but small words before it."""
        for place in range(end, min(end + NAME_AFTER, len(self.tokens))):
            if self.in_name[place]:
                return True
            token = self.tokens[place]
            if not token.is_word or token.text[0].isupper() or token.low in NO_LINK or token.low in self.signs.verbs:
                return False
        return False

    def _listed_after(self, number: int) -> bool:
        """Other languages: an article and a listed noun right after it, opening the sentence, with no name beside."""
        if any(token.is_word for token in self.tokens[:number]):
            return False
        for place in range(number + 1, min(number + 3, len(self.tokens))):
            if self.tokens[place].low in self.signs.pointing:
                self.head = self.tokens[place].low
                return not self._name_within(place + 1)
        return False


def _counts_years(phrase: Sequence[Token]) -> bool:
    """Spaced out as some sites write it: "the 26 - year - old"."""
    return phrase[0].low.isdigit() and len(phrase) > 1 and phrase[1].low == "year"


def _is_superlative(phrase: Sequence[Token]) -> bool:
    """It says which: "the largest dam"."""
    return any(
        token.low in WHICH or (token.low.endswith("est") and token.low not in NO_SUPERLATIVES) for token in phrase[:2]
    )
