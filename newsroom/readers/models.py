"""Who reads: the user model, and one-time tokens."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower


class Reader(AbstractUser):
    """A reader with an account. The role says what they may do beside reading."""

    class Role(models.TextChoices):
        READER = "reader"
        TRUSTED = "trusted"
        MODERATOR = "moderator"
        EDITOR = "editor"
        ADMIN = "admin"

    role = models.CharField(max_length=12, choices=Role.choices, default=Role.READER)
    name = models.CharField(max_length=60, blank=True)  # shown beside what they write; "" until they choose one
    keeps_history = models.BooleanField(default=False)  # asked for: which stories they opened is kept in Seen
    dial = models.PositiveSmallIntegerField(default=50)  # 0: what matters to all, 100: what I follow
    time_zone = models.CharField(max_length=40, blank=True)  # IANA name; "" is the site's

    class Meta(AbstractUser.Meta):
        # Who writes under a name that others know is who they know.
        constraints = (models.UniqueConstraint(Lower("name"), condition=~models.Q(name=""), name="name_of_one_reader"),)

    def save(self, *args: object, **kwargs: object) -> None:
        """The admin site opens to editors and above; only admins may do everything."""
        self.is_superuser = self.role == self.Role.ADMIN
        self.is_staff = self.role in (self.Role.MODERATOR, self.Role.EDITOR, self.Role.ADMIN)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Follow(models.Model):
    """What a reader follows, by kind and key."""

    class Kind(models.TextChoices):
        HASHTAG = "hashtag"  # key: Hashtag.key
        PERSON = "person"  # key: Hashtag.key of the same entity
        PLACE = "place"
        ORGANISATION = "organisation"
        PUBLISHER = "publisher"  # key: Publisher.slug
        SECTION = "section"  # key: the section's name
        COUNTRY = "country"  # key: two letters
        STORYLINE = "storyline"  # key: Storyline.pk
        SEARCH = "search"  # key: the query as typed

    reader = models.ForeignKey(Reader, models.CASCADE, related_name="follows")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    key = models.CharField(max_length=200)
    name = models.CharField(max_length=200)  # as it was shown when it was followed
    since = models.DateTimeField()

    class Meta:
        ordering = ("kind", "name", "pk")
        constraints = (models.UniqueConstraint(fields=("reader", "kind", "key"), name="follow_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Mute(models.Model):
    """What a reader does not want to read of."""

    class Kind(models.TextChoices):
        WORD = "word"  # key: the word or words, case folded
        HASHTAG = "hashtag"  # key: Hashtag.key
        PUBLISHER = "publisher"  # key: Publisher.slug

    reader = models.ForeignKey(Reader, models.CASCADE, related_name="mutes")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    key = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    since = models.DateTimeField()

    class Meta:
        ordering = ("kind", "name", "pk")
        constraints = (models.UniqueConstraint(fields=("reader", "kind", "key"), name="mute_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Item(models.TextChoices):
    """What can be saved, seen and marked as read; the key is its number, as text."""

    STORY = "story"
    ARTICLE = "article"


class Saved(models.Model):
    """What a reader keeps for later."""

    reader = models.ForeignKey(Reader, models.CASCADE, related_name="saved")
    kind = models.CharField(max_length=8, choices=Item.choices)
    key = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (models.UniqueConstraint(fields=("reader", "kind", "key"), name="saved_once"),)


class Seen(models.Model):
    """What a reader marked as read, or opened where they asked for a history.

    opened_at: when they last opened it, None where no history is kept.
    """

    reader = models.ForeignKey(Reader, models.CASCADE, related_name="seen")
    kind = models.CharField(max_length=8, choices=Item.choices)
    key = models.CharField(max_length=20)
    is_read = models.BooleanField(default=True)
    at = models.DateTimeField()  # when is_read last changed
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (models.UniqueConstraint(fields=("reader", "kind", "key"), name="seen_once"),)


class AppPassword(models.Model):
    """A password for one app on one device, beside the account's own and revoked by itself. Only its hash is kept.

    digest: of what the app proves: the password itself, or for Fever the key
    that such apps make of user name and password. last_used_at: when the app
    last signed in or changed something.
    """

    class Purpose(models.TextChoices):
        GREADER = "greader"
        FEVER = "fever"

    reader = models.ForeignKey(Reader, models.CASCADE, related_name="app_passwords")
    name = models.CharField(max_length=60)  # as the reader calls it
    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.name


class AppTry(models.Model):
    """One of the failed sign-ins of apps that a name or an address has in any hour. key: a keyed hash of it.

    There are as many slots a key as tries; one is free again an hour after `at`. Why not counted as other
    limits are: docs/decisions/0013-limits-in-the-database.md.
    """

    key = models.CharField(max_length=64)
    slot = models.PositiveSmallIntegerField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("key", "slot"), name="app_try_slot"),)


class Filed(models.Model):
    """What a reader calls a followed thing in their apps, and the folder it lies in; no row: as it is everywhere.

    title: "" is the follow's name. folder: "" is none.
    """

    follow = models.OneToOneField(Follow, models.CASCADE, related_name="filed")
    title = models.CharField(max_length=200, blank=True)
    folder = models.CharField(max_length=100, blank=True)


class AccountChoices(models.Model):
    """A reader's choices of the site itself, as the cookie of readers/choices.py has them; no row, nothing carried."""

    reader = models.OneToOneField(Reader, models.CASCADE, related_name="account_choices")
    cookie = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.cookie


class Token(models.Model):
    """A secret that proves something once. Only its hash is kept."""

    SETUP = "setup"

    purpose = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    @classmethod
    def issue(cls, purpose: str, now: datetime, *, lives: timedelta) -> str:
        """Keep a new token and return its secret, which is shown once and never stored."""
        secret = secrets.token_urlsafe(24)
        cls.objects.create(purpose=purpose, digest=_digest(secret), created_at=now, expires_at=now + lives)
        return secret

    @classmethod
    def use(cls, purpose: str, secret: str, now: datetime) -> bool:
        """True for the one caller who brings a living token first."""
        living = cls.living(purpose, secret, now)
        return bool(living.update(used_at=now))

    @classmethod
    def living(cls, purpose: str, secret: str, now: datetime) -> models.QuerySet[Token]:
        return cls.objects.filter(purpose=purpose, digest=_digest(secret), used_at=None, expires_at__gt=now)


class Invitation(models.Model):
    """A link with which one person may sign up. Only the hash of its secret is kept."""

    digest = models.CharField(max_length=64, unique=True)
    note = models.CharField(max_length=100, blank=True)  # for whom, in the words of who made it
    made_by = models.ForeignKey(Reader, models.SET_NULL, null=True, blank=True, related_name="invitations")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(Reader, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-made_at", "-pk")

    @classmethod
    def issue(cls, made_by: Reader, note: str, now: datetime, *, lives: timedelta) -> str:
        """Keep a new invitation and return its secret, which is shown once and never stored."""
        secret = secrets.token_urlsafe(24)
        cls.objects.create(digest=_digest(secret), made_by=made_by, note=note, made_at=now, expires_at=now + lives)
        return secret

    @classmethod
    def living(cls, secret: str, now: datetime) -> models.QuerySet[Invitation]:
        return cls.objects.filter(digest=_digest(secret), used_at=None, expires_at__gt=now)


class Counted(models.Model):
    """What the limits count, as Django's cache in the database keeps it; the rows are the cache's own."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
