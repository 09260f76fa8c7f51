"""The path of a news text, in four functions: records in, records out.

    pages | process_pages | group_articles | write_notes
    WARC files | process_archive

No database, no clock, no settings, no network: the caller brings them.
"""

from __future__ import annotations

import importlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from newstext import archives, copies, dates, entities, extract, grouping, marks, sentences
from newstext.note_records import StoryNotes, Writer
from newstext.records import ArticleText, Correction, Page, Placement, Rejected

EXTRACTIVE = "newstext.writers:extractive"


class Engine(Protocol):
    """Anything shaped like the built-in map; newstext.engines has three.

    What an engine had to give up, it gives back as an exception in the item's place.
    """

    def __call__(self, function: Callable[[Any], Any], items: Iterable[Any], /) -> Iterator[Any]: ...


def process_pages(
    pages: Iterable[Page],
    *,
    engine: Engine = map,
    memory: extract.PublisherMemory | None = None,
) -> Iterator[ArticleText | Rejected]:
    """Read each page into an article with its marks, in the order of the pages.

    memory: what is known of the publishers; it learns from these pages as they
    pass. A page that cannot be read at all, or that the engine gave up, comes
    back as Rejected; a page that is no article as ArticleText with `refused` set.
    """
    memory = memory or extract.PublisherMemory()
    carried: deque[Page] = deque()

    def jobs() -> Iterator[tuple[Page, extract.Furniture]]:
        for page in pages:
            carried.append(page)
            yield page, memory.furniture(page.url)

    for done in engine(_read_and_mark, jobs()):
        page = carried.popleft()
        if isinstance(done, Exception):
            yield Rejected(page.url, "limits", f"Page {page.url or page.id}: {done}. It is left out.", page.id)
            continue
        read, blocks = done
        if isinstance(read, ArticleText):
            memory.learn(read.url, read.title, blocks, read.language)
        yield read


def _read_and_mark(job: tuple[Page, extract.Furniture]) -> tuple[ArticleText | Rejected, frozenset[int]]:
    page, furniture = job
    read, blocks = extract.read_page(page, furniture)
    if isinstance(read, ArticleText):
        read = mark_article(read)
    return read, blocks


def mark_article(article: ArticleText) -> ArticleText:
    """The same article with its sentences, dates, names and marks filled in."""
    marked = replace(
        article,
        sentences=sentences.split(article.text, article.language),
        dates=dates.find(article.text, published_at=article.published_at, language=article.language),
        names=entities.find(article.text, language=article.language),
    )
    return replace(marked, marks=marks.of(marked, fingerprint=copies.fingerprint(marked.text)))


def group_articles(articles: Iterable[ArticleText], index: grouping.StoryIndex) -> Iterator[Placement | Correction]:
    """Place each marked article, in order of arrival, into a story.

    index: the open stories; it takes each article in as it is placed, so one
    index serves a whole run. Corrections follow where a placement is taken back.
    """
    for article in articles:
        if article.marks is None:
            article = mark_article(article)
        assert article.marks is not None
        yield from index.place(article.marks)
    yield from index.settle()


def write_notes(
    articles: Sequence[ArticleText],
    *,
    background: Sequence[ArticleText] = (),
    writer: str = EXTRACTIVE,
) -> StoryNotes:
    """What stands behind one story: hashtags, brief, why now, timeline.

    articles: the story's tellings, marked. background: earlier articles of its
    storyline; only why now and timeline draw on them. writer: a dotted name.
    """
    return _writer(writer)(tuple(articles), tuple(background))


@cache
def _writer(dotted_name: str) -> Writer:
    module, _, name = dotted_name.partition(":")
    found: Writer = getattr(importlib.import_module(module), name)
    return found


def process_archive(
    paths: Iterable[Path],
    out: Path,
    *,
    engine: Engine = map,
) -> Iterator[archives.ArchiveResult]:
    """Read WARC files into one JSON Lines file each under `out`; yields what each gave.

    A result is written as NAME.jsonl.part and renamed when whole, so a file that
    exists is done and is passed over the next time. An archive that the engine
    gave up has no result file and says why in `problem`.
    """
    carried: deque[Path] = deque()

    def jobs() -> Iterator[tuple[Path, Path]]:
        for path in paths:
            carried.append(path)
            yield path, out

    for done in engine(_process_one_archive, jobs()):
        path = carried.popleft()
        if isinstance(done, Exception):
            yield archives.ArchiveResult(str(path), "", rejected=1, problem=f"Archive {path}: {done}.")
        else:
            yield done


def _process_one_archive(job: tuple[Path, Path]) -> archives.ArchiveResult:
    path, out = job
    return archives.write_result(path, out, process_pages)
