"""Who reads: the user model, and one-time tokens."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractUser
from django.db import models


class Reader(AbstractUser):
    """A reader with an account. The role says what they may do beside reading."""

    class Role(models.TextChoices):
        READER = "reader"
        TRUSTED = "trusted"
        MODERATOR = "moderator"
        EDITOR = "editor"
        ADMIN = "admin"

    role = models.CharField(max_length=12, choices=Role.choices, default=Role.READER)

    def save(self, *args: object, **kwargs: object) -> None:
        """The admin site opens to editors and above; only admins may do everything."""
        self.is_superuser = self.role == self.Role.ADMIN
        self.is_staff = self.role in (self.Role.MODERATOR, self.Role.EDITOR, self.Role.ADMIN)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


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


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
