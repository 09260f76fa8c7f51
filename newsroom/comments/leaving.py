"""What becomes of a reader's comments when their account is deleted."""

from __future__ import annotations

from typing import Any

from newsroom.comments.models import Comment
from newsroom.readers.models import Reader


def make_nobodys(sender: object, reader: Reader, deletes_comments: bool, **more: Any) -> None:
    """Take the reader's name off their comments, and their words too if they wish; the places in threads stay."""
    theirs = Comment.objects.filter(reader=reader)
    nobodys = {"reader": None, "name": "", "address_hash": ""}
    theirs.update(**nobodys, **({"text": "", "state": Comment.State.DELETED} if deletes_comments else {}))
