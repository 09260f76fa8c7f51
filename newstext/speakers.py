"""Who speaks: the noun phrase beside a verb of speech, found by the words around it alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from newstext.entities import SHORT_DATES, calendar_words, person_titles
from newstext.sentences import ABBREVIATIONS
from newstext.words import fold, read_list

HIDDEN = "\x1a"  # stands for each character of a quoted part in a masked text
WORD = r"[^\W_]+(?:[’'\-.&\u200c\u0640\u064b-\u0652][^\W_]+)*"
PIECE = re.compile(rf"{HIDDEN}+|{WORD}|[^\w\s]")
LONGEST = 14  # words of a speaker
LOOK_BACK = 220  # characters before a verb in which its speaker is looked for
LOOK_ON = 160
INITIAL = re.compile(r"[^\W\d_]$|(?:[^\W\d_]\.)+[^\W\d_]$")
LEADING = frozenset("in on at after by for with from during to under over of since amid before among".split())
RELATIVES = frozenset("who which qui quien quienes quem der die chi который которая которые який яка які".split())

RELATIVE_WORDS = frozenset("who which that".split())
RELATIVE_REACH = 22
AUXILIARIES = frozenset("is was are were be been will would can could may might should must has have had".split())


@dataclass(frozen=True, slots=True)
class Speech:
    """The words of wordlists/speech.toml of one language, as sets."""

    says: frozenset[str]
    reports: frozenset[str]
    calls: frozenset[str]
    argues: frozenset[str]
    that: frozenset[str]
    pronouns: frozenset[str]
    singular: frozenset[str]  # pronouns that may stand for one person
    between: frozenset[str]
    nouns: frozenset[str]
    said_nouns: frozenset[str]
    joins: frozenset[str]
    ends: frozenset[str]
    articles: frozenset[str]
    leading: frozenset[str]  # prepositions that a sentence opens with
    after_quotes: frozenset[str]  # says of one who is quoted right before, and else nothing
    speakers: frozenset[str]
    translated: re.Pattern[str] | None
    verbs: frozenset[str]  # all of them
    by_phrases: tuple[str, ...]
    verb_first: bool
    calendar: frozenset[str]
    language: str


def speech_of(language: str) -> Speech | None:
    """The words of speech of a language; None for one without a list. Unknown is taken for English."""
    return _speech("en" if language in ("", "und") else language)


@cache
def _speech(language: str) -> Speech | None:
    table: dict[str, Any] = read_list("speech").get(language, {})
    if not table:
        return None

    def listed(name: str) -> frozenset[str]:
        return frozenset(table.get(name, "").replace("|", " ").split())

    spoken_in = table.get("spoken_in", "")
    translated = "|".join([*listed("translated"), *([rf"(?:\w+ ){{1,2}}(?:{spoken_in})"] if spoken_in else [])])
    return Speech(
        **{
            name: listed(name)
            for name in ("says", "reports", "calls", "argues", "that", "pronouns", "between", "joins")
        },
        **{name: listed(name) for name in ("ends", "articles", "speakers", "nouns", "said_nouns")},
        verbs=listed("says") | listed("calls") | listed("argues") | listed("after_quotes"),
        by_phrases=tuple(table.get("by", ())),
        singular=frozenset(table.get("pronouns", "").split("|")[0].split()),
        translated=re.compile(rf"(?<!\w)(?:{translated})(?!\w)", re.I) if translated else None,
        leading=LEADING if language == "en" else listed("ends") - listed("articles"),
        after_quotes=listed("after_quotes"),
        verb_first=table.get("order") == "verb_first",
        calendar=calendar_words(language) - SHORT_DATES,
        language=language,
    )


@cache
def _titles() -> frozenset[str]:
    return person_titles() | ABBREVIATIONS


def is_person_title(word: str) -> bool:
    """True for Mr., Senator, Gov: what may stand before a person's name."""
    return fold(word.rstrip(".")) in _titles()


class Piece(NamedTuple):
    """A word, a mark, or a hidden quote of a masked text."""

    text: str
    start: int
    end: int
    small: str

    @property
    def is_word(self) -> bool:
        return self.text[0].isalnum()


def pieces_of(masked: str, start: int, end: int) -> list[Piece]:
    return [
        Piece(text := found.group(), found.start(), found.end(), text.lower())
        for found in PIECE.finditer(masked, start, end)
    ]


