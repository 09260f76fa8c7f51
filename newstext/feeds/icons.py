"""The favicons that a home page names for itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newstext.addresses import absolute_url
from newstext.later import later
from newstext.sanitise import is_crowded

if TYPE_CHECKING:
    from selectolax import lexbor
else:
    lexbor = later("selectolax.lexbor")  # 2 MB

HEAD_MAX_BYTES = 300_000  # it is named in the head
LINK = re.compile(rb"<(?:link|base)\b[^<>]{0,2000}>", re.I)
SIDE = re.compile(r"(\d+)x\d+", re.I)
WANTED_SIDE = 32
TOUCH_SIDE = 180  # what an apple-touch-icon has without saying so
MOST_LINKS = 200


def find_icons(html: bytes, url: str) -> list[str]:
    """Addresses of a site's favicons, the best for a small square first; last where they are without being named."""
    found: list[tuple[int, str]] = []
    links = b"".join(LINK.findall(html[:HEAD_MAX_BYTES])[:MOST_LINKS])
    if links and not is_crowded(links.decode("latin-1")):
        tree = lexbor.LexborHTMLParser(links)
        node = tree.css_first("base[href]")
        base = (absolute_url(node.attributes.get("href") or "", url) if node else "") or url
        for link in tree.css("link[rel][href]"):
            rank = _rank(link.attributes.get("rel") or "", link.attributes)
            address = absolute_url(link.attributes.get("href") or "", base)
            if rank is not None and address.startswith(("http://", "https://")):
                found.append((rank, address))
    named = [address for _, address in sorted(found, key=lambda pair: pair[0])]
    usual = absolute_url("/favicon.ico", url)
    return list(dict.fromkeys([*named, *([usual] if usual else [])]))


def _rank(rel: str, said: dict[str, str | None]) -> int | None:
    """How far a favicon's side is from the wanted one, too small counting more; None for what is none of pixels."""
    words = rel.lower().split()
    is_touch = "apple-touch-icon" in words or "apple-touch-icon-precomposed" in words
    if not (is_touch or "icon" in words):
        return None
    if "svg" in (said.get("type") or "") or (said.get("href") or "").partition("?")[0].lower().endswith(".svg"):
        return None
    side = SIDE.search(said.get("sizes") or "")
    told = int(side.group(1)) if side and len(side.group(1)) < 5 else TOUCH_SIDE if is_touch else WANTED_SIDE
    return told - WANTED_SIDE if told >= WANTED_SIDE else 10_000 - told
