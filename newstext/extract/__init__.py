"""From a page to an article: metadata, body, cleaning, kind of page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

from selectolax.lexbor import LexborHTMLParser

from newstext.addresses import clean_url
from newstext.extract import kinds
from newstext.extract.blocks import Block, read_blocks
from newstext.extract.body import Body, find_body
from newstext.extract.bylines import authors_near, clean_authors
from newstext.extract.cleaning import agency_of, clean_paragraphs
from newstext.extract.decoding import decode
from newstext.extract.features import Surroundings, heading_place
from newstext.extract.memory import PublisherMemory, block_hash
from newstext.extract.metadata import Metadata, read_metadata
from newstext.extract.published import moment_near, searched_day
from newstext.extract.saved_text import as_moment, read_saved_text
from newstext.extract.scorer import Scorer
from newstext.language import detect_language
from newstext.records import ArticleText, FeedEntry, Page, Rejected
from newstext.sanitise import plain_text, too_odd

__all__ = ["PublisherMemory", "from_entry", "read_page"]

MAX_BYTES = 16 * 1024 * 1024
MAX_CHARS = 3_000_000
TEXT_MAX_CHARS = 1_000_000  # of the article itself: some 150,000 words
FURNITURE_MOST = 0.5  # a page of which more than half is known is a copy, not furniture
SHORT_CHARS = 250  # below it JSON-LD's own body is looked at
TOLD_CONFIDENCE = 0.6


def read_page(
    page: Page, furniture: frozenset[int] = frozenset(), scorer: Scorer | None = None
) -> tuple[ArticleText | Rejected, frozenset[int]]:
    """The article on a page, and hashes of its paragraphs for the publisher's memory.

    furniture: hashes of paragraphs known to stand on other pages of the publisher.
    scorer: what judges the blocks; the shipped one unless a measure brings its own.
    A page without an article comes back with `refused` set, its other fields kept.
    """
    if len(page.body) > MAX_BYTES:
        reason = f"the page is {len(page.body) / 2**20:.0f} MB, limit {MAX_BYTES // 2**20} MB. Give a part of it."
        return Rejected(page.url, "extract", reason, page.id), frozenset()
    html = decode(page.body, page.charset)[:MAX_CHARS]
    if not html.strip():
        return Rejected(page.url, "extract", "the page is empty: it has no bytes of text.", page.id), frozenset()
    if page.media_type == "text/plain" and len(html) > TEXT_MAX_CHARS:
        return _too_long(page, len(html)), frozenset()
    if page.media_type == "text/plain":
        return _read_text(page, html), frozenset()
    if reason := too_odd(html):
        return Rejected(page.url, "extract", reason, page.id), frozenset()
    return _read_html(page, html, furniture, scorer)


def _read_html(
    page: Page, html: str, furniture: frozenset[int], scorer: Scorer | None
) -> tuple[ArticleText | Rejected, frozenset[int]]:
    is_fragment = page.entry is not None and "<html" not in html[:2000].lower()
    whole = f"<html><body><article>{html}</article></body></html>" if is_fragment else html
    tree = LexborHTMLParser(whole)
    found = Metadata() if is_fragment else read_metadata(tree, whole, page.url)
    title = found.title or (page.entry.title if page.entry else "")
    blocks = read_blocks(tree)
    if not is_fragment:
        _look_near_heading(found, blocks, whole, page)
    body = find_body(blocks, Surroundings(title, found.description, found.article_body), whole, scorer)
    raw, confidence = _or_told(body, found)
    if (chars := sum(map(len, raw))) > TEXT_MAX_CHARS:
        return _too_long(page, chars), frozenset()
    hashes = frozenset(block_hash(paragraph) for paragraph in raw)
    cleaned = clean_paragraphs(_without(raw, furniture), title=title)
    article = ArticleText(
        url=page.url,
        id=page.id,
        canonical_url=clean_url(found.canonical_url or page.url),
        title=title,
        authors=found.authors or clean_authors([cleaned.byline], found.publisher) if cleaned.byline else found.authors,
        published_at=found.published_at,
        published_precision=found.published_precision,
        updated_at=found.updated_at,
        updated_precision=found.updated_precision,
        publisher=page.publisher or found.publisher,
        section=found.section,
        tags=found.tags,
        image=found.image,
        dateline=cleaned.dateline,
        agency=cleaned.agency or _agency(found),
        notices=cleaned.notices,
        paragraphs=cleaned.paragraphs,
        text="\n\n".join(cleaned.paragraphs),
        confidence=confidence,
    )
    return _judged(_filled(article, page.entry), found), hashes


def _too_long(page: Page, chars: int) -> Rejected:
    reason = f"the page's text has {chars:,} characters, limit {TEXT_MAX_CHARS:,}. Give a part of it."
    return Rejected(page.url, "extract", reason, page.id)


def _look_near_heading(found: Metadata, blocks: list[Block], html: str, page: Page) -> None:
    """Day and names from around the headline, where the page's own data give none."""
    heading = heading_place(blocks, found.title)
    if not found.authors:
        found.authors = authors_near(blocks, heading, found.publisher) or found.house
    if found.published_at is None and not (page.entry and page.entry.published_at):
        language = found.language.replace("_", "-").partition("-")[0].lower()
        titles = [text for text in (found.meta.get("og:title"),) if text]
        moment = moment_near(titles, blocks, heading, language) or searched_day(html, page.url)
        if moment:
            found.published_at, found.published_precision = moment


