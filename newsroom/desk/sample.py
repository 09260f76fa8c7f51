"""The sample edition: stands in while there is no news, and leaves when there is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from newsroom.articles import images
from newsroom.articles.batch import store_read
from newsroom.articles.made_pictures import Reencoded
from newsroom.articles.models import Article, Picture
from newsroom.desk import telling
from newsroom.desk.settling import Settling
from newsroom.desk.work import Desk
from newsroom.publishers import favicons
from newsroom.publishers.models import Feed, Publisher
from newsroom.stories import hashtag_keeping
from newsroom.stories import save as story_save
from newsroom.stories.models import Hashtag, Story
from newstext import extract, marks, pipeline
from newstext.addresses import clean_url, registrable_domain, url_key
from newstext.records import ArticleText, FeedEntry, Page, Rejected

if TYPE_CHECKING:
    from newsroom.sample.pages import SamplePublisher

PATIENCE_S = 20  # how long the first feed may take before the sample stands in


def stand_in(desk: Desk, *, waited_s: float) -> bool:
    """Load the sample if nothing is held and no feed has answered in time."""
    if waited_s > 10 * PATIENCE_S or Article.objects.exists():
        return False
    if Feed.objects.filter(last_success_at__isnull=False).exists():
        return False
    not_yet = Feed.objects.filter(is_on=True, last_checked_at=None).exists()
    if not_yet and waited_s < PATIENCE_S:
        return False
    load(desk, stays=False)
    return True


def leave_for_news() -> bool:
    """Remove a sample that loaded by itself once a real story stands."""
    if not Publisher.objects.filter(is_sample=True, sample_stays=False).exists():
        return False
    if not Story.objects.public().filter(is_sample=False).exists():
        return False
    remove()
    return True


def remove() -> int:
    """Take the sample edition out; how many articles went."""
    with transaction.atomic():
        count = Article.objects.filter(publisher__is_sample=True).count()
        tags = list(Hashtag.objects.filter(stories__is_sample=True).distinct().values_list("pk", flat=True))
        Publisher.objects.filter(is_sample=True).delete()
        Story.objects.filter(is_sample=True).delete()
        story_save.drop_empty()
        hashtag_keeping.tell_without(tags)
    return count


def load(desk: Desk, *, stays: bool) -> int:
    """Read the sample's pages by the way of all pages; how many articles it holds.

    stays: it was asked for, so it does not leave by itself. Loading twice
    changes nothing.
    """
    from newsroom.sample.pages import sample_pages  # brings what draws: not to every desk

    pages = [(publisher, page) for publisher, page in sample_pages()]
    pages.sort(key=lambda pair: _published(pair[1]))
    rows = [_row(_publisher(publisher, stays=stays), page) for publisher, page in pages]
    memory = extract.PublisherMemory()
    # Whole before the transaction: on a slow machine nobody else could write for as long as pages are read.
    reads = list(pipeline.process_pages((page for _, page in pages), engine=desk.processes, memory=memory))
    with transaction.atomic():
        for row, read in zip(rows, reads, strict=True):
            _keep(row, read)
    _draw(rows)
    _group(desk)
    return len({row.pk for row in rows})


def _published(page: Page) -> datetime:
    entry = page.entry or FeedEntry("", page.url)
    return entry.updated_at or entry.published_at or datetime.min.replace(tzinfo=UTC)


def _publisher(sample: SamplePublisher, *, stays: bool) -> Publisher:
    row, _ = Publisher.objects.update_or_create(
        slug=f"sample-{sample.slug}",
        defaults={
            "name": sample.name,
            "domain": registrable_domain(sample.home),
            "home_url": sample.home,
            "country": "",
            "country_name": sample.country_name,
            "language": sample.language,
            "note": sample.note,
            "is_sample": True,
            "sample_stays": stays,
        },
    )
    return row


def _row(publisher: Publisher, page: Page) -> Article:
    entry = page.entry or FeedEntry("", page.url)
    row, _ = Article.objects.get_or_create(
        url_key=url_key(page.url),
        defaults={
            "publisher": publisher,
            "guid": entry.guid,
            "url": page.url,
            "canonical_url": clean_url(page.url),
            "title": entry.title,
            "summary": entry.summary,
            "published_at": entry.published_at,
            "seen_at": entry.published_at or timezone.now(),
        },
    )
    return row


def _keep(row: Article, read: ArticleText | Rejected) -> None:
    if isinstance(read, Rejected) or read.marks is None:
        raise RuntimeError(f"Sample page {row.url}: {read}")  # our own page: a fault of the program
    row.refresh_from_db()
    moment = read.updated_at or read.published_at or row.seen_at
    if row.read_at and moment < row.read_at:
        return  # loaded before: a later state is held already
    store_read(row, read, marks.to_json(read.marks), moment)


def _draw(rows: list[Article]) -> None:
    """Draw the pictures and favicons that invented publishers would have, unless they are held."""
    if not settings.PICTURES:
        return
    from newsroom.articles.reencoding import reencode, reencode_icon  # bring Pillow
    from newsroom.sample.drawings import draw, draw_icon, sample_pictures

    told = sample_pictures()
    for picture in Picture.objects.filter(article__in=rows, width=0).select_related("article"):
        made = reencode(draw(told[picture.article.guid]))
        if isinstance(made, Reencoded):
            images.keep(picture, made, picture.article.seen_at)
    for publisher in Publisher.objects.filter(is_sample=True):
        if not publisher.favicon_digest and isinstance(png := reencode_icon(draw_icon(publisher.slug)), bytes):
            favicons.keep_file(publisher, png)


def _group(desk: Desk) -> None:
    now = desk.clock()
    grouping = telling.Grouping(is_sample=True)
    due = Article.objects.due_to_group().filter(publisher__is_sample=True).select_related("publisher")
    while articles := list(due[:200]):
        grouping.place(articles, now)
    settling = Settling(grouping)
    while settling.settle(now):
        pass
    Story.objects.filter(is_sample=True, notes_due_at__gt=now - timedelta(days=1)).update(notes_due_at=now)
    while desk.keep_sections():
        pass
