"""What is known of publishers' pages: paragraphs that stand on several of them are furniture.

A paragraph counts as furniture of a page when it also stood on two other pages
whose headlines have nothing to do with its own nor with each other's; a running
story says its background again and again, and that is of the article. Source:
`research/extraction.md`, 2a: lines seen on two of five pages of one publisher.
"""

from __future__ import annotations

import json
import re
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from newstext.addresses import registrable_domain, url_key
from newstext.words import fold, stop_words, words

RULE = 3  # of what is stored; raised when it means something else
OTHER_PAGES = 2  # so it works from a publisher's third page on
PAGES_KEPT = 3  # of a paragraph: one may be the page in hand
BLOCKS_KEPT = 1000  # of a publisher; the longest unseen go first
PUBLISHERS_KEPT = 500  # in memory; the longest unseen go first
SHORTEST_WORD = 4
RELATED_WORDS = 2  # that two headlines share, from which they may be of one course of events
RELATED_SHARE = 0.3  # of the shorter one's words, too
MOST_OF_PAGE = 0.5  # a page of which more than half is known is a copy, not furniture
LONG_WORDS = 20  # a paragraph as long is held against the rest of its text
TIES = 2  # capitalised words of a long paragraph that the rest has too, from which it is of the article
SAME = "="
WORDS = re.compile(r"\w+")
SPACED = {code: " " for code in range(128) if not WORDS.match(chr(code))}  # what stands between words, in ASCII

Headline = frozenset[str]
Furniture = Mapping[int, Sequence[tuple[int, Headline]]]  # paragraph -> (page, its headline's words)
NONE: Furniture = {}


def block_hash(text: str) -> int:
    """A number for a paragraph; equal for equal words, whatever stands between them."""
    lowered = text.lower().replace("’", " ").replace("“", " ").replace("”", " ")
    found = lowered.translate(SPACED).split() if lowered.isascii() else WORDS.findall(lowered)
    return zlib.crc32(" ".join(found).encode("utf-8", "replace"))


def page_hash(url: str) -> int:
    return zlib.crc32(url_key(url).encode("utf-8", "replace"))


def headline_words(title: str, language: str = "") -> Headline:
    """The words of a headline that tell what it is about, and its letters as a whole (SAME and a number)."""
    stop = stop_words(language)
    told = (word for word in words(title, language) if word not in stop)
    telling = frozenset(word for word in told if len(word) >= SHORTEST_WORD or not word.isascii())
    return telling | {f"{SAME}{block_hash(title)}"}


def are_related(one: Headline, other: Headline) -> bool:
    """True if two headlines may be of one course of events; those without a word that tells cannot be told apart."""
    shared = sum(not word.startswith(SAME) for word in one & other)
    fewest = min(len(one), len(other)) - 1
    return fewest <= 0 or are_equal(one, other) or (shared >= RELATED_WORDS and shared >= RELATED_SHARE * fewest)


def are_equal(one: Headline, other: Headline) -> bool:
    """True if two headlines are letter for letter the same, as on one article's several addresses."""
    return any(word.startswith(SAME) for word in one & other)


def without_furniture(
    paragraphs: Sequence[str], *, url: str, title: str, furniture: Furniture, language: str = ""
) -> list[str]:
    """The paragraphs that are this page's own, as far as its publisher's other pages tell."""
    if not furniture:
        return list(paragraphs)
    page, own = page_hash(url), headline_words(title, language)
    known = [_stood_elsewhere(furniture.get(block_hash(text), ()), page, own) for text in paragraphs]
    if not any(known):
        return list(paragraphs)
    pairs = list(zip(paragraphs, known, strict=True))
    rest = {name for text, is_known in pairs if not is_known for name in _names(text)}
    kept = [text for text, is_known in pairs if not is_known or _has_ties(text, rest)]
    is_copy = sum(map(len, kept)) < MOST_OF_PAGE * sum(map(len, paragraphs))
    return list(paragraphs) if is_copy else kept


def _stood_elsewhere(pages: Sequence[tuple[int, Headline]], page: int, own: Headline) -> bool:
    return sum(other != page and not are_related(own, words) for other, words in pages) >= OTHER_PAGES


def _names(text: str) -> set[str]:
    """Words that begin large inside a sentence: names, and nouns where a language writes them so."""
    found = WORDS.findall(text)
    return {fold(word) for word in found[1:] if word[0].isupper() and len(word) >= SHORTEST_WORD}


def _has_ties(text: str, rest: set[str]) -> bool:
    return len(text.split()) >= LONG_WORDS and len(_names(text) & rest) >= TIES


