"""What a reader saved and read of the stories and articles on a page, looked up together."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast
from django.http import HttpRequest

from newsroom.readers.models import Item, Reader, Saved, Seen
from newsroom.readers.who_asks import reader_of
from newsroom.stories.models import Story, StoryQuerySet


@dataclass(frozen=True, slots=True)
class Mark:
    """Of one story or article. read_at: when it was read, None while it is unread."""

    is_saved: bool = False
    read_at: datetime | None = None

    @property
    def is_read(self) -> bool:
        return self.read_at is not None


UNMARKED = Mark()


def look_up(request: HttpRequest, kind: str, keys: Iterable[int]) -> None:
    """Look up the marks of these for whoever is signed in, in two queries; `known` gives them to the templates."""
    reader = reader_of(request)
    if reader is None:
        return
    marks: dict[tuple[str, int], Mark] = request.__dict__.setdefault("marks", {})
    wanted = [key for key in keys if (kind, key) not in marks]
    if wanted:
        found = marks_of(reader, kind, {str(key): key for key in wanted})
        marks.update({(kind, key): found.get(key, UNMARKED) for key in wanted})


def marks_of(reader: Reader, kind: str, keys: dict[str, int]) -> dict[int, Mark]:
    """The marks of what these keys lead to; several may lead to one, as merged stories do."""
    saved = Saved.objects.filter(reader=reader, kind=kind, key__in=keys).values_list("key", flat=True)
    seen = Seen.objects.filter(reader=reader, kind=kind, key__in=keys, is_read=True).values_list("key", "at")
    is_saved = {keys[key] for key in saved}
    read_at: dict[int, datetime] = {}
    for key, at in seen:
        read_at[keys[key]] = max(at, read_at.get(keys[key], at))
    return {one: Mark(one in is_saved, read_at.get(one)) for one in is_saved | read_at.keys()}


def known(request: HttpRequest, kind: str, key: int) -> Mark | None:
    """The mark of one that was looked up; None for who is not signed in."""
    marks: dict[tuple[str, int], Mark] = request.__dict__.get("marks", {})
    return marks.get((kind, key))


def own(request: HttpRequest, kind: str, key: int) -> Mark | None:
    """The mark of a page's own story or article, as `known`, looked up where it is not."""
    reader = reader_of(request)
    if reader is None:
        return None
    marks: dict[tuple[str, int], Mark] = request.__dict__.setdefault("marks", {})
    if (kind, key) not in marks:
        marks[kind, key] = marks_of(reader, kind, dict.fromkeys(keys_of(kind, key), key)).get(key, UNMARKED)
    return marks[kind, key]


def keys_of(kind: str, key: int) -> Collection[str]:
    """The keys under which it may be kept: its own, and those of the stories that were merged into it."""
    if kind != Item.STORY:
        return [str(key)]
    return [str(key), *(str(merged) for merged in Story.objects.filter(merged_into=key).values_list("pk", flat=True))]


def unread(stories: StoryQuerySet, reader: Reader) -> StoryQuerySet:
    """The stories that the reader has not read."""
    read = Seen.objects.filter(reader=reader, kind=Item.STORY, is_read=True)
    return stories.exclude(Exists(read.filter(key=Cast(OuterRef("pk"), CharField(max_length=20)))))
