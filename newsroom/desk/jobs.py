"""Work that is carried to worker processes. Imports no model: a worker has no database."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import lru_cache

from newsroom.articles.made_pictures import Reencoded, Unfit
from newstext import pipeline
from newstext.feeds import parse_feed
from newstext.note_records import StoryNotes
from newstext.records import ArticleText, ParsedFeed

MARKED_KEPT = 500  # articles, some 20 kB each: a story's notes are made anew for each new telling

log = logging.getLogger(__name__)

FeedJob = tuple[bytes, str, str]
NotesJob = tuple[tuple[ArticleText, ...], tuple[ArticleText, ...], str]


def read_feed(job: FeedJob) -> ParsedFeed:
    """The feed in an answer: its bytes, its address, its content type. Raises FeedError."""
    body, url, content_type = job
    return parse_feed(body, url=url, content_type=content_type)


def make_picture(body: bytes) -> Reencoded | Unfit:
    """A fetched picture, made anew."""
    from newsroom.articles import reencoding  # brings Pillow

    return reencoding.reencode(body)


def make_icon(body: bytes) -> bytes | Unfit:
    """A publisher's fetched favicon, made anew."""
    from newsroom.articles import reencoding  # brings Pillow

    return reencoding.reencode_icon(body)


def write_notes(job: NotesJob) -> StoryNotes | Exception:
    """The notes of one story: its tellings, the background, the writer's dotted name.

    A text that the writer breaks on is given back as its exception, with the
    traceback in the log: one story must not hold up the notes of all others.
    """
    try:
        return _notes(job)
    except Exception as error:
        log.exception("Notes of the story with article %s cannot be made", job[0][0].id if job[0] else "?")
        return error


def _notes(job: NotesJob) -> StoryNotes:
    tellings, background, writer = job
    return pipeline.write_notes(
        [marked(article) for article in tellings],
        background=[marked(article) for article in background],
        writer=writer,
    )


@lru_cache(maxsize=MARKED_KEPT)
def marked(article: ArticleText) -> ArticleText:
    """Marked, but with the sentences it was stored with: addresses of evidence count them."""
    marked = pipeline.mark_article(article)
    return replace(marked, sentences=article.sentences) if article.sentences else marked
