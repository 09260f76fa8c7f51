"""How feed items and pages become rows, and rows become records again."""

from __future__ import annotations

import functools
import hashlib
import json
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from newsroom.articles import refusals, rereading, versions
from newsroom.articles.known import guid_key, known_ids, stands_at_home
from newsroom.articles.models import Address, Article
from newsroom.articles.removal import removed_keys
from newsroom.publishers.models import Feed, Publisher
from newsroom.updates import update_each
from newstext.addresses import clean_url, names_an_article, registrable_domain, url_key
from newstext.changes import Change
from newstext.identity import text_key
from newstext.mastheads import Site
from newstext.records import READABLE_KINDS, ArticleText, FeedEntry, RawEntry
from newstext.reservations import joined
from newstext.sanitise import clean_entry

READ_TRIES = 4  # then an article stays as its feed tells it
FIRST_RETRY_S = 600
READ_FIELDS = ("next_read_at", "read_problem", "read_tries", "entry", "claimed_by", "claimed_until")
ALL_FIELDS = tuple(field.name for field in Article._meta.concrete_fields if not field.primary_key)
CHANGED_FIELDS = ("entry", "entry_hash", "raw_hash", "next_read_at", "read_tries")
CHANGED_FIELDS += ("publisher", "feed", "guid", "backfilled_at")
BY_READER = ("read_tries", "reread_at", "etag", "last_modified", "page_hash")  # noted while its page is fetched
KEYS_ASKED, FEEDS_ASKED = 500, 16  # addresses, or feeds with their guids, in one query; databases limit them
FUTURE_ALLOWED = timedelta(hours=12)  # time zones are got wrong; a later date is not believed

Thing = TypeVar("Thing")
Wanted = Sequence[tuple[Feed, Mapping[str, RawEntry] | Mapping[str, FeedEntry]]]  # items by the keys of their rows


@dataclass(frozen=True, slots=True)
class FreshEntry:
    """A cleaned feed item with the key of its row and what its raw form hashes to."""

    key: str
    entry: FeedEntry
    raw_hash: str


def clean_fresh(looks: Sequence[tuple[Feed, Sequence[RawEntry]]]) -> list[list[FreshEntry]]:
    """For each feed the items that are new or not as it sent them before, cleaned; nothing is written.

    A feed repeats its items all day and cleaning is most of the work of
    reading it, so what was cleaned once is not cleaned again.
    """
    wanted = [(feed, _by_key(feed, entries)) for feed, entries in looks]
    rows = _known(wanted)
    gone = {key for some in _some_of(_keys_of(wanted)) for key in removed_keys(some)}
    return [_fresh_of(feed, entries, rows, gone) for feed, entries in wanted]


def _fresh_of(
    feed: Feed, wanted: Mapping[str, RawEntry], rows: Mapping[str, Article], gone: set[str]
) -> list[FreshEntry]:
    fresh = []
    for key, raw in wanted.items():
        if {key, guid_key(feed, raw.guid)} & gone:
            continue
        row, digest = rows.get(key) or rows.get(guid_key(feed, raw.guid)), hash_raw(raw)
        is_as_it_was = row is not None and (row.feed_id != feed.pk or row.raw_hash == digest)
        is_elsewhere = key not in rows and names_an_article(raw.url)
        if row is None or not is_as_it_was or is_elsewhere or _comes_home(row, feed) or _is_news_after_all(row):
            fresh.append(FreshEntry(key, clean_entry(raw), digest))
    return fresh


