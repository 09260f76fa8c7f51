"""How a reader's account ends: closed by others, or deleted by themselves."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.dispatch import Signal
from django.http import HttpRequest

from newsroom.readers.models import Reader

# Sent before a reader's rows go, with reader and deletes_comments: what stays without them is made nobody's.
leaving = Signal()


class LastAdministrator(Exception):
    """Without another administrator nobody could run the site, and a stranger at its machine could set it up anew."""


def delete_account(reader: Reader, *, deletes_comments: bool) -> None:
    """Let go of the reader and of every row of theirs. Raises LastAdministrator."""
    with transaction.atomic():
        # In one order for all who leave at once, so that none waits for another that waits for it.
        administrators = Reader.objects.select_for_update().filter(role=Reader.Role.ADMIN, is_active=True)
        if set(administrators.order_by("pk").values_list("pk", flat=True)) == {reader.pk}:
            raise LastAdministrator
        leaving.send(sender=Reader, reader=reader, deletes_comments=deletes_comments)
        end_sessions(reader)
        reader.delete()


def end_sessions(reader: Reader, *, only: int | None = None, but: str = "") -> int:
    """Sign the reader out: everywhere, of the one row, or everywhere but in the session of that key; how many."""
    rows = UserSession.objects.filter(user=reader).exclude(session_key=but)
    rows = rows if only is None else rows.filter(pk=only)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)


def end_elsewhere(sender: object, request: HttpRequest, user: Reader, **more: Any) -> None:
    """Who has a new password is signed in where it was set, and nowhere else."""
    end_sessions(user, but=request.session.session_key or "")


def end_when_closed(sender: type[Reader], instance: Reader, **more: Any) -> None:
    """A reader who is made inactive is signed out at once, and not signed in again by being made active."""
    if not instance.is_active:
        end_sessions(instance)
