"""What a reader has read and starred, as rows: Seen and Saved of stories."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import QuerySet

from newsroom.readers.models import Item, Reader, Saved, Seen
from newsroom.stories.models import Story

AT_ONCE = 500


def read_of(reader: Reader, stories: Collection[int]) -> set[int]:
    """Which of these stories the reader has read."""
    rows = Seen.objects.filter(reader=reader, kind=Item.STORY, is_read=True)
    return _among(rows, stories)


def starred_of(reader: Reader, stories: Collection[int]) -> set[int]:
    """Which of these stories the reader has saved."""
    return _among(Saved.objects.filter(reader=reader, kind=Item.STORY), stories)


def newest_starred(reader: Reader, most: int) -> set[int]:
    """The stories that the reader saved last, as far as they still stand."""
    keys = Saved.objects.filter(reader=reader, kind=Item.STORY).values_list("key", flat=True)[:most]
    numbers = [int(key) for key in keys if key.isdecimal()]
    return set(Story.objects.public().filter(pk__in=numbers).values_list("pk", flat=True))


def mark_read(reader: Reader, stories: Collection[int], now: datetime, *, is_read: bool) -> None:
    """Say of these stories that the reader has read them, or not; twice the same changes nothing."""
    for part in _parts(stories):
        rows = Seen.objects.filter(reader=reader, kind=Item.STORY, key__in=part)
        held = set(rows.values_list("key", flat=True))
        rows.exclude(is_read=is_read).update(is_read=is_read, at=now)
        new = [
            Seen(reader=reader, kind=Item.STORY, key=key, is_read=is_read, at=now) for key in part if key not in held
        ]
        Seen.objects.bulk_create(new, ignore_conflicts=True)


def star(reader: Reader, stories: Collection[int], now: datetime) -> None:
    """Save these stories for the reader; what is saved stays as it is."""
    for part in _parts(stories):
        rows = [Saved(reader=reader, kind=Item.STORY, key=key, at=now) for key in part]
        Saved.objects.bulk_create(rows, ignore_conflicts=True)


def unstar(reader: Reader, stories: Collection[int]) -> None:
    for part in _parts(stories):
        Saved.objects.filter(reader=reader, kind=Item.STORY, key__in=part).delete()


def standing(numbers: Iterable[int]) -> dict[int, int]:
    """Each of these stories and the one that it stands in now; what is gone, or a reader's own text, is left out."""
    rows = Story.objects.filter(pk__in=list(numbers), is_private=False).values_list("pk", "merged_into")
    return {number: into or number for number, into in rows}


def _among(rows: QuerySet[Seen] | QuerySet[Saved], stories: Collection[int]) -> set[int]:
    keys = [str(number) for number in stories]
    return {int(key) for key in rows.filter(key__in=keys).values_list("key", flat=True)}


def _parts(stories: Collection[int]) -> Iterable[list[str]]:
    keys = [str(number) for number in stories]
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))
