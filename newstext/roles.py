"""What a text says that somebody or something is, as it stands there.

"Sten Aldous, the mayor of Ostra,"; "the mayor, Sten Aldous,"; "Karsan Foreign
Minister Ada Brink"; "Ada Brink is the head of the bank"; "Ostra, a town on the
Brask,". A phrase is taken whole or not at all, and only where its noun fits
what is named; the nouns and small words are in wordlists/roles.toml.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from newstext import entities, name_scorer
from newstext.entities import UNKNOWN
from newstext.records import ArticleText, Kind, Name
from newstext.words import fold, read_list, stop_words

HEAD_WITHIN = 9  # words from the beginning of a phrase to its noun
LONGEST_PHRASE = 26
LEFT_OF_HEAD = 7  # words of a title before its noun: "Karsan deputy foreign minister"
SHORTEST_NAME = 4  # letters of an organisation that a noun before it explains
SMALL_WORDS = 3  # of a phrase in a language whose verbs are not listed
TOKEN = re.compile(
    r"\d+(?:[.,]\d+)*(?![^\W_])|(?:[^\W\d_]\.){2,}|[^\W\d_]['’](?=[^\W\d_]{2})|['’]s\b"
    r"|[^\W_]+(?:[-‐&.’'][^\W_]+)*?(?=['’]s\b)|[^\W_]+(?:[-‐&.’'/][^\W_]+)*|[^\w\s]"
)
CLOSING = frozenset(",;—–:.)،؛!?") | {"-", "--"}
PARTICIPLES = frozenset(
    "based backed owned led run known founded located operated created linked allied headquartered affiliated".split()
)
# Verbs that make a clause of what would be a phrase.
CLAUSE = frozenset(
    """is are was were be been being has have had will would can could may might must should shall said says say told
    tells added adds asked asks does did do announced called wrote writes thought felt knew saw met gave took made left
    beat led won hit got found sent put let cut shot became began brought bought""".split()
)
SUBJECTS = frozenset("he she it they we i you who that which this".split())
WHO = re.compile(r",?\s+who\s+(?:(?:is|was|has been|serves as|served as|works as)\s+)", re.I)
POWER = re.compile(r"in (?:power|office|charge)(?: (?:since|of|from|for) [^,;.—–()“”\"]{3,60})?(?=[,;.—–)])")
AGE = re.compile(r"\d{1,3}(?=,)")
SHORT_NAMES = frozenset("st mt ft".split())
PREPOSITIONS = frozenset(
    """about above across against along among around as at before behind below beneath beside between beyond by down
    during for from in inside into like near of off on onto out outside over past per since through throughout to
    toward towards under until up upon via with within without plus alongside despite unlike""".split()
)
# Whose daughter, of whom? Without it such a word says nothing.
RELATIONS = frozenset(
    """father mother son daughter brother sister husband wife widow widower partner girlfriend boyfriend fiance fiancee
    uncle aunt nephew niece cousin grandfather grandmother grandson granddaughter stepfather stepmother stepson friend
    neighbour neighbor colleague roommate heir successor predecessor opponent challenger aide victim suspect defendant
    witness member native resident survivor""".split()
)
POINTING = frozenset("his her its their my our your this that these those whose same other another such".split())
QUOTES = re.compile(r"[“”\"«»„]")
CREDITS = re.compile(r"\b(?:contributed to this|reporting by|edit(?:ed|ing) by|writing by|photo(?:graph)? by)\b", re.I)
REPORTS = re.compile(
    r"\b(?:say|says|said|alleg\w+|accus\w+|claim\w*|believe\w*|suspect\w*|according|insist\w*|den(?:y|ies|ied)|if|"
    r"whether|would|could|may|might|call\w*|told|charged)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Told:
    """A name, and the phrase that says what it is: offsets into the article's text, and the sentence from 0."""

    name: Name
    start: int
    end: int
    kind: Kind
    sentence: int
    noun: tuple[int, int] = (0, 0)  # the word that says it: "mayor" of "the mayor of Ostra"


