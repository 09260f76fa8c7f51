"""What each newstext command does with its lines."""

from __future__ import annotations

import argparse
import base64
import binascii
import gzip
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from tqdm import tqdm

from newstext import archives, brief, engines, extract, hashtags, jsonlines, pipeline, related, timeline
from newstext.feeds import FeedError, parse_feed
from newstext.grouping import StoryIndex
from newstext.jsonlines import BadLine, Json
from newstext.records import ArticleText, Correction, Page, Rejected

REJECTED_EXIT = 3
Options = argparse.Namespace


class Lines:
    """The input's lines as JSON objects; bad ones are written as rejected and counted."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rejected = 0

    def __iter__(self) -> Iterator[tuple[int, Json]]:
        """(number of the line from 1, object)."""
        with _opened(self.name) as stream, tqdm(unit=" lines", file=sys.stderr, disable=None) as bar:
            for number, line in enumerate(stream, 1):
                bar.update()
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError) as error:
                    self.reject(None, number, "json", f"line {number}: is no JSON ({error}).")
                    continue
                if isinstance(row, dict):
                    yield number, row
                else:
                    self.reject(None, number, "json", f"line {number}: must be a JSON object.")

    def reject(self, row: Json | None, number: int, step: str, reason: str) -> None:
        self.rejected += 1
        said = row.get("id") if row else None
        write(
            {
                "id": said if isinstance(said, str | int) else None,
                "line": number,
                "rejected": {"step": step, "reason": reason},
            }
        )


def _opened(name: str) -> IO[bytes]:
    return sys.stdin.buffer if name == "-" else Path(name).open("rb")


def write(row: Json) -> None:
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def run(options: Options) -> int:
    """Run one command over its input."""
    lines = Lines(options.input)
    COMMANDS[options.command](options, lines)
    sys.stdout.flush()
    return REJECTED_EXIT if lines.rejected else 0


def archive(options: Options) -> int:
    """Read WARC files into one result file each; progress as the files are done."""
    paths = archives.find_archives(options.paths)
    engine = engines.named(options.engine)
    rejected = 0
    try:
        results = pipeline.process_archive(paths, options.out, engine=engine)
        for result in tqdm(results, total=len(paths), unit=" files", file=sys.stderr, disable=None):
            rejected += result.rejected
            write({name: getattr(result, name) for name in result.__dataclass_fields__})
            sys.stdout.flush()
    finally:
        if isinstance(engine, engines.Processes):
            engine.close()
    return REJECTED_EXIT if rejected else 0


def _extract(options: Options, lines: Lines) -> None:
    memory = _load_memory(options.memory)
    engine = engines.named(options.engine)
    if options.passes == 2:
        kept = list(_pages(lines))
        for _ in pipeline.process_pages((page for _, page in kept), engine=engine, memory=memory):
            pass
        _write_read(iter(kept), lines, engine, memory)
    else:
        _write_read(_pages(lines), lines, engine, memory)
    if options.memory:
        part = options.memory.with_name(f"{options.memory.name}.part")
        part.write_text(memory.to_json())
        part.replace(options.memory)
    if isinstance(engine, engines.Processes):
        engine.close()


def _write_read(
    pages: Iterator[tuple[int, Page]], lines: Lines, engine: engines.Engine, memory: extract.PublisherMemory
) -> None:
    numbers: list[int] = []

    def only_pages() -> Iterator[Page]:
        for number, page in pages:
            numbers.append(number)
            yield page

    for place, read in enumerate(pipeline.process_pages(only_pages(), engine=engine, memory=memory)):
        if isinstance(read, Rejected):
            lines.reject({"id": read.id}, numbers[place], read.step, read.reason)
        else:
            write(jsonlines.article_to_json(read))


def _load_memory(path: Path | None) -> extract.PublisherMemory:
    if path is None or not path.exists():
        return extract.PublisherMemory()
    return extract.PublisherMemory.from_json(path.read_text())


def _pages(lines: Lines) -> Iterator[tuple[int, Page]]:
    for number, row in lines:
        try:
            yield number, _page(row)
        except (BadLine, OSError) as error:
            lines.reject(row, number, "input", str(error))


def _page(row: Json) -> Page:
    page_id, url = jsonlines.id_field(row), jsonlines.text_field(row, "url")
    publisher = jsonlines.text_field(row, "publisher")
    if "html" in row:
        html = jsonlines.text_field(row, "html", needed=True)
        return Page(url, html.encode("utf-8", "replace"), page_id, charset="utf-8", publisher=publisher)
    if "file" in row:
        return Page(url, _file(jsonlines.text_field(row, "file", needed=True)), page_id, publisher=publisher)
    text = jsonlines.text_field(row, "text", needed=True)
    return Page(url, text.encode("utf-8", "replace"), page_id, "text/plain", "utf-8", publisher=publisher)


def _file(name: str) -> bytes:
    """A file's bytes, unpacked if its name ends in .gz. Raises BadLine."""
    try:
        body = Path(name).read_bytes()
        return gzip.decompress(body) if name.endswith(".gz") else body
    except (OSError, EOFError) as error:
        raise BadLine(f"file {name!r}: cannot be read ({error}).") from error


