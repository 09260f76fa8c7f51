"""Who wrote it: names out of JSON-LD, meta elements and bylines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newstext.extract.blocks import Block
from newstext.sanitise import plain_text
from newstext.words import fold

AUTHOR_JUNK = re.compile(
    r"https?://|@|^\d+$|facebook|twitter|\badmin\b|\b(?:learn|read|view|see) (?:more|all)\b|"
    r"\bcomments?\b|www\.|\bimage:",
    re.I,
)
LEAD_WORDS = (
    r"(?:by|von|par|por|di|door|av|af|texte?|written by|story by|posted by|published by|reviewed by|a cura di|"
    r"(?:view all |all )?(?:posts|articles|stories) by|بقلم|كتب|كتبت)"
)
AUTHOR_LEAD = re.compile(
    rf"^(?:{LEAD_WORDS}[:\s]+|(?:authors?|autore?n?|auteurs?|autor|redakteur|text|story|words)\s*:\s*)", re.I
)
BYLINE_START = re.compile(
    r"^(?:by|written by|story by|posted by|von|par|por|door|di|av|af|authors?:|autor:|بقلم)[:\s]", re.I
)
AUTHOR_SPLIT = re.compile(r"\s*(?:,|;|\|| / |·|•|، |、|\n| and | & | und | et | y | e | og | och | en | with )\s*")
AUTHOR_KEYS = ("author", "article:author", "byl", "dc.creator", "parsely-author", "sailthru.author", "twitter:creator")
BYLINE_NODES = (
    "[rel=author]",
    "[itemprop=author] [itemprop=name]",
    "[itemprop=author]",
    "[class*=byline] a",
    "[class*=author-name]",
    "[class*=author__name]",
    "[class*=authorName]",
    "a[href*='/author/']",
    "a[href*='/authors/']",
    ".author a",
    ".author",
)
BYLINE_NAMES = frozenset({"author", "authors", "byline", "autor", "auteur", "writer"})
ADDRESS = re.compile(r"^[\w-]+(?:\.[\w-]+)+$")
ASIDE = re.compile(r"\s*\([^)]*\)?")
DATE_IN_NAME = re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}:\d\d|\bago\b", re.I)
ROLE = re.compile(
    r"\b(?:correspondent|reporter|editor|staff|writer|journalist|bureau|contributor|columnist|producer|agency|redaktion|"
    r"rédaction|redacción|redazione|newsroom|desk|manager|founder|co-founder|updated|published|minutes?|min read)\b",
    re.I,
)
ORGANISATION = re.compile(r"organi[sz]ation|corporation|website", re.I)
NEAR_HEADING = 10  # blocks behind the headline among which a byline is looked for
LONGEST_BYLINE = 120
LONGEST_NAME = 60
MOST_NAME_WORDS = 6
MOST_AUTHORS = 20


def read_authors(
    tree: LexborHTMLParser, linked: dict[str, Any], named: dict[str, str], meta: dict[str, str], publisher: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(people, who signs where the page names nobody: a desk, an agency, the paper itself)."""
    people, others = _linked_names(linked.get("author"), named)
    sources = [people, *([meta[key]] for key in AUTHOR_KEYS if key in meta)]
    for source in chain(sources, _bylines(tree)):  # elements are looked for only where nothing else names people
        if names := clean_authors(source, publisher):
            return names, ()
    told = (plain_text(text) for source in (others, *sources) for text in source)
    return (), tuple(text for text in told if 1 < len(text) <= LONGEST_NAME and not _is_junk(text))[:1]


def authors_near(blocks: list[Block], heading: int, publisher: str) -> tuple[str, ...]:
    """Names out of the blocks behind the headline that are marked as, or read like, a byline."""
    for block in blocks[max(0, heading - 2) : heading + 1 + NEAR_HEADING] if heading >= 0 else []:
        line = block.text
        if len(line) > LONGEST_BYLINE:
            continue
        is_marked = not BYLINE_NAMES.isdisjoint(
            block.element.names + (block.element.parent.names if block.element.parent else ())
        )
        if BYLINE_START.match(line) or (is_marked and block is not blocks[heading]):
            names = tuple(name for name in clean_authors([line], publisher) if _reads_like_name(name))
            if names:
                return names
    return ()


def _bylines(tree: LexborHTMLParser) -> Iterator[list[str]]:
    """The texts of each kind of byline element; neighbours of one kind stand together."""
    for selector in BYLINE_NODES:
        nodes = tree.css(selector)[:8]
        if nodes:
            first = nodes[0].parent
            near = [node for node in nodes if _is_near(node, first)]
            yield [node.text(separator=", " if len(node.css("a")) > 1 else " ") for node in near]
            yield from ([node.text(separator=" ")] for node in nodes[1:3])


def _is_near(node: LexborNode, parent: LexborNode | None) -> bool:
    """True if it stands in the same element as the first, or in that element's parent."""
    if parent is None or node.parent is None:
        return False
    ids = {parent.mem_id, parent.parent.mem_id if parent.parent else 0}
    above = node.parent.parent.mem_id if node.parent.parent else -1
    return node.parent.mem_id in ids or above in ids


def _linked_names(value: Any, named: dict[str, str]) -> tuple[list[str], list[str]]:
    """(people, organisations) in JSON-LD's author, by reference too; an address is no name."""
    if isinstance(value, list):
        pairs = [_linked_names(item, named) for item in value]
        return [name for people, _ in pairs for name in people], [name for _, others in pairs for name in others]
    if isinstance(value, dict):
        said = value.get("name") or named.get(str(value.get("@id")), "")
        names = [name for name in (said if isinstance(said, list) else [said]) if isinstance(name, str) and name]
        is_organisation = bool(ORGANISATION.search(str(value.get("@type", ""))))
        return ([], names) if is_organisation else (names, [])
    return ([value], []) if isinstance(value, str) else ([], [])


def clean_authors(said: list[str], publisher: str = "") -> tuple[str, ...]:
    """Names alone, out of bylines; no addresses, roles or the paper's own name."""
    names = []
    for text in said:
        if "://" in text:
            continue
        for part in AUTHOR_SPLIT.split(AUTHOR_LEAD.sub("", ASIDE.sub("", plain_text(text)))):
            name = AUTHOR_LEAD.sub("", part).strip(" .-–—:")
            if is_author(name, publisher):
                names.append(name)
    return tuple(dict.fromkeys(names))[:MOST_AUTHORS]


def is_author(name: str, publisher: str) -> bool:
    """True for what can be a person's name."""
    shortest = 3 if name.isascii() else 2
    if not shortest <= len(name) <= LONGEST_NAME or len(name.split()) > MOST_NAME_WORDS:
        return False
    if _is_junk(name) or ROLE.search(name) or ADDRESS.match(name):
        return False
    return fold(name) != fold(publisher or "-") and not DATE_IN_NAME.search(name)


def _is_junk(name: str) -> bool:
    return bool(AUTHOR_JUNK.search(name))


def _reads_like_name(name: str) -> bool:
    """True for two to six words that begin large, as names in Latin, Greek and Cyrillic do; other scripts pass."""
    words = name.split()
    if not name[0].isupper() and not name[0].islower():
        return True
    return 2 <= len(words) <= MOST_NAME_WORDS and sum(word[0].isupper() for word in words) >= 2 and "?" not in name
