"""Whether an article was edited, and whether in its spelling or in what it says.

A change is a "typo" only where every place that changed is known to be a slip:
spelling, accents, case, punctuation, hyphens. Figures, dates, names, negations,
quotations and all else are "substance"; so is what cannot be told. White space,
times of an update and lines of the page's own furniture are no change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from newstext.later import later
from newstext.worddiff import Alignment, Edit, Word, align
from newstext.words import fold, words

if TYPE_CHECKING:
    from newstext import slips as slipping
    from newstext.extract import cleaning
else:
    # 8 MB with what they bring: of use when a text has changed.
    slipping = later("newstext.slips")
    cleaning = later("newstext.extract.cleaning")

# In the order they are told.
Reason = Literal[
    "headline",
    "notice",
    "figures",
    "dates",
    "names",
    "negation",
    "quotes",
    "question",
    "added",
    "removed",
    "words",
    "order",
]
REASONS: tuple[Reason, ...] = get_args(Reason)

SENTENCE_END = re.compile(r"^[.!?…؟۔।。！？]$")
CLOSING = re.compile(r"^[\"'”’»)\]」』）]$")
A_SENTENCE_WORDS = 4  # fewer words between two stops are no sentence of their own
LONG_WORDS = 12  # from here on an edit is a passage written anew, and not looked through for slips
UPDATE_WORDS = frozenset(
    """this that the article story report page has have been was were is last first updated update updates published
    publication on at of by and time times edt est et gmt utc bst cet cest pt pdt pst ist am pm a m p h uhr aktualisiert
    am um zuletzt stand dieser artikel wurde der die das mis à jour le la cet article a été publié actualizado
    actualización publicado el las hora horas آخر تحديث في الساعة بتاريخ""".split()
)
DAY_WORDS = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun january february march
    april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
    today yesterday montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz mai juni juli
    oktober dezember lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril juin juillet août
    septembre octobre novembre décembre lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril
    mayo junio julio agosto septiembre octubre noviembre diciembre""".split()
)
IDLE = frozenset(fold(word) for word in UPDATE_WORDS | DAY_WORDS)
OF_UPDATES = frozenset(fold(word) for word in "aktualisiert jour actualizado actualización تحديث".split())
MOST_IDLE_CHARS = 160


@dataclass(frozen=True, slots=True)
class Told:
    """What an article says: headline, body (paragraphs joined by a blank line), notices of correction."""

    title: str = ""
    text: str = ""
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """kind: a slip mended, or something else said. reasons: what of substance changed; none for a typo."""

    kind: Literal["typo", "substance"]
    reasons: tuple[Reason, ...] = ()


@dataclass(slots=True)
class _Found:
    """What the places that changed come to."""

    is_changed: bool = False
    reasons: set[Reason] = field(default_factory=set)


def between(before: Told, after: Told, language: str) -> Change | None:
    """What kind of change lies between two states of an article; None if nobody would call it one."""
    if before == after:
        return None
    found = _Found()
    slips = slipping.Slips(language, before=f"{before.title}\n{before.text}", after=f"{after.title}\n{after.text}")
    _judge_title(before, after, slips, found)
    _judge_text(align(_without_furniture(before.text), _without_furniture(after.text)), slips, found)
    if _notices(before) != _notices(after):
        found.reasons.add("notice")
    if found.reasons:
        return Change("substance", tuple(reason for reason in REASONS if reason in found.reasons))
    return Change("typo") if found.is_changed else None


def _judge_title(before: Told, after: Told, slips: slipping.Slips, found: _Found) -> None:
    aligned = align(before.title, after.title)
    reasons = {reason for edit in aligned.edits for reason in _reasons(aligned, edit, slips)}
    found.is_changed = found.is_changed or bool(aligned.edits)
    if reasons:
        found.reasons |= {"headline", *(reasons - {"added", "removed", "words"})}


def _judge_text(aligned: Alignment, slips: slipping.Slips, found: _Found) -> None:
    found.is_changed = found.is_changed or bool(aligned.edits)
    if aligned.moved:
        found.reasons.add("order")
    if not aligned.edits:
        return
    quoted = _quoted(aligned.before, slips), _quoted(aligned.after, slips)
    for edit in aligned.edits:
        reasons = set(_reasons(aligned, edit, slips))
        if reasons and (any(quoted[0][edit.first : edit.last]) or any(quoted[1][edit.new_first : edit.new_last])):
            reasons.add("quotes")
        found.reasons |= reasons


def _reasons(aligned: Alignment, edit: Edit, slips: slipping.Slips) -> Iterator[Reason]:
    """What of substance one edit changed; nothing if it mended a slip."""
    removed = aligned.before[edit.first : edit.last]
    added = aligned.after[edit.new_first : edit.new_last]
    if len(removed) + len(added) < LONG_WORDS and slips.is_slip(aligned, edit):
        return
    if not removed and _is_sentence(added, aligned.after, edit.new_first):
        yield "added"
    elif not added and _is_sentence(removed, aligned.before, edit.first):
        yield "removed"
    else:
        told: list[Reason] = [*slips.telling(aligned, edit)]
        yield from told or ["words"]


def _is_sentence(passage: Sequence[Word], whole: Sequence[Word], first: int) -> bool:
    """True if the words are a sentence or more, not a part of one."""
    before = next((word for word in reversed(whole[max(0, first - 3) : first]) if not CLOSING.match(word.text)), None)
    starts = before is None or passage[0].is_first or bool(SENTENCE_END.match(before.text))
    # "A. [B.] C." may come out as "A[. B]. C.": then the passage begins with the stop before it
    starts = starts or bool(SENTENCE_END.match(passage[0].text))
    has_end = any(SENTENCE_END.match(word.text) for word in passage) or passage[-1].is_last
    return starts and has_end and sum(word.text[0].isalnum() for word in passage) >= A_SENTENCE_WORDS


def _quoted(text: Sequence[Word], slips: slipping.Slips) -> list[bool]:
    """For each word, whether it stands between quotation marks; a paragraph begins outside of them."""
    inside, found = False, []
    for word in text:
        if word.is_first:
            inside = False
        if slips.is_quote_mark(word.text):
            inside = not inside
        found.append(inside)
    return found


def _without_furniture(text: str) -> str:
    return "\n\n".join(block for block in text.split("\n\n") if not (cleaning.is_junk(block) or _is_idle(block)))


def _is_idle(block: str) -> bool:
    """True for a line that says when a page was updated and nothing more."""
    if len(block) > MOST_IDLE_CHARS:
        return False
    said = [word for word in words(block) if not any(map(str.isdigit, word))]
    return all(word in IDLE for word in said) and any(word.startswith("updat") or word in OF_UPDATES for word in said)


def _notices(told: Told) -> list[str]:
    """The notices as they are compared."""
    return sorted(" ".join(words(notice)) for notice in told.notices if not _is_idle(notice))
