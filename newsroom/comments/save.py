"""How a comment is taken: limits, held or shown."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from newsroom.articles.models import Article
from newsroom.comments.models import Comment
from newsroom.readers.origin import hash_address

HOUR = timedelta(hours=1)


class TooMany(Exception):
    """This address has sent as many comments as COMMENTS_PER_HOUR allows."""


def take_comment(article: Article, name: str, text: str, address: str, now: datetime) -> Comment:
    """Keep a comment: shown at once from who was approved before, else held.

    The same words sent twice are one comment. Raises TooMany.
    """
    hashed = hash_address(address)
    with transaction.atomic():
        same = Comment.objects.filter(article=article, name=name, text=text).first()
        if same:
            return same
        if Comment.objects.by_address_since(hashed, now - HOUR).count() >= settings.COMMENTS_PER_HOUR:
            raise TooMany
        is_known = Comment.objects.shown().filter(name=name, address_hash=hashed).exists()
        state = Comment.State.SHOWN if is_known else Comment.State.HELD
        return Comment.objects.create(
            article=article, name=name, text=text, state=state, created_at=now, address_hash=hashed
        )


def move_comments(later: Article, kept: Article) -> int:
    """Put what was said under the one article under the other; how many comments."""
    return Comment.objects.filter(article=later).update(article=kept)
