"""From a page to an article: metadata, body, cleaning, kind of page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

from selectolax.lexbor import LexborHTMLParser

from newstext.addresses import clean_url, registrable_domain
from newstext.extract import kinds, refusals
from newstext.extract.blocks import Block, read_blocks
from newstext.extract.body import Body, find_body
from newstext.extract.bylines import authors_near, clean_authors
from newstext.extract.cleaning import agency_of, clean_headline, clean_paragraphs
from newstext.extract.decoding import decode
from newstext.extract.features import Surroundings, heading_place
from newstext.extract.memory import NONE, Furniture, block_hash, without_furniture
from newstext.extract.metadata import Metadata, read_metadata
from newstext.extract.published import moment_near, searched_day
from newstext.extract.saved_text import as_moment, read_saved_text
from newstext.extract.scorer import Scorer
from newstext.extract.shape import Shape, read_shape, read_sponsors
from newstext.extract.source import find_source, other_addresses, source_of_entry
from newstext.extract.wrong_body import Titled
from newstext.language import detect_language
from newstext.mastheads import Site
from newstext.passages import find_passages
from newstext.records import ArticleText, FeedEntry, Page, Rejected
from newstext.reservations import in_meta
from newstext.sanitise import plain_text, too_odd

MAX_BYTES = 16 * 1024 * 1024
MAX_CHARS = 3_000_000
TEXT_MAX_CHARS = 1_000_000  # of the article itself: some 150,000 words
SHORT_CHARS = 250  # below it JSON-LD's own body is looked at
TOLD_CONFIDENCE = 0.6
# The headline of such a page is its own, not the article's.
NOT_ITS_OWN = frozenset({"challenge", "consent", "error", "list"})


def read_page(
    page: Page, furniture: Furniture = NONE, scorer: Scorer | None = None
) -> tuple[ArticleText | Rejected, frozenset[int]]:
    """The article on a page, and hashes of its paragraphs for the publisher's memory.

    furniture: the paragraphs known to stand on other pages of the publisher (PublisherMemory.furniture).
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
    page: Page, html: str, furniture: Furniture, scorer: Scorer | None
) -> tuple[ArticleText | Rejected, frozenset[int]]:
    is_fragment = page.entry is not None and "<html" not in html[:2000].lower()
    whole = f"<html><body><article>{html}</article></body></html>" if is_fragment else html
    tree = LexborHTMLParser(whole)
    found = Metadata() if is_fragment else read_metadata(tree, whole, page.url)
    title = _headline(found, page)
    sponsors, blocks = read_sponsors(tree), read_blocks(tree)
    if not is_fragment:
        _look_near_heading(found, blocks, whole, page)
    body = find_body(blocks, Surroundings(title, found.description, found.article_body), whole, scorer)
    shape = read_shape(blocks, heading_place(blocks, title), body.paragraphs, sponsors)
    raw, confidence = _or_told(body, found)
    if (chars := sum(map(len, raw))) > TEXT_MAX_CHARS:
        return _too_long(page, chars), frozenset()
    own = without_furniture(raw, url=page.url, title=title, furniture=furniture, language=_told_language(found))
    cleaned = clean_paragraphs(own, title=title, authors=found.authors)
    shape = replace(shape, behind=(*cleaned.behind, *_behind(raw, own), *shape.behind))
    source, agency = _source(tree, found, page, raw, cleaned.agency or _agency(found))
    article = replace(
        _with_metadata(page, found),
        title=title,
        authors=found.authors or (clean_authors([cleaned.byline], found.publisher) if cleaned.byline else ()),
        addresses=() if is_fragment else other_addresses(tree, page.url),
        dateline=cleaned.dateline,
        agency=agency,
        source=source,
        notices=cleaned.notices,
        tickers=cleaned.tickers,
        paragraphs=cleaned.paragraphs,
        text="\n\n".join(cleaned.paragraphs),
        confidence=confidence,
    )
    hashes = frozenset(block_hash(paragraph) for paragraph in raw)
    return _judged(_filled(article, page.entry), found, shape, page.entry), hashes


def _with_metadata(page: Page, found: Metadata) -> ArticleText:
    """What the page's own data say, without the text."""
    return ArticleText(
        url=page.url,
        id=page.id,
        canonical_url=clean_url(found.canonical_url or page.url),
        published_at=found.published_at,
        published_precision=found.published_precision,
        updated_at=found.updated_at,
        updated_precision=found.updated_precision,
        publisher=page.publisher or found.publisher,
        site_name=found.meta.get("og:site_name", "") or found.publisher,
        section=found.section,
        tags=found.tags,
        image=found.image,
        image_alt=found.image_alt,
        image_caption=found.image_caption,
        image_credit=found.image_credit,
        reserved=tuple(sorted({*page.reserved, *in_meta(found.meta)})),
    )


def _headline(found: Metadata, page: Page) -> str:
    told = found.title or (page.entry.title if page.entry else "")
    return clean_headline(told, found.publisher or page.publisher, registrable_domain(page.url) or "")


def _too_long(page: Page, chars: int) -> Rejected:
    reason = f"the page's text has {chars:,} characters, limit {TEXT_MAX_CHARS:,}. Give a part of it."
    return Rejected(page.url, "extract", reason, page.id)