@dataclass(slots=True)
class _Known:
    """One publisher's paragraphs and pages. version: grows whenever its furniture does."""

    version: int = 0
    blocks: OrderedDict[int, list[int]] = field(default_factory=OrderedDict)
    pages: dict[int, Headline] = field(default_factory=dict)

    def take(self, block: int, page: int) -> None:
        pages = self.blocks.setdefault(block, [])
        self.blocks.move_to_end(block)
        if page in pages or len(pages) >= PAGES_KEPT:
            return
        if any(are_related(self.pages[page], self.pages[other]) for other in pages):
            return
        pages.append(page)
        self.version += len(pages) > 1

    def forget_oldest(self) -> None:
        if len(self.blocks) <= BLOCKS_KEPT:
            return
        while len(self.blocks) > BLOCKS_KEPT:
            self.blocks.popitem(last=False)
        used = {page for pages in self.blocks.values() for page in pages}
        self.pages = {page: words for page, words in self.pages.items() if page in used}


Recall = Callable[[str], Mapping[str, Any] | None]  # domain -> what `publisher_to_json` gave, or None


class PublisherMemory:
    """For each publisher, by registrable domain, on which pages a paragraph stood.

    recall: brings back what is kept elsewhere of a publisher that is met for the
    first time; without it a memory begins empty.
    """

    def __init__(self, recall: Recall | None = None) -> None:
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._recall = recall
        self._changed: set[str] = set()

    def _of(self, domain: str) -> _Known | None:
        if domain and domain not in self._known and self._recall and (stored := self._recall(domain)):
            self.take_publisher(domain, stored)
        return self._known.get(domain)

    def furniture(self, url: str) -> Furniture:
        """The paragraphs that stood on two or more pages of its publisher, with those pages."""
        known = self._of(registrable_domain(url)) if url else None
        if known is None:
            return NONE
        return {
            block: tuple((page, known.pages[page]) for page in pages)
            for block, pages in known.blocks.items()
            if len(pages) >= OTHER_PAGES
        }

    def version(self, domain: str) -> int:
        """How often a publisher's furniture grew; 0 if nothing is known of it."""
        known = self._of(domain)
        return known.version if known else 0

    def learn(self, url: str, title: str, blocks: Iterable[int], language: str = "") -> None:
        """Take in one page's paragraphs; the same page, or the same headline, counts once."""
        domain = registrable_domain(url) if url else ""
        if not domain:
            return
        page, known = page_hash(url), self._of(domain) or self._known.setdefault(domain, _Known())
        self._known.move_to_end(domain)
        self._changed.add(domain)
        known.pages.setdefault(page, headline_words(title, language))
        for block in sorted(blocks):
            known.take(block, page)
        known.forget_oldest()
        while len(self._known) > PUBLISHERS_KEPT and not (self._recall and next(iter(self._known)) in self._changed):
            self._known.popitem(last=False)

    def take_changed(self) -> set[str]:
        """The publishers learned of since the last call; for who keeps them elsewhere."""
        changed, self._changed = self._changed, set()
        return changed

    def forget(self, domain: str) -> None:
        """Let go of a publisher, to be recalled when it is met again."""
        self._known.pop(domain, None)

    def publisher_to_json(self, domain: str) -> dict[str, Any]:
        """What `take_publisher` reads."""
        known = self._of(domain) or _Known()
        return {
            "rule": RULE,
            "version": known.version,
            "pages": {str(page): sorted(words) for page, words in known.pages.items()},
            "blocks": [[block, *pages] for block, pages in known.blocks.items()],
        }

    def take_publisher(self, domain: str, stored: Mapping[str, Any]) -> bool:
        """Put back what is stored of one publisher; False, and nothing known, if it is of another rule."""
        self.forget(domain)
        if stored.get("rule") != RULE:
            return False
        pages = {int(page): frozenset(words) for page, words in stored["pages"].items()}
        blocks = OrderedDict((block, [page for page in on if page in pages]) for block, *on in stored["blocks"])
        self._known[domain] = _Known(stored["version"], blocks, pages)
        return True

    def to_json(self) -> str:
        """All publishers, for a file."""
        return json.dumps(
            {"rule": RULE, "publishers": {domain: self.publisher_to_json(domain) for domain in self._known}},
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> PublisherMemory:
        """Raises ValueError if the text is none of ours or of another version."""
        body = json.loads(text)
        if not isinstance(body, dict) or body.get("rule") != RULE:
            raise ValueError(f"publisher memory: version {RULE} wanted. Remove the file; it is learned anew.")
        memory = cls()
        for domain, stored in body["publishers"].items():
            memory.take_publisher(domain, stored)
        return memory
