"""What a reader keeps for later: stories and articles, each once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from newsroom.readers.following import CannotKeep, lock
from newsroom.readers.models import Reader, Saved

SAVED_MOST = 10_000


def save(reader: Reader, kind: str, key: str, now: datetime) -> bool:
    """Keep it for later; True if it was not kept before. Raises CannotKeep at the limit."""
    return bool(save_many(reader, {(kind, key): now}))


def save_many(reader: Reader, moments: Mapping[tuple[str, str], datetime]) -> int:
    """Keep these for later, (kind, key) -> when; how many are new. Raises CannotKeep, and keeps none, at the limit."""
    with transaction.atomic():
        lock(reader)
        rows = Saved.objects.filter(reader=reader)
        held = set(rows.values_list("kind", "key")) if len(moments) > 1 else _held(reader, moments)
        new = [one for one in moments if one not in held]
        if new and rows.count() + len(new) > SAVED_MOST:
            raise CannotKeep(
                _("%(n)d things are saved at most. Remove some at /saved first; nothing more was saved.")
                % {"n": SAVED_MOST}
            )
        made = [Saved(reader=reader, kind=kind, key=key, at=moments[kind, key]) for kind, key in new]
        Saved.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)
    return len(new)


def unsave(reader: Reader, kind: str, keys: Collection[str]) -> None:
    """Keep it no longer, under none of its keys."""
    Saved.objects.filter(reader=reader, kind=kind, key__in=keys).delete()


def _held(reader: Reader, wanted: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(kind, key) for kind, key in wanted if Saved.objects.filter(reader=reader, kind=kind, key=key).exists()}
