"""What readers want to be told, what was found for them, and the mails that are due."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from newsroom.claims import Claimable, ClaimQuerySet
from newsroom.comments.models import Comment
from newsroom.stories.models import Edition, Story

MOST_PUBLISHERS = 20
LAST_HOUR = 23
# Of a story in a query of notices: independent origins where they are traced, else publishers.
TOLD_BY = Coalesce(F("story__origin_count"), F("story__publisher_count"))


class Alert(models.Model):
    """What a reader wants to be told of. key: a story's number, Hashtag.key, Publisher.slug, or a search as typed."""

    class Kind(models.TextChoices):
        STORY = "story", _("story")
        HASHTAG = "hashtag", _("hashtag")  # a person or a place too: their page is that of their hashtag
        PUBLISHER = "publisher", _("publisher")
        SEARCH = "search", _("search")

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="alerts")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    key = models.CharField(max_length=320)
    name = models.CharField(max_length=200)  # as it was shown when the alert was set
    language = models.CharField(max_length=12, default="en")  # of the page: "country:" is read in it
    needs = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(MOST_PUBLISHERS)])
    by_mail = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("kind", "name", "pk")
        constraints = (models.UniqueConstraint(fields=("reader", "kind", "key"), name="alert_once"),)
        indexes = (models.Index(fields=("kind", "key"), name="alert_by_key"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def told(self) -> NoticeQuerySet:
        """What readers see; the newest first."""
        return self.filter(told_at__isnull=False).order_by("-told_at", "-pk")

    def unread(self) -> NoticeQuerySet:
        return self.filter(told_at__isnull=False, read_at=None)

    def to_mail(self) -> NoticeQuerySet:
        """Those that wait for a mail."""
        return self.filter(wants_mail=True)


class Notice(models.Model):
    """One thing found for a reader: a story for an alert, or an answer to their comment.

    is_waiting: it is to be told from due_at on, once enough publishers have the
    story. up_to: number of the newest telling that it counts, so that a story
    that is watched is told again for a new one only.
    """

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    alert = models.ForeignKey(Alert, models.CASCADE, null=True, blank=True, related_name="notices")
    story = models.ForeignKey(Story, models.CASCADE, null=True, blank=True, related_name="+")
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, blank=True, related_name="+")
    is_waiting = models.BooleanField(default=True)
    due_at = models.DateTimeField()
    up_to = models.PositiveBigIntegerField(default=0)
    told_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    wants_mail = models.BooleanField(default=False)
    mail = models.ForeignKey("Mail", models.SET_NULL, null=True, blank=True, related_name="notices")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("alert", "story"), name="notice_story_once", condition=Q(comment=None)),
            models.UniqueConstraint(fields=("reader", "comment"), name="notice_answer_once"),
        )
        indexes = (
            models.Index(fields=("reader",), name="notice_unread", condition=Q(read_at=None, told_at__isnull=False)),
            models.Index(fields=("reader", "-told_at"), name="notice_newest", condition=Q(told_at__isnull=False)),
            models.Index(fields=("due_at",), name="notice_waiting", condition=Q(is_waiting=True)),
            models.Index(fields=("reader",), name="notice_to_mail", condition=Q(wants_mail=True)),
        )

    def __str__(self) -> str:
        return f"{self.alert or 'answer'}: {self.story or self.comment}"


class MailChoices(models.Model):
    """How a reader wants mails: hours are those of their own zone; None is never.

    edition_at: when the next edition is due, so that one look at an index finds who is to have one.
    """

    HOUR = (MaxValueValidator(LAST_HOUR),)

    reader = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_choices")
    alerts = models.BooleanField(default=True)  # False: no mail of any alert, whatever the alert says
    answers = models.BooleanField(default=False)  # to their comments; nobody is mailed who did not ask
    edition_hour = models.PositiveSmallIntegerField(null=True, blank=True, validators=HOUR)
    edition_at = models.DateTimeField(null=True, blank=True, db_index=True)
    quiet_from = models.PositiveSmallIntegerField(null=True, blank=True, validators=HOUR)
    quiet_until = models.PositiveSmallIntegerField(null=True, blank=True, validators=HOUR)
    most_a_day = models.PositiveSmallIntegerField(default=5)
    language = models.CharField(max_length=12, default="en")

    def __str__(self) -> str:
        return f"mails of {self.reader}"


OPEN = Q(sent_at=None, given_up_at=None)  # mails that are still to be sent


class MailQuerySet(ClaimQuerySet):
    def open(self) -> MailQuerySet:
        return self.filter(OPEN)

    def due(self, now: datetime) -> MailQuerySet:
        return self.open().filter(due_at__lte=now).order_by("due_at", "pk")


class Mail(Claimable):
    """One mail to one reader. What stands in it is written when it is sent.

    message_id stays the same through all tries. handed_at: set before the words
    go out and taken back where the server surely has not got them; a mail with
    it is never sent again.
    """

    class Kind(models.TextChoices):
        ALERTS = "alerts"
        EDITION = "edition"

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    on = models.DateField()  # the reader's own day: the edition comes once on each, alerts a few times
    edition = models.ForeignKey(Edition, models.CASCADE, null=True, blank=True, related_name="+")
    message_id = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    handed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=20, blank=True)  # a key of alerts.mail.PROBLEMS
    answer = models.CharField(max_length=300, blank=True)  # what the mail server said of it

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("reader", "on"), name="mail_day_once", condition=Q(kind="edition")),
            models.UniqueConstraint(fields=("reader", "edition"), name="mail_edition_once"),
            models.UniqueConstraint(fields=("reader",), name="mail_open_once", condition=OPEN & Q(kind="alerts")),
        )
        indexes = (
            models.Index(fields=("due_at",), name="mail_due", condition=OPEN),
            models.Index(fields=("reader", "-created_at"), name="mail_newest"),
            models.Index(fields=("given_up_at",), name="mail_given_up", condition=Q(given_up_at__isnull=False)),
            models.Index(fields=("claimed_by",), name="mail_claimed", condition=~Q(claimed_by="")),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.on} to {self.reader}"


class MailServer(models.Model):
    """How the mail server does; one row."""

    failures = models.PositiveIntegerField(default=0)  # in a row
    rests_until = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    last_sent_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.problem or "answers"


class Looked(models.Model):
    """How far the alerts have looked; one row. Numbers of rows, which grow; times may stand still or jump."""

    tellings = models.PositiveBigIntegerField(default=0)  # Placement
    hashtags = models.PositiveBigIntegerField(default=0)  # of stories: Hashtag.stories.through
    comments = models.PositiveBigIntegerField(default=0)  # those before are too old to be told

    def __str__(self) -> str:
        return f"up to telling {self.tellings}"