def before(masked: str, start: int, at: int, speech: Speech) -> tuple[int, int] | None:
    """The speaker left of the verb at `at`, in a sentence that begins at `start`."""
    left = pieces_of(masked, max(start, at - LOOK_BACK), at)
    place = _skip_between(left, len(left), speech)
    if not place:
        return None
    last = left[place - 1]
    if last.small in ("and", "but", "or") or (last.small == "to" and place > 1):
        return opening(masked, start, at, speech)
    if last.small in RELATIVES and place > 1 and speech.language != "de":
        place -= 1
        place -= left[place - 1].text == ","
    elif last.text in ",—–":
        return _before_aside(left, place - 1, last.text, speech)
    if speech.language == "en" and _is_in_relative_clause(left, place, speech):
        return opening(masked, start, at, speech) or _phrase_ending(left, place, speech)
    return _phrase_ending(left, place, speech)


def _is_in_relative_clause(left: Sequence[Piece], place: int, speech: Speech) -> bool:
    """True before the verb of "officials who met him in Lind said": the subject stands before the "who"."""
    for i in range(place - 1, max(-1, place - RELATIVE_REACH), -1):
        if not left[i].is_word and left[i].text in ",;:—":
            return False
        if left[i].small in RELATIVE_WORDS and i + 2 < place:
            verb = left[i + 1]
            return verb.text.islower() and not (
                verb.small in speech.articles or verb.small in speech.pronouns or verb.small in speech.speakers
            )
    return False


def opening(masked: str, start: int, end: int, speech: Speech) -> tuple[int, int] | None:
    """The subject that a sentence opens with: its speaker where "…, saying" or "and said" names none."""
    pieces = pieces_of(masked, start, min(end, start + LOOK_BACK))
    first = 0
    while first < len(pieces) and (not pieces[first].is_word or pieces[first].small in speech.joins | speech.between):
        first += 1
    if first < len(pieces) and pieces[first].small in speech.leading:
        comma = next((i for i in range(first, len(pieces)) if pieces[i].text == ","), None)
        first = comma + 1 if comma is not None else len(pieces)
    last = first
    while last < len(pieces) and last - first < LONGEST:
        one = pieces[last]
        if one.text[0] == HIDDEN or (not one.is_word and not _belongs(pieces, last)):
            break
        if last > first and _ends_subject(pieces, first, last, speech):
            break
        last += 1
        if one.small in speech.pronouns:
            break
    return _trimmed(pieces[first:last], speech)


def _ends_subject(pieces: Sequence[Piece], first: int, last: int, speech: Speech) -> bool:
    """Is pieces[last] the verb after a subject, or what else ends it?"""
    one = pieces[last]
    if (
        one.small in speech.between
        or one.small in speech.ends
        or one.small in speech.joins
        or one.small in speech.verbs
    ):
        return True
    if not one.is_word or one.text[0].isupper() or one.text[0].lower() == one.text[0].upper():
        return False
    named = any(piece.text[0].isupper() for piece in pieces[first + 1 : last]) or (
        pieces[first].text[0].isupper() and pieces[first].small not in speech.articles and pieces[first].start > 0
    )
    ahead = [piece.text[0].isupper() for piece in pieces[last + 1 : last + 4] if piece.is_word]
    if last - first == 1 and any(ahead) and not one.small.endswith("ed"):
        return False  # "Police chief Ann Lee", where only the first and the name are capital
    after_name = pieces[last - 1].text[0].isupper() and not pieces[last - 1].small.endswith(("’s", "'s"))
    return (named and after_name) or one.small.endswith("ed") or last - first > 3


def _skip_between(left: Sequence[Piece], place: int, speech: Speech) -> int:
    """The place after the last piece that is no auxiliary, adverb or day before the verb."""
    while place and (
        left[place - 1].small in speech.between
        or (left[place - 1].small.endswith("ly") and speech.language == "en" and left[place - 1].text.islower())
        or (left[place - 1].small in speech.calendar and place > 1)
        or (left[place - 1].text.isdigit() and place > 2 and left[place - 2].small in speech.leading)
    ):
        place -= 2 if left[place - 1].text.isdigit() else 1
    return place


