"""What readers say under an article."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from newsroom.articles.models import Article


class CommentQuerySet(models.QuerySet["Comment"]):
    def shown(self) -> CommentQuerySet:
        return self.filter(state=Comment.State.SHOWN)

    def by_address_since(self, address_hash: str, moment: datetime) -> CommentQuerySet:
        return self.filter(address_hash=address_hash, created_at__gte=moment)


class Comment(models.Model):
    """A reader's words, kept as written; they are made safe where they are shown."""

    class State(models.TextChoices):
        HELD = "held"
        SHOWN = "shown"
        REFUSED = "refused"

    article = models.ForeignKey(Article, models.CASCADE, related_name="comments")
    name = models.CharField(max_length=60)
    text = models.TextField(max_length=4000)
    state = models.CharField(max_length=8, choices=State.choices, default=State.HELD, db_index=True)
    created_at = models.DateTimeField()
    address_hash = models.CharField(max_length=64)  # keyed hash of the address, for the rate limit alone

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return f"{self.name}: {self.text[:60]}"
