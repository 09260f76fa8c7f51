"""From a page to an article: metadata, body, cleaning, kind of page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import trafilatura
from selectolax.lexbor import LexborHTMLParser

from newstext.addresses import clean_url
from newstext.extract import kinds
from newstext.extract.cleaning import agency_of, clean_paragraphs
from newstext.extract.decoding import decode
from newstext.extract.memory import PublisherMemory, block_hash
from newstext.extract.metadata import Metadata, clean_authors, read_metadata
from newstext.extract.saved_text import as_moment, read_saved_text
from newstext.language import detect_language
from newstext.records import ArticleText, FeedEntry, Page, Rejected
from newstext.sanitise import plain_text

__all__ = ["PublisherMemory", "from_entry", "read_page"]

MAX_CHARS = 3_000_000
FURNITURE_MOST = 0.5  # a page of which more than half is known is a copy, not furniture
SHORT_CHARS = 250  # below it the fast extractor may have missed the body
FEWEST_OF_PAGE = 0.7  # nor may it have missed more than this of the page's paragraphs
PARAGRAPH_CHARS = 80
FRAME = ["script", "style", "nav", "footer", "aside", "form", "header"]


def read_page(page: Page, furniture: frozenset[int] = frozenset()) -> tuple[ArticleText | Rejected, frozenset[int]]:
    """The article on a page, and hashes of its paragraphs for the publisher's memory.

    furniture: hashes of paragraphs known to stand on other pages of the publisher.
    A page without an article comes back with `refused` set, its other fields kept.
    """
    html = decode(page.body, page.charset)[:MAX_CHARS]
    if not html.strip():
        return Rejected(page.url, "extract", "the page is empty: it has no bytes of text.", page.id), frozenset()
    if page.media_type == "text/plain":
        return _read_text(page, html), frozenset()
    return _read_html(page, html, furniture)


def _read_html(page: Page, html: str, furniture: frozenset[int]) -> tuple[ArticleText | Rejected, frozenset[int]]:
    is_fragment = page.entry is not None and "<html" not in html[:2000].lower()
    whole = f"<html><body><article>{html}</article></body></html>" if is_fragment else html
    tree = LexborHTMLParser(whole)
    found = Metadata() if is_fragment else read_metadata(tree, whole, page.url)
    title = found.title or (page.entry.title if page.entry else "")
    raw, confidence = _body(whole, found)
    blocks = frozenset(block_hash(paragraph) for paragraph in raw)
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
    return _judged(_filled(article, page.entry), found), blocks


def _body(html: str, found: Metadata) -> tuple[list[str], float]:
    """The body's paragraphs as they stand, and how sure they are the article's."""
    text = _extracted(html, is_fast=True)
    if len(text) < max(SHORT_CHARS, FEWEST_OF_PAGE * _paragraph_chars(html)):
        text = max(text, _extracted(html, is_fast=False), key=len)
    if len(text) < SHORT_CHARS < len(found.article_body):
        return [part for part in found.article_body.split("\n") if part.strip()], 0.6
    length = len(text)
    return [line for line in text.split("\n") if line.strip()], min(1.0, 0.3 + length / 2000)


def _paragraph_chars(html: str) -> int:
    """How much text stands in the page's long paragraphs, outside its frame."""
    tree = LexborHTMLParser(html)
    tree.strip_tags(FRAME, recursive=True)
    return sum(len(text) for node in tree.css("p") if len(text := node.text(separator=" ").strip()) > PARAGRAPH_CHARS)


def _extracted(html: str, *, is_fast: bool) -> str:
    try:
        found = trafilatura.bare_extraction(html, fast=is_fast, include_comments=False, include_tables=True)
    except Exception:  # lxml raises many kinds on hostile trees; the page is then empty to us
        return ""
    return str(found.text or "") if found and not isinstance(found, dict) else ""


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
