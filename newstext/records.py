"""What passes between the steps: frozen records, standard library only.

Texts are `str`, what came from outside is `bytes`. Moments are aware datetimes
and keep the page's own offset. Offsets count Unicode code points of
`ArticleText.text`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

# How much of a moment the source gave: "day" means the clock time is unknown
# and `published_at` stands at 00:00 UTC of that day.
Precision = Literal["time", "day"]

Kind = Literal["person", "organisation", "place"]  # of what a name names

# Pages of many topics: they tell no event by themselves.
OF_MANY_TOPICS = frozenset({"letters", "newsletter", "live", "list"})

# What a page is: one of these, which have a body that may be shown (a video, gallery or podcast page if it has a
# text of its own), or paywall, consent, challenge, error, list, empty.
READABLE_KINDS: frozenset[str] = frozenset(
    "article opinion letters live explainer newsletter sponsored teaser video gallery podcast".split()
)


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One item of a feed, fit to be kept and shown. Texts are plain; `content` alone is sanitised HTML."""

    guid: str
    url: str  # as the feed gives it, made absolute
    title: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    summary: str = ""
    content: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""
    image_caption: str = ""
    image_credit: str = ""
    source: str = ""  # the outlet that the item names as its source


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One item as its feed sent it: nothing to keep or show, but what `sanitise.clean_entry` makes a FeedEntry of.

    Title, authors and tags are plain text already; `raw_summary` and
    `raw_content` are foreign markup, whose addresses are seen from `base_url`.
    """

    guid: str
    url: str
    title: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    raw_summary: str = field(default="", repr=False)
    raw_content: str = field(default="", repr=False)
    base_url: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""
    image_caption: str = ""
    image_credit: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """What a feed says of itself."""

    title: str = ""
    home_url: str = ""
    description: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed and its entries, in the feed's own order; each raw until `sanitise.clean_entry` has cleaned it.

    is_cut: the answer broke off within an item, which is left out with all that may have stood behind it.
    """

    info: FeedInfo
    entries: tuple[RawEntry, ...]
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One fetched page, or a text a reader brought.

    id: the caller's own name for it, handed through.
    body: bytes as they came; `charset` is what HTTP said of them, or "".
    media_type: "text/html", or "text/plain" for a page saved as text.
    entry: the feed item that led here; it fills what the page does not say.
    publisher: the publisher's name as the caller knows it, or "".
    etag, last_modified: what HTTP said, for asking again conditionally.
    reserved: what HTTP and the host's files reserve (newstext.reservations).
    seen_at: when it was fetched, where the caller knows.
    """

    url: str
    body: bytes
    id: str = ""
    media_type: str = "text/html"
    charset: str = ""
    entry: FeedEntry | None = None
    publisher: str = ""
    etag: str = ""
    last_modified: str = ""
    reserved: tuple[str, ...] = ()
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RelatedItem:
    """Another article that the page itself lists beside its own."""

    title: str
    publisher: str = ""
    url: str = ""
    age: str = ""


@dataclass(frozen=True, slots=True)
class OtherAddress:
    """An address of its own site under which a page says it can be had too.

    kind: canonical, amp, mobile, print or short.
    """

    url: str
    kind: str


@dataclass(frozen=True, slots=True)
class Name:
    """A person, organisation or place named in a text; kind is None when unsure."""

    start: int
    end: int
    text: str
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in a text, resolved against the day it was published.

    value: ISO 8601 at the precision the text has: 2025, 2025-06, 2025-06-27,
    2025-W26, or with a time of day; and as TimeML writes what ISO cannot:
    2025-Q2, 2025-H1, 2025-SU, 199 for a decade, 2025-06-27TNI for that night,
    PRESENT_REF, PAST_REF, FUTURE_REF for "now", "recently", "soon".
    """

    start: int
    end: int
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Marks:
    """What grouping, related articles and notes need of an article, without its text.

    terms, lead_terms: raw counts of the strongest terms of title and body, and
    of the title and first 60 words. names: name as first written -> times named.
    fingerprint: hashes of the text's parts (newstext.copies); `fingerprint_rule`
    names how they were made.
    numbers, places: what title and opening give, in forms that are one in all
    languages (`numbers.find`, `places.find`). vector: the optional model's view
    of a bare headline, or "" (`embedding.packed`).
    """

    id: str
    title: str
    publisher: str
    language: str
    kind: str
    published_at: datetime | None
    terms: Mapping[str, int]
    lead_terms: Mapping[str, int]
    names: Mapping[str, int]
    fingerprint: tuple[int, ...]
    fingerprint_rule: str
    words: int  # length of the body in words
    agency: str = ""
    numbers: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    vector: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ArticleText:
    """One article, read: its text and what its page says of it.

    text: `paragraphs` joined by one blank line. sentences: (start, end) offsets
    into `text`, in order; sentence N of the site is sentences[N - 1].
    refused: why the page has no body that may be shown, or "".
    canonical_url: without tracking keys; `url` stays as given.
    agency: the news agency a text comes from; source: the outlet a portal took
    it from. confidence: 0 to 1, how sure the body is the article's. tickers:
    stock exchange codes that the text gives in brackets, as EIX.N or NYSE:EIX.
    passages: (start, end, language) of paragraphs in another language than the
    article's, offsets into `text`; sure ones only. reserved: what the publisher
    reserves of it against machines (newstext.reservations).
    """

    url: str
    id: str = ""
    canonical_url: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_precision: Precision = "time"
    updated_at: datetime | None = None
    updated_precision: Precision = "time"
    language: str = ""
    publisher: str = ""
    kind: str = "article"
    section: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""
    dateline: str = ""
    agency: str = ""
    source: str = ""
    notices: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()
    text: str = ""
    sentences: tuple[tuple[int, int], ...] = ()
    related: tuple[RelatedItem, ...] = ()
    confidence: float = 0.0
    refused: str = ""
    country: str = ""
    seen_at: datetime | None = None
    dates: tuple[DateMention, ...] = ()
    names: tuple[Name, ...] = ()
    marks: Marks | None = None
    tickers: tuple[str, ...] = ()
    passages: tuple[tuple[int, int, str], ...] = ()
    addresses: tuple[OtherAddress, ...] = ()
    site_name: str = ""  # what the page's site calls itself
    image_alt: str = ""
    image_caption: str = ""
    image_credit: str = ""
    reserved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A page, feed or line that could not be used, as data.

    step: fetch, robots, feed, extract, ... ; reason names the value, the limit
    and the way out.
    """

    url: str
    step: str
    reason: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class OpenStory:
    """A story that may still take articles.

    copies: of its members that are copies, the id of the original and the score
    of the placement that said so; a copy of what stands elsewhere by now is a telling.
    """

    id: str
    storyline: str
    members: tuple[Marks, ...]
    copies: Mapping[str, tuple[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an article belongs.

    story: id of an open story, or the article's own id when it opens one.
    copy_of: id of the first original in the same story, or None.
    because: reasons in words, strongest first. rule: name and version.
    """

    article: str
    story: str
    storyline: str
    copy_of: str | None = None
    because: tuple[str, ...] = ()
    score: float = 0.0
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """A placement taken back: the article belongs to `story`, not to `was`."""

    article: str
    story: str
    was: str


# How another article belongs to one: it tells the same event, came before or after in the same course of events,
# lies behind it, names the same people or places, is on the same subject, or contradicts it.
RelatedKind = Literal["same_event", "earlier", "later", "background", "names", "subject", "opposing"]


@dataclass(frozen=True, slots=True)
class StorylineLink:
    """The course of events that a story belongs to."""

    story: str
    storyline: str


@dataclass(frozen=True, slots=True)
class RelatedArticle:
    """Another article worth reading, and why, in words.

    score: what it is ranked by. likeness: how near the two are as far as other
    articles confirm it, 0 to 1. shown: it is above the floor.
    """

    id: str
    score: float
    shown: bool
    because: tuple[str, ...] = ()
    kind: RelatedKind = "subject"
    likeness: float = 0.0
