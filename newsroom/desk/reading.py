"""From due feeds and articles to rows: fetch, the pipeline, save."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from newsroom.articles import rereading, versions
from newsroom.articles import save as article_save
from newsroom.articles.models import Article
from newsroom.desk.fetching import Fetching, NoPage, Seen, Unchanged, hash_page, unspaced_hosts
from newsroom.desk.looking import begin_unless_leaving
from newsroom.publishers import save as publisher_save
from newsroom.publishers.models import Feed
from newsroom.publishers.save import Looked
from newstext import extract, pipeline, sanitise
from newstext.addresses import host_of
from newstext.records import ArticleText, FeedEntry, Page, Rejected

log = logging.getLogger(__name__)

FASTEST_S = 900  # no public feed is asked more often
FULL_TEXT_CHARS = 1500  # a feed that gives this much has given the article
CUT_OFF = ("…", "...", "[...]", "[…]", "read more", "continue reading")
OVERTAKEN = "overtaken"
ITEMS_AT_ONCE = 200  # new and changed items of feeds in one transaction, but for one feed that has more
KILLED_TRIES = 3  # a page that ended the desk itself this often is not read again

Wanted = tuple[Article, Page | NoPage | Unchanged | None]
Read = tuple[Article, ArticleText | None, str]
Cleaned = tuple[Feed, Looked, list[article_save.FreshEntry]]


def fastest_s(url: str) -> float:
    """The shortest time between two looks: none for the operator's own hosts."""
    return 0 if urlsplit(url).netloc in settings.FETCH_ALLOW_PRIVATE else FASTEST_S


def keep_checks(looks: Sequence[tuple[Feed, Looked]], now: datetime) -> list[Looked]:
    """Store checks of feeds, each feed once, and their entries; returns them with their counts.

    A few in one transaction, so that a busy round asks and writes little more
    than one feed would, and nobody waits long who writes meanwhile. An answer
    that came after the claim ran out is left: another worker's is newer.
    """
    fresh = article_save.clean_fresh([(feed, looked.entries) for feed, looked in looks])
    kept: list[Looked] = []
    for some in _with_few_items([(*look, items) for look, items in zip(looks, fresh, strict=True)]):
        with transaction.atomic():
            kept += _keep_some(some, now)
    for looked in kept:
        if looked.problem:
            log.warning("%s: %s", looked.outcome, looked.problem)
    return kept


def _with_few_items(looks: Sequence[Cleaned]) -> Iterator[list[Cleaned]]:
    """The looks in order, in parts of few items each."""
    some: list[Cleaned] = []
    count = 0
    for look in looks:
        if some and count + len(look[2]) > ITEMS_AT_ONCE:
            yield some
            some, count = [], 0
        some.append(look)
        count += len(look[2])
    if some:
        yield some


def _keep_some(looks: list[Cleaned], now: datetime) -> list[Looked]:
    held = publisher_save.held([feed for feed, _, _ in looks])
    mine = [look for look in looks if look[0].pk in held]
    counts = article_save.take_entries([(feed, fresh) for feed, _, fresh in mine], now)
    counted = {
        feed.pk: replace(looked, new=new, changed=changed)
        for (feed, looked, _), (new, changed) in zip(mine, counts, strict=True)
    }
    publisher_save.record_checks([(feed, counted[feed.pk]) for feed, _, _ in mine], now, fastest_s=fastest_s)
    for feed, _, _ in looks:
        if feed.pk not in held:
            log.warning("Feed %s: looked at by another meanwhile, or gone; this look is left.", feed.url)
    return [counted.get(feed.pk) or replace(looked, outcome=OVERTAKEN, problem="") for feed, looked, _ in looks]


def read_articles(
    articles: list[Article],
    fetching: Fetching,
    pool: ThreadPoolExecutor,
    *,
    engine: pipeline.Engine,
    memory: extract.PublisherMemory,
) -> Iterator[Read]:
    """Each article with its text and, where its page could not be read, why not.

    No text: the page is as it was when it was last read.
    """
    return read_pages(_get_pages(articles, fetching, pool), engine=engine, memory=memory)


