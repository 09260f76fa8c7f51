"""Which earlier articles are asked for, and what a publisher's next turn is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from newsroom.articles.models import Article
from newsroom.desk.fetching import NoPage
from newsroom.desk.walking import Child, Walked, Wanted, robots_of
from newsroom.publishers.models import Backfill, BackfillSource, Publisher
from newstext.article_addresses import KNOWN_MOST, ArticleAddresses, learn_addresses
from newstext.records import Page

CLAIM = timedelta(minutes=10)  # longer than a turn of pages that all come at the last second
PAGES_A_TURN = 8
SOURCE_KILLS = 8
DAYS_MOST = 366
AGAIN_AFTER = timedelta(hours=12)  # asked again after this long, lists are walked anew
SOURCES_MOST = 40  # a publisher, and two more for each day wanted


@dataclass(slots=True)
class Turn:
    """One publisher's turn: what to ask for, then what came. crawl_delay_s: its host's wish."""

    backfill: Backfill
    source: BackfillSource | None = None
    wanted: Wanted | None = None
    articles: list[Article] = field(default_factory=list)
    walked: Walked | None = None
    pages: list[tuple[Article, Page | NoPage]] = field(default_factory=list)
    crawl_delay_s: float = 0.0
    taken: int = 0

    @property
    def no_answer(self) -> NoPage | None:
        """What came in place of the last page or source that was asked for."""
        if self.walked:
            return self.walked.no_answer
        last = self.pages[-1][1] if self.pages else None
        return last if isinstance(last, NoPage) else None


def followed() -> list[Publisher]:
    """The publishers whose feeds are read."""
    return list(Publisher.objects.filter(is_sample=False, feeds__is_on=True).distinct())


def ask(publisher: Publisher, days: int, now: datetime) -> Backfill:
    """Ask for a publisher's articles of so many days back.

    What was walked before stays so, unless more days are wanted now or it was
    long ago. Asking twice changes nothing.
    """
    since = now - timedelta(days=days)
    with transaction.atomic():
        row, is_new = Backfill.objects.get_or_create(
            publisher=publisher, defaults={"days": days, "since": since, "asked_at": now, "next_at": now}
        )
        if is_new:
            _plant_first(row)
            return row
        sources = row.sources.all()
        again = Q(state=BackfillSource.FAILED, is_guess=False)
        if since < row.since:
            again |= Q(has_older=True) | Q(state=BackfillSource.ENOUGH)
            row.since = since
        row.days = max(row.days, days)
        if now - row.asked_at >= AGAIN_AFTER:
            again |= Q(newest_at=None) | Q(newest_at__gt=F("walked_at") - AGAIN_AFTER) | Q(state=BackfillSource.ENOUGH)
            row.asked_at = now
            _plant_first(row)
        begun = (
            sources.exclude(state=BackfillSource.WAITING).filter(again).update(state=BackfillSource.WAITING, tries=0)
        )
        if begun or row.state == Backfill.WAITING:
            row.state = Backfill.WAITING
            row.next_at = max(now, row.rests_until or now)  # a net that was away is tried again at once
        row.save(update_fields=["since", "days", "asked_at", "state", "next_at"])
    return row


def _plant_first(row: Backfill) -> None:
    """The sources that are known without asking: the feeds, and robots.txt of the publisher's hosts."""
    publisher = row.publisher
    rows = [
        BackfillSource(backfill=row, url=feed.url, kind=BackfillSource.FEED, feed=feed)
        for feed in publisher.feeds.filter(is_on=True)
    ]
    addresses = _addresses(publisher)
    known = _known(publisher)[:1]
    hosts = [url for url in (*known, publisher.home_url) if url and addresses.is_own(url)]
    rows += [BackfillSource(backfill=row, url=url, kind=BackfillSource.ROBOTS) for url in robots_of(hosts)]
    BackfillSource.objects.bulk_create(rows, ignore_conflicts=True)


