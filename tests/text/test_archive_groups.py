"""Stories and copies of a whole archive, over shards and files."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from newstext import archive_copies, archive_groups, archive_results, archive_rows, engines, pipeline, shuffling
from newstext.__main__ import main
from newstext.archives import ArchiveError
from newstext.engines import Lost
from newstext.grouping import StoryIndex
from tests.engines import archived

FILES, EVENTS = 3, 14


@pytest.fixture(scope="module")
def read_archive(tmp_path_factory) -> Path:
    """Results of an archive of two weeks."""
    folder = tmp_path_factory.mktemp("read")
    list(pipeline.process_archive(archived.write(folder, files=FILES, events=EVENTS), folder / "out"))
    return folder / "out"


@pytest.fixture
def out(read_archive, tmp_path) -> str:
    for path in read_archive.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    return str(tmp_path)


def table(path: str) -> list[dict]:
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]


def event_of(url: str) -> int:
    return int(url.rpartition("event-")[2].partition("-")[0])


def test_each_article_is_placed_once_and_each_story_counted(out):
    placements, stories = map(table, archive_groups.group(out, map))
    ids = [row["id"] for row in archived.rows(Path(out))]
    assert sorted(row["id"] for row in placements) == sorted(ids)
    counted = Counter(row["story"] for row in placements)
    assert {row["story"]: row["articles"] for row in stories} == counted
    assert sum(row["copies"] for row in stories) == sum(bool(row["copy_of"]) for row in placements)
    first = next(row for row in stories if row["story"] == placements[0]["story"])
    members = [row for row in placements if row["story"] == first["story"]]
    assert (first["first_at"], first["last_at"]) == (members[0]["at"], members[-1]["at"])
    assert first["publishers"] == sorted({row["publisher"] for row in members})
    assert {row["language"] for row in stories} == {"de", "en"}


def stories_of_events(placements: list[dict]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for row in placements:
        found.setdefault(event_of(row["url"]), set()).add(row["story"])
    return found


def test_a_story_goes_on_where_windows_meet(out):
    weeks: dict[int, set[int]] = {}
    together = stories_of_events(table(archive_groups.group(out, map, days=3650)[0]))
    placements = table(archive_groups.group(out, map)[0])
    for row in placements:
        week = archive_groups.time_of(row)[0].date().toordinal() // archive_groups.WINDOW_DAYS
        weeks.setdefault(event_of(row["url"]), set()).add(week)
    across = [event for event, seen in weeks.items() if len(seen) > 1 and len(together[event]) == 1]
    assert len(across) > 2
    apart = stories_of_events(placements)
    assert all(len(apart[event]) == 1 for event in across)


def test_in_one_window_the_stories_are_those_of_one_index(out):
    placements = table(archive_groups.group(out, map, days=3650)[0])
    articles = sorted(
        (
            archive_groups.dated(archive_rows.article_of(row))
            for row in archived.rows(Path(out))
            if row["language"] == "en"
        ),
        key=lambda article: (article.published_at, article.id),
    )
    index = StoryIndex()
    told = {one.article: one.story for one in pipeline.group_articles(articles, index)}
    assert {row["id"]: row["story"] for row in placements if row["language"] == "en"} == told


def test_what_is_done_is_not_done_again_and_what_changed_is(out, monkeypatch):
    tables = archive_groups.group(out, map)
    before = [Path(path).read_bytes() for path in tables]
    marked: list[str] = []
    real = archive_groups._mark
    monkeypatch.setattr(archive_groups, "_mark", lambda result, *rest: marked.append(result) or real(result, *rest))
    placed: list[str] = []
    real_placed = archive_groups._placed
    monkeypatch.setattr(archive_groups, "_placed", lambda shard: placed.append(shard.path) or real_placed(shard))
    archive_groups.group(out, map)
    assert (marked, placed) == ([], [])
    result = archive_results.results_in(out)[0]
    with open(result, "ab") as file:
        file.write(archive_rows.line({"id": None, "url": "", "rejected": {"step": "archive", "reason": "a last row"}}))
    some_shard = next(Path(out, "placed").rglob("*.jsonl"))
    some_shard.unlink()
    archive_groups.group(out, map)
    assert (marked, placed) == ([result], [str(some_shard)])
    assert [Path(path).read_bytes() for path in tables] == before


def test_what_an_engine_gave_up_is_tried_again_and_then_named(out):
    tries: Counter[str] = Counter()

    def losing(function, items):
        for item in items:
            tries[str(item)] += 1
            yield Lost("ended its worker process (SIGKILL)") if tries[str(item)] == 1 else function(item)

    placements, _ = archive_groups.group(out, losing)
    assert len(table(placements)) == len(list(archived.rows(Path(out))))

    def giving_up(function, items):
        return (Lost("ended its worker process (SIGKILL)") for _ in items)

    with pytest.raises(ArchiveError, match=r"SIGKILL.*run it again"):
        archive_groups.group(out, giving_up)


def test_a_bad_row_is_named(out):
    result = archive_results.results_in(out)[0]
    with open(result, "ab") as file:
        file.write(b'{"id": "x"}\n')
    with pytest.raises(ArchiveError, match=r"row 'x': field 'text': is missing"):
        archive_groups.group(out, map)
    Path(result).write_bytes(b'{"half')
    with pytest.raises(ArchiveError, match="line 1: is no JSON"):
        archive_groups.group(out, map)


def test_copies_are_found_in_all_files_however_far_apart(out):
    path, count = archive_copies.find(out, engines.inline)
    found = {row["id"]: row["copy_of"] for row in table(path)}
    url_of = {row["id"]: row["url"] for row in archived.rows(Path(out))}
    printed = {url_of[copy] for copy in found}
    reprints = {one.url for event in range(FILES * EVENTS) for one in archived.tellings(event) if one.paper == 2}
    assert reprints <= printed
    assert all(event_of(url_of[copy]) == event_of(url_of[original]) for copy, original in found.items())
    assert any(copy.partition(":")[0] != original.partition(":")[0] for copy, original in found.items())
    assert count == len(found)
    assert not found.keys() & set(found.values()), "an original is no copy"


def test_a_text_printed_by_hundreds_has_one_original(tmp_path):
    facts = archived.tellings(0)[0].paragraphs
    warc = tmp_path / "a.warc"
    told = [
        archived.Told(number, 0, archived.FIRST_AT + timedelta(hours=number), "en", f"Wire {number}", facts)
        for number in range(150)
    ]
    warc.write_bytes(b"".join(one.record() for one in told))
    list(pipeline.process_archive([warc], tmp_path / "out"))
    path, count = archive_copies.find(str(tmp_path / "out"), engines.inline)
    assert count == 149
    assert {row["copy_of"] for row in table(path)} == {"a.warc:0"}


def test_texts_that_share_nothing_are_no_pair():
    value = np.array([4, 8, 4, 12, 8], dtype=np.int64)
    article = np.array([1, 1, 2, 2, 3], dtype=np.int64)
    rows = {"bucket": value * 0, "value": value, "article": article, "limit": np.full(5, 2**32)}
    pairs = archive_copies._pairs(rows, buckets=1)
    assert sorted(zip(pairs["one"].tolist(), pairs["other"].tolist(), strict=True)) == [(1, 2), (1, 3)]
    assert len(archive_copies._likely(pairs)["one"]) == 0
    nothing = {name: column[:0] for name, column in rows.items()}
    assert len(archive_copies._likely(archive_copies._pairs(nothing, buckets=1))["one"]) == 0


def test_an_archive_without_copies_has_an_empty_table(tmp_path):
    warc = tmp_path / "a.warc"
    warc.write_bytes(archived.tellings(0)[0].record())
    list(pipeline.process_archive([warc], tmp_path / "out"))
    path, count = archive_copies.find(str(tmp_path / "out"), engines.inline)
    assert (table(path), count) == ([], 0)


def test_rows_of_a_bucket_meet_once():
    def make(item: int) -> shuffling.Table:
        return {"bucket": np.array([0, 1, item]), "value": np.array([item, item, item])}

    def add(table: shuffling.Table) -> shuffling.Table:
        return {"bucket": table["bucket"][:1], "value": table["value"].sum(keepdims=True)}

    tables = shuffling.shuffled(engines.inline, make, [2, 3], (add,), buckets=4)
    assert sorted((table["bucket"][0], table["value"][0]) for table in tables) == [(0, 5), (1, 5), (2, 2), (3, 3)]
    giving_up = shuffling.shuffled(lambda function, items: (Lost("ended") for _ in items), make, [2], (add,), buckets=4)
    with pytest.raises(ChildProcessError, match="ended"):
        list(giving_up)


def test_the_commands_write_tables_and_say_which(read_archive, out, capsys):
    assert main(["archive", "group", out, "--engine", "inline"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert len(table(said["stories"])) > 5
    assert main(["archive", "copies", out, "--engine", "inline"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert len(table(said["copies"])) == said["count"] > 0
    assert main(["archive", "group", f"{out}/nothing", "--engine", "inline"]) == 1
    assert "newstext archive PATH" in capsys.readouterr().err


def test_tables_as_parquet_say_what_json_lines_say(out):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    lines = [table(path) for path in archive_groups.group(out, map)]
    tables = [parquet.read_table(path).to_pylist() for path in archive_groups.group(out, map, form="parquet")]
    assert tables == lines


@pytest.mark.slow
def test_processes_group_and_find_copies_as_inline_does(out, tmp_path_factory):
    paths = (*archive_groups.group(out, engines.inline), archive_copies.find(out, engines.inline)[0])
    inline = [Path(path).read_bytes() for path in paths]
    for folder in ("marked", "placed"):
        for path in Path(out, folder).rglob("*.json*"):
            path.unlink()
    with engines.Processes(2) as processes:
        archive_groups.group(out, processes)
        archive_copies.find(out, processes)
    assert [Path(path).read_bytes() for path in paths] == inline