def take_entries(looks: Sequence[tuple[Feed, Sequence[FreshEntry]]], now: datetime) -> list[tuple[int, int]]:
    """Store the new and the changed items of feeds; returns how many of each, by feed.

    One item one row: known by any of its addresses, else by its guid in this
    feed. An item whose markup alone changed is not read again. What two of the
    feeds list is taken of one after the other.
    """
    counts: dict[int, tuple[int, int]] = {}
    waiting = [(feed, fresh) for feed, fresh in looks if fresh]
    while waiting:
        rows = _known([(feed, {one.key: one.entry for one in fresh}) for feed, fresh in waiting])
        taken, touched, later = _Taken(), set[object](), []
        for feed, fresh in waiting:
            if touched & (about := _about(feed, fresh, rows)):
                later.append((feed, fresh))
                continue
            touched |= about
            counts[feed.pk] = taken.take(feed, fresh, rows, now)
        taken.store()
        waiting = later
    return [counts.get(feed.pk, (0, 0)) for feed, _ in looks]


def _about(feed: Feed, fresh: Sequence[FreshEntry], rows: Mapping[str, Article]) -> set[object]:
    """The keys and the numbers of rows that these items are about."""
    keys = {key for one in fresh for key in (one.key, guid_key(feed, one.entry.guid))}
    return keys | {rows[key].pk for key in keys if key in rows}


class _Taken:
    """What is to be written of the items of some feeds that have none in common."""

    def __init__(self) -> None:
        self.new: list[Article] = []
        self.changed: list[Article] = []
        self.reworded: list[Article] = []
        self.met: list[Address] = []

    def take(
        self, feed: Feed, fresh: Sequence[FreshEntry], rows: Mapping[str, Article], now: datetime
    ) -> tuple[int, int]:
        """Take in one feed's items; how many are new, and how many changed."""
        chosen: dict[int, tuple[Article, FreshEntry]] = {}
        new = []
        for one in fresh:
            row = rows.get(one.key) or rows.get(guid_key(feed, one.entry.guid))
            if row is None:
                new.append(_new_row(feed, one, hash_entry(one.entry), now))
                continue
            if one.key not in rows and names_an_article(one.entry.url):
                self.met.append(Address(article=row, url=one.entry.url, url_key=one.key, kind=Address.Kind.FEED))
            if row.pk not in chosen or one.key == row.url_key:  # a feed may list an article under two addresses
                chosen[row.pk] = (row, one)
        changed = [row for row, one in chosen.values() if _take_entry(row, feed, one, now)]
        self.new += new
        self.changed += changed
        self.reworded += [row for row, _ in chosen.values() if row.feed_id == feed.pk and row not in changed]
        return len(new), len(changed)

    def store(self) -> None:
        # two workers that store the same items wait for one another, not crosswise
        for rows in (self.new, self.met):
            rows.sort(key=lambda row: row.url_key)
        Article.objects.bulk_create(self.new, ignore_conflicts=True)
        update_each(self.changed, CHANGED_FIELDS)
        update_each(self.reworded, ["raw_hash"])
        Address.objects.bulk_create(self.met, ignore_conflicts=True)


def _take_entry(row: Article, feed: Feed, fresh: FreshEntry, now: datetime) -> bool:
    """Say that the row is to be read again, if its feed's item changed.

    An article that another's feed listed first goes to the publisher on whose
    site it stands, as soon as that one's own feed lists it.
    """
    entry, digest = fresh.entry, hash_entry(fresh.entry)
    if _comes_home(row, feed):
        row.publisher, row.feed, row.guid, row.entry_hash = feed.publisher, feed, entry.guid, ""
    if _is_news_after_all(row):
        row.feed, row.backfilled_at, row.entry_hash = feed, None, ""
    if row.feed_id != feed.pk:
        return False
    row.raw_hash = fresh.raw_hash
    if row.entry_hash == digest or row.thinned_at:  # a text that was let go of is not read again
        return False
    row.entry, row.entry_hash, row.next_read_at, row.read_tries = entry_to_json(entry), digest, now, 0
    return True


def _comes_home(row: Article, feed: Feed) -> bool:
    own, listed_by = feed.publisher.domain, row.publisher.domain
    return own != listed_by and stands_at_home(own, row.url) and not stands_at_home(listed_by, row.url)


