"""The made-up world of the bench: the same for a seed, known in all its parts, and readable by the floor and by ours."""

from __future__ import annotations

import sys

import pytest

from bench import page_files
from bench.driver import Driver, Failed
from bench.served import served
from bench.world import World
from newstext import archives
from newstext.feeds import parse_feed
from newstext.records import Page

FEEDS, ITEMS = 30, 6


@pytest.fixture(scope="module")
def world() -> World:
    return World(1, FEEDS, ITEMS, 1_790_000_000.0)


@pytest.fixture(scope="module")
def items(world):
    return [world.item(feed, number) for feed in range(FEEDS) for number in range(ITEMS)]


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(world):
    again, other = (World(seed, FEEDS, ITEMS, 1_790_000_000.0) for seed in (1, 2))
    assert world.feed("http://a", 3, ITEMS) == again.feed("http://a", 3, ITEMS)
    assert world.page("http://a", 3, 2) == again.page("http://a", 3, 2)
    assert world.feed("http://a", 3, ITEMS) != other.feed("http://a", 3, ITEMS)


def test_a_copy_is_the_text_of_the_one_it_names_and_a_rewording_is_not(world, items):
    copies = [item for item in items if item.copy_of]
    assert 0.05 * len(items) < len(copies) < 0.4 * len(items)
    for copy in copies:
        first = world.item(*copy.copy_of)
        assert copy.text.startswith(first.text)
        assert copy.event == first.event
        assert first.copy_of is None
    by_event = {item.event: [] for item in items}
    for item in items:
        by_event[item.event] += [] if item.copy_of else [item.text]
    assert all(len(set(texts)) == len(texts) for texts in by_event.values())


def test_events_are_told_several_times_and_stories_go_on(items):
    events, stories = {item.event for item in items}, {item.story for item in items}
    assert len(stories) < len(events) < 0.8 * len(items)


def test_items_and_pages_are_as_large_as_news(world, items):
    sizes = [len(world.page("http://a", feed, 0)) for feed in range(FEEDS)]
    assert 50_000 < min(sizes) < max(sizes) < 170_000
    assert all(2_600 < len(item.text) < 7_000 for item in items)


def test_our_reader_finds_each_item_whole_in_both_forms_of_feed(world):
    for feed in (0, 2):
        body, _ = world.feed("http://paper.example", feed, ITEMS)
        entries = parse_feed(body, url="http://paper.example/f", content_type="").entries
        wanted = [world.item(feed, number) for number in range(ITEMS - 1, -1, -1)]
        assert [entry.title for entry in entries] == [item.title for item in wanted]
        assert all(len(entry.raw_content) > len(item.text) for entry, item in zip(entries, wanted, strict=True))


def test_teasers_leave_the_text_to_the_page():
    teasing = World(1, FEEDS, ITEMS, 1_790_000_000.0, has_teasers=True)
    for feed in (0, 2):
        entries = parse_feed(
            teasing.feed("http://a.example", feed, ITEMS)[0], url="http://a.example", content_type=""
        ).entries
        assert len(entries) == ITEMS
        assert all(entry.raw_content in ("", entry.raw_summary) for entry in entries)  # RSS has one place for both
        assert max(len(entry.raw_summary) for entry in entries) <= 220


def test_the_floor_reads_each_item_once_and_knows_what_is_new_and_changed(tmp_path):
    log = tmp_path / "log"
    floor = sys.executable, "-m", "bench.floor", str(tmp_path / "floor.sqlite3")
    with served(feeds=5, items=4, seed=1, log=log) as there, Driver(*floor, log=log) as driver:
        driver.ask("add", urls=there.urls)
        told = []
        for step in ("", "stats", "advance", "correct"):
            if step:
                there.control(step)
            said = driver.ask("pass")
            told.append((said["new"], said["changed"], said["unchanged"]))
        assert told == [(20, 0, 0), (0, 0, 5), (5, 0, 0), (0, 5, 0)]
        assert said["cpu_s"] > 0
        counts = there.control("stats")
        assert (counts["feeds"], counts["not modified"], counts["conditional"]) == (20, 5, 15)


def test_a_program_that_ends_says_why(tmp_path):
    with pytest.raises(Failed, match="the cellar is flooded"):
        Driver(sys.executable, "-c", "raise SystemExit('the cellar is flooded')", log=tmp_path / "log")


def test_the_archive_holds_the_pages_of_the_lines(tmp_path):
    warc = page_files.write_warc(tmp_path / "some.warc.gz", 7, 1)
    found = list(archives.pages(warc))
    wanted = list(page_files.pages(7, 1))
    assert all(isinstance(one, Page) for one in found)
    assert [(one.url, one.body) for one in found] == [(url, body) for url, body, _ in wanted]


def test_f1_counts_words_as_often_as_they_stand_there():
    assert page_files.f1(["a b c d"], ["a b c d"]) == 1
    assert page_files.f1(["a a"], ["a b"]) == 0.5
    assert page_files.f1(["", "a"], ["a", "a"]) == 0.5
