"""Which row an address or a feed item belongs to, and how two rows of one article become one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from newsroom.articles import images, versions
from newsroom.articles.models import Address, Article
from newsroom.publishers.models import Feed
from newstext.addresses import article_number, names_an_article, registrable_domain, url_key
from newstext.copies import FINGERPRINT_RULE
from newstext.identity import Known, why_one
from newstext.marks import from_json
from newstext.records import READABLE_KINDS, ArticleText

MOST_ALIKE = 20
SAME_NUMBER_WITHIN = timedelta(days=7)
# What a row without a text of its own takes from the row that has one.
TOLD_BY_PAGE = (
    "title authors published_at published_precision updated_at language kind section tags image dateline agency source "
    "notices related text text_key sentences passages confidence refused refused_times marks read_at url canonical_url "
    "site memory_version etag last_modified page_hash reserved thinned_at"
).split()
ToldAddresses = dict[str, tuple[str, str]]
SHORTER_STILL_WHOLE = 0.9  # of the length: a text that lost more is no newer state of the other


def find_article(url: str) -> Article | None:
    """The row that is known under this address, or under another form of it."""
    key = url_key(url)
    found = known_ids([key]).get(key) if key else None
    return Article.objects.public().filter(pk=found).first() if found else None


def moved_to(article_id: int) -> Article | None:
    """The row into which the row of that number was merged."""
    return Article.objects.public().filter(addresses__url_key=f"article:{article_id}").first()


def known_ids(keys: Iterable[str]) -> dict[str, int]:
    """key -> number of its row, for the keys that are known, be it as a row's own or as another of it."""
    wanted = list(keys)
    if not wanted:
        return {}
    others = dict(Address.objects.filter(url_key__in=wanted).values_list("url_key", "article"))
    return others | dict(Article.objects.filter(url_key__in=wanted).values_list("url_key", "pk"))


def guid_key(feed: Feed, guid: str) -> str:
    return f"guid:{feed.pk}:{guid}"


def learn_addresses(article: Article, read: ArticleText) -> None:
    """Keep under which other addresses the page of an article can be had.

    What another row is known by is left to that row; `find_twin` tells whether
    it is the same article.
    """
    told = told_addresses(article, read)
    rows = [Address(article=article, url=url, url_key=key, kind=kind) for key, (url, kind) in told.items()]
    taken = known_ids(told)
    Address.objects.bulk_create([row for row in rows if row.url_key not in taken], ignore_conflicts=True)


def told_addresses(article: Article, read: ArticleText) -> ToldAddresses:
    """key -> (address, kind), without the row's own."""
    if read.refused or article.private_key or not article.has_address:
        return {}
    told: dict[str, tuple[str, str]] = {}
    for one in read.addresses:
        told.setdefault(url_key(one.url), (one.url, one.kind))
    if read.canonical_url and names_an_article(read.canonical_url, read.url):
        told.setdefault(url_key(read.canonical_url), (read.canonical_url, Address.Kind.CANONICAL))
    if read.url and names_an_article(read.url, article.url):
        told.setdefault(url_key(read.url), (read.url, Address.Kind.FOUND))
    return {key: pair for key, pair in told.items() if key and key != article.url_key}


def find_twin(article: Article, read: ArticleText) -> tuple[Article, str] | None:
    """Another row that holds the same article, the oldest, and why it is the same; None mostly."""
    mine = as_known(article)
    named = set(known_ids(told_addresses(article, read)).values()) - {article.pk}
    possible = (named | _alike(article)) - {article.pk}
    rows = Article.objects.public().filter(pk__in=possible)
    for row in rows.filter(publisher__is_sample=False).order_by("pk"):
        if reason := why_one(mine, as_known(row), shares_address=row.pk in named):
            return row, reason
    return None


