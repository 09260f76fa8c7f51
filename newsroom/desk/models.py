"""Who works at the desks of this site, on any machine, and who owns what there is only one of."""

from __future__ import annotations

from django.db import models

from newsroom.claims import Claimable, ClaimQuerySet


class Worker(models.Model):
    """One worker that takes messages, as it last said; a row that is not seen again is taken for gone.

    name: as on its claims. seen_at, began_at: by the database's clock, which all
    machines share. problem: what it lacks now, in words.
    """

    name = models.CharField(max_length=64, unique=True)
    version = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    problem = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


class Lease(Claimable):
    """What one worker at a time may do: send messages ("sweep"), or place the articles of a language ("group de")."""

    name = models.CharField(max_length=40, unique=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("claimed_by",), name="lease_claimed", condition=~models.Q(claimed_by="")),)

    def __str__(self) -> str:
        return self.name
