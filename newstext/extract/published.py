"""When it was published, and changed: what the page's data say, then its headline's surroundings, then its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from htmldate import find_date
from selectolax.lexbor import LexborHTMLParser

from newstext import dates
from newstext.extract.blocks import Block
from newstext.moments import read_moment
from newstext.records import Precision

Moment = tuple[datetime, Precision]
PUBLISHED_KEYS = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "date",
    "pubdate",
    "og:pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "dc.date.issued",
    "dc.date",
    "dcterms.created",
    "dcterms.date",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
)
UPDATED_KEYS = ("article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified")
DAY = re.compile(r"\d{4}-\d\d-\d\d$")
NUMERIC_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$")
STATE = re.compile(
    r"[\"'](?:datePublished|date_published|publishedAt|published_at|publishedDate|publishDate|publish_date|"
    r"firstPublished(?:At|Date)?|publicationDate|publication_date|published_time)\\*[\"']\s*:\s*\\*[\"']"
    r"(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?)\\*[\"']"
)
IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_-]|\b)")
BEFORE_HEADING, BEHIND_HEADING = 4, 12  # blocks around the headline among which a day is looked for
LONGEST_DAY_LINE = 120
LONGEST_DRAFT = timedelta(days=31)
SAME_MOMENT = timedelta(hours=6)  # one with and one without its zone may differ by so much
SEARCHED_CHARS = 1_500_000
STATE_CHARS = 3_000_000


def published_moment(
    tree: LexborHTMLParser,
    html: str,
    url: str,
    objects: list[dict[str, Any]],
    best: dict[str, Any],
    meta: dict[str, str],
) -> Moment | None:
    """What the page's own data say; the article's JSON-LD first, the address last."""
    linked = _first([*_texts(best.get("datePublished")), *_texts(best.get("dateCreated"))])
    named = _first(meta[key] for key in PUBLISHED_KEYS if key in meta)
    if linked and named:
        return _agreed(linked, named, updated_moment(best, meta))
    others = _first(text for one in objects for text in _texts(one.get("datePublished")))
    if found := linked or others or named:
        return found
    marked = (node.attributes.get("datetime") or "" for node in tree.css("time[datetime]")[:4])
    if found := _first(marked):
        return found
    if found := _first(match[1] for match in STATE.finditer(html, 0, STATE_CHARS)):
        return found
    match = IN_ADDRESS.search(url)
    return _first(["-".join(match.groups())]) if match else None


def _agreed(linked: Moment, named: Moment, updated: Moment | None) -> Moment:
    """JSON-LD's moment, unless a meta element gives the same with its zone, or a later one: then it was the draft's."""
    if named[1] == "day" or linked[1] == "day":
        return linked
    gap = named[0] - linked[0]
    if not gap:
        return named if named[0].utcoffset() else linked
    is_change = updated is not None and abs(named[0] - updated[0]) < SAME_MOMENT
    return named if timedelta(0) < gap < LONGEST_DRAFT and not is_change else linked


def updated_moment(best: dict[str, Any], meta: dict[str, str]) -> Moment | None:
    """When the page says it was last changed."""
    return _first([*_texts(best.get("dateModified")), *(meta[key] for key in UPDATED_KEYS if key in meta)])


def moment_near(titles: list[str], blocks: list[Block], heading: int, language: str) -> Moment | None:
    """The first full day in the page's titles or the short lines around the headline; None where there is none."""
    near: list[Block] = []
    if heading >= 0:
        near = blocks[heading + 1 : heading + 1 + BEHIND_HEADING] + blocks[max(0, heading - BEFORE_HEADING) : heading]
    for line in (*titles, *(block.text for block in near)):
        if len(line) > LONGEST_DAY_LINE:
            continue
        for mention in dates.find(line, published_at=None, language=language):
            if DAY.fullmatch(mention.value):
                return read_date(mention.value)
    return None


def searched_day(html: str, url: str) -> Moment | None:
    """The day htmldate finds in the page's text; the slow way, taken only when all else says nothing.

    It is given bytes: a string that begins with http and has no space it takes for an address, and fetches.
    """
    page = html[:SEARCHED_CHARS].encode("utf-8", "replace")
    try:
        day = find_date(page, url=url or None, original_date=True, extensive_search=False)
    except Exception:  # it raises what lxml and its date parsers raise
        return None
    return read_date(day) if day else None


def read_date(text: str) -> Moment | None:
    """An aware moment with the page's own offset, or a day; None if it is no date."""
    said = NUMERIC_OFFSET.sub(r"\1:\2", text.strip().replace("Z", "+00:00").replace(" +", "+"))
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        other = read_moment(text)
        if other is None:
            return None
        moment = other
        said = text if ":" in text else "0000-00-00"
    if not 1980 <= moment.year <= 2100:
        return None
    precision: Precision = "day" if DAY.fullmatch(said) else "time"
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)), precision


def _first(texts: Iterable[str]) -> Moment | None:
    return next((found for text in texts if text and (found := read_date(text))), None)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.strip():
        yield value.strip()
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
