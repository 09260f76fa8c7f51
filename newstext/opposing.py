"""Whether one headline contradicts another, and in which words.

Only what the two headlines show by themselves counts: somebody claims and
somebody else denies, or two opinion pieces of which one turns the other's
words round. A language without a list never shows it.
"""

from __future__ import annotations

from functools import cache, lru_cache

from newstext.records import Marks
from newstext.words import content_words, fold, read_list, words

SPEAKER_WORDS = 5  # a speaker stands in the headline's first words
SHARED_WORDS = 2  # a contradicted claim is about the same things
TURNED_SHARE = 0.5  # of the shorter headline's words, to be the same claim turned round


def opposing_view(marks: Marks, other: Marks) -> str:
    """How the other's headline contradicts this one's, as a reason in words; "" where it does not show."""
    if not marks.language or marks.language != other.language:
        return ""
    return _contradiction(marks, other) or _turned_round(marks, other)


def _contradiction(marks: Marks, other: Marks) -> str:
    """One side claims and another side denies, in either order."""
    here, there = _speaker(marks.title, marks.language), _speaker(other.title, other.language)
    if not here or not there or here[1] == there[1] or set(content_words(here[0])) & set(content_words(there[0])):
        return ""
    named = {*content_words(here[0]), *content_words(there[0])}
    shared = (_subject(marks) & _subject(other)) - named
    mentions = set(content_words(here[0])) & _subject(other) or set(content_words(there[0])) & _subject(marks)
    if len(shared) + bool(mentions) < SHARED_WORDS:
        return ""
    return f"another side: {there[0]} {there[2]}, {here[0]} {here[2]}"


@lru_cache(maxsize=20_000)
def _speaker(said: str, language: str) -> tuple[str, bool, str] | None:
    """Who speaks in a headline, whether to deny, and by which verb; None if nobody does.

    Whoever both claims and denies ("denies claims that …") denies.
    """
    title = said.split()
    folded = [fold(word) for word in title]
    for is_denial, verbs in ((True, _verbs(language, "denials")), (False, _verbs(language, "claims"))):
        for verb in verbs:
            place = _place(folded, verb)
            if place and _is_name(before := " ".join(title[:place])):
                return before, is_denial, " ".join(title[place : place + len(verb)])
    return None


def _place(folded: list[str], verb: tuple[str, ...]) -> int:
    for place in range(1, min(SPEAKER_WORDS, len(folded) - 1) + 1):
        if tuple(folded[place : place + len(verb)]) == verb:
            return place
    return 0


def _is_name(text: str) -> bool:
    """Speakers are named: where a script has capitals the first letter is one, and no other clause stands before."""
    return (text[0].isupper() or text[0].upper() == text[0].lower()) and not any(sign in text for sign in ":;,–—?!")


def _turned_round(marks: Marks, other: Marks) -> str:
    """Two opinion pieces whose headlines say the same but for a negation in one of them."""
    if marks.kind != "opinion" or other.kind != "opinion":
        return ""
    negations = _negations(marks.language)
    turns = [bool(set(words(one.title)) & negations) for one in (marks, other)]
    mine, theirs = _subject(marks) - negations, _subject(other) - negations
    shared = mine & theirs
    if turns[0] == turns[1] or len(shared) < SHARED_WORDS:
        return ""
    if len(shared) < TURNED_SHARE * min(len(mine), len(theirs)):
        return ""
    return "an opinion that says the opposite on " + ", ".join(sorted(shared)[:3])


def _subject(marks: Marks) -> set[str]:
    return set(content_words(marks.title, marks.language))


@cache
def _verbs(language: str, part: str) -> tuple[tuple[str, ...], ...]:
    lists = read_list("opposing").get(language, {})
    return tuple(tuple(fold(word) for word in phrase.split()) for phrase in lists.get(part, ()))


@cache
def _negations(language: str) -> frozenset[str]:
    said = read_list("negations").get(language, "")
    return frozenset(fold(word) for word in said.split())
