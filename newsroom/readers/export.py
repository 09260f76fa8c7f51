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
    "comments.Comment": (
        "reader",
        ("story_id", "article_id", "parent_id", "name", "text", "state", "held_because", "created_at", "edited_at"),
    ),
    "mfa.Authenticator": ("user", ("type", "created_at", "last_used_at")),
    "readers.Follow": ("reader", ("kind", "key", "name", "since")),
    "readers.Invitation": ("made_by", ("note", "made_at", "expires_at", "used_at")),
    "readers.Mute": ("reader", ("kind", "key", "name", "since")),
    "readers.Saved": ("reader", ("kind", "key", "at")),
    "readers.Seen": ("reader", ("kind", "key", "is_read", "at", "opened_at")),
    "socialaccount.SocialAccount": ("user", ("provider", "uid", "last_login", "date_joined", "extra_data")),
    "stories.GroupingCase": ("editor", ("story_id", "article_id", "together", "how", "at")),
    "stories.MemberReport": ("reader", ("story_id", "article_id", "reason", "created_at", "state", "decided_at")),
    "stories.SectionReport": ("reader", ("story_id", "section", "created_at", "state")),
    "stories.StoryChange": ("editor", ("story_id", "kind", "article_id", "other_id", "at", "why")),
    "usersessions.UserSession": ("user", ("created_at", "last_seen_at", "ip", "user_agent")),
    "admin.LogEntry": ("user", ("action_time", "object_repr", "action_flag", "change_message")),
}  # fmt: skip
# Fields that name a reader beside those, and why nothing is given by them.
GIVEN_ELSEWHERE = {
    "stories.MemberReport.decided_by": "another reader's report; the act is in the admin's log",
    "readers.Invitation.used_by": "the reader's own account says when it began; the note is its maker's",
}


def everything_of(reader: Reader, now: datetime) -> dict[str, Any]:
    """What is held of the reader: {"account": …, "admin.LogEntry": […], …}; secrets are left out."""
    account = {name: getattr(reader, name) for name in READER}
    held: dict[str, Any] = {"exported_at": now, "account": account}
    for label, (field, names) in sorted(EXPORTED.items()):
        model: type[models.Model] = apps.get_model(label)
        held[label] = list(model._default_manager.filter(**{field: reader}).order_by("pk").values(*names))
    return held
