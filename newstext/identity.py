"""Whether two articles are one: by their address, their number, their text or their headline.

Only what one publisher has is ever one article; the same text at two
publishers is a copy, which newstext.copies and newstext.grouping tell.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from newstext.addresses import article_number, registrable_domain
from newstext.copies import resemblance
from newstext.words import content_words, words

FEWEST_WORDS = 80  # a shorter text may well stand in two articles: a teaser, a promise of more, a service notice
SAME_TEXT_WITHIN = timedelta(days=7)
SAME_HEADLINE_WITHIN = timedelta(days=3)
NEARLY_EQUAL = 0.9  # share of word pairs that both have
MOSTLY_EQUAL = 0.8  # is enough where the number in the address is the same
HARDLY_ALIKE = 0.3  # below it texts that share an address are not one article
HEADLINE_WORDS_SHARED = 0.75
HEADLINE_WORDS_LEAST = 0.5


@dataclass(frozen=True, slots=True)
class Known:
    """What is compared of an article. publisher: equal for articles of one publisher."""

    url: str
    title: str
    publisher: str
    published_at: datetime | None = None
    text_key: str = ""
    fingerprint: tuple[int, ...] = ()
    language: str = ""


@lru_cache(maxsize=32)  # it is asked for more than once of a text, while that is kept
def text_key(text: str) -> str:
    """A hash of the text's words, equal for texts that differ in dress alone; "" for a short text."""
    found = words(text)
    return hashlib.sha256(" ".join(found).encode()).hexdigest()[:32] if len(found) >= FEWEST_WORDS else ""


def why_one(one: Known, other: Known, *, shares_address: bool = False) -> str:
    """Why two articles are one, in words; "" if they are two.

    shares_address: one names an address of the other as its own.
    """
    is_same_publisher = one.publisher == other.publisher
    is_same_site = registrable_domain(one.url) == registrable_domain(other.url)
    has_same_text = bool(one.text_key) and one.text_key == other.text_key
    alike = 1.0 if has_same_text else resemblance(one.fingerprint, other.fingerprint)
    if shares_address and _may_be_one(one, other, alike):
        return "one address"
    number = article_number(one.url)
    if is_same_site and number and number == article_number(other.url) and alike >= MOSTLY_EQUAL:
        return "one number on one site, and one text"
    if is_same_publisher and has_same_text and _is_near(one, other, SAME_TEXT_WITHIN):
        # What a broken page says instead of its article is the same on many: the headlines must have to do with it.
        return "one text of one publisher" if _shared_words(one, other) >= HEADLINE_WORDS_LEAST else ""
    if is_same_publisher and alike >= NEARLY_EQUAL and _is_near(one, other, SAME_HEADLINE_WITHIN):
        return "one text under a headline of the same words" if _same_headline(one, other) else ""
    return ""


def _may_be_one(one: Known, other: Known, alike: float) -> bool:
    """False where a page names an address that is plainly another article's."""
    return alike >= HARDLY_ALIKE or _shared_words(one, other) >= HEADLINE_WORDS_LEAST


def _shared_words(one: Known, other: Known) -> float:
    """Words of the shorter headline that the other has too, 0 to 1; 1 where there is nothing to compare."""
    mine, theirs = _headline_words(one), _headline_words(other)
    return len(mine & theirs) / min(len(mine), len(theirs)) if mine and theirs else 1.0


def _headline_words(article: Known) -> set[str]:
    return set(content_words(article.title, article.language))


def _same_headline(one: Known, other: Known) -> bool:
    """The same words in another order, give or take a few, and the same numbers."""
    mine, theirs = _headline_words(one), _headline_words(other)
    if not mine or not theirs or _numbers(mine) != _numbers(theirs):
        return False
    return len(mine & theirs) / len(mine | theirs) >= HEADLINE_WORDS_SHARED


def _numbers(found: set[str]) -> set[str]:
    return {word for word in found if any(letter.isdigit() for letter in word)}


def _is_near(one: Known, other: Known, most: timedelta) -> bool:
    if one.published_at is None or other.published_at is None:
        return True
    return abs(one.published_at - other.published_at) <= most