def _or_told(body: Body, found: Metadata) -> tuple[list[str], float]:
    """The body found, or JSON-LD's own where next to none was."""
    if sum(map(len, body.paragraphs)) < SHORT_CHARS < len(found.article_body):
        return [part for part in found.article_body.split("\n") if part.strip()], TOLD_CONFIDENCE
    return [line for paragraph in body.paragraphs for line in paragraph.split("\n")], body.confidence


def _without(paragraphs: list[str], furniture: frozenset[int]) -> list[str]:
    kept = [paragraph for paragraph in paragraphs if block_hash(paragraph) not in furniture]
    is_copy = sum(map(len, kept)) < FURNITURE_MOST * sum(map(len, paragraphs))
    return paragraphs if is_copy else kept


def _agency(found: Metadata) -> str:
    return next((agency for author in found.authors if (agency := agency_of(author))), "")


def _filled(article: ArticleText, entry: FeedEntry | None) -> ArticleText:
    """What the page does not say, as its feed item says it."""
    if entry is None:
        return article
    has_time = article.published_at is not None and article.published_precision == "time"
    return replace(
        article,
        title=article.title or entry.title,
        authors=article.authors or entry.authors,
        published_at=article.published_at if has_time or not entry.published_at else entry.published_at,
        published_precision="time" if entry.published_at else article.published_precision,
        updated_at=article.updated_at or entry.updated_at,
        tags=article.tags or entry.tags,
        image=article.image or entry.image,
    )


def _judged(article: ArticleText, found: Metadata) -> ArticleText:
    language = detect_language(article.text or article.title, hint=found.language)
    kind = kinds.kind_of(article.canonical_url or article.url, article.title, found)
    kind, refused = kinds.judge(kind, article.title, article.text, found, language=language)
    return replace(
        article, language=language, kind=kind, refused=refused, confidence=0.0 if refused else article.confidence
    )


def _read_text(page: Page, text: str) -> ArticleText:
    saved = read_saved_text(text)
    cleaned = clean_paragraphs(list(saved.paragraphs), title=saved.title)
    moment = as_moment(saved.published_at)
    article = ArticleText(
        url=page.url,
        id=page.id,
        canonical_url=clean_url(page.url),
        title=saved.title,
        authors=saved.authors or (clean_authors([cleaned.byline]) if cleaned.byline else ()),
        published_at=moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None,
        published_precision="time" if "T" in saved.published_at else "day",
        publisher=page.publisher or saved.publisher,
        tags=saved.tags,
        dateline=cleaned.dateline,
        agency=cleaned.agency,
        notices=cleaned.notices,
        paragraphs=cleaned.paragraphs,
        text="\n\n".join(cleaned.paragraphs),
        related=saved.related,
        confidence=0.7,
    )
    language = detect_language(article.text or article.title)
    words = kinds.count_words(article.text)
    if words:
        return replace(
            _filled(article, page.entry), language=language, kind=kinds.kind_of("", article.title, Metadata())
        )
    return replace(article, language=language, kind="empty", refused="The text has a headline but no body.")


def from_entry(entry: FeedEntry, *, url: str, publisher: str, language: str = "", id: str = "") -> ArticleText:
    """The article as a feed item alone tells it: a teaser, for when its page cannot be read."""
    told = plain_text(entry.content) if len(entry.content) > len(entry.summary) else entry.summary
    paragraphs = clean_paragraphs([told], title=entry.title).paragraphs if told else ()
    text = "\n\n".join(paragraphs)
    return ArticleText(
        url=url,
        id=id,
        canonical_url=clean_url(url),
        title=entry.title,
        authors=entry.authors,
        published_at=entry.published_at,
        updated_at=entry.updated_at,
        language=detect_language(f"{entry.title}. {text}", hint=language),
        publisher=publisher,
        kind="teaser",
        tags=entry.tags,
        image=entry.image,
        paragraphs=paragraphs,
        text=text,
        refused="" if text or entry.title else "The feed item has neither headline nor text.",
        confidence=0.2,
    )
