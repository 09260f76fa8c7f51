"""What happened: stories, which articles tell them, and what stands behind them."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.text import slugify

from newsroom.articles.models import Article
from newsroom.claims import Claimable, ClaimQuerySet


class Storyline(models.Model):
    """The stories of one course of events. `key` is the id of the article that opened it."""

    key = models.CharField(max_length=40, unique=True)
    title = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.title or self.key


class StoryQuerySet(ClaimQuerySet):
    def public(self) -> StoryQuerySet:
        """Stories that stand by themselves: not merged away, not a reader's own text."""
        return self.filter(merged_into=None, is_private=False)

    def due_for_notes(self, now: datetime) -> StoryQuerySet:
        return self.filter(notes_due_at__lte=now, merged_into=None).order_by("-last_at", "pk")

    def due_to_settle(self) -> StoryQuerySet:
        """Stories that have changed since they were looked at again, the newest first."""
        return self.public().filter(settled_at=None).order_by("-last_at", "pk")


class Story(Claimable):
    """One event, with all its tellings. `key` is the id of the article that opened it."""

    key = models.CharField(max_length=40, unique=True)
    storyline = models.ForeignKey(Storyline, models.PROTECT, related_name="stories")
    lead = models.ForeignKey(Article, models.SET_NULL, null=True, blank=True, related_name="+")
    title = models.TextField(blank=True)
    language = models.CharField(max_length=12, default="und")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)
    article_count = models.PositiveIntegerField(default=0)
    publisher_count = models.PositiveIntegerField(default=0)
    is_sample = models.BooleanField(default=False)
    is_private = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="merged")
    notes_due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    settled_at = models.DateTimeField(null=True, blank=True)  # when it was looked at again; None: it has changed since

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stories"
        indexes = (
            models.Index(fields=("merged_into", "is_private", "-last_at"), name="story_front"),
            models.Index(fields=("claimed_by",), name="story_claimed", condition=~models.Q(claimed_by="")),
            models.Index(fields=("-last_at",), name="story_unsettled", condition=models.Q(settled_at=None)),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        slug = slugify(self.title, allow_unicode=True)[:80]
        return f"/story/{self.pk}/{slug}" if slug else f"/story/{self.pk}"


class Placement(models.Model):
    """Why an article stands in its story."""

    article = models.OneToOneField(Article, models.CASCADE, related_name="placement")
    story = models.ForeignKey(Story, models.CASCADE, related_name="placements")
    copy_of = models.ForeignKey(Article, models.SET_NULL, null=True, blank=True, related_name="copies")
    because = models.JSONField(default=list, blank=True)
    score = models.FloatField(default=0)
    rule = models.CharField(max_length=60, blank=True)
    placed_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("-placed_at",), name="placement_placed_at"),)


class Notes(models.Model):
    """What stands behind a story; `body` is newstext.jsonlines' form of StoryNotes."""

    story = models.OneToOneField(Story, models.CASCADE, related_name="notes")
    body = models.JSONField()
    related = models.JSONField(default=list)  # [{"article": id, "because": [...]}], best first
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    article_count = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "notes"


class Hashtag(models.Model):
    """A subject that stories are about. `key` is its folded form and its address."""

    key = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=120)  # as shown, without #
    stories = models.ManyToManyField(Story, related_name="hashtags", blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return f"#{self.name}"

    def get_absolute_url(self) -> str:
        return f"/hashtag/{self.key}"
