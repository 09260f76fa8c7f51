"""The feeds that a home page names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newstext.addresses import MAX_LENGTH, absolute_url
from newstext.later import later
from newstext.sanitise import is_crowded

if TYPE_CHECKING:
    from selectolax import lexbor
else:
    lexbor = later("selectolax.lexbor")  # 2 MB

PAGE_MAX_BYTES = 2_000_000
MAX_FOUND = 20
MAX_OPENED = 5000
# All but what may name a feed, or hides what must not.
OTHER_TAG = re.compile(rb"</?(?!(?:link|a|base|script|style|template)[\s>/])[a-zA-Z][^<>]*>", re.I)
FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/json",
        "application/xml",
        "text/xml",
    }
)
LIKELY_FEED = re.compile(
    r"/(?:feeds?|rss|atom)(?:/[\w.-]{1,60})?/?$|/(?:rss|feed|atom|index|feed\.rss|rss2)\.(?:xml|rdf|json)$|\.(?:rss|atom|rdf)$",
    re.I,
)
HINT = re.compile(r"rss|feed|atom|rdf|index\.(?:xml|json)", re.I)
# JSON that pages name as their alternate without its being a feed.
NO_FEED = re.compile(r"/wp-json/|oembed|/wp/v2/|\.webmanifest", re.I)
USUAL_PATHS = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
LESS_LIKELY = re.compile(r"comment|podcast|/amp/", re.I)


def find_feeds(html: bytes, url: str) -> list[str]:
    """The addresses of feeds that a home page names, the likeliest first: links of its head, then anchors."""
    html = html[:PAGE_MAX_BYTES]
    if is_crowded(html.decode("latin-1")):
        return []
    # A tree this deep is built in time that grows with the square of its depth.
    if html.count(b"<") - html.count(b"</") > MAX_OPENED:
        html = OTHER_TAG.sub(b" ", html)
    tree = lexbor.LexborHTMLParser(html)
    base = _base(tree, url)
    named = [
        node.attributes.get("href") or ""
        for node in tree.css("link[rel~=alternate i][href]")
        if (node.attributes.get("type") or "").partition(";")[0].strip().lower() in FEED_TYPES
    ]
    anchors = (node.attributes.get("href") or "" for node in tree.css("a[href]"))
    hinting = [href for href in dict.fromkeys(anchors) if HINT.search(href) and len(href) < MAX_LENGTH]
    found = [absolute_url(href, base) for href in named if href.strip() and not NO_FEED.search(href)]
    found += [address for href in hinting if LIKELY_FEED.search(_path(address := absolute_url(href, base)))]
    once = dict.fromkeys(address for address in found if address)
    return sorted(once, key=lambda address: bool(LESS_LIKELY.search(address)))[:MAX_FOUND]


def guess_feeds(url: str) -> list[str]:
    """Where sites keep a feed that their pages do not name; to be asked for only then."""
    return [address for path in USUAL_PATHS if (address := absolute_url(path, url))]


def _path(address: str) -> str:
    return re.split(r"[?#]", address, maxsplit=1)[0]


def _base(tree: lexbor.LexborHTMLParser, url: str) -> str:
    node = tree.css_first("base[href]")
    return (absolute_url(node.attributes.get("href") or "", url) if node else "") or url
