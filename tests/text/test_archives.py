"""WARC files into pages and result files: encodings, cut files, killed runs, refusals."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from newstext import archive_results, archives, pipeline
from newstext.archives import ArchiveError, find_archives, pages
from newstext.records import ArticleText, Page, Rejected

PARAGRAPH = "The ferry from Port Ilva was late again on Tuesday, and the harbour office gave no reason for it. "


def html(number: int) -> bytes:
    body = "".join(f"<p>{PARAGRAPH}Line {line} of report {number}.</p>" for line in range(6))
    return (
        f"<html><head><title>Ferry late {number}</title></head><body><article>{body}</article></body></html>".encode()
    )


def record(
    body: bytes,
    *,
    url: str = "https://herald.example/0",
    kind: str = "response",
    status: str = "200 OK",
    headers: str = "Content-Type: text/html; charset=utf-8\r\n",
) -> bytes:
    http = f"HTTP/1.1 {status}\r\n{headers}\r\n".encode() + body
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-11-20T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{abs(hash((url, kind)))}>\r\n"
        f"Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def records(count: int) -> list[bytes]:
    return [record(html(number), url=f"https://herald.example/{number}") for number in range(count)]


def written(path: Path, *parts: bytes) -> Path:
    packed = path.name.endswith(".gz")
    path.write_bytes(b"".join(gzip.compress(part) if packed else part for part in parts))
    return path


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_pages_come_in_order_with_ids_and_charsets(tmp_path, name):
    found = list(pages(written(tmp_path / name, *records(3))))
    assert [page.url for page in found] == [f"https://herald.example/{number}" for number in range(3)]
    assert [page.id for page in found] == [f"{name}:{number}" for number in range(3)]
    assert {page.charset for page in found} == {"utf-8"}
    assert found[1].body == html(1)


def test_only_whole_answers_of_html_are_pages(tmp_path):
    parts = [
        record(html(0), kind="request"),
        record(b"{}", headers="Content-Type: application/json\r\n"),
        record(html(1), status="404 Not Found"),
        record(html(2), url="<https://herald.example/2>", headers="Content-Type: application/xhtml+xml\r\n"),
        record(html(3), url="file:///etc/passwd"),
    ]
    page, rejected = pages(written(tmp_path / "a.warc", *parts))
    assert isinstance(page, Page)
    assert page.url == "https://herald.example/2"
    assert isinstance(rejected, Rejected)
    assert "no http address" in rejected.reason


def test_bodies_packed_or_in_chunks_are_unpacked(tmp_path):
    kind = "Content-Type: text/html\r\n"
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(html(1)), html(1))
    parts = [
        record(gzip.compress(html(0)), headers=kind + "Content-Encoding: gzip\r\n"),
        record(chunked, headers=kind + "Transfer-Encoding: chunked\r\n"),
    ]
    assert [page.body for page in pages(written(tmp_path / "a.warc", *parts))] == [html(0), html(1)]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
@pytest.mark.parametrize("left", [0.005, 0.1, 0.5, 0.9, 0.98])
def test_a_cut_file_gives_what_is_whole_and_says_so(tmp_path, name, left):
    whole = written(tmp_path / name, *records(3)).read_bytes()
    last = len(gzip.compress(records(3)[2])) if name.endswith("gz") else len(records(3)[2])
    cut = len(whole) - last + int(left * last)
    (tmp_path / name).write_bytes(whole[:cut])
    *read, rejected = pages(tmp_path / name)
    assert [page.body for page in read] == [html(0), html(1)]
    assert isinstance(rejected, Rejected)
    assert name in rejected.reason


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_a_whole_file_is_not_called_cut(tmp_path, name):
    path = written(tmp_path / name, *records(2), record(b"", kind="request"))
    assert [type(one) for one in pages(path)] == [Page, Page]
    assert list(pages(written(tmp_path / f"empty-{name}"))) == []


def test_a_file_packed_as_one_whole_is_read_and_known_when_cut(tmp_path):
    path = tmp_path / "a.warc.gz"
    packed = gzip.compress(b"".join(records(3)))
    path.write_bytes(packed)
    assert [type(one) for one in pages(path)] == [Page, Page, Page]
    path.write_bytes(packed[: len(packed) - 100])
    assert isinstance(list(pages(path))[-1], Rejected)


def test_a_page_too_large_is_named_and_the_next_is_read(tmp_path):
    bomb = zlib.compress(b"<p>x</p>" * (archives.PAGE_MAX_BYTES // 4))
    packed = "Content-Type: text/html\r\nContent-Encoding: deflate\r\n"
    big = record(b"<p>" * archives.PAGE_MAX_BYTES, url="https://herald.example/big")
    path = written(tmp_path / "a.warc.gz", big, record(bomb, headers=packed), *records(1))
    first, second, page = pages(path)
    assert "over 5 MB" in first.reason
    assert "over 5 MB" in second.reason
    assert page.body == html(0)


def test_what_is_no_warc_is_named(tmp_path):
    [rejected] = pages(written(tmp_path / "a.arc", b"filedesc://a.arc 0.0.0.0 20261120000000 text/plain 76\n1 0 x\n"))
    assert "ARC files are not read" in rejected.reason
    [rejected] = pages(written(tmp_path / "b.warc", b"hello, this is no archive at all"))
    assert "b.warc" in rejected.reason


def test_a_result_counts_articles_refused_and_rejected(tmp_path):
    error = b"<html><title>404 Not found</title><body>Page not found</body></html>"
    path = written(tmp_path / "a.warc", *records(2), record(error), record(html(3), url="ftp://x/y"))
    [result] = pipeline.process_archive([path], tmp_path / "out")
    rows = [json.loads(line) for line in Path(result.result_path).read_text("utf-8").splitlines()]
    assert (result.articles, result.refused, result.rejected) == (2, 1, 1)
    assert [bool(row.get("refused")) for row in rows] == [False, False, True, False]
    assert rows[-1]["rejected"]["step"] == "archive"
    assert rows[0]["title"] == "Ferry late 0"


def test_archives_of_one_name_are_not_passed_over_in_silence(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        written(tmp_path / folder / "a.warc", *records(1))
    with pytest.raises(ArchiveError, match="one name"):
        find_archives([tmp_path])
    path = tmp_path / "one" / "a.warc"
    assert find_archives([path, path, tmp_path / "one"]) == [str(path)]


CHILD = """
import sys, time
from pathlib import Path
from newstext.archive_results import ALL, Job, read_archive
from newstext.records import ArticleText

