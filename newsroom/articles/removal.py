"""Taking an article off for good: its rows go, its address answers why, and it is not read again.

For a while the rows are kept aside, so that a slip can be undone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.contrib.admin.utils import NestedObjects
from django.core import serializers
from django.db import models
from django.db.models import Q

from newsroom.articles import images
from newsroom.articles.known import guid_key
from newsroom.articles.models import Article, Removal, RemovedKey
from newsroom.readers.models import Reader
from newstext.addresses import url_key
from newstext.identity import text_key
from newstext.records import ArticleText

UNDO_FOR = timedelta(days=7)  # then the text is gone from the database too
COPIES_OFFERED = 50


class CannotUndo(ValueError):
    """The removal cannot be taken back; the message says why."""


def removal_of(number: int) -> Removal | None:
    """Why the article of that number is not here; None if nobody removed it."""
    standing = Removal.objects.filter(undone_at=None)
    return standing.filter(Q(number=number) | Q(keys__url_key=f"article:{number}")).first()


def removed_keys(keys: Iterable[str]) -> set[str]:
    """Those of the keys that a removed article was known by."""
    return set(RemovedKey.objects.filter(url_key__in=list(keys)).values_list("url_key", flat=True))


def copies_of(article: Article) -> list[Article]:
    """Other articles with the same text: letter for letter, or as grouping found."""
    alike = Q(placement__copy_of=article) | Q(copies__article=article)
    if article.text_key:
        alike |= Q(text_key=article.text_key)
    rows = Article.objects.public().filter(alike).exclude(pk=article.pk).select_related("publisher").distinct()
    return list(rows.defer("text", "sentences", "marks", "entry").order_by("pk")[:COPIES_OFFERED])


def remove(
    article: Article, kind: str, now: datetime, *, reason: str, asked_by: str = "", editor: Reader | None = None
) -> Removal:
    """Delete an article and all that hangs on it, and keep why; in the caller's transaction."""
    images.forget(article)
    keys = {article.url_key, f"article:{article.pk}", *article.addresses.values_list("url_key", flat=True)}
    if article.feed and article.guid:
        keys.add(guid_key(article.feed, article.guid))
    removal = Removal.objects.create(
        number=article.pk,
        publisher_id=article.publisher_id,
        kind=kind,
        reason=reason,
        asked_by=asked_by,
        at=now,
        editor=editor,
        text_key=article.text_key or "",
        kept=_rows_of(article),
        undo_until=now + UNDO_FOR,
    )
    _keep_keys(removal, keys)
    article.delete()
    return removal


def undo(removal: Removal, now: datetime) -> Article:
    """Put back the rows that went, in the caller's transaction; the article is to be grouped anew if it has no story.

    Raises CannotUndo where they were let go.
    """
    if removal.undone_at or not removal.kept:
        raise CannotUndo(
            f"The removal of article {removal.number} cannot be undone: what went is kept for {UNDO_FOR.days} days."
        )
    rows = [one.object for one in serializers.deserialize("json", removal.kept)]
    coming = {(type(row), row.pk) for row in rows}
    for model, some in groupby(rows, key=type):
        model._default_manager.bulk_create([row for row in some if _can_stand(row, coming)], ignore_conflicts=True)
    removal.keys.all().delete()
    removal.kept, removal.undone_at = "", now
    removal.save(update_fields=["kept", "undone_at"])
    article = Article.objects.select_related("publisher").get(pk=removal.number)
    if not hasattr(article, "placement") and article.read_at:
        article.grouped_at = None
        article.save(update_fields=["grouped_at"])
    return article


def forget_kept(now: datetime) -> int:
    """Let go of what can no longer be undone; of how many removals."""
    due = Removal.objects.filter(undo_until__lte=now).exclude(kept="")
    return due.update(kept="") if due.exists() else 0


def may_be_back(reads: Iterable[ArticleText]) -> bool:
    """Whether one of these may be an article that was removed; False mostly, asked once for all of them."""
    keys, texts = set[str](), set[str]()
    for read in reads:
        keys |= _told_keys(read)
        texts.add(text_key(read.text))
    standing = Removal.objects.filter(undone_at=None)
    return standing.filter(keys__url_key__in=keys).exists() or standing.filter(text_key__in=texts - {""}).exists()


def take_off_again(article: Article, read: ArticleText) -> bool:
    """Delete a row whose page turns out to be an article that was removed; True if it was.

    It is known by an address that the page names, or by the text, at the same publisher.
    """
    found = Removal.objects.filter(keys__url_key__in=_told_keys(read), undone_at=None).first()
    key = text_key(read.text)
    if found is None and key:
        found = Removal.objects.filter(publisher=article.publisher_id, text_key=key, undone_at=None).first()
    if found is None:
        return False
    _keep_keys(found, {article.url_key, f"article:{article.pk}"})
    images.forget(article)
    article.delete()
    return True


def _told_keys(read: ArticleText) -> set[str]:
    return {url_key(url) for url in (*(one.url for one in read.addresses), read.canonical_url, read.url)} - {""}


def _keep_keys(removal: Removal, keys: Collection[str]) -> None:
    rows = [RemovedKey(removal=removal, url_key=key) for key in keys]
    RemovedKey.objects.bulk_create(rows, ignore_conflicts=True)


def _rows_of(article: Article) -> str:
    """The article and every row that goes with it, as JSON; the article first."""
    collector = NestedObjects(using=article._state.db or "default")
    collector.collect([article])
    others = [row for model, rows in collector.data.items() if model is not Article for row in rows]
    others.sort(key=lambda row: (row._meta.label, row.pk))
    return serializers.serialize("json", [article, *others])


def _can_stand(row: models.Model, coming: Collection[tuple[type[models.Model], Any]]) -> bool:
    """True if the rows it points to are still there or come with it; a pointer that may be empty is emptied."""
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname) if field.is_relation else None
        if value is None or not field.remote_field:
            continue
        target: Any = field.remote_field.model
        if (target, value) not in coming and not target._base_manager.filter(
            **{field.target_field.attname: value}
        ).exists():
            if not field.null:
                return False
            setattr(row, field.attname, None)
    return True
