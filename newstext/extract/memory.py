"""What is known of publishers' pages: paragraphs that stand on several of them are furniture."""

from __future__ import annotations

import json
import zlib
from collections import OrderedDict

from newstext.addresses import registrable_domain, url_key
from newstext.words import fold

VERSION = 1
PAGES_MAKE_FURNITURE = 2  # seen on this many other pages; so it works from the third on
BLOCKS_KEPT = 2000  # a publisher; the longest unseen go first
PUBLISHERS_KEPT = 5000


def block_hash(text: str) -> int:
    """A number for a paragraph; equal for equal words."""
    return zlib.crc32(" ".join(fold(text).split()).encode("utf-8", "replace"))


class PublisherMemory:
    """Counts, for each publisher, on how many pages a paragraph stood."""

    def __init__(self) -> None:
        self._blocks: OrderedDict[str, OrderedDict[int, list[int]]] = OrderedDict()

    def furniture(self, url: str) -> frozenset[int]:
        """Hashes of the paragraphs that stood on PAGES_MAKE_FURNITURE or more of its pages."""
        blocks = self._blocks.get(registrable_domain(url)) if url else None
        return frozenset(block for block, pages in (blocks or {}).items() if len(pages) >= PAGES_MAKE_FURNITURE)

    def learn(self, url: str, blocks: frozenset[int]) -> None:
        """Take in one page's paragraphs; the same page twice counts once."""
        if not url or not blocks:
            return
        domain = registrable_domain(url)
        known = self._blocks.setdefault(domain, OrderedDict())
        self._blocks.move_to_end(domain)
        page = zlib.crc32(url_key(url).encode())
        for block in sorted(blocks):
            pages = known.setdefault(block, [])
            known.move_to_end(block)
            if page not in pages and len(pages) < PAGES_MAKE_FURNITURE:
                pages.append(page)
        while len(known) > BLOCKS_KEPT:
            known.popitem(last=False)
        while len(self._blocks) > PUBLISHERS_KEPT:
            self._blocks.popitem(last=False)

    def to_json(self) -> str:
        body = {domain: {str(block): pages for block, pages in known.items()} for domain, known in self._blocks.items()}
        return json.dumps({"version": VERSION, "publishers": body})

    @classmethod
    def from_json(cls, text: str) -> PublisherMemory:
        """Raises ValueError if the text is none of ours or of another version."""
        body = json.loads(text)
        if not isinstance(body, dict) or body.get("version") != VERSION:
            raise ValueError(f"publisher memory: version {VERSION} wanted. Remove the file; it is learned anew.")
        memory = cls()
        for domain, blocks in body["publishers"].items():
            memory._blocks[domain] = OrderedDict((int(block), list(pages)) for block, pages in blocks.items())
        return memory
