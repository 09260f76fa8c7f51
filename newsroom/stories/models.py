"""What happened: stories, which articles tell them, and what stands behind them."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

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

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stories"
        indexes = (
            models.Index(fields=("merged_into", "is_private", "-last_at"), name="story_front"),
            models.Index(fields=("claimed_by",), name="story_claimed", condition=~models.Q(claimed_by="")),
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
    """A subject that stories are about, as one entity. `key` is its folded form and its address.

    last_name: the folded last word of what may be a person's name, by which a
    story that has the last name alone finds it. article_count: of its stories;
    counted when notes are kept. A blocked one is in no story and stays so.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        ORGANISATION = "organisation", _("organisation")
        PLACE = "place", _("place")

    PAGE_FROM = 3  # articles; below, it is a word under a story and no page

    key = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=120)  # as shown, without #
    kind = models.CharField(max_length=12, choices=Kind, blank=True)
    last_name = models.CharField(max_length=120, blank=True, db_index=True)
    first_seen_at = models.DateTimeField(null=True, blank=True)
    article_count = models.PositiveIntegerField(default=0)
    is_blocked = models.BooleanField(default=False)
    stories = models.ManyToManyField(Story, related_name="hashtags", blank=True)

    class Meta:
        ordering = ("name",)

    @property
    def has_page(self) -> bool:
        return self.article_count >= self.PAGE_FROM and not self.is_blocked

    def __str__(self) -> str:
        return f"#{self.name}"

    def get_absolute_url(self) -> str:
        return f"/hashtag/{self.key}"


class HashtagAlias(models.Model):
    """Another key of a hashtag: a shorter name, or one that an editor united or renamed."""

    key = models.CharField(max_length=120, unique=True)
    hashtag = models.ForeignKey(Hashtag, models.CASCADE, related_name="aliases")

    class Meta:
        verbose_name_plural = "hashtag aliases"

    def __str__(self) -> str:
        return self.key


class TrendingHashtag(models.Model):
    """A hashtag with many more articles in the last day than usual; all are chosen anew together."""

    hashtag = models.OneToOneField(Hashtag, models.CASCADE, related_name="trending")
    score = models.FloatField()
    articles = models.PositiveIntegerField()  # of the last day, without copies
    usual = models.FloatField()  # a day, over the two weeks before
    publishers = models.PositiveIntegerField()

    class Meta:
        ordering = ("-score", "pk")

    def __str__(self) -> str:
        return f"{self.hashtag} {self.articles}"


class TrendingRound(models.Model):
    """When the trending hashtags were last chosen; one row."""

    made_at = models.DateTimeField()
