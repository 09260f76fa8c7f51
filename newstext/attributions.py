"""The verbs of speech of one sentence: who speaks, and what is reported without quotation marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newstext import speakers
from newstext.quotation_marks import Marked
from newstext.speakers import HIDDEN, Speech

Span = tuple[int, int]
FEWEST_WORDS = 3  # of a reported clause
TAIL_WORDS = 9  # "…, he said in a statement on Monday."
BE = frozenset("is was are were be been being am".split())
NOT_AFTER_VERB = frozenset(
    """is was are were has have had will would could may of by from in on at and came for to with or as about
    than""".split()
)
PASSIVE = re.compile(r"\b(?:est|été|était|sont|fut|è|stato|stata|es|fue|sido|foi|wird|wurde|werden)\s+$")
CLAUSE_OPENERS = frozenset("while when without before after and but or then".split())
NOT_BEFORE_THAT = frozenset("now so such all of in those given the a".split())
TOLD = frozenset("told tells tell telling".split())
OPENING_CHARS = 90
OPENING_WORDS = 9  # "that" stands so near its verb: "told reporters in Lind on Monday that"


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence with the quotes in it: text[start:end] with `quotes`, and verbs of speech outside them."""

    start: int
    end: int
    quotes: tuple[Marked, ...]
    verbs: tuple[Span, ...]
    sources: tuple[Span, ...]  # "according to"


@dataclass(frozen=True, slots=True)
class Said:
    """One verb of speech, or "according to", with its speaker. is_after: the speaker follows the verb."""

    verb: Span
    speaker: Span | None
    is_after: bool = False
    is_source: bool = False

    @property
    def start(self) -> int:
        return min(self.verb[0], self.speaker[0]) if self.speaker else self.verb[0]

    @property
    def end(self) -> int:
        return max(self.verb[1], self.speaker[1]) if self.speaker else self.verb[1]


def of(masked: str, unit: Unit, speech: Speech) -> list[Said]:
    """Everything in a sentence that says who said it, in order."""
    found: list[Said] = []
    for verb in unit.verbs:
        if not _is_noun(masked, verb, unit, speech):
            found += [said for said in (_of_verb(masked, unit, verb, speech),) if said]
    found += [said for source in unit.sources if (said := _of_source(masked, unit, source, speech))]
    found.sort(key=lambda said: said.verb)
    return [_with_subject(masked, unit, said, found[:place], speech) for place, said in enumerate(found)]


def _is_noun(masked: str, verb: Span, unit: Unit, speech: Speech) -> bool:
    """A form of a verb that is none here: "the plan", "United States", "was expected"."""
    word = masked[verb[0] : verb[1]]
    if word[0].isupper() and masked[unit.start : verb[0]].strip(' "“‘«„'):
        return True
    if speech.language != "en":
        return PASSIVE.search(masked, max(unit.start, verb[0] - 12), verb[0]) is not None
    before = masked[max(unit.start, verb[0] - 40) : verb[0]].split()
    last = before[-1].lower() if before else ""
    if last.endswith("ly") and len(before) > 1:
        last = before[-2].lower()
    if last in BE and not word.endswith("ing"):
        return True
    small = word.lower()
    quoted = masked.rfind(HIDDEN, unit.start, verb[0])
    gap = masked[quoted + 1 : verb[0]]
    if quoted >= 0 and len(gap.split()) <= 5 and not any(mark in gap for mark in ",."):
        return False  # “…,” the letter reads
    if last in speech.articles and last not in ("all", "both", "one", "some", "many", "several", "most", "few"):
        return True
    if small not in speech.nouns:
        return False
    following = masked[verb[1] : verb[1] + 30].split()
    stands_alone = bool(before) and (
        before[-1][0].isupper() or last in speech.pronouns or last in speech.speakers or last in speech.between
        or last.endswith(("s", "ly")) or last == "who"
    )  # fmt: skip
    return (
        last in speakers.LEADING
        or not stands_alone
        or bool(following and following[0].endswith("ed"))
        or last.endswith(("’s", "'s"))
        or (bool(following) and (following[0].lower() in NOT_AFTER_VERB or following[0][0] in ".,;"))
    )


