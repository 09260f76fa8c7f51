"""Feeds that are asked again and again while they change: re-ordered, corrected, under other guids and addresses.

A feed's edition is how often it was asked; each edition's bytes follow from
the seed. From `LAST_CHANGE` on nothing changes any more, not even the order:
what was lost then is lost for good, and is found.
"""

from __future__ import annotations

import html
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

TIMES, LAST_CHANGE = 100, 90
IDS = ("same", "guid each time", "guid once", "address once", "query each time", "both once")
XML_FORBIDS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
WORDS = (
    "harbour ferry council bridge winter repair engineer budget market island storm captain school library "
    "mayor river tunnel orchard railway station theatre bakery lantern meadow quarry valley clinic garden"
).split()


@dataclass(slots=True)
class Item:
    """One article of a feed over all its editions. edits: at which editions it is corrected."""

    name: str  # FEED/ITEM: stands in its address
    title: str
    markup: str
    guid: str
    has_address: bool
    ids: str
    changes_at: int
    edits: list[int]
    published_at: datetime

    def version(self, edition: int) -> int:
        """How often it was corrected by then."""
        return sum(at <= edition for at in self.edits)

    def address(self, site: str, edition: int, draw: random.Random) -> str:
        if not self.has_address:
            return ""
        is_later = self.ids in ("address once", "both once") and edition >= self.changes_at
        query = f"?utm_source=feed&utm_id={draw.randrange(10**6)}" if self.ids == "query each time" else ""
        return f"{site}/i/{self.name}/{'moved-here' if is_later else 'first-here'}.html{query}"

    def guid_at(self, edition: int, draw: random.Random) -> str:
        if self.ids == "guid each time":
            return f"{self.guid}-{draw.randrange(10**9)}"
        is_later = self.ids in ("guid once", "both once") and edition >= self.changes_at
        return f"{self.guid}-again" if is_later else self.guid

    def title_at(self, edition: int) -> str:
        version = self.version(edition)
        return f"{self.title} (edit {version})" if version and (self.has_address or self.guid) else self.title

    def markup_at(self, edition: int) -> str:
        version = self.version(edition)
        return f"<p>{correction(self.name, version)}</p>{self.markup}" if version else self.markup


def correction(name: str, version: int) -> str:
    """The sentence by which a version is known."""
    return f"Correction {version} of {name}: an earlier text gave another count of the boats in the harbour of Orrin."


@dataclass(slots=True)
class ReplayedFeed:
    """One feed; `asked` counts. follows: the feed whose editions its items go by, itself mostly."""

    number: int
    publisher: str
    items: list[Item]
    seed: int
    follows: ReplayedFeed | None = None
    asked: int = 0

    def path(self) -> str:
        return f"/f/{self.number}.xml"

    def edition(self) -> int:
        return min((self.follows or self).asked, LAST_CHANGE)

    def body(self, site: str) -> bytes:
        """What it says when it is asked now."""
        draw = random.Random(f"{self.seed} {self.number} {min(self.asked, LAST_CHANGE)}")
        edition, items = self.edition(), list(self.items)
        draw.shuffle(items)
        if self.asked < LAST_CHANGE:
            items = [item for item in items if draw.random() < 0.9] or items[:1]
        told = "".join(self._item(site, item, edition, draw) for item in items)
        head = f"<title>{_xml(self.publisher)}</title><link>{site}/</link><description/>"
        return (
            f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{told}</channel></rss>'.encode()
        )

    def _item(self, site: str, item: Item, edition: int, draw: random.Random) -> str:
        guid, address = item.guid_at(edition, draw), item.address(site, edition, draw)
        if self.follows is not None and guid:
            guid = f"section-{guid}"
        lines = [f"<title>{_xml(item.title_at(edition))}</title>"]
        lines += [f"<link>{_xml(address)}</link>"] if address else []
        lines += [f'<guid isPermaLink="false">{_xml(guid)}</guid>'] if guid else []
        lines.append(f"<pubDate>{format_datetime(item.published_at, usegmt=True)}</pubDate>")
        lines.append(f"<description>{_xml(item.markup_at(edition))}</description>")
        return f"<item>{''.join(lines)}</item>"

    def page(self, item: Item) -> bytes:
        edition = self.edition()
        title = html.escape(item.title_at(edition))
        said = f"<h1>{title}</h1>{item.markup_at(edition)}"
        return (
            f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title></head>"
            f"<body><article>{said}</article></body></html>"
        ).encode("utf-8", "replace")


def _xml(said: str) -> str:
    return escape(XML_FORBIDS.sub("", said))


@dataclass(frozen=True, slots=True)
class Told:
    """What an item says and is called before it is changed."""

    title: str
    markup: str
    guid: str
    has_address: bool = True


@dataclass(slots=True)
class Replay:
    """All feeds of a run, and their items by name."""

    seed: int
    feeds: list[ReplayedFeed] = field(default_factory=list)
    items: dict[str, tuple[ReplayedFeed, Item]] = field(default_factory=dict)

    def add(self, publisher: str, told: Iterable[Told], *, may_change_ids: bool) -> ReplayedFeed:
        """A feed of these items, each with changes of its own."""
        number = len(self.feeds)
        feed = ReplayedFeed(number, publisher, [], self.seed)
        for place, one in enumerate(told):
            name = f"{number}/{place}"
            draw = random.Random(f"{self.seed} {name}")
            ids = IDS[(number + place) % len(IDS)] if may_change_ids else "same"
            changes_at = draw.randrange(30, 60)
            edits = [draw.randrange(5, 20), draw.randrange(65, 80), draw.randrange(81, LAST_CHANGE + 1)]
            if ids == "both once":
                del edits[1:]  # who changes guid, address and text at once has another article
            published_at = datetime(2026, 10, 5, 6, tzinfo=UTC) + timedelta(minutes=7 * place)
            item = Item(
                name, one.title, one.markup, one.guid, one.has_address, ids, changes_at,
                sorted(set(edits)), published_at,
            )  # fmt: skip
            feed.items.append(item)
            self.items[name] = feed, item
        self.feeds.append(feed)
        return feed

    def add_section_of(self, main: ReplayedFeed) -> None:
        """Another feed of the same publisher, which lists every other item under guids of its own."""
        self.feeds.append(ReplayedFeed(len(self.feeds), main.publisher, main.items[::2], self.seed, follows=main))


def invented(draw: random.Random, *, is_whole: bool) -> Told:
    """An item of made-up news: the whole text, or a teaser whose page has it."""
    sentences = [
        " ".join(draw.choices(WORDS, k=draw.randrange(9, 16))).capitalize() + f" {draw.randrange(10, 999)} times."
        for _ in range(28 if is_whole else 9)
    ]
    paragraphs = [" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4)]
    title = " ".join(draw.choices(WORDS, k=7)).capitalize()
    return Told(title, "".join(f"<p>{one}</p>" for one in paragraphs), f"n{draw.randrange(10**12)}")
