"""What is kept of an archive, and that a run which was stopped, failed or changed ends whole: 0 lost, 0 doubled."""

from __future__ import annotations

import errno
import json
import os
import signal
import threading
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from newstext import archive_results, archive_rows, archives, engines, pipeline, storage
from newstext.__main__ import main
from newstext.archive_results import Wanted
from tests.engines import archived

EVENTS = 6


@pytest.fixture(scope="module")
def warcs(tmp_path_factory) -> list[Path]:
    return archived.write(tmp_path_factory.mktemp("crawl"), files=3, events=EVENTS)


def told() -> list[archived.Told]:
    return [one for event in range(3 * EVENTS) for one in archived.tellings(event)]


def urls(out: Path) -> Counter[str]:
    return Counter(row["url"] for row in archived.rows(out))


def read(paths, out, **options) -> list[archive_results.ArchiveResult]:
    return list(pipeline.process_archive(paths, out, **options))


def test_all_is_read_once_with_when_it_was_fetched(warcs, tmp_path):
    read(warcs, tmp_path)
    assert urls(tmp_path) == Counter(one.url for one in told())
    row = next(archived.rows(tmp_path))
    assert (row["published_at"], row["seen_at"]) == ("2026-09-01T06:00:00+00:00", "2026-09-01T08:00:00+00:00")


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        (Wanted(languages=("de",)), lambda one: one.language == "de"),
        (Wanted(publishers=("post.example",)), lambda one: "post.example" in one.url),
        (Wanted(since=date(2026, 9, 4)), lambda one: one.at.date() >= date(2026, 9, 4)),
        (Wanted(until=date(2026, 9, 4)), lambda one: one.at.date() <= date(2026, 9, 4)),
    ],
)
def test_only_what_is_wanted_is_kept_and_the_rest_counted(warcs, tmp_path, wanted, holds):
    results = read(warcs, tmp_path, wanted=wanted)
    kept = [one.url for one in told() if holds(one)]
    assert 0 < len(kept) < len(told())
    assert urls(tmp_path) == Counter(kept)
    assert sum(result.left_out for result in results) == len(told()) - len(kept)


def test_pages_of_others_and_of_earlier_days_are_not_even_read(warcs, tmp_path, monkeypatch):
    read_pages: list[str] = []
    real = pipeline._read

    def noted(job):
        read_pages.append(job[0].url)
        return real(job)

    monkeypatch.setattr(pipeline, "_read", noted)
    read(warcs, tmp_path, wanted=Wanted(publishers=("post.example",), since=date(2026, 9, 3)))
    assert read_pages
    assert all(
        "post.example" in url and "/2026/09/0" in url and url > "https://post.example/news/2026/09/03"
        for url in read_pages
    )


def test_other_options_do_not_overwrite_what_stands(warcs, tmp_path):
    read(warcs[:1], tmp_path, wanted=Wanted(languages=("de",)))
    before = urls(tmp_path)
    [result] = read(warcs[:1], tmp_path)
    assert "made with --lang de" in result.problem
    assert "another --out" in result.problem
    assert (urls(tmp_path), result.rejected) == (before, 1)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda record: record.update(version="0.0.1"), "made by newstext 0.0.1"),
        (lambda record: record.update(result_bytes=7), "had 7 when it was whole"),
        (lambda record: record.update(source_bytes=9), "had 9 when it was read"),
        (lambda record: record.clear(), "no record of how it was made"),
    ],
)
def test_a_result_that_is_not_what_it_should_be_is_made_anew_and_says_why(warcs, tmp_path, change, says):
    read(warcs, tmp_path)
    path = tmp_path / f"{warcs[1].name}.jsonl.done.json"
    record = json.loads(path.read_text())
    change(record)
    path.write_text(json.dumps(record))
    results = read(warcs, tmp_path)
    assert [result.was_done for result in results] == [True, False, True]
    assert says in results[1].again
    assert urls(tmp_path) == Counter(one.url for one in told())
    assert all(result.was_done for result in read(warcs, tmp_path))


def test_a_record_that_is_no_json_counts_as_none(warcs, tmp_path):
    read(warcs[:1], tmp_path)
    (tmp_path / f"{warcs[0].name}.jsonl.done.json").write_text('{"form": 1, "ver')
    [result] = read(warcs[:1], tmp_path)
    assert not result.was_done


def test_a_node_with_another_version_refuses_by_name(warcs, tmp_path):
    job = archive_results.Job(str(warcs[0]), str(tmp_path), map, archive_results.ALL, version="99.0.0")
    result = pipeline._read_archive(job)
    assert "the run 99.0.0" in result.problem
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_named_and_the_file_tried_again_when_the_others_are_done(warcs, tmp_path, monkeypatch):
    real, failures = archive_rows.write, ["once"]

    def full(rows, file, form, *columns):
        if failures and warcs[0].name in file.name:
            failures.pop()
            file.write(b'{"half')
            raise OSError(errno.ENOSPC, "No space left on device")
        real(rows, file, form, *columns)

    monkeypatch.setattr(archive_rows, "write", full)
    results = read(warcs, tmp_path)
    assert [Path(result.path).name for result in results] == [warcs[1].name, warcs[2].name, warcs[0].name]
    assert not any(result.problem for result in results)
    assert urls(tmp_path) == Counter(one.url for one in told())
    assert not list(tmp_path.glob("*.part"))