def _with_subject(masked: str, unit: Unit, said: Said, earlier: list[Said], speech: Speech) -> Said:
    """A participle's speaker is the sentence's own: "Lee agreed, adding that …"."""
    if said.is_source or speech.language != "en" or not masked[said.verb[0] : said.verb[1]].endswith("ing"):
        return said
    before = masked[max(unit.start, said.verb[0] - 30) : said.verb[0]].split()
    while before and before[-1].lower() in speech.between and before[-1].lower() not in BE:
        before.pop()
    if before and before[-1][-1] not in ",—–" + HIDDEN and before[-1].lower() not in speakers.LEADING | CLAUSE_OPENERS:
        return said  # "is saying", "footage of Lee asking"
    told = next((one.speaker for one in earlier if one.speaker and not one.is_source), None)
    return Said(said.verb, told or speakers.opening(masked, unit.start, unit.end, speech))


def _of_verb(masked: str, unit: Unit, verb: Span, speech: Speech) -> Said | None:
    left = masked[unit.start : verb[0]].rstrip(" \u00a0-—–")
    last = left[-1:]
    word = masked[verb[0] : verb[1]].lower()
    if word in speech.after_quotes and HIDDEN not in left[-3:]:
        return None
    if last in ("", HIDDEN, ",", "،", "，") or speech.verb_first:
        following = None
        if (word not in speech.calls or word in speech.says) and word not in TOLD:
            following = speakers.after(masked, verb[1], unit.end, speech)
        if following and (last != "," or _is_strong(masked, following, unit, speech)):
            return Said(verb, following, is_after=True)
        preceding = speakers.before(masked, unit.start, verb[0], speech) if last not in ("", HIDDEN) else None
        if last == HIDDEN and following is None and speech.language != "en":  # Turkish: Ali Işık, “…” dedi
            preceding = speakers.before(masked, unit.start, masked.index(HIDDEN, unit.start), speech)
        has_aside = speech.language == "en" and masked.count(",", unit.start, verb[0]) > 1
        return Said(verb, preceding or (None if has_aside else following), is_after=preceding is None)
    preceding = speakers.before(masked, unit.start, verb[0], speech)
    if preceding is None and speech.language != "en":
        following = speakers.after(masked, verb[1], unit.end, speech)
        return Said(verb, following, is_after=True)
    return Said(verb, preceding)


def _is_strong(masked: str, span: Span, unit: Unit, speech: Speech) -> bool:
    """True for a speaker after "…, said" that no aside before the verb can beat: a name or "police", and a stop."""
    words = masked[span[0] : span[1]].split()
    rest = masked[span[1] : unit.end].split(None, 1)
    stops = not rest or rest[0][0] in '.,;—–”"' + HIDDEN or rest[0].lower() in speech.ends
    if not stops or words[-1].endswith(("’s", "'s")):
        return False
    named = words[-1][:1].isupper() or words[-1] in speech.speakers
    if masked.count(",", unit.start, span[0]) < 2:
        return named or not rest or rest[0][0] in ".,"
    whole = all(word[:1].isupper() for word in words)
    return named and whole and (len(words) > 1 or not rest or rest[0][0] in "." + HIDDEN)


def _of_source(masked: str, unit: Unit, source: Span, speech: Speech) -> Said | None:
    speaker = speakers.after(masked, source[1], unit.end, speech)
    return Said(source, speaker, is_after=True, is_source=True) if speaker else None


def nearest(masked: str, quote: Marked, found: Sequence[Said], speech: Speech) -> Said | None:
    """Who said a quote: the verb right after it, else the nearest before it, else the next after."""
    following = [said for said in found if said.start >= quote.closes]
    preceding = [said for said in found if said.verb[1] <= quote.opens]
    if following and not masked[quote.closes : following[0].start].strip(" ,،，\u00a0-—–"):
        return following[0]
    if preceding:
        spoken = [said for said in preceding if masked[slice(*said.verb)].lower() not in speech.argues - speech.says]
        return (spoken or preceding)[-1]
    around = [said for said in found if said.verb[0] >= quote.closes]
    return following[0] if following else (around[0] if around else None)


