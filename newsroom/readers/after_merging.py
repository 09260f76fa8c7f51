"""What readers kept of a story or article goes on to the one it was merged into."""

from __future__ import annotations

from newsroom.readers.models import Saved, Seen


def hand_on(kind: str, gone: int, kept: int) -> None:
    """Let what readers saved and read under one number stand under the other; may safely run twice.

    A row that a reader has of the one that stays is the later choice and counts.
    Who had read the one that is gone has read the other: it is that story, grown.
    """
    for rows, names in ((Saved, ("at",)), (Seen, ("is_read", "at", "opened_at"))):
        leaving = list(rows.objects.filter(kind=kind, key=str(gone)))
        carried = [
            rows(reader_id=row.reader_id, kind=kind, key=str(kept), **{name: getattr(row, name) for name in names})
            for row in leaving
        ]
        rows.objects.bulk_create(carried, batch_size=200, ignore_conflicts=True)
        rows.objects.filter(pk__in=[row.pk for row in leaving]).delete()
