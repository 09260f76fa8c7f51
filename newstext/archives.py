"""Archives of web pages (WARC) into articles, one result file each."""

from __future__ import annotations

import json
import os
import re
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from newstext.addresses import absolute_url
from newstext.jsonlines import article_to_json
from newstext.records import ArticleText, Page, Rejected

PAGE_MAX_BYTES = 5 * 1024 * 1024
HEADER_MAX_BYTES = 64 * 1024
CHUNK_BYTES = 64 * 1024
GZIP_START = b"\x1f\x8b"
CONTENT_LENGTH = re.compile(rb"^Content-Length:\s*(\d{1,15})\s*$", re.I | re.M)
ENDINGS = (".warc", ".warc.gz", ".warc.zst", ".warc.lz4")
Process = Callable[[Iterable[Page]], Iterator[ArticleText | Rejected]]


@dataclass(frozen=True, slots=True)
class ArchiveResult:
    """What one WARC file gave. was_done: its result stood there already; problem: why there is none."""

    path: str
    result_path: str
    articles: int = 0
    refused: int = 0
    rejected: int = 0
    seconds: float = 0.0
    was_done: bool = False
    problem: str = ""


class ArchiveError(ValueError):
    """Archives that cannot be read as they were named; the message says the way out."""


def find_archives(paths: Iterable[Path]) -> list[Path]:
    """The WARC files named, and those in the folders named, each once.

    Raises FileNotFoundError, and ArchiveError where two would have one result.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found.update(dict.fromkeys(sorted(file for file in path.rglob("*") if file.name.endswith(ENDINGS))))
        elif path.exists():
            found[path] = None
        else:
            raise FileNotFoundError(f"Archive {path}: not there. Give a WARC file or a folder of them.")
    by_name: dict[str, Path] = {}
    for path in found:
        other = by_name.setdefault(path.name, path)
        if other.resolve() != path.resolve():
            raise ArchiveError(f"Archives {other} and {path}: have one name, so one result. Give them a DIR each.")
    return list(by_name.values())


def pages(path: Path) -> Iterator[Page | Rejected]:
    """The HTML pages of a WARC file; a file cut in the middle gives what is whole, then a Rejected."""
    # A page is held back until the next record shows that it was whole.
    held: Page | Rejected | None = None
    last_at = held_at = 0
    try:
        with path.open("rb") as file:
            # All kinds of record, so that the last one's place is known; a request has no page.
            for number, record in enumerate(ArchiveIterator(file, auto_decode="all", max_header_len=HEADER_MAX_BYTES)):
                if held:
                    yield held
                last_at = record.stream_pos
                held, held_at = _page(record, f"{path.name}:{number}"), last_at
        cut = _cut(path, last_at)
    except (OSError, EOFError, ValueError, RuntimeError) as error:
        if held:
            yield held
        hint = " ARC files are not read." if ".arc" in path.suffixes else ""
        yield Rejected(str(path), "archive", f"{path}: cannot be read further ({error}).{hint}")
        return
    if held and not (cut == "last" and held_at == last_at):
        yield held
    if cut:
        yield Rejected(str(path), "archive", f"{path}: is cut off in its last record; what is whole was read.")


def _page(record: WarcRecord, page_id: str) -> Page | Rejected | None:
    headers = record.http_headers
    if record.record_type != WarcRecordType.response or headers is None or headers.status_code != 200:
        return None
    if "html" not in str(record.http_content_type or "").lower():
        return None
    url = str(record.headers.get("WARC-Target-URI") or "").strip("<> ")
    if not absolute_url(url):
        return Rejected(url, "archive", f"{url[:200]!r}: is no http address.", page_id)
    body = record.reader.read(PAGE_MAX_BYTES + 1)
    if len(body) > PAGE_MAX_BYTES:
        return Rejected(url, "archive", f"{url}: page is over {PAGE_MAX_BYTES // 1024 // 1024} MB.", page_id)
    return Page(url=url, body=body, id=page_id, charset=str(record.http_charset or ""))


def _cut(path: Path, last_at: int) -> Literal["", "last", "after"]:
    """Whether the file ends within the last record that came, or in the head of one after it.

    FastWARC ends silently in both cases. A file packed as one whole cannot be
    looked into from the middle: it raises by itself.
    """
    with path.open("rb") as file:
        is_packed = file.peek(2)[:2] == GZIP_START
        file.seek(last_at)
        if is_packed:
            return _gzip_cut(file) if file.peek(2)[:2] == GZIP_START else ""
        head, blank, _ = file.read(HEADER_MAX_BYTES).partition(b"\r\n\r\n")
        length = CONTENT_LENGTH.search(head)
        if not head.startswith(b"WARC/") or not blank or not length:
            return "last" if head.startswith(b"WARC/") else ""
        end = last_at + len(head) + len(blank) + int(length.group(1))
        if end > file.seek(0, os.SEEK_END):
            return "last"
        file.seek(end)
        return "after" if file.read(HEADER_MAX_BYTES).strip() else ""


def _gzip_cut(file: BinaryIO) -> Literal["", "last", "after"]:
    """The same for a file of one gzip member a record, from a member's start."""
    where: Literal["last", "after"] = "last"
    unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
    packed = b""
    while packed := packed or file.read(CHUNK_BYTES):
        if unpacking.eof:
            where = "after"
            if packed[:2] != GZIP_START:
                return where if packed.strip(b"\0\r\n") else ""
            unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            unpacking.decompress(packed, CHUNK_BYTES)
        except zlib.error:
            return where
        packed = unpacking.unconsumed_tail or unpacking.unused_data
    return "" if unpacking.eof else where


def write_result(path: Path, out: Path, process_pages: Process) -> ArchiveResult:
    """Read one WARC file into `out`/NAME.jsonl, written aside and renamed when whole."""
    result = out / f"{path.name}.jsonl"
    if result.exists():
        return ArchiveResult(str(path), str(result), was_done=True)
    out.mkdir(parents=True, exist_ok=True)
    part = result.with_name(f"{result.name}.part")
    began = time.monotonic()
    counts = {"articles": 0, "refused": 0, "rejected": 0}
    with part.open("w", encoding="utf-8") as file:
        for row in _rows(path, process_pages, counts):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    part.replace(result)
    seconds = round(time.monotonic() - began, 3)
    return ArchiveResult(
        str(path), str(result), counts["articles"], counts["refused"], counts["rejected"], seconds=seconds
    )


def _rows(path: Path, process_pages: Process, counts: dict[str, int]) -> Iterator[dict[str, object]]:
    rejected: list[Rejected] = []

    def whole() -> Iterator[Page]:
        for page in pages(path):
            if isinstance(page, Page):
                yield page
            else:
                rejected.append(page)

    for read in process_pages(whole()):
        if isinstance(read, Rejected):
            rejected.append(read)
        else:
            counts["refused" if read.refused else "articles"] += 1
            yield article_to_json(read)
    for item in rejected:
        counts["rejected"] += 1
        yield {"id": item.id or None, "url": item.url, "rejected": {"step": item.step, "reason": item.reason}}
