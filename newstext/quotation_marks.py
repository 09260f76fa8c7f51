"""What stands between quotation marks in a text, by all the marks that news is written with."""

from __future__ import annotations

import re
from dataclasses import dataclass

# What closes each mark. A mark that both opens and closes is told by what stands beside it.
CLOSERS = {
    "“": '”"“',
    "”": "”",
    "„": '“”"',
    "‟": "”",
    '"': '"”',
    "«": "»",
    "»": "«»",
    "‹": "›",
    "›": "‹",
    "‚": "‘’",
    "‘": "’",
    "'": "'",
    "「": "」",
    "『": "』",
    "《": "》",
}
MARK = re.compile("[\"'“”„‟«»‹›‚‘’「」『』]")
SINGLE = frozenset("'‘‚’")
PAIRED = frozenset("„‟「『")  # never anything but an opening
ENDS_ALONE = frozenset("」』")
TWICE = "''"
LINE_BREAK = re.compile(r"\n\s*")
DEEPEST = 4  # quotes in quotes beyond this are a text full of stray marks


@dataclass(frozen=True, slots=True)
class Marked:
    """What stands in marks: text[start:end]; with its marks text[opens:closes]. runs_on: it goes on after a break."""

    opens: int
    start: int
    end: int
    closes: int
    runs_on: bool = False


def find(text: str) -> tuple[Marked, ...]:
    """The outermost quoted parts in order, each within one paragraph. Linear in the text's length.

    A part that is not closed by the paragraph's end is one only where the next
    paragraph opens with a mark too, as long quotes are set; else its mark counts
    for nothing.
    """
    if not MARK.search(text):
        return ()
    if TWICE in text:  # two single marks for a double one
        return tuple(_widened(text, one) for one in _find(text.replace(TWICE, '\0"')))
    return tuple(_find(text))


def _widened(text: str, one: Marked) -> Marked:
    opens = one.opens - (text[one.opens - 1 : one.opens + 1] == TWICE)
    end = one.end - (text[one.end - 1 : one.end + 1] == TWICE)
    return Marked(opens, one.start, end, one.closes, one.runs_on)


def _find(text: str) -> list[Marked]:
    found: list[Marked] = []
    marks = [mark for mark in MARK.finditer(text) if not _is_apostrophe(text, mark.start())]
    place, start = 0, 0
    for stop in [*LINE_BREAK.finditer(text), None]:
        end = stop.start() if stop else len(text)
        first = place
        while place < len(marks) and marks[place].start() < end:
            place += 1
        if place > first:
            following = text[stop.end() : stop.end() + 1] if stop else ""
            here = [mark.start() for mark in marks[first:place]]
            found += _in_paragraph(text, here, (start, end), following)
        start = stop.end() if stop else end
    return found


def _is_apostrophe(text: str, at: int) -> bool:
    """A single mark inside a word, or after a digit: don’t, 5'."""
    if text[at] not in "'’":
        return False
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return before.isalnum() and after.isalnum()


def _in_paragraph(text: str, marks: list[int], paragraph: tuple[int, int], following: str) -> list[Marked]:
    start, end = paragraph
    stack: list[int] = []
    pairs: list[tuple[int, int]] = []
    for at in marks:
        depth = _closed_by(text, stack, at)
        if depth:
            opened = stack[-depth]
            del stack[-depth:]
            pairs.append((opened, at))
        elif _may_open(text, at, start, end):
            _open(text, stack, at)
    if stack and stack[0] == start and following and following == text[start]:
        return [Marked(start, start + 1, end, end, runs_on=True)]
    return _outermost(pairs)


def _open(text: str, stack: list[int], at: int) -> None:
    mark = text[at]
    # A straight mark opens nothing inside its like: what it should have closed was never closed. Nor do double
    # marks stand in single ones, which were an apostrophe then.
    while stack and ((text[stack[-1]] == mark and mark in "\"'") or (text[stack[-1]] == "'" and mark not in SINGLE)):
        stack.pop()
    if len(stack) < DEEPEST:
        stack.append(at)


def _closed_by(text: str, stack: list[int], at: int) -> int:
    """How many of the open marks the one at this place closes; 0 if it closes none."""
    mark = text[at]
    if not _may_close(text, at):
        return 0
    for depth, opened in enumerate(reversed(stack), 1):
        if mark in CLOSERS[text[opened]] and at > opened + 1:
            return depth
    return 0


def _may_close(text: str, at: int) -> bool:
    mark = text[at]
    if mark in ENDS_ALONE:
        return True
    if mark in PAIRED or mark == "‚":
        return False
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if mark == "'" and before.isspace() and after.isspace():
        return text[at - 2 : at - 1] in ",.!?"  # a text whose marks are set apart: 'We stay, ' she said
    if mark in SINGLE:
        return not before.isspace() and not after.isalnum()
    if mark in '"“':
        return not (before.isspace() and after and not after.isspace()) and not (before in "([—–" and after.isalnum())
    return mark in "”»«›‹"


def _may_open(text: str, at: int, start: int, end: int) -> bool:
    mark = text[at]
    if mark in PAIRED:
        return True
    if mark not in CLOSERS or mark in "’」』":
        return False
    before = text[at - 1] if at > start else " "
    after = text[at + 1] if at + 1 < end else " "
    if mark in "“«‹‘‚":
        return mark in "«‹" or not after.isspace()
    if mark in "»›”":
        return (before.isspace() or before in "([") and not after.isspace()
    return not before.isalnum() and not after.isspace() and before not in ".,!?"


def _outermost(pairs: list[tuple[int, int]]) -> list[Marked]:
    found: list[Marked] = []
    for opened, closed in sorted(pairs):
        if not found or opened >= found[-1].closes:
            found.append(Marked(opened, opened + 1, closed, closed + 1))
    return found