@dataclass(frozen=True, slots=True)
class Grammar:
    """The words of one language of wordlists/roles.toml, folded."""

    heads: Mapping[str, Kind]
    titles: frozenset[str]
    articles: frozenset[str]
    within: frozenset[str]
    ends: frozenset[str]
    copulas: frozenset[str]
    before: frozenset[str]
    stops: frozenset[str]
    is_english: bool
    adjectives_follow: bool


class Token(NamedTuple):
    """One word or mark of a sentence."""

    start: int
    end: int
    word: str
    folded: str


@cache
def grammar_of(language: str) -> Grammar | None:
    """The language's grammar, or None where no words are listed."""
    code = "en" if language in UNKNOWN else language
    lists = read_list("roles").get(code)
    if lists is None:
        return None
    said = {table: frozenset(fold(word) for word in str(words).split()) for table, words in lists.items()}
    heads: dict[str, Kind] = {}
    for table, kind in (("places", "place"), ("organisations", "organisation"), ("people", "person")):
        heads.update(dict.fromkeys(said[table], kind))  # type: ignore[arg-type]
    return Grammar(
        heads,
        said.get("titles", frozenset()),
        said["articles"],
        said["within"],
        said["ends"],
        said["is"],
        said["before"],
        stop_words(code) - said["before"] - heads.keys(),
        code == "en",
        code in ("fr", "es", "it", "pt", "ar", "ru"),
    )


def find(article: ArticleText, names: Sequence[Name]) -> tuple[Told, ...]:
    """The roles that one article gives to its names (`entities.named`). Linear in its length."""
    grammar = grammar_of(article.language)
    if grammar is None:
        return ()
    return tuple(_find(article, names, grammar))


def _find(article: ArticleText, names: Sequence[Name], grammar: Grammar) -> Iterator[Told]:
    starts = [start for start, _ in article.sentences]
    by_sentence: dict[int, list[Name]] = {}
    beside: set[int] = set()  # sentences worth cutting into words
    for name in names:
        number = bisect_right(starts, name.start) - 1
        if number >= 0 and name.end <= article.sentences[number][1] and _may_have_role(article.text, name, grammar):
            beside.add(number)
        if number >= 0:
            by_sentence.setdefault(number, []).append(name)
    for number in sorted(beside):
        named = by_sentence[number]
        start, end = article.sentences[number]
        if CREDITS.search(article.text, start, end):
            continue
        sentence = _Sentence(article.text, start, end, number, named, grammar)
        for place in range(len(named)):
            yield from sentence.roles_of(place)


BESIDE = re.compile(r"[ \u00a0]?[,،—–(]|[ \u00a0]who\b|[ \u00a0](?P<verb>[^\W\d_]+)")
WORD_BEFORE = re.compile(r"(?:(?P<word>[^\W\d_]+(?:-[^\W\d_]+)*)\.?|(?P<comma>[,،]))[ \u00a0]$")


def _may_have_role(text: str, name: Name, grammar: Grammar) -> bool:
    """False where neither a mark nor a noun beside a name says what it is: most names, told fast."""
    behind = BESIDE.match(text, name.end)
    if behind and (behind["verb"] is None or fold(behind["verb"]) in grammar.copulas):
        return True
    before = WORD_BEFORE.search(text, max(0, name.start - 24), name.start)
    if before is None:
        return False
    if before["comma"] or (grammar.adjectives_follow and before["word"]):
        return True
    word = fold(before["word"])
    return word in grammar.heads or word in grammar.titles


