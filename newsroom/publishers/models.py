"""What we read: publishers, their feeds, and how each check of a feed went."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from newsroom.claims import Claimable, ClaimQuerySet
from newsroom.log_lines import open_address
from newstext.mastheads import short_name


class PublisherQuerySet(models.QuerySet["Publisher"]):
    def mark_namesakes(self, name_key: str) -> None:
        """Note on all publishers of that name whether a reader must be told which one is meant."""
        alike = self.filter(name_key=name_key)
        alike.update(shares_name=alike.count() > 1)


class Publisher(models.Model):
    """Who publishes. `domain` and `name` together tell two papers called The Sun apart.

    `name_key` is the name without article and web's additions, so that
    "Independent" and "The Independent" of one domain are one. `owner`,
    `owner_kind`, `licence`: "" where it is not known. `text_access`: how much
    of its texts anybody may read here; "" as PUBLIC_TEXT says.
    """

    class OwnerKind(models.TextChoices):
        PUBLIC = "public", _("a public broadcaster")
        STATE = "state", _("a state")
        COMPANY = "company", _("a company")
        TRUST = "trust", _("a trust or a body without profit")
        COOPERATIVE = "cooperative", _("a cooperative")
        PARTY = "party", _("a party or movement")
        FAITH = "faith", _("a faith community")
        PERSON = "person", _("a person or family")

    class TextAccess(models.TextChoices):
        WHOLE = "whole", _("whole: anybody reads its texts here")
        EXCERPT = "excerpt", _("excerpt: the beginning, and the sentences that notes stand on")
        HEADLINE = "headline", _("headline: no beginning, only the sentences that notes stand on")

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
    # Of the favicon that is held (newsroom.publishers.favicons). Null, so that SQLite adds the column in place.
    favicon_digest = models.CharField(max_length=16, null=True, blank=True)
    owner = models.CharField(max_length=200, blank=True, default="")
    owner_kind = models.CharField(max_length=12, blank=True, default="", choices=OwnerKind.choices)
    licence = models.CharField(max_length=80, blank=True, default="", help_text="Of its texts, as CC-BY-4.0.")
    text_access = models.CharField(
        max_length=8,
        blank=True,
        default="",
        choices=TextAccess.choices,
        help_text="What readers who have not signed in see. Empty: as the setting PUBLIC_TEXT says.",
    )
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


class FaviconQuerySet(ClaimQuerySet):
    def due(self, now: datetime) -> FaviconQuerySet:
        """Favicons to ask for, those never asked for first."""
        return self.filter(next_at__lte=now).order_by("next_at", "pk")


class Favicon(Claimable):
    """When a publisher's favicon is asked for, and why none is held. Which is held: Publisher.favicon_digest."""

    publisher = models.OneToOneField(Publisher, models.CASCADE, related_name="favicon")
    next_at = models.DateTimeField(db_index=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)

    objects = FaviconQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("claimed_by",), name="favicon_claimed", condition=~models.Q(claimed_by="")),)

    def __str__(self) -> str:
        return self.problem or "held"


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
    # Somebody named it: the choice of starting publishers leaves it alone. db_default: no table is made anew for it.
    is_by_hand = models.BooleanField(default=False, db_default=False)
    next_check_at = models.DateTimeField(db_index=True)
    interval_s = models.PositiveIntegerField(default=900)
    etag = models.TextField(blank=True)
    last_modified = models.TextField(blank=True)
    body_hash = models.CharField(max_length=64, blank=True)
    moved_to = models.TextField(blank=True)
    moved_count = models.PositiveSmallIntegerField(default=0)
    moved_since = models.DateTimeField(null=True, blank=True)  # when its address first led to moved_to, in this row
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
        return self.open_url

    @property
    def open_url(self) -> str:
        """Its address as anybody may see it: a query, or a name before the host, may be a subscriber's key."""
        return open_address(self.url)


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


class Memory(models.Model):
    """What stood on several of one publisher's pages, by registrable domain: its furniture.

    version grows with it; `apply_due_at` says when the articles read before are to be
    cleaned of what was learned since (None: nothing is to be done).
    """

    domain = models.CharField(max_length=255, unique=True)
    version = models.PositiveIntegerField(default=0)
    body = models.JSONField(default=dict)  # newstext.extract.PublisherMemory.publisher_to_json
    changed_at = models.DateTimeField()
    apply_due_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        verbose_name_plural = "memories"

    def __str__(self) -> str:
        return f"{self.domain}, version {self.version}"


