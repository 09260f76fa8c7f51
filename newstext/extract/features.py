"""What tells an article's block from the page around it, as numbers for the learned scorer."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from math import log1p

import numpy as np
import numpy.typing as npt

from newstext.extract.blocks import Block, Element

PATH_TAGS = (
    "article", "main", "aside", "header", "footer", "nav", "figure", "ul", "ol", "table", "form", "blockquote",
    "section", "dl", "details", "noscript", "figcaption",
)  # fmt: skip
BLOCK_TAGS = ("p", "h1", "h2", "h3", "h4", "li", "div", "td", "blockquote", "figcaption", "pre", "dd")
PATH_PLACES = {tag: place for place, tag in enumerate(PATH_TAGS)}
NO_TAG = (0.0,) * len(BLOCK_TAGS)
TAG_FLAGS = {tag: tuple(float(tag == other) for other in BLOCK_TAGS) for tag in BLOCK_TAGS}
WORDS = re.compile(r"\w+")
SENTENCE_SIGNS = ".!?…。؟।"
BEHIND_SIGNS = '"”’»)] \n'
CLOCK = re.compile(r"\b\d{1,2}[:.h]\d\d\b|\b(?:19|20)\d\d\b")
SIGNS = re.compile(r"[©|•»›@#]|https?:|www\.")
UPPER = re.compile(r"[A-ZÀ-ÝА-Я]")
LONG = 80
SHORT = 160
HEADING_WORDS = 0.6  # of an h1 that the headline has too
WHOLE_TITLE = 0.8  # of the words of headline and line, from which a line that is no h1 is taken for it
FEWEST_TITLE_WORDS = 4
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
START_CHARS = 60
START_WORDS = 30
READ_CHARS = 400  # of a block in which capitals are counted
TOLD_TO_NEIGHBOURS = [0, 3, 7, 27]  # length, links, end of sentence, whether it is a <p>


@dataclass(slots=True)
class Surroundings:
    """What the page says of itself, for comparing blocks with."""

    title: str = ""
    description: str = ""
    article_body: str = ""


@dataclass(slots=True)
class Odds:
    """How much likelier a name, or a word of a short block, stands in an article than beside it, in log."""

    names: dict[str, float]
    words: dict[str, float]


def features(blocks: list[Block], said: Surroundings, odds: Odds) -> npt.NDArray[np.float32]:
    """A row a block."""
    page = _Page(blocks, said, odds)
    own = [page.row(place, block) for place, block in enumerate(blocks)]
    rows = np.array(own, dtype=np.float32)
    return np.hstack([rows, page.neighbours(rows)])


class _Page:
    def __init__(self, blocks: list[Block], said: Surroundings, odds: Odds) -> None:
        self.blocks, self.said, self.odds = blocks, said, odds
        self.last_heading, self.last_heading_odds = -1, 0.0
        self.paths: dict[int, tuple[float, ...]] = {}
        self.places: dict[tuple[object, ...], tuple[int, int, tuple[float, ...]]] = {}
        self.title = set(WORDS.findall(said.title.lower()))
        self.body, self.description = _squeezed(said.article_body), _squeezed(said.description)
        self.texts, self.count = Counter(block.text for block in blocks), len(blocks)
        self.chars = sum(len(block.text) for block in blocks) or 1
        self.long_chars = sum(len(block.text) for block in blocks if _is_long(block)) or 1
        self.best, self.best_path = self._best_container()
        places = [
            place for place, block in enumerate(blocks) if _is_long(block) and id(self.best) in _ids(block.element)
        ]
        self.first_long, self.last_long = (places[0], places[-1]) if places else (0, len(blocks))
        self.heading = heading_place(blocks, said.title)
        self.before = 0
        self.kinds: dict[tuple[object, ...], list[float]] = {}
        self.signatures = [_signature(block) for block in blocks]
        for block, signature in zip(blocks, self.signatures, strict=True):
            kind = self.kinds.setdefault(signature, [0.0, 0.0, 0.0, 0.0])
            kind[0] += 1
            kind[1] += len(block.text)
            kind[2] += block.link_chars
            kind[3] += len(block.text) if _ends_sentence(block.text) else 0

    def _best_container(self) -> tuple[Element | None, frozenset[int]]:
        """The element under which most running text stands, parents counting in full, theirs by half."""
        held: dict[int, list[object]] = {}
        for block in self.blocks:
            if not _is_long(block):
                continue
            weight, element = 1.0, block.element.parent
            for _ in range(3):
                if element is None:
                    break
                entry = held.setdefault(id(element), [element, 0.0])
                entry[1] += weight * len(block.text)  # type: ignore[operator]
                weight, element = weight / 2, element.parent
        if not held:
            return None, frozenset()
        best = max(held.values(), key=lambda entry: entry[1])[0]  # type: ignore[arg-type, return-value]
        assert isinstance(best, Element)
        return best, frozenset(id(element) for element in _line(best))

    def path(self, element: Element) -> tuple[float, ...]:
        """Over an element and all above it: names' odds (own, parent's, least, most, sum), flags, best container."""
        found = self.paths.get(id(element))
        if found is not None:
            return found
        own = sum(self.odds.names.get(name, 0.0) for name in element.names)
        own = max(-8.0, min(8.0, own))
        above = self.path(element.parent) if element.parent else (0.0,) * (8 + len(PATH_TAGS))
        flags = above[8:]
        if (place := PATH_PLACES.get(element.tag)) is not None:
            flags = (*flags[:place], 1.0, *flags[place + 1 :])
        found = (
            own,
            above[0],
            min(own, above[2]),
            max(own, above[3]),
            above[4] + own,
            max(above[5], float(element.is_hidden)),
            max(above[6], float(element.is_body_named)),
            above[7] + 1 if id(element) in self.best_path else above[7],
            *flags,
        )
        self.paths[id(element)] = found
        return found

    def row(self, place: int, block: Block) -> list[float]:
        """All that is seen of one block; asked for in the order of the page."""
        text, element = block.text, block.element
        chars = len(text)
        self.before += chars
        words = WORDS.findall(text.lower())
        parent_chars, above_chars, place_told = self.place_of(place, element)
        return [
            *_looks(block, words),
            *self.echoes(text, words),
            place / self.count,
            self.before / self.chars,
            log1p(self.count),
            min(60, max(-60, place - self.heading)) if self.heading >= 0 else 99,
            max(-40, min(40, place - self.first_long)),
            max(-40, min(40, place - self.last_long)),
            *place_told,
            chars / parent_chars,
            chars / above_chars,
            *self.odds_of(place, block, words),
        ]

    def echoes(self, text: str, words: list[str]) -> tuple[float, ...]:
        """What else on the page says the same: another block, the headline, JSON-LD's body, the description."""
        own = set(words)
        shared = len(own & self.title)
        start = "".join(words[:START_WORDS])[:START_CHARS]
        return (
            float(self.texts[text] > 1),
            shared / (len(own) or 1),
            shared / (len(self.title) or 1),
            (1.0 if start in self.body else 0.0) if len(self.body) > 400 else 0.5,
            (1.0 if len(start) > 20 and start in self.description else 0.0) if self.description else 0.5,
        )

    def odds_of(self, place: int, block: Block, words: list[str]) -> tuple[float, ...]:
        """Of a short block's words, and of the last heading's before it."""
        get = self.odds.words.get
        word_odds = [get(word, 0.0) for word in set(words)] if block.size <= SHORT else []
        said_odds = max(-8.0, min(8.0, sum(word_odds)))
        heading, heading_odds = self.last_heading, self.last_heading_odds
        chars = len(block.text)
        if block.element.tag in HEADINGS or (block.bold_chars > 0.9 * chars and chars < LONG):
            self.last_heading, self.last_heading_odds = place, said_odds
        behind = min(20, place - heading) if heading >= 0 else 40
        return said_odds, min(word_odds, default=0.0), heading_odds, behind

    def place_of(self, place: int, element: Element) -> tuple[int, int, tuple[float, ...]]:
        """(text under its parent, under the one above, features): one for all blocks alike that stand in one parent."""
        key = (id(element.parent), element.tag, element.names, element.is_hidden, element.is_body_named)
        found = self.places.get(key)
        if found is None:
            parent = element.parent or element
            above = parent.parent or parent
            told = (
                *TAG_FLAGS.get(element.tag, NO_TAG),
                element.depth,
                *self.path(element),
                float(any(one is self.best for one in _line(element))),
                *_held(parent, self.long_chars),
                *_held(above, self.long_chars),
                float(_names_of(element) == _names_of(self.best)) if self.best else 0.5,
                *self.like_it(self.signatures[place]),
            )
            found = self.places[key] = (parent.chars or 1, above.chars or 1, told)
        return found

    def like_it(self, signature: tuple[object, ...]) -> tuple[float, ...]:
        """How many blocks of the page are of one kind, how long they are, and what share of them is linked and ends."""
        count, chars, linked, ended = self.kinds[signature]
        return log1p(count), chars / self.chars, log1p(chars / count), linked / chars, ended / chars

    def neighbours(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Length, links and sentence end of the blocks before and after; and whether they are of one kind."""
        told = rows[:, TOLD_TO_NEIGHBOURS]
        same = np.array(
            [[float(a == b)] for a, b in zip(self.signatures, self.signatures[1:], strict=False)] or [[0.0]],
            dtype=np.float32,
        )
        blank = np.full((1, 4), -1, dtype=np.float32)
        none = np.full((1, 1), -1, dtype=np.float32)
        if len(rows) == 1:
            return np.hstack([np.repeat(blank, 4, axis=1), none, none])
        return np.hstack(
            [
                np.vstack([blank, told[:-1]]),
                np.vstack([told[1:], blank]),
                np.vstack([blank, blank, told[:-2]])[: len(rows)],
                np.vstack([told[2:], blank, blank])[: len(rows)],
                np.vstack([none, same]),
                np.vstack([same, none]),
            ]
        )


def _looks(block: Block, words: list[str]) -> tuple[float, ...]:
    """The block by itself: its length, links, signs and figures."""
    text = block.text
    chars, links = len(text), block.link_chars
    digits = sum(map(text.count, "0123456789"))
    return (
        log1p(block.size),
        log1p(len(words)),
        sum(map(len, words)) / (len(words) or 1),
        links / chars,
        min(block.links, 20),
        block.bold_chars / chars,
        float(block.starts_linked),
        float(_ends_sentence(text)),
        float(text[-1] == ":"),
        text.count(". ") + text.count("? ") + text.count("! ") + text.count("。"),
        text.count(",") / chars * 100,
        digits / chars,
        len(UPPER.findall(text, 0, READ_CHARS)) / min(chars, READ_CHARS),
        float(text[0].islower()),
        float(digits > 1 and bool(CLOCK.search(text))),
        float(bool(SIGNS.search(text))),
    )


def heading_place(blocks: list[Block], title: str) -> int:
    """Where the headline stands: the h1 that shares most words with it, else a lower heading or short line that
    says it whole, else the first h1; -1 if there is none."""
    wanted = set(WORDS.findall(title.lower()))
    first = whole = -1
    for place, block in enumerate(blocks):
        is_h1 = block.element.tag == "h1"
        if not is_h1 and (whole >= 0 or len(wanted) < FEWEST_TITLE_WORDS or len(block.text) > SHORT):
            continue
        words = set(WORDS.findall(block.text.lower()))
        shared = len(words & wanted)
        if is_h1 and words and shared >= HEADING_WORDS * len(words):
            return place
        if is_h1 and first < 0:
            first = place
        if not is_h1 and shared >= WHOLE_TITLE * max(len(words), len(wanted)):
            whole = place
    return whole if whole >= 0 else first


def _ends_sentence(text: str) -> bool:
    return text.rstrip(BEHIND_SIGNS)[-1:] in SENTENCE_SIGNS


def _held(element: Element, page_chars: int) -> tuple[float, ...]:
    held = element.chars or 1
    return (
        element.paragraph_chars / page_chars,
        element.link_chars / held,
        log1p(element.blocks),
        log1p(held / (element.blocks or 1)),
    )


def _is_long(block: Block) -> bool:
    return block.size >= LONG and block.link_chars < 0.4 * len(block.text)


def _line(element: Element | None) -> list[Element]:
    found = []
    while element is not None:
        found.append(element)
        element = element.parent
    return found


def _ids(element: Element | None) -> set[int]:
    return {id(above) for above in _line(element)}


def _names_of(element: Element | None) -> tuple[str, ...]:
    return element.parent.names if element is not None and element.parent is not None else ()


def _signature(block: Block) -> tuple[object, ...]:
    element = block.element
    parent = element.parent
    return (element.tag, element.names, parent.tag if parent else "", parent.names if parent else ())


def _squeezed(text: str) -> str:
    return "".join(WORDS.findall(text.lower())) if text else ""
