"""A batch of read articles: what the rows around them say, asked once for all, and what is to be written of them.

One by one an article takes fourteen questions and statements, most of which
find nothing: no twin, no shared paragraph, no earlier picture.
"""

from __future__ import annotations

import functools
import operator
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max, Min, Q

from newsroom.articles import images, known, refusals, versions
from newsroom.articles import save as article_save
from newsroom.articles.models import Address, Article, MainParagraph, Picture
from newsroom.publishers.models import Publisher
from newsroom.updates import update_each
from newstext.addresses import article_number
from newstext.identity import text_key
from newstext.records import ArticleText

Reads = Sequence[tuple[Article, ArticleText]]


class Around:
    """What may bear on these articles, and what was added since; who finds nothing here need not ask the database.

    paragraphs: of each article's body the numbers of the main ones, by the
    article's. What other rows lost or changed meanwhile is not seen: then it is
    to be asked anew.
    """

    def __init__(self, reads: Reads, paragraphs: Mapping[int, Collection[int]]) -> None:
        self._addresses = known.known_ids({key for row, read in reads for key in known.told_addresses(row, read)})
        self._texts = _same_texts(reads)
        self._numbers = _same_numbers(reads)
        self._paragraphs = _same_paragraphs(reads, paragraphs)
        self.pictures = _pictures(reads)

    def shares_paragraphs(self, article: Article, keys: Iterable[int]) -> bool:
        """True if another article of its publisher has, or had, one of these main paragraphs."""
        return any(self._paragraphs.get((article.publisher_id, key), set()) - {article.pk} for key in keys)

    def may_have_twin(self, article: Article, told: known.ToldAddresses) -> bool:
        """False if `known.find_twin` would find nothing to compare with. told: its other addresses."""
        named = {self._addresses.get(key) for key in told}
        for whose in (article.publisher_id, article.site):
            named |= self._texts.get((article.text_key or "", whose), set())
        named |= self._numbers.get((article.publisher.domain, article_number(article.url)), set())
        return bool(named - {None, article.pk})

    def new_addresses(self, article: Article, told: known.ToldAddresses) -> list[Address]:
        """Rows for those of its other addresses that lead nowhere yet."""
        new = {key: one for key, one in told.items() if key not in self._addresses}
        self._addresses |= dict.fromkeys(new, article.pk)
        return [Address(article=article, url=url, url_key=key, kind=kind) for key, (url, kind) in new.items()]

    def take_paragraphs(self, article: Article, keys: Iterable[int]) -> None:
        """Let later articles of the batch meet these main paragraphs."""
        for key in keys:
            self._paragraphs[article.publisher_id, key].add(article.pk)

    def take_text(self, article: Article) -> None:
        """Let later articles of the batch meet what this one says."""
        if article.text_key:
            for whose in (article.publisher_id, article.site):
                self._texts[article.text_key, whose].add(article.pk)


def _same_texts(reads: Reads) -> defaultdict[tuple[str, object], set[int]]:
    """Rows by the key of their text and whose it is: the publisher's number, or the site; the first and the last."""
    found: defaultdict[tuple[str, object], set[int]] = defaultdict(set)
    if keys := {text_key(read.text) for _, read in reads} - {""}:
        held = Article.objects.filter(text_key__in=keys).order_by().values_list("text_key", "publisher_id", "site")
        for key, publisher, site, first, last in held.annotate(Min("pk"), Max("pk")):
            found[key, publisher] |= {first, last}
            found[key, site] |= {first, last}
    return found


def _same_numbers(reads: Reads) -> defaultdict[tuple[str, str], set[int]]:
    """Rows of about the same time by their publisher's domain and the number in their address."""
    found: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    asked = [
        (row.publisher.domain, number, {row.at, read.published_at or row.at})
        for row, read in reads
        if row.publisher.domain and (number := article_number(row.url))
    ]
    publishers: dict[str, list[int]] = defaultdict(list)
    for key, domain in Publisher.objects.filter(domain__in={one for one, _, _ in asked}).values_list("pk", "domain"):
        publishers[domain].append(key)
    within = known.SAME_NUMBER_WITHIN
    either = [
        Q(publisher__in=publishers[domain], published_at__range=(at - within, at + within), url__contains=number)
        for domain, number, moments in asked
        for at in moments
    ]
    if either:
        wanted = Article.objects.filter(functools.reduce(operator.or_, either)).order_by()
        for key, url, domain in wanted.values_list("pk", "url", "publisher__domain"):
            for of, number, _ in asked:
                if of == domain and number in url:
                    found[domain, number].add(key)
    return found


