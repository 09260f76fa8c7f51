"""The process that follows replayed feeds: `python -m tests.hostile.replaying ASKED`, for tests/hostile/replay.py.

It makes the database, forks the workers, each a desk as the site's, and prints
the rows that are left, as JSON.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

FEEDS_A_CLAIM = 4  # so that eight workers have something to quarrel over
# Shorter than a slow answer: claims run out while their feed is looked at, and another worker looks too.
SHORT_LEASE = timedelta(seconds=0.3)
LOCKED_REST_S = 0.2


class Here:
    """In place of worker processes: the work is done here."""

    def __call__(self, do: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        return map(do, items)

    def close(self) -> None:
        pass


def main(said: str) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    asked = json.loads(said)
    logging.disable(logging.WARNING)
    call_command("migrate", verbosity=0)
    _follow(asked["feeds"])
    connections.close_all()
    context = multiprocessing.get_context("fork")
    workers = [
        context.Process(target=_work, args=(Path(asked["stop"]), asked["is_guarded"])) for _ in range(asked["workers"])
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    failed = [worker.exitcode for worker in workers if worker.exitcode]
    _finish()
    print(json.dumps({"failed": failed, **_rows()}))


def _follow(feeds: list[dict[str, str]]) -> None:
    from django.utils import timezone

    from newsroom.publishers.save import follow_feed, get_publisher

    for feed in feeds:
        follow_feed(get_publisher(feed["publisher"], ""), feed["url"], timezone.now())


def _desk() -> Any:
    from newsroom.desk.fetching import Fetching
    from newsroom.desk.work import Desk

    desk = Desk()
    desk.processes.close()
    desk.processes = Here()
    desk.fetching = Fetching(map)
    return desk


def _work(stop: Path, is_guarded: bool) -> None:
    """What the site's worker does with feeds and pages, until the file `stop` is there."""
    from django.db import OperationalError, close_old_connections

    from newsroom.claims import ClaimQuerySet
    from newsroom.desk import work
    from newsroom.publishers import save
    from newsroom.publishers.models import Feed, FeedQuerySet

    def claim(rows: FeedQuerySet, owner: str, now: Any, *, most: int) -> list[Any]:
        if is_guarded:
            return ClaimQuerySet.claim(rows, owner, now, most=most, lease=SHORT_LEASE)
        return list(Feed.objects.order_by("?")[:most])

    FeedQuerySet.claim = claim
    work.FEEDS_AT_ONCE = FEEDS_A_CLAIM
    if not is_guarded:
        save.held = lambda feeds: {feed.pk for feed in feeds}
    desk = _desk()
    while not stop.exists():
        for step in (desk.read_feeds, desk.read_pages):
            try:
                step()
            except OperationalError as error:
                print(f"worker {os.getpid()}: {error}", file=sys.stderr, flush=True)
                close_old_connections()
                time.sleep(LOCKED_REST_S)
    desk.close()


def _finish() -> None:
    """One quiet look at each feed, and all pages that are due."""
    from newsroom.articles.models import Article
    from newsroom.publishers.models import Feed

    Feed.objects.update(claimed_by="", claimed_until=None)
    Article.objects.update(claimed_by="", claimed_until=None)
    desk = _desk()
    began = desk.clock()
    while Feed.objects.filter(last_checked_at__lt=began).exists() and desk.read_feeds(before=began):
        pass
    while desk.read_pages():
        pass
    desk.close()


def _rows() -> dict[str, list[Any]]:
    from newsroom.articles.models import Article, Version
    from newsroom.publishers.models import Feed

    articles = Article.objects.order_by("pk").values_list(
        "pk", "feed__url", "guid", "url", "title", "text", "read_problem", "entry"
    )
    versions = Version.objects.order_by("replaced_at", "pk").values_list("article", "text")
    problems = Feed.objects.exclude(problem="").values_list("url", "problem")
    return {"articles": list(articles), "versions": list(versions), "problems": list(problems)}


if __name__ == "__main__":
    main(sys.argv[1])