def _feed(options: Options, lines: Lines) -> None:
    for number, row in lines:
        try:
            body = _feed_bytes(row)
            parsed = parse_feed(body, url=jsonlines.text_field(row, "url"))
            write(jsonlines.feed_to_json(jsonlines.id_field(row), parsed))
        except FeedError as error:
            lines.reject(row, number, "feed", str(error))
        except BadLine as error:
            lines.reject(row, number, "input", str(error))


def _feed_bytes(row: Json) -> bytes:
    if "file" in row:
        return _file(jsonlines.text_field(row, "file", needed=True))
    try:
        return base64.b64decode(jsonlines.text_field(row, "data_b64", needed=True), validate=True)
    except binascii.Error as error:
        raise BadLine(f"field 'data_b64': is no base64 ({error}).") from error


def _articles(lines: Lines) -> Iterator[ArticleText]:
    for number, row in lines:
        try:
            article = jsonlines.article_from_json(row)
        except BadLine as error:
            lines.reject(row, number, "input", str(error))
            continue
        yield pipeline.mark_article(article)


def _group(options: Options, lines: Lines) -> None:
    index = StoryIndex()
    final: dict[str, Json] = {}
    for placed in pipeline.group_articles(_articles(lines), index):
        row: Json
        if isinstance(placed, Correction):
            row = {"id": placed.article, "story": placed.story, "was": placed.was}
            final[placed.article] = {**final[placed.article], "story": placed.story}
        else:
            row = {
                "id": placed.article,
                "story": placed.story,
                "storyline": placed.storyline,
                "copy_of": placed.copy_of,
                "because": list(placed.because),
            }
            final[placed.article] = row
        if options.stream:
            write(row)
            sys.stdout.flush()
    if not options.stream:
        for row in final.values():
            write(row)


def _related(options: Options, lines: Lines) -> None:
    for article_id, found in related.find_related(list(_articles(lines)), top=options.top):
        write({"id": article_id, "related": jsonlines.related_to_json(found)})


def _hashtags(options: Options, lines: Lines) -> None:
    for article_id, tags in hashtags.of_articles(list(_articles(lines))):
        write({"id": article_id, "hashtags": list(tags)})


def _keyphrases(options: Options, lines: Lines) -> None:
    for article_id, phrases in hashtags.keyphrases(list(_articles(lines)), top=options.top):
        write({"id": article_id, "keyphrases": list(phrases)})


def _dates(options: Options, lines: Lines) -> None:
    for article in _articles(lines):
        found = [{"start": one.start, "end": one.end, "text": one.text, "value": one.value} for one in article.dates]
        write({"id": article.id, "dates": found})


def _stories(lines: Lines) -> Iterator[tuple[str, list[ArticleText]]]:
    for number, row in lines:
        try:
            articles = [jsonlines.article_from_json(one) for one in jsonlines.list_field(row, "articles")]
            yield jsonlines.id_field(row), [pipeline.mark_article(article) for article in articles]
        except BadLine as error:
            lines.reject(row, number, "input", str(error))


def _brief(options: Options, lines: Lines) -> None:
    for story_id, articles in _stories(lines):
        write(
            {"id": story_id, "sentences": jsonlines.sentences_to_json(brief.write_brief(articles, words=options.words))}
        )


def _timeline(options: Options, lines: Lines) -> None:
    for story_id, articles in _stories(lines):
        events = timeline.write_timeline(
            articles, dates=options.dates, first_on=options.first_on, last_on=options.last_on
        )
        write({"id": story_id, "events": jsonlines.timeline_to_json(events)})


def _notes(options: Options, lines: Lines) -> None:
    for story_id, articles in _stories(lines):
        write({"id": story_id, **jsonlines.notes_to_json(pipeline.write_notes(articles))})


COMMANDS: dict[str, Callable[[Options, Lines], None]] = {
    "extract": _extract,
    "feed": _feed,
    "group": _group,
    "related": _related,
    "hashtags": _hashtags,
    "keyphrases": _keyphrases,
    "dates": _dates,
    "brief": _brief,
    "timeline": _timeline,
    "notes": _notes,
}
