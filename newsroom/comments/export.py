"""Comments as JSON: of one thread or of the site, for who runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, TextIO

from newsroom.comments.models import Comment, CommentQuerySet
from newsroom.comments.places import Place, said_under

FORM = 1  # of the file; raised when a name in it changes its meaning


def write_comments(out: TextIO, now: datetime, *, place: Place | None = None) -> int:
    """Write one JSON object with every comment, whatever its state, one a line; how many.

    Nothing of networks or accounts is in it but the account's number and the
    name beside the words. place: of this thread alone.
    """
    rows = Comment.objects.filter(said_under(place)) if place else Comment.objects.all()
    out.write(f'{{"form": {FORM}, "exported_at": "{now.isoformat()}", "comments": [\n')
    count = 0
    for told in _told(rows):
        out.write(f"{',' if count else ''}{json.dumps(told, ensure_ascii=False)}\n")
        count += 1
    out.write("]}\n")
    return count


def _told(rows: CommentQuerySet) -> Iterator[dict[str, Any]]:
    for one in rows.order_by("pk").prefetch_related("versions").iterator(chunk_size=500):
        yield {
            "id": one.pk,
            "story": one.story_id,
            "article": one.article_id,
            "parent": one.parent_id,
            "root": one.root_id,
            "reader": one.reader_id,
            "name": one.name,
            "text": one.text,
            "state": one.state,
            "held_because": one.held_because,
            "created_at": one.created_at.isoformat(),
            "edited_at": one.edited_at.isoformat() if one.edited_at else None,
            "ups": one.ups,
            "downs": one.downs,
            "versions": [
                {"text": version.text, "written_at": version.written_at.isoformat()} for version in one.versions.all()
            ],
        }
