"""The rows of a result file, as JSON Lines or Parquet, and articles out of them again.

A row is what `newstext extract` prints of a page, with `seen_at` (when it was
fetched), `reserved`, `site_name` and `addresses`; or {id, url, rejected}.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, BinaryIO

from newstext import storage
from newstext.jsonlines import Json, article_from_json, article_to_json, list_field, read_moment, text_field
from newstext.records import ArticleText, OtherAddress, Rejected

FORMATS = ("jsonl", "parquet")
ROWS_AT_ONCE = 1000  # in one row group of Parquet
Columns = Mapping[str, str]  # name -> kind of value, a key of _types
ARTICLE_COLUMNS: Columns = {
    **dict.fromkeys(
        "id url canonical_url title published_at updated_at language publisher kind section image image_alt "
        "image_caption image_credit dateline agency source text seen_at site_name".split(),
        "text",
    ),
    **dict.fromkeys(("authors", "tags", "notices", "tickers", "paragraphs", "reserved"), "texts"),
    "passages": "passages",
    "related": "related",
    "addresses": "addresses",
    "confidence": "share",
    "refused": "refused",
    "rejected": "rejected",
}


def article_row(article: ArticleText) -> Json:
    """All that was read of a page."""
    return article_to_json(article) | {
        "seen_at": article.seen_at.isoformat() if article.seen_at else None,
        "site_name": article.site_name,
        "reserved": list(article.reserved),
        "addresses": [{"url": one.url, "kind": one.kind} for one in article.addresses],
    }


def rejected_row(rejected: Rejected) -> Json:
    return {
        "id": rejected.id or None,
        "url": rejected.url,
        "rejected": {"step": rejected.step, "reason": rejected.reason},
    }


def article_of(row: Json) -> ArticleText:
    """The article of a row, unmarked. Raises jsonlines.BadLine for what is none."""
    refused = row.get("refused") or {}
    return replace(
        article_from_json(row),
        canonical_url=text_field(row, "canonical_url"),
        authors=_texts(row, "authors"),
        updated_at=read_moment(row.get("updated_at"), "updated_at"),
        image=text_field(row, "image"),
        image_alt=text_field(row, "image_alt"),
        image_caption=text_field(row, "image_caption"),
        image_credit=text_field(row, "image_credit"),
        source=text_field(row, "source"),
        notices=_texts(row, "notices"),
        paragraphs=_texts(row, "paragraphs"),
        confidence=float(row.get("confidence") or 0.0),
        refused=str(refused.get("reason") or ""),
        site_name=text_field(row, "site_name"),
        reserved=_texts(row, "reserved"),
        addresses=tuple(OtherAddress(one["url"], one["kind"]) for one in row.get("addresses") or ()),
    )


def _texts(row: Json, name: str) -> tuple[str, ...]:
    return tuple(map(str, list_field(row, name))) if row.get(name) is not None else ()


def write(rows: Iterable[Json], file: BinaryIO, form: str, columns: Columns = ARTICLE_COLUMNS) -> None:
    """Write rows as JSON Lines or Parquet. Raises ImportError with the way out where Parquet cannot be written."""
    if form == "parquet":
        _write_parquet(rows, file, columns)
        return
    for row in rows:
        file.write(line(row))


def line(row: Json) -> bytes:
    """A row as one line; a lone surrogate, which UTF-8 cannot say, is escaped."""
    try:
        return (json.dumps(row, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:
        return (json.dumps(row) + "\n").encode()


def read(path: str) -> Iterator[Json]:
    """The rows of a result file. Raises OSError, and ValueError naming a line that is none."""
    if path.endswith(".parquet"):
        yield from _read_parquet(path)
        return
    with storage.opened(path) as file:
        for number, text in enumerate(file, 1):
            try:
                yield json.loads(text)
            except ValueError as error:
                raise ValueError(
                    f"{path}, line {number}: is no JSON ({error}). Delete the file and read it anew."
                ) from error


def _parquet() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise ImportError(
            "Parquet: the package pyarrow is missing. Install it with: pip install 'backstory[archives]'"
        ) from error
    return pyarrow, pyarrow.parquet


def _types(pyarrow: Any) -> dict[str, Any]:
    text, number = pyarrow.string(), pyarrow.int32()

    def of(**fields: Any) -> Any:
        return pyarrow.struct(list(fields.items()))

    return {
        "text": text,
        "texts": pyarrow.list_(text),
        "number": number,
        "share": pyarrow.float64(),
        "passages": pyarrow.list_(of(start=number, end=number, language=text)),
        "related": pyarrow.list_(of(title=text, publisher=text, url=text, age=text)),
        "addresses": pyarrow.list_(of(url=text, kind=text)),
        "refused": of(reason=text),
        "rejected": of(step=text, reason=text),
    }


def _write_parquet(rows: Iterable[Json], file: BinaryIO, columns: Columns) -> None:
    pyarrow, parquet = _parquet()
    types, waiting = _types(pyarrow), iter(rows)
    schema = pyarrow.schema([(name, types[kind]) for name, kind in columns.items()])
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while some := list(islice(waiting, ROWS_AT_ONCE)):
            writer.write_table(pyarrow.Table.from_pylist([_sayable(row) for row in some], schema=schema))


def _sayable(row: Json) -> Json:
    """The row without lone surrogates, which Parquet cannot hold."""
    try:
        json.dumps(row, ensure_ascii=False).encode()
        return row
    except UnicodeEncodeError:
        told = json.dumps(row, ensure_ascii=False).encode("utf-8", "replace")
        found: Json = json.loads(told)
        return found


def _read_parquet(path: str) -> Iterator[Json]:
    _, parquet = _parquet()
    with storage.opened(path) as file:
        for batch in parquet.ParquetFile(file).iter_batches(ROWS_AT_ONCE):
            for row in batch.to_pylist():
                yield _as_written(row)


def _as_written(row: Json) -> Json:
    """The row as JSON Lines have it: a rejected one has few fields, and an article none that says it is rejected."""
    if row.get("rejected"):
        return {name: row[name] for name in ("id", "url", "rejected")}
    row.pop("rejected", None)
    return row
