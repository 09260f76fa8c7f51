"""Many workers on one database and broker: what is killed on the way loses nothing and doubles nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.hostile import databases
from tests.site import loopback, running, two_machines
from tests.site.rabbit import rabbit, server
from tests.site.workers import ARTICLES, Site, until

pytestmark = pytest.mark.slow
WHOLE_WITHIN_S = 60.0  # after the kill; a machine under other load is given more
LEAVES_WITHIN_S = 10.0
SLACK = 4.0
ROUNDS = 6


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with ExitStack() as held:
        broker = held.enter_context(rabbit(tmp_path / "rabbit"))
        postgres = held.enter_context(databases.postgres())
        served = held.enter_context(loopback.serve())
        made = Site(tmp_path, served, databases.new_database(postgres, "many"), broker)
        held.callback(made.close)
        made.follow()
        yield made


@pytest.mark.celery
def test_the_sweeper_and_the_broker_killed_on_the_way_nothing_is_lost_or_doubled(site):
    site.start_worker("one")
    until(lambda: site.rows("select 1 from desk_lease where name = 'sweep' and claimed_by <> ''"))
    site.start_worker("two")
    until(lambda: site.read() >= 1)
    site.kill_worker("one")
    site.broker.kill()
    site.broker.start()
    site.until_whole(WHOLE_WITHIN_S * SLACK)
    site.require_nothing_doubled()
    until(lambda: site.count("select count(*) from desk_worker") == 1)  # who is silent is taken for gone after 20 s
    assert site.stop_worker("two", LEAVES_WITHIN_S * SLACK) == 0
    assert site.count("select count(*) from desk_worker") == 0
    assert site.count("select count(*) from articles_article where claimed_by <> ''") == 0


@pytest.mark.celery
@pytest.mark.skipif(not two_machines.may_walk(), reason="needs root, ip and network namespaces")
def test_two_machines_with_a_worker_a_broker_and_the_cable_gone_on_the_way():
    pytest.importorskip("celery", reason="Celery is not installed (requirements/celery.txt)")
    if server() is None:
        pytest.skip("no RabbitMQ here (Debian's package rabbitmq-server)")
    walked = subprocess.run(
        [sys.executable, "-m", "tests.site.two_machines"], cwd=running.ROOT, capture_output=True, text=True,
        env={**os.environ, "WALK_WITHIN_S": str(WHOLE_WITHIN_S * SLACK)},
    )  # fmt: skip
    assert walked.returncode == 0, walked.stdout + walked.stderr


TWO_LANGUAGES = """
import sys, threading
from pathlib import Path
from newsroom.commands import site
site.open_site(Path(sys.argv[1]))
from django.db import connection
from newsroom.articles.models import Article
from newsroom.desk.work import Desk

ours = Article.objects.filter(publisher__is_sample=False)
gate, placed, failed = threading.Barrier(2), [0, 0], []

def put_apart():
    for number, article in enumerate(ours.order_by("pk")):
        Article.objects.filter(pk=article.pk).update(language=("de", "en")[number % 2], grouped_at=None)

def place(number, desk):
    try:
        for _ in range(int(sys.argv[2])):
            if gate.wait() == 0:
                put_apart()
            gate.wait()
            while count := desk.group():
                placed[number] += count
    except BaseException as error:
        failed.append(repr(error))
        gate.abort()
    finally:
        connection.close()

desks = [Desk(languages_at_once=1) for _ in placed]
threads = [threading.Thread(target=place, args=pair) for pair in enumerate(desks)]
for one in threads:
    one.start()
for one in threads:
    one.join()
for desk in desks:
    desk.close()
assert not failed, failed
assert not ours.filter(grouped_at=None).exists()
print(*placed)
"""


def test_two_desks_that_place_two_languages_into_the_same_stories_keep_them_whole(tmp_path):
    with databases.postgres() as postgres, loopback.serve() as served:
        site = Site(tmp_path, served, databases.new_database(postgres, "two"))
        site.follow()
        running.ingest(tmp_path / "web", allow=served.host, DATABASE_URL=site.database)
        site.require_nothing_doubled()
        placed = running.run_python(
            TWO_LANGUAGES, tmp_path / "web", str(tmp_path / "web"), str(ROUNDS), DATABASE_URL=site.database
        )
        assert sum(int(count) for count in placed.split()) == ARTICLES * ROUNDS
        assert all(int(count) for count in placed.split())
        site.require_nothing_doubled()
