"""./run backfill as a person meets it: says what it does, is stopped and killed, names what is wrong."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import time

import pytest

from tests.site import archive, loopback, running

pytestmark = pytest.mark.slow
KILLS = 6


@pytest.fixture
def site():
    with loopback.serve() as served:
        yield served


def follow(site, data, *, days: int, articles: int) -> None:
    feed = archive.serve_paper(site, days=days, articles=articles)
    running.run("add", feed, "--data", str(data), allow=site.host)
    running.ingest(data, allow=site.host)


def backfill(site, data, *options: str) -> tuple[dict[str, int], str]:
    process = running.start("backfill", *options, "--data", str(data), allow=site.host)
    out, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors.decode()
    return json.loads(out.splitlines()[-1]), errors.decode()


def test_it_says_what_it_does_in_plain_lines_and_tells_the_sum_as_json(site, tmp_path):
    follow(site, tmp_path, days=4, articles=2)
    done, said = backfill(site, tmp_path, "--days", "30")
    assert (done["publishers"], done["taken"], done["pages_read"], done["pages_left"]) == (1, 6, 6, 0)
    assert done["articles_placed"] == 6
    assert "The Archive Post: " in said
    assert "30 days are done" in said
    assert "6 taken, 6 read" in said
    assert "\x1b" not in said
    assert "\r" not in said
    assert running.rows(tmp_path, "select count(*) from stories_story where notes_due_at is not null") == [(0,)]
    again, _ = backfill(site, tmp_path, "--days", "30", "--publisher", "the-archive-post")
    assert (again["sources"], again["pages_read"]) == (0, 0)


def test_killed_at_random_points_it_goes_on_and_reads_nothing_twice(site, tmp_path):
    chance = random.Random(20261126)
    follow(site, tmp_path, days=12, articles=12)
    site.asked.clear()
    for _ in range(KILLS):
        process = running.start("backfill", "--days", "30", "--data", str(tmp_path), allow=site.host)
        began = len(site.asked)
        until = time.monotonic() + 60
        while len(site.asked) < began + 2 and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(chance.uniform(0.0, 1.5))  # the moment itself is what is tested
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert running.rows(tmp_path, "pragma integrity_check") == [("ok",)]
    done, _ = backfill(site, tmp_path, "--days", "30")
    assert done["pages_left"] == 0
    rows = running.rows(
        tmp_path,
        "select a.url, count(p.id), a.text <> '' from articles_article a left join stories_placement p"
        " on p.article_id = a.id group by a.id",
    )
    assert len(rows) == 144
    assert {(placed, has_text) for _, placed, has_text in rows} == {(1, 1)}
    pages = [path for path, _ in site.asked if path.startswith("/news/")]
    assert len(pages) - len(set(pages)) <= 8 * KILLS  # what was under way at the moment of a kill, a turn each


def test_ctrl_c_ends_it_within_seconds_and_it_goes_on(site, tmp_path):
    follow(site, tmp_path, days=8, articles=12)
    site.asked.clear()
    process = running.start("backfill", "--data", str(tmp_path), allow=site.host)
    until = time.monotonic() + 60
    while len(site.asked) < 16 and time.monotonic() < until:
        time.sleep(0.05)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert time.monotonic() - began < 10
    assert process.returncode == 130, errors.decode()
    assert "goes on where it was" in errors.decode()
    assert "Traceback" not in errors.decode()
    first = json.loads(out.splitlines()[-1])
    assert first["pages_left"] > 0
    done, _ = backfill(site, tmp_path)
    assert first["pages_read"] + done["pages_read"] == 94


def test_values_that_cannot_be_are_named_with_the_way_out(site, tmp_path):
    site.feed("/feed.xml", [], title="The Archive Post")
    running.run("add", site.url("/feed.xml"), "--data", str(tmp_path / "one"), allow=site.host)
    for options, says in (
        (("--days", "0"), "--days 0: give a number from 1 to 366."),
        (("--days", "-3"), "--days -3: give a number from 1 to 366."),
        (("--days", "9999"), "--days 9999: give a number from 1 to 366."),
        (("--days", "many"), "'many'"),
        (("--publisher", "nobody"), "Some are: the-archive-post"),
    ):
        process = running.start("backfill", *options, "--data", str(tmp_path / "one"))
        _, errors = process.communicate(timeout=60)
        assert process.returncode in (1, 2)
        assert says in errors.decode()
        assert "Traceback" not in errors.decode()
    process = running.start("backfill", "--data", str(tmp_path / "none"))
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, "./run add" in errors.decode()) == (1, True)


def test_with_the_net_away_it_ends_says_so_and_does_not_flood_the_log(tmp_path):
    with loopback.serve() as site:
        follow(site, tmp_path, days=2, articles=1)
    process = running.start("backfill", "--data", str(tmp_path), allow=site.host)
    out, errors = process.communicate(timeout=180)
    assert process.returncode == 0
    assert json.loads(out.splitlines()[-1])["taken"] == 0
    assert "cannot be connected to" in errors.decode()
    assert len((tmp_path / "site.log").read_text().splitlines() if (tmp_path / "site.log").exists() else []) < 20
