"""How a page is built, as far as it tells what kind of page it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from newstext.extract.blocks import Block
from newstext.sanitise import plain_text

NEAR = 6  # blocks before and after the headline in which a label of it may stand
AFTER = 4  # blocks behind the body in which its wall may stand
OWN_PARAGRAPHS, OWN_CHARS = 3, 350  # of a text that stands before a list of other stories
LABEL_CHARS = 60
HEADLINE_SIZE = 25  # a shorter link is a menu's
ALL_LINK = 0.9
STAMP = re.compile(
    r"^(?:\d{1,2}[:.h]\d{2}(?::\d{2})?|\d{1,2}\s?(?:am|pm)|\d{1,2} (?:minutes?|mins?|hours?) ago|"
    r"vor \d{1,2} (?:minuten|stunden?)|il y a \d{1,2} (?:minutes?|heures?)|hace \d{1,2} (?:minutos?|horas?)|"
    r"(?:قبل|منذ) .{1,20})"
    r"\s*(?:am|pm|a\.m\.|p\.m\.|uhr|gmt|bst|utc|edt|est|cet|cest|[A-Z]{2,4})?$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the blocks of a page say of it.

    near: short blocks around the headline; above: the one right above it, in its box.
    behind: the first visible blocks after the body. linked: headlines that are
    links, on the whole page; among: those between the body's own paragraphs.
    stamps: clock times that stand by themselves in the body. parts: the body's
    paragraphs, those headlines not counted. sponsors: texts of links that are marked as paid for.
    """

    near: tuple[str, ...] = ()
    above: str = ""
    behind: tuple[str, ...] = ()
    linked: int = 0
    among: int = 0
    stamps: int = 0
    parts: int = 0
    sponsors: frozenset[str] = frozenset()


def read_sponsors(tree: LexborHTMLParser) -> frozenset[str]:
    """The texts of links that their page marks as paid for; read before the tree is cut down."""
    texts = (plain_text(node.text()) for node in tree.css("a[rel~=sponsored]")[:50])
    return frozenset(text for text in texts if text)


def read_shape(blocks: list[Block], heading: int, body: Sequence[str], sponsors: frozenset[str] = frozenset()) -> Shape:
    """The shape of a page of these blocks. heading: its headline's place or -1; body: the paragraphs chosen."""
    chosen = set(body)
    places = [place for place, block in enumerate(blocks) if block.text in chosen]
    first, last = (places[0], places[-1]) if places else (0, -1)
    links = [place for place, block in enumerate(blocks) if _is_linked_headline(block)]
    # A label may have been chosen with the body's own paragraphs.
    whole = next((place for place in places if len(blocks[place].text) > LABEL_CHARS), len(blocks))
    near, above = _around(blocks, heading, whole)
    return Shape(
        near=near,
        above=above,
        behind=tuple(block.text for block in blocks[last + 1 : last + 1 + AFTER] if not block.element.is_hidden),
        linked=len(links),
        among=0 if _begins_written(blocks, places, links) else sum(first < place < last for place in links),
        stamps=sum(bool(STAMP.match(blocks[place].text)) for place in range(first, last + 1)),
        parts=len(set(places).difference(links)),
        sponsors=sponsors,
    )


def _begins_written(blocks: list[Block], places: list[int], links: list[int]) -> bool:
    """True for a text of its own before the first linked headline: teasers that follow make no list of it."""
    start = [place for place in places if not links or place < links[0]] if places and links else []
    return len(start) >= OWN_PARAGRAPHS and sum(len(blocks[place].text) for place in start) >= OWN_CHARS


def _is_linked_headline(block: Block) -> bool:
    return block.size >= HEADLINE_SIZE and block.link_chars >= ALL_LINK * len(block.text)


def _around(blocks: list[Block], heading: int, body_at: int) -> tuple[tuple[str, ...], str]:
    """Short blocks beside the headline and above the body; and the one right above the headline."""
    if heading < 0:
        return (), ""
    end = min(heading + NEAR + 1, max(body_at, heading + 1))
    beside = blocks[max(0, heading - NEAR) : heading] + blocks[heading + 1 : end]
    near = tuple(block.text for block in beside if len(block.text) <= LABEL_CHARS and not block.element.is_hidden)
    box, before = blocks[heading].element.parent, blocks[heading - 1] if heading else None
    is_label = before is not None and before.element.parent is box and len(before.text) <= LABEL_CHARS
    return near, before.text if before is not None and is_label else ""
