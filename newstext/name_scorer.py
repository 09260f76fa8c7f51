"""The people, organisations and places of an English text, by a scorer that has read names in their sentences.

A conditional random field (Lafferty and others 2001) over the words, applied
with numpy alone: `weights/names-v1.npz`, made by `newstext/learn_names.py`.
Only words with capitals and what joins them are looked at, and what is seen of
a word is added up once and kept, so a text costs little more than its look-ups.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from babel import Locale

from newstext.countries import country_words
from newstext.records import Kind, Name
from newstext.words import fold, read_list, stop_words

VERSION = "names-v1"
Floats = npt.NDArray[np.float32]
Place = TypeVar("Place", int, npt.NDArray[np.intp])
# What a word may be: none of a name, or the beginning or a later word of one. The last kind, events and works,
# is told from the others and not given.
KINDS: tuple[Kind | None, ...] = ("person", "organisation", "place", None)
LABELS = ("O", *(f"{place}{kind}" for kind in range(len(KINDS)) for place in "BI"))
OUTSIDE = 0
FIRST = np.arange(1, len(LABELS), 2)  # label of the first word of a name of each kind
LATER = FIRST + 1
# How sure of a kind it must be to be told: so that of those told four in five are right, a few of a hundred to spare.
SURE = {"person": 0.85, "organisation": 0.95, "place": 0.9}

PARTED = (
    r"based|led|born|backed|held|controlled|owned|run|style|trained|made|funded|occupied|area|wide|era|only|educated|"
    r"bound|linked|allied|friendly|administered|sponsored|supported|listed|dominated"
)
TOKEN = re.compile(
    r"(?:[A-Z]\.){2,}|[^\W_]+(?:['’](?!s\b)[^\W_]+|[.&][^\W_]+|[-‐](?!(?:" + PARTED + r")\b)[^\W_]+)*"
    r"|['’] ?s\b|[^\w\s]|\n"
)
JOINERS = frozenset(
    """of the and de da do dos del della di du des la le van von der den bin ibn al el y e zu for in to at on is & ' ’
    - 's""".split()
)
STOPS = frozenset(".!?;:\n…")
BEFORE, BEHIND = 1, 2  # words beside a run of capitals that may be of its name
JOINED_WITHIN = 4
LONGEST = 40  # words looked at together; a text in capitals is cut
AROUND = (-2, -1, 0, 1, 2)
SLOTS = ("last", "first", "before", "after")  # of the run of capitals that a word stands in
WIDTH = len(AROUND) + len(SLOTS)
OF_ITSELF = ("0p3=", "0e2=", "0e4=", "0ls=", "0ws=")  # what `seen_itself` gives
KEPT_ROWS = 60_000  # more words than a piece of a text has
PIECE_CHARS = 60_000  # of a text looked at together
ORGANISATION_WORDS = frozenset(
    """party university council committee commission ministry agency bank court union association federation
    institute company corporation corp inc ltd group club fc department office authority parliament senate congress
    assembly army navy force forces police times post news press service foundation organisation organization league
    movement front alliance coalition democrats socialists republicans conservatives liberals greens communists
    national labour labor trust society school college hospital board bureau team united city network center centre
    house democratic republican socialist communist""".split()
)
SHORT_FORMS = frozenset(
    """mrs messrs prof rev gen col capt sgt maj adm gov sen rep pres lts inc ltd corp bros dept univ mme mlle ste ass
    hon""".split()
)
PLACE_WORDS = frozenset(
    """river sea lake mount mountains island islands bay gulf strait valley desert street avenue square airport city
    province district county north south east west northern southern eastern western central republic state kingdom
    region coast road park hills beach port fort town village""".split()
)


