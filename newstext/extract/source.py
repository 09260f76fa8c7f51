"""What else a page says of where it belongs: its other addresses, and whose article a portal shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from newstext.addresses import absolute_url, clean_url, names_an_article, registrable_domain, url_key
from newstext.extract.cleaning import agency_of
from newstext.mastheads import Site
from newstext.records import OtherAddress
from newstext.sanitise import plain_text

LONGEST_NAME = 80
MOST_WORDS = 8
LINES_READ = 3  # at the start and at the end of a text
SOURCE_LINES_READ = 2  # at its end
LONGEST_LINE = 300
SOURCE_META = ("syndication-source", "original-source", "source", "dc.source", "dcterms.source", "article:publisher")
# "This article was originally published by X"; a report that was published is not enough.
REPUBLISHED_LINES = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"(?:(?:this|the) (?:article|story|report|post|piece|text|commentary|interview|version of this \w+)\s+)?"
        r"(?:(?:was|has been|is|had been|is being)\s+)?(?:originally|first|initially)\s+"
        r"(?:published|appeared|posted|ran|reported)\s+(?:by|in|on|at|with)\s*:?\s+(?P<name>.+)",
        r"(?:(?:this|the) (?:article|story|report|post|piece|text|commentary|interview)\s+)?"
        r"(?:(?:was|has been|is)\s+)?(?:republished|syndicated|reprinted|reproduced)(?: here)?(?: with permission)?"
        r"(?: from| by| of)\s+(?P<name>.+)",
        r"(?:dieser (?:artikel|text|beitrag) )?(?:ist |erschien )?zuerst (?:erschienen )?(?:bei|in|im|auf)\s+"
        r"(?P<name>.+)",
        r"(?:cet article (?:a été|est) )?(?:initialement |d[’']abord )(?:publié|paru) (?:par|dans|sur)\s+(?P<name>.+)",
        r"(?:este (?:artículo|artigo|texto) (?:fue|foi) )?publicado (?:originalmente|originariamente) "
        r"(?:por|en|em|no|na)\s+(?P<name>.+)",
        r"(?:questo articolo è stato )?pubblicato (?:originariamente|originalmente) (?:da|su|in)\s+(?P<name>.+)",
    )
)
# "Source: X", which at the top of a text would be a picture's.
SOURCE_LINE = re.compile(
    r"(?:(?:article |news |original )?source|via|quelle|fuente|fonte|kilde|källa|bron|źródło|zdroj|kaynak|sumber|"
    r"источник|المصدر|来源|來源|出典)\s*[:：]\s*(?P<name>.+)",
    re.I,
)
LABEL = re.compile(r"^(?:source|来源|來源|المصدر)\s*[:：]\s*", re.I)
NAME_END = re.compile(
    r"\s*(?:[.;|(\n،。\"“”»]|,\s|\s[–—-]\s|\s(?:and|under|where|which|as|with|erschienen|"
    r"veröffentlicht|at https?|here|on (?:\w+ )?\d+|on \w+day|am \d+|in \w+ \d{4})\b)"
)
ARTICLE_BEFORE_NAME = re.compile(r"^(?:the|der|die|das|dem|den|le|la|les|el|il|lo|o|a)\s+(?=[^\W\d_a-z])")
HOUSE_WORDS = re.compile(
    r"\b(?:group|holding|publishing|publishers?|publications|media|medien|verlag|presse|corp|corporation|company|"
    r"limited|ltd|plc|inc|llc|gmbh|ag|a/s|ab|oy|sa|s\.a|spa|s\.p\.a|bv|nv|hus|foundation|network|digital)\b",
    re.I,
)
ARTICLE_TYPE = re.compile(r"Article|Report|BlogPosting|WebPage", re.I)
KIND_OF_LINK = {"canonical": "canonical", "amphtml": "amp", "shortlink": "short"}


def other_addresses(tree: LexborHTMLParser, url: str) -> tuple[OtherAddress, ...]:
    """Under which addresses of its own site the page says it can be had too.

    Home pages and sections are left out, other sites' addresses and
    translations as well.
    """
    found: dict[str, OtherAddress] = {}
    for node in tree.head.css("link[rel][href]") if tree.head else ():
        attributes = node.attributes
        kind = _link_kind({name: value or "" for name, value in attributes.items()})
        address = absolute_url(attributes.get("href") or "", url) if kind else ""
        if not address or (url and registrable_domain(address) != registrable_domain(url)):
            continue
        if names_an_article(address, url) and url_key(address) not in found:
            found[url_key(address)] = OtherAddress(clean_url(address), kind)
    return tuple(found.values())[:8]


def _link_kind(attributes: dict[str, str]) -> str:
    rels = attributes.get("rel", "").lower().split()
    if kind := next((KIND_OF_LINK[rel] for rel in rels if rel in KIND_OF_LINK), ""):
        return kind
    if "alternate" in rels and attributes.get("media") and not attributes.get("hreflang"):
        return "print" if "print" in attributes["media"].lower() else "mobile"
    return ""


def find_source(
    tree: LexborHTMLParser,
    linked: dict[str, Any],
    meta: dict[str, str],
    *,
    site: Site,
    paragraphs: list[str],
    agency: str = "",
) -> tuple[str, str]:
    """(the outlet from which the page's site took the article, its agency); "" for what nothing names.

    agency: the one its text names. A copy of an agency's text has no other
    source merely because the agency's own address stands on the page.
    """
    for told in (_told_by_data(linked), _told_by_meta(meta, site), _told_by_lines(paragraphs)):
        for name in told:
            agency = agency or agency_of(name)
            if name and not agency_of(name) and not site.is_named(name):
                return name, agency
    return "" if agency else next((domain for domain in _elsewhere(tree, meta, site) if domain), ""), agency


def source_of_entry(name: str, site: Site) -> str:
    """The outlet that a feed item names as its source; "" where that is the feed's own or an agency."""
    name = _name(name)
    return "" if not name or agency_of(name) or site.is_named(name) else name


def _told_by_data(linked: dict[str, Any]) -> Iterator[str]:
    for key in ("provider", "sourceOrganization"):
        yield from (_name(name) for name in _names(linked.get(key)))
    for work in _listed(linked.get("isBasedOn")):
        if isinstance(work, dict) and ARTICLE_TYPE.search(str(work.get("@type"))):
            yield from (_name(name) for name in _names(work.get("publisher")))
    for publisher in _listed(linked.get("publisher")):
        # Most often the house that owns the site; another paper only where it has a site of its own.
        if isinstance(publisher, dict) and _is_elsewhere(str(publisher.get("url") or ""), linked):
            yield from (_name(name) for name in _names(publisher) if not HOUSE_WORDS.search(name))


def _is_elsewhere(url: str, linked: dict[str, Any]) -> bool:
    page = next(
        (str(linked[key]) for key in ("url", "@id", "mainEntityOfPage") if isinstance(linked.get(key), str)), ""
    )
    return url.startswith("http") and page.startswith("http") and registrable_domain(url) != registrable_domain(page)


def _told_by_meta(meta: dict[str, str], site: Site) -> Iterator[str]:
    for key in SOURCE_META:
        said = LABEL.sub("", meta.get(key, ""))
        if not said.startswith(("http://", "https://")):
            yield "" if any(letter.isdigit() for letter in said) else _name(said)
        elif key in ("syndication-source", "original-source"):
            yield _other_domain(said, site)


def _told_by_lines(paragraphs: list[str]) -> Iterator[str]:
    last = [line.strip(" *_[]()") for line in paragraphs[-LINES_READ:]][::-1]
    for line in [*last, *(line.strip(" *_[]()") for line in paragraphs[:LINES_READ])]:
        if len(line) <= LONGEST_LINE:
            match = next((found for pattern in REPUBLISHED_LINES if (found := pattern.match(line))), None)
            yield _name_at_start(match["name"]) if match else ""
    for line in last[:SOURCE_LINES_READ]:
        match = SOURCE_LINE.match(line) if len(line) <= LONGEST_LINE else None
        yield _name_at_start(match["name"]) if match else ""


def _name_at_start(text: str) -> str:
    """The name that a line's rest begins with; "" if it begins with a common word."""
    name = _name(NAME_END.split(text.lstrip(" \"“„«»'‘") + " ", maxsplit=1)[0])
    name = ARTICLE_BEFORE_NAME.sub("", name)
    return "" if name[:1].islower() and "." not in name else name


def _elsewhere(tree: LexborHTMLParser, meta: dict[str, str], site: Site) -> Iterator[str]:
    """The domain of the address that the page calls the original, if it is another's."""
    for node in tree.css('link[rel="syndication-source"][href], link[rel="original-source"][href]')[:2]:
        yield _other_domain(absolute_url(node.attributes.get("href") or "", site.url), site)
    canonical = tree.css_first("link[rel=canonical][href]")
    for given in ((canonical.attributes.get("href") or "") if canonical else "", meta.get("og:url", "")):
        if given and names_an_article(absolute_url(given, site.url)):
            yield _other_domain(absolute_url(given, site.url), site)


def _other_domain(url: str, site: Site) -> str:
    domain, own = registrable_domain(url), registrable_domain(site.url)
    is_own = domain.partition(".")[0] == own.partition(".")[0]
    return "" if not own or is_own else domain


def _listed(value: Any) -> Iterable[Any]:
    return value[:20] if isinstance(value, list) else [value] if value else []


def _names(value: Any) -> Iterator[str]:
    for one in _listed(value):
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str) and not name.startswith("http"):
            yield name


def _name(said: str) -> str:
    """A name as it may be shown; "" for what is too long to be one."""
    name = plain_text(said[:400]).strip(" .,:;\"'“”«»")
    name = re.sub(r"^(?:the website of|www\.)\s*", "", name, flags=re.I)
    return "" if len(name) > LONGEST_NAME or len(name.split()) > MOST_WORDS or name.startswith("http") else name
