"""What tells an article's block from the page around it, as numbers for the learned scorer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Sequence
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
BLOCK_PLACES = {tag: place for place, tag in enumerate(BLOCK_TAGS)}
TAG_FLAGS = np.eye(len(BLOCK_TAGS), len(BLOCK_TAGS) + 1)  # a column a tag, and one for every other
FLAGS = {tag: 8 << place for place, tag in enumerate(PATH_TAGS)}  # bits; the lowest: hidden, body by name, best
Path = tuple[float, float, float, float, float, int, int]
NO_PATH: Path = (0.0, 0.0, 0.0, 0.0, 0.0, 0, 0)
WORDS = re.compile(r"\w+")
SENTENCE_SIGNS = ".!?…。؟।"
BEHIND_SIGNS = '"”’»)] \n'
CLOCK = re.compile(r"\b\d{1,2}[:.h]\d\d\b|\b(?:19|20)\d\d\b")
SPACE = ord(" ")
KINDS = 7
NO_KIND, DIGIT, COMMA, CAPITAL, SIGN, SENTENCE_END, FULL_STOP = range(KINDS)
KIND_OF_CODE = np.zeros(0x3004, dtype=np.uint8)  # of a character by its code; all from the last one on are of no kind
for kind, characters in (
    (DIGIT, "0123456789"),
    (COMMA, ","),
    (CAPITAL, [*map(chr, [*range(0x41, 0x5B), *range(0xC0, 0xDE), *range(0x410, 0x430)])]),  # A-Z, À-Ý, А-Я
    (SIGN, "©|•»›@#"),
    (SENTENCE_END, ".?!"),
    (FULL_STOP, "。"),
):
    KIND_OF_CODE[[ord(character) for character in characters]] = kind
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


Column = npt.NDArray[np.float64]


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
    """A row a block. Worked out column by column, over all blocks of the page at once."""
    page = _Page(blocks, said, odds)
    columns = [*page.looks(), *page.echoes(), *page.places(), *page.surroundings(), *page.odds_of_words()]
    table = np.array(columns, dtype=np.float32)
    return np.ascontiguousarray(np.vstack([table, page.neighbours(table)]).T)


def numbered(keys: Sequence[Hashable]) -> npt.NDArray[np.intp]:
    """For each key the number of its first appearance among different ones: a, b, a gives 0, 1, 0."""
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.intp)


class _Page:
    def __init__(self, blocks: list[Block], said: Surroundings, odds: Odds) -> None:
        self.blocks, self.said, self.odds = blocks, said, odds
        self.texts = [block.text for block in blocks]
        self.words = [WORDS.findall(text.lower()) for text in self.texts]
        self.sets = [set(words) for words in self.words]
        self.chars = np.array([len(text) for text in self.texts], dtype=np.float64)
        self.linked = np.array([block.link_chars for block in blocks], dtype=np.float64)
        self.ends = np.array([_ends_sentence(text) for text in self.texts], dtype=np.float64)
        self.count = len(blocks)
        self.long = [place for place, block in enumerate(blocks) if _is_long(block)]
        self.long_chars = sum(len(self.texts[place]) for place in self.long) or 1
        self.best, self.best_path = self._best_container()
        self.paths: dict[int, Path] = {}
        self.own_odds: dict[tuple[str, ...], float] = {}
        self.kinds = numbered([_signature(block) for block in blocks])

    def _best_container(self) -> tuple[Element | None, frozenset[int]]:
        """The element under which most running text stands, parents counting in full, theirs by half."""
        held: dict[int, list[object]] = {}
        for place in self.long:
            weight, element = 1.0, self.blocks[place].element.parent
            for _ in range(3):
                if element is None:
                    break
                entry = held.setdefault(id(element), [element, 0.0])
                entry[1] += weight * len(self.texts[place])  # type: ignore[operator]
                weight, element = weight / 2, element.parent
        if not held:
            return None, frozenset()
        best = max(held.values(), key=lambda entry: entry[1])[0]  # type: ignore[arg-type, return-value]
        assert isinstance(best, Element)
        return best, frozenset(id(element) for element in _line(best))

    def looks(self) -> list[Column]:
        """The blocks by themselves: their length, links, signs and figures."""
        blocks, texts, chars = self.blocks, self.texts, self.chars
        counts = _counted_signs(texts, chars)
        digits = counts[DIGIT]
        word_counts = np.array([len(words) for words in self.words], dtype=np.float64)
        self.joined = ["".join(words) for words in self.words]
        clocks = [count > 1 and bool(CLOCK.search(text)) for text, count in zip(texts, digits.tolist(), strict=True)]
        links = [min(block.links, 20) for block in blocks]
        bold = np.array([block.bold_chars for block in blocks], dtype=np.float64)
        self.is_bold = bold > 0.9 * chars
        return [
            np.log1p([block.size for block in blocks]),
            np.log1p(word_counts),
            np.array([len(joined) for joined in self.joined]) / np.maximum(word_counts, 1),
            self.linked / chars,
            np.array(links, dtype=np.float64),
            bold / chars,
            np.array([block.starts_linked for block in blocks], dtype=np.float64),
            self.ends,
            np.array([text[-1] == ":" for text in texts], dtype=np.float64),
            counts[SENTENCE_END] + counts[FULL_STOP],
            counts[COMMA] / chars * 100,
            digits / chars,
            counts[CAPITAL] / np.minimum(chars, READ_CHARS),
            np.array([text[0].islower() for text in texts], dtype=np.float64),
            np.array(clocks, dtype=np.float64),
            np.array(["http:" in text or "https:" in text or "www." in text for text in texts]) | (counts[SIGN] > 0),
        ]

    def echoes(self) -> list[Column]:
        """What else on the page says the same: another block, the headline, JSON-LD's body, the description."""
        title, times = set(WORDS.findall(self.said.title.lower())), Counter(self.texts)
        body, description = _squeezed(self.said.article_body), _squeezed(self.said.description)
        shared = np.array([len(own & title) for own in self.sets], dtype=np.float64)
        in_body = in_description = [0.5] * self.count
        if len(body) > 400 or description:
            starts = list(map(_start, self.words, self.joined))
            if len(body) > 400:
                in_body = [float(start in body) for start in starts]
            if description:
                in_description = [float(len(start) > 20 and start in description) for start in starts]
        return [
            np.array([times[text] > 1 for text in self.texts], dtype=np.float64),
            shared / np.array([len(own) or 1 for own in self.sets]),
            shared / (len(title) or 1),
            np.array(in_body),
            np.array(in_description),
        ]

    def places(self) -> list[Column]:
        """Where on the page the blocks stand, and how far from its headline and its running text."""
        count, place = self.count, np.arange(self.count, dtype=np.float64)
        best, blocks = self.best, self.blocks
        running = [at for at in self.long if any(element is best for element in _line(blocks[at].element))]
        first, last = (running[0], running[-1]) if running else (0, count)
        heading = heading_place(blocks, self.said.title, self.sets)
        return [
            place / count,
            np.cumsum(self.chars) / (self.chars.sum() or 1),
            np.full(count, log1p(count)),
            np.clip(place - heading, -60, 60) if heading >= 0 else np.full(count, 99.0),
            np.clip(place - first, -40, 40),
            np.clip(place - last, -40, 40),
        ]

    def surroundings(self) -> list[Column]:
        """What the elements around the blocks are: read once for all blocks alike that stand in one parent."""
        alike = numbered([_standing(block.element) for block in self.blocks])
        firsts = np.unique(alike, return_index=True)[1]
        elements = [self.blocks[place].element for place in firsts.tolist()]
        parents = [element.parent or element for element in elements]
        above = [parent.parent or parent for parent in parents]
        kinds = self.kinds[firsts]
        best_names = _names_of(self.best)
        same = [float(_names_of(element) == best_names) if self.best else 0.5 for element in elements]
        told = np.vstack(
            [
                TAG_FLAGS[:, [BLOCK_PLACES.get(element.tag, len(BLOCK_TAGS)) for element in elements]],
                np.array([element.depth for element in elements], dtype=np.float64),
                self.paths_of(elements),
                _held(parents, self.long_chars),
                _held(above, self.long_chars),
                np.array(same),
                self.like_it()[:, kinds],
                np.array([parent.chars or 1 for parent in parents], dtype=np.float64),
                np.array([element.chars or 1 for element in above], dtype=np.float64),
            ]
        ).take(alike, axis=1)
        told[-2:] = self.chars / told[-2:]
        return list(told)

    def paths_of(self, elements: list[Element]) -> Column:
        """Over elements and all above them: names' odds (own, parent's, least, most, sum), flags, best container."""
        told = np.array([self.paths.get(id(element)) or self.path(element) for element in elements], dtype=np.float64).T
        flags = told[6].astype(np.intp) >> np.arange(len(PATH_TAGS) + 3)[:, None] & 1
        return np.vstack([told[:5], flags[:2], told[5:6], flags[3:], flags[2:3]])

    def path(self, element: Element) -> Path:
        """(own odds, parent's, least, most, sum, elements shared with the best container's path, bits of flags)."""
        own = self.own_odds.get(element.names)
        if own is None:
            get = self.odds.names.get
            own = max(-8.0, min(8.0, sum([get(name, 0.0) for name in element.names])))
            self.own_odds[element.names] = own
        parent = element.parent
        over, _, least, most, total, shared, flags = (
            (self.paths.get(id(parent)) or self.path(parent)) if parent is not None else NO_PATH
        )
        flags |= FLAGS.get(element.tag, 0) | element.is_hidden | element.is_body_named << 1
        if id(element) in self.best_path:
            shared += 1
            flags |= (element is self.best) << 2
        found = (own, over, own if own < least else least, own if own > most else most, total + own, shared, flags)
        self.paths[id(element)] = found
        return found

    def like_it(self) -> Column:
        """How many blocks of the page are of one kind, how long they are, and what share of them is linked and ends."""
        kinds, counts = self.kinds, np.bincount(self.kinds)
        chars = np.bincount(kinds, self.chars)
        linked, ended = np.bincount(kinds, self.linked), np.bincount(kinds, self.chars * self.ends)
        total = self.chars.sum() or 1
        return np.vstack([np.log1p(counts), chars / total, np.log1p(chars / counts), linked / chars, ended / chars])

    def odds_of_words(self) -> list[Column]:
        """Of a short block's words, and of the last heading's before it."""
        get = self.odds.words.get
        said, least = np.zeros(self.count), np.zeros(self.count)
        is_heading = self.is_bold & (self.chars < LONG)
        for place, block in enumerate(self.blocks):
            if block.element.tag in HEADINGS:
                is_heading[place] = True
            if block.size <= SHORT and (own := list(filter(None, map(get, self.sets[place])))):
                said[place], lowest = sum(own), min(own)
                least[place] = lowest if len(own) == len(self.sets[place]) else min(lowest, 0.0)
        said = np.clip(said, -8, 8)
        at = np.arange(self.count)
        last = np.concatenate([[-1], np.maximum.accumulate(np.where(is_heading, at, -1))[:-1]])
        behind = np.where(last >= 0, np.minimum(20, at - last), 40)
        return [said, least, np.where(last >= 0, said[last], 0.0), behind]

    def neighbours(self, table: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Length, links and sentence end of the blocks before and after; and whether they are of one kind."""
        told, width = table[TOLD_TO_NEIGHBOURS], len(TOLD_TO_NEIGHBOURS)
        near = np.full((4 * width + 2, self.count), -1, dtype=np.float32)
        for step in (1, 2):
            before, after = near[2 * width * (step - 1) :][:width], near[2 * width * (step - 1) + width :][:width]
            before[:, step:], after[:, :-step] = told[:, :-step], told[:, step:]
        same = self.kinds[1:] == self.kinds[:-1]
        near[-2, 1:], near[-1, :-1] = same, same
        return near


def _counted_signs(texts: list[str], chars: Column) -> Column:
    """A row a kind of character, a column a text: how often it is in it; capitals near its beginning alone."""
    codes = np.frombuffer("\n".join([*texts, ""]).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kinds = KIND_OF_CODE.take(codes, mode="clip")
    lengths = chars.astype(np.intp) + 1
    starts = np.cumsum(lengths) - lengths
    found = np.flatnonzero(kinds)
    kind, text = kinds[found], np.repeat(np.arange(len(texts)), lengths)[found]
    kind[(kind == SENTENCE_END) & (codes[np.minimum(found + 1, len(codes) - 1)] != SPACE)] = NO_KIND
    kind[(kind == CAPITAL) & (found - starts[text] >= READ_CHARS)] = NO_KIND
    counts = np.bincount(text * KINDS + kind, minlength=len(texts) * KINDS)
    return counts.reshape(-1, KINDS).T.astype(np.float64)


def _start(words: list[str], joined: str) -> str:
    """How a text begins, without what stands between its words."""
    return joined[:START_CHARS] if len(words) <= START_WORDS else "".join(words[:START_WORDS])[:START_CHARS]


def heading_place(blocks: list[Block], title: str, sets: Sequence[set[str]] = ()) -> int:
    """Where the headline stands: the h1 that shares most words with it, else a lower heading or short line that
    says it whole, else the first h1; -1 if there is none. sets: the words of each block, where they are known."""
    wanted = set(WORDS.findall(title.lower()))
    first = whole = -1
    for place, block in enumerate(blocks):
        is_h1 = block.element.tag == "h1"
        if not is_h1 and (whole >= 0 or len(wanted) < FEWEST_TITLE_WORDS or len(block.text) > SHORT):
            continue
        words = sets[place] if sets else set(WORDS.findall(block.text.lower()))
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


def _held(elements: list[Element], page_chars: int) -> Column:
    held = np.array([element.chars or 1 for element in elements], dtype=np.float64)
    blocks = np.array([element.blocks for element in elements], dtype=np.float64)
    paragraphs = np.array([element.paragraph_chars for element in elements], dtype=np.float64)
    links = np.array([element.link_chars for element in elements], dtype=np.float64)
    return np.vstack([paragraphs / page_chars, links / held, np.log1p(blocks), np.log1p(held / np.maximum(blocks, 1))])


def _is_long(block: Block) -> bool:
    return block.size >= LONG and block.link_chars < 0.4 * len(block.text)


def _line(element: Element | None) -> list[Element]:
    found = []
    while element is not None:
        found.append(element)
        element = element.parent
    return found


def _names_of(element: Element | None) -> tuple[str, ...]:
    return element.parent.names if element is not None and element.parent is not None else ()


def _signature(block: Block) -> tuple[object, ...]:
    element = block.element
    parent = element.parent
    return (element.tag, element.names, parent.tag if parent else "", parent.names if parent else ())


def _standing(element: Element) -> tuple[object, ...]:
    return (id(element.parent), element.tag, element.names, element.is_hidden, element.is_body_named)


def _squeezed(text: str) -> str:
    return "".join(WORDS.findall(text.lower())) if text else ""
