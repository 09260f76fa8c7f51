"""Sitemaps and news sitemaps (sitemaps.org 0.9) into entries."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from newstext.addresses import absolute_url
from newstext.feeds.answers import FeedError, local_name
from newstext.feeds.syndicated import MAX_ENTRIES
from newstext.later import later
from newstext.moments import read_moment
from newstext.records import FeedInfo, ParsedFeed, RawEntry
from newstext.sanitise import plain_text

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = later("lxml.etree")  # 4 MB

ADDRESSES = re.compile(r"\s*,\s*")


def parse_sitemap(body: bytes, url: str) -> ParsedFeed:
    """A sitemap's addresses as entries; a news sitemap gives titles, times and tags too.

    The sitemaps that an index lists come as entries without a title. Broken
    XML is read as far as it goes. Raises FeedError where nothing can be read.
    """
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FeedError(f"the sitemap's XML is broken ({error}).") from error
    if root is None:
        raise FeedError("the sitemap's XML is broken: nothing in it could be read.")
    entries = []
    for node in root.iterchildren(tag=etree.Element):
        said = _said(node)
        if said.get("loc") and (address := absolute_url(said["loc"], url)):
            entries.append(_entry(address, said))
        if len(entries) == MAX_ENTRIES:
            break
    return ParsedFeed(
        FeedInfo(title=(entries and _publisher(root)) or "", home_url=absolute_url("/", url)), tuple(entries)
    )


def stream_sitemap(body: bytes, url: str) -> Iterator[tuple[bool, RawEntry]]:
    """The addresses of a sitemap or an index one by one, each with whether it is a sitemap itself.

    body: as `answers.read_answer` gives it. Holds one address at a time, so a
    sitemap of 50,000 costs its bytes alone. Broken XML is read as far as it goes.
    """
    nodes = etree.iterparse(
        io.BytesIO(body),
        events=("end",),
        tag=("{*}url", "{*}sitemap"),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    try:
        for _, node in nodes:
            said = _said(node)
            if said.get("loc") and (address := absolute_url(said["loc"], url)):
                yield local_name(node) == "sitemap", _entry(address, said)
            node.clear()
            while node.getprevious() is not None:
                del node.getparent()[0]
    except etree.XMLSyntaxError:
        return


def _said(node: etree._Element) -> dict[str, str]:
    """The first text of each element below, by its name without a prefix; a picture's own apart."""
    said: dict[str, str] = {}
    for child in node.iter(tag=etree.Element):
        name = local_name(child)
        key = f"image {name}" if "image" in str(child.tag).removesuffix(name) else name
        said.setdefault(key, (child.text or "").strip())
    return said


def _publisher(root: etree._Element) -> str:
    found = root.find(".//{*}publication/{*}name")
    return plain_text(found.text or "") if found is not None else ""


def _entry(address: str, said: dict[str, str]) -> RawEntry:
    updated_at = read_moment(said.get("lastmod", ""))
    keywords = (plain_text(part) for part in ADDRESSES.split(said.get("keywords", "")))
    return RawEntry(
        guid=address,
        url=address,
        title=plain_text(said.get("title", "")),
        published_at=read_moment(said.get("publication_date", "")) or updated_at,
        updated_at=updated_at,
        tags=tuple(dict.fromkeys(part for part in keywords if part))[:30],
        image=absolute_url(said["image loc"], address) if said.get("image loc") else "",
    )
