"""What readers say under stories and articles."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models

from newsroom.articles.models import Article
from newsroom.stories.models import Story


class CommentQuerySet(models.QuerySet["Comment"]):
    def shown(self) -> CommentQuerySet:
        return self.filter(state=Comment.State.SHOWN)

    def by_address_since(self, address_hash: str, moment: datetime) -> CommentQuerySet:
        return self.filter(address_hash=address_hash, created_at__gte=moment)


class Comment(models.Model):
    """Words of a reader under a story or an article, kept as written; they are made safe where they are shown."""

    class State(models.TextChoices):
        HELD = "held"  # waits for a moderator; held_because says why
        SHOWN = "shown"
        REFUSED = "refused"
        DELETED = "deleted"  # by its writer; its place in the thread stays, its words are gone

    story = models.ForeignKey(Story, models.SET_NULL, null=True, blank=True, related_name="comments")
    article = models.ForeignKey(Article, models.CASCADE, null=True, blank=True, related_name="comments")
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="comments"
    )
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="answers")
    root = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="thread")  # None: it is one
    name = models.CharField(max_length=60)
    text = models.TextField(max_length=4000)
    state = models.CharField(max_length=8, choices=State.choices, default=State.HELD, db_index=True)
    held_because = models.JSONField(default=list, blank=True)  # keys of comments.holding.REASONS
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    address_hash = models.CharField(max_length=64)  # keyed hash of the address, for the rate limit alone

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return f"{self.name}: {self.text[:60]}"


class Report(models.Model):
    """A reader says that a comment breaks the rules; one a reader."""

    class Reason(models.TextChoices):
        SPAM = "spam"
        ABUSE = "abuse"
        OFF_TOPIC = "off topic"
        FALSE = "false"
        OTHER = "other"

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="reports")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=12, choices=Reason.choices)
    text = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")
        constraints = (models.UniqueConstraint(fields=("comment", "reader"), name="report_once"),)


class ThreadRule(models.Model):
    """What holds of one thread alone."""

    story = models.OneToOneField(Story, models.CASCADE, null=True, blank=True, related_name="thread_rule")
    article = models.OneToOneField(Article, models.CASCADE, null=True, blank=True, related_name="thread_rule")
    closed = models.BooleanField(default=False)
    slow_s = models.PositiveIntegerField(default=0)
    premoderated = models.BooleanField(default=False)


from newsroom.comments import moderation  # noqa: E402, F401  its rows belong to this app, and name Comment
