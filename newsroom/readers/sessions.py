"""Where a reader is signed in."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from newsroom.readers.models import Counted, Reader


def sessions_of(reader: Reader, current_key: str) -> list[UserSession]:
    """The reader's living sessions, the newest first; is_here marks the one that asks."""
    living = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    found = list(UserSession.objects.filter(user=reader, session_key__in=living).order_by("-created_at", "-pk"))
    for one in found:
        one.is_here = one.session_key == current_key
    return found


def sweep(sender: object, **more: Any) -> None:
    """Let go of sessions that have run out and of what the limits need no longer; when somebody signs in."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    Counted.objects.filter(expires__lt=now).delete()
