"""What a reader has read: by their own mark, and, only where they asked for a history, by opening it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from newsroom.readers.models import Reader, Seen

A_VISIT = timedelta(minutes=30)  # opened again within it, a story was last read when the visit began


def mark(reader: Reader, kind: str, key: str, now: datetime, *, is_read: bool) -> None:
    """Mark it as read or unread. Marked twice it stays as it was first marked."""
    row, is_new = Seen.objects.get_or_create(
        reader=reader, kind=kind, key=key, defaults={"is_read": is_read, "at": now}
    )
    if not is_new:
        Seen.objects.filter(pk=row.pk).exclude(is_read=is_read).update(is_read=is_read, at=now)


def mark_many(reader: Reader, moments: Mapping[tuple[str, str], datetime]) -> int:
    """Mark these as read, (kind, key) -> when; how many were not marked before. What has a mark keeps it."""
    held = set(Seen.objects.filter(reader=reader).values_list("kind", "key"))
    new = {one: at for one, at in moments.items() if one not in held}
    rows = [Seen(reader=reader, kind=kind, key=key, at=at) for (kind, key), at in new.items()]
    Seen.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(new)


def note_opened(reader: Reader, kind: str, key: str, now: datetime) -> bool:
    """Write it into the reader's history, and as read; False, and nothing kept, for who did not ask for one.

    Within one visit the moment stays: a page that is loaded anew still tells what is new since the visit before.
    """
    if not Reader.objects.filter(pk=reader.pk, keeps_history=True).exists():
        return False
    mark(reader, kind, key, now, is_read=True)
    row = Seen.objects.filter(reader=reader, kind=kind, key=key)
    row.exclude(opened_at__gt=now - A_VISIT).update(opened_at=now)
    return True


def last_read(reader: Reader, kind: str, keys: Collection[str]) -> datetime | None:
    """When the reader last opened it or marked it as read, under any of its keys; None if that is not known."""
    rows = Seen.objects.filter(reader=reader, kind=kind, key__in=keys).values_list("is_read", "at", "opened_at")
    moments = [moment for is_read, at, opened_at in rows for moment in (at if is_read else None, opened_at) if moment]
    return max(moments, default=None)


def history_of(reader: Reader) -> QuerySet[Seen]:
    """What the reader opened, the newest first."""
    return Seen.objects.filter(reader=reader, opened_at__isnull=False).order_by("-opened_at", "-pk")


def forget(reader: Reader, row: int) -> None:
    """Take one line out of the reader's history; nothing is left of it."""
    history_of(reader).filter(pk=row).delete()


def forget_all(reader: Reader) -> None:
    """Take every line out of the reader's history."""
    history_of(reader).delete()


def keep_history(reader: Reader, *, is_on: bool, forgets: bool = False) -> None:
    """Begin a history, or end it; forgets: what it holds goes with it."""
    with transaction.atomic():
        Reader.objects.filter(pk=reader.pk).update(keeps_history=is_on)
        if forgets:
            forget_all(reader)
    reader.keeps_history = is_on
