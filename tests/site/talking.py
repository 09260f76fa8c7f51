"""Readers and what they say, for tests of comments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from newsroom.comments import save
from newsroom.comments.attempt import Attempt
from newsroom.comments.models import Comment
from newsroom.comments.places import Place
from newsroom.readers.models import Reader

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def make_reader(name: str, *, role: str = "reader", days: int = 30, now: datetime = NOW) -> Reader:
    """An account of so many days."""
    key = f"{name.lower().replace(' ', '.')}@paper.example"
    return Reader.objects.create(username=key, email=key, name=name, role=role, date_joined=now - timedelta(days=days))


def attempt(place: Place, text: str, **said: Any) -> Attempt:
    """Words on their way, of nobody's account unless `reader` is given."""
    reader = said.get("reader")
    told = {
        "reader": None, "name": reader.name if reader else "Passer-by", "parent": None, "address": "192.0.2.9",
        "now": NOW, "seconds_taken": 20.0, "trap": "", "proof": "",
    }  # fmt: skip
    return Attempt(text=text, place=place, **{**told, **said})


def say(place: Place, text: str, **said: Any) -> Comment:
    """A comment that is shown, whatever it would be held for."""
    comment = save.take_comment(attempt(place, text, **said))
    Comment.objects.filter(pk=comment.pk).update(state="shown", held_because=[])
    comment.refresh_from_db()
    return comment