def slowly(pages):
    for page in pages:
        yield ArticleText(url=page.url, id=page.id, text="x" * 100_000)
        print("one", flush=True)
        time.sleep(0 if page.id.endswith(":0") else 60)

read_archive(Job(sys.argv[1], sys.argv[2], map, ALL), slowly)
"""


def test_a_killed_run_leaves_no_result_and_the_next_one_is_whole(tmp_path):
    path, out = written(tmp_path / "a.warc", *records(3)), tmp_path / "out"
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(path), str(out)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    child.stdout.readline()
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    [left] = [one.name for one in out.iterdir()]
    assert left.startswith("a.warc.jsonl.")
    assert left.endswith(".part")

    def read(given):
        return (ArticleText(url=page.url, id=page.id) for page in given)

    job = archive_results.Job(str(path), str(out), map, archive_results.ALL)
    result = archive_results.read_archive(job, read)
    assert (result.articles, result.was_done) == (3, False)
    assert sorted(one.name for one in out.iterdir()) == ["a.warc.jsonl", "a.warc.jsonl.done.json"]
    assert archive_results.read_archive(job, read).was_done


def test_hostile_archives_are_read_or_named(newstext_data, tmp_path):
    import tarfile

    with tarfile.open(newstext_data / "hostile" / "warc" / "warc_hostile.tar.gz") as packed:
        for number, member in enumerate(packed.getmembers()):
            if member.isfile():  # by hand: Python 3.11.2 has no extraction filter
                (tmp_path / f"{number}-{Path(member.name).name}").write_bytes(packed.extractfile(member).read())
    files = [path for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    assert len(files) > 20
    for path in files:
        began = time.process_time()
        for one in pages(path):
            assert isinstance(one, Page) or one.reason, path.name
        assert time.process_time() - began < 10, path.name