@cache
def _listed() -> tuple[tuple[str, frozenset[str]], ...]:
    """Lists of folded words, and whether a word must have a capital to be looked up in them."""
    territories = {fold(word) for name in Locale.parse("en").territories.values() for word in str(name).split()}
    subjects, titles = read_list("subjects"), read_list("titles")["with_capitals"]
    peoples = {pair.partition("=")[0] for pair in subjects["peoples"]["en"].split()}
    return (
        ("given", names_of("given")),
        ("family", names_of("family")),
        ("country", frozenset(territories - stop_words("en") - PLACE_WORDS)),
        ("town", frozenset(country_words("en").towns)),
        ("people", frozenset(peoples)),
        ("title", frozenset(fold(word) for word in f"{titles} {subjects['titles']['en']}".split())),
        ("organisation", ORGANISATION_WORDS),
        ("place", PLACE_WORDS),
        ("stop", stop_words("en")),
    )


WITH_CAPITAL = frozenset({"given", "family", "country", "town"})


@cache
def names_of(which: str) -> frozenset[str]:
    """Folded given or family names of many countries."""
    path = resources.files("newstext") / "wordlists" / f"{which}_names.txt"
    return frozenset(path.read_text(encoding="utf-8").split())


@lru_cache(KEPT_ROWS)
def shape(word: str) -> str:
    """How a word is written: "Aa" for Ostra, "AA" for UN, "9999" for a year, "." for a stop."""
    if word.islower():
        return "a"
    if word.isupper():
        return "A" if len(word) == 1 else "A." if "." in word else "AA"
    if word.isdigit():
        return "9999" if len(word) == 4 else "9"
    if word[0].isupper():
        return "Aa" if word[1:].islower() else "A-" if "-" in word else "AaA"
    return "a9" if any(map(str.isdigit, word)) else "aA" if word[0].isalpha() else word


@lru_cache(KEPT_ROWS)
def lists_of(word: str) -> tuple[str, ...]:
    """The lists that a word stands in."""
    folded, has_capital = fold(word), word[0].isupper()
    bare = folded.rstrip(".")
    found = [name for name, listed in _listed() if bare in listed and (has_capital or name not in WITH_CAPITAL)]
    if has_capital and "-" in word and "given" not in found and folded.partition("-")[0] in dict(_listed())["given"]:
        found.append("given")
    return tuple(found)


def seen_around(word: str) -> tuple[str, ...]:
    """What counts of a word for its neighbours, and for itself."""
    folded = fold(word) if word[0] not in "'’" else "'s"
    seen = [f"w={folded}", f"s={shape(word)}", *(f"l={name}" for name in lists_of(word))]
    return (*seen, f"e={folded[-3:]}") if word[0].isupper() else tuple(seen)


def seen_itself(word: str) -> tuple[str, ...]:
    """What counts of a word for itself alone."""
    if not any(map(str.isalpha, word)):
        return ()
    folded = fold(word)
    return (
        f"p3={folded[:3]}", f"e2={folded[-2:]}", f"e4={folded[-4:]}", f"ls={class_of(word)}",
        f"ws={folded}/{shape(word)}",
    )  # fmt: skip


@lru_cache(KEPT_ROWS)
def class_of(word: str) -> str:
    return f"{shape(word)}|{'|'.join(lists_of(word))}"


def words_of(text: str) -> list[str]:
    """The words and marks of a text; the genitive stands by itself."""
    return TOKEN.findall(text)


