"""What a reader follows and mutes: rows by kind and key, each once, none beyond a limit that errors name."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from newsroom.readers.models import Follow, Mute, Reader

FOLLOWS_MOST = 2000
MUTES_MOST = 500
LONGEST_KEY = 200
# One page each, that of their hashtag: followed under any of these kinds it is followed.
OF_A_HASHTAG = frozenset({Follow.Kind.HASHTAG, Follow.Kind.PERSON, Follow.Kind.PLACE, Follow.Kind.ORGANISATION})


class CannotKeep(ValueError):
    """It is not kept for the reader; the message says why and what to do."""


def kinds_like(kind: str) -> frozenset[str]:
    """The kinds under which the same thing may be followed."""
    return OF_A_HASHTAG if kind in OF_A_HASHTAG else frozenset({kind})


def follow(reader: Reader, kind: str, key: str, name: str, now: datetime) -> bool:
    """Follow it; True if it was not followed before. Raises CannotKeep at the limit."""
    with transaction.atomic():
        lock(reader)
        rows = Follow.objects.filter(reader=reader)
        if rows.filter(kind__in=kinds_like(kind), key=key).exists():
            return False
        if rows.count() >= FOLLOWS_MOST:
            raise CannotKeep(
                _("You follow %(n)d things, and no more are kept. Remove one at /following first.")
                % {"n": FOLLOWS_MOST}
            )
        _row, is_new = rows.get_or_create(reader=reader, kind=kind, key=key, defaults={"name": name, "since": now})
    return is_new


def unfollow(reader: Reader, kind: str, keys: Collection[str]) -> None:
    """Follow it no longer, under none of its keys."""
    Follow.objects.filter(reader=reader, kind__in=kinds_like(kind), key__in=keys).delete()


def mute(reader: Reader, kind: str, key: str, name: str, now: datetime) -> bool:
    """Mute it; True if it was not muted before. Raises CannotKeep at the limit."""
    with transaction.atomic():
        lock(reader)
        rows = Mute.objects.filter(reader=reader)
        if rows.filter(kind=kind, key=key).exists():
            return False
        if rows.count() >= MUTES_MOST:
            raise CannotKeep(
                _("You mute %(n)d things, and no more are kept. Remove one at /following first.") % {"n": MUTES_MOST}
            )
        _row, is_new = rows.get_or_create(reader=reader, kind=kind, key=key, defaults={"name": name, "since": now})
    return is_new


def unmute(reader: Reader, kind: str, keys: Collection[str]) -> None:
    """Mute it no longer, under none of its keys."""
    Mute.objects.filter(reader=reader, kind=kind, key__in=keys).delete()


def lock(reader: Reader) -> None:
    """In the caller's transaction: what the same reader does at the same moment waits, so that limits hold."""
    Reader.objects.select_for_update().filter(pk=reader.pk).values_list("pk").first()


def compared_form(text: str) -> str:
    """Text as the words of a reader or operator are looked for: one form of each sign, no capitals, single spaces.

    Accents stay, which newstext.words.fold drops: who mutes a word means that word.
    """
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())
