"""Bodies that stand under several unrelated headlines of one publisher: refused, and taken off who carries them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from newsroom.articles import refusals
from newsroom.articles.models import Article
from newstext import extract, marks, pipeline
from newstext.extract import wrong_body
from newstext.extract.wrong_body import Titled
from newstext.later import later
from newstext.records import ArticleText, FeedEntry

if TYPE_CHECKING:
    from newstext.extract import refusals as reasons
else:
    reasons = later("newstext.extract.refusals")  # brings all parsers of pages, which worker processes have


def without_shared_body(article: Article, read: ArticleText, now: datetime) -> tuple[ArticleText, list[Article]]:
    """What was read, refused if its body is none of its own; and who held the same body and lost it.

    Looks at the publisher's other articles with the same main paragraphs. Runs
    in the transaction that keeps what was read.
    """
    if read.refused or not read.text:
        return read, []
    paragraphs = wrong_body.main_paragraphs(read.text)
    page = Titled(read.title or article.title, read.text, read.language)
    others, known = refusals.with_same_paragraphs(article, paragraphs)
    others = [other for other in others if wrong_body.is_same_body(other.text, read.text)]
    foreign = _foreign(article, page, others) if others else []
    is_foreign = article in foreign or (
        wrong_body.is_made_of(read.text, known) and not wrong_body.has_its_headline(page, article.publisher.name)
    )
    refusals.remember_paragraphs(article, paragraphs)
    refusals.mark_foreign([article, *foreign] if is_foreign else foreign, paragraphs)
    lost = [other for other in foreign if other != article]
    for other in lost:
        refusals.take_off(other, reasons.SHARED_BODY, marks.to_json(_without_body(other)), now)
    return _refused(article, read) if is_foreign else read, lost


def _foreign(article: Article, page: Titled, others: list[Article]) -> list[Article]:
    """Which of these have their body from elsewhere."""
    pages = [page, *(Titled(other.title, other.text, other.language) for other in others)]
    places = wrong_body.foreign_bodies(pages, article.publisher.name)
    rows = [article, *others]
    return [rows[place] for place in places]


def _refused(article: Article, read: ArticleText) -> ArticleText:
    refused = replace(
        read,
        text="",
        paragraphs=(),
        sentences=(),
        confidence=0.0,
        kind="error",
        refused=reasons.SHARED_BODY,
        marks=_without_body(article),
    )
    if article.text:  # it was shown with this body until now
        article.text, article.grouped_at = "", None
    return refused


def _without_body(article: Article) -> marks.Marks:
    """What grouping is to know of an article as its feed tells it."""
    told = extract.from_entry(
        FeedEntry(article.guid, article.url, title=article.title, summary=article.summary),
        url=article.url,
        publisher=article.publisher.name,
        language=article.language,
        id=str(article.pk),
    )
    marked = pipeline.mark_article(replace(told, published_at=article.at, kind="error"))
    assert marked.marks is not None
    return marked.marks
