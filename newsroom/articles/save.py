"""How feed items and pages become rows, and rows become records again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from newsroom.articles.known import guid_key, known_ids, stands_at_home
from newsroom.articles.models import Address, Article, Rejection, Version
from newsroom.publishers.models import Feed, Publisher
from newstext.addresses import clean_url, names_an_article, registrable_domain, url_key
from newstext.identity import text_key
from newstext.mastheads import Site
from newstext.records import READABLE_KINDS, ArticleText, FeedEntry, Rejected

READ_TRIES = 4  # then an article stays as its feed tells it
FIRST_RETRY_S = 600
FUTURE_ALLOWED = timedelta(hours=12)  # time zones are got wrong; a later date is not believed


def take_entries(feed: Feed, entries: Sequence[FeedEntry], now: datetime) -> tuple[int, int]:
    """Store the new and the changed items of a feed; returns how many of each.

    One item one row: known by its address, else by its guid in this feed.
    """
    wanted = _by_key(feed, entries)
    rows, new, met = _known(feed, wanted), [], []
    chosen: dict[int, tuple[Article, FeedEntry]] = {}
    for key, entry in wanted.items():
        row = rows.get(key) or rows.get(guid_key(feed, entry.guid))
        if row is None:
            new.append(_new_row(feed, key, entry, hash_entry(entry), now))
            continue
        if key not in rows and names_an_article(entry.url):
            met.append(Address(article=row, url=entry.url, url_key=key, kind=Address.Kind.FEED))
        if row.pk not in chosen or key == row.url_key:  # a feed may list an article under two addresses
            chosen[row.pk] = (row, entry)
    changed = [row for row, entry in chosen.values() if _take_entry(row, feed, entry, now)]
    stored = Article.objects.bulk_create(new, ignore_conflicts=True)
    Article.objects.bulk_update(
        changed, ["publisher", "feed", "guid", "entry", "entry_hash", "next_read_at", "read_tries"]
    )
    Address.objects.bulk_create(met, ignore_conflicts=True)
    return len(stored), len(changed)


def _take_entry(row: Article, feed: Feed, entry: FeedEntry, now: datetime) -> bool:
    """Say that the row is to be read again, if its feed's item changed.

    An article that another's feed listed first goes to the publisher on whose
    site it stands, as soon as that one's own feed lists it.
    """
    digest = hash_entry(entry)
    own, listed_by = feed.publisher.domain, row.publisher.domain
    if own != listed_by and stands_at_home(own, row.url) and not stands_at_home(listed_by, row.url):
        row.publisher, row.feed, row.guid, row.entry_hash = feed.publisher, feed, entry.guid, ""
    if row.feed_id != feed.pk or row.entry_hash == digest:
        return False
    row.entry, row.entry_hash, row.next_read_at, row.read_tries = entry_to_json(entry), digest, now, 0
    return True


def _by_key(feed: Feed, entries: Iterable[FeedEntry]) -> dict[str, FeedEntry]:
    wanted: dict[str, FeedEntry] = {}
    for entry in entries:
        if key := url_key(entry.url) if entry.url else "":
            wanted.setdefault(key, entry)
        elif entry.guid or entry.title:
            wanted.setdefault(f"guid:{feed.pk}:{entry.guid or entry.title}", entry)
    return wanted


def _known(feed: Feed, wanted: dict[str, FeedEntry]) -> dict[str, Article]:
    """Rows by every key of the wanted items that is known: addresses, and guids in this feed."""
    guids = [entry.guid for entry in wanted.values() if entry.guid]
    numbers = known_ids([*wanted, *(guid_key(feed, guid) for guid in guids)])
    fields = ("url", "url_key", "guid", "feed_id", "entry_hash", "publisher__domain")
    light = Article.objects.select_related("publisher").only(*fields)
    rows = light.in_bulk(set(numbers.values()))
    by_guid = light.filter(feed=feed, guid__in=guids)
    return {guid_key(feed, row.guid): row for row in by_guid} | {key: rows[number] for key, number in numbers.items()}


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


def still_there(article: Article) -> Article | None:
    """The row as it stands now, held for this transaction, with the tries of who read it; None if it went."""
    rows = Article.objects.select_for_update(of=("self",)).select_related("publisher")
    row: Article | None = rows.filter(pk=article.pk).first()
    if row is not None:
        row.read_tries = article.read_tries
    return row


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
    article.dateline, article.agency = read.dateline[:120], read.agency[:80]
    article.source = _source(article, read)[:200]
    article.notices = list(read.notices)
    article.related = [asdict(item) for item in read.related]
    has_body = not read.refused and read.kind in READABLE_KINDS
    article.text = read.text if has_body else ""
    article.text_key = text_key(article.text)
    article.sentences = [list(span) for span in read.sentences] if has_body else []
    article.confidence = read.confidence


def _source(article: Article, read: ArticleText) -> str:
    """Whose article it is, as its page says; else the site it stands on, where that is not the publisher's own."""
    own, domain = article.publisher.domain, registrable_domain(read.url or article.url)
    label = domain.partition(".")[0]
    if read.source or read.agency or not own or label == own.partition(".")[0] or not domain[-2:].isalpha():
        return read.source
    publisher = Site(f"https://{own}/", (article.publisher.name,))
    name = read.site_name or domain
    return "" if publisher.is_named(name) or publisher.is_named(label) else name


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
