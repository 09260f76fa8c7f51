"""Answers to a reader's comments: told in the page always, by mail where they asked for it.

Off by default: an answer stands under the comment and on /alerts, and a site
that mails who did not ask soon is one that nobody gives their address.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef

from newsroom.alerts.finding import looked
from newsroom.alerts.models import Looked, MailChoices, Notice
from newsroom.comments.models import Comment

SHOWN_WITHIN = timedelta(days=7)  # a moderator may take some days; what is shown later is not told
AT_ONCE = 500


def look(now: datetime) -> int:
    """A notice for each shown answer to a reader's comment that has none; how many."""
    state = looked()
    too_old = Comment.objects.filter(pk__gt=state.comments, created_at__lt=now - SHOWN_WITHIN).order_by("-pk")
    if passed := too_old.values_list("pk", flat=True).first():
        Looked.objects.filter(pk=state.pk, comments__lt=passed).update(comments=passed)
    answers = Comment.objects.shown().filter(
        pk__gt=max(state.comments, passed or 0), created_at__gte=now - SHOWN_WITHIN, parent__reader__is_active=True
    )
    answers = answers.exclude(reader=F("parent__reader")).order_by("pk")
    answers = answers.exclude(Exists(Notice.objects.filter(comment=OuterRef("pk"))))
    rows = list(answers.values_list("pk", "parent__reader")[:AT_ONCE])
    readers = {reader for _, reader in rows}
    asked = set(MailChoices.objects.filter(reader__in=readers, answers=True).values_list("reader", flat=True))
    Notice.objects.bulk_create(
        (
            Notice(reader_id=reader, comment_id=comment, is_waiting=False, due_at=now, told_at=now,
                   wants_mail=reader in asked)
            for comment, reader in rows
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    return len(rows)
