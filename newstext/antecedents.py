"""An article as read from its beginning: what each sentence leans on, and whom its "he" can only mean."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from newstext.entities import person_titles
from newstext.language import CAPITALISED_NOUNS
from newstext.leaning import FUNCTION_WORDS, Lean, leans, noun_stem
from newstext.once import once_an_article
from newstext.records import ArticleText, DateMention, Name
from newstext.signs import ELIDED_WORDS, WORDS, Signs, Token, plain, points_at_listed, signs_of, speaks, tokens_of
from newstext.uncased import has_capitals
from newstext.whole import Quotations, has_shape, has_verb, is_caption, is_cut_off, quotations
from newstext.words import stop_words

AGED = re.compile(r",? (?:aged )?\d{1,3},|,? \(\d{1,3}\)")
POSSESSIVE = re.compile(r"[’']s?(?!\w)")
SPEECH_NEAR = 24
SUBJECT_TOKENS = 7
NAME_WORDS = (2, 4)
FIRST_UNLISTED = 2  # sentences of an article in a language without a list
FIRST_UNNAMED = 3  # in a script without capitals few names show
HE, SHE = frozenset("he him his himself".split()), frozenset("she her hers herself".split())
MR, MS = frozenset("mr sir lord prince king".split()), frozenset("mrs ms miss lady princess queen mme frau".split())
NEARBY_TIMES = frozenset("today yesterday tonight tomorrow".split())
QUOTED_SHARE = 0.6
TITLE_SHARE = 0.3
SHORTEST_KNOWN = 3
OPENINGS_READ = 30
FEWEST_KNOWN = 2  # words that a sentence without a name shares with what is known
PLACED = re.compile(r"\b(?:in|at|from|the|near|of|to) $")
CUT_NUMBER = re.compile(r"\d\.\s?\d")  # "a magnitude 9. 1 quake"
CLOCK = re.compile(r"\b[ap]\. ?m\.$")  # "at 3 p. m. Friday"
COURTESY_NAME = re.compile(r"\b(?:Mrs?|Ms|Miss)\. ([A-Z][\w’'-]+)(?! [A-Z])")
COURTESY_FIRST = re.compile(r"^(?:Mrs?|Ms|Miss)\.? ")
COURTESY = re.compile(r"\b(?:Mrs?|Ms|Miss)\.? $")
OFFICE = re.compile(r"([^\W\d_]+)\.? $")
CLOCKS = frozenset("GMT EST EDT ET PDT PST CET CEST BST UTC AM PM".split())
ASKS = re.compile("[?!,][\"”’'»]$")
SAYS_NEAR = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """One sentence, read. leans: what it leans on. meant: whom its he or she means, "" if that is not sure.

    speaker: who says what it quotes, where only the sentence before tells.
    """

    is_whole: bool
    leans: tuple[Lean, ...] = ()
    meant: str = ""
    speaker: str = ""
    has_person: bool = False
    has_name: bool = False
    stems: frozenset[str] = frozenset()  # its words as `noun_stem` has them, where it leans on something known

    def stands_after(self, known: Container[str]) -> bool:
        """By itself, with what is put in brackets, for who has read of these things before (as `stems_in` has them)."""
        if not self.is_whole:
            return False
        loose = [lean for lean in self.leans if not self._is_known(lean, known)]
        return not loose or (bool(self.meant) and all(lean.kind == "person" and not lean.opens for lean in loose))

    def _is_known(self, lean: Lean, known: Container[str]) -> bool:
        """A sentence without a name is known of if it speaks of what is."""
        if lean.kind != "known":
            return False
        return lean.word in known if lean.word else sum(stem in known for stem in self.stems) >= FEWEST_KNOWN


NO_SENTENCE = Reading(is_whole=False)


@dataclass(frozen=True, slots=True)
class Before:
    """The sentence before the one that is read."""

    tokens: Sequence[Token]
    names: Sequence[Name]
    signs: Signs
    meant: str


class ArticleReading:
    """The sentences of one article, read in order as far as they are asked for."""

    def __init__(self, article: ArticleText) -> None:
        self.article = article
        self.text, self.sentences, self.names = article.text, article.sentences, article.names
        self.name_starts = [name.start for name in self.names]
        self.date_starts = [date.start for date in article.dates]
        self.read: list[Reading] = []
        self.last: Before | None = None
        self.titles: dict[str, set[str]] = {}
        self.has_capitals = has_capitals(self.text)

    def reading(self, number: int) -> Reading:
        """Sentence `number`, from 0; those before it are read first. Raises IndexError where there is none."""
        if not 0 <= number < len(self.sentences):
            raise IndexError(f"Article {self.article.id}: sentence {number}, it has {len(self.sentences)} (from 0).")
        while len(self.read) <= number:
            self.read.append(self._read(len(self.read)))
        return self.read[number]

    @cached_property
    def quoted(self) -> Quotations:
        """What stands in quotation marks, over the whole text: a quotation may run over many sentences."""
        paragraphs = [(part.start(), part.end()) for part in re.finditer(r"[^\n]+", self.text)]
        return quotations(self.text, paragraphs)

    @cached_property
    def full_names(self) -> dict[str, tuple[str, int]]:
        """surname -> (the one full name in the article that ends with it, where it first stands); people alone."""
        found: dict[str, dict[str, int]] = {}
        lone: dict[str, int] = {}
        offices: dict[str, set[str]] = {}
        held: dict[str, set[str]] = {}
        placed: set[str] = set()
        for name in self.names:
            parts = name.text.split()
            if len(parts) == 1:
                lone.setdefault(name.text, name.start)
                offices.setdefault(name.text, set()).update(self._office_before(name))
                if PLACED.search(self.text, max(0, name.start - 8), name.start):
                    placed.add(name.text)
            while parts and parts[0].isupper() and len(parts[0]) > 1 and "." not in parts[0]:
                parts.pop(0)  # "CLOSE President Otto Vane"
            if len(parts) > NAME_WORDS[0] and self.text[max(0, name.start - 3) : name.start] == "of ":
                parts.pop(0)  # "Secretary of State Ada Vane"
            if NAME_WORDS[0] <= len(parts) <= NAME_WORDS[1] and name.kind in (None, "person") and not _is_phrase(parts):
                found.setdefault(parts[-1], {}).setdefault(" ".join(parts), name.start)
                held.setdefault(parts[-1], {word.lower() for word in parts}).update(self._office_before(name))
        sure = {}
        for last, full in found.items():
            text, start = min(full, key=len), min(full.values())
            # "President Otto Vane" and "Otto Vane" are one man; "Otto Vane" and "Ada Vane" are two, and so are the
            # "Vane" and "Ada Vane" of an article that has the surname first.
            if offices.get(last, set()) - held[last]:
                continue  # "President Vane" where the article names Ada Vane, who holds no office
            if last not in placed and lone.get(last, -1) > start and all(one.endswith(text) for one in full):
                sure[last] = (text, start)
        return sure

    @cached_property
    def first_names(self) -> dict[str, tuple[str, int]]:
        """first name -> (the one full name in the article that begins with it, where it first stands)."""
        found: dict[str, dict[str, int]] = {}
        for name in self.names:
            parts = name.text.split()
            if name.kind == "person" and len(parts) == NAME_WORDS[0]:
                found.setdefault(parts[0], {}).setdefault(name.text, name.start)
        return {
            first: next(iter(full.items()))
            for first, full in found.items()
            if len(full) == 1 and first not in self.surnames
        }

    @cached_property
    def holders(self) -> dict[str, set[str]]:
        """surname -> the first names of those who have it."""
        found: dict[str, set[str]] = {}
        for name in self.names:
            parts = name.text.split()
            if name.kind == "person" and len(parts) == NAME_WORDS[0]:
                found.setdefault(parts[-1], set()).add(parts[0])
        return found

    @cached_property
    def surnames(self) -> frozenset[str]:
        """Last words of the people's names of two words and more, and names after Mr. and Ms."""
        found = set()
        for name in self.names:
            parts = name.text.split()
            if len(parts) > 1 and name.kind == "person":
                found.add(parts[-1])
            elif len(parts) == 1 and COURTESY.search(self.text, max(0, name.start - 6), name.start):
                found.add(name.text)
        return frozenset(found)

    def _office_before(self, name: Name) -> set[str]:
        """The office that stands before a name: president; Mr and Mrs are none."""
        before = OFFICE.search(self.text, max(0, name.start - SPEECH_NEAR), name.start)
        word = before.group(1).lower() if before else ""
        return {word} if word in person_titles() and word not in MR | MS else set()

    @cached_property
    def speaking(self) -> frozenset[str]:
        """Last words of names that do what only people do: a title before, an age after, a word of speech beside."""
        signs = signs_of(self.article.language)
        says = signs.says if signs else frozenset()
        found = set()
        for name in self.names:
            after = self.text[name.end : name.end + SPEECH_NEAR]
            before = self.text[max(0, name.start - SPEECH_NEAR) : name.start]
            next_word, word_before = after.split(" ", 2)[1:2], before.split()[-1:]
            beside = [word.strip(".,;:").lower() for word in (*next_word, *word_before)]
            if name.kind == "person" or AGED.match(after) or any(word in says for word in beside):
                found.add(name.text.split()[-1])
        return frozenset(found)

    @cached_property
    def openings(self) -> list[frozenset[str]]:
        """The words of each of its first sentences, as they are known again."""
        return [self.stems(number) for number in range(min(len(self.sentences), OPENINGS_READ))]

    def stems(self, number: int) -> frozenset[str]:
        """The words of a sentence that say something, each as `noun_stem` has it."""
        start, end = self.sentences[number]
        return stems_in(self.text[start:end], self.article.language)

    def is_quoted(self, place: int) -> bool:
        """True if a place of the text stands inside quotation marks."""
        after = bisect_right(self.quoted.spans, (place, len(self.text)))
        return after > 0 and self.quoted.spans[after - 1][1] > place

    def dates_in(self, start: int, end: int) -> Sequence[DateMention]:
        """The dates of a stretch of text."""
        return self.article.dates[bisect_left(self.date_starts, start) : bisect_right(self.date_starts, end - 1)]

    def names_in(self, start: int, end: int) -> Sequence[Name]:
        """The names of a stretch of text."""
        return self.names[bisect_left(self.name_starts, start) : bisect_right(self.name_starts, end - 1)]

    def _quoted_in(self, start: int, end: int) -> list[tuple[int, int]]:
        """The quotations of a sentence, offsets into it."""
        spans = self.quoted.spans
        first = max(0, bisect_left(spans, (start, 0)) - 1)
        found = []
        for begin, stop in spans[first:]:
            if begin >= end:
                break
            if stop > start:
                found.append((max(begin, start) - start, min(stop, end) - start))
        return found

    def _is_inside(self, start: int, end: int) -> bool:
        """True if a quotation runs over its beginning or its end, or marks about it do not match."""
        spans = self.quoted.spans
        place = bisect_left(spans, (start, 0))
        if place and spans[place - 1][1] > start:
            return True
        for begin, stop in spans[place:]:
            if begin >= end:
                break
            if stop > end:
                return True
        return any(begin < end and stop > start for begin, stop in self.quoted.broken)

    def language_at(self, start: int) -> str:
        """The language of the paragraph there."""
        for begin, stop, language in self.article.passages:
            if begin <= start < stop:
                return language
        return self.article.language

    def _read(self, number: int) -> Reading:
        start, end = self.sentences[number]
        sentence = self.text[start:end]
        before, self.last = self.last, None
        language = self.language_at(start)
        if (
            not has_shape(sentence, language)
            or self._is_inside(start, end)
            or self._follows_cut(number)
            or self._is_cut(number)
        ):
            return NO_SENTENCE
        signs = signs_of(language)
        quoted = self._quoted_in(start, end) if self.quoted.spans else []
        here = [self._name_at(name, start) for name in self.names_in(start, end)]
        if signs is None:
            kept = number < FIRST_UNLISTED and (bool(here) or not self.has_capitals)
            return Reading(is_whole=kept and not quoted)
        tokens = tokens_of(sentence, quoted, signs)
        if is_caption(sentence, tokens, signs) or not has_verb(tokens, signs):
            return NO_SENTENCE
        found = leans(tokens, here, signs, is_first=number == 0)
        found += self._unsaid(number, tokens, here, signs)
        meant = self._meant(found, tokens, before)
        speaker = self._speaker(tokens, quoted, signs, before) if quoted else ""
        if quoted and not speaker and not speaks(tokens, signs) and _is_mostly_quoted(sentence, quoted, here):
            return NO_SENTENCE
        self.last = Before(tokens, here, signs, meant)
        return Reading(
            is_whole=True,
            leans=tuple(_opening(found, tokens)),
            meant=meant,
            speaker=speaker,
            has_person=bool(here) or any(token.low in signs.somebody for token in tokens),
            has_name=bool(here),
            stems=stems_in(sentence, language) if any(lean.kind == "known" for lean in found) else frozenset(),
        )

    def _name_at(self, name: Name, start: int) -> Name:
        """A name with offsets into its sentence, known for a person where it does what people do."""
        last = name.text.split()[-1]
        is_person = name.kind is None and (last in self.speaking or last in self.full_names)
        return Name(name.start - start, name.end - start, name.text, "person" if is_person else name.kind)

    def _is_cut(self, number: int) -> bool:
        """True if a number goes on in the next sentence: "a magnitude 9." and then "1 quake"."""
        return bool(CUT_NUMBER.match(self.text, self.sentences[number][1] - 2))

    def _follows_cut(self, number: int) -> bool:
        """True for what the splitter cut off the sentence before: "U.S. Sen." and then "Otto Vane said"."""
        if not number:
            return False
        start = self.sentences[number][0]
        before = self.text[self.sentences[number - 1][0] : self.sentences[number - 1][1]]
        if "\n" in self.text[self.sentences[number - 1][1] : start]:
            return False
        if self.text[start].isdigit() and before[-1] == "." and before[-2:-1].isdigit():
            return True
        if ASKS.search(before):  # '"Have you gone?"' and then "Otto Vane asked"
            signs = signs_of(self.language_at(start))
            opening = tokens_of(self.text[start : start + 60], (), signs)[:SAYS_NEAR]
            return signs is not None and any(token.low in signs.says for token in opening)
        return before[-1:] not in ".!?…。！？\"'”’»)」』]؟۔।" or is_cut_off(before) or bool(CLOCK.search(before))

    def _unsaid(self, number: int, tokens: Sequence[Token], here: Sequence[Name], signs: Signs) -> Iterator[Lean]:
        """What a sentence lacks without a sign of it: a name at all, its day, its subject."""
        if listed := points_at_listed(tokens, signs):
            yield Lean("known", listed.start, listed.end, listed.low)
        if self.article.published_at is None:
            for token in tokens:
                if token.low in NEARBY_TIMES and not token.is_quoted:
                    yield Lean("second", token.start, token.end, token.low)
        yield from self._unknown_after_title(number, here)
        yield from self._unknown_people(number, here, self._quoted_speakers(tokens, here, signs))
        named = [name for name in here if name.text not in CLOCKS]
        needs_name = number > (0 if self.has_capitals else FIRST_UNNAMED)
        if needs_name and not named and signs.language not in CAPITALISED_NOUNS:
            yield Lean("known", 0, 0, "")

    def _quoted_speakers(self, tokens: Sequence[Token], here: Sequence[Name], signs: Signs) -> set[int]:
        """Where names stand of who must be a person: '"...," Rell said', 'Rell said his plan'."""
        if not any(token.is_quoted or token.low in HE | SHE for token in tokens):
            return set()
        places = {token.start: number for number, token in enumerate(tokens)}
        found = set()
        for name in here:
            number = places.get(name.start, 0)
            beside = (*tokens[max(0, number - 1) : number], *tokens[number + 1 : number + 2])
            if name.kind != "organisation" and any(token.low in signs.says for token in beside):
                found.add(name.start)
        return found

    def _unknown_after_title(self, number: int, here: Sequence[Name]) -> Iterator[Lean]:
        """ "Mr. Vane" where he opens a sentence and was no found name: the same."""
        start, end = self.sentences[number]
        for match in COURTESY_NAME.finditer(self.text, start, end):
            full = self.full_names.get(match[1])
            is_found = any(name.end == match.end(1) - start for name in here)
            if not is_found and not (full and full[1] < start):
                yield Lean("known", match.start(1) - start, match.end(1) - start, match[1])

    def _unknown_people(self, number: int, here: Sequence[Name], speakers: Set[int]) -> Iterator[Lean]:
        """Surnames alone that no bracket explains: "Mr. Rell" of an article that has Tomas Rell before."""
        start = self.sentences[number][0]
        for name in here:
            last = COURTESY_FIRST.sub("", name.text)
            is_called_so = last != name.text or last in self.surnames or name.start in speakers
            if name.kind == "place" or " " in last or not is_called_so:
                continue
            full = self.full_names.get(last)
            if full is None and len(self.holders.get(last, ())) > 1:
                yield Lean("this", name.start, name.end, last.lower())  # Ada Vane or Otto Vane
                continue
            if (full and full[1] < start) or any(last in other.text.split()[1:] for other in here):
                continue
            yield Lean("known", name.start, name.end, last)  # with its capital: nothing but a name tells who

    def _meant(self, found: Sequence[Lean], tokens: Sequence[Token], before: Before | None) -> str:
        """The one person whom all of a sentence's loose "he" or "she" can only mean."""
        if before is None or not any(lean.kind == "person" for lean in found):
            return ""
        sure = self._sure(before)
        if not sure:
            return ""
        said, told = {token.low for token in tokens}, {token.low for token in before.tokens}
        said_he, said_she = said & HE, said & SHE
        if (said_he and (said_she or told & SHE)) or (said_she and told & HE):
            return ""
        if any(token.text == sure.split()[-1] for token in tokens):
            return ""  # he speaks of that person: it is another
        sexes = self._titles_of(sure.split()[-1])
        return "" if (sexes & MR and said_she) or (sexes & MS and said_he) else sure

    def _titles_of(self, last: str) -> set[str]:
        """The words before a surname in the article, and before a first name: mr, ms."""
        if last not in self.titles:
            before = re.findall(rf"([^\W\d_]+)\.? (?:[^\W\d_]+ ){{0,2}}{re.escape(last)}(?!\w)", self.text)
            self.titles[last] = {word.lower() for word in before}
        return self.titles[last]

    def _candidates(self, tokens: Sequence[Token], here: Sequence[Name], signs: Signs) -> list[Name]:
        """The names that may be people's: not after "in" or "the", not inside a quotation."""
        places = {token.start: number for number, token in enumerate(tokens)}
        found = []
        for name in here:
            number = places.get(name.start, 0)
            before = tokens[number - 1].low if number else ""
            is_person = name.kind == "person" or name.text.split()[-1] in self.speaking
            if name.kind in ("organisation", "place") or (
                not is_person and (before in signs.before_places or before == "the")
            ):
                continue
            found.append(name)
        return found

    def _sure(self, before: Before) -> str:
        """The full name of the one person that a sentence is about; "" if it may be about another."""
        tokens, signs = before.tokens, before.signs
        candidates = self._candidates(tokens, before.names, signs)
        if not candidates:
            return before.meant  # "He ..." before it, and nobody else
        persons = {self._full(name) for name in candidates}
        if len(persons) != 1 or candidates[0].text.split()[-1] not in self.speaking:
            return ""
        place = next((n for n, token in enumerate(tokens) if token.start >= candidates[0].start), 0)
        if tokens[place].is_quoted:
            return ""
        beside = [token.low for token in (*tokens[max(0, place - 1) : place], *tokens[place : place + 5])]
        if place > SUBJECT_TOKENS and not any(low in signs.says for low in beside):
            return ""
        for number, token in enumerate(tokens[1:], 1):
            near = abs(number - place) < SUBJECT_TOKENS
            if token.low in signs.people and not near and tokens[number - 1].low not in ("as", "of"):
                return ""
        return persons.pop()

    def _full(self, name: Name) -> str:
        full = self.full_names.get(name.text.split()[-1])
        return full[0] if full else name.text

    def _speaker(
        self, tokens: Sequence[Token], quoted: Sequence[tuple[int, int]], signs: Signs, before: Before | None
    ) -> str:
        """Who says a sentence that is all quotation, if the one before tells of one person speaking."""
        if before is None or any(token.is_word and not token.is_quoted for token in tokens):
            return ""
        return self._sure(before) if speaks(before.tokens, before.signs) else ""


