"""What votes say of a comment, and who may vote."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from newsroom.comments.models import Comment
from newsroom.readers.models import Reader

SURE = 1.96  # standard deviations: the bound holds in 95 of 100 cases, Wilson 1927


def best_of(ups: int, downs: int) -> float:
    """How good a comment is at least, -1 to 1: the lower Wilson bound of its share of ups.

    Where nobody voted up that bound is 0 whatever the downs; there it is the
    bound of the downs, negative, so that what is disliked stands under what
    nobody has voted on.
    """
    if not ups + downs:
        return 0.0
    return _lower_bound(ups, ups + downs) if ups else -_lower_bound(downs, downs)


def _lower_bound(share: int, whole: int) -> float:
    rate, square = share / whole, SURE * SURE
    middle = rate + square / (2 * whole)
    width = SURE * math.sqrt((rate * (1 - rate) + square / (4 * whole)) / whole)
    return (middle - width) / (1 + square / whole)


def may_judge(reader: Reader | AnonymousUser, now: datetime) -> bool:
    """True of an account that is VOTE_MIN_DAYS old: it may vote and report."""
    if not isinstance(reader, Reader) or not reader.is_active:
        return False
    return reader.date_joined <= now - timedelta(days=settings.VOTE_MIN_DAYS)


def may_vote(reader: Reader | AnonymousUser, comment: Comment, now: datetime) -> bool:
    """True if this reader may vote on this comment: never on their own."""
    is_shown = comment.state == Comment.State.SHOWN
    return is_shown and may_judge(reader, now) and comment.reader_id != reader.pk