def _look_near_heading(found: Metadata, blocks: list[Block], html: str, page: Page) -> None:
    """Day and names from around the headline, where the page's own data give none."""
    heading = heading_place(blocks, found.title)
    if not found.authors:
        found.authors = authors_near(blocks, heading, found.publisher) or found.house
    if found.published_at is None and not (page.entry and page.entry.published_at):
        language = _told_language(found)
        titles = [text for text in (found.meta.get("og:title"),) if text]
        moment = moment_near(titles, blocks, heading, language) or searched_day(html, page.url)
        if moment:
            found.published_at, found.published_precision = moment


def _told_language(found: Metadata) -> str:
    return found.language.replace("_", "-").partition("-")[0].lower()


def _or_told(body: Body, found: Metadata) -> tuple[list[str], float]:
    """The body found, or JSON-LD's own where next to none was."""
    if sum(map(len, body.paragraphs)) < SHORT_CHARS < len(found.article_body):
        return [part for part in found.article_body.split("\n") if part.strip()], TOLD_CONFIDENCE
    return [line for paragraph in body.paragraphs for line in paragraph.split("\n")], body.confidence


def _behind(raw: list[str], own: list[str]) -> list[str]:
    """What memory knew of the lines behind the article's own last one: a publisher's wall stands on many pages."""
    last = next((place for place in range(len(raw), 0, -1) if own and raw[place - 1] == own[-1]), len(raw))
    return raw[last:]


def apply_memory(article: ArticleText, furniture: Furniture) -> ArticleText:
    """The article without what was learned since it was read; the same object if nothing goes.

    Marks, sentences and dates of the old text are left out: mark the article anew.
    """
    language = article.language.partition("-")[0]
    kept = without_furniture(
        article.paragraphs, url=article.url, title=article.title, furniture=furniture, language=language
    )
    if len(kept) == len(article.paragraphs):
        return article
    return replace(
        article,
        paragraphs=tuple(kept),
        text="\n\n".join(kept),
        passages=find_passages("\n\n".join(kept), article.language),
        sentences=(),
        dates=(),
        names=(),
        marks=None,
    )


def _agency(found: Metadata) -> str:
    return next((agency for author in found.authors if (agency := agency_of(author))), "")


def _source(tree: LexborHTMLParser, found: Metadata, page: Page, raw: list[str], agency: str) -> tuple[str, str]:
    """(whose article a portal shows, its agency), by the page, else by the feed item that led to it."""
    site = Site(page.url, (page.publisher, found.meta.get("og:site_name", "")))
    source, agency = find_source(tree, found.linked, found.meta, site=site, paragraphs=raw, agency=agency)
    return source or (source_of_entry(page.entry.source, site) if page.entry else ""), agency


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
        image_caption=article.image_caption or entry.image_caption,
        image_credit=article.image_credit or entry.image_credit,
    )


def _judged(article: ArticleText, found: Metadata, shape: Shape, entry: FeedEntry | None) -> ArticleText:
    language = detect_language(article.text or article.title, hint=found.language)
    article = replace(article, passages=find_passages(article.text, language))
    words = refusals.count_words(article.text)
    kind = kinds.kind_of(article.canonical_url or article.url, article.title, found, shape, words=words)
    told = entry.title if entry else ""
    page = Titled(article.title, article.text, language)
    kind, refused = refusals.judge(kind, page, found, shape, words=words, told=told)
    return replace(
        article,
        title=told if told and refused and kind in NOT_ITS_OWN else article.title,
        language=language,
        kind=kind,
        refused=refused,
        confidence=0.0 if refused else article.confidence,
    )


def _read_text(page: Page, text: str) -> ArticleText:
    saved = read_saved_text(text)
    cleaned = clean_paragraphs(list(saved.paragraphs), title=saved.title)
    moment = as_moment(saved.published_at)
    article = ArticleText(
        url=page.url,
        id=page.id,
        canonical_url=clean_url(page.url or saved.url),
        title=saved.title,
        authors=saved.authors or (clean_authors([cleaned.byline]) if cleaned.byline else ()),
        published_at=moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None,
        published_precision="time" if "T" in saved.published_at else "day",
        publisher=page.publisher or saved.publisher,
        tags=saved.tags,
        dateline=cleaned.dateline,
        agency=cleaned.agency,
        notices=cleaned.notices,
        tickers=cleaned.tickers,
        paragraphs=cleaned.paragraphs,
        text="\n\n".join(cleaned.paragraphs),
        related=saved.related,
        confidence=0.7,
        reserved=page.reserved,
    )
    language = detect_language(article.text or article.title)
    article = replace(article, passages=find_passages(article.text, language))
    words = refusals.count_words(article.text)
    if words:
        kind = kinds.kind_of("", article.title, Metadata(), Shape(), words=words)
        return replace(_filled(article, page.entry), language=language, kind=kind)
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
        image_caption=entry.image_caption,
        image_credit=entry.image_credit,
        source=source_of_entry(entry.source, Site(url, (publisher,))),
        paragraphs=paragraphs,
        text=text,
        refused="" if text or entry.title else "The feed item has neither headline nor text.",
        confidence=0.2,
    )