def _same_paragraphs(reads: Reads, paragraphs: Mapping[int, Collection[int]]) -> defaultdict[tuple[int, int], set[int]]:
    """Rows by publisher and main paragraph; of many with one paragraph the first and the last."""
    found: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    if keys := {key for some in paragraphs.values() for key in some}:
        held = MainParagraph.objects.filter(publisher__in={row.publisher_id for row, _ in reads}, key__in=keys)
        ends = held.order_by().values_list("publisher_id", "key").annotate(Min("article_id"), Max("article_id"))
        for publisher, key, first, last in ends:
            found[publisher, key] = {first, last}
    return found


def _pictures(reads: Reads) -> dict[int, Picture]:
    named = [row.pk for row, read in reads if read.image]
    return {row.article_id: row for row in Picture.objects.filter(article__in=named)} if named else {}


class Pending:
    """What is to be written of a batch, in the caller's transaction; `write` writes all of it and begins anew."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.addresses: list[Address] = []
        self._rows: dict[tuple[str, ...], list[Article]] = {}  # by the fields to write
        self._paragraphs: list[tuple[Article, Collection[int]]] = []
        self._had_paragraphs: list[int] = []
        self._pictures: list[Picture] = []
        self._readable: list[int] = []  # articles whose earlier refusals are over

    def read(
        self,
        article: Article,
        read: ArticleText,
        marks: dict[str, Any],
        now: datetime,
        *,
        problem: str = "",
        held: Picture | None,
    ) -> bool:
        """What reading gave (`save.take_read`); True if the article says something new. held: its picture so far."""
        is_news = article_save.take_read(article, read, marks, now, problem=problem)
        if is_news is None:
            self._row(article, article_save.READ_FIELDS)
            return False
        self._row(article, article_save.ALL_FIELDS)
        if (wanted := images.wanted_picture(article, read, now, held)) is not None:
            self._pictures.append(wanted)
        if not problem and article.refused:
            refusals.keep_reason(article, now)
        elif not problem and versions.is_whole(article):
            self._readable.append(article.pk)
        return is_news

    def unchanged(self, article: Article, now: datetime) -> None:
        """Its page is as it was when it was read."""
        article_save.take_unchanged(article, now)
        self._row(article, article_save.READ_FIELDS)

    def _row(self, article: Article, fields: tuple[str, ...]) -> None:
        self._rows.setdefault(fields, []).append(article)

    def body(self, article: Article, paragraphs: Collection[int]) -> None:
        """Its main paragraphs, in place of those it had; to be told before the article says that it was read."""
        self._paragraphs.append((article, paragraphs))
        if article.read_at:
            self._had_paragraphs.append(article.pk)

    def forget(self, article: Article) -> None:
        """Write nothing of an article that goes."""
        self._paragraphs = [one for one in self._paragraphs if one[0] is not article]

    def write(self, now: datetime) -> None:
        for fields, rows in self._rows.items():
            update_each(rows, fields)
        Address.objects.bulk_create(self.addresses, ignore_conflicts=True)
        refusals.replace_paragraphs(self._paragraphs, earlier=self._had_paragraphs)
        images.keep_wanted(self._pictures)
        refusals.end(self._readable, now)
        self.clear()


def store_read(article: Article, read: ArticleText, marks: dict[str, Any], now: datetime) -> bool:
    """Keep what reading one article gave, where nothing around it matters; True if it says something new."""
    pending = Pending()
    is_news = pending.read(article, read, marks, now, held=Picture.objects.filter(article=article).first())
    pending.write(now)
    return is_news
