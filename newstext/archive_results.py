"""One result file a WARC file, with a record beside it of how it was made; what is done is not done again."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from newstext import archive_rows, archives, storage
from newstext.addresses import host_of
from newstext.jsonlines import Json
from newstext.records import ArticleText, Page, Rejected

RECORD_FORM = 1
RECORD_ENDING = ".done.json"
TELL_AFTER = 1_000  # records; then it is known how long the rest will take
Process = Callable[[Iterable[Page]], Iterator[ArticleText | Rejected]]
try:
    VERSION = version("backstory")
except PackageNotFoundError:  # run from a checkout that was never installed
    VERSION = "unknown"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles are kept, and in which form. Empty or None: all.

    since, until: days of UTC on which an article was published, or fetched where
    it does not say, both included. publishers: their domains.
    """

    languages: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    publishers: tuple[str, ...] = ()
    form: str = "jsonl"

    def may_hold(self, page: Page) -> bool:
        """False for a page that need not be read: of another publisher, or fetched before `since`."""
        if self.since and page.seen_at and page.seen_at.astimezone(UTC).date() < self.since:
            return False
        host = host_of(page.url)
        return not self.publishers or any(host == one or host.endswith(f".{one}") for one in self.publishers)

    def holds(self, article: ArticleText) -> bool:
        if self.languages and article.language not in self.languages:
            return False
        if not (self.since or self.until):
            return True
        moment = article.published_at or article.seen_at
        if moment is None:
            return False
        day = moment.astimezone(UTC).date()
        return (self.since or day) <= day <= (self.until or day)

    def said(self) -> Json:
        """As it stands in a record: what differs between two runs makes other results."""
        return {
            "lang": sorted(self.languages),
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "publisher": sorted(self.publishers),
        }


ALL = Wanted()


