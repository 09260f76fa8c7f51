"""What we read: publishers, their feeds, and how each check of a feed went."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models

from newsroom.claims import Claimable, ClaimQuerySet
from newstext.mastheads import short_name


class PublisherQuerySet(models.QuerySet["Publisher"]):
    def mark_namesakes(self, name_key: str) -> None:
        """Note on all publishers of that name whether a reader must be told which one is meant."""
        alike = self.filter(name_key=name_key)
        alike.update(shares_name=alike.count() > 1)


class Publisher(models.Model):
    """Who publishes. `domain` and `name` together tell two papers called The Sun apart.

    `name_key` is the name without article and web's additions, so that
    "Independent" and "The Independent" of one domain are one.
    """

    slug = models.SlugField(max_length=80, unique=True, allow_unicode=True)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, blank=True, db_index=True)  # newstext.mastheads.short_name
    shares_name = models.BooleanField(default=False)  # another publisher has the same name_key
    domain = models.CharField(max_length=255, db_index=True, blank=True)
    home_url = models.TextField(blank=True)
    country = models.CharField(max_length=2, blank=True)
    country_name = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=12, blank=True)
    beat = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    is_sample = models.BooleanField(default=False)
    sample_stays = models.BooleanField(default=False)  # asked for by ./run sample
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PublisherQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("domain", "name"), name="publisher_domain_name"),)

    def __str__(self) -> str:
        return self.name

    def save(self, *, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """The folded name follows the name, and namesakes learn of one another."""
        if update_fields is not None and "name" not in update_fields:
            super().save(update_fields=update_fields, **options)
            return
        before, self.name_key = self.name_key, short_name(self.name)[:200]
        fields = None if update_fields is None else {*update_fields, "name_key"}
        super().save(update_fields=fields, **options)
        for key in {before, self.name_key}:
            Publisher.objects.mark_namesakes(key)
        self.shares_name = Publisher.objects.filter(name_key=self.name_key).count() > 1

    @property
    def shown_name(self) -> str:
        """The name as lists show it: with the domain where another publisher is called the same."""
        return f"{self.name} ({self.domain})" if self.shares_name and self.domain else self.name

    def get_absolute_url(self) -> str:
        return f"/publisher/{self.slug}"


class OldSlug(models.Model):
    """Where the page of a publisher stood that was united with another; it leads on to that one."""

    slug = models.SlugField(max_length=80, unique=True, allow_unicode=True)
    publisher = models.ForeignKey(Publisher, models.CASCADE, related_name="old_slugs")

    def __str__(self) -> str:
        return self.slug


class FeedQuerySet(ClaimQuerySet):
    def due(self, now: datetime) -> FeedQuerySet:
        """Feeds to check, the longest waiting first."""
        return self.filter(is_on=True, next_check_at__lte=now).order_by("next_check_at", "pk")


class Feed(Claimable):
    """One feed of a publisher, with what the next conditional GET must send."""

    publisher = models.ForeignKey(Publisher, models.CASCADE, related_name="feeds")
    url = models.TextField(unique=True)
    title = models.CharField(max_length=300, blank=True)
    section = models.CharField(max_length=60, blank=True)
    is_on = models.BooleanField(default=True)
    next_check_at = models.DateTimeField(db_index=True)
    interval_s = models.PositiveIntegerField(default=900)
    etag = models.TextField(blank=True)
    last_modified = models.TextField(blank=True)
    body_hash = models.CharField(max_length=64, blank=True)
    moved_to = models.TextField(blank=True)
    moved_count = models.PositiveSmallIntegerField(default=0)
    last_checked_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    problem_kind = models.CharField(max_length=40, blank=True)
    problem = models.TextField(blank=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        ordering = ("publisher", "url")
        indexes = (
            models.Index(fields=("is_on", "next_check_at")),
            models.Index(fields=("claimed_by",), name="feed_claimed", condition=~models.Q(claimed_by="")),
        )

    def __str__(self) -> str:
        return self.url


class Check(models.Model):
    """How one look at a feed went; kept so that a publisher's page can show it."""

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="checks")
    at = models.DateTimeField(db_index=True)
    outcome = models.CharField(max_length=40)  # new, unchanged, or the kind of problem
    status = models.PositiveSmallIntegerField(default=0)
    message = models.TextField(blank=True)
    new_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    elapsed_s = models.FloatField(default=0)

    class Meta:
        ordering = ("-at", "-pk")