def spans_of(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """(start, end) of each of `words_of(text)`."""
    spans, place = [], 0
    for word in words:
        start = text.index(word, place)
        place = start + len(word)
        spans.append((start, place))
    return spans


def has_capital(word: str) -> bool:
    return word != word.lower()


def runs_of(are_capitals: Sequence[bool] | npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """(begin, end) of each run of words with capitals."""
    turns = np.flatnonzero(np.diff(np.concatenate(([0], np.asarray(are_capitals, np.int8), [0])))).tolist()
    return list(zip(turns[::2], turns[1::2], strict=True))


def stretches_of(words: Sequence[str], runs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where names may be: runs of capitals, what joins them, a word before and two behind."""
    found: list[tuple[int, int]] = []
    for first, last in runs:
        begin, end = max(0, first - BEFORE), min(last + BEHIND, len(words))
        if found:
            between = words[found[-1][1] - BEHIND : first]
            if any(mark in STOPS for mark in between) and _is_stop(words, found[-1][1] - BEHIND):
                found[-1] = (found[-1][0], found[-1][1] - BEHIND)
                found.append((first, end))
                continue
            if begin <= found[-1][1] or (len(between) <= JOINED_WITHIN and all(word in JOINERS for word in between)):
                found[-1] = (found[-1][0], end)
                continue
        found.append((begin, end))
    return [piece for begin, end in found for piece in _cut(begin, end)]


def _is_stop(words: Sequence[str], place: int) -> bool:
    """True where the mark behind a run ends a sentence: the run ends in a word, not in an initial or a short form."""
    last = words[place - 1]
    return words[place] != "." or (len(last) > 2 and fold(last) not in SHORT_FORMS)


def _cut(begin: int, end: int) -> Iterator[tuple[int, int]]:
    for start in range(begin, end, LONGEST):
        yield start, min(start + LONGEST, end)


def places_of_run(begin: Place, end: Place) -> tuple[Place, Place, Place, Place]:
    """Where the words of SLOTS stand: the last and the first of a run, the one before and the one after it."""
    return end - 1, begin, begin - 1, end


def seen_of_place(place: int, begin: int, end: int) -> tuple[str, str]:
    """How long a word's run is, and where in it the word stands."""
    return f"long={min(end - begin, 5)}", f"place={min(place - begin, 3)},{min(end - 1 - place, 3)}"


def features(words: Sequence[str]) -> list[list[str]]:
    """All that is seen of each word of a sentence, as learning needs it; `Scorer` adds up the same."""
    seen = [[f"{step}{one}" for step in AROUND for one in _around(words, place + step)] for place in range(len(words))]
    for place, word in enumerate(words):
        seen[place] += [f"0{one}" for one in seen_itself(word)]
    for begin, end in runs_of([has_capital(word) for word in words]):
        beside = zip(SLOTS, places_of_run(begin, end), strict=True)
        shared = [f"{slot}{one}" for slot, place in beside for one in _around(words, place)]
        for place in range(begin, end):
            seen[place] += [*shared, *seen_of_place(place, begin, end)]
    return seen


def _around(words: Sequence[str], place: int) -> tuple[str, ...]:
    return seen_around(words[place]) if 0 <= place < len(words) and words[place] != "\n" else ("none",)


class _Rows:
    """Sums of weights by word, each made once; begun anew when they are too many. Safe between threads.

    Row 0 is of the place before a text's first word and after its last.
    """

    def __init__(self, make: Callable[[str | None], Floats]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._kept = self._empty()

    def _empty(self) -> tuple[dict[str, int], Floats, npt.NDArray[np.bool_]]:
        table = np.zeros((KEPT_ROWS, WIDTH, len(LABELS)), np.float32)
        table[0] = self._make(None)
        return {"\n": 0}, table, np.zeros(KEPT_ROWS, np.bool_)

    def of(self, words: Sequence[str]) -> tuple[list[int], Floats, npt.NDArray[np.bool_]]:
        """(row of each word, the table of rows x WIDTH x labels, whether a row's word has a capital)."""
        places, table, capitals = self._kept
        try:
            return [places[word] for word in words], table, capitals
        except KeyError:
            with self._lock:
                return self._made(words)

    def _made(self, words: Sequence[str]) -> tuple[list[int], Floats, npt.NDArray[np.bool_]]:
        if len(self._kept[0]) + len(set(words)) >= KEPT_ROWS:
            self._kept = self._empty()
        places, table, capitals = self._kept
        for word in words:
            if word not in places:
                row = len(places)
                table[row], capitals[row] = self._make(word), has_capital(word)
                places[word] = row  # last, for who reads without the lock
        return [places[word] for word in words], table, capitals


def _by_slot(weights: Mapping[str, Floats]) -> dict[str, Floats]:
    """What is seen of a word -> what it weighs in each place beside or in a run: rows as `Scorer` keeps them."""
    found: dict[str, Floats] = {}
    for row, slot in enumerate((*AROUND, *SLOTS)):
        begins = str(slot)
        for key, each in weights.items():
            if key.startswith(begins) and not key.startswith(OF_ITSELF):
                found.setdefault(key[len(begins) :], np.zeros((WIDTH, len(LABELS)), np.float32))[row] = each
    return found


class Scorer:
    """Learned weights, and what they make of a text."""

    def __init__(self, weights: Mapping[str, Floats], steps: Floats) -> None:
        """weights: by feature, a number a label. steps: from label to label."""
        self._weights = weights
        self._seen = _by_slot(weights)
        self._steps = steps
        self._rows = _Rows(self._of_word)
        self._places = np.stack(
            [
                np.stack([self._sum(seen_of_place(before, 0, before + 1 + after)) for after in range(5)])
                for before in range(5)
            ]
        )

    def _sum(self, keys: Iterable[str]) -> Floats:
        found = [self._weights[key] for key in keys if key in self._weights]
        total: Floats = np.sum(found, axis=0, dtype=np.float32) if found else np.zeros(len(LABELS), np.float32)
        return total

    def _of_word(self, word: str | None) -> Floats:
        """What a word says of those around it and of itself, and of a run it stands in or beside."""
        rows = np.zeros((WIDTH, len(LABELS)), np.float32)
        for one in seen_around(word) if word is not None else ("none",):
            if one in self._seen:
                rows += self._seen[one]
        if word is not None:
            rows[AROUND.index(0)] += self._sum(f"0{one}" for one in seen_itself(word))
        return rows

    def find(self, text: str) -> tuple[Name, ...]:
        """The people, organisations and places in order; a kind where it is sure. Linear in the text's length."""
        found: list[Name] = []
        for start, piece in _pieces(text):
            found += self._find(piece, start)
        return tuple(found)

    def _find(self, text: str, offset: int) -> Iterator[Name]:
        words = words_of(text)
        kept, table, capitals = self._rows.of(words)
        # Two places of nothing before and behind.
        ids = np.array([0, 0, *kept, 0, 0])
        runs = runs_of(capitals[ids[2:-2]])
        if not runs:
            return
        stretches = stretches_of(words, runs)
        rows = np.concatenate([np.arange(begin, end) for begin, end in stretches])
        scores = self._score(ids, table, np.array(runs), rows)
        labels = self._best(scores, np.array([end - begin for begin, end in stretches]))
        yield from self._names(text, offset, words, rows, labels, scores)

    def _score(
        self,
        ids: npt.NDArray[np.intp],
        table: Floats,
        runs: npt.NDArray[np.intp],
        rows: npt.NDArray[np.intp],
    ) -> Floats:
        """For each word of `rows`, a number a label."""
        scores = np.zeros((len(rows), len(LABELS)), np.float32)
        for column, step in enumerate(AROUND):
            scores += table[ids[rows + 2 + step], column]
        begins, ends = runs[:, 0], runs[:, 1]
        of_run = np.zeros((len(runs), len(LABELS)), np.float32)
        for column, places in enumerate(places_of_run(begins, ends), len(AROUND)):
            of_run += table[ids[places + 2], column]
        long = ends - begins
        number = np.repeat(np.arange(len(runs)), long)
        before = np.arange(len(number)) - np.repeat(np.cumsum(long) - long, long)
        after = long[number] - 1 - before
        by_word = np.zeros((len(ids), len(LABELS)), np.float32)
        by_word[begins[number] + before] = of_run[number] + self._places[np.minimum(before, 4), np.minimum(after, 4)]
        scores += by_word[rows]
        return scores

    def _best(self, scores: Floats, lengths: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """The best run of labels of each stretch (Viterbi), all stretches at once."""
        starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        order = np.argsort(-lengths, kind="stable")
        starts, lengths = starts[order], lengths[order]
        best = scores[starts] + self._steps[OUTSIDE]
        came: list[npt.NDArray[np.intp]] = []
        alive = len(lengths)
        for step in range(1, int(lengths[0])):
            alive = int(np.searchsorted(-lengths, -step, side="left"))
            ways = best[:alive, :, None] + self._steps
            came.append(ways.argmax(axis=1))
            best[:alive] = ways.max(axis=1) + scores[starts[:alive] + step]
        label = (best + self._steps[:, OUTSIDE]).argmax(axis=1)
        labels = np.zeros(len(scores), np.intp)
        for step in range(int(lengths[0]) - 1, -1, -1):
            alive = int(np.searchsorted(-lengths, -step, side="left")) if step else len(lengths)
            labels[starts[:alive] + step] = label[:alive]
            if step:
                label[:alive] = came[step - 1][np.arange(alive), label[:alive]]
        return labels

    def _names(
        self,
        text: str,
        offset: int,
        words: list[str],
        rows: npt.NDArray[np.intp],
        labels: npt.NDArray[np.intp],
        scores: Floats,
    ) -> Iterator[Name]:
        """The names that the labels tell."""
        begins = np.flatnonzero((labels % 2 == 1) & (labels != FIRST[-1]))
        if not len(begins):
            return
        goes_on = np.append((labels % 2 == 0) & (labels > 0), False)
        stops = np.flatnonzero(~goes_on)
        ends = stops[np.searchsorted(stops, begins + 1)]
        kinds = (labels[begins] - 1) // 2
        sure = self._sure(scores, begins, ends)[np.arange(len(begins)), kinds]
        spans = spans_of(text, words)
        firsts, lasts = rows[begins].tolist(), rows[ends - 1].tolist()
        for first, last, number, chance in zip(firsts, lasts, kinds.tolist(), sure.tolist(), strict=True):
            start, end, kind = spans[first][0], spans[last][1], KINDS[number]
            yield Name(offset + start, offset + end, text[start:end], kind if kind and chance >= SURE[kind] else None)

    def _sure(self, scores: Floats, begins: npt.NDArray[np.intp], ends: npt.NDArray[np.intp]) -> Floats:
        """For each name the chance of each kind, its words given."""
        later = np.zeros((len(scores) + 1, len(KINDS)), np.float32)
        later[1:] = np.cumsum(scores[:, LATER] + self._steps[LATER, LATER], axis=0)
        each = scores[begins][:, FIRST] + self._steps[OUTSIDE, FIRST] + later[ends] - later[begins + 1]
        each += np.where((ends > begins + 1)[:, None], self._steps[FIRST, LATER] - self._steps[LATER, LATER], 0)
        chances: Floats = np.exp(each - each.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        return chances


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """A long text in pieces that end between lines, with where they begin."""
    start = 0
    while len(text) - start > PIECE_CHARS:
        cut = max(text.rfind("\n", start, start + PIECE_CHARS), text.rfind(" ", start, start + PIECE_CHARS)) + 1
        end = cut if cut > start else start + PIECE_CHARS
        yield start, text[start:end]
        start = end
    yield start, text[start:]


@cache
def load() -> Scorer:
    """The scorer that newstext ships."""
    packed = resources.files("newstext").joinpath(f"weights/{VERSION}.npz").read_bytes()
    with np.load(BytesIO(packed)) as arrays:
        return from_arrays(arrays)


def from_arrays(arrays: Mapping[str, Any]) -> Scorer:
    """A scorer of the arrays that learning wrote."""
    keys = bytes(arrays["keys"]).decode().split("\n")
    weights = arrays["weights"].astype(np.float32)
    return Scorer(dict(zip(keys, weights, strict=True)), arrays["steps"].astype(np.float32))


def find(text: str) -> tuple[Name, ...]:
    """The people, organisations and places of an English text."""
    return load().find(text)
