"""kill -9 at any moment, start again: nothing lost, nothing doubled."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import time

import pytest

from tests.site import loopback, news, running

KILLS = 20
KILLS_A_FOLDER = 2


def dump(data) -> list[tuple[object, ...]]:
    return running.rows(
        data,
        "select a.url_key, a.title, a.text, a.read_at is not null, count(p.id) from articles_article a"
        " left join stories_placement p on p.article_id = a.id group by a.id order by a.url_key",
    )


@pytest.mark.slow
def test_killed_at_random_points_nothing_is_lost_or_doubled(tmp_path):
    chance = random.Random(20261124)
    with loopback.serve() as site:
        feeds = news.serve_papers(site)
        followed, whole = tmp_path / "followed", tmp_path / "whole"
        running.run("add", *feeds, "--data", str(followed), allow=site.host)
        shutil.copytree(followed, whole)
        began = time.monotonic()
        running.ingest(whole, allow=site.host)
        usual_s = time.monotonic() - began
        for number in range(KILLS // KILLS_A_FOLDER):
            data = tmp_path / f"killed-{number}"
            shutil.copytree(followed, data)
            for _ in range(KILLS_A_FOLDER):
                kill_after(chance.uniform(0.2, 1.0) * usual_s, site, data)
                assert running.rows(data, "pragma integrity_check") == [("ok",)]
            running.ingest(data, allow=site.host)
            assert dump(data) == dump(whole)
            assert {row[-1] for row in dump(data)} == {1}
            assert running.rows(data, "select count(*) from stories_story where notes_due_at is not null") == [(0,)]


def kill_after(seconds: float, site, data) -> None:
    process = running.start("ingest", "--once", "--data", str(data), allow=site.host)
    time.sleep(seconds)  # the moment itself is what is tested
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
