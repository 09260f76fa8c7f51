"""Passwords for apps: made once, proved by nobody else, ended at once; and few tries for who guesses."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from newsroom.readers import app_passwords
from newsroom.readers.models import AppPassword, AppTry
from tests.site import accounts
from tests.site.apps import MAIL, App, make_password, make_reader

pytestmark = pytest.mark.django_db
PAGE = "/account/app-passwords"
NOW = timezone.now()


@pytest.fixture
def reader():
    return make_reader()


def signed_in(reader, **options) -> Client:
    """A client whose reader has just given the password, which making one for an app asks for."""
    client = accounts.signed_in(reader, **options)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(reader.pk)
    session.save()
    return client


def sign_in(name: str, password: str, *, base: str = "", **more: str):
    return Client().post(f"{base}/accounts/ClientLogin", {"Email": name, "Passwd": password, **more})


# --- signing in -----------------------------------------------------------------
@pytest.mark.parametrize("base", ["", "/api/greader.php"])
def test_an_app_signs_in_where_it_looks_for_either_server(reader, base):
    app = App(reader, base)
    assert app.read("user-info")["userEmail"] == MAIL
    assert len(app.token()) > 40
    assert app.get("atom/user/-/state/com.google/reading-list").status_code == 200


def test_the_answer_is_json_where_an_app_asks_for_it(reader):
    said = sign_in(MAIL, make_password(reader), output="json").json()
    assert said["SID"] == said["LSID"] == said["Auth"]


def test_the_bare_address_says_whether_the_password_works(reader):
    app = App(reader)
    assert app.client.get("/api/greader.php", headers=app.headers).content == b"OK"
    assert app.client.get("/api/greader.php").status_code == 401


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(reader):
    make_password(reader)
    wrong, unknown = sign_in(MAIL, "wrong"), sign_in("nobody@reader.example", "wrong")
    assert (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content)
    assert (wrong.status_code, wrong.content) == (401, b"Error=BadAuthentication\n")
    assert wrong["Cache-Control"] == unknown["Cache-Control"] == "private, no-store"


def test_a_wrong_password_and_an_unknown_name_ask_the_database_alike(reader, django_assert_num_queries):
    counts = []
    for name in (MAIL, "nobody@reader.example"):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as asked:
            sign_in(name, "wrong")
        counts.append([re.sub(r"'[^']*'|\d+", "", one["sql"])[:120] for one in asked.captured_queries])
    assert counts[0] == counts[1]


def test_the_accounts_own_password_and_another_readers_do_not_sign_in(reader):
    reader.set_password("correct horse battery")
    reader.save()
    ben = make_reader("ben@reader.example")
    theirs = make_password(ben)
    assert sign_in(MAIL, "correct horse battery").status_code == 401
    assert sign_in(MAIL, theirs).status_code == 401
    assert sign_in("ben@reader.example", theirs).status_code == 200


def test_a_session_opens_nothing_of_the_interface(reader):
    client = signed_in(reader)
    assert client.get("/reader/api/0/user-info").status_code == 401
    assert client.post("/reader/api/0/edit-tag", {"i": "1"}).status_code == 401


def test_a_revoked_password_and_an_inactive_reader_stop_at_once(reader):
    app = App(reader)
    secret = make_password(reader)
    AppPassword.objects.filter(reader=reader).update(revoked_at=NOW)
    assert app.get("api/0/user-info").status_code == 401
    assert sign_in(MAIL, secret).status_code == 401
    again = App(reader)
    reader.is_active = False
    reader.save()
    assert again.get("api/0/user-info").status_code == 401
    assert again.send("edit-tag", "i=1&a=user/-/state/com.google/read", token="x").status_code == 401


@pytest.mark.parametrize("said", ["", "x", "1/", "1/abc", "0/" + "0" * 64, "9" * 30 + "/x", "\u0661/x", "1/\u00e9"])
def test_a_made_up_header_opens_nothing(reader, said):
    App(reader)
    header = f"GoogleLogin auth={said}".encode().decode("latin-1")
    assert Client().get("/reader/api/0/user-info", headers={"Authorization": header}).status_code == 401


def test_a_write_needs_the_token_of_this_very_password(reader):
    app, other = App(reader), App(reader)
    for token in ("", "wrong", other.token()):
        answer = app.send("edit-tag", "i=1&a=user/-/state/com.google/read", token=token)
        assert answer.status_code == 401
        assert answer["X-Reader-Google-Bad-Token"] == "true"
    assert app.send("edit-tag", "i=1&a=user/-/state/com.google/read", token=f"{app.token()}%0A").content == b"OK"


@pytest.mark.parametrize(
    "path", ["edit-tag", "mark-all-as-read", "subscription/edit", "subscription/quickadd", "rename-tag", "disable-tag"]
)
def test_no_get_writes(reader, path):
    app = App(reader)
    assert app.get(f"api/0/{path}", f"T={app.token()}").status_code == 405


# --- tries ----------------------------------------------------------------------
def test_ten_guesses_of_an_account_an_hour_and_then_none(reader):
    secret = make_password(reader)
    said = [
        Client(REMOTE_ADDR=f"203.0.113.{number}").post(
            "/accounts/ClientLogin", {"Email": MAIL, "Passwd": f"no{number}"}
        )
        for number in range(40)
    ]
    assert [one.status_code for one in said] == [401] * 10 + [429] * 30
    assert said[-1]["Retry-After"] == "3600"
    assert sign_in(MAIL, secret).status_code == 429
    later = timezone.now() + timedelta(minutes=61)
    assert app_passwords.sign_in(MAIL, secret, "203.0.113.1", later).reader == reader


def test_another_name_of_the_account_has_no_tries_of_its_own(reader):
    reader.username = "ada"
    reader.save()
    said = [sign_in((MAIL, "ada", "ADA", MAIL.upper())[number % 4], "wrong").status_code for number in range(12)]
    assert said == [401] * 10 + [429] * 2


def test_an_unknown_name_has_as_many_tries(reader):
    assert [sign_in("nobody@reader.example", "wrong").status_code for _ in range(11)] == [401] * 10 + [429]


def test_an_address_has_its_tries_whatever_the_names():
    said = [
        Client(REMOTE_ADDR=f"2001:db8::{number:x}").post(
            "/accounts/ClientLogin", {"Email": f"n{number}", "Passwd": "x"}
        )
        for number in range(61)
    ]
    assert [one.status_code for one in said] == [401] * 60 + [429]
    elsewhere = Client(REMOTE_ADDR="2001:db8:1::1").post("/accounts/ClientLogin", {"Email": "z", "Passwd": "x"})
    assert elsewhere.status_code == 401


def test_a_right_password_takes_no_try(reader):
    secret = make_password(reader)
    assert [sign_in(MAIL, secret).status_code for _ in range(15)] == [200] * 15


def test_old_tries_are_forgotten(reader):
    sign_in(MAIL, "wrong")
    assert AppTry.objects.exists()
    app_passwords.sign_in("other", "wrong", "203.0.113.9", timezone.now() + timedelta(days=2))
    assert AppTry.objects.count() == 2


# --- the page -------------------------------------------------------------------
def made_on(client: Client, **said: str) -> str:
    page = client.post(PAGE, {"do": "make", "name": "My phone", **said})
    assert page.status_code == 200, page.content
    assert page["Cache-Control"] == "private, no-store"
    return re.search(r'class="secret"[^>]*>([^<]+)<', page.content.decode())[1]


def test_a_password_is_made_shown_once_and_kept_as_a_hash(reader):
    client = signed_in(reader)
    secret = made_on(client)
    assert len(secret.replace("-", "")) == 30
    assert sign_in(MAIL, secret).status_code == 200
    page = client.get(PAGE).content.decode()
    assert "My phone" in page
    assert secret not in page
    row = AppPassword.objects.get(reader=reader)
    assert secret not in str(vars(row))
    assert row.last_used_at


def test_only_who_is_signed_in_sees_the_page():
    answer = Client().get(PAGE)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    assert Client().post(PAGE, {"do": "make", "name": "x"}).status_code == 303


def test_a_password_is_ended_by_its_owner_alone(reader):
    app = App(reader)
    row = AppPassword.objects.get(reader=reader)
    other = signed_in(make_reader("ben@reader.example"))
    other.post(PAGE, {"do": "revoke", "number": row.pk})
    assert app.get("api/0/user-info").status_code == 200
    assert "My" not in other.get(PAGE).content.decode().partition('id="in-use"')[2].partition("<h2")[0]
    answer = signed_in(reader).post(PAGE, {"do": "revoke", "number": row.pk})
    assert answer.status_code == 303
    assert app.get("api/0/user-info").status_code == 401


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 40, "\u0661"])
def test_ending_what_is_not_there_says_so(reader, number):
    assert signed_in(reader).post(PAGE, {"do": "revoke", "number": number})["Location"].endswith("none=1")


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
def test_a_name_that_will_not_do_is_told_and_kept_in_its_field(reader, name):
    page = signed_in(reader).post(PAGE, {"do": "make", "name": name})
    assert page.status_code == 422
    assert 'aria-describedby="name-problem"' in page.content.decode()
    assert not AppPassword.objects.exists()


def test_a_reader_has_twenty_at_most(reader):
    client = signed_in(reader)
    for number in range(20):
        made_on(client, name=f"Phone {number}")
    page = client.post(PAGE, {"do": "make", "name": "One more"})
    assert page.status_code == 422
    assert AppPassword.objects.count() == 20


def test_a_form_from_elsewhere_is_refused(reader):
    client = signed_in(reader, enforce_csrf_checks=True)
    assert client.post(PAGE, {"do": "make", "name": "x"}).status_code == 403
    assert not AppPassword.objects.exists()


def test_the_page_is_kept_by_no_cache():
    from newsroom.page_cache import key_of

    for path in (
        PAGE,
        "/reader/api/0/token",
        "/fever/",
        "/following.opml",
        "/accounts/ClientLogin",
        "/api/greader.php",
    ):
        assert key_of({"PATH_INFO": path, "REQUEST_METHOD": "GET"}) is None, path
