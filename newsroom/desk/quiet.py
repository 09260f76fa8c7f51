"""Reads earlier articles in the background: once for each publisher, when nothing new waits."""

from __future__ import annotations

import time

from django.conf import settings

from newsroom.articles.models import Article
from newsroom.desk import asking
from newsroom.desk.backfill import Backfilling
from newsroom.desk.remembering import Remembered
from newsroom.desk.work import Desk
from newsroom.publishers.models import Backfill, Publisher
from newsroom.stories.models import Story

HOSTS_AT_ONCE = 4
QUIET_REST_S = 5.0
NEW_ONES_EVERY_S = 60.0  # how often publishers that were never asked are looked for
ASKED_AT_ONCE = 5  # new publishers in a round: the first rows of 100 need not all be made at once


class QuietBackfill:
    """BACKFILL_DAYS of each publisher's past, with a few hosts at once; new articles always go first."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.looked_at: float | None = None
        self._backfilling: Backfilling | None = None

    def step(self) -> int:
        """Do a little; 0 while there is nothing to do, or something new waits to be read."""
        if self._backfilling is None and not self._may_begin():
            return 0
        if self._backfilling is None:
            self._backfilling = Backfilling(self.desk, hosts_at_once=HOSTS_AT_ONCE)
            # The reading of new pages learns in another thread: what is shared would be written by both.
            self._backfilling.remembered = Remembered()
        self._ask_new_ones()
        return self._backfilling.step(Backfill.objects.all(), begins=not self._news_waits())

    def stop(self) -> None:
        """Begin nothing more; running turns end after the page they are at."""
        if self._backfilling:
            self._backfilling.stop.set()

    def close(self) -> None:
        if self._backfilling:
            self._backfilling.close()

    def _may_begin(self) -> bool:
        """Once there are stories: a new site shows today's news first."""
        return Story.objects.public().filter(is_sample=False).exists()

    def _news_waits(self) -> bool:
        now = self.desk.clock()
        return Article.objects.due_to_read(now).free(now).exists()

    def _ask_new_ones(self) -> None:
        passed_s = time.monotonic() - self.looked_at if self.looked_at is not None else NEW_ONES_EVERY_S
        if not settings.BACKFILL_DAYS or passed_s < NEW_ONES_EVERY_S:
            return
        new = Publisher.objects.filter(is_sample=False, backfill=None, feeds__is_on=True)
        answered = new.filter(feeds__last_success_at__isnull=False).distinct()
        asked = list(answered[:ASKED_AT_ONCE])
        for publisher in asked:
            asking.ask(publisher, min(settings.BACKFILL_DAYS, asking.DAYS_MOST), self.desk.clock())
        if len(asked) < ASKED_AT_ONCE:
            self.looked_at = time.monotonic()
