"""What one worker at a time owns, and whose claims are those of the gone: rows that every machine sees.

Times here are the database's: machines need not agree on theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from newsroom.claims import Claimable
from newsroom.desk.models import Lease, Worker

SEEN_EVERY_S = 5.0
GONE_AFTER = timedelta(seconds=20)
SWEEP = "sweep"
SWEEP_LEASE = timedelta(seconds=15)
SHARD_LEASE = timedelta(minutes=5)  # a round takes seconds; a killed one's is freed as soon as it is seen to be gone
CODE_MOST = 12  # letters of a language, as Article.language has them


class Lost(Exception):
    """Another owns by now what this worker took; the message names it."""


def moment() -> datetime:
    """Now, by the database's clock; on SQLite, which one machine has alone, by its own."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found


def say_alive(name: str, now: datetime, *, version: str, problem: str = "") -> bool:
    """Note that this worker lives; False where it is new, or was taken for gone meanwhile."""
    told = {"seen_at": now, "version": version[:40], "problem": problem}
    _, is_new = Worker.objects.update_or_create(name=name, defaults=told, create_defaults={**told, "began_at": now})
    return not is_new


def free_what_the_gone_held(now: datetime, models: Iterable[type[Claimable]]) -> list[str]:
    """Hand back what workers held that nobody has seen for GONE_AFTER, and forget them; their names."""
    gone = list(Worker.objects.filter(seen_at__lt=now - GONE_AFTER).values_list("name", flat=True))
    if gone:
        for model in models:
            held = model._default_manager.exclude(claimed_by="").filter(claimed_by__in=gone)
            held.update(claimed_by="", claimed_until=None)
        Worker.objects.filter(name__in=gone, seen_at__lt=now - GONE_AFTER).delete()
    return gone


def hold(name: str, owner: str, now: datetime, lease: timedelta) -> bool:
    """Take this lease, or keep it for longer; False while another has it."""
    Lease.objects.get_or_create(name=name)
    is_free = Q(claimed_by=owner) | Q(claimed_until=None) | Q(claimed_until__lt=now)
    return bool(Lease.objects.filter(is_free, name=name).update(claimed_by=owner, claimed_until=now + lease))


class Shards:
    """The languages whose articles this desk places: each is one desk's at a time.

    at_once: how many it takes in a round; None: all that nobody else has.
    """

    def __init__(self, owner: str, *, at_once: int | None = None) -> None:
        self.owner = owner
        self.at_once = at_once

    @contextmanager
    def taken(self, languages: Sequence[str]) -> Iterator[list[str]]:
        """Own those of these languages, the first first, that nobody else has, and let go of them in the end."""
        names = {f"group {language[:CODE_MOST]}": language for language in languages}
        there = set(Lease.objects.filter(name__in=names).values_list("name", flat=True))
        missing = [Lease(name=name) for name in names if name not in there]
        Lease.objects.bulk_create(missing, ignore_conflicts=True)
        now, most = moment(), self.at_once or len(names)
        free = list(Lease.objects.filter(name__in=names).free(now).values_list("name", flat=True))
        chosen = [name for name in names if name in free][:most]
        rows = Lease.objects.filter(name__in=chosen)
        won = [row.name for row in rows.claim(self.owner, now, most=most, lease=SHARD_LEASE)]
        try:
            yield [names[name] for name in chosen if name in won]
        finally:
            Lease.objects.filter(name__in=won).release(self.owner)

    def require(self, languages: Collection[str]) -> None:
        """Keep these languages until the end of the caller's transaction. Raises Lost where another has one by now."""
        names = [f"group {language[:CODE_MOST]}" for language in languages]
        mine = Lease.objects.select_for_update().filter(name__in=names, claimed_by=self.owner).order_by("name")
        held = set(mine.values_list("name", flat=True))
        if lost := [name for name in names if name not in held]:
            raise Lost(f"{', '.join(lost)}: taken over by another worker; what was placed is left to it.")
