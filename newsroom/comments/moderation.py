"""The rows of moderation: every act, sanctions, corrections, and what the spam filter knows."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from newsroom.articles.models import Article
from newsroom.comments.models import Comment
from newsroom.stories.models import Story


class ModerationAct(models.Model):
    """What somebody did to a comment; never changed but by what undid it.

    reason: a key of RefusalReason, "" where none is asked for; words: theirs, which the writer reads.
    """

    class Kind(models.TextChoices):
        APPROVED = "approved"
        KEPT = "kept"  # it was shown already; its reports are answered
        REFUSED = "refused"
        BANNED = "banned"  # refused, and its writer banned
        UNDONE = "undone"
        APPEALED = "appealed"  # by its writer
        UPHELD = "upheld"  # the refusal stands after an appeal
        REVERSED = "reversed"

    class RefusalReason(models.TextChoices):
        SPAM = "spam", _("spam")
        ABUSE = "abuse", _("abuse")
        OFF_TOPIC = "off topic", _("off topic")
        FALSE = "false", _("false")
        OTHER = "other", _("another reason")

    comment = models.ForeignKey(Comment, models.SET_NULL, null=True, related_name="acts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.CharField(max_length=12, choices=RefusalReason.choices, blank=True)
    words = models.CharField(max_length=500, blank=True)
    before = models.CharField(max_length=8)  # of Comment.State
    after = models.CharField(max_length=8)
    at = models.DateTimeField(db_index=True)
    undone_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="undoes")

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class SanctionQuerySet(models.QuerySet["Sanction"]):
    def in_force(self, now: datetime) -> SanctionQuerySet:
        return self.filter(models.Q(until=None) | models.Q(until__gt=now), lifted_at=None)


class Sanction(models.Model):
    """Somebody may not comment, or only after a moderator has read it. until: None for good.

    A ban of an account keeps the hash of its address too: who writes from there
    without an account is read first.
    """

    class Kind(models.TextChoices):
        BAN = "ban", _("may not comment")
        PREMODERATED = "premoderated", _("is read before it is shown")

    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="sanctions"
    )
    address_hash = models.CharField(max_length=64, blank=True, db_index=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    act = models.ForeignKey(ModerationAct, models.SET_NULL, null=True, blank=True, related_name="sanctions")
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = SanctionQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.kind} {self.reader or 'an address'}"


def new_key() -> str:
    return secrets.token_urlsafe(24)


class Correction(models.Model):
    """A reader says that a sentence is wrong, and by which source.

    evidence: {"article", "start", "end", "text"} of the source sentence that it
    stood on, None where there is none. key: its page's address, for who has no
    account. digest: by which the same one sent twice is kept once.
    """

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"

    class Outcome(models.TextChoices):
        NOTED = "noted", _("said in the story’s history alone")
        WITHDRAWN = "withdrawn", _("the sentence is withdrawn")
        REMADE = "remade", _("what stands behind the story is made anew")

    story = models.ForeignKey(Story, models.SET_NULL, null=True, blank=True, related_name="corrections")
    article = models.ForeignKey(Article, models.SET_NULL, null=True, blank=True, related_name="corrections")
    sentence = models.CharField(max_length=2000, blank=True)
    evidence = models.JSONField(null=True, blank=True)
    text = models.CharField(max_length=2000)
    source = models.CharField(max_length=500, blank=True)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="corrections"
    )
    key = models.CharField(max_length=40, unique=True, default=new_key)
    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN, db_index=True)
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True)
    answer = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return self.text[:60]


class SpamWord(models.Model):
    """How often moderators refused as spam, and approved, comments with this sign; "" counts the comments."""

    word = models.CharField(max_length=40, unique=True)
    spam = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(db_index=True)  # when it last counted: the oldest rare ones go first

    def __str__(self) -> str:
        return self.word


class TextPrint(models.Model):
    """What a comment that was sent looks like, by which the next one like it is known; kept some days.

    near: its SimHash, 16 hexadecimal digits. writer: a keyed hash of who sent it.
    """

    key = models.CharField(max_length=64, db_index=True)
    near = models.CharField(max_length=16)
    writer = models.CharField(max_length=64)
    place = models.CharField(max_length=40)
    at = models.DateTimeField(db_index=True)


class SendingLimit(models.Model):
    """How many comments one account, address or IPv6 /64 has sent since its hour began; a keyed hash, and a count.

    Why not counted as other limits are: docs/decisions/0013-limits-in-the-database.md.
    """

    key = models.CharField(max_length=64, unique=True)
    began_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)


class UsedProof(models.Model):
    """A proof of work that was taken; it holds once."""

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(db_index=True)
