"""What alerts find: looks at the tellings and hashtags that are new since the last look, never at the archive.

A look takes a bounded number of new rows, whatever is held. Two that look at
once find the same, and it is kept once: by unique rows and conditional updates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.db import connection
from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import translation

from newsroom.alerts.models import TOLD_BY, Alert, Looked, Notice
from newsroom.publishers.models import OldSlug
from newsroom.stories.models import Hashtag, HashtagAlias, Placement, Story
from newsroom.stories.save import stands_for
from newsroom.stories.search_finding import among
from newsroom.stories.search_query import Query, read_query

AT_ONCE = 500  # new tellings of one look
TOLD_AT_ONCE = 2000
LOOKED_AGAIN = timedelta(minutes=5)  # at what waits for more publishers: who copied whom is found out meanwhile
FRESH = timedelta(days=2)  # what is older was news before; so reading a publisher's past tells nobody
STORY_REST = timedelta(hours=3)  # a story that is watched is told again this long after it was told
# A telling that was numbered earlier may be committed later where several write: the newest are looked at twice, so
# that an alert may find what came up to LATE before it was set.
LATE = timedelta(minutes=2)
LATE_ROWS = 0 if connection.vendor == "sqlite" else 200
Tagged = Hashtag.stories.through
Wanted = dict[int, set[int]]  # story -> alerts


@dataclass(frozen=True, slots=True)
class Telling:
    """A new telling: its number, its story, article and publisher."""

    number: int
    story: int
    article: int
    publisher: int
    slug: str
    is_copy: bool


def look(now: datetime) -> int:
    """Find for every alert what is new since the last look, and tell what is due; how many rows were looked at."""
    state = looked()
    tellings, to = _new_tellings(state.tellings, now)
    tagged, tags_to = _newly_tagged(state.hashtags)
    if tellings or tagged:
        _find(tellings, tagged, now)
    # Two may look at once: the further one stands.
    Looked.objects.filter(pk=state.pk).update(
        tellings=Greatest(F("tellings"), to), hashtags=Greatest(F("hashtags"), tags_to)
    )
    return (to - state.tellings) + (tags_to - state.hashtags) + tell_due(now)


def looked() -> Looked:
    """How far alerts have looked; a new site begins with what comes from now on."""
    row = Looked.objects.filter(pk=1).first()
    if row is None:
        begins = {
            "tellings": Placement.objects.aggregate(n=Max("pk"))["n"] or 0,
            "hashtags": Tagged.objects.aggregate(n=Max("pk"))["n"] or 0,
        }
        row, _ = Looked.objects.get_or_create(pk=1, defaults=begins)
    return row


def _new_tellings(since: int, now: datetime) -> tuple[list[Telling], int]:
    """The fresh tellings placed since that number, and the number to go on from."""
    newest = Placement.objects.aggregate(n=Max("pk"))["n"] or 0
    if newest <= since:
        return [], since
    new = Q(pk__gt=since) | Q(pk__gt=since - LATE_ROWS, placed_at__gt=now - LATE)
    rows = Placement.objects.filter(new, pk__gt=since - LATE_ROWS).order_by("pk").select_related("article__publisher")
    rows = rows.only(
        "story_id", "copy_of_id", "article__published_at", "article__seen_at", "article__private_key",
        "article__backfilled_at", "article__publisher__slug",
    )[: AT_ONCE + LATE_ROWS]  # fmt: skip
    found = list(rows)
    tellings = [
        Telling(row.pk, row.story_id, row.article_id, row.article.publisher_id, row.article.publisher.slug,
                row.copy_of_id is not None)
        for row in found
        if not row.article.private_key and not row.article.is_backfilled and row.article.at >= now - FRESH
    ]  # fmt: skip
    return tellings, max((row.pk for row in found), default=since)


def _newly_tagged(since: int) -> tuple[set[int], int]:
    """The stories that were given a hashtag since that number, and the number to go on from."""
    rows = list(Tagged.objects.filter(pk__gt=since).order_by("pk").values_list("pk", "story_id")[:AT_ONCE])
    return {story for _, story in rows}, rows[-1][0] if rows else since


def _find(tellings: list[Telling], tagged: set[int], now: datetime) -> None:
    touched = {one.story for one in tellings} | tagged
    held = Story.objects.public().filter(pk__in=touched, last_at__gte=now - FRESH, article_count__gt=0)
    stories = set(held.values_list("pk", flat=True))
    tellings = [one for one in tellings if one.story in stories]
    wanted: Wanted = defaultdict(set)
    for more in (_by_hashtag(stories), _by_publisher(tellings), _by_search(tellings)):
        for story, alerts in more.items():
            wanted[story] |= alerts
    _keep(wanted, now)
    _watch(tellings, now)
    Notice.objects.filter(is_waiting=True, told_at=None, due_at__gt=now, story__in=stories).update(due_at=now)


def _alerts(kind: str, keys: Collection[str]) -> Iterator[tuple[str, int]]:
    """(key, alert) of readers who may still sign in."""
    keys = list(keys)
    for first in range(0, len(keys), AT_ONCE):
        rows = Alert.objects.filter(kind=kind, key__in=keys[first : first + AT_ONCE], reader__is_active=True)
        yield from rows.order_by().values_list("key", "pk")


def _by_hashtag(stories: set[int]) -> Wanted:
    """A hashtag is known by its key, and by those that it had before."""
    rows = list(Tagged.objects.filter(story__in=stories, hashtag__is_blocked=False).values_list("hashtag", "story"))
    of_tag: dict[int, set[int]] = defaultdict(set)
    for tag, story in rows:
        of_tag[tag].add(story)
    keys = dict(Hashtag.objects.filter(pk__in=of_tag).values_list("key", "pk"))
    keys |= dict(HashtagAlias.objects.filter(hashtag__in=of_tag).values_list("key", "hashtag"))
    return _wanted(Alert.Kind.HASHTAG, keys, of_tag)


def _by_publisher(tellings: Iterable[Telling]) -> Wanted:
    of_publisher: dict[int, set[int]] = defaultdict(set)
    keys: dict[str, int] = {}
    for one in tellings:
        of_publisher[one.publisher].add(one.story)
        keys[one.slug] = one.publisher
    keys |= dict(OldSlug.objects.filter(publisher__in=of_publisher).values_list("slug", "publisher"))
    return _wanted(Alert.Kind.PUBLISHER, keys, of_publisher)


def _wanted(kind: str, keys: Mapping[str, int], stories: Mapping[int, set[int]]) -> Wanted:
    """The alerts that ask for one of these keys, by story. keys: what each stands for; stories: of each of these."""
    wanted: Wanted = defaultdict(set)
    for key, alert in _alerts(kind, keys.keys()):
        for story in stories[keys[key]]:
            wanted[story].add(alert)
    return wanted


def _by_search(tellings: Iterable[Telling]) -> Wanted:
    """Each search is looked for once, whoever set it, in the new articles alone."""
    stories = {one.article: one.story for one in tellings}
    if not stories:
        return {}
    searches = Alert.objects.filter(kind=Alert.Kind.SEARCH, reader__is_active=True).order_by()
    alerts: dict[tuple[str, str], list[int]] = defaultdict(list)
    for key, language, alert in searches.values_list("key", "language", "pk"):
        alerts[key, language].append(alert)
    wanted: Wanted = defaultdict(set)
    for (key, language), those in alerts.items():
        query = _query(key, language)
        if not query.named:
            found = among(query, stories)
        else:
            with translation.override(language):  # names of countries and languages are in it
                found = among(query, stories)
        for article in found:
            wanted[stories[article]].update(those)
    return wanted


@lru_cache(maxsize=20_000)
def _query(key: str, language: str) -> Query:
    with translation.override(language):
        return read_query(key)


def _keep(wanted: Wanted, now: datetime) -> None:
    """A notice for each alert and story that has none, also none of a story that this one took in."""
    stories = list(wanted)
    into = dict(Story.objects.filter(merged_into__in=stories).values_list("pk", "merged_into_id"))
    has: Wanted = defaultdict(set)
    known = Notice.objects.filter(story__in=[*stories, *into], alert__isnull=False)
    for story, alert in known.values_list("story_id", "alert_id"):
        has[into.get(story, story)].add(alert)
    fresh = {story: alerts - has[story] for story, alerts in wanted.items()}
    readers = _readers_of({alert for alerts in fresh.values() for alert in alerts})
    rows = (
        Notice(reader_id=readers[alert], alert_id=alert, story_id=story, due_at=now)
        for story, alerts in fresh.items()
        for alert in alerts
        if alert in readers
    )
    for batch in _batches(rows):
        Notice.objects.bulk_create(batch, ignore_conflicts=True)


def _readers_of(alerts: Collection[int]) -> dict[int, int]:
    keys = list(alerts)
    found: dict[int, int] = {}
    for first in range(0, len(keys), AT_ONCE):
        rows = Alert.objects.filter(pk__in=keys[first : first + AT_ONCE]).order_by()
        found |= dict(rows.values_list("pk", "reader_id"))
    return found


def _batches(rows: Iterable[Notice]) -> Iterator[list[Notice]]:
    batch: list[Notice] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _watch(tellings: Iterable[Telling], now: datetime) -> None:
    """Watched stories that have a new telling are told, or told again after a rest; a copy is nothing new."""
    newest: dict[int, int] = {}
    for one in tellings:
        if not one.is_copy:
            newest[one.story] = max(one.number, newest.get(one.story, 0))
    into = Story.objects.filter(merged_into__in=newest).values_list("pk", "merged_into_id")
    story_of = {str(story): story for story in newest} | {str(gone): kept for gone, kept in into}
    alerts = {alert: story_of[key] for key, alert in _alerts(Alert.Kind.STORY, story_of)}
    watching = Notice.objects.filter(alert__kind=Alert.Kind.STORY, alert__key__in=list(story_of))
    has = set(watching.values_list("alert_id", flat=True))
    readers = _readers_of(alerts.keys() - has)
    rows = (
        Notice(reader_id=readers[alert], alert_id=alert, story_id=story, due_at=now, up_to=newest[story])
        for alert, story in alerts.items()
        if alert in readers
    )
    for batch in _batches(rows):
        Notice.objects.bulk_create(batch, ignore_conflicts=True)
    for story in set(alerts.values()) if has else ():
        keys = [key for key, kept in story_of.items() if kept == story]
        _watch_on(watching.filter(alert__key__in=keys), story, newest[story], now)


def _watch_on(notices: QuerySet[Notice], story: int, newest: int, now: datetime) -> None:
    behind = notices.filter(up_to__lt=newest)
    behind.filter(told_at=None).update(story=story, up_to=newest)
    grown = {"story": story, "up_to": newest, "is_waiting": True}
    behind.filter(told_at__lte=now - STORY_REST).update(**grown, due_at=now)
    behind.filter(told_at__gt=now - STORY_REST).update(**grown, due_at=F("told_at") + STORY_REST)


def tell_due(now: datetime) -> int:
    """Tell the notices that are due, of stories that enough publishers have; how many were looked at.

    Where too few have it the notice is looked at again a while later, or as
    soon as its story grows; what too few had while it was news stays untold.
    """
    waiting = Notice.objects.filter(is_waiting=True, due_at__lte=now, alert__isnull=False)
    rows = list(
        waiting.annotate(told_by=TOLD_BY).order_by("due_at", "pk").select_related("alert", "story")[:TOLD_AT_ONCE]
    )
    fates: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        fates[_fate(row, row.told_by, now)].append(row.pk)
    for fate, keys in fates.items():
        for first in range(0, len(keys), AT_ONCE):
            still = Notice.objects.filter(pk__in=keys[first : first + AT_ONCE], is_waiting=True)
            if fate == "later":
                still.update(due_at=now + LOOKED_AGAIN)
            elif fate == "over":
                still.delete()
            elif fate == "merged":
                _lead_on(still)
            else:
                still.update(is_waiting=False, told_at=now, read_at=None, wants_mail=fate == "mail")
    return len(rows)


def _fate(row: Notice, told_by: int, now: datetime) -> str:
    """What becomes of a notice that is due: "page" or "mail" where it is told."""
    story, alert = row.story, row.alert
    if story is None or alert is None or story.is_private:
        return "over"
    if story.merged_into_id is not None:
        return "merged"
    is_known = row.told_at is not None
    if story.article_count and (is_known or told_by >= alert.needs):
        return "mail" if alert.by_mail else "page"
    return "later" if is_known or story.last_at >= now - FRESH else "over"


def _lead_on(notices: QuerySet[Notice]) -> None:
    """What waits of a story that was merged waits of the one that took it in, once."""
    for row in notices.select_related("story__merged_into"):
        kept = stands_for(row.story) if row.story else None
        if kept is None or Notice.objects.filter(alert=row.alert_id, story=kept).exists():
            row.delete()
        else:
            Notice.objects.filter(pk=row.pk).update(story=kept)
