"""What each newstext command does with its lines."""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, TypeVar

from tqdm import tqdm

from newstext import (
    ask,
    brief,
    engines,
    entities,
    evidence,
    extract,
    hashtags,
    jsonlines,
    keyphrases,
    notes_json,
    pipeline,
    quotes,
    related,
    timeline,
)
from newstext.feeds import FeedError, parse_feed
from newstext.grouping import StoryIndex
from newstext.jsonlines import BadLine, Json
from newstext.language import detect_language
from newstext.records import ArticleText, Correction, Page, Rejected

REJECTED_EXIT = 3
FILE_MAX_BYTES = 32 * 1024 * 1024
PROGRESS_EVERY_S = 10.0
LINE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}
Item = TypeVar("Item")
Options = argparse.Namespace
Reject = Callable[[Json, int, str, str], None]


class BadFile(ValueError):
    """A file named in the call that cannot be used; the message says why."""


class Lines:
    """The input's lines as JSON objects; bad ones are written as rejected and counted."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rejected = 0

    def __iter__(self) -> Iterator[tuple[int, Json]]:
        """(number of the line from 1, object)."""
        with _opened(self.name) as stream:
            for number, line in enumerate(progress(stream, "lines"), 1):
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


def progress(items: Iterable[Item], unit: str, total: int | None = None) -> Iterator[Item]:
    """The items, with a bar on standard error if that is a terminal, else a plain line now and then."""
    if sys.stderr.isatty():
        yield from tqdm(items, total=total, unit=f" {unit}", file=sys.stderr)
        return
    began = said = time.monotonic()
    count = 0
    for count, item in enumerate(items, 1):
        yield item
        if time.monotonic() - said > PROGRESS_EVERY_S:
            said = time.monotonic()
            _say_progress(count, total, unit, said - began)
    _say_progress(count, total, unit, time.monotonic() - began)


def _say_progress(count: int, total: int | None, unit: str, seconds: float) -> None:
    of = f" of {total:,}" if total is not None else ""
    print(f"newstext: {count:,}{of} {unit}, {seconds:,.1f} s, {count / max(seconds, 0.001):,.1f}/s", file=sys.stderr)


def write(row: Json) -> None:
    """One line out. What the output's encoding cannot say, or some readers take for a line's end, is escaped."""
    line = json.dumps(row, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        line = json.dumps(row)
    sys.stdout.write(line.translate(LINE_ENDS) + "\n")


def run(options: Options) -> int:
    """Run one command over its input."""
    lines = Lines(options.input)
    COMMANDS[options.command](options, lines)
    sys.stdout.flush()
    return REJECTED_EXIT if lines.rejected else 0


def _extract(options: Options, lines: Lines) -> None:
    memory = _load_memory(options.memory)
    engine = engines.named(options.engine, limits=engines.READ_LIMITS)
    rows: Iterable[tuple[int, Json]] = lines
    try:
        if options.passes == 2:
            rows = list(lines)
            # What is bad about a line is said in the second pass.
            pages = (page for _, page in _pages(rows, lambda *_: None))
            for _ in pipeline.process_pages(pages, engine=engine, memory=memory):
                pass
        _write_read(_pages(rows, lines.reject), lines, engine, memory)
    finally:
        if isinstance(engine, engines.Processes):
            engine.close()
    if options.memory:
        part = options.memory.with_name(f"{options.memory.name}.part")
        part.write_text(memory.to_json(), encoding="utf-8")
        part.replace(options.memory)


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
    try:
        return extract.PublisherMemory.from_json(path.read_text(encoding="utf-8"))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadFile(f"Memory {path}: is no memory of publishers ({error}). Name another file.") from error


def _pages(rows: Iterable[tuple[int, Json]], reject: Reject) -> Iterator[tuple[int, Page]]:
    for number, row in rows:
        try:
            page = _page(row)
        except BadLine as error:
            reject(row, number, "input", str(error))
            continue
        yield number, page


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
        if not Path(name).is_file():
            raise BadLine(f"file {name!r}: is not there, or no file.")
        with gzip.open(name) if name.endswith(".gz") else open(name, "rb") as file:
            body = file.read(FILE_MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise BadLine(f"file {name!r}: cannot be read ({error}).") from error
    if len(body) > FILE_MAX_BYTES:
        raise BadLine(f"file {name!r}: is over {FILE_MAX_BYTES // 2**20} MB.")
    return body


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
    except ValueError as error:  # binascii.Error, and plain ValueError for what is no ASCII
        raise BadLine(f"field 'data_b64': is no base64 ({error}).") from error


def _articles(lines: Lines, *, each_once: bool = False, marked: bool = True) -> Iterator[ArticleText]:
    """The articles of the lines, marked unless said. each_once: an id that came before is rejected."""
    first_at: dict[str, int] = {}
    for number, row in lines:
        try:
            article = jsonlines.article_from_json(row)
        except BadLine as error:
            lines.reject(row, number, "input", str(error))
            continue
        before = first_at.setdefault(article.id, number) if each_once else number
        if before != number:
            lines.reject(row, number, "input", f"id {article.id!r}: is the id of line {before} too; ids must differ.")
            continue
        yield pipeline.mark_article(article) if marked else article


def _group(options: Options, lines: Lines) -> None:
    index = StoryIndex()
    final: dict[str, Json] = {}
    for placed in pipeline.group_articles(_articles(lines, each_once=True), index):
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
    articles = list(_articles(lines, each_once=True))
    for article_id, found in related.find_related(articles, top=options.top, earlier_only=options.earlier):
        write({"id": article_id, "related": jsonlines.related_to_json(found)})


def _hashtags(options: Options, lines: Lines) -> None:
    for article_id, tags in hashtags.of_articles(list(_articles(lines))):
        write({"id": article_id, "hashtags": list(tags)})


def _keyphrases(options: Options, lines: Lines) -> None:
    for article_id, phrases in keyphrases.keyphrases(list(_articles(lines, marked=False)), top=options.top):
        write({"id": article_id, "keyphrases": list(phrases)})


def _dates(options: Options, lines: Lines) -> None:
    for article in _articles(lines):
        found = [{"start": one.start, "end": one.end, "text": one.text, "value": one.value} for one in article.dates]
        write({"id": article.id, "dates": found})


def _quotes(options: Options, lines: Lines) -> None:
    for article in _articles(lines):
        write({"id": article.id, "quotes": notes_json.quotations_to_json(quotes.find(article))})


def _names(options: Options, lines: Lines) -> None:
    for article in _articles(lines, marked=False):
        found = [
            {"start": one.start, "end": one.end, "text": one.text, "kind": one.kind} for one in entities.named(article)
        ]
        write({"id": article.id, "names": found})


def _stories(lines: Lines) -> Iterator[tuple[str, list[ArticleText]]]:
    for number, row in lines:
        try:
            story_id = jsonlines.id_field(row)
            articles = [jsonlines.article_from_json(one) for one in jsonlines.list_field(row, "articles")]
        except BadLine as error:
            lines.reject(row, number, "input", str(error))
            continue
        yield story_id, [pipeline.mark_article(article) for article in articles]


def _brief(options: Options, lines: Lines) -> None:
    for story_id, articles in _stories(lines):
        write(
            {
                "id": story_id,
                "sentences": notes_json.sentences_to_json(brief.write_brief(articles, words=options.words)),
            }
        )


def _timeline(options: Options, lines: Lines) -> None:
    for story_id, articles in _stories(lines):
        events = timeline.write_timeline(
            articles, dates=options.dates, first_on=options.first_on, last_on=options.last_on
        )
        write({"id": story_id, "events": notes_json.timeline_to_json(events)})


def _check(options: Options, lines: Lines) -> None:
    for number, row in lines:
        try:
            row_id = jsonlines.id_field(row)
            sentence = jsonlines.text_field(row, "sentence", needed=True)
            source = jsonlines.text_field(row, "source", needed=True)
            language = jsonlines.text_field(row, "language") or detect_language(source)
        except BadLine as error:
            lines.reject(row, number, "input", str(error))
            continue
        verdict, why = evidence.stands_on(sentence, source, language)
        write({"id": row_id, "verdict": verdict, "why": why})


def _ask(options: Options, lines: Lines) -> None:
    for number, row in lines:
        try:
            asked_id, question = jsonlines.id_field(row), jsonlines.text_field(row, "question", needed=True)
            articles = [jsonlines.article_from_json(one) for one in jsonlines.list_field(row, "articles")]
        except BadLine as error:
            lines.reject(row, number, "input", str(error))
            continue
        if len(question) > ask.QUESTION_MOST_CHARS:
            most = ask.QUESTION_MOST_CHARS
            lines.reject(row, number, "input", f"field 'question': has {len(question)} characters, limit {most}.")
            continue
        found = ask.answer(question, [pipeline.mark_article(article) for article in articles])
        write({"id": asked_id, "answer": notes_json.sentences_to_json(found.sentences), "held": found.held})


def _notes(options: Options, lines: Lines) -> None:
    for story_id, articles in _stories(lines):
        write({"id": story_id, **notes_json.notes_to_json(pipeline.write_notes(articles))})


COMMANDS: dict[str, Callable[[Options, Lines], None]] = {
    "extract": _extract,
    "feed": _feed,
    "group": _group,
    "related": _related,
    "hashtags": _hashtags,
    "keyphrases": _keyphrases,
    "dates": _dates,
    "quotes": _quotes,
    "names": _names,
    "brief": _brief,
    "timeline": _timeline,
    "check": _check,
    "notes": _notes,
    "ask": _ask,
}