@dataclass(frozen=True, slots=True)
class ArchiveResult:
    """What one WARC file gave.

    left_out: pages that were not wanted. was_done: its result stood there already.
    again: why it was read again though it had been read. problem: why there is no result.
    """

    path: str
    result_path: str
    articles: int = 0
    refused: int = 0
    rejected: int = 0
    left_out: int = 0
    seconds: float = 0.0
    was_done: bool = False
    again: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One WARC file to be read. tells_of_bytes: of how many bytes in all it says how long they will take; 0: none."""

    path: str
    out: str
    page_engine: Any
    wanted: Wanted
    version: str = VERSION
    tells_of_bytes: int = 0
    at_once: int = 1


def jobs(paths: Sequence[str | Path], out: str | Path, page_engine: Any, wanted: Wanted, at_once: int) -> Iterator[Job]:
    """A job a file; the first that is not done tells how long all will take."""
    is_told = False
    names, out = [str(path) for path in paths], str(out)
    for number, path in enumerate(names):
        job = Job(path, out, page_engine, wanted, at_once=at_once)
        if not is_told and storage.size_of(_result(path, out, wanted.form) + RECORD_ENDING) is None:
            is_told, rest = True, sum(storage.size_of(one) or 0 for one in names[number:])
            job = replace(job, tells_of_bytes=rest)
        yield job


def results_in(out: str) -> list[str]:
    """The result files of a folder that are whole, in the order of their names. Raises FileNotFoundError if none is."""
    files = storage.listed(out)
    there = set(files)
    found = [one.removesuffix(RECORD_ENDING) for one in files if one.endswith(RECORD_ENDING)]
    whole = [one for one in found if one in there]
    if not whole:
        raise FileNotFoundError(f"Folder {out}: holds no results. Make them first: newstext archive PATH --out {out}")
    return whole


def _result(path: str, out: str, form: str) -> str:
    return storage.inside(out, f"{storage.name_of(path)}.{form}")


def read_archive(job: Job, process_pages: Process) -> ArchiveResult:
    """Read one WARC file into its result file; one that failed says so in `problem`."""
    result = _result(job.path, job.out, job.wanted.form)
    failed = ArchiveResult(job.path, "", rejected=1)
    if job.version != VERSION:
        said = f"this machine has newstext {VERSION}, the run {job.version}. Install the same on all"
        return replace(failed, problem=f"Archive {job.path}: {said}.")
    try:
        storage.make_folder(job.out)
        record = record_of(result)
        if record and record["wanted"] != job.wanted.said():
            said = f"{result} was made with {_options(record['wanted'])}. Give another --out, or delete it"
            return replace(failed, problem=f"Archive {job.path}: {said}.")
        again = _why_again(record, result, job.path)
        if record and not again:
            return ArchiveResult(job.path, result, **record["counts"], was_done=True)
        return replace(_read_into(result, job, process_pages), again=again)
    except OSError as error:
        return replace(failed, problem=f"Archive {job.path}: {error}. It is tried again.")


def record_of(result: str) -> Json | None:
    """How a file was made; None if that is not known: it was not finished, or another form of record tells it."""
    with suppress(FileNotFoundError, ValueError), storage.opened(result + RECORD_ENDING) as file:
        record: Json = json.loads(file.read())
        return record if isinstance(record, dict) and record.get("form") == RECORD_FORM else None
    return None


def keep_record(result: str, record: Json) -> None:
    """Say how a file was made, once it stands."""
    with storage.whole(result + RECORD_ENDING) as file:
        file.write(archive_rows.line({"form": RECORD_FORM, **record}))


def _why_again(record: Json | None, result: str, path: str) -> str:
    """Why a file is read though a result stands there; "" if there is none, or it is good."""
    held = storage.size_of(result)
    if held is None:
        return ""
    if record is None:
        return "its result has no record of how it was made"
    if held != record["result_bytes"]:
        return f"its result has {held} bytes, and had {record['result_bytes']} when it was whole"
    if record["version"] != VERSION:
        return f"its result was made by newstext {record['version']}, this is {VERSION}"
    now = storage.size_of(path)
    if now is not None and now != record["source_bytes"]:
        return f"it has {now} bytes, and had {record['source_bytes']} when it was read"
    return ""


def _options(wanted: Json) -> str:
    said = " ".join(
        f"--{name} {value if isinstance(value, str) else ','.join(value)}" for name, value in wanted.items() if value
    )
    return said or "no selection"


def _read_into(result: str, job: Job, process_pages: Process) -> ArchiveResult:
    began = time.monotonic()
    for part in storage.parts_of(result):
        storage.remove(part)  # of a run that was killed
    source_bytes = storage.size_of(job.path)
    tell = partial(_tell, began, job, source_bytes) if job.tells_of_bytes else lambda *_: None
    counts = dict.fromkeys(("articles", "refused", "rejected", "left_out"), 0)
    with storage.whole(result) as file:
        archive_rows.write(
            _rows(archives.pages(job.path, passed=tell), job.wanted, process_pages, counts), file, job.wanted.form
        )
    told: dict[str, Any] = counts | {"seconds": round(time.monotonic() - began, 3)}
    record = {
        "version": VERSION,
        "source": job.path,
        "source_bytes": source_bytes,
        "wanted": job.wanted.said(),
        "result_bytes": storage.size_of(result),
        "counts": told,
    }
    keep_record(result, record)
    return ArchiveResult(job.path, result, **told)


def _tell(began: float, job: Job, source_bytes: int | None, records: int, place: int) -> None:
    """Say once how fast it goes and how long all will take: by the bytes of this file that are behind us."""
    if records != TELL_AFTER:
        return
    seconds = max(time.monotonic() - began, 0.001)
    rest = ""
    if place and source_bytes:
        whole_s = job.tells_of_bytes * seconds / place / job.at_once
        rest = f"; all takes about {_span(whole_s)}, {job.at_once} at once"
    name = storage.name_of(job.path)
    print(
        f"newstext: {name}: {records:,} records in {seconds:,.1f} s, {records / seconds:,.0f}/s{rest}",
        file=sys.stderr,
        flush=True,
    )


def _span(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {unit}"
    return f"{seconds:,.0f} s"


def _rows(
    pages: Iterator[Page | Rejected], wanted: Wanted, process_pages: Process, counts: dict[str, int]
) -> Iterator[Json]:
    rejected: list[Rejected] = []

    def whole() -> Iterator[Page]:
        for page in pages:
            if isinstance(page, Rejected):
                rejected.append(page)
            elif wanted.may_hold(page):
                yield page
            else:
                counts["left_out"] += 1

    for read in process_pages(whole()):
        if isinstance(read, Rejected):
            rejected.append(read)
        elif wanted.holds(read):
            counts["refused" if read.refused else "articles"] += 1
            yield archive_rows.article_row(read)
        else:
            counts["left_out"] += 1
    for item in rejected:
        counts["rejected"] += 1
        yield archive_rows.rejected_row(item)
