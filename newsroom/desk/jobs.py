"""Work that is carried to worker processes. Imports no model: a worker has no database."""

from __future__ import annotations

from dataclasses import replace

from newstext import pipeline
from newstext.records import ArticleText, StoryNotes

NotesJob = tuple[tuple[ArticleText, ...], tuple[ArticleText, ...], str]


def write_notes(job: NotesJob) -> StoryNotes:
    """The notes of one story: its tellings, the background, the writer's dotted name."""
    tellings, background, writer = job
    return pipeline.write_notes(
        [_marked(article) for article in tellings],
        background=[_marked(article) for article in background],
        writer=writer,
    )


def _marked(article: ArticleText) -> ArticleText:
    """Marked, but with the sentences it was stored with: addresses of evidence count them."""
    marked = pipeline.mark_article(article)
    return replace(marked, sentences=article.sentences) if article.sentences else marked