def _before_aside(left: Sequence[Piece], place: int, mark: str, speech: Speech) -> tuple[int, int] | None:
    """The speaker before "…, the mayor of Lind, said": of the phrases cut off by commas the nearest that is a name."""
    commas = [i for i in range(place - 1, -1, -1) if left[i].text == mark][:4]
    if name := _name_in_aside(left, place, commas, speech):
        return name
    for comma in commas:
        found = _phrase_ending(left, comma, speech)
        if found is None:
            continue
        words = [one for one in left[:comma] if one.start >= found[0] and one.is_word]
        lead = next((one for one in reversed(left[:comma]) if one.end <= found[0]), None)
        if lead and lead.small == "of" and comma != commas[-1]:
            continue  # "Ann Lee, head of the Lind Fund, an aid group, said"
        if comma != commas[-1] and all(one.text.isupper() for one in words):
            continue  # "Sen. Ann Lee, R-KA, who heads the group, said"
        if any(one.text[0].isupper() for one in words) and not _is_place_before(left, comma, commas):
            return found
        if words and words[0].small in speech.articles and comma == commas[-1]:
            return found
    first = next((one for one in left[:place] if one.is_word), None)
    if first and first.small in speech.joins | speech.leading:
        return None
    return None if commas else _phrase_ending(left, place, speech)


def _name_in_aside(left: Sequence[Piece], place: int, commas: Sequence[int], speech: Speech) -> tuple[int, int] | None:
    """The name of "the group's director, Ann Lee, said": a full one, behind a phrase that names nobody."""
    if len(commas) != 1 or speech.language == "de":
        return None
    aside, before = left[commas[0] + 1 : place], left[commas[0] - 1 : commas[0]]
    if not 2 <= len(aside) <= 4 or not all(one.is_word and one.text[0].isupper() for one in aside):
        return None
    opens = next((one for one in left[: commas[0]] if one.is_word), None)
    is_phrase = bool(opens and before and opens.small in speech.articles and before[0].text.islower())
    return (aside[0].start, aside[-1].end) if is_phrase else None


def _is_place_before(left: Sequence[Piece], comma: int, commas: Sequence[int]) -> bool:
    """True for the "Lind" of "the mayor of Lind, Karsa, said": one word after a preposition, more commas before."""
    return comma != commas[-1] and comma >= 2 and left[comma - 2].small in LEADING


def _phrase_ending(left: Sequence[Piece], place: int, speech: Speech) -> tuple[int, int] | None:
    """The noun phrase whose last piece is left[place - 1]."""
    if place and left[place - 1].text == ")":  # "Rep. Ann Lee (R-Lind) said"
        place = next((i for i in range(place - 1, -1, -1) if left[i].text == "("), 0)
    first = place
    while first and place - first < LONGEST + 4:
        one = left[first - 1]
        if one.text[0] == HIDDEN or (not one.is_word and not _belongs(left, first - 1)):
            break
        if one.small in speech.joins and not _joins_names(left, first - 1, place):
            break
        if one.small in AUXILIARIES and speech.language == "en":
            break
        first -= 1
    return _trimmed(left[first:place], speech)


def _belongs(pieces: Sequence[Piece], place: int) -> bool:
    """A mark that is part of a name: the stop of "Dr." or of an initial, the dash of a double name."""
    one = pieces[place]
    if one.text == ".":
        before = pieces[place - 1] if place else None
        return (
            before is not None
            and before.end == one.start
            and bool(INITIAL.match(before.text) or is_person_title(before.text))
        )
    return one.text in "&’'-/%$"


def _joins_names(left: Sequence[Piece], place: int, end: int) -> bool:
    """True for the "and" of "Ann Lee and Bo Hale said"; false where a clause ends before it."""
    if left[place].small not in ("and", "und", "et", "y", "e", "и", "en", "і", "та") or not place or place + 1 >= end:
        return False
    one, other = left[place - 1], left[place + 1]
    return one.text[0].isupper() and other.text[0].isupper()


def _joins_roles(right: Sequence[Piece], place: int) -> bool:
    """True for the "and" of "said businessman and writer Bo Hale"."""
    ahead = right[place + 1 : place + 4]
    roles = [one for one in ahead if one.text.islower() and one.text.isalpha()]
    return right[place].small == "and" and 0 < len(roles) < len(ahead) and ahead[len(roles)].text[0].isupper()