def read_pages(
    fetched: Iterable[Wanted], *, engine: pipeline.Engine, memory: extract.PublisherMemory
) -> Iterator[Read]:
    """The same for articles whose pages were fetched; those pages bear their article's number as `id`."""
    without_page: list[tuple[Article, NoPage | Unchanged | None]] = []
    rows: dict[str, Article] = {}

    def pages() -> Iterator[Page]:
        for article, page in fetched:
            if isinstance(page, Page):
                rows[page.id] = article
                yield page
            else:
                without_page.append((article, page))

    for read in pipeline.process_pages(pages(), engine=engine, memory=memory):
        article = rows[read.id]
        if isinstance(read, Rejected):
            yield article, _from_feed(article), read.reason
        else:
            yield article, _with_feed_marks(article, read), ""
    for article, why in without_page:
        if isinstance(why, Unchanged):
            yield article, None, ""
            continue
        if why and why.is_final:
            article.read_tries = article_save.READ_TRIES  # asking again would not help
        article.asked_off_s = why.retry_after_s if why else 0.0
        yield article, _from_feed(article), why.reason if why else ""


def _get_pages(articles: Iterable[Article], fetching: Fetching, pool: ThreadPoolExecutor) -> Iterator[Wanted]:
    waiting: dict[Future[Page | NoPage | Unchanged], tuple[Article, FeedEntry | None]] = {}
    by_host: dict[str, deque[tuple[Article, FeedEntry | None]]] = {}

    def ask(rows: deque[tuple[Article, FeedEntry | None]]) -> None:
        """The next page of a host: one after another, for a slow host must not hold every thread."""
        if rows:
            article, entry = rows.popleft()
            if begun := begin_unless_leaving(pool, fetching.get_page, article.url, _seen(article)):
                waiting[begun] = article, entry

    for article in articles:
        entry = article_save.entry_from_json(article.entry) if article.entry else None
        if article.read_tries > KILLED_TRIES + article_save.READ_TRIES or not article.has_address:
            yield article, None
        elif entry and is_whole(entry):
            article.etag = article.last_modified = article.page_hash = ""
            reserved = tuple(sorted(fetching.reserved_by_host(article.url)))
            page = Page(article.url, entry.content.encode(), charset="utf-8", reserved=reserved)
            yield article, _page(article, entry, page)
        else:
            entry = entry or (rereading.remembered_entry(article) if article.read_at else None)
            by_host.setdefault(host_of(article.url), deque()).append((article, entry))
    unspaced = unspaced_hosts()
    for host, rows in by_host.items():
        for _ in range(len(rows) if host in unspaced else 1):
            ask(rows)
    while waiting:
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            article, entry = waiting.pop(future)
            ask(by_host[host_of(article.url)])
            if future.cancelled():
                continue  # the desk is leaving: it hands the article back
            got = future.result()
            if isinstance(got, Page):
                article.etag, article.last_modified, article.page_hash = (
                    got.etag, got.last_modified, hash_page(got.body),
                )  # fmt: skip
                got = _page(article, entry, got)
            yield article, got


def _seen(article: Article) -> Seen:
    """What to ask conditionally by: only where the page gave a body; what was refused may be given now."""
    return Seen(article.etag, article.last_modified, article.page_hash) if versions.is_whole(article) else Seen()


def page_at_hand(article: Article) -> Page | None:
    """The article's page where its feed item carries the whole of it."""
    entry = article_save.entry_from_json(article.entry) if article.entry else None
    if entry is None or not is_whole(entry):
        return None
    return page_of(article, Page(article.url, entry.content.encode(), charset="utf-8"))


def page_of(article: Article, page: Page) -> Page:
    """A fetched page, named as the article's and with what its feed item says."""
    return _page(article, article_save.entry_from_json(article.entry) if article.entry else None, page)


def _page(article: Article, entry: FeedEntry | None, page: Page) -> Page:
    return replace(page, id=str(article.pk), entry=entry, publisher=article.publisher.name)


def is_whole(entry: FeedEntry) -> bool:
    """True if the feed itself carries the article, not a teaser of it."""
    text = sanitise.plain_text(entry.content).rstrip()
    return len(text) >= FULL_TEXT_CHARS and not text.lower().endswith(CUT_OFF)


def _from_feed(article: Article) -> ArticleText:
    """The article as its feed item tells it, marked."""
    entry = article_save.entry_from_json(article.entry) if article.entry else FeedEntry(article.guid, article.url)
    read = extract.from_entry(
        entry,
        url=article.url,
        publisher=article.publisher.name,
        language=article.publisher.language,
        id=str(article.pk),
    )
    return pipeline.mark_article(read)


def _with_feed_marks(article: Article, read: ArticleText) -> ArticleText:
    """A refused page is grouped by what its feed item says."""
    if not read.refused or not article.entry:
        return read
    told = _from_feed(article)
    return replace(read, title=read.title or told.title, marks=told.marks)