class _Sentence:
    """One sentence cut into words, with its names."""

    def __init__(self, text: str, start: int, end: int, number: int, names: Sequence[Name], grammar: Grammar) -> None:
        self.text, self.start, self.end, self.number = text, start, end, number
        self.names, self.grammar = names, grammar
        self.tokens = [
            Token(match.start(), match.end(), word := match.group(), word.lower() if word.isascii() else fold(word))
            for match in TOKEN.finditer(text, start, end)
        ]
        self.starts = [token.start for token in self.tokens]
        self.name_starts = {name.start for name in names}

    def roles_of(self, place: int) -> Iterator[Told]:
        name = self.names[place]
        for role in (self._title(name), self._before(name), self._behind(name), self._is(name)):
            if role is not None:
                yield role

    def _told(self, name: Name, first: int, last: int, kind: Kind, noun: int) -> Told | None:
        """The role from token `first` to token `last`, if it fits what is named."""
        head = self.tokens[noun]
        if not fits(name, kind) or first > last or (kind != "person" and first == last):
            return None
        if head.word[0].isupper() and kind != "person" and self.grammar.is_english:
            return None  # a name beside a name: the House, the Senate
        if head.folded in RELATIONS and not any(
            token.word in ("of", "to", "'s", "’s") for token in self.tokens[first : last + 1]
        ):
            return None
        start, end = self.tokens[first].start, self.tokens[last].end
        return Told(name, start, end, kind, self.number, (head.start, head.end))

    def _title(self, name: Name) -> Told | None:
        """Karsan Foreign Minister Ada Brink; singer Ada Brink; Sgt. Ada Brink."""
        last = at = bisect_right(self.starts, name.start - 1) - 1
        if at > 0 and self.tokens[at].word == "." and self.tokens[at].end < name.start:
            at -= 1
        if at < 0 or self.text[self.tokens[at].end : name.start].strip(". \u00a0"):
            return None
        if self.grammar.adjectives_follow:
            return self._title_with_adjective(name, at)
        head = self.tokens[at]
        kind = self._kind_of(head)
        if kind is None or kind == "place":
            return None
        if head.folded == "pm" and at and not self.tokens[at - 1].word[0].isalpha():
            return None  # 12:50 PM
        first = self._left(at)
        if first is None or self.tokens[first].folded == "fellow":
            return None
        if first and head.word[0].isupper() and self.tokens[first - 1].folded in ("a", "an", "another"):
            return None  # they feared a President Brink
        if kind == "organisation" and (first == at or name.kind != kind or len(name.text) < SHORTEST_NAME):
            return None
        return self._told(name, first, last, kind, at)

    def _kind_of(self, head: Token) -> Kind | None:
        grammar = self.grammar
        kind = grammar.heads.get(head.folded)
        if kind is None and head.folded in grammar.titles and head.word[0].isupper():
            return "person"
        return kind

    def _left(self, head: int) -> int | None:
        """Where the title begins whose noun stands at `head`; None if that is not clear."""
        has_capital = self.tokens[head].word[0].isupper()
        place = head
        while place > 0:
            before = self.tokens[place - 1]
            if place - 1 < head - LEFT_OF_HEAD or self._is_in_doubt(place - 1):
                return None
            if before.folded in POINTING:
                return None
            if before.word == "." and place > 1 and self.tokens[place - 2].folded in SHORT_NAMES:
                place -= 2  # St. Lind council leader
                continue
            if before.word in ("'s", "’s"):
                return self._owner(place - 1)
            if self._ends_title(place - 1, has_capital=has_capital):
                break
            if self._is_a_word_before_a_name(place - 1):
                break
            place -= 1
        return place

    def _is_a_word_before_a_name(self, place: int) -> bool:
        """True for the small word of "in between tides Hall of Winds guide": a title begins behind it."""
        word, behind = self.tokens[place], self.tokens[place + 1]
        return (
            self.grammar.is_english
            and word.word[0].islower()
            and behind.word[0].isupper()
            and word.folded not in self.grammar.before
            and word.folded not in self.grammar.heads
            and word.folded != "of"
            and "-" not in word.word
        )

    def _is_in_doubt(self, place: int) -> bool:
        """True for the "and" of "Tide and Harbour Office director": who can tell where the title begins?"""
        before, behind = self.tokens[place - 1 : place], self.tokens[place + 1]
        return (
            self.tokens[place].folded == "and"
            and bool(before)
            and before[0].word[0].isupper()
            and before[0].folded not in self.grammar.heads
            and behind.word[0].isupper()
            and behind.folded not in self.grammar.heads
            and behind.folded not in self.grammar.before
        )

    def _ends_title(self, place: int, *, has_capital: bool) -> bool:
        """True where a word is no part of the title behind it."""
        token, grammar = self.tokens[place], self.grammar
        if token.folded in grammar.before:
            return False
        if token.folded in grammar.heads:  # of the agency Captain Brink; but team leader, Fire Chief
            return has_capital and token.word[0].islower()
        if token.word[0].isdigit() and token.word[-1].isalpha():
            return False  # the 12ers goalkeeper
        if not token.word[0].isalpha() or token.folded in grammar.articles:
            return True
        if token.folded == "of" and self._joins_name(place):
            return False
        if token.folded in ("and", "&") and place > 0 and self.tokens[place - 1].folded in grammar.heads:
            return has_capital and self.tokens[place - 1].word[0].islower()  # the speaker and President Brink
        is_small = token.folded in grammar.stops and (place == 0 or token.word.islower()) and token.word != "New"
        if token.folded in PREPOSITIONS or is_small:
            return True
        if token.folded in CLAUSE or token.folded in entities.calendar_words("en"):
            return True
        if token.word[0].isupper():
            return place == 0 and not self._is_named(token) and token.folded.endswith(("ed", "ing", "ly"))
        if place and self.tokens[place - 1].folded in SUBJECTS:
            return True  # they heard singer
        if token.folded.endswith("s") and not has_capital:  # sports editor; but Brink meets singer
            return place == 0 or self.tokens[place - 1].word[0].isupper()
        if has_capital or token.folded.endswith(("ed", "ing")):
            return "-" not in token.word
        return False

    def _joins_name(self, place: int) -> bool:
        """True for the "of" of "University of Ostra professor Ada Brink"."""
        return place > 0 and self.tokens[place - 1].word[0].isupper() and self.tokens[place + 1].word[0].isupper()

    def _is_named(self, token: Token) -> bool:
        if token.word.isupper() or name_scorer.lists_of(token.word):
            return token.folded not in self.grammar.stops or token.word == "New"
        return any(name.start <= token.start < name.end for name in self.names)

    def _owner(self, mark: int) -> int | None:
        """Where "Karsa's" begins; None where no name owns: "the country's"."""
        place = mark
        while place > 0 and self.tokens[place - 1].word[0].isupper():
            place -= 1
        first = self.tokens[place]
        if place > 1 and self.tokens[place - 1].folded == "of" and self.tokens[place - 2].word[0].isupper():
            return None  # Council of Karsa's Elders
        if place == mark or (place == 0 and not self._is_named(first)):
            return None
        return place

    def _title_with_adjective(self, name: Name, at: int) -> Told | None:
        """le président karsan Sten Aldous; el presidente Sten Aldous."""
        grammar = self.grammar
        for place in range(at, max(-1, at - LEFT_OF_HEAD), -1):
            token = self.tokens[place]
            if not token.word[0].isalpha() or token.folded in grammar.ends:
                return None
            if grammar.heads.get(token.folded) == "person":
                if any(self.tokens[one].folded in grammar.articles for one in range(place + 1, at + 1)) and not any(
                    self.tokens[one].folded in grammar.within for one in range(place + 1, at)
                ):
                    return None
                small = [one for one in self.tokens[place + 1 : at + 1] if one.folded not in grammar.within]
                if len([one for one in small if one.word[0].islower()]) > SMALL_WORDS - 1:
                    return None
                if self.tokens[at].folded in grammar.within:
                    return None
                first = place
                while first > 0 and self.tokens[first - 1].folded in grammar.before:
                    first -= 1
                return self._told(name, first, at, "person", place)
        return None

    def _before(self, name: Name) -> Told | None:
        """The mayor of Ostra, Sten Aldous, ..."""
        at = bisect_right(self.starts, name.start - 1) - 1
        behind = self._token_behind(name)
        if at < 1 or self.tokens[at].word not in ",،" or not self._closes(behind):
            return None
        if behind < len(self.tokens) and self.tokens[behind].word == "," and self._begins_name(behind + 1):
            return None
        for first in range(at - 1, max(-1, at - LONGEST_PHRASE), -1):
            token = self.tokens[first]
            if token.word in CLOSING or QUOTES.match(token.word):
                return None
            if token.folded in self.grammar.articles and token.folded not in ("a", "an"):
                found = self._phrase(first)
                if found and found[1] == at and found[2] != "place":
                    return self._told(name, self._without_article(first), at - 1, found[2], found[0])
        return None

    def _token_behind(self, name: Name) -> int:
        return bisect_right(self.starts, name.end - 1)

    def _behind(self, name: Name) -> Told | None:
        """Sten Aldous, the mayor of Ostra, ...; Sten Aldous, 34, a driver from Ostra, ..."""
        place = self._token_behind(name)
        place = self._past_brackets(place)
        if place + 1 >= len(self.tokens):
            return None
        if who := WHO.match(self.text, name.end, self.end):
            return self._who(name, bisect_right(self.starts, who.end() - 1))
        if self.tokens[place].word not in (",", "،", "—", "–") or self._is_in_list(name):
            return None
        place += 1
        first = place
        if AGE.match(self.text, self.tokens[place].start) and place + 2 < len(self.tokens):
            place += 2
        token = self.tokens[place]
        if self.grammar.is_english and (power := POWER.match(self.text, token.start, self.end)):
            said = (token.start, power.end())
            return Told(name, *said, "person", self.number, said) if fits(name, "person") else None
        found = self._phrase(place)
        if found is None:
            return None
        noun, end, kind = found
        if self._begins_name(end + 1) and end < len(self.tokens) and self.tokens[end].word == ",":
            return None
        if self._goes_on_listing(end) or self._is_state(end):
            return None
        start = first if first != place else self._without_article(place)
        return self._told(name, start, end - 1, kind, noun)

    def _who(self, name: Name, place: int) -> Told | None:
        found = self._phrase(place)
        if found is None or found[2] != "person" or REPORTS.search(self.text, self.start, name.start):
            return None
        verb = self.tokens[place - 1].folded
        first = self._without_article(place) if verb == "is" else place - 1
        return self._told(name, first, found[1] - 1, "person", found[0])

    def _past_brackets(self, place: int) -> int:
        """Behind "(HTS)" and the like."""
        tokens = self.tokens
        if place < len(tokens) and tokens[place].word == "(":
            for one in range(place + 1, min(place + 6, len(tokens))):
                if tokens[one].word == ")":
                    return one + 1
        return place

    def _is_in_list(self, name: Name) -> bool:
        """True for Ostra in "In Ostra, the mayor"; and for a name among others."""
        at = bisect_right(self.starts, name.start - 1) - 1
        if at < 0 or name.kind == "person":
            return False
        return at == 0 and self.tokens[at].folded in ("in", "at", "on", "from", "near", "en", "dans", "à", "em", "bei")

    def _goes_on_listing(self, end: int) -> bool:
        """True where another such phrase follows: the mayor, the governor and the chief of police."""
        tokens, grammar = self.tokens, self.grammar
        if end >= len(tokens) or tokens[end].word != ",":
            return False
        place = end + 1
        if place < len(tokens) and tokens[place].folded in ("and", "or", "et", "y", "e", "und", "и", "ve"):
            place += 1
        if place >= len(tokens) or tokens[place].folded not in grammar.articles:
            return False
        found = self._phrase(place)
        return found is not None and found[1] < len(tokens) and self.tokens[found[1]].word in ",."

    def _is_state(self, end: int) -> bool:
        """True for the "Ka." of "president of the Lind, Ka., branch": the phrase goes on behind it."""
        here = [token.word for token in self.tokens[end : end + 5]]
        return (
            len(here) == 5 and here[0] == "," and here[1][0].isupper() and here[2:4] == [".", ","] and here[4].islower()
        )

    def _is(self, name: Name) -> Told | None:
        """Ada Brink is the head of the bank; only as the text's own words."""
        place = self._token_behind(name)
        tokens, grammar = self.tokens, self.grammar
        if place + 2 >= len(tokens) or tokens[place].folded not in grammar.copulas:
            return None
        if tokens[0].start < name.start or QUOTES.search(self.text, self.start, self.end):
            return None
        if REPORTS.search(self.text, self.start, self.end) or tokens[place + 1].folded not in grammar.articles:
            return None
        found = self._phrase(place + 1)
        if found is None:
            return None
        return self._told(name, self._without_article(place + 1), found[1] - 1, found[2], found[0])

    def _phrase(self, first: int) -> tuple[int, int, Kind] | None:
        """(noun, end, what it says) of the phrase that begins at token `first`; None if there is none, or in doubt."""
        tokens, grammar = self.tokens, self.grammar
        place = first
        has_article = place < len(tokens) and tokens[place].folded in grammar.articles
        if has_article:
            place += 1
        head = self._head(place, has_article=has_article)
        if head is None:
            return None
        kind = grammar.heads[tokens[head].folded]
        if kind != "person" and not has_article and head != place and tokens[place].word[0].isupper():
            return None  # Ostra, Karsa district: another place
        end = self._end(head + 1)
        return (head, end, kind) if end is not None else None

    def _head(self, first: int, *, has_article: bool) -> int | None:
        tokens, grammar = self.tokens, self.grammar
        for place in range(first, min(first + HEAD_WITHIN, len(tokens))):
            token = tokens[place]
            if token.folded in grammar.heads and not self._is_name_of_more(place) and not self._owns(place):
                while place + 1 < len(tokens) and tokens[place + 1].folded in grammar.heads:
                    place += 1
                return place
            if token.word in ("'s", "’s") and self.tokens[place - 1].word[0].islower():
                return None  # the deputy's mother: whose?
            if token.folded in grammar.before or token.word in ("'s", "’s", "-"):
                continue
            if not token.word[0].isalnum() or token.folded in grammar.stops or token.folded in CLAUSE | POINTING:
                return None
            if not has_article and token.word[0].islower() and "-" not in token.word:
                return None
        return None

    def _owns(self, place: int) -> bool:
        """True for the party of "the party's chief"."""
        return place + 1 < len(self.tokens) and self.tokens[place + 1].word in ("'s", "’s")

    def _is_name_of_more(self, place: int) -> bool:
        """True for a noun in the middle of a name: the University of Ostra professor."""
        token = self.tokens[place]
        behind = self.tokens[place + 1] if place + 1 < len(self.tokens) else None
        return bool(
            token.word[0].isupper()
            and self.grammar.is_english
            and self.grammar.heads[token.folded] != "person"
            and behind
            and (behind.word[0].isupper() or behind.word[0].islower())
            and behind.folded not in self.grammar.within
        )

    def _end(self, first: int) -> int | None:
        """Where the phrase ends that began before `first`; None if it turns into a clause."""
        tokens, grammar = self.tokens, self.grammar
        small = 0
        for place in range(first, min(first + LONGEST_PHRASE, len(tokens))):
            token = tokens[place]
            if token.word == "." and place + 2 < len(tokens):
                continue  # of a short form: sentences end with the text we look at
            if token.word == ":" or (token.folded == "and" and self._is_article(place + 1)):
                return None
            if token.word == "-" and self.text[token.end : token.end + 1] != "-":
                return None  # "long - standing", or an aside
            if token.word in CLOSING or token.folded in grammar.ends:
                return place
            if QUOTES.match(token.word) or token.folded in CLAUSE or token.word in "(":
                return place if token.word == "(" and place > first else None
            if token.folded in POINTING and grammar.is_english and token.folded not in grammar.within:
                return None
            is_plain = token.folded not in grammar.within and token.word[0].islower()
            if grammar.is_english:
                if place == first and token.folded not in grammar.within and token.folded not in PARTICIPLES:
                    return None
            elif is_plain:
                small += 1
                if small > SMALL_WORDS:
                    return None
        return len(tokens) if len(tokens) - first < LONGEST_PHRASE else None

    def _is_article(self, place: int) -> bool:
        return place < len(self.tokens) and self.tokens[place].folded in self.grammar.articles

    def _without_article(self, first: int) -> int:
        return first + (self.tokens[first].folded in self.grammar.articles)

    def _closes(self, place: int) -> bool:
        return place >= len(self.tokens) or self.tokens[place].word in CLOSING

    def _begins_name(self, place: int) -> bool:
        return place < len(self.tokens) and self.tokens[place].start in self.name_starts


def fits(name: Name, kind: Kind) -> bool:
    """May what is named be what the phrase says: a person a mayor, a place a town?"""
    if name.kind is not None:
        return name.kind == kind
    return kind != "person" or " " in name.text