def after(masked: str, at: int, end: int, speech: Speech) -> tuple[int, int] | None:
    """The speaker right of the verb that ends at `at`, in a sentence that ends at `end`."""
    right = pieces_of(masked, at, min(end, at + LOOK_ON))
    first = 0
    while first < len(right) and (
        (right[first].small in speech.between and not right[first].text[0].isupper())
        or right[first].text in "-"
        or right[first].small in speech.calendar
        or (right[first].small.endswith("ly") and right[first].text.islower() and speech.language == "en")
    ):
        first += 1
    if first < len(right) and right[first].small in speech.leading - speech.articles:
        return None
    last = first
    while last < len(right) and last - first < LONGEST:
        one = right[last]
        if one.text[0] == HIDDEN or (not one.is_word and not _belongs(right, last)):
            break
        joins = last > first and (_joins_names(right, last, len(right)) or _joins_roles(right, last))
        if one.small in speech.ends and not joins and (last > first or one.small not in speech.articles):
            break
        is_verb = one.small in speech.verbs and not (one.text[0].isupper() and right[last - 1].text[0].isupper())
        if last > first and (is_verb or one.small in speech.calendar):
            break  # but "said Ann Call"
        last += 1
    return _trimmed(right[first:last], speech)


def _trimmed(pieces: Sequence[Piece], speech: Speech) -> tuple[int, int] | None:
    """The phrase without what leads it in; None if it is nobody who may speak."""
    kept = list(pieces)
    while kept and not kept[-1].is_word:
        kept.pop()
    while kept and (
        not kept[0].is_word or kept[0].small in speech.joins or kept[0].small in speech.between
        or kept[0].small in speech.calendar or kept[0].text.isdigit()
    ):  # fmt: skip
        kept.pop(0)
    if kept and kept[0].small in speech.leading:
        kept = kept[_last_start(kept, speech) :]
    while len(kept) > 1 and (kept[-1].small in speech.leading or kept[-1].small in speech.articles):
        kept.pop()
    if all(one.small in speech.articles for one in kept):
        return None
    if len(kept) > 1 and kept[-1].small in speech.pronouns:
        kept = kept[-1:]  # "Instead it"
    kept = _cut_long(_cut_verb(kept, speech))
    return (kept[0].start, kept[-1].end) if kept and _may_speak(kept, speech) else None


def _cut_verb(kept: list[Piece], speech: Speech) -> list[Piece]:
    """ "wait for letters from a man" cut to "a man": a phrase does not open with a verb."""
    first = kept[0]
    opens_well = first.text[0].isupper() or first.small in speech.articles or first.small in speech.speakers
    if speech.language != "en" or opens_well or not any(one.small in speech.leading for one in kept):
        return kept
    place = next((i for i in range(len(kept) - 1, 0, -1) if kept[i].small in speech.articles), 0)
    return kept[place:]


def _last_start(kept: Sequence[Piece], speech: Speech) -> int:
    """Where the last phrase of "In a statement the ministry" begins."""
    for place in range(len(kept) - 1, 0, -1):
        one, earlier = kept[place], kept[place - 1]
        if one.small in speech.articles or one.small in speech.pronouns:
            return place if earlier.small not in speech.leading else len(kept)
        if one.text[0].isupper() and not earlier.text[0].isupper() and earlier.small not in speech.articles:
            return place if earlier.small not in speech.leading else len(kept)
    return len(kept)


def _cut_long(kept: list[Piece]) -> list[Piece]:
    """A long phrase cut to its last name: more words than a speaker has are another clause."""
    if len(kept) <= LONGEST:
        return kept
    last = len(kept)
    while last and kept[last - 1].text[0].isupper():
        last -= 1
    return kept[last:]


def _may_speak(kept: Sequence[Piece], speech: Speech) -> bool:
    if len(kept) == 1 and kept[0].small in speech.pronouns:
        return True
    if kept[0].small in speech.verbs and not kept[0].text[0].isupper():
        return False
    if not any(one.text[0].isalpha() for one in kept):
        return False
    if kept[0].text[0].lower() == kept[0].text[0].upper():  # a script without capitals
        return len(kept) <= 8 and kept[0].small not in speech.that
    if any(one.text[0].isupper() for one in kept):
        return True
    if kept[0].small in speech.articles or kept[-1].small in speech.speakers or kept[0].small in speech.speakers:
        return True
    # Where articles are not written, or not before plurals: two words at most, and no small word.
    return not speech.articles and len(kept) <= 4
