"""What `newstext archive` does: WARC files into articles, copies among them, and stories."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from newstext import archive_copies, archive_groups, archive_results, archives, engines, pipeline
from newstext.archive_results import Wanted
from newstext.command import REJECTED_EXIT, progress, write
from newstext.jsonlines import Json

Options = argparse.Namespace


@contextmanager
def _engine(options: Options) -> Iterator[engines.Engine]:
    engine = engines.named(options.engine, options.workers)
    try:
        yield engine
    finally:
        if isinstance(engine, engines.Processes):
            engine.close()


def read(options: Options) -> int:
    """Read WARC files into one result file each; progress as the files are done."""
    paths = archives.find_archives(options.paths)
    wanted = Wanted(options.lang, options.since, options.until, options.publisher, options.format)
    page_engine = map if options.engine == "inline" else engines.guarded
    began, pages, rejected = time.monotonic(), 0, 0
    with _engine(options) as engine:
        results = pipeline.process_archive(
            paths,
            options.out,
            engine=engine,
            page_engine=page_engine,
            wanted=wanted,
            at_once=min(engines.at_once(engine), len(paths) or 1),
        )
        for result in progress(results, "files", len(paths)):
            rejected += result.rejected
            if not result.was_done:
                pages += result.articles + result.refused + result.rejected + result.left_out
            write(_row(result))
            sys.stdout.flush()
    seconds = max(time.monotonic() - began, 0.001)
    print(f"newstext: {pages:,} pages in {seconds:,.1f} s, {pages / seconds:,.1f}/s", file=sys.stderr)
    return REJECTED_EXIT if rejected else 0


def _row(result: archive_results.ArchiveResult) -> Json:
    return {name: getattr(result, name) for name in result.__dataclass_fields__}


def copies(options: Options) -> int:
    """Find the copies among all articles of an archive."""
    with _engine(options) as engine:
        table, count = archive_copies.find(options.out, engine, form=options.format, days=options.days)
    write({"copies": table, "count": count})
    return 0


def group(options: Options) -> int:
    """Group an archive's articles into stories."""
    with _engine(options) as engine:
        placements, stories = archive_groups.group(options.out, engine, form=options.format, days=options.days)
    write({"placements": placements, "stories": stories})
    return 0
