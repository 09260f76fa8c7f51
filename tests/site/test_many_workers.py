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
from tests.site.workers import Site, until

pytestmark = [pytest.mark.slow, pytest.mark.celery]
WHOLE_WITHIN_S = 60.0  # after the kill; a machine under other load is given more
LEAVES_WITHIN_S = 10.0
SLACK = 4.0


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


def test_the_sweeper_and_the_broker_killed_on_the_way_nothing_is_lost_or_doubled(site):
    site.start_worker("one")
    until(lambda: site.rows("select 1 from desk_lease where name = 'sweep' and claimed_by <> ''"))
    site.start_worker("two")
    until(lambda: site.read() >= 1)
    site.kill_worker("one")
    site.broker.kill()
    site.broker.start()
    until(site.is_whole, WHOLE_WITHIN_S * SLACK)
    site.require_nothing_doubled()
    assert site.count("select count(*) from desk_worker") == 1
    assert site.stop_worker("two", LEAVES_WITHIN_S * SLACK) == 0
    assert site.count("select count(*) from desk_worker") == 0
    assert site.count("select count(*) from articles_article where claimed_by <> ''") == 0


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