def words_in(text: str, signs: Signs | None) -> list[str]:
    """The words of a text as they stand, without looking at more of them."""
    return (ELIDED_WORDS if signs is not None and signs.elides else WORDS).findall(text)


def stems_in(text: str, language: str) -> frozenset[str]:
    """The words of a text as they are known again: those of three letters or more that say something."""
    stops = stop_words(language)
    lowered = (plain(word) for word in words_in(text, signs_of(language)))
    return frozenset(noun_stem(low) for low in lowered if len(low) >= SHORTEST_KNOWN and low not in stops)


def _opening(found: Sequence[Lean], tokens: Sequence[Token]) -> Iterator[Lean]:
    """The same, knowing which open the sentence: no bracket mends those."""
    first = next((token.start for token in tokens if token.is_word), 0)
    for lean in found:
        yield replace(lean, opens=True) if lean.start <= first else lean


def _is_phrase(parts: Sequence[str]) -> bool:
    """Capitals that name no man: "Loss That Transformed JFK"."""
    return (parts[-1].isupper() and len(parts[-1]) > 1) or any(part.lower() in FUNCTION_WORDS for part in parts)


def _is_mostly_quoted(sentence: str, quoted: Sequence[tuple[int, int]], names: Sequence[Name]) -> bool:
    """A quotation with hardly anything about it: who says it is not told."""
    if quoted[0][0] <= 1 and quoted[0][1] > TITLE_SHARE * len(sentence):
        return True  # not "“The Cure” is a song by Ada Vane"
    is_named_before = bool(names) and names[0].end <= quoted[0][0]
    return not is_named_before and sum(end - start for start, end in quoted) > QUOTED_SHARE * len(sentence)


@once_an_article
def read_article(article: ArticleText) -> ArticleReading:
    """The article's reading, kept for the next that asks."""
    return ArticleReading(article)
