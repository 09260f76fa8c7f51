"""Engines only carry: the same pages give the same articles, and archives can be resumed."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from newstext import engines, pipeline
from newstext.archives import find_archives
from newstext.records import Page
from tests.site import news
from tests.text.test_extract import html


def pages() -> list[Page]:
    return [
        Page(
            f"https://p.example/{event}/{paper}",
            html(news.paragraphs_of(event, paper), title=news.title_of(event, paper)),
            f"{event}-{paper}",
        )
        for event in range(4)
        for paper in range(3)
    ]


def write_warc(path: Path, *, cut_bytes: int = 0) -> Path:
    """A WARC of the invented pages, each record its own gzip member; cut at the end if asked."""
    body = b""
    for page in pages():
        http = (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(page.body)
            + page.body
        )
        head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {page.url}\r\nWARC-Date: 2026-11-20T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:{page.id}>\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n".encode()
        body += gzip.compress(head + http + b"\r\n\r\n")
    path.write_bytes(body[: len(body) - cut_bytes])
    return path


def read(engine) -> list:
    return list(pipeline.process_pages(pages(), engine=engine))


def test_processes_give_what_inline_gives():
    with engines.Processes(2) as processes:
        assert read(processes) == read(engines.inline)


@pytest.mark.ray
@pytest.mark.slow
def test_ray_gives_what_inline_gives():
    ray = pytest.importorskip("ray", reason="Ray is not installed")
    try:
        assert read(engines.ray) == read(engines.inline)
    finally:
        ray.shutdown()


def test_an_unknown_engine_is_named():
    with pytest.raises(ValueError, match="threads"):
        engines.named("threads")


def test_an_archive_gives_one_result_file_and_is_not_read_twice(tmp_path):
    path = write_warc(tmp_path / "a.warc.gz")
    [result] = pipeline.process_archive([path], tmp_path / "out")
    rows = [json.loads(line) for line in Path(result.result_path).read_text().splitlines()]
    assert (result.articles, len(rows), result.rejected) == (12, 12, 0)
    assert rows[0]["url"] == "https://p.example/0/0"
    [again] = pipeline.process_archive([path], tmp_path / "out")
    assert again.was_done


def test_a_half_written_result_is_written_anew(tmp_path):
    path = write_warc(tmp_path / "a.warc.gz")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.warc.gz.jsonl.0badc0de.part").write_text('{"half')
    [result] = pipeline.process_archive([path], tmp_path / "out")
    assert result.articles == 12
    assert not list((tmp_path / "out").glob("*.part"))


def test_an_archive_cut_in_the_middle_gives_what_is_whole(tmp_path):
    path = write_warc(tmp_path / "cut.warc.gz", cut_bytes=300)
    [result] = pipeline.process_archive([path], tmp_path / "out")
    assert result.articles >= 11


def test_folders_are_searched_and_a_wrong_path_is_named(tmp_path):
    write_warc(tmp_path / "a.warc.gz")
    assert find_archives([tmp_path]) == [str(tmp_path / "a.warc.gz")]
    with pytest.raises(FileNotFoundError, match="nowhere"):
        find_archives([tmp_path / "nowhere"])