def plant(row: Backfill, source: BackfillSource, children: Iterable[Child], now: datetime) -> None:
    """Keep the sources that another names; one that has changed since it was walked is walked again."""
    room = SOURCES_MOST + 2 * row.days - row.sources.count()
    held = {one.url: one for one in row.sources.filter(url__in=[child.url for child in children])}
    new = []
    for child in children:
        if one := held.get(child.url):
            if one.walked_at and child.newest_at and child.newest_at > one.walked_at and one != source:
                one.state, one.newest_at = BackfillSource.WAITING, child.newest_at
                one.save(update_fields=["state", "newest_at"])
        elif len(new) < room:
            new.append(_planted(row, source, child))
        else:
            source.problem = f"{source.url}: names more sitemaps than the {SOURCES_MOST} and 2 a day that are walked."
    BackfillSource.objects.bulk_create(new, ignore_conflicts=True)


def _planted(row: Backfill, source: BackfillSource, child: Child) -> BackfillSource:
    is_page = child.kind == BackfillSource.FEED
    return BackfillSource(
        backfill=row,
        url=child.url,
        kind=child.kind,
        feed=source.feed,
        depth=source.depth + 1,
        newest_at=child.newest_at,
        oldest_at=source.oldest_at if is_page else None,
        is_guess=child.is_guess,
    )


def next_turn(row: Backfill, now: datetime) -> Turn | None:
    """What the publisher's next turn asks for; None if there is nothing, and the row says so."""
    wanted = Wanted(addresses=_addresses(row.publisher), since=row.since, now=now, room=_room(row, now))
    waiting = row.sources.filter(state=BackfillSource.WAITING)
    if not any(wanted.room.values()):
        waiting.exclude(kind=BackfillSource.ROBOTS).update(state=BackfillSource.ENOUGH)
    if source := _next_source(waiting):
        return Turn(row, source=source, wanted=wanted)
    articles = list(Article.objects.due_to_backfill(now).filter(publisher=row.publisher)[:PAGES_A_TURN])
    if any(article.read_tries for article in articles):
        del articles[1:]  # one of them may have ended its worker: each alone, so that the others get through
    for article in articles:
        article.publisher = row.publisher
    if articles:
        return Turn(row, articles=articles)
    left = row.publisher.articles.filter(backfilled_at__isnull=False, next_read_at__isnull=False)
    next_at = left.order_by("next_read_at").values_list("next_read_at", flat=True).first()
    row.state = Backfill.WAITING if next_at else Backfill.DONE
    row.next_at = next_at or row.next_at
    row.save(update_fields=["state", "next_at"])
    return None


def _next_source(waiting: QuerySet[BackfillSource]) -> BackfillSource | None:
    """The source to walk next; its try is counted first: one that ends its worker must not be tried for ever."""
    # Feeds first, then robots.txt, then sitemaps: in the order of their names.
    ordered = waiting.order_by("kind", F("newest_at").desc(nulls_last=True), "pk").select_related("feed")
    for source in ordered:
        source.tries += 1
        if source.tries > SOURCE_KILLS:
            source.state = BackfillSource.FAILED
            source.problem = f"{source.url}: was begun {SOURCE_KILLS} times and never ended; asked again next time."
        source.save(update_fields=["tries", "state", "problem"])
        if source.state == BackfillSource.WAITING:
            return source
    return None


def _room(row: Backfill, now: datetime) -> dict[str, int]:
    """How many more articles are wanted of each day."""
    first = row.since.date()
    days = [(first + timedelta(days=number)).isoformat() for number in range((now.date() - first).days + 2)]
    return {day: max(0, settings.BACKFILL_A_DAY - row.taken_by_day.get(day, 0)) for day in days}


def _known(publisher: Publisher) -> list[str]:
    rows = publisher.articles.filter(backfilled_at=None, url_key__gt="", private_key="").exclude(
        url_key__startswith="guid:"
    )
    return list(rows.order_by("-seen_at", "-pk").values_list("url", flat=True)[:KNOWN_MOST])


def _addresses(publisher: Publisher) -> ArticleAddresses:
    return learn_addresses(_known(publisher), [publisher.domain])