def reported(masked: str, unit: Unit, found: Sequence[Said], speech: Speech) -> list[tuple[Said, Span]]:
    """What each speaker is reported to have said without marks: the clause after the verb, or before it."""
    clauses = []
    for place, said in enumerate(found):
        if said.speaker is None:
            continue
        following = found[place + 1] if place + 1 < len(found) else None
        preceding = found[place - 1] if place else None
        span = _clause(masked, unit, said, (preceding, following), speech)
        if span and _words(masked, span) >= FEWEST_WORDS:
            clauses.append((said, span))
    return clauses


def _clause(
    masked: str, unit: Unit, said: Said, around: tuple[Said | None, Said | None], speech: Speech
) -> Span | None:
    preceding, following = around
    last = _end(masked, said, following, unit)
    before = _bare(masked, (preceding.end if preceding else unit.start, said.start))
    after = _bare(masked, (said.end, last))
    if said.is_source:
        return after if said.start - unit.start < 4 else before
    opening = _opening(masked, after, speech)
    if opening is not None:
        return _bare(masked, (opening, last))
    word = masked[said.verb[0] : said.verb[1]].lower()
    if word in TOLD:
        after = _after_hearer(masked, after, speech)
    if word not in speech.says and "," in masked[slice(*after)]:
        after = _bare(masked, (after[0], masked.index(",", *after)))
    if word not in speech.says and (word not in speech.argues or said.is_after) and HIDDEN not in masked[slice(*after)]:
        return None
    cut_off = masked[unit.start : said.start].rstrip()[-1:] in (",", "—", "–", "،", HIDDEN)
    has_before = _words(masked, before) >= FEWEST_WORDS
    if cut_off and has_before and word in speech.says:
        if (
            masked[said.end : said.end + 1] == ","
            and _words(masked, after) > 1
            and HIDDEN not in masked[slice(*before)]
        ):
            return _bare(masked, (unit.start, last))  # "Too often, Lee said, the road is closed."
        if said.is_after or _words(masked, after) <= TAIL_WORDS:
            return before
    if said.is_after and not speech.verb_first:
        return None if HIDDEN in masked[unit.start : said.start] else after
    tail = masked[slice(*after)].split(None, 1)
    return None if tail and tail[0].lower() in speakers.LEADING and word in speech.says else after


def _after_hearer(masked: str, span: Span, speech: Speech) -> Span:
    """The clause after "told reporters" or "told the Lind Times on Monday"."""
    pieces = speakers.pieces_of(masked, span[0], min(span[1], span[0] + OPENING_CHARS))
    place = 0
    if pieces and pieces[0].small in speech.articles:
        place = 1
    if place < len(pieces) and not pieces[place].text[0].isupper():
        place += 1
    while place < len(pieces) and (pieces[place].text[0].isupper() or pieces[place].small in speech.calendar):
        place += 1
    return _bare(masked, (pieces[place].start, span[1])) if place < len(pieces) else (span[1], span[1])


def _end(masked: str, said: Said, following: Said | None, unit: Unit) -> int:
    """Where the clause ends: at a comma right before another verb of speech, or with the sentence."""
    if following is None:
        return unit.end
    until = following.start if following.start > said.end else following.verb[0]
    comma = max(masked.rfind(mark, said.end, until) for mark in (",", " and "))
    if comma > said.end and len(masked[comma:until].strip(" ,").split()) <= 1:
        return comma
    return unit.end


def _opening(masked: str, after: Span, speech: Speech) -> int | None:
    """Where "that" opens the clause after the verb, if it does."""
    pieces = speakers.pieces_of(masked, after[0], min(after[1], after[0] + OPENING_CHARS))
    for place, piece in enumerate(pieces):
        if piece.small in speech.that and not (place and pieces[place - 1].small in NOT_BEFORE_THAT):
            return piece.start
        if place >= OPENING_WORDS:
            break
    return None


def _bare(masked: str, span: Span) -> Span:
    """The span without the space and stops around it."""
    start, end = span
    while start < end and masked[start] in " ,;:—–-.،\n\u00a0":
        start += 1
    while end > start and masked[end - 1] in " ,;:—–-.،\n\u00a0!?":
        end -= 1
    return start, end


def _words(masked: str, span: Span) -> int:
    """Words outside quotes; a quote counts as one."""
    return len(masked[span[0] : span[1]].split())
