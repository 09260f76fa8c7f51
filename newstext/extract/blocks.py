"""A page's blocks of text, out of one lexbor tree, each with where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

DROPPED = frozenset(
    "script style svg iframe template select button textarea object audio video".split()
)  # scripts and controls: nothing under them is read
INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q rb rp rt ruby s samp small "
    "span strike strong sub sup time tt u var wbr".split()
)
TOLD = frozenset({"p", "h1", "h2", "h3"})  # a link by itself in one of these may be of the article
SHORT_LINK = 80
ALL_LINK = 0.95
MAX_BLOCKS = 3000
MAX_DEPTH = 200
MAX_CALLS = 500  # of elements within text, which nest in it by the thousand where a page never closes them
MARKS = frozenset({"itemprop", "role", "rel", "data-component", "data-testid"})
FRAMES = ("nav", "footer")
SPACES = "\t\r\n\f"
WIDE_SPACES = SPACES + "\u00a0\u200b\u202f\ufeff"
NAME_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]{2,}")
DENSE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
DENSE_WEIGHT = 1.5
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


@dataclass(slots=True)
class Element:
    """An element above text: its names, and how much text stands under it."""

    parent: Element | None
    tag: str
    depth: int
    node: LexborNode | None = None  # until its names are read; those above no text never are
    names: tuple[str, ...] = ()
    is_hidden: bool = False
    is_body_named: bool = False
    chars: int = 0
    link_chars: int = 0
    paragraph_chars: int = 0
    blocks: int = 0


@dataclass(slots=True)
class Block:
    """A run of text between two block boundaries, and the element that holds it."""

    element: Element
    parts: list[str] = field(default_factory=list)
    text: str = ""
    size: float = 0.0
    link_chars: int = 0
    links: int = 0
    bold_chars: int = 0
    starts_linked: bool = False


def read_blocks(tree: LexborHTMLParser) -> list[Block]:
    """The blocks of a page in reading order."""
    body = tree.body
    if body is None:
        return []
    walk = _Walk(Element(None, "body", 0))
    walk.into(body, walk.elements[0], False, False)
    walk.close()
    walk.sum_up()
    blocks = _without_menus(walk.blocks)
    for block in blocks:
        block.size = size_of(block.text)
        _read_names(block.element)
    return blocks


class _Walk:
    """One pass over the tree; a block ends wherever a block element begins or ends."""

    def __init__(self, root: Element) -> None:
        self.elements = [root]
        self.blocks: list[Block] = []
        self.open: Block | None = None
        self.depth = 0

    def into(self, node: LexborNode, element: Element, is_linked: bool, is_bold: bool) -> None:
        self.depth += 1
        child = node.first_child
        while child is not None:
            tag = child.tag
            if tag == "-text":
                text = child.text_content
                if text and (self.open is not None or not text.isspace()):
                    self.add(text, element, is_linked, is_bold)
            elif tag == "br":
                if self.open is not None:
                    self.open.parts.append("\n")
            elif tag in INLINE:
                if self.depth >= MAX_CALLS:
                    self.add(child.text(), element, is_linked, is_bold)
                    child = child.next
                    continue
                is_link = tag == "a"
                if is_link and self.open is not None:
                    self.open.links += 1
                self.into(child, element, is_linked or is_link, is_bold or tag == "b" or tag == "strong")
            elif tag and tag[0] not in "-!" and tag not in DROPPED and not _is_shut(tag, element):
                if self.open is not None:
                    self.close()
                below = Element(element, tag, element.depth + 1, child)
                self.elements.append(below)
                self.into(child, below, is_linked, is_bold)
                if self.open is not None:
                    self.close()
            child = child.next
        self.depth -= 1

    def add(self, text: str, element: Element, is_linked: bool, is_bold: bool) -> None:
        block = self.open
        if block is None:
            if len(self.blocks) >= MAX_BLOCKS:
                return
            block = self.open = Block(element, [], starts_linked=is_linked, links=int(is_linked))
        block.parts.append(text)
        if is_linked:
            block.link_chars += len(text.strip())
        if is_bold:
            block.bold_chars += len(text)

    def close(self) -> None:
        block, self.open = self.open, None
        if block is None:
            return
        block.text = _lines("".join(block.parts))
        block.parts = []
        if not block.text:
            return
        self.blocks.append(block)
        chars, element = len(block.text), block.element
        element.chars += chars
        element.link_chars += block.link_chars
        element.blocks += 1
        if element.tag == "p":
            element.paragraph_chars += chars

    def sum_up(self) -> None:
        """Give each element what stands under its children; children come after their parents."""
        for element in reversed(self.elements):
            parent = element.parent
            if parent is not None and element.blocks:
                parent.chars += element.chars
                parent.link_chars += element.link_chars
                parent.blocks += element.blocks
                parent.paragraph_chars += element.paragraph_chars


def _lines(text: str) -> str:
    """A text with one space where white space stood, one line where two line breaks did."""
    if "\n\n" not in text:
        return _spaced(text)
    return "\n".join(line for part in text.split("\n\n") if (line := _spaced(part)))


def _spaced(text: str) -> str:
    text = text.strip()
    for space in SPACES if text.isascii() else WIDE_SPACES:
        text = text.replace(space, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip()


def _is_shut(tag: str, parent: Element) -> bool:
    return parent.depth >= MAX_DEPTH or (tag in FRAMES and _is_frame(tag, parent))


def _is_frame(tag: str, parent: Element) -> bool:
    """True for a page's menus and its foot; an article may have a foot of its own."""
    if tag != "footer":
        return tag == "nav"
    above: Element | None = parent
    while above is not None:
        if above.tag == "article":
            return False
        above = above.parent
    return True