def _is_news_after_all(row: Article) -> bool:
    """True for what an archive brought and nobody has read yet: the feed lists it, so it is new."""
    return row.is_backfilled and row.read_at is None and not row.read_problem


def take_earlier(
    publisher: Publisher,
    entries: Iterable[tuple[RawEntry, datetime, str]],
    now: datetime,
    *,
    feed: Feed | None = None,
    room: dict[str, int],
) -> int:
    """Store articles of earlier days that are not known yet, as far as there is room; how many.

    entries: each with when it was published, as far as its source tells, and
    how exactly (a Precision), the newest first. room: how many more are wanted
    of each day ("2026-11-03"); it is counted down.
    """
    wanted: dict[str, tuple[RawEntry, datetime, str]] = {}
    for entry, at, precision in entries:
        if key := url_key(entry.url):
            wanted.setdefault(key, (entry, at, precision))
    keys = list(wanted)
    known: set[str] = set()
    for some in _some_of(keys):
        known.update(known_ids(some), removed_keys(some))
    rows = []
    for key, (entry, at, precision) in wanted.items():
        day = at.date().isoformat()
        if key not in known and room.get(day, 0) > 0:
            room[day] -= 1
            rows.append(_earlier_row(publisher, key, entry, now, feed=feed, at=at, precision=precision))
    return len(Article.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200))


def _earlier_row(
    publisher: Publisher, key: str, raw: RawEntry, now: datetime, *, feed: Feed | None, at: datetime, precision: str
) -> Article:
    entry = clean_entry(raw)
    return Article(
        publisher=publisher,
        feed=feed,
        guid=entry.guid if feed else "",
        url=entry.url,
        url_key=key,
        canonical_url=clean_url(entry.url),
        title=entry.title,
        authors=list(entry.authors),
        published_at=at,
        published_precision=precision,
        seen_at=now,
        section=feed.section if feed else "",
        summary=entry.summary,
        entry=entry_to_json(entry),
        entry_hash=hash_entry(entry),
        raw_hash=hash_raw(raw),
        next_read_at=now,
        backfilled_at=now,
    )


def put_off(article: Article, problem: str, now: datetime) -> None:
    """Keep why an earlier article's page could not be read; until it can, it is in no story."""
    _plan_next_reading(article, problem, now)
    article.save(update_fields=READ_FIELDS)


def _by_key(feed: Feed, entries: Iterable[RawEntry]) -> dict[str, RawEntry]:
    wanted: dict[str, RawEntry] = {}
    for entry in entries:
        if key := url_key(entry.url) if entry.url else "":
            wanted.setdefault(key, entry)
        elif entry.guid or entry.title:
            wanted.setdefault(f"guid:{feed.pk}:{entry.guid or entry.title}", entry)
    return wanted


def _known(looks: Wanted) -> dict[str, Article]:
    """Rows by every key of the wanted items that is known: addresses, and guids in their feeds."""
    numbers = {key: number for some in _some_of(_keys_of(looks)) for key, number in known_ids(some).items()}
    fields = ("url", "url_key", "guid", "feed_id", "entry_hash", "raw_hash", "publisher__domain")
    fields += ("backfilled_at", "read_at", "read_problem", "thinned_at")
    light = Article.objects.select_related("publisher").only(*fields)
    rows = light.in_bulk(set(numbers.values())) if numbers else {}
    found = {guid_key(feed, row.guid): row for feed, row in _known_by_guid(looks, numbers, light)}
    return found | {key: rows[number] for key, number in numbers.items()}


def _known_by_guid(looks: Wanted, known: Mapping[str, int], light: QuerySet[Article]) -> Iterator[tuple[Feed, Article]]:
    """Each row that a feed's guid alone tells, with its feed."""
    unknown = {
        feed: guids
        for feed, entries in looks
        if (guids := [entry.guid for key, entry in entries.items() if entry.guid and key not in known])
    }
    for feeds in _some_of(list(unknown), FEEDS_ASKED):
        either = [Q(feed=feed, guid__in=unknown[feed]) for feed in feeds]
        by_key = {feed.pk: feed for feed in feeds}
        for row in light.filter(functools.reduce(operator.or_, either)):
            yield by_key[row.feed_id], row