def _alike(article: Article) -> set[int]:
    """Rows with the same text, or of the same days with the same number in their address.

    `batch.Around` asks for the same of many articles at once, and may find more, never less.
    """
    if not article.text_key:
        return set()
    found = set(
        Article.objects.filter(text_key=article.text_key).order_by("pk").values_list("pk", flat=True)[:MOST_ALIKE]
    )
    number, domain = article_number(article.url), article.publisher.domain
    if number and domain:
        near = Article.objects.filter(
            publisher__domain=domain,
            published_at__range=(article.at - SAME_NUMBER_WITHIN, article.at + SAME_NUMBER_WITHIN),
            url__contains=number,
        )
        found.update(near.order_by("pk").values_list("pk", flat=True)[:MOST_ALIKE])
    return found


def as_known(article: Article) -> Known:
    """The row as newstext.identity compares it."""
    marks = from_json({**article.marks, "id": str(article.pk)}) if article.marks else None
    return Known(
        url=(article.canonical_url or article.url) if article.has_address else "",
        title=article.title,
        publisher=str(article.publisher_id),
        published_at=article.published_at,
        text_key=article.text_key or "",
        language=article.language,
        fingerprint=marks.fingerprint if marks and marks.fingerprint_rule == FINGERPRINT_RULE else (),
    )


def take_in(kept: Article, later: Article, now: datetime) -> bool:
    """Give the older row all that the later one is known by and says; True if its text changed.

    Comments and placements are moved by who owns them, before; the later row is
    then deleted with `forget`.
    """
    is_changed = _take_text(kept, later, now)
    kept.feed = kept.feed or later.feed
    kept.guid = kept.guid or later.guid
    for field in ("summary", "section", "image", "authors", "tags", "published_at"):
        setattr(kept, field, getattr(kept, field) or getattr(later, field))
    if stands_at_home(later.publisher.domain, later.url) and not stands_at_home(kept.publisher.domain, later.url):
        kept.publisher, kept.feed, kept.source = later.publisher, later.feed, later.source
    kept.seen_at = min(kept.seen_at, later.seen_at)
    versions.take_over(later, kept)
    images.take_over(later, kept)
    later.rejections.update(article=kept)
    later.main_paragraphs.update(article=kept)
    later.addresses.update(article=kept)
    kept.save()
    return is_changed


def stands_at_home(domain: str, url: str) -> bool:
    """Whether an address is of the publisher of that domain: who merely lists an article does not own it."""
    return bool(domain) and registrable_domain(url) == domain


def _take_text(kept: Article, later: Article, now: datetime) -> bool:
    """Keep both texts: one as the article's, the other as a version of it."""
    says_same = kept.text == later.text or (later.text_key and kept.text_key == later.text_key)
    if not later.text or (says_same and kept.title == later.title):
        return False
    is_newer = later.at >= kept.at and len(later.text) >= SHORTER_STILL_WHOLE * len(kept.text)
    if kept.text and not (is_newer and later.kind in READABLE_KINDS):
        versions.keep_other(kept, versions.state_of(later), now)
        return False
    before = versions.state_of(kept)
    first_published_at = min(filter(None, (kept.published_at, later.published_at)), default=None)
    for field in TOLD_BY_PAGE:
        setattr(kept, field, getattr(later, field))
    kept.published_at = first_published_at
    versions.keep_version(kept, before, now)
    kept.grouped_at = None
    return True


def forget(kept: Article, later: Article) -> None:
    """Delete the later row; its number, its address and its feed item lead to the one that is kept."""
    keys = {f"article:{later.pk}": Address.Kind.ROW, later.url_key: Address.Kind.FOUND}
    if later.feed and later.guid and (later.feed_id, later.guid) != (kept.feed_id, kept.guid):
        keys[guid_key(later.feed, later.guid)] = Address.Kind.FEED
    url = later.url
    later.delete()
    for key, kind in keys.items():
        Address.objects.update_or_create(url_key=key, defaults={"article": kept, "url": url, "kind": kind})
