"""Where a feed's earlier items are: RFC 5005's archives and pages, JSON Feed's, WordPress's."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from newstext.addresses import absolute_url

LINK = re.compile(rb"<(?:[\w.-]{1,40}:)?link\s[^>]{1,2000}>", re.I)
ATTRIBUTE = re.compile(r"([\w:-]{1,40})\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
EARLIER = ("prev-archive", "next")  # RFC 5005, sections 4 and 3
NUMBERED = re.compile(rb"<generator[^>]{0,300}>[^<]{0,200}wordpress|<generator[^>]{0,300}wordpress", re.I)
LINKS_LOOKED_AT = 5000


def earlier_page(body: bytes, url: str) -> str:
    """The address of the page with the items before this one's; "" if the feed names none.

    body: as `answers.read_answer` gives it; url: the feed's own address.
    """
    found = _from_json(body) if body[:1] in b"{[" else _from_links(body) or _next_number(body, url)
    address = absolute_url(found, url) if found else ""
    return "" if address == url else address


def _from_json(body: bytes) -> str:
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    found = feed.get("next_url") if isinstance(feed, dict) else None
    return found if isinstance(found, str) else ""


def _from_links(body: bytes) -> str:
    named: dict[str, str] = {}
    for count, tag in enumerate(LINK.finditer(body)):
        if count == LINKS_LOOKED_AT:
            break
        said = {
            name.lower(): html.unescape(double or single)
            for name, double, single in ATTRIBUTE.findall(tag.group().decode("utf-8", "replace"))
        }
        for relation in said.get("rel", "").lower().split():
            if said.get("href"):
                named.setdefault(relation, said["href"].strip())
    return next((named[relation] for relation in EARLIER if relation in named), "")


def _next_number(body: bytes, url: str) -> str:
    """WordPress counts the pages of each of its feeds: ?paged=2 and on."""
    if not NUMBERED.search(body, 0, 16_384):
        return ""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    said = next((value for name, value in pairs if name == "paged"), "1")
    if not said.isdecimal() or len(said) > 6:
        return ""
    others = [pair for pair in pairs if pair[0] != "paged"]
    return urlunsplit(parts._replace(query=urlencode([*others, ("paged", str(int(said) + 1))])))
