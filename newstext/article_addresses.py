"""Which addresses of a site are articles, and what day they name.

A site's articles have addresses of a few shapes; they are learned from articles
that are known. Where none is known, an address is taken for an article's when
it looks like one anywhere: a headline, a long number or a day in its path.
"""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import parse_qsl, unquote, urlsplit

from newstext.addresses import RENDERING_LABEL, host_of, registrable_domain

KNOWN_MOST = 500
SHARE_LEAST = 0.02  # a shape that fewer of the known articles have is an accident
SLUG_WORDS = 3
SLUG_CHARS = 22
LONG_NUMBER = 5
MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
# First words of paths that lead to lists and to pages about the site, in the languages of most sites.
LIST_WORDS = frozenset(
    "tag tags topic topics author authors category categories section sections search archive archives page "
    "people profile profiles user users contributor contributors keyword keywords thema themen schlagwort autor "
    "autoren tema temas etiqueta autores categoria seccion buscar recherche sujet sujets auteur auteurs "
    "about contact privacy terms imprint impressum login subscribe newsletter newsletters feed rss amp jobs "
    "shop".split()
)
LIST_SITEMAPS = frozenset("tag tags category categories author authors topic topics image images video videos".split())
DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([/_.-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
DAY_WITH_NAME = re.compile(r"/((?:19|20)\d\d)/([a-z]{3})[a-z]{0,6}/(0?[1-9]|[12]\d|3[01])(?=/|$)", re.I)
SPAN = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:\D{0,4}(0[1-9]|1[0-2])(?:\D{0,4}(0[1-9]|[12]\d|3[01]))?(?!\d)|(?=\D|$))")
EXTENSION = re.compile(r"\.([a-z]{2,5}\d?)$", re.I)
BETWEEN_WORDS = re.compile(r"[-_+~,. ]+")
LETTERS = re.compile(r"[^\W\d_]+")
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class ArticleAddresses:
    """What the addresses of one site's articles look like.

    domains: registrable ones that are the publisher's own. hosts, shapes: of
    known articles; empty where none is known. words: those that known
    articles have in their paths, so that they speak for no list.
    """

    domains: frozenset[str]
    hosts: frozenset[str] = frozenset()
    shapes: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    def is_own(self, url: str) -> bool:
        """True if the address lies on a domain of the publisher's own."""
        return registrable_domain(url) in self.domains

    def is_article(self, url: str) -> bool:
        """True if the address looks like an article of this publisher."""
        if not self.is_own(url) or (self.hosts and _host(url) not in self.hosts):
            return False
        segments = _segments(url)
        if not segments or any(word in LIST_WORDS and word not in self.words for word in segments):
            return False
        if self.shapes:
            return shape_of(url) in self.shapes
        return bool(day_in_address(url)) or any(_is_telling(segment) for segment in segments)


def learn_addresses(known: Iterable[str], domains: Iterable[str]) -> ArticleAddresses:
    """What the addresses of a publisher's articles look like, going by those that are known.

    A domain that most of the known articles lie on is the publisher's own too:
    some are followed by a feed that another host carries.
    """
    urls = [url for _, url in zip(range(KNOWN_MOST), known, strict=False)]
    found = Counter(registrable_domain(url) for url in urls)
    own = frozenset(filter(None, [*domains, *(name for name, count in found.items() if 2 * count > len(urls))]))
    urls = [url for url in urls if registrable_domain(url) in own]
    shapes = Counter(shape_of(url) for url in urls)
    return ArticleAddresses(
        domains=own,
        hosts=frozenset(_host(url) for url in urls),
        shapes=frozenset(shape for shape, count in shapes.items() if count >= SHARE_LEAST * len(urls)),
        words=frozenset(word for url in urls for word in _segments(url)),
    )


def shape_of(url: str) -> str:
    """The form of an address: what each part of its path and query is, without what it says."""
    query = sorted(name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True))
    parts = [_kind(segment) for segment in _segments(url)]
    return "/".join(parts) + ("?" + "&".join(query) if query else "")


def _host(url: str) -> str:
    host = host_of(url)
    label, _, rest = host.partition(".")
    return rest if "." in rest and RENDERING_LABEL.fullmatch(label) else host


def _segments(url: str) -> list[str]:
    return [segment for segment in unquote(urlsplit(url).path).lower().split("/") if segment]


def _kind(segment: str) -> str:
    extension = EXTENSION.search(segment)
    stem = segment[: extension.start()] if extension else segment
    suffix = "." + extension.group(1) if extension else ""
    if _is_headline(stem):
        return "headline" + suffix
    return DIGITS.sub("9", LETTERS.sub("a", stem)) + suffix


def _is_headline(stem: str) -> bool:
    words = [word for word in BETWEEN_WORDS.split(stem) if LETTERS.search(word)]
    return len(words) >= SLUG_WORDS or (len(stem) >= SLUG_CHARS and len(words) > 1)


def _is_telling(segment: str) -> bool:
    return _is_headline(segment) or any(len(number) >= LONG_NUMBER for number in DIGITS.findall(segment))


def day_in_address(url: str) -> datetime | None:
    """The day that an article's address names, as its start in UTC; None if it names none."""
    path = urlsplit(url).path
    if found := DAY.search(path):
        return _day(int(found[1]), int(found[3]), int(found[4]))
    if (found := DAY_WITH_NAME.search(path)) and (month := MONTHS.get(found[2].lower())):
        return _day(int(found[1]), month, int(found[3]))
    return None


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def days_of_sitemap(url: str) -> tuple[date, date] | None:
    """The first and the last day a sitemap's name speaks of: sitemap-2026-11.xml; None if of none."""
    parts = urlsplit(url)
    spans = [span for match in SPAN.finditer(f"{parts.path}?{parts.query}") if (span := _span(match))]
    return min(spans, key=lambda span: span[1] - span[0]) if spans else None


def _span(match: re.Match[str]) -> tuple[date, date] | None:
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        if day:
            return date(year, month, day), date(year, month, day)
    except ValueError:
        return None
    last_month = month or 12
    return date(year, month or 1, 1), date(year, last_month, calendar.monthrange(year, last_month)[1])


def is_list_sitemap(url: str) -> bool:
    """True if a sitemap's name says that it lists tags, authors, pictures and the like."""
    name = unquote(urlsplit(url).path).rpartition("/")[2].lower()
    return any(word in LIST_SITEMAPS for word in re.split(r"[^a-z]+", name))
