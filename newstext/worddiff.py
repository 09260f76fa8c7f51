"""What changed between two texts, word by word.

Paragraphs that stand in both are laid side by side first, then the words
between them; a paragraph that stands elsewhere word for word has moved. Scripts
without spaces are compared by their signs. White space is no difference, nor
are signs that nobody sees.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from newstext.later import later
from newstext.words import LETTER, UNSPACED

if TYPE_CHECKING:
    from rapidfuzz import distance as rapidfuzz
else:
    rapidfuzz = later("rapidfuzz.distance")  # 2 MB

Kind = Literal["kept", "removed", "added"]

UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060\u2066\u2067\u2068\u2069\u061c\ufeff"))
BREAK = re.compile(r"\s*\n\s*")
UNSPACED_SIGN = UNSPACED.pattern.removesuffix("+")
# The vowels, tones and joins that belong to the sign before them, in the scripts without spaces.
BELONGS = (
    "[\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
    "\u102b-\u103e\u17b4-\u17d3\u3099\u309a]"
)
SPACED_LETTER = f"(?:(?!{UNSPACED_SIGN}){LETTER})"
WORD = re.compile(
    rf"\d+(?:[.,:'’\u00a0\u202f\u066b\u066c]\d+)*{SPACED_LETTER}*"
    rf"|{UNSPACED_SIGN}{BELONGS}*|{SPACED_LETTER}+(?:[’']{SPACED_LETTER}+)*|\S"
)
CELLS_MAX = 400_000_000  # words before times words after that are compared at once: 50 MB, 0.1 s
SAME_RATIO = 0.3  # two paragraphs that share less of the shorter's words are two paragraphs
MOVED_WORDS = 4  # a shorter paragraph that stands elsewhere too has not moved: it is a list item, a heading
ISLAND_WORDS = 2  # so few unchanged words between changes are shown as changed
ISLAND_CHANGES = 8  # where this many words around them have changed


@dataclass(frozen=True, slots=True)
class Run:
    """Words that were kept, removed or added together. has_space: a space stands before them."""

    kind: Kind
    text: str
    words: int
    has_space: bool = True


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with its changes; is_moved: it stood elsewhere, word for word."""

    runs: tuple[Run, ...]
    is_moved: bool = False

    @property
    def is_kept(self) -> bool:
        return not self.is_moved and all(run.kind == "kept" for run in self.runs)

    @property
    def words(self) -> int:
        return sum(run.words for run in self.runs)


