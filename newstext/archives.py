"""Archives of web pages (WARC): which files there are, and the pages in one."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Literal

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from newstext import storage
from newstext.addresses import absolute_url
from newstext.records import Page, Rejected

PAGE_MAX_BYTES = 5 * 1024 * 1024
HEADER_MAX_BYTES = 64 * 1024
CHUNK_BYTES = 64 * 1024
GZIP_START = b"\x1f\x8b"
CONTENT_LENGTH = re.compile(rb"^Content-Length:\s*(\d{1,15})\s*$", re.I | re.M)
ENDINGS = (".warc", ".warc.gz", ".warc.zst", ".warc.lz4")
Pass = Callable[[int, int], None]


class ArchiveError(ValueError):
    """Archives that cannot be read as they were named; the message says the way out."""


def find_archives(paths: Iterable[str | Path]) -> list[str]:
    """The WARC files named, and those in the folders named, each once; paths, or addresses that fsspec knows.

    Raises FileNotFoundError, and ArchiveError where two would have one result.
    """
    found: dict[str, None] = {}
    for path in map(str, paths):
        files = storage.files_in(path)
        if files is not None:
            found.update(dict.fromkeys(file for file in files if file.endswith(ENDINGS)))
        elif storage.is_address(path) or Path(path).exists():  # whether an address answers is seen when it is read
            found[path] = None
        else:
            raise FileNotFoundError(f"Archive {path}: not there. Give a WARC file or a folder of them.")
    by_name: dict[str, str] = {}
    for path in found:
        other = by_name.setdefault(storage.name_of(path), path)
        if other != path and not _is_same_file(other, path):
            raise ArchiveError(f"Archives {other} and {path}: have one name, so one result. Give them a DIR each.")
    return list(by_name.values())


def _is_same_file(one: str, other: str) -> bool:
    return not storage.is_address(one + other) and Path(one).resolve() == Path(other).resolve()


class _Source:
    """The bytes of an archive; keeps a failure of the disk or the net apart from a fault of the archive."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.failure: OSError | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            self.failure = error
            raise

    def seek(self, place: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        """Left to who opened it."""


def pages(path: str | Path, *, passed: Pass = lambda *_: None) -> Iterator[Page | Rejected]:
    """The HTML pages of a WARC file; a file cut in the middle gives what is whole, then a Rejected.

    passed: is told after each record how many there were and where in the file it began.
    Raises OSError if the file cannot be had, or its disk or server fails in the middle.
    """
    path = str(path)
    with storage.opened(path) as file:
        yield from _pages_of(path, file, passed)


def _pages_of(path: str, file: BinaryIO, passed: Pass) -> Iterator[Page | Rejected]:
    # A page is held back until the next record shows that it was whole.
    held: Page | Rejected | None = None
    last_at = held_at = 0
    name, source = storage.name_of(path), _Source(file)
    try:
        # All kinds of record, so that the last one's place is known; a request has no page.
        for number, record in enumerate(ArchiveIterator(source, auto_decode="all", max_header_len=HEADER_MAX_BYTES)):
            if held:
                yield held
            last_at = record.stream_pos
            held, held_at = _page(record, f"{name}:{number}"), last_at
            passed(number + 1, last_at)
        if source.failure:
            raise source.failure
        cut = _cut(file, last_at)
    except (OSError, EOFError, ValueError, RuntimeError) as error:
        if source.failure:
            raise source.failure from error
        if held:
            yield held
        hint = " ARC files are not read." if ".arc" in Path(name).suffixes else ""
        yield Rejected(path, "archive", f"{path}: cannot be read further ({error}).{hint}")
        return
    if held and not (cut == "last" and held_at == last_at):
        yield held
    if cut:
        yield Rejected(path, "archive", f"{path}: is cut off in its last record; what is whole was read.")


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
    return Page(url, body, page_id, charset=str(record.http_charset or ""), seen_at=_moment(record))


def _moment(record: WarcRecord) -> datetime | None:
    """When the page was fetched, as the archive says; None where it does not."""
    try:
        said = datetime.fromisoformat(str(record.headers.get("WARC-Date") or "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def _cut(file: BinaryIO, last_at: int) -> Literal["", "last", "after"]:
    """Whether the file ends within the last record that came, or in the head of one after it.

    FastWARC ends silently in both cases. A file packed as one whole cannot be
    looked into from the middle: it raises by itself.
    """
    file.seek(0)
    is_packed = file.read(2) == GZIP_START
    file.seek(last_at)
    if is_packed:
        is_member = file.read(2) == GZIP_START
        file.seek(last_at)
        return _gzip_cut(file) if is_member else ""
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