def _keys_of(looks: Wanted) -> list[str]:
    keys = (key for feed, entries in looks for key in (*entries, *_guid_keys(feed, entries)))
    return list(dict.fromkeys(keys))


def _guid_keys(feed: Feed, entries: Mapping[str, RawEntry] | Mapping[str, FeedEntry]) -> list[str]:
    return [guid_key(feed, entry.guid) for entry in entries.values() if entry.guid]


def _some_of(things: Sequence[Thing], most: int = KEYS_ASKED) -> Iterator[Sequence[Thing]]:
    """So many at once as a database takes in one question."""
    for start in range(0, len(things), most):
        yield things[start : start + most]


def _new_row(feed: Feed, fresh: FreshEntry, digest: str, now: datetime) -> Article:
    entry = fresh.entry
    return Article(
        publisher_id=feed.publisher_id,
        feed=feed,
        guid=entry.guid,
        url=entry.url or feed.url,
        url_key=fresh.key,
        canonical_url=clean_url(entry.url) if entry.url else "",
        title=entry.title,
        authors=list(entry.authors),
        published_at=_believed(entry.published_at, now),
        seen_at=now,
        section=feed.section,
        summary=entry.summary,
        entry=entry_to_json(entry),
        entry_hash=digest,
        raw_hash=fresh.raw_hash,
        next_read_at=now,
    )