class Word(NamedTuple):
    """A word, a number, a sign or a mark. paragraph: which one it stands in, from 0."""

    text: str
    has_space: bool
    paragraph: int
    is_first: bool = False  # in its paragraph
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """One place that changed: before[first:last] became after[new_first:new_last]."""

    first: int
    last: int
    new_first: int
    new_last: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two texts side by side.

    before, after: their words, moved paragraphs left out of `before`. edits: in
    order; all between them is the same. moved: numbers of paragraphs of `after`.
    """

    before: tuple[Word, ...]
    after: tuple[Word, ...]
    edits: tuple[Edit, ...]
    moved: frozenset[int] = frozenset()


def compare(before: str, after: str) -> tuple[Paragraph, ...]:
    """The paragraphs of both texts with what was kept, removed and added, in the order of `after`."""
    return tuple(_paragraphs(align(before, after)))


def align(before: str, after: str) -> Alignment:
    """Lay two texts side by side. Bounded: what is too long to compare by words is replaced whole."""
    old, new = _split(before), _split(after)
    old_keys, new_keys = [_key(words) for words in old], [_key(words) for words in new]
    same = _matches(old_keys, new_keys)
    gone, came = _moved(old_keys, new_keys, same, old)
    left: list[Word] = []
    right = [word for words in new for word in words]
    starts = _starts(new)
    pairs: list[tuple[int, int]] = []
    last_old = last_new = 0
    for i, j in [*same, (len(old), len(new))]:
        gap = [word for number in range(last_old, i) if number not in gone for word in old[number]]
        pairs += _pairs_of_gap(gap, len(left), [(starts[k], new[k]) for k in range(last_new, j) if k not in came])
        left += gap
        if i < len(old):
            pairs += [(len(left) + k, starts[j] + k) for k in range(len(new[j]))]
            left += old[i]
        last_old, last_new = i + 1, j + 1
    moved_words = {starts[number] + k for number in came for k in range(len(new[number]))}
    edits = _edits(pairs, len(left), len(right), moved_words)
    return Alignment(tuple(left), tuple(right), tuple(edits), frozenset(came))


def _split(text: str) -> list[list[Word]]:
    """The words of each paragraph."""
    seen = unicodedata.normalize("NFC", text.translate(UNSEEN))
    paragraphs: list[list[Word]] = []
    for block in BREAK.split(seen):
        found = list(WORD.finditer(block))
        last, end, words = len(found) - 1, -1, []
        for place, match in enumerate(found):
            words.append(Word(match.group(), match.start() > end, len(paragraphs), not place, place == last))
            end = match.end()
        if words:
            paragraphs.append(words)
    return paragraphs


def _key(words: list[Word]) -> str:
    return "\0".join(word.text for word in words)


def _starts(paragraphs: list[list[Word]]) -> list[int]:
    starts, place = [], 0
    for words in paragraphs:
        starts.append(place)
        place += len(words)
    return starts


def _matches(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs of a longest common subsequence; the common ends alone where both are too long."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    pairs = [(k, k) for k in range(head)]
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    if inner_old and inner_new and len(inner_old) * len(inner_new) <= CELLS_MAX:
        numbers: dict[str, int] = defaultdict(lambda: len(numbers))
        left, right = [numbers[key] for key in inner_old], [numbers[key] for key in inner_new]
        for step in rapidfuzz.LCSseq.opcodes(left, right):
            if step.tag == "equal":
                size = step.src_end - step.src_start
                pairs += [(head + step.src_start + k, head + step.dest_start + k) for k in range(size)]
    return pairs + [(len(old) - k, len(new) - k) for k in range(tail, 0, -1)]


def _moved(
    old: list[str], new: list[str], same: list[tuple[int, int]], words: list[list[Word]]
) -> tuple[set[int], set[int]]:
    """Paragraphs that left one place and stand at another: their numbers before, and after."""
    kept_old, kept_new = {i for i, _ in same}, {j for _, j in same}
    waiting: dict[str, list[int]] = {}
    for j, key in enumerate(new):
        if j not in kept_new:
            waiting.setdefault(key, []).append(j)
    gone, came = set(), set()
    for i, key in enumerate(old):
        if i not in kept_old and len(words[i]) >= MOVED_WORDS and waiting.get(key):
            gone.add(i)
            came.add(waiting[key].pop(0))
    return gone, came


def _pairs_of_gap(gap: list[Word], place: int, new: list[tuple[int, list[Word]]]) -> Iterator[tuple[int, int]]:
    """Pairs of places of equal words between two common paragraphs."""
    right = [(start + k, word) for start, words in new for k, word in enumerate(words)]
    found = _matches([word.text for word in gap], [word.text for _, word in right])
    for i, j in _without_chance(found, gap, [word for _, word in right]):
        yield place + i, right[j][0]


def _without_chance(
    pairs: list[tuple[int, int]], old: Sequence[Word], new: Sequence[Word]
) -> Iterator[tuple[int, int]]:
    """The pairs, but for those of paragraphs that share too little to be one: their words are alike by chance."""
    shared = Counter((old[i].paragraph, new[j].paragraph) for i, j in pairs)
    old_size = Counter(word.paragraph for word in old)
    new_size = Counter(word.paragraph for word in new)
    for i, j in pairs:
        both = old[i].paragraph, new[j].paragraph
        if shared[both] >= SAME_RATIO * min(old_size[both[0]], new_size[both[1]]):
            yield i, j


def _edits(pairs: list[tuple[int, int]], old_size: int, new_size: int, moved: set[int]) -> Iterator[Edit]:
    i = j = 0
    for next_i, next_j in [*pairs, (old_size, new_size)]:
        added = _without_moved(j, next_j, moved) or ([(j, j)] if i < next_i else [])
        for first, last in added:
            yield Edit(i, next_i, first, last)
            i = next_i
        i, j = next_i + 1, next_j + 1


def _without_moved(first: int, last: int, moved: set[int]) -> list[tuple[int, int]]:
    """The parts of a range that no moved paragraph holds: a move is no edit."""
    parts: list[tuple[int, int]] = []
    for place in range(first, last):
        if place in moved:
            continue
        if parts and parts[-1][1] == place:
            parts[-1] = parts[-1][0], place + 1
        else:
            parts.append((place, place + 1))
    return parts


def _steps(aligned: Alignment) -> Iterator[tuple[Kind, list[Word]]]:
    """Runs of words in the order they are shown."""
    j = 0
    for edit in [*_without_islands(aligned), None]:
        end = edit.new_first if edit else len(aligned.after)
        if j < end:
            yield "kept", list(aligned.after[j:end])
        if edit is None:
            return
        if edit.first < edit.last:
            yield "removed", list(aligned.before[edit.first : edit.last])
        if edit.new_first < edit.new_last:
            yield "added", list(aligned.after[edit.new_first : edit.new_last])
        j = edit.new_last


def _without_islands(aligned: Alignment) -> list[Edit]:
    """The edits, those joined that only a word or two part from each other: nobody reads confetti."""
    joined: list[Edit] = []
    for edit in aligned.edits:
        last = joined[-1] if joined else None
        if last and _is_island(aligned, last, edit):
            joined[-1] = Edit(last.first, edit.last, last.new_first, edit.new_last)
        else:
            joined.append(edit)
    return joined


def _is_island(aligned: Alignment, last: Edit, edit: Edit) -> bool:
    between = aligned.after[last.new_last : edit.new_first]
    changed = (last.last - last.first) + (last.new_last - last.new_first)
    changed += (edit.last - edit.first) + (edit.new_last - edit.new_first)
    return (
        len(between) <= ISLAND_WORDS
        and changed >= ISLAND_CHANGES
        and not any(word.is_first or word.paragraph in aligned.moved for word in between)
        and edit.first - last.last == len(between)
    )


def _paragraphs(aligned: Alignment) -> Iterator[Paragraph]:
    """Steps cut into paragraphs: at the breaks of `after`, and of `before` where words were removed."""
    runs: list[Run] = []
    is_moved = False
    is_open = False  # all its runs were removed from a paragraph that goes on
    for kind, words in _steps(aligned):
        for piece in _pieces(words):
            starts = piece[0].is_first and not (is_open and kind != "removed")
            if runs and starts:
                yield Paragraph(tuple(runs), is_moved)
                runs = []
            is_moved = kind == "kept" and piece[0].paragraph in aligned.moved
            runs.append(_run(kind, piece))
            is_open = not piece[-1].is_last and all(run.kind == "removed" for run in runs)
    if runs:
        yield Paragraph(tuple(runs), is_moved)


def _pieces(words: list[Word]) -> Iterator[list[Word]]:
    piece: list[Word] = []
    for word in words:
        if word.is_first and piece:
            yield piece
            piece = []
        piece.append(word)
    if piece:
        yield piece


def _run(kind: Kind, words: list[Word]) -> Run:
    text = words[0].text + "".join(f" {word.text}" if word.has_space else word.text for word in words[1:])
    return Run(kind, text, len(words), words[0].has_space)
