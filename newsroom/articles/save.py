"""How feed items and pages become rows, and rows become records again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from newsroom.articles.models import Article, Rejection, Version
from newsroom.publishers.models import Feed, Publisher
from newstext.addresses import clean_url, url_key
from newstext.records import READABLE_KINDS, ArticleText, FeedEntry, Rejected

READ_TRIES = 4  # then an article stays as its feed tells it
FIRST_RETRY_S = 600
FUTURE_ALLOWED = timedelta(hours=12)  # time zones are got wrong; a later date is not believed


def take_entries(feed: Feed, entries: Sequence[FeedEntry], now: datetime) -> tuple[int, int]:
    """Store the new and the changed items of a feed; returns how many of each.

    One item one row: known by its address, else by its guid in this feed.
    """
    wanted = _by_key(feed, entries)
    known = {row.url_key: row for row in _known(feed, wanted)}
    by_guid = {row.guid: row for row in known.values() if row.feed_id == feed.pk and row.guid}
    new, changed = [], []
    for key, entry in wanted.items():
        row = known.get(key) or by_guid.get(entry.guid)
        digest = hash_entry(entry)
        if row is None:
            new.append(_new_row(feed, key, entry, digest, now))
        elif row.feed_id == feed.pk and row.entry_hash != digest:
            row.entry, row.entry_hash, row.next_read_at, row.read_tries = entry_to_json(entry), digest, now, 0
            changed.append(row)
    stored = Article.objects.bulk_create(new, ignore_conflicts=True)
    Article.objects.bulk_update(changed, ["entry", "entry_hash", "next_read_at", "read_tries"])
    return len(stored), len(changed)


def _by_key(feed: Feed, entries: Iterable[FeedEntry]) -> dict[str, FeedEntry]:
    wanted: dict[str, FeedEntry] = {}
    for entry in entries:
        if key := url_key(entry.url) if entry.url else "":
            wanted.setdefault(key, entry)
        elif entry.guid or entry.title:
            wanted.setdefault(f"guid:{feed.pk}:{entry.guid or entry.title}", entry)
    return wanted


def _known(feed: Feed, wanted: dict[str, FeedEntry]) -> Iterable[Article]:
    fields = ("url_key", "guid", "feed_id", "entry_hash")
    yield from Article.objects.filter(url_key__in=list(wanted)).only(*fields)
    guids = [entry.guid for entry in wanted.values() if entry.guid]
    yield from Article.objects.filter(feed=feed, guid__in=guids).only(*fields)


def _new_row(feed: Feed, key: str, entry: FeedEntry, digest: str, now: datetime) -> Article:
    return Article(
        publisher_id=feed.publisher_id,
        feed=feed,
        guid=entry.guid,
        url=entry.url or feed.url,
        url_key=key,
        canonical_url=clean_url(entry.url) if entry.url else "",
        title=entry.title,
        authors=list(entry.authors),
        published_at=_believed(entry.published_at, now),
        seen_at=now,
        section=feed.section,
        summary=entry.summary,
        entry=entry_to_json(entry),
        entry_hash=digest,
        next_read_at=now,
    )


def _believed(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment and moment <= now + FUTURE_ALLOWED else None


def hash_entry(entry: FeedEntry) -> str:
    """Changes when what an item says changes; its tags and image do not count."""
    said = (entry.title, entry.summary, entry.content, str(entry.updated_at or ""))
    return hashlib.sha256("\x00".join(said).encode("utf-8", "surrogatepass")).hexdigest()


def entry_to_json(entry: FeedEntry) -> dict[str, Any]:
    return json.loads(json.dumps(asdict(entry), default=_iso))  # type: ignore[no-any-return]


def _iso(value: datetime) -> str:
    return value.isoformat()


def entry_from_json(body: dict[str, Any]) -> FeedEntry:
    moments = {
        name: datetime.fromisoformat(body[name]) if body.get(name) else None for name in ("published_at", "updated_at")
    }
    lists = {name: tuple(body.get(name, ())) for name in ("authors", "tags")}
    texts = {name: body.get(name, "") for name in ("guid", "url", "title", "summary", "content", "image", "source")}
    return FeedEntry(**texts, **lists, **moments)


def store_read(article: Article, read: ArticleText, marks: dict[str, Any], now: datetime, *, problem: str = "") -> bool:
    """Keep what reading gave; True if the article says something new.

    problem: why the page itself could not be read (then `read` is what the feed
    says); it is tried again later, READ_TRIES times in all.
    """
    was_read = article.read_at is not None
    if was_read and problem and article.text:
        _plan_next_reading(article, problem, now)
        article.save(update_fields=["next_read_at", "read_problem", "claimed_by", "claimed_until"])
        return False
    is_changed = was_read and (article.title, article.text) != (read.title or article.title, read.text)
    if is_changed:
        Version.objects.create(article=article, replaced_at=now, title=article.title, text=article.text)
    _take_text(article, read, now)
    article.marks = marks
    if not was_read or is_changed:
        article.grouped_at = None
    article.read_at = now
    _plan_next_reading(article, problem, now)
    article.save()
    if read.refused:
        reject(article.publisher, Rejected(article.url, "extract", read.refused), now)
    return is_changed or not was_read


def _take_text(article: Article, read: ArticleText, now: datetime) -> None:
    article.title = read.title or article.title
    article.authors = list(read.authors) or article.authors
    if moment := _believed(read.published_at, now):
        article.published_at, article.published_precision = moment, read.published_precision
    article.updated_at = _believed(read.updated_at, now)
    article.language = read.language or "und"
    article.kind, article.refused = read.kind, read.refused
    article.canonical_url = read.canonical_url or article.canonical_url
    article.section = (read.section or article.section)[:120]
    article.tags, article.image = list(read.tags), read.image
    article.dateline, article.agency, article.source = read.dateline[:120], read.agency[:80], read.source[:200]
    article.notices = list(read.notices)
    article.related = [asdict(item) for item in read.related]
    has_body = not read.refused and read.kind in READABLE_KINDS
    article.text = read.text if has_body else ""
    article.sentences = [list(span) for span in read.sentences] if has_body else []
    article.confidence = read.confidence


def _plan_next_reading(article: Article, problem: str, now: datetime) -> None:
    article.read_problem = problem
    article.claimed_by, article.claimed_until = "", None
    if problem and article.read_tries < READ_TRIES:
        article.next_read_at = now + timedelta(seconds=FIRST_RETRY_S * 6 ** max(article.read_tries - 1, 0))
    else:
        article.next_read_at = None
        article.entry = None


def reject(publisher: Publisher | None, rejected: Rejected, now: datetime) -> None:
    """Keep a named reason, once a page and reason."""
    Rejection.objects.get_or_create(
        publisher=publisher,
        url=rejected.url,
        step=rejected.step,
        reason=rejected.reason,
        defaults={"at": now},
    )


def as_record(article: Article) -> ArticleText:
    """The row as the pipeline reads it, without its marks."""
    return ArticleText(
        url=article.url,
        id=str(article.pk),
        canonical_url=article.canonical_url,
        title=article.title,
        authors=tuple(article.authors),
        published_at=article.at,
        published_precision="day" if article.published_precision == "day" else "time",
        language=article.language,
        publisher=article.publisher.name,
        kind=article.kind,
        section=article.section,
        tags=tuple(article.tags),
        dateline=article.dateline,
        agency=article.agency,
        source=article.source,
        paragraphs=tuple(article.text.split("\n\n")) if article.text else (),
        text=article.text,
        sentences=tuple((start, end) for start, end in article.sentences),
        country=article.publisher.country,
        seen_at=article.seen_at,
        confidence=article.confidence,
    )