def _believed(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment and moment <= now + FUTURE_ALLOWED else None


def hash_entry(entry: FeedEntry) -> str:
    """Changes when what an item says changes; its tags and image do not count."""
    return _hash(entry.title, entry.summary, entry.content, str(entry.updated_at or ""))


def hash_raw(raw: RawEntry) -> str:
    """Changes when anything changes that the hash of the cleaned item could depend on."""
    return _hash(raw.title, raw.raw_summary, raw.raw_content, raw.base_url, str(raw.updated_at or ""))


def _hash(*said: str) -> str:
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
    names = "guid url title summary content image image_caption image_credit source".split()
    texts = {name: body.get(name, "") for name in names}
    return FeedEntry(**texts, **lists, **moments)


def still_there(article: Article) -> Article | None:
    """The row as it stands now, held for this transaction, with what its reader noted; None if it went."""
    return still_there_of([article]).get(article.pk)


def still_there_of(articles: Iterable[Article]) -> dict[int, Article]:
    """The same of several, by number; in one order, so that two who want the same ones do not wait crosswise."""
    noted = {article.pk: article for article in articles}
    rows = Article.objects.select_for_update(of=("self",)).select_related("publisher")
    found: dict[int, Article] = {row.pk: row for row in rows.filter(pk__in=noted).order_by("pk")}
    for key, row in found.items():
        for field in BY_READER:
            setattr(row, field, getattr(noted[key], field))
    return found


def take_read(
    article: Article, read: ArticleText, marks: dict[str, Any], now: datetime, *, problem: str = ""
) -> bool | None:
    """Let the row say what reading gave, for `batch.Pending` to write: True if that is something new, False if not.

    None where what is held is more, and stays: then READ_FIELDS alone are to be written. problem: why
    the page itself could not be read (then `read` is what the feed says); it is tried again later,
    READ_TRIES times in all.
    """
    was_read = article.read_at is not None
    if was_read and _holds_more(article, read, problem):
        _plan_next_reading(article, problem or read.refused, now)
        return None
    before = versions.state_of(article)
    _take_text(article, read, now)
    change = versions.keep_version(article, before, now)
    article.marks = marks
    is_news = not was_read or _is_news(article, before, change)
    if is_news:
        article.grouped_at = None
    article.read_at = now
    is_later = bool(article.updated_at and before.updated_at and article.updated_at > before.updated_at)
    _plan_next_reading(article, problem, now, has_changed=change is not None or (was_read and is_later))
    return is_news


def _holds_more(article: Article, read: ArticleText, problem: str) -> bool:
    """True if what is held is more than what was read now: a wall or a failure never takes a text away."""
    return versions.is_whole(article) and bool(problem or read.refused)


def _is_news(article: Article, before: versions.State, change: Change | None) -> bool:
    """True if an article read again says something else: a mended slip and another spacing do not."""
    if before.is_whole and versions.is_whole(article):
        return change is not None and change.kind == "substance"
    return (before.told.title, before.told.text) != (article.title, article.text)


def take_unchanged(article: Article, now: datetime) -> None:
    """The page is as it was read: only when to ask again changes. READ_FIELDS are to be written."""
    _plan_next_reading(article, "", now)


def _has_body(read: ArticleText) -> bool:
    return not read.refused and read.kind in READABLE_KINDS


def _title(article: Article, read: ArticleText) -> str:
    """The headline: of a wall's page the one we have, for the wall's own is none."""
    is_wall_s = bool(read.refused) and read.kind in refusals.HEADLINE_IS_THE_PAGE_S_OWN
    return article.title if is_wall_s and article.title else read.title or article.title


def _take_text(article: Article, read: ArticleText, now: datetime) -> None:
    article.title = _title(article, read)
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
    has_body = _has_body(read)
    article.text = read.text if has_body else ""
    article.thinned_at = None
    article.text_key = text_key(article.text)
    article.sentences = [list(span) for span in read.sentences] if has_body else []
    article.passages = [list(passage) for passage in read.passages] if has_body else []
    article.confidence = read.confidence
    article.reserved = joined(read.reserved) or None
    article.site, article.memory_version = registrable_domain(read.url)[:255], 0


def take_furniture_out(article: Article, cleaned: ArticleText, marks: dict[str, Any]) -> None:
    """Keep a text that lost what was learned to be the publisher's furniture; it makes no version."""
    article.text, article.marks = cleaned.text, marks
    article.sentences = [list(span) for span in cleaned.sentences]
    article.passages = [list(passage) for passage in cleaned.passages]
    article.text_key = text_key(article.text)
    article.save(update_fields=["text", "text_key", "marks", "sentences", "passages"])


def _source(article: Article, read: ArticleText) -> str:
    """Whose article it is, as its page says; else the site it stands on, where that is not the publisher's own."""
    own, domain = article.publisher.domain, registrable_domain(read.url or article.url)
    label = domain.partition(".")[0]
    if read.source or read.agency or not own or label == own.partition(".")[0] or not domain[-2:].isalpha():
        return read.source
    publisher = Site(f"https://{own}/", (article.publisher.name,))
    name = read.site_name or domain
    return "" if publisher.is_named(name) or publisher.is_named(label) else name


def _plan_next_reading(article: Article, problem: str, now: datetime, *, has_changed: bool = False) -> None:
    article.read_problem = problem
    article.claimed_by, article.claimed_until = "", None
    if problem and article.read_tries < READ_TRIES:
        article.next_read_at = now + timedelta(seconds=FIRST_RETRY_S * 6 ** max(article.read_tries - 1, 0))
        return
    article.next_read_at = None
    if not problem:
        article.read_tries = 0
        article.next_read_at = refusals.next_reading(article, now)
    if article.next_read_at is None:
        article.next_read_at = None if problem else rereading.next_reading(article, now, has_changed=has_changed)
        article.entry = None


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
        passages=tuple((start, end, language) for start, end, language in article.passages),
        country=article.publisher.country,
        seen_at=article.seen_at,
        confidence=article.confidence,
        reserved=tuple((article.reserved or "").split()),
    )
