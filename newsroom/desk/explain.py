"""Any text a reader brings, made into an article page that is kept for that reader alone."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from newsroom.articles import removal
from newsroom.articles import save as article_save
from newsroom.articles.batch import store_read
from newsroom.articles.known import find_article
from newsroom.articles.models import Article
from newsroom.desk import jobs
from newsroom.desk.fetching import Fetching, NoPage
from newsroom.desk.remembering import recall
from newsroom.publishers.models import Publisher
from newsroom.stories import save as story_save
from newsroom.stories.engine_words import said_as_text
from newsroom.stories.models import Story
from newsroom.stories.related import find_related
from newstext import extract, marks, notes_json, pipeline
from newstext.addresses import clean_url, url_key
from newstext.records import ArticleText, Page, Placement, Rejected

MAX_BYTES = 5 * 1024 * 1024
BACKGROUND_READ = 6


class CannotExplain(ValueError):
    """What was brought cannot be made into a page; the message says why and the way out."""


def explain_url(url: str, now: datetime, *, writer: str) -> Article:
    """The article page of that address: the one we hold, else one made for the asker."""
    held = find_article(url)
    if held and held.read_at:
        return held
    if removal.removed_keys([url_key(url)]):
        raise CannotExplain("This article was removed from here, so it is not read again. Read it at its publisher.")
    got = Fetching().get_page(url)
    if isinstance(got, NoPage):
        raise CannotExplain(said_as_text(got.reason))
    return _explain(got, now, writer=writer)


def explain_text(text: str, now: datetime, *, writer: str) -> Article:
    """A page made of a pasted text, or of a saved page's HTML."""
    return explain_file(text.encode(), now, writer=writer, charset="utf-8")


def explain_file(content: bytes, now: datetime, *, writer: str, charset: str = "") -> Article:
    """A page made of a file: a saved page, or a text. Raises CannotExplain."""
    if not content.strip():
        raise CannotExplain(_("Nothing to explain: the text is empty. Paste an article, or give its address."))
    if len(content) > MAX_BYTES:
        told = {"bytes": f"{len(content):,}", "limit": f"{MAX_BYTES:,}"}
        raise CannotExplain(_("The text has %(bytes)s bytes, the limit is %(limit)s. Bring a part of it.") % told)
    start = content[:2000].lower()
    media_type = "text/html" if b"<html" in start or b"<!doctype html" in start else "text/plain"
    return _explain(Page("", content, media_type=media_type, charset=charset), now, writer=writer)


def _explain(page: Page, now: datetime, *, writer: str) -> Article:
    read = next(iter(pipeline.process_pages([page], memory=extract.PublisherMemory(recall))))
    if isinstance(read, Rejected):
        raise CannotExplain(_("This cannot be read as an article: %(why)s") % {"why": said_as_text(read.reason)})
    if read.refused:
        raise CannotExplain(
            _("This is no article that can be explained: %(why)s") % {"why": said_as_text(read.refused)}
        )
    with transaction.atomic():
        article = _keep(read, now)
        story = _place(article, now)
    if article.allows_notes:
        _write(article, story, now, writer=writer)
    return article


def _keep(read: ArticleText, now: datetime) -> Article:
    key = secrets.token_urlsafe(32)
    url = read.canonical_url or read.url or f"text:{hashlib.sha256(read.text.encode()).hexdigest()[:16]}"
    article = Article(
        publisher=_publisher(),
        url=url,
        url_key=f"private:{key}",
        canonical_url=clean_url(read.url) if read.url else "",
        private_key=key,
        title=read.title,
        seen_at=now,
    )
    article.save()
    assert read.marks is not None
    store_read(article, read, marks.to_json(read.marks), now)
    return article


def _publisher() -> Publisher:
    """Nobody we follow: one row stands for all texts that readers bring."""
    row, _ = Publisher.objects.get_or_create(
        slug="brought-by-readers",
        defaults={
            "name": "Brought by a reader",
            "note": "Texts that readers brought; each is shown to its reader alone.",
        },
    )
    return row


def _place(article: Article, now: datetime) -> Story:
    key = str(article.pk)
    story = story_save.place(Placement(key, key, key), article, now, is_private=True)
    story_save.refresh([story], now)
    Article.objects.filter(pk=article.pk).update(grouped_at=now)
    story.refresh_from_db()
    return story


def _write(article: Article, story: Story, now: datetime, *, writer: str) -> None:
    related = find_related(story).of_story
    near = [item["article"] for item in related[:BACKGROUND_READ]]
    rows = Article.objects.open_to_notes().filter(pk__in=near).exclude(text="")
    background = tuple(article_save.as_record(row) for row in rows.select_related("publisher"))
    notes = jobs.write_notes(((article_save.as_record(article),), background, writer))
    if isinstance(notes, Exception):
        return  # the page comes without what stands behind it; the log says why
    with transaction.atomic():
        story_save.keep_notes(
            story,
            notes_json.notes_to_json(notes),
            related,
            now,
            made_by=notes.made_by,
            article_count=1,
            subjects=notes.about,
        )
