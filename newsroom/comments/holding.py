"""Why a comment waits for a moderator, or is not taken."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsroom.comments.attempt import Attempt
from newsroom.comments.models import Comment, ThreadRule
from newsroom.readers.origin import hash_address
from newsroom.stories.models import Story

HOUR = timedelta(hours=1)
REASONS = {
    "first": gettext_lazy("among the first comments of its writer"),
    "premoderated": gettext_lazy("every comment of this thread is read first"),
    "trap": gettext_lazy("filled in a field that people do not see"),
    "too_often": gettext_lazy("came from a writer or network that sent too many this hour"),
}


def reasons(attempt: Attempt, *, is_edit: bool = False) -> list[str]:
    """Keys of REASONS for which this comment is held, or refused (too_often); none: it is shown at once."""
    by = Q(reader=attempt.reader) if attempt.reader else Q(reader=None, address_hash=hash_address(attempt.address))
    mine = Comment.objects.filter(by)
    sent = mine.filter(created_at__gte=attempt.now - HOUR).count()
    if not is_edit and sent >= settings.COMMENTS_PER_HOUR:
        return ["too_often"]
    kind = "story" if isinstance(attempt.place, Story) else "article"
    rules = ThreadRule.objects.filter(**{kind: attempt.place}, premoderated=True)
    is_new = not mine.filter(state=Comment.State.SHOWN, name=attempt.name).exists()
    found = {"first": is_new, "premoderated": rules.exists(), "trap": bool(attempt.trap)}
    return [key for key, holds in found.items() if holds]


def refusal(keys: list[str], attempt: Attempt) -> str:
    """What somebody is told whose comment is not taken, "" where it is taken."""
    if "too_often" not in keys:
        return ""
    said = _("More than %(n)d comments came from you or your network this hour. Try again in an hour.")
    return said % {"n": settings.COMMENTS_PER_HOUR}