def test_a_disk_that_stays_full_is_said_and_the_next_run_reads_the_rest(warcs, tmp_path, monkeypatch):
    real = archive_rows.write

    def full(rows, file, form, *columns):
        if warcs[0].name in file.name:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(rows, file, form, *columns)

    monkeypatch.setattr(archive_rows, "write", full)
    *_, last = read(warcs, tmp_path)
    assert "No space left" in last.problem
    assert (last.rejected, last.result_path) == (1, "")
    monkeypatch.setattr(archive_rows, "write", real)
    assert [result.was_done for result in read(warcs, tmp_path)] == [False, True, True]
    assert urls(tmp_path) == Counter(one.url for one in told())


def test_a_server_that_fails_in_the_middle_is_no_cut_archive(warcs, tmp_path, monkeypatch):
    """What a broken line left out must not count as read."""
    real, times = storage.opened, []

    class Breaking:
        def __init__(self, file):
            self.file = file

        def read(self, size=-1):
            if self.file.tell() > 2000:
                raise OSError("connection reset")
            return self.file.read(min(size, 1000))

        def __getattr__(self, name):
            return getattr(self.file, name)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.file.close()

    def opened(path, mode="rb"):
        if path == str(warcs[0]) and not times:
            times.append(path)
            return Breaking(real(path, mode))
        return real(path, mode)

    monkeypatch.setattr(storage, "opened", opened)
    *_, last = read(warcs, tmp_path)
    assert times
    assert Path(last.path).name == warcs[0].name
    assert urls(tmp_path) == Counter(one.url for one in told())


def test_a_file_that_is_not_there_is_named_and_the_others_are_read(warcs, tmp_path):
    *_, last = read([warcs[0], tmp_path / "gone.warc.gz", warcs[1]], tmp_path / "out")
    assert "gone.warc.gz" in last.problem
    assert len(list((tmp_path / "out").glob("*.jsonl"))) == 2


def test_rows_become_articles_with_all_that_was_read(warcs, tmp_path):
    read(warcs[:1], tmp_path)
    read_now = list(pipeline.process_pages(archives.pages(warcs[0]), is_marked=False))
    assert [archive_rows.article_of(row) for row in archived.rows(tmp_path)] == [
        archive_rows.article_of(archive_rows.article_row(one)) for one in read_now
    ]
    first, again = read_now[0], archive_rows.article_of(next(archived.rows(tmp_path)))
    for field in ("title", "text", "published_at", "seen_at", "language", "authors", "paragraphs", "url", "id"):
        assert getattr(first, field) == getattr(again, field), field


def test_parquet_and_addresses_hold_the_same_rows(warcs, tmp_path):
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed")
    memory = fsspec.filesystem("memory")
    for path in warcs:
        memory.pipe(f"/crawl/{path.name}", path.read_bytes())
    out = "memory://results"
    found = archives.find_archives(["memory://crawl"])
    assert [storage.name_of(path) for path in found] == [path.name for path in warcs]
    read(found, out, wanted=Wanted(form="parquet"))
    read(warcs, tmp_path)
    results = archive_results.results_in(out)
    assert [row for path in results for row in archive_rows.read(path)] == list(archived.rows(tmp_path))
    assert all(result.was_done for result in read(found, out, wanted=Wanted(form="parquet")))
    memory.rm("/results", recursive=True)


def test_how_fast_it_goes_and_how_long_it_takes_is_told_after_a_thousand_records(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(archive_results, "TELL_AFTER", 10)
    warcs = archived.write(tmp_path, files=2, events=6, every=timedelta(hours=1))
    assert main(["archive", *map(str, warcs), "--engine", "inline", "--out", str(tmp_path / "out")]) == 0
    said = [line for line in capsys.readouterr().err.splitlines() if "10 records in" in line]
    assert len(said) == 1
    assert "/s; all takes about" in said[0]
    assert main(["archive", *map(str, warcs), "--engine", "inline", "--out", str(tmp_path / "out")]) == 0
    assert "10 records in" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "option", [["--lang", "english"], ["--since", "soon"], ["--publisher", "a b"], ["--workers", "0"]]
)
def test_a_wrong_option_is_named_before_anything_is_read(option, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["archive", "x.warc", "--out", str(tmp_path), *option])
    assert ended.value.code == 2
    assert option[1] in capsys.readouterr().err


@pytest.mark.slow
def test_processes_give_what_inline_gives(warcs, tmp_path):
    read(warcs, tmp_path / "inline")
    with engines.Processes(2) as processes:
        results = read(warcs, tmp_path / "processes", engine=processes, page_engine=engines.guarded, at_once=2)
    assert [result.problem for result in results] == ["", "", ""]
    assert list(archived.rows(tmp_path / "processes")) == list(archived.rows(tmp_path / "inline"))


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(tmp_path):
    warcs = archived.write(tmp_path, files=4, events=40, every=timedelta(hours=1))
    out = tmp_path / "out"
    killed: list[int] = []
    with engines.Processes(2) as processes:

        def kill() -> None:
            while len(list(out.glob("*.part"))) < 2:  # both have begun
                time.sleep(0.005)
            killed.append(processes._workers[0]._process.pid)
            os.kill(killed[0], signal.SIGKILL)

        threading.Thread(target=kill, daemon=True).start()
        results = read(warcs, out, engine=processes, at_once=2)
    assert killed
    assert [result.problem for result in results] == [""] * 4
    everything = [one.url for event in range(4 * 40) for one in archived.tellings(event, every=timedelta(hours=1))]
    assert urls(out) == Counter(everything)
    assert not list(out.glob("*.part"))
