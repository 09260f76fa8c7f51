"""When an article's page is asked for again by itself: while it is young and may still change.

A page is asked for conditionally, within its host's spacing, and only a few
pages of one publisher an hour. REREAD=no: only when its feed says it changed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count

from newsroom.articles.models import Article
from newstext.records import FeedEntry

YOUNG = timedelta(days=2)  # older articles seldom change
AFTER = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))  # since it was first seen
AFTER_A_CHANGE = timedelta(hours=1)  # what was edited once is soon edited again
LIVE_EVERY, LIVE_FOR = timedelta(minutes=30), timedelta(days=1)
A_PUBLISHER = 6  # pages asked for again in SPAN
SPAN = timedelta(hours=1)


def next_reading(article: Article, now: datetime, *, has_changed: bool = False) -> datetime | None:
    """When a page that was read is to be asked for again; None: not by itself.

    has_changed: it was found edited now, or says it was. What came whole by
    its feed, a reader's own text and what has no body are not asked for.
    """
    if not settings.REREAD or article.private_key or not article.page_hash or not article.has_body:
        return None
    if now - article.at > YOUNG:
        return None
    if article.kind == "live" and now - article.seen_at < LIVE_FOR:
        return now + LIVE_EVERY
    planned = [moment for after in AFTER if (moment := article.seen_at + after) > now]
    if has_changed:
        planned.append(now + AFTER_A_CHANGE)
    return min(planned, default=None)


def put_off_crowded(now: datetime) -> int:
    """Of the pages due again, leave a publisher's newest few and put the rest off; how many were."""
    due = Article.objects.filter(next_read_at__lte=now, read_at__isnull=False, entry__isnull=True)
    due = due.exclude(page_hash="").order_by("-seen_at", "-pk")
    by_publisher: dict[int, list[int]] = {}
    for publisher, key in due.values_list("publisher_id", "pk"):
        by_publisher.setdefault(publisher, []).append(key)
    if not by_publisher:
        return 0
    asked = Article.objects.filter(publisher__in=by_publisher, reread_at__gt=now - SPAN).order_by()
    counts = dict(asked.values_list("publisher").annotate(n=Count("pk")))
    late = [row for key, rows in by_publisher.items() for row in rows[max(0, A_PUBLISHER - counts.get(key, 0)) :]]
    Article.objects.filter(pk__in=late).update(next_read_at=now + SPAN)
    return len(late)


def remembered_entry(article: Article) -> FeedEntry:
    """What the feed once said of an article, as far as its row holds it: it fills what the page leaves out."""
    return FeedEntry(
        guid=article.guid,
        url=article.url,
        title=article.title,
        authors=tuple(article.authors),
        published_at=article.published_at if article.published_precision == "time" else None,
        updated_at=article.updated_at,
        tags=tuple(article.tags),
        image=article.image,
    )
