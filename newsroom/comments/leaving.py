"""What becomes of a reader's comments, and of what they thought of others', when their account is deleted."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q

from newsroom.comments import votes
from newsroom.comments.models import Comment, CommentVersion, Told, Vote
from newsroom.comments.moderation import ModerationAct
from newsroom.readers.models import Reader
from newsroom.updates import update_each

A_BATCH = 500


def make_nobodys(sender: object, reader: Reader, deletes_comments: bool, **more: Any) -> None:
    """Take the reader's name off their comments, and their words too if they wish; the places in threads stay.

    Their votes go with the account, and what they voted on is counted without them.
    """
    theirs = Comment.objects.filter(reader=reader)
    if deletes_comments:
        CommentVersion.objects.filter(comment__reader=reader).delete()
        Told.objects.filter(comment__reader=reader).delete()
        ModerationAct.objects.filter(by=reader, kind=ModerationAct.Kind.APPEALED).update(words="")
        theirs.update(text="", state=Comment.State.DELETED, held_because=[])
    theirs.update(reader=None, name="", address_hash="")
    _take_back_votes(reader)


def _take_back_votes(reader: Reader) -> None:
    """In one order for all who leave, as save.vote locks a comment before it is counted."""
    keys = list(Vote.objects.filter(reader=reader).order_by("comment").values_list("comment", flat=True))
    for first in range(0, len(keys), A_BATCH):
        some = keys[first : first + A_BATCH]
        list(Comment.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=some).order_by("pk").only("pk"))
        Vote.objects.filter(reader=reader, comment__in=some).delete()
        ups, downs = Count("votes", Q(votes__value=1)), Count("votes", Q(votes__value=-1))
        counted = Comment.objects.filter(pk__in=some).order_by("pk").annotate(up_count=ups, down_count=downs)
        rows = list(counted.only("pk"))
        for row in rows:
            row.ups, row.downs = row.up_count, row.down_count  # type: ignore[attr-defined]
            row.best = votes.best_of(row.ups, row.downs)
        update_each(rows, ["ups", "downs", "best"])
