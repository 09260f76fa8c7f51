"""Fetches lead pictures and favicons when the rows say that they are due, before a reader asks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.conf import settings
from django.db.models import F

from newsroom.articles import images
from newsroom.articles.made_pictures import Reencoded, Unfit
from newsroom.articles.models import Article, Picture
from newsroom.desk import jobs
from newsroom.desk.fetching import Fetching, NoPage
from newsroom.publishers import favicons
from newsroom.publishers.models import Favicon
from newstext.engines import Processes
from newstext.feeds import find_icons
from newstext.records import Page

AT_ONCE = 16
WHILE_NEWS_WAITS = 4  # of them, before a rest: pictures take the same worker processes as pages
HOSTS_AT_ONCE = 4
ICONS_TRIED = 3

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


class NotHad(Exception):
    """Why a picture could not be had. is_final: asking again soon would not help."""

    def __init__(self, reason: str, *, is_final: bool) -> None:
        super().__init__(reason)
        self.is_final = is_final


class Picturing:
    """One desk's fetching of pictures, with a few hosts at once and beside its reading."""

    def __init__(self, fetching: Fetching, processes: Processes) -> None:
        self.fetching = fetching
        self.processes = processes
        self.threads = ThreadPoolExecutor(HOSTS_AT_ONCE, thread_name_prefix="pictures")

    def close(self) -> None:
        self.threads.shutdown(wait=False, cancel_futures=True)

    def fetch_due(self, owner: str, clock: Clock) -> int:
        """Fetch what is due; how many, or 0 for a rest where pages of new articles wait to be read."""
        if not settings.PICTURES:
            return 0
        now = clock()
        news_waits = Article.objects.due_to_read(now).free(now).exists()
        most = WHILE_NEWS_WAITS if news_waits else AT_ONCE
        done = self.fetch_pictures(owner, clock, most) + self.fetch_favicons(owner, clock)
        return 0 if news_waits else done

    def fetch_pictures(self, owner: str, clock: Clock, most: int, *, only: Collection[int] | None = None) -> int:
        """Fetch up to `most` pictures that are due, `only` of these rows if any are given; how many."""
        now = clock()
        pictures = Picture.objects.due(now).among(only).claim(owner, now, most=most)
        # Counted before fetching: a picture that ends the desk itself must not be tried for ever.
        Picture.objects.filter(pk__in=[row.pk for row in pictures]).update(tries=F("tries") + 1)
        wanted = []
        for row in pictures:
            row.tries += 1
            if sign := images.is_a_sign(row):
                images.keep_problem(row, sign, clock(), is_final=True)
            else:
                wanted.append(row)
        kept = 0
        for row, got in zip(wanted, self.threads.map(self._picture, [row.url for row in wanted]), strict=True):
            kept += _keep_picture(row, got, clock())
        if kept:
            images.make_room()
        return len(pictures)

    def _picture(self, url: str) -> Reencoded | NotHad:
        try:
            return self._made(jobs.make_picture, self._bytes(url), url)
        except NotHad as problem:
            return problem

    def fetch_favicons(self, owner: str, clock: Clock, *, only: Collection[int] | None = None) -> int:
        """Fetch a few favicons that are due, `only` of these rows if any are given; how many."""
        now = clock()
        if only is None:
            favicons.note_new(now)
        rows = Favicon.objects.due(now).among(only).select_related("publisher").claim(owner, now, most=AT_ONCE)
        Favicon.objects.filter(pk__in=[row.pk for row in rows]).update(tries=F("tries") + 1)
        for row, got in zip(rows, self.threads.map(self._icon, [row.publisher.home_url for row in rows]), strict=True):
            row.tries += 1
            if isinstance(got, NotHad):
                favicons.keep_problem(row, str(got), clock(), is_final=got.is_final)
            else:
                favicons.keep(row, got, clock())
        return len(rows)

    def _icon(self, home_url: str) -> bytes | NotHad:
        """The first of the favicons that a home page names which can be made anew; else its host's /favicon.ico."""
        problem = NotHad(f"{home_url}: names no favicon.", is_final=True)
        try:
            named = self._named_icons(home_url)
        except NotHad as error:
            named, problem = find_icons(b"", home_url), error
        for url in named[:ICONS_TRIED]:
            try:
                return self._made(jobs.make_icon, self._bytes(url), url)
            except NotHad as error:
                problem = error
        return problem

    def _named_icons(self, home_url: str) -> list[str]:
        got = self.fetching.get_page(home_url)
        if not isinstance(got, Page):
            raise NotHad(got.reason if isinstance(got, NoPage) else home_url, is_final=False)
        return find_icons(got.body, got.url)

    def _bytes(self, url: str) -> bytes:
        got = self.fetching.get_picture(url)
        if isinstance(got, NoPage):
            raise NotHad(got.reason, is_final=got.is_final)
        return got.body

    def _made(self, job: Callable[[bytes], Reencoded | bytes | Unfit], body: bytes, url: str) -> Reencoded | bytes:
        """What a worker process makes of the bytes; one that goes over the limits is given up."""
        [made] = self.processes(job, [body])
        if isinstance(made, Exception):
            raise NotHad(f"{url}: {made}", is_final=True) from made
        if isinstance(made, Unfit):
            raise NotHad(f"{url}: {made.reason}", is_final=True)
        return made


def _keep_picture(row: Picture, got: Reencoded | NotHad, now: datetime) -> bool:
    if isinstance(got, NotHad):
        images.keep_problem(row, str(got), now, is_final=got.is_final)
        return False
    try:
        images.keep(row, got, now)
    except OSError as error:
        log.error("Picture of article %d: %s", row.article_id, error)
        images.keep_disk_problem(row, error, now)
        return False
    return True
