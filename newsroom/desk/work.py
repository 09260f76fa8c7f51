"""What the desk does with what is due. The rows say what; each step may run twice."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import zip_longest

from django.conf import settings
from django.db import transaction
from django.db.models import F, prefetch_related_objects
from django.utils import timezone

from newsroom.alerts import answers, finding, mail, planning
from newsroom.alerts.models import Mail
from newsroom.articles import removal, rereading
from newsroom.articles.models import Article, ArticleQuerySet, Picture
from newsroom.claims import Claimable, new_owner
from newsroom.desk import following, keeping, leases, model_writing, reading, remembering, telling, thinning
from newsroom.desk.fetching import Fetching
from newsroom.desk.looking import Looking
from newsroom.desk.models import Lease
from newsroom.desk.picturing import Picturing
from newsroom.desk.remembering import Remembered
from newsroom.desk.set_clock import make_due
from newsroom.desk.settling import Settling
from newsroom.desk.way_out import WayOut
from newsroom.publishers.models import Addition, Favicon, Feed
from newsroom.stories import editions, section_keeping
from newsroom.stories.models import Story
from newstext.engines import READ_LIMITS, Processes

log = logging.getLogger(__name__)

FEEDS_AT_ONCE = 64
ARTICLES_AT_ONCE = 64
ARTICLES_LOOKED_THROUGH = 1000  # to choose a batch that many hosts share
GROUPED_AT_ONCE = 200
LANGUAGES_LOOKED_THROUGH = 1000  # articles, for the languages that wait to be grouped
NOTES_AT_ONCE = 32
SECTIONS_AT_ONCE = 50
CLAIMED = (Feed, Article, Story, Picture, Favicon, Addition, Mail, Lease)
# Of rows whose tries are counted before the work, so that what ends the desk itself is not begun for ever.
TRIES = {Article: "read_tries", Picture: "tries", Favicon: "tries", Addition: "tries"}
ASKED_AT_ONCE = 8  # threads of their own: sites that hang hold up no page


@dataclass(slots=True)
class Done:
    """What was done, counted. `as_dict` is the last line of `./run ingest --once`."""

    feeds: int = 0
    feeds_unchanged: int = 0
    feeds_failed: int = 0
    items_new: int = 0
    items_changed: int = 0
    pages_read: int = 0
    pages_unchanged: int = 0
    pages_refused: int = 0
    pages_failed: int = 0
    articles_placed: int = 0
    notes_written: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


class Desk:
    """One worker: its name on claims, its way out, its worker processes.

    languages_at_once: whose articles it groups in one round; None: all that no other desk is at.
    Steps that take `only` do these rows alone, as far as they are due and nobody holds them;
    several threads may do such steps at once.
    """

    def __init__(self, *, clock: Callable[[], datetime] = timezone.now, languages_at_once: int | None = None) -> None:
        self.name = new_owner()
        self.shards = leases.Shards(self.name, at_once=languages_at_once)
        self.clock = clock
        self.began_at = clock()
        self.done = Done()
        self.processes = Processes(settings.READ_WORKERS, limits=READ_LIMITS)
        self.fetching = Fetching(self.processes)
        self.way_out = WayOut(self.fetching.spacing)
        self.noting = threading.Lock()
        self.threads = ThreadPoolExecutor(settings.FETCH_THREADS, thread_name_prefix="fetch")
        self.looking = Looking(self.threads, thread_count=settings.FETCH_THREADS, at_once=FEEDS_AT_ONCE)
        self.lookers = ThreadPoolExecutor(ASKED_AT_ONCE, thread_name_prefix="asked")
        self.grouping = telling.Grouping()
        self.settling = Settling(self.grouping)
        self.remembered = Remembered()
        self.picturing = Picturing(self.fetching, self.processes)
        for model in CLAIMED:
            model.objects.all().release_dead()
        self.after_the_clock_was_set_back()  # perhaps while no desk ran

    def begin_nothing_more(self) -> None:
        """Let what is asked of hosts go on, and take back what waits for its turn; steps end sooner by it."""
        for threads in (self.threads, self.lookers):
            threads.shutdown(wait=False, cancel_futures=True)
        self.picturing.close()

    def close(self, *, is_asked: bool = False) -> None:
        """Hand back what is held, and stop the workers.

        is_asked: we were told to leave; then what is handed back was not tried.
        """
        self.begin_nothing_more()
        self.processes.close()
        for model in CLAIMED:
            model.objects.all().release(self.name, tries=TRIES.get(model, "") if is_asked else "")

    def hand_back(self, *models: type[Claimable]) -> None:
        """Let go of what is claimed of these models: what they were claimed for broke off."""
        for model in models:
            model._default_manager.all().release(self.name)

    def after_the_clock_was_set_back(self) -> None:
        """Do what a clock that was ahead put off."""
        if count := make_due(self.clock(), [model.objects.all() for model in CLAIMED]):
            log.warning("The clock was set back: %d rows that were due later are due now.", count)

    def read_feeds(self, before: datetime | None = None, *, wait_s: float | None = None) -> int:
        """Check feeds that are due (by `before`, else by now); how many were begun or kept.

        wait_s: come back after so long though some have not answered, to be called again; None: check all that are due.
        """
        before = before or self.clock()
        self.way_out.probe(self.clock())
        if wait_s is not None:
            begun = self.looking.begin(self.fetching, before, self.clock(), self.name)
            return len(begun) + self._keep_looks(self.looking, wait_s)
        done, looked_at = 0, set[int]()  # once each: the operator's own are due again at once
        while True:
            looked_at.update(begun := self.looking.begin(self.fetching, before, self.clock(), self.name, but=looked_at))
            kept = self._keep_looks(self.looking, None)
            done += kept
            if not (begun or kept):
                return done

    def look_at_feeds(self, only: Collection[int]) -> int:
        """Check these feeds; how many."""
        looking = Looking(self.threads, thread_count=settings.FETCH_THREADS, at_once=len(only))
        now, done = self.clock(), 0
        looking.begin(self.fetching, now, now, self.name, only=only)
        while looking.is_busy:
            done += self._keep_looks(looking, None)
        return done

    def _keep_looks(self, looking: Looking, wait_s: float | None) -> int:
        """Store the looks that have come; how many."""
        looks = list(looking.ended(wait_s))
        for (feed, looked), kept in zip(looks, reading.keep_checks(looks, self.clock()), strict=True):
            with self.noting:
                self.way_out.note(feed, looked.outcome, self.clock())
            self.done.feeds += 1
            self.done.feeds_unchanged += kept.outcome == "unchanged"
            self.done.feeds_failed += bool(kept.problem)
            self.done.items_new += kept.new
            self.done.items_changed += kept.changed
        return len(looks)

    def follow_asked(self) -> int:
        """Follow what people asked for on the site; how many addresses were looked for."""
        return following.follow_due(self.name, self.fetching, self.lookers, self.clock)

    def read_pages(self, only: Collection[int] | None = None) -> int:
        """Read articles that are due; how many."""
        now = self.clock()
        if only is None:
            rereading.put_off_crowded(now)
            due, remembered = _diverse(now), self.remembered
        else:
            # What was learned is kept in the rows: another thread may learn of the same publisher.
            due, remembered = Article.objects.due_to_read(now).among(only), Remembered()
        articles = due.claim(self.name, now, most=ARTICLES_AT_ONCE)
        prefetch_related_objects(articles, "publisher")
        # Counted before reading: a page that ends the desk itself must not be tried for ever.
        Article.objects.filter(pk__in=[row.pk for row in articles]).update(read_tries=F("read_tries") + 1)
        Article.objects.filter(pk__in=[row.pk for row in articles], read_at__isnull=False).update(reread_at=now)
        for row in articles:
            row.read_tries += 1
            row.reread_at = now if row.read_at else None
        remembered.refresh(row.url for row in articles)
        for batch in _batches(self._read(articles, remembered)):
            self._keep_read(batch, remembered)
        return len(articles) or (remembering.apply_due(self.clock()) if only is None else 0)

    def _read(self, articles: list[Article], remembered: Remembered) -> Iterator[reading.Read]:
        return reading.read_articles(
            articles, self.fetching, self.threads, engine=self.processes, memory=remembered.memory
        )

    def _keep_read(self, batch: list[reading.Read], remembered: Remembered) -> None:
        with transaction.atomic():
            keeping.keep_all(batch, self.clock())
            remembered.save(self.clock())
        for _, read, problem in batch:
            self.done.pages_failed += bool(problem)
            self.done.pages_unchanged += read is None
            if read is not None:
                self.done.pages_refused += bool(read.refused)
                self.done.pages_read += not problem and not read.refused

    def apply_memory(self) -> int:
        """Clean what was read before of what was learned since, without waiting; how many articles."""
        return remembering.apply_all(self.clock())

    def group(self) -> int:
        """Place read articles into stories, of the languages that no other desk is at; how many."""
        due = Article.objects.due_to_group().filter(publisher__is_sample=False)
        return self._group(due, self.grouping.place) or self.group_earlier()

    def group_earlier(self) -> int:
        """Place articles of earlier days that are read into stories; how many."""
        return self._group(Article.objects.earlier_due_to_group(), self.grouping.place_earlier)

    def _group(self, due: ArticleQuerySet, place: Callable[..., int]) -> int:
        waiting = list(dict.fromkeys(due.values_list("language", flat=True)[:LANGUAGES_LOOKED_THROUGH]))
        if not waiting:
            return 0
        with self.shards.taken(waiting) as languages:
            articles = list(due.filter(language__in=languages).select_related("publisher")[:GROUPED_AT_ONCE])
            if not articles:
                return 0
            try:
                self._count_placed(place(articles, self.clock(), require=lambda: self.shards.require(languages)))
            except leases.Lost as error:
                log.warning("%s", error)
                return 0
        return len(articles)

    def _count_placed(self, count: int) -> None:
        self.done.articles_placed += count
        self.settling.count(count)

    def settle(self, *, at_once: bool = False) -> int:
        """Look at changed stories again if it is time (or `at_once`); how many."""
        now = self.clock()
        return self.settling.settle(now) if at_once or self.settling.is_due(now) else 0

    def keep_sections(self) -> int:
        """Tell the sections and countries of a batch of stories anew; how many."""
        return section_keeping.keep_due(self.clock(), most=SECTIONS_AT_ONCE)

    def want_notes_at_once(self, began: datetime) -> None:
        """Let no story that changed since rest before its notes: in a minute nobody is there to write them."""
        Story.objects.filter(notes_due_at__gt=began).update(notes_due_at=began)

    def write_notes(self, only: Collection[int] | None = None) -> int:
        """Make stale notes anew; how many stories."""
        now = self.clock()
        stories = Story.objects.due_for_notes(now).among(only).claim(self.name, now, most=NOTES_AT_ONCE)
        self.done.notes_written += telling.write_notes(stories, now, engine=self.processes)
        return len(stories)

    def fetch_pictures(self, only: Collection[int] | None = None) -> int:
        """Fetch a few pictures, and favicons if no `only` says which pictures, that are due; how many."""
        if only is not None:
            return self.picturing.fetch_pictures(self.name, self.clock, len(only), only=only)
        return self.picturing.fetch_due(self.name, self.clock)

    def fetch_favicons(self, only: Collection[int]) -> int:
        """Fetch the favicons of these rows; how many."""
        return self.picturing.fetch_favicons(self.name, self.clock, only=only)

    def make_edition(self) -> int:
        """Choose the day's edition if it is time; 1 if it was made."""
        return editions.make_due(self.clock())

    def forget_removed(self) -> int:
        """Let go of removed articles that can no longer be put back; always 0, for nothing waits on it."""
        removal.forget_kept(self.clock())
        return 0

    def let_go_of_old(self) -> int:
        """Let go of a few old texts where KEEP_DAYS says so; how many rows were looked at."""
        return thinning.thin_due(self.clock())

    def find_for_alerts(self) -> int:
        """Look for what is new for readers' alerts, and say which mails are due; how many rows were looked at."""
        now = self.clock()
        done = finding.look(now) + answers.look(now)
        return done + planning.gather(now) + planning.make_editions(now)

    def send_mails(self, only: Collection[int] | None = None) -> int:
        """Send a few mails that are due; how many."""
        return mail.send_due(self.name, self.clock, only=only)

    def write_with_model(self) -> int:
        """Let the model write a few stories whose notes are made, if the operator has one; how many."""
        return model_writing.write_due(self.clock())


def _diverse(now: datetime) -> ArticleQuerySet:
    """Articles due to be read, mixed over publishers so that no host holds up the rest."""
    due = Article.objects.due_to_read(now).free(now).values_list("pk", "publisher_id")[:ARTICLES_LOOKED_THROUGH]
    by_publisher: dict[int, list[int]] = {}
    for key, publisher in due:
        by_publisher.setdefault(publisher, []).append(key)
    mixed = [key for row in zip_longest(*by_publisher.values()) for key in row if key is not None]
    return Article.objects.due_to_read(now).filter(pk__in=mixed[:ARTICLES_AT_ONCE])


def _batches(reads: Iterator[reading.Read], most: int = 16) -> Iterator[list[reading.Read]]:
    batch: list[reading.Read] = []
    for read in reads:
        batch.append(read)
        if len(batch) >= most:
            yield batch
            batch = []
    if batch:
        yield batch
