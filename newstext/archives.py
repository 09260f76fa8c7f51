"""Archives of web pages (WARC) into articles, one result file each."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType

from newstext.jsonlines import article_to_json
from newstext.records import ArticleText, Page, Rejected

PAGE_MAX_BYTES = 5 * 1024 * 1024
ENDINGS = (".warc", ".warc.gz", ".warc.zst", ".warc.lz4")
Process = Callable[[Iterable[Page]], Iterator[ArticleText | Rejected]]


@dataclass(frozen=True, slots=True)
class ArchiveResult:
    """What one WARC file gave. was_done: its result stood there already."""

    path: str
    result_path: str
    articles: int = 0
    refused: int = 0
    rejected: int = 0
    seconds: float = 0.0
    was_done: bool = False


def find_archives(paths: Iterable[Path]) -> list[Path]:
    """The WARC files named, and those in the folders named. Raises FileNotFoundError."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(file for file in path.rglob("*") if file.name.endswith(ENDINGS))
        elif path.exists():
            found.append(path)
        else:
            raise FileNotFoundError(f"Archive {path}: not there. Give a WARC file or a folder of them.")
    return found


def pages(path: Path) -> Iterator[Page | Rejected]:
    """The HTML pages of a WARC file; a file cut in the middle gives what is whole, then a Rejected."""
    try:
        with path.open("rb") as file:
            for number, record in enumerate(ArchiveIterator(file, record_types=WarcRecordType.response)):
                if page := _page(record, f"{path.name}:{number}"):
                    yield page
    except (OSError, EOFError, ValueError, RuntimeError) as error:
        yield Rejected(str(path), "archive", f"{path}: cannot be read further ({error}).")


def _page(record: object, page_id: str) -> Page | Rejected | None:
    headers = record.http_headers  # type: ignore[attr-defined]
    url = str(record.headers.get("WARC-Target-URI") or "").strip("<>")  # type: ignore[attr-defined]
    media_type = str(record.http_content_type or "")  # type: ignore[attr-defined]
    if headers is None or headers.status_code != 200 or "html" not in media_type:
        return None
    body = record.reader.read(PAGE_MAX_BYTES + 1)  # type: ignore[attr-defined]
    if len(body) > PAGE_MAX_BYTES:
        return Rejected(url, "archive", f"{url}: page is over {PAGE_MAX_BYTES // 1024 // 1024} MB.", page_id)
    return Page(url=url, body=body, id=page_id, charset=str(record.http_charset or ""))  # type: ignore[attr-defined]


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
