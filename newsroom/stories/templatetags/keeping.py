"""What the buttons that follow, mute, save and mark as read need to know of whoever asks; nothing for a stranger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.middleware.csrf import get_token

from newsroom.readers.following import kinds_like
from newsroom.readers.models import Follow, Mute
from newsroom.readers.who_asks import reader_of
from newsroom.stories import marks
from newsroom.stories.marks import Mark
from newsroom.stories.models import Story
from newsroom.stories.subjects import Subject, all_keys

register = template.Library()
MUTABLE = frozenset(Mute.Kind.values)


@dataclass(frozen=True, slots=True)
class Followed:
    """How a reader stands to something. mute_kind: under which it can be muted, "" where it cannot."""

    is_followed: bool
    mute_kind: str
    is_muted: bool = False


@register.simple_tag(takes_context=True)
def follow_state(context: dict[str, Any], kind: str, key: object) -> Followed | None:
    """Whether the reader follows and mutes it, under whichever of its keys; None for who is not signed in."""
    request = context.get("request")
    reader = reader_of(request) if request is not None else None
    if reader is None:
        return None
    kinds = kinds_like(kind)
    keys = all_keys(Subject(kind, str(key), ""))
    mute_kind = next(iter(kinds & MUTABLE), "")
    is_followed = Follow.objects.filter(reader=reader, kind__in=kinds, key__in=keys).exists()
    if not mute_kind:
        return Followed(is_followed, "")
    is_muted = Mute.objects.filter(reader=reader, kind=mute_kind, key__in=keys).exists()
    return Followed(is_followed, mute_kind, is_muted)


@register.simple_tag(takes_context=True)
def own_mark(context: dict[str, Any], kind: str, key: int) -> Mark | None:
    """The reader's mark of the page's own story or article; None for who is not signed in."""
    request = context.get("request")
    return marks.own(request, kind, key) if request is not None else None


@register.simple_tag(takes_context=True)
def list_mark(context: dict[str, Any], kind: str, key: int) -> Mark | None:
    """The reader's mark of one of a list, where the page looked its list up; never a query."""
    request = context.get("request")
    return marks.known(request, kind, key) if request is not None else None


@register.simple_tag
def new_since(story: Story, mark: Mark | None) -> bool:
    """True of a story that has something new since the reader marked it as read."""
    return bool(mark and mark.read_at and story.last_at > mark.read_at)


@register.simple_tag(takes_context=True)
def csrf_for_script(context: dict[str, Any]) -> str:
    """The token that keeping.js sends with what it posts; on pages of who is signed in alone."""
    request = context.get("request")
    return get_token(request) if request is not None and reader_of(request) is not None else ""