def _without_menus(blocks: list[Block]) -> list[Block]:
    """Without short links that stand among short links."""
    links = [_is_short_link(block) for block in blocks]
    last = len(blocks) - 1
    return [
        block
        for place, block in enumerate(blocks)
        if not (links[place] and (place == 0 or links[place - 1]) and (place == last or links[place + 1]))
    ]


def _is_short_link(block: Block) -> bool:
    chars = len(block.text)
    return chars < SHORT_LINK and block.link_chars >= ALL_LINK * chars and block.element.tag not in TOLD


def size_of(text: str) -> float:
    """Characters of a text, where one of a script that writes words without spaces counts for more."""
    return len(text) if text.isascii() else len(text) + DENSE_WEIGHT * len(DENSE.findall(text))


def _read_names(element: Element | None) -> None:
    """Fill in what the attributes of an element and those above it say."""
    while element is not None and element.node is not None:
        attributes = element.node.attributes
        element.node = None
        if attributes:
            element.names = _names(attributes)
            element.is_hidden = (
                "hidden" in attributes
                or attributes.get("aria-hidden") == "true"
                or ("style" in attributes and bool(HIDDEN.search(attributes["style"] or "")))
            )
            element.is_body_named = (attributes.get("itemprop") or "") in ("articleBody", "text")
        element = element.parent


def _names(attributes: dict[str, str | None]) -> tuple[str, ...]:
    """Words of class and id, and what microdata, role and rel say, marked by the attribute they stand in."""
    named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    names = name_parts(named) if len(named) > 1 else ()
    if not MARKS.isdisjoint(attributes):
        for attribute in MARKS & attributes.keys():
            names += tuple([f"{attribute}={part}" for part in name_parts(attributes[attribute] or "")])
    return names


@lru_cache(maxsize=20_000)
def name_parts(named: str) -> tuple[str, ...]:
    """The words of class and id: "articleBody_x2 js-nav" gives article, body, js, nav."""
    return tuple(dict.fromkeys([part.lower() for part in NAME_PARTS.findall(named[:300]) if len(part) > 1]))
