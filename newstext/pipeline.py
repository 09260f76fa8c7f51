"""The path of a news text, in four functions: records in, records out.

    pages | process_pages | group_articles | write_notes
    WARC files | process_archive

No database, no clock, no settings, no network: the caller brings them.
"""

from __future__ import annotations

import functools
import importlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from newstext import copies, entities, extract, marks, sentences
from newstext.later import later
from newstext.note_records import StoryNotes, Writer
from newstext.records import ArticleText, Correction, Page, Placement, Rejected

if TYPE_CHECKING:
    from newstext import archive_results, dates, grouping
else:
    # Who only carries pages to other processes needs none of these: 10 MB.
    archive_results = later("newstext.archive_results")
    dates = later("newstext.dates")
    grouping = later("newstext.grouping")

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
    is_marked: bool = True,
) -> Iterator[ArticleText | Rejected]:
    """Read each page into an article with its marks, in the order of the pages.

    is_marked: False leaves the marks out, which take as long as reading.
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

    for done in engine(_read_and_mark if is_marked else _read, jobs()):
        page = carried.popleft()
        if isinstance(done, Exception):
            yield Rejected(page.url, "limits", f"Page {page.url or page.id}: {done}. It is left out.", page.id)
            continue
        read, blocks = done
        if isinstance(read, ArticleText):
            memory.learn(read.url, read.title, blocks, read.language)
        yield read


def _read(job: tuple[Page, extract.Furniture]) -> tuple[ArticleText | Rejected, frozenset[int]]:
    page, furniture = job
    read, blocks = extract.read_page(page, furniture)
    if isinstance(read, ArticleText) and page.seen_at:
        read = replace(read, seen_at=page.seen_at)
    return read, blocks


def _read_and_mark(job: tuple[Page, extract.Furniture]) -> tuple[ArticleText | Rejected, frozenset[int]]:
    read, blocks = _read(job)
    return mark_article(read) if isinstance(read, ArticleText) else read, blocks


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


@functools.cache
def _writer(dotted_name: str) -> Writer:
    module, _, name = dotted_name.partition(":")
    found: Writer = getattr(importlib.import_module(module), name)
    return found


def process_archive(
    paths: Sequence[str | Path],
    out: str | Path,
    *,
    engine: Engine = map,
    page_engine: Engine = map,
    wanted: archive_results.Wanted | None = None,
    at_once: int = 1,
) -> Iterator[archive_results.ArchiveResult]:
    """Read WARC files into one result file each in the folder `out`; yields what each gave, those with a problem last.

    engine carries files, page_engine the pages of one file, where that file is
    read. A result is renamed when it is whole, and a record of how it was made
    stands beside it, so what is done is passed over the next time. A file that
    failed, or that the engine gave up, is tried once more when all others are
    done; it has no result then and says why in `problem`.
    at_once: how many files are read at once; it is told how long all will take.
    """
    jobs = archive_results.jobs(paths, out, page_engine, wanted or archive_results.ALL, at_once)
    failed = yield from _read_archives(jobs, engine, is_last=False)
    if failed:
        yield from _read_archives(failed, engine, is_last=True)


def _read_archives(
    jobs: Iterable[archive_results.Job], engine: Engine, *, is_last: bool
) -> Generator[archive_results.ArchiveResult, None, list[archive_results.Job]]:
    """Yields what is done, and in the last round what failed; returns what failed."""
    carried: deque[archive_results.Job] = deque()
    failed: list[archive_results.Job] = []

    def carrying() -> Iterator[archive_results.Job]:
        for job in jobs:
            carried.append(job)
            yield job

    for done in engine(_read_archive, carrying()):
        job = carried.popleft()
        if isinstance(done, Exception):
            done = archive_results.ArchiveResult(job.path, "", rejected=1, problem=f"Archive {job.path}: {done}.")
        if done.problem:
            failed.append(job)
        if is_last or not done.problem:
            yield done
    return failed


def _read_archive(job: archive_results.Job) -> archive_results.ArchiveResult:
    return archive_results.read_archive(job, functools.partial(process_pages, is_marked=False, engine=job.page_engine))
