"""Claims on rows that are due: one owner at a time, for as long as a lease.

Whoever works on a row holds it by an UPDATE that succeeds for one only. A
killed worker's claim runs out and the row is due again.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

LEASE = timedelta(minutes=5)


def new_owner() -> str:
    """A name for this worker: machine, process, and a part that no other shares."""
    return f"{socket.gethostname()[:30]}/{os.getpid()}/{secrets.token_hex(4)}"


def _is_dead(owner: str) -> bool:
    """True only for a process of this machine that does not run any more."""
    host, _, rest = owner.partition("/")
    number = rest.partition("/")[0]
    if host != socket.gethostname()[:30] or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return int(number) == os.getpid()  # we are new: what bears our number is older


class Claimable(models.Model):
    """A row that a worker may hold."""

    claimed_by = models.CharField(max_length=64, blank=True, default="")
    claimed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class ClaimQuerySet(models.QuerySet[Any]):
    def free(self, now: datetime) -> Self:
        """Rows that no living worker holds."""
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lt=now))

    def among(self, only: Collection[int] | None) -> Self:
        """Of these rows those whose keys are named; all where None are."""
        return self if only is None else self.filter(pk__in=only)

    def claim(self, owner: str, now: datetime, *, most: int, lease: timedelta = LEASE) -> list[Any]:
        """Take up to `most` of these rows for `owner`; returns those won, in order."""
        with transaction.atomic():
            wanted = list(self.free(now).values_list("pk", flat=True)[:most])
            rows = self.model._default_manager.filter(pk__in=wanted)
            until = now + lease
            rows.free(now).update(claimed_by=owner, claimed_until=until)
            won = {row.pk: row for row in rows.filter(claimed_by=owner, claimed_until=until)}
        return [won[key] for key in wanted if key in won]

    def release_dead(self) -> int:
        """Hand back what processes of this machine held that are gone; how many rows.

        Without it a killed site would wait for its own leases to run out.
        """
        owners = self.exclude(claimed_by="").order_by().values_list("claimed_by", flat=True).distinct()
        dead = [owner for owner in owners if _is_dead(owner)]
        return self.filter(claimed_by__in=dead).update(claimed_by="", claimed_until=None) if dead else 0

    def release(self, owner: str, *, tries: str = "") -> int:
        """Hand back what `owner` still holds of these rows; with the try that was counted in the field `tries`."""
        # exclude() lets SQLite use the partial index on claims
        held = self.exclude(claimed_by="").filter(claimed_by=owner)
        given_back = {tries: Greatest(F(tries) - 1, 0)} if tries else {}
        return held.update(claimed_by="", claimed_until=None, **given_back)
