"""Earlier articles of the publishers followed: asked for, walked to and read, politely.

The rows say how far it has come, so it may be stopped at any moment. A turn is
one source walked or a few pages read, of one publisher; its claim keeps all
others off that publisher meanwhile.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet, Sum

from newsroom.articles import save as article_save
from newsroom.articles.models import Article
from newsroom.desk import asking, keeping, reading
from newsroom.desk.asking import CLAIM, Turn
from newsroom.desk.fetching import Fetching, NoPage
from newsroom.desk.walking import walk
from newsroom.desk.work import Desk
from newsroom.publishers.models import Backfill, BackfillSource
from newstext.records import Page

log = logging.getLogger(__name__)

SOURCE_TRIES = 3
RESTS = timedelta(seconds=20), timedelta(hours=6)  # after a failure, doubled each time
ASKED_OFF = timedelta(minutes=15)  # where a host says "too often" without saying how long
CRAWL_DELAY_MOST_S = 600.0
ASKS_OFF = (429, 503)
LOOK_S = 0.5
# All that a turn changes: what `ask` wrote meanwhile stays.
TURN_FIELDS = (
    "taken_by_day problem failures next_at rests_until hour_at hour_count state claimed_by claimed_until".split()
)


@dataclass(slots=True)
class BackfillDone:
    """What was done, counted. `as_dict` is the last line of `./run backfill`."""

    publishers: int = 0
    sources: int = 0
    sources_failed: int = 0
    found: int = 0
    taken: int = 0
    pages_read: int = 0
    pages_refused: int = 0
    pages_failed: int = 0
    pages_left: int = 0
    articles_placed: int = 0
    notes_written: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


class Backfilling:
    """Gives publishers their turns, several at once, one a host.

    tell: is called with a line whenever something is done.
    """

    def __init__(self, desk: Desk, *, hosts_at_once: int, tell: Callable[[str], None] = lambda line: None) -> None:
        self.desk = desk
        self.hosts_at_once = hosts_at_once
        self.tell = tell
        self.done = BackfillDone()
        self.remembered = desk.remembered
        self.stop = threading.Event()
        self.threads = ThreadPoolExecutor(hosts_at_once, thread_name_prefix="backfill")
        self.running: dict[Future[Turn], Turn] = {}
        Backfill.objects.all().release_dead()

    def close(self) -> None:
        """Stop asking, and hand back what is held."""
        self.stop.set()
        self.threads.shutdown(wait=False, cancel_futures=True)
        Backfill.objects.all().release(self.desk.name)

    def step(self, rows: QuerySet[Backfill], *, begins: bool = True) -> int:
        """Begin turns of those rows that are due, keep what came; how many turns were begun or kept.

        begins: False lets running turns end and begins none.
        """
        begun = self._begin(rows) if begins else 0
        if not self.running:
            return begun
        ended, _ = wait(self.running, timeout=LOOK_S, return_when=FIRST_COMPLETED)
        for future in ended:
            del self.running[future]
            self._keep(future.result())
        return begun + len(ended)

    def _begin(self, rows: QuerySet[Backfill]) -> int:
        free, now = self.hosts_at_once - len(self.running), self.desk.clock()
        if free <= 0:
            return 0
        busy = {turn.backfill.publisher.domain for turn in self.running.values()}
        due = rows.filter(pk__in=Backfill.objects.due(now)).exclude(publisher__domain__in=busy)
        begun = 0
        claimed = due.order_by("next_at", "pk").claim(self.desk.name, now, most=free, lease=CLAIM)  # type: ignore[attr-defined]
        for row in claimed:
            domain = row.publisher.domain
            turn = None if domain in busy else asking.next_turn(row, now)
            if turn is None:
                _hand_back(row)
                continue
            busy.add(domain)
            self.running[self.threads.submit(_ask, turn, self.desk.fetching, self.stop)] = turn
            begun += 1
        return begun

    def _keep(self, turn: Turn) -> None:
        now = self.desk.clock()
        reads = list(self._read(turn)) if turn.pages else []
        with transaction.atomic():
            if turn.source:
                self._keep_walk(turn, turn.source, now)
            for article, read, problem in reads:
                _keep_page(article, read, problem, now)
            self.remembered.save(now)
            is_done = _plan_next_turn(turn, now)
        self._count(turn, reads)
        if is_done:
            self._tell_done(turn.backfill)

    def _read(self, turn: Turn) -> list[reading.Read]:
        """The pages that came, read. A host that asks us off has not been asked as far as its pages go."""
        asked = [(article, page) for article, page in turn.pages if not _is_put_off(page)]
        keys = [article.pk for article, _ in asked]
        # Counted before reading: a page that kills its worker must not be tried for ever.
        Article.objects.filter(pk__in=keys).update(read_tries=F("read_tries") + 1)
        for article, _ in asked:
            article.read_tries += 1
        self.remembered.refresh(article.url for article, _ in asked)
        return list(reading.read_pages(asked, engine=self.desk.processes, memory=self.remembered.memory))

    def _keep_walk(self, turn: Turn, source: BackfillSource, now: datetime) -> None:
        walked, wanted, row = turn.walked, turn.wanted, turn.backfill
        assert walked
        assert wanted
        room = dict(wanted.room)
        source.walked_at, source.problem = now, walked.problem
        no_answer = walked.no_answer
        if no_answer and _is_put_off(no_answer):
            source.tries = max(0, source.tries - 1)
        elif no_answer:
            gives_up = no_answer.is_final or source.tries >= SOURCE_TRIES or 400 <= no_answer.status < 500
            source.state = BackfillSource.FAILED if gives_up else BackfillSource.WAITING
            if source.is_guess and no_answer.status in (404, 410):
                source.problem = ""
        else:
            entries = [(one.entry, one.at, one.precision) for one in walked.picked]
            taken = article_save.take_earlier(row.publisher, entries, now, feed=source.feed, room=room)
            for day, left in room.items():
                if used := wanted.room[day] - left:
                    row.taken_by_day[day] = row.taken_by_day.get(day, 0) + used
            source.state, source.tries = BackfillSource.DONE, 0
            turn.taken = taken
            source.found, source.taken = walked.found, source.taken + taken
            source.oldest_at, source.has_older = walked.oldest_at, walked.has_older
            asking.plant(row, source, walked.children, now)
        source.save()

    def _count(self, turn: Turn, reads: list[reading.Read]) -> None:
        name = turn.backfill.publisher.name
        if (source := turn.source) and source.state != BackfillSource.WAITING:
            self.done.sources += 1
            failed = source.state == BackfillSource.FAILED and bool(source.problem)
            self.done.sources_failed += failed
            self.done.found += source.found
            self.done.taken += turn.taken
            problem = f"; {source.problem}" if source.problem else ""
            self.tell(f"{name}: {source.url}: {source.found} found, {turn.taken} taken{problem}")
        for _, read, problem in reads:
            self.done.pages_failed += bool(problem)
            self.done.pages_refused += not problem and bool(read.refused)
            self.done.pages_read += not problem and not read.refused
        if (no_answer := turn.no_answer) and _is_silent(no_answer):
            self.tell(f"{name}: {no_answer.reason} Asked again at {turn.backfill.next_at:%Y-%m-%d %H:%M} UTC.")

    def _tell_done(self, row: Backfill) -> None:
        sums = row.sources.aggregate(found=Sum("found"), taken=Sum("taken"))
        read = row.publisher.articles.filter(backfilled_at__isnull=False, read_at__isnull=False).count()
        counts = f"{sums['found'] or 0} found, {sums['taken'] or 0} taken, {read} read"
        line = f"{row.publisher}: {row.days} days are done, {counts}"
        log.info("backfill: %s", line)
        self.tell(line)


def _ask(turn: Turn, fetching: Fetching, stop: threading.Event) -> Turn:
    """Ask for what a turn wants, one after another; it ends where the host gives no answer."""
    if turn.source and turn.wanted:
        turn.walked = walk(turn.source, fetching, turn.wanted)
    first = turn.source.url if turn.source else turn.articles[0].url
    rules = fetching.rules(first)
    turn.crawl_delay_s = min(rules.crawl_delay_s, CRAWL_DELAY_MOST_S) if rules else 0.0
    is_slow = turn.crawl_delay_s > fetching.spacing.spacing_s
    for article in turn.articles[: 1 if is_slow else None]:
        if stop.is_set():
            break
        page = _page_of(article, fetching)
        turn.pages.append((article, reading.page_of(article, page) if isinstance(page, Page) else page))
        if isinstance(page, NoPage) and _is_silent(page):
            break
    return turn


def _page_of(article: Article, fetching: Fetching) -> Page | NoPage:
    if article.read_tries > reading.KILLED_TRIES + article_save.READ_TRIES:
        why = f"Page {article.url}: ended what read it {article.read_tries} times; it is not read again."
        return NoPage("extract", why, is_final=True)
    return reading.page_at_hand(article) or fetching.get_page(article.url)


def _is_silent(no_answer: NoPage) -> bool:
    """True where it is the host that gives no answer, so that its other pages need not be asked for."""
    return not no_answer.is_final and (no_answer.status in (0, *ASKS_OFF) or no_answer.step == "robots")


def _is_put_off(page: Page | NoPage) -> bool:
    """True where the host asks us to come later, or its rules cannot be read: the page is none the worse."""
    if not isinstance(page, NoPage) or page.is_final:
        return False
    return page.status in ASKS_OFF or page.step == "robots"


def _keep_page(article: Article, read: reading.ArticleText, problem: str, now: datetime) -> None:
    """Store one earlier article. What is none, or cannot be read, is told by nothing and stands in no story."""
    if problem:
        row = article_save.still_there(article)
        if row and row.is_backfilled and (row.claimed_by, row.entry_hash) == (article.claimed_by, article.entry_hash):
            article_save.put_off(row, problem, now)  # else its feed told of it meanwhile: it is due as news
        return
    if read.published_at is None and article.published_at and read.marks:
        told = article.published_at
        read = replace(read, published_at=told, published_precision="day" if _is_day(article) else "time")
        read = replace(read, marks=replace(read.marks, published_at=told))  # type: ignore[type-var]
    keeping.keep_read(article, read, "", now)
    if read.refused:
        Article.objects.filter(pk=article.pk).update(grouped_at=now)


def _is_day(article: Article) -> bool:
    return article.published_precision == "day"


def _plan_next_turn(turn: Turn, now: datetime) -> bool:
    """Say when the publisher's next turn is, and let go of it; True if all is done."""
    row, no_answer = turn.backfill, turn.no_answer
    row.problem, row.next_at = "", now + timedelta(seconds=turn.crawl_delay_s)
    if no_answer and _is_silent(no_answer):
        row.failures += 1
        row.problem, row.next_at = no_answer.reason, now + _rest(no_answer, row.failures)
    else:
        row.failures = 0
    row.rests_until = row.next_at if no_answer and no_answer.status in ASKS_OFF else None
    _count_hour(turn, now)
    was = row.state
    row.state = _state_after(row, now)
    row.claimed_by, row.claimed_until = "", None
    row.save(update_fields=TURN_FIELDS)
    return was != row.state == Backfill.DONE


