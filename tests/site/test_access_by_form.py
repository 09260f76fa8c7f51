"""A form that names another reader's row, by its number, changes nothing of theirs; the address alone says too little.

What the addresses themselves name is walked in test_access.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import Model
from django.utils import timezone

from newsroom.alerts.models import Alert, Notice
from newsroom.readers import app_passwords
from newsroom.readers.models import AppPassword, Follow, Mute, Reader, Saved, Seen
from newsroom.readers.save import vouch_for
from newsroom.stories.models import NotForMe, Story

pytestmark = pytest.mark.django_db
PASSWORD = "a long and quiet password"
NOW = timezone.now()


def follow(owner: Reader) -> Model:
    return Follow.objects.create(reader=owner, kind="hashtag", key="karsa", name="Karsa", since=NOW)


def mute(owner: Reader) -> Model:
    return Mute.objects.create(reader=owner, kind="word", key="ferry", name="ferry", since=NOW)


def line_off(owner: Reader) -> Model:
    return NotForMe.objects.create(reader=owner, kind="hashtag", key="karsa", at=NOW)


def saved(owner: Reader) -> Model:
    return Saved.objects.create(reader=owner, kind="story", key="1", at=NOW)


def opened(owner: Reader) -> Model:
    return Seen.objects.create(reader=owner, kind="story", key="1", at=NOW, opened_at=NOW, is_read=False)


def app_password(owner: Reader) -> Model:
    return app_passwords.make(owner, "A Telephone", AppPassword.Purpose.GREADER, NOW).row


def notice(owner: Reader) -> Model:
    alert = Alert.objects.create(reader=owner, kind="search", key="ferry", name="ferry", created_at=NOW)
    story = Story.objects.public().first()
    told = NOW - timedelta(hours=1)
    return Notice.objects.create(reader=owner, alert=alert, story=story, due_at=told, told_at=told, is_waiting=False)


# (what is whose, the address, the form but for the number, the field that bears it)
FORMS: list[tuple[Callable[[Reader], Model], str, dict[str, str], str]] = [
    (follow, "/for-you/profile", {"do": "unfollow"}, "row"),
    (mute, "/for-you/profile", {"do": "unmute"}, "row"),
    (line_off, "/for-you/profile", {"do": "on"}, "row"),
    (saved, "/saved/remove", {}, "line"),
    (opened, "/history", {}, "line"),
    (app_password, "/account/app-passwords", {"do": "revoke"}, "number"),
    (notice, "/alerts/read", {}, "notice"),
    (notice, "/alerts/read", {}, "up_to"),
]


def by(client, name: str, role: str = "reader"):
    """The client, of a new reader, who has given their password once more."""
    mail = f"{name}@meren.example"
    reader = Reader.objects.create_user(mail, mail, PASSWORD, role=role)
    vouch_for(reader)
    client.post("/accounts/login/", {"login": mail, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return reader


def state_of(row: Model) -> dict | None:
    return type(row)._default_manager.filter(pk=row.pk).values().first()


@pytest.mark.parametrize(("make", "address", "form", "field"), FORMS)
@pytest.mark.parametrize("role", ["reader", "admin"])
def test_another_readers_row_is_left_as_it_is(client, make, address, form, field, role):
    row = make(Reader.objects.create_user("somebody-else@meren.example"))
    before = state_of(row)
    by(client, "ben", role)
    assert client.post(address, {**form, field: str(row.pk)}).status_code < 500
    assert state_of(row) == before


@pytest.mark.parametrize(("make", "address", "form", "field"), FORMS)
def test_the_readers_own_row_is_changed(client, make, address, form, field):
    row = make(by(client, "ben"))
    before = state_of(row)
    assert client.post(address, {**form, field: str(row.pk)}).status_code in (200, 302, 303)
    assert state_of(row) != before
