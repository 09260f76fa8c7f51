"""OPML lists of feeds (http://opml.org/spec2.opml)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newstext.addresses import absolute_url
from newstext.feeds.answers import (
    ENTITY_SIGN,
    HEAD_BYTES,
    MAX_BYTES,
    FeedError,
    eight_bit,
    local_name,
    refuse_attributes,
    without_doctype,
)
from newstext.later import later
from newstext.records import Rejected
from newstext.sanitise import plain_text

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = later("lxml.etree")  # 4 MB

MAX_FEEDS = 20_000
MAX_REJECTED = 1_000
TITLE_MAX_CHARS = 300


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """One feed of an OPML list. category: the folders it stands in, outermost first, or its own."""

    url: str
    title: str = ""
    home_url: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """One <outline>: its attributes by small letters, its line, and the folders around it."""

    said: dict[str, str]
    line: int
    folders: tuple[str, ...]


def parse_opml(body: bytes) -> tuple[list[OpmlFeed], list[Rejected]]:
    """The feeds of an OPML file, each address once, and what could not be used, by line.

    Broken XML is read as far as it goes; no entity is resolved, nothing is fetched.
    """
    if len(body) > MAX_BYTES:
        return [], [_rejected(f"the file is {len(body) / 2**20:.0f} MB, limit {MAX_BYTES // 2**20} MB.")]
    if ENTITY_SIGN.search(body, 0, HEAD_BYTES):
        return [], [_rejected("the file declares XML entities, which an OPML list has no use for.")]
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        refuse_attributes(body)
        root = etree.fromstring(without_doctype(eight_bit(body).lstrip(b"\xef\xbb\xbf \t\r\n\0")), parser)
    except (etree.XMLSyntaxError, FeedError, ValueError, LookupError) as error:
        return [], [_rejected(f"the file cannot be read ({error}).")]
    if root is None or not isinstance(root.tag, str):
        return [], [_rejected("the file is no XML: nothing in it could be read.")]
    if local_name(root).lower() not in ("opml", "outline"):
        return [], [_rejected(f"the file is no OPML list: its first element is <{root.tag[:60]}>.")]
    feeds, rejected = _judged(_outlines(root))
    if broken := next(iter(parser.error_log), None):
        rejected.insert(0, _rejected(f"line {broken.line}: the XML is broken ({broken.message.strip()}); read on."))
    return feeds, rejected


def _outlines(root: etree._Element) -> Iterator[Outline]:
    """Every outline, in order; walked without recursion, for lists nest as deep as they like."""
    folders: list[str] = []
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(node.tag, str) or local_name(node).lower() != "outline":
            continue
        if event == "end":
            folders.pop()
            continue
        said = {str(key).rpartition("}")[2].lower(): str(value).strip() for key, value in node.attrib.items()}
        yield Outline(said, node.sourceline or 0, tuple(folder for folder in folders if folder))
        folders.append("" if said.get("xmlurl") else _title(said))


def _judged(outlines: Iterator[Outline]) -> tuple[list[OpmlFeed], list[Rejected]]:
    feeds: dict[str, OpmlFeed] = {}
    rejected: list[Rejected] = []
    for outline in outlines:
        judged = _judge(outline)
        if isinstance(judged, Rejected):
            rejected.append(judged)
        elif judged and len(feeds) < MAX_FEEDS:
            feeds.setdefault(judged.url, judged)
        elif judged:
            rejected.append(_rejected(f"line {outline.line}: over {MAX_FEEDS} feeds. Split the list.", judged.url))
            break
    if len(rejected) > MAX_REJECTED:
        more = len(rejected) - MAX_REJECTED
        rejected = [*rejected[:MAX_REJECTED], _rejected(f"{more} more lines could not be used.")]
    return list(feeds.values()), rejected


def _judge(outline: Outline) -> OpmlFeed | Rejected | None:
    said, title = outline.said, _title(outline.said)
    given = said.get("xmlurl", "")
    if not given:
        if said.get("type", "").lower() in ("rss", "atom") or "xmlurl" in said:
            return _rejected(f"line {outline.line}: feed {title!r} has no address (xmlUrl).")
        return None
    address = absolute_url(given)
    if not address:
        return _rejected(f"line {outline.line}: feed {title!r}: {given[:200]!r} is no http address.", given)
    home = absolute_url(said["htmlurl"]) if said.get("htmlurl") else ""
    category = " / ".join(outline.folders) or plain_text(said.get("category", ""))
    return OpmlFeed(address, title, home, category[:TITLE_MAX_CHARS])


def _title(said: dict[str, str]) -> str:
    return plain_text(said.get("title") or said.get("text") or "")[:TITLE_MAX_CHARS]


def _rejected(reason: str, url: str = "") -> Rejected:
    return Rejected(url, "opml", reason)
