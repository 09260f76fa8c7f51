"""The first administrator comes by a one-time link; roles open the admin."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from newsroom.readers.models import Reader, Token
from newsroom.readers.save import ReaderError, make_admin

pytestmark = pytest.mark.django_db
FORM = {"mail": "boss@paper.example", "password": "a long enough password"}


def issue(**change) -> str:
    return Token.issue(Token.SETUP, timezone.now(), **{"lives": timedelta(days=1), **change})


def test_the_link_works_once():
    address = f"/setup/{issue()}"
    assert Client().get(address).status_code == 200
    assert Client().post(address, FORM)["Location"] == "/admin/login/?next=/setup/publishers"
    boss = Reader.objects.get()
    assert (boss.role, boss.is_superuser) == ("admin", True)
    assert Client().get(address).status_code == 410
    assert Client().post(address, {**FORM, "mail": "second@paper.example"}).status_code == 410
    assert Reader.objects.count() == 1


def test_a_wrong_or_old_link_makes_nobody():
    assert Client().post("/setup/guess", FORM).status_code == 410
    assert Client().post(f"/setup/{issue(lives=timedelta(seconds=-1))}", FORM).status_code == 410
    assert not Reader.objects.exists()


def test_a_weak_password_is_refused_and_the_link_stays_good():
    address = f"/setup/{issue()}"
    assert Client().post(address, {**FORM, "password": "password12"}).status_code == 200
    assert not Reader.objects.exists()
    assert Client().post(address, FORM).status_code == 302


@pytest.mark.parametrize(("mail", "password"), [("no mail", "a long enough password"), ("a@b.example", "short")])
def test_make_admin_says_what_will_not_do(mail, password):
    with pytest.raises(ReaderError, match=mail):
        make_admin(mail, password)


@pytest.mark.parametrize(
    ("role", "publishers", "comments"),
    [("reader", 302, 302), ("moderator", 403, 200), ("editor", 200, 200), ("admin", 200, 200)],
)
def test_roles_open_their_pages_of_the_admin(role, publishers, comments):
    reader = Reader(username=role, role=role)
    reader.set_password("a long enough password")
    reader.save()
    client = Client()
    client.force_login(reader)
    assert client.get("/admin/publishers/publisher/").status_code == publishers
    assert client.get("/admin/comments/comment/").status_code == comments
