"""An item that ends its worker is named and lost alone; all others go on."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from newstext import pipeline
from newstext.engines import Limits, Lost, Processes, inline
from newstext.records import ArticleText, Page, Rejected
from newstext.workers import MB, Worker
from tests.engines.odd_work import do

pytestmark = pytest.mark.slow

LIMITS = Limits(cpu_s=1, wall_s=20.0, memory_bytes=64 * MB)


def carried(items: list[str], limits: Limits = LIMITS) -> list[object]:
    with Processes(2, limits=limits) as processes:
        return list(processes(do, items))


@pytest.mark.parametrize(
    ("what", "limits", "reason"),
    [
        ("spin", LIMITS, "1 s of processor time"),
        ("wait", Limits(wall_s=1.5), "no answer in 2 s"),
        ("die", LIMITS, "SIGKILL"),
        ("crash", LIMITS, "SIGSEGV"),
        ("nest", LIMITS, "nests too deep"),
        pytest.param(
            "swell",
            LIMITS,
            "64 MB of memory",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux alone"),
        ),
    ],
)
def test_what_ends_its_worker_is_lost_alone_and_says_why(what, limits, reason):
    before, lost, *after = carried(["a", what, "b", "c", "d"], limits)
    assert isinstance(lost, Lost)
    assert reason in str(lost)
    assert [before, *after] == ["a", "b", "c", "d"]


def test_each_of_several_culprits_is_named():
    results = carried(["die", "a", "die", "die", "b", "nest"])
    assert [isinstance(result, Lost) for result in results] == [True, False, True, True, False, True]


def test_an_error_of_the_program_is_raised_with_the_place_in_the_worker():
    with pytest.raises(ValueError, match="page 7") as raised:
        carried(["fail"])
    assert "odd_work.py" in raised.value.__notes__[0]


def test_what_cannot_be_carried_is_an_error_and_the_worker_lives():
    with Processes(1) as processes:
        [first] = processes(do, ["pid"])
        with pytest.raises(Exception, match=r"pickle|local object"):
            list(processes(lambda item: item, ["a"]))
        assert list(processes(do, ["pid"])) == [first]


def test_limits_count_for_each_item_anew():
    # Together they use far more processor time than one may.
    with Processes(1, limits=Limits(cpu_s=2)) as processes:
        results = list(processes(sum_of, [3_000_000] * 30))
    assert results == [sum(range(3_000_000))] * 30


def sum_of(count: int) -> int:
    return sum(range(count))


def test_threads_share_the_workers():
    results: dict[str, list[object]] = {}
    with Processes(2, limits=LIMITS) as processes:

        def carry(name: str) -> None:
            results[name] = list(processes(do, [name, "die", name]))

        threads = [threading.Thread(target=carry, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    for name in "abcd":
        first, lost, last = results[name]
        assert (first, last) == (name, name)
        assert isinstance(lost, Lost)


def test_closing_ends_workers_that_are_at_work():
    processes = Processes(1)
    results = processes(do, ["pid", "wait"])

    def wait() -> None:
        with contextlib.suppress(CancelledError):
            list(results)

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    while not processes._workers or processes._workers[0]._process is None:
        pass
    worker = processes._workers[0]._process
    processes.close()
    worker.join(20)
    waiting.join(20)
    assert worker.exitcode is not None
    assert not waiting.is_alive()


def test_a_worker_without_items_leaves_and_the_next_item_starts_a_new_one():
    with Processes(2, idle_s=0.05) as processes:
        [first] = processes(do, ["pid"])
        until_gone(first)
        [next_one] = processes(do, ["pid"])
        assert next_one != first


def test_a_worker_that_had_an_item_lately_stays():
    worker = Worker(LIMITS)
    try:
        first = worker.do(do, "pid")
        worker.leave_if_idle(3600)
        assert worker.do(do, "pid") == first
        worker.leave_if_idle(0)
        assert worker.do(do, "pid") != first
    finally:
        worker.close()


def test_no_item_is_lost_to_a_worker_that_leaves():
    worker, over = Worker(LIMITS), threading.Event()

    def ask_to_leave() -> None:
        while not over.wait(0.001):
            worker.leave_if_idle(0)

    asking = threading.Thread(target=ask_to_leave)
    asking.start()
    try:
        assert [worker.do(do, f"item {number}") for number in range(40)] == [f"item {number}" for number in range(40)]
    finally:
        over.set()
        asking.join()
        worker.close()


def until_gone(pid: str) -> None:
    with contextlib.suppress(ProcessLookupError):
        while True:
            os.kill(int(pid), 0)


def losing(function, items):
    """An engine that gives up every second item."""
    for place, item in enumerate(items):
        yield Lost("took over 1 s of processor time, the limit") if place % 2 else function(item)


def test_a_page_the_engine_gave_up_is_rejected_by_name_and_the_others_are_read():
    pages = [Page(f"https://p.example/{number}", b"<p>The quay reopened.", str(number)) for number in range(4)]
    results = list(pipeline.process_pages(pages, engine=losing))
    assert [type(result) for result in results] == [ArticleText, Rejected, ArticleText, Rejected]
    assert (results[1].url, results[1].step, results[1].id) == ("https://p.example/1", "limits", "1")
    assert "https://p.example/1: took over 1 s of processor time, the limit" in results[1].reason


def test_an_archive_the_engine_gave_up_is_tried_again_and_then_counted_as_rejected(tmp_path):
    tried: list[str] = []

    def giving_up(function, items):
        for item in items:
            tried.append(Path(item.path).name)
            is_lost = item.path.endswith("b.warc") or tried == ["a.warc"]
            yield Lost("took over 1 s of processor time, the limit") if is_lost else function(item)

    names = ("a.warc", "b.warc", "c.warc")
    for name in names:
        (tmp_path / name).write_bytes(b"")
    results = list(pipeline.process_archive([tmp_path / name for name in names], tmp_path, engine=giving_up))
    assert tried == ["a.warc", "b.warc", "c.warc", "a.warc", "b.warc"]
    assert [(Path(result.path).name, result.rejected) for result in results] == [
        ("c.warc", 0),
        ("a.warc", 0),
        ("b.warc", 1),
    ]
    assert results[2].result_path == ""
    assert "b.warc: took over 1 s" in results[2].problem


def test_inline_gives_results_alone():
    assert list(inline(do, ["a", "b"])) == ["a", "b"]