class BackfillQuerySet(ClaimQuerySet):
    def due(self, now: datetime) -> BackfillQuerySet:
        """Backfills with something to do now, the longest waiting first."""
        return self.filter(state=Backfill.WAITING, next_at__lte=now).order_by("next_at", "pk")


class Backfill(Claimable):
    """A publisher's earlier articles: how far back they are wanted, and how far that has come.

    Its claim is the claim on everything of it, so a publisher's host is asked
    by one worker at a time. What is to be walked stands in `sources`, what is
    to be read in the articles.
    """

    WAITING, DONE = "waiting", "done"

    publisher = models.OneToOneField(Publisher, models.CASCADE, related_name="backfill")
    days = models.PositiveSmallIntegerField()
    since = models.DateTimeField()  # nothing older is wanted
    state = models.CharField(max_length=8, default=WAITING)
    asked_at = models.DateTimeField()  # when its sources were last begun with anew
    next_at = models.DateTimeField()
    # As the host asks us, or because the hour is used up: nobody may hurry it.
    rests_until = models.DateTimeField(null=True, blank=True)
    taken_by_day = models.JSONField(default=dict)  # "2026-11-03" -> articles taken of that day
    hour_at = models.DateTimeField(null=True, blank=True)
    hour_count = models.PositiveIntegerField(default=0)  # requests since hour_at
    failures = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)

    objects = BackfillQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("state", "next_at"), name="backfill_due"),
            models.Index(fields=("claimed_by",), name="backfill_claimed", condition=~models.Q(claimed_by="")),
        )

    def __str__(self) -> str:
        return f"{self.publisher} since {self.since:%Y-%m-%d}"


class BackfillSource(models.Model):
    """One place that lists earlier articles: robots.txt, a sitemap or an index, a page of a feed.

    Walked whole or not at all, in one transaction with the articles it gave.
    """

    ROBOTS, FEED, SITEMAP = "robots", "feed", "sitemap"
    WAITING, DONE, FAILED, ENOUGH = "waiting", "done", "failed", "enough"

    backfill = models.ForeignKey(Backfill, models.CASCADE, related_name="sources")
    url = models.TextField()
    kind = models.CharField(max_length=8)
    feed = models.ForeignKey(Feed, models.CASCADE, null=True, blank=True, related_name="+")
    depth = models.PositiveSmallIntegerField(default=0)
    newest_at = models.DateTimeField(null=True, blank=True)  # of what it lists, as far as it was told
    oldest_at = models.DateTimeField(null=True, blank=True)
    has_older = models.BooleanField(default=False)  # it lists what was too old to be wanted
    is_guess = models.BooleanField(default=False)  # nobody named it: it may well not be there
    state = models.CharField(max_length=8, default=WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)  # articles of the days wanted
    taken = models.PositiveIntegerField(default=0)
    walked_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("backfill", "url"), name="backfill_source_once"),)
        indexes = (models.Index(fields=("backfill", "state"), name="backfill_source_state"),)

    def __str__(self) -> str:
        return self.url


class StartingChoice(models.Model):
    """Which of the starting publishers are followed: those of these countries, languages and beats. One row.

    An empty list means any. paused: the feeds that the choice itself switched
    off, and may switch on again; what an editor switched off stays off.
    """

    countries = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    beats = models.JSONField(default=list)
    paused = models.JSONField(default=list)  # primary keys of feeds
    chosen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"chosen {self.chosen_at:%Y-%m-%d}"


class AdditionQuerySet(ClaimQuerySet):
    def due(self) -> AdditionQuerySet:
        """Those to look for, in the order they were asked for."""
        return self.filter(state=Addition.WAITING).order_by("pk")


class Addition(Claimable):
    """One address that a person asked to follow on the site: a line, or an outline of an OPML list.

    said: as it was written; url: what is fetched. reason: of a failed one,
    why and the way out. items: what its feed held when it was found.
    """

    WAITING, FOLLOWED, KNOWN, FAILED = "waiting", "followed", "known", "failed"

    said = models.CharField(max_length=300)
    url = models.TextField(blank=True, db_index=True)
    title = models.CharField(max_length=300, blank=True)
    home_url = models.TextField(blank=True)
    section = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=8, default=WAITING, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    feed = models.ForeignKey(Feed, models.SET_NULL, null=True, blank=True, related_name="+")
    items = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    objects = AdditionQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("claimed_by",), name="addition_claimed", condition=~models.Q(claimed_by="")),)

    def __str__(self) -> str:
        return self.said
