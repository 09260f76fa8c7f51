"""Everything that is held of a reader, as one JSON file of theirs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models

from newsroom.readers.models import Reader

READER = (
    "username", "email", "name", "role", "is_active", "date_joined", "last_login", "keeps_history", "dial", "time_zone",
)  # fmt: skip
# Every model with a field that names a reader: (that field, what is given of each row).
# A test holds this against the models; add a line here for a new one, and say in `leaving` what becomes of its rows.
EXPORTED: dict[str, tuple[str, tuple[str, ...]]] = {
    "account.EmailAddress": ("user", ("email", "verified", "primary")),
    "articles.Removal": ("editor", ("number", "kind", "reason", "asked_by", "at", "undone_at")),
    "alerts.Alert": ("reader", ("id", "kind", "key", "name", "language", "needs", "by_mail", "created_at")),
    "alerts.Mail": (
        "reader", ("kind", "on", "created_at", "due_at", "sent_at", "given_up_at", "problem", "answer", "message_id"),
    ),
    "alerts.MailChoices": (
        "reader",
        ("alerts", "answers", "edition_hour", "edition_at", "quiet_from", "quiet_until", "most_a_day", "language"),
    ),
    "alerts.Notice": ("reader", ("alert_id", "story_id", "comment_id", "told_at", "read_at", "wants_mail")),
    "comments.Comment": (
        "reader",
        ("id", "story_id", "article_id", "parent_id", "name", "text", "state", "held_because", "created_at",
         "edited_at", "ups", "downs"),
    ),
    "comments.Correction": (
        "reader",
        ("story_id", "article_id", "sentence", "text", "source", "at", "state", "outcome", "answer", "decided_at"),
    ),
    "comments.ModerationAct": ("by", ("comment_id", "kind", "reason", "words", "at")),
    "comments.Report": ("reader", ("comment_id", "reason", "text", "at")),
    "comments.Sanction": ("reader", ("kind", "until", "reason", "at", "lifted_at")),
    "comments.ThreadRule": ("by", ("story_id", "article_id", "closed", "slow_s", "premoderated", "at")),
    "comments.Told": ("reader", ("comment_id", "kind", "seen_at")),
    "comments.Vote": ("reader", ("comment_id", "value", "at")),
    "mfa.Authenticator": ("user", ("type", "created_at", "last_used_at")),
    "readers.AccountChoices": ("reader", ("cookie",)),
    "readers.AppPassword": ("reader", ("name", "purpose", "created_at", "last_used_at", "revoked_at")),
    "readers.Follow": ("reader", ("id", "kind", "key", "name", "since")),
    "readers.Invitation": ("made_by", ("note", "made_at", "expires_at", "used_at")),
    "readers.Mute": ("reader", ("kind", "key", "name", "since")),
    "readers.Saved": ("reader", ("kind", "key", "at")),
    "readers.Seen": ("reader", ("kind", "key", "is_read", "at", "opened_at")),
    "socialaccount.SocialAccount": ("user", ("provider", "uid", "last_login", "date_joined", "extra_data")),
    "stories.GroupingCase": ("editor", ("story_id", "article_id", "together", "how", "at")),
    "stories.MemberReport": ("reader", ("story_id", "article_id", "reason", "created_at", "state", "decided_at")),
    "stories.NotForMe": ("reader", ("kind", "key", "name", "at")),
    "stories.SectionReport": ("reader", ("story_id", "section", "created_at", "state")),
    "stories.StoryChange": ("editor", ("story_id", "kind", "article_id", "other_id", "at", "why")),
    "usersessions.UserSession": ("user", ("created_at", "last_seen_at", "ip", "user_agent")),
    "admin.LogEntry": ("user", ("action_time", "object_repr", "action_flag", "change_message")),
}  # fmt: skip
# What names no reader itself, but belongs to a row that does: (model, the way to the reader, what is given).
THROUGH: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "comments.CommentVersion": (
        "comments.CommentVersion", "comment__reader", ("comment_id", "text", "written_at", "replaced_at"),
    ),
    "comments.Comment.acts": (
        "comments.ModerationAct", "comment__reader", ("comment_id", "kind", "reason", "words", "at"),
    ),
    "readers.Filed": ("readers.Filed", "follow__reader", ("follow_id", "title", "folder")),
}  # fmt: skip
# Fields that name a reader beside those, and why nothing is given by them.
GIVEN_ELSEWHERE = {
    "comments.Correction.by": "another reader's correction; who answered it is said to nobody",
    "comments.Sanction.by": "another reader's; the act that it came of is in comments.ModerationAct",
    "stories.MemberReport.decided_by": "another reader's report; the act is in the admin's log",
    "readers.Invitation.used_by": "the reader's own account says when it began; the note is its maker's",
}


def everything_of(reader: Reader, now: datetime) -> dict[str, Any]:
    """What is held of the reader: {"account": …, "admin.LogEntry": […], …}; secrets are left out."""
    account = {name: getattr(reader, name) for name in READER}
    held: dict[str, Any] = {"exported_at": now, "account": account}
    ways = {label: (label, field, names) for label, (field, names) in EXPORTED.items()} | THROUGH
    for said, (label, field, names) in sorted(ways.items()):
        model: type[models.Model] = apps.get_model(label)
        held[said] = list(model._default_manager.filter(**{field: reader}).order_by("pk").values(*names))
    return held
