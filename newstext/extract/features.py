"""What tells an article's block from the page around it, as numbers for the learned scorer."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from newstext.extract.blocks import Block, Element
from newstext.extract.cleaning import is_junk

PATH_TAGS = (
    "article", "main", "aside", "header", "footer", "nav", "figure", "ul", "ol", "table", "form", "blockquote",
    "section", "dl", "details", "noscript", "figcaption",
)  # fmt: skip
BLOCK_TAGS = ("p", "h1", "h2", "h3", "h4", "li", "div", "td", "blockquote", "figcaption", "pre", "dd")
WORDS = re.compile(r"\w+")
SENTENCE_END = re.compile(r"[.!?…。؟।][\"”’»)\]]*\s*$")
SENTENCE_BREAK = re.compile(r"[.!?…。؟।][\"”’»)]*\s")
DIGITS = re.compile(r"\d")
CLOCK = re.compile(r"\b\d{1,2}[:.h]\d\d\b|\b(?:19|20)\d\d\b")
SIGNS = re.compile(r"[©|•»›@#]|https?:|www\.")
UPPER = re.compile(r"[A-ZÀ-ÝА-Я]")
LONG = 80
SHORT = 160
HEADING_WORDS = 0.6  # of an h1 that the headline has too
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
START_CHARS = 60


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
        self.places: dict[tuple[object, ...], tuple[float, ...]] = {}
        self.title = set(WORDS.findall(said.title.lower()))
        self.body, self.description = _squeezed(said.article_body), _squeezed(said.description)
        self.texts = Counter(block.text for block in blocks)
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
            kind[3] += len(block.text) if SENTENCE_END.search(block.text) else 0

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
        flags = list(above[8:])
        if element.tag in PATH_TAGS:
            flags[PATH_TAGS.index(element.tag)] = 1.0
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
        text, element = block.text, block.element
        chars, count = len(text), len(self.blocks)
        words = WORDS.findall(text)
        lower = {word.lower() for word in words}
        squeezed = _squeezed(text[: START_CHARS * 2])[:START_CHARS]
        parent = element.parent or element
        above = parent.parent or parent
        kind = self.kinds[self.signatures[place]]
        self.before += chars
        word_odds = [self.odds.words.get(word, 0.0) for word in lower] if block.size <= SHORT else []
        said_odds = max(-8.0, min(8.0, sum(word_odds)))
        heading, heading_odds = self.last_heading, self.last_heading_odds
        if element.tag in HEADINGS or (block.bold_chars > 0.9 * chars and chars < LONG):
            self.last_heading, self.last_heading_odds = place, said_odds
        return [
            math.log1p(block.size),
            math.log1p(len(words)),
            sum(map(len, words)) / (len(words) or 1),
            block.link_chars / chars,
            min(block.links, 20),
            block.bold_chars / chars,
            float(block.starts_linked),
            float(bool(SENTENCE_END.search(text))),
            float(text[-1] == ":"),
            len(SENTENCE_BREAK.findall(text)),
            text.count(",") / chars * 100,
            len(DIGITS.findall(text)) / chars,
            len(UPPER.findall(text)) / chars,
            float(text[0].islower()),
            float(bool(CLOCK.search(text))),
            float(bool(SIGNS.search(text))),
            float(is_junk(text)),
            float(self.texts[text] > 1),
            len(lower & self.title) / (len(lower) or 1),
            len(lower & self.title) / (len(self.title) or 1),
            (1.0 if squeezed in self.body else 0.0) if len(self.body) > 400 else 0.5,
            (1.0 if len(squeezed) > 20 and squeezed in self.description else 0.0) if self.description else 0.5,
            place / count,
            self.before / self.chars,
            math.log1p(count),
            min(60, max(-60, place - self.heading)) if self.heading >= 0 else 99,
            max(-40, min(40, place - self.first_long)),
            max(-40, min(40, place - self.last_long)),
            *self.place_of(element),
            chars / (parent.chars or 1),
            chars / (above.chars or 1),
            math.log1p(kind[0]),
            kind[1] / self.chars,
            math.log1p(kind[1] / kind[0]),
            kind[2] / kind[1],
            kind[3] / kind[1],
            said_odds,
            min(word_odds, default=0.0),
            heading_odds,
            min(20, place - heading) if heading >= 0 else 40,
        ]

    def place_of(self, element: Element) -> tuple[float, ...]:
        """What is the same for all blocks whose elements are alike and stand in one parent."""
        key = (id(element.parent), element.tag, element.names, element.is_hidden, element.is_body_named)
        found = self.places.get(key)
        if found is None:
            parent = element.parent or element
            found = self.places[key] = (
                *(float(element.tag == tag) for tag in BLOCK_TAGS),
                element.depth,
                *self.path(element),
                float(any(above is self.best for above in _line(element))),
                *_held(parent, self.long_chars),
                *_held(parent.parent or parent, self.long_chars),
                float(_names_of(element) == _names_of(self.best)) if self.best else 0.5,
            )
        return found

    def neighbours(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Length, links and sentence end of the blocks before and after; and whether they are of one kind."""
        told = rows[:, [0, 3, 7, 28]]
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


def heading_place(blocks: list[Block], title: str) -> int:
    """Where the headline stands: the h1 that shares most words with it, else the first h1; -1 if there is none."""
    wanted = set(WORDS.findall(title.lower()))
    headings = [place for place, block in enumerate(blocks) if block.element.tag == "h1"]
    for place in headings:
        words = set(WORDS.findall(blocks[place].text.lower()))
        if words and len(words & wanted) >= HEADING_WORDS * len(words):
            return place
    return headings[0] if headings else -1


def _held(element: Element, page_chars: int) -> tuple[float, ...]:
    held = element.chars or 1
    return (
        element.paragraph_chars / page_chars,
        element.link_chars / held,
        math.log1p(element.blocks),
        math.log1p(held / (element.blocks or 1)),
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