def _rest(no_answer: NoPage, failures: int) -> timedelta:
    shortest, longest = RESTS
    if no_answer.retry_after_s:
        return timedelta(seconds=no_answer.retry_after_s)
    if no_answer.status in ASKS_OFF:
        shortest = ASKED_OFF
    return min(shortest * 2 ** min(failures - 1, 10), longest)


def _count_hour(turn: Turn, now: datetime) -> None:
    """No host is asked more than BACKFILL_AN_HOUR times an hour; the operator's own may be."""
    row, asked = turn.backfill, len(turn.pages) + bool(turn.source)
    if row.hour_at is None or now - row.hour_at >= timedelta(hours=1):
        row.hour_at, row.hour_count = now, 0
    row.hour_count += asked
    url = turn.source.url if turn.source else turn.articles[0].url
    if row.hour_count >= settings.BACKFILL_AN_HOUR and reading.fastest_s(url):
        row.next_at = row.rests_until = max(row.next_at, row.hour_at + timedelta(hours=1))


def _state_after(row: Backfill, now: datetime) -> str:
    if row.sources.filter(state=BackfillSource.WAITING).exists():
        return Backfill.WAITING
    unread = row.publisher.articles.filter(backfilled_at__isnull=False, next_read_at__isnull=False)
    next_at = unread.order_by("next_read_at").values_list("next_read_at", flat=True).first()
    if next_at is None:
        return Backfill.DONE
    row.next_at = max(row.next_at, next_at)
    return Backfill.WAITING


def _hand_back(row: Backfill) -> None:
    Backfill.objects.filter(pk=row.pk).update(claimed_by="", claimed_until=None)


def pages_left(rows: Iterable[Backfill]) -> int:
    """How many pages of these publishers are still to be read."""
    publishers = [row.publisher_id for row in rows]
    waiting = Article.objects.filter(publisher__in=publishers, backfilled_at__isnull=False)
    return waiting.filter(next_read_at__isnull=False).count()
