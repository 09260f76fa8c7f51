"""What publishers published: each article once, its versions, and what could not be read."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.text import slugify

from newsroom.claims import Claimable, ClaimQuerySet
from newsroom.publishers.models import Feed, Publisher
from newstext.records import READABLE_KINDS


class ArticleQuerySet(ClaimQuerySet):
    def public(self) -> ArticleQuerySet:
        """Without the texts that readers brought for themselves."""
        return self.filter(private_key="")

    def due_to_read(self, now: datetime) -> ArticleQuerySet:
        """Articles whose page is to be fetched: never-read ones first, newest first."""
        due = self.filter(next_read_at__lte=now)
        return due.order_by(models.F("read_at").asc(nulls_first=True), "-seen_at", "pk")

    def due_to_group(self) -> ArticleQuerySet:
        """Read but in no story yet, in order of arrival."""
        return self.filter(grouped_at=None, read_at__isnull=False, private_key="").order_by("seen_at", "pk")


class Article(Claimable):
    """One article of one publisher.

    What is due stands in the row: `next_read_at` says when its page is to be
    fetched (None: not again), `read_at` None that it has no text yet,
    `grouped_at` None that it stands in no story.
    """

    publisher = models.ForeignKey(Publisher, models.CASCADE, related_name="articles")
    feed = models.ForeignKey(Feed, models.SET_NULL, null=True, blank=True, related_name="articles")
    guid = models.TextField(blank=True)
    url = models.TextField()
    url_key = models.TextField(unique=True)  # newstext.addresses.url_key: one article, one row
    canonical_url = models.TextField(blank=True)
    private_key = models.CharField(max_length=43, blank=True, default="", db_index=True)

    title = models.TextField(blank=True)
    authors = models.JSONField(default=list, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_precision = models.CharField(max_length=4, default="time")
    updated_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(db_index=True)
    language = models.CharField(max_length=12, default="und")
    kind = models.CharField(max_length=12, default="article")
    section = models.CharField(max_length=120, blank=True)
    tags = models.JSONField(default=list, blank=True)
    image = models.TextField(blank=True)
    dateline = models.CharField(max_length=120, blank=True)
    agency = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=200, blank=True)
    notices = models.JSONField(default=list, blank=True)
    related = models.JSONField(default=list, blank=True)

    summary = models.TextField(blank=True)  # the feed's own words, plain
    text = models.TextField(blank=True)  # paragraphs joined by one blank line
    # newstext.identity.text_key. Null, so that SQLite adds the column in place: a table made anew loses its triggers.
    text_key = models.CharField(max_length=32, null=True, blank=True, db_index=True)
    sentences = models.JSONField(default=list, blank=True)  # [[start, end], …] into text
    confidence = models.FloatField(default=0)
    refused = models.TextField(blank=True)  # why there is no body to show
    marks = models.JSONField(null=True, blank=True)  # newstext.marks.to_json

    entry = models.JSONField(null=True, blank=True)  # the feed item, until its page is read
    entry_hash = models.CharField(max_length=64, blank=True)
    next_read_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    read_tries = models.PositiveSmallIntegerField(default=0)
    read_problem = models.TextField(blank=True)
    grouped_at = models.DateTimeField(null=True, blank=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=("next_read_at",), name="article_due_to_read", condition=models.Q(next_read_at__isnull=False)
            ),
            models.Index(fields=("seen_at",), name="article_due_to_group", condition=models.Q(grouped_at=None)),
            models.Index(fields=("claimed_by",), name="article_claimed", condition=~models.Q(claimed_by="")),
            models.Index(fields=("feed", "guid"), name="article_feed_guid"),
            models.Index(fields=("publisher", "-published_at"), name="article_by_publisher"),
        )

    def __str__(self) -> str:
        return self.title or self.url

    @property
    def at(self) -> datetime:
        """When it was published, else when we first saw it."""
        return self.published_at or self.seen_at

    @property
    def has_body(self) -> bool:
        return bool(self.text) and not self.refused and self.kind in READABLE_KINDS

    def get_absolute_url(self) -> str:
        if self.private_key:
            return f"/text/{self.private_key}"
        slug = slugify(self.title, allow_unicode=True)[:80]
        return f"/article/{self.pk}/{slug}" if slug else f"/article/{self.pk}"


class Address(models.Model):
    """Another key under which an article is known, beside its row's own `url_key`.

    url_key: of an address its page names or was found at; "guid:FEED:GUID" of
    an item of another feed; "article:ID" of a row that was merged into it.
    """

    class Kind(models.TextChoices):
        CANONICAL = "canonical"
        AMP = "amp"
        MOBILE = "mobile"
        PRINT = "print"
        SHORT = "short"
        FOUND = "found"  # where a redirect led
        FEED = "feed"  # under which another feed lists it
        ROW = "row"

    article = models.ForeignKey(Article, models.CASCADE, related_name="addresses")
    url = models.TextField()
    url_key = models.TextField(unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)

    class Meta:
        verbose_name_plural = "addresses"

    def __str__(self) -> str:
        return self.url


class Version(models.Model):
    """How an article stood before it was changed."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="versions")
    replaced_at = models.DateTimeField()
    title = models.TextField(blank=True)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ("-replaced_at", "-pk")


class Rejection(models.Model):
    """A page or feed item that could not be used: the step, and the reason in words."""

    publisher = models.ForeignKey(Publisher, models.CASCADE, null=True, blank=True, related_name="rejections")
    url = models.TextField(blank=True)
    step = models.CharField(max_length=40)
    reason = models.TextField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.step}: {self.reason}"
