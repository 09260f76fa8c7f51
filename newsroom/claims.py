"""Claims on rows that are due: one owner at a time, for as long as a lease.

Whoever works on a row holds it by an UPDATE that succeeds for one only. A
killed worker's claim runs out and the row is due again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models, transaction
from django.db.models import Q

LEASE = timedelta(minutes=5)


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

    def claim(self, owner: str, now: datetime, *, most: int, lease: timedelta = LEASE) -> list[Any]:
        """Take up to `most` of these rows for `owner`; returns those won, in order."""
        with transaction.atomic():
            wanted = list(self.free(now).values_list("pk", flat=True)[:most])
            rows = self.model._default_manager.filter(pk__in=wanted)
            until = now + lease
            rows.free(now).update(claimed_by=owner, claimed_until=until)
            won = {row.pk: row for row in rows.filter(claimed_by=owner, claimed_until=until)}
        return [won[key] for key in wanted if key in won]

    def release(self, owner: str) -> int:
        """Hand back what `owner` still holds of these rows."""
        return self.filter(claimed_by=owner).update(claimed_by="", claimed_until=None)
