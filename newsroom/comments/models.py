"""What readers say under stories and articles, what others think of it, and the rules of a thread."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from newsroom.articles.models import Article
from newsroom.stories.models import Story


class CommentQuerySet(models.QuerySet["Comment"]):
    def shown(self) -> CommentQuerySet:
        return self.filter(state=Comment.State.SHOWN)

    def seen(self) -> CommentQuerySet:
        """What has a place on a page: shown, or gone but answered."""
        return self.filter(models.Q(state=Comment.State.SHOWN) | models.Q(has_answers=True))


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
    has_answers = models.BooleanField(default=False)  # somebody answered it, so its place stays whatever becomes of it
    ups = models.PositiveIntegerField(default=0)  # counted from Vote
    downs = models.PositiveIntegerField(default=0)
    best = models.FloatField(default=0)  # votes.best_of(ups, downs), what "best first" sorts by

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        indexes = (
            models.Index(fields=("article", "root", "best", "id"), name="comment_article_best"),
            models.Index(fields=("story", "root", "best", "id"), name="comment_story_best"),
            models.Index(fields=("article", "root", "id"), name="comment_article_new"),
            models.Index(fields=("story", "root", "id"), name="comment_story_new"),
            models.Index(fields=("article", "state"), name="comment_article_state"),
            models.Index(fields=("story", "state"), name="comment_story_state"),
            models.Index(fields=("root", "state"), name="comment_root_state"),
            models.Index(fields=("reader", "created_at"), name="comment_reader"),
            models.Index(fields=("address_hash", "created_at"), name="comment_address"),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.text[:60]}"

    def get_absolute_url(self) -> str:
        return f"/comment/{self.pk}"


class CommentVersion(models.Model):
    """What a comment said before its writer changed it."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="versions")
    text = models.TextField(max_length=4000)
    written_at = models.DateTimeField()
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ("-replaced_at", "-pk")


class Vote(models.Model):
    """A reader's opinion of a comment: 1 up, -1 down."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="votes")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="votes")
    value = models.SmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("comment", "reader"), name="vote_once"),
            models.CheckConstraint(condition=models.Q(value__in=(1, -1)), name="vote_is_up_or_down"),
        )


class Report(models.Model):
    """A reader says that a comment should not stand."""

    class Reason(models.TextChoices):
        SPAM = "spam", _("Advertising or spam")
        ABUSE = "abuse", _("Insults or threatens somebody")
        OFF_TOPIC = "off topic", _("Has nothing to do with the news")
        FALSE = "false", _("Claims what is false")
        OTHER = "other", _("Something else")

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="reports")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=12, choices=Reason.choices)
    text = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")
        constraints = (models.UniqueConstraint(fields=("comment", "reader"), name="report_once"),)

    def __str__(self) -> str:
        return f"{self.reason}: {self.text[:60]}"


class Told(models.Model):
    """A comment that answers a reader or names them; it is told once it is shown. seen_at: when they said so."""

    class Kind(models.TextChoices):
        ANSWER = "answer"
        MENTION = "mention"

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="told")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="told")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-comment", "pk")
        constraints = (models.UniqueConstraint(fields=("comment", "reader"), name="told_once"),)


class ThreadRule(models.Model):
    """What an editor decided for the thread of one story or article."""

    story = models.OneToOneField(Story, models.CASCADE, null=True, blank=True, related_name="thread_rule")
    article = models.OneToOneField(Article, models.CASCADE, null=True, blank=True, related_name="thread_rule")
    closed = models.BooleanField(default=False)
    slow_s = models.PositiveIntegerField(default=0)  # seconds between two comments of one writer, 0: as they like
    premoderated = models.BooleanField(default=False)  # every comment waits for a moderator
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(story=None, article__isnull=False) | models.Q(story__isnull=False, article=None),
                name="thread_rule_of_one",
            ),
        )

    def __str__(self) -> str:
        return f"thread of {self.story or self.article}"


from newsroom.comments import moderation  # noqa: E402, F401  its rows belong to this app, and name Comment
