"""Signing in: by whom, how often, and that nothing tells whether there is such an account."""

from __future__ import annotations

import json
import re
from ipaddress import ip_network

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core import mail
from django.test import Client

from newsroom.readers import passwords
from newsroom.readers.models import Reader
from newsroom.readers.save import make_admin, vouch_for

LOGIN = "/accounts/login/"
MAIL, PASSWORD = "ben@meren.example", "a long and quiet password"
WRONG = "this is not the password"


@pytest.fixture
def ben(db) -> Reader:
    reader = Reader.objects.create_user("ben", MAIL, PASSWORD)
    vouch_for(reader)
    return reader


@pytest.fixture
def sends_mail(settings):
    settings.SENDS_MAIL = True
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


def sign_in(client: Client, name: str = MAIL, password: str = PASSWORD, **more: str):
    return client.post(LOGIN, {"login": name, "password": password}, **more)


def is_signed_in(client: Client) -> bool:
    return client.get("/account").status_code == 200


def test_mail_and_password_sign_in_and_lead_back(client, ben):
    answer = client.post(f"{LOGIN}?next=/stories", {"login": MAIL.upper(), "password": PASSWORD})
    assert answer["Location"] == "/stories"
    assert is_signed_in(client)


def test_passwords_are_kept_by_argon2id(ben):
    assert ben.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_password_kept_by_an_older_rule_still_signs_in_and_is_kept_anew(client, ben):
    Reader.objects.filter(pk=ben.pk).update(password=PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1000))
    assert sign_in(client, password=WRONG).status_code == 200
    assert sign_in(client).status_code == 302
    ben.refresh_from_db()
    assert ben.password.startswith("argon2$")


def test_administrator_from_before_signs_in_by_user_name(client, db, sends_mail):
    Reader.objects.create_user("operator", "", PASSWORD, role="admin")
    assert sign_in(client, "operator").status_code == 302
    assert client.get("/admin/").status_code == 200


def test_administration_asks_at_the_page_of_everybody(client, db):
    make_admin(MAIL, PASSWORD)
    asked = client.get("/admin/", follow=True)
    assert asked.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"
    posted = client.post("/admin/login/", {"username": MAIL, "password": PASSWORD})
    assert posted.status_code == 302
    assert not is_signed_in(client)


def test_reader_may_not_enter_the_administration(client, ben):
    client.force_login(ben)
    assert client.get("/admin/", follow=True).status_code == 403


def test_closed_account_is_told_so_only_by_its_own_password(client, ben):
    Reader.objects.filter(pk=ben.pk).update(is_active=False)
    assert sign_in(client, password=WRONG).status_code == 200
    assert sign_in(client)["Location"] == "/accounts/inactive/"
    assert not is_signed_in(client)


def test_reader_who_is_closed_is_signed_out_and_stays_so_when_opened_again(client, ben):
    sign_in(client)
    ben.refresh_from_db()
    ben.is_active = False
    ben.save()
    assert not is_signed_in(client)
    ben.is_active = True
    ben.save()
    assert not is_signed_in(client)


# --- unknown and known ------------------------------------------------------


def said(answer) -> str:
    """The page without what differs in every answer: the token."""
    return re.sub(r'value="\w{64}"', "", answer.content.decode())


@pytest.fixture
def work(monkeypatch):
    """How often each kind of password was looked at or made."""
    done: list[str] = []

    def counted(hasher, name):
        real = getattr(hasher, name)

        def call(self, *given, **more):
            done.append(f"{self.algorithm} {name}")
            return real(self, *given, **more)

        monkeypatch.setattr(hasher, name, call)

    passwords.nobodys()
    for hasher in (passwords.Argon2id, PBKDF2PasswordHasher):
        counted(hasher, "encode")
        counted(hasher, "verify")
    return done


@pytest.mark.parametrize("has_older", [False, True])
def test_unknown_known_closed_and_passwordless_names_cost_the_same_and_are_answered_alike(ben, work, has_older):
    closed = Reader.objects.create_user("cem", "cem@meren.example", PASSWORD, is_active=False)
    bare = Reader.objects.create_user("dee", "dee@meren.example")
    names = [MAIL, closed.email, bare.email, "nobody@meren.example", "ben", "nobody"]
    if has_older:
        older = Reader.objects.create_user("eve", "eve@meren.example")
        Reader.objects.filter(pk=older.pk).update(password=PBKDF2PasswordHasher().encode(PASSWORD, "s", iterations=10))
        names.append("eve@meren.example")
    seen = []
    for name in names:
        work.clear()
        client = Client(REMOTE_ADDR=f"192.0.2.{len(seen) + 1}")
        client.get(LOGIN)
        with _queries() as queries:
            answer = sign_in(client, name, WRONG)
        seen.append((answer.status_code, said(answer).replace(name, ""), sorted(work), len(queries)))
    assert [one == seen[0] for one in seen] == [True] * len(names)
    assert [one for one in seen[0][2] if "verify" in one] == ["argon2 verify"] + ["pbkdf2_sha256 verify"] * has_older


def _queries():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return CaptureQueriesContext(connection)


def test_asking_for_a_new_password_is_answered_alike(ben, sends_mail):
    answers = []
    for name in (MAIL, "nobody@meren.example"):
        client = Client()
        posted = client.post("/accounts/password/reset/", {"email": name})
        answers.append((posted.status_code, posted["Location"], said(client.get(posted["Location"]))))
    assert answers[0] == answers[1]
    assert [one.to for one in mail.outbox] == [[MAIL], ["nobody@meren.example"]]


def test_signing_up_with_a_known_address_is_answered_alike(ben, sends_mail, settings):
    settings.SIGN_UP = "open"
    answers = []
    for name in (MAIL, "new@meren.example"):
        client = Client()
        posted = client.post("/accounts/signup/", {"email": name, "password1": PASSWORD})
        page = said(client.get(posted["Location"]))
        answers.append((posted.status_code, posted["Location"], page.replace(name, "")))
    assert answers[0] == answers[1]
    assert Reader.objects.filter(email__iexact=MAIL).count() == 1


# --- limits -----------------------------------------------------------------


def tried(monkeypatch) -> list[str]:
    """The names whose password was really looked at."""
    looked: list[str] = []
    monkeypatch.setattr(passwords, "is_right", lambda password, encoded: looked.append(encoded) or False)
    return looked


GUESSES = 200
EACH = 50  # of the hostile strings: a form takes a hundredth of a second


@pytest.mark.parametrize("name", [MAIL, "nobody@meren.example"])
def test_of_many_guesses_from_many_addresses_ten_reach_the_password(ben, monkeypatch, settings, name):
    settings.TRUSTED_PROXIES = (ip_network("127.0.0.0/8"),)
    looked = tried(monkeypatch)
    guess_from_many_addresses(name, GUESSES)
    assert len(looked) == 10


@pytest.mark.long
def test_of_10000_guesses_ten_reach_the_password(ben, monkeypatch, settings):
    settings.TRUSTED_PROXIES = (ip_network("127.0.0.0/8"),)
    looked = tried(monkeypatch)
    guess_from_many_addresses(MAIL, 10_000)
    assert len(looked) == 10


def guess_from_many_addresses(name: str, count: int) -> None:
    """Each guess comes from elsewhere, spelt otherwise, to another port of the host."""
    client = Client()
    spelt = (name, name.upper(), name.title(), f" {name} ")
    for number in range(count):
        sign_in(
            client,
            spelt[number % 4],
            f"guess {number}",
            HTTP_X_FORWARDED_FOR=f"198.51.{number // 250}.{number % 250}",
            HTTP_HOST=("localhost", "127.0.0.1", f"localhost:{1000 + number}")[number % 3],
        )


def test_the_mail_address_and_the_user_name_are_one_account(ben, monkeypatch):
    looked = tried(monkeypatch)
    for number in range(16):
        sign_in(Client(REMOTE_ADDR=f"192.0.2.{number}"), ("ben", MAIL)[number % 2], "guess")
    assert len(looked) == 10


def test_owner_who_is_guessed_at_comes_in_by_mail(client, ben, sends_mail):
    for number in range(12):
        sign_in(Client(REMOTE_ADDR=f"192.0.2.{number}"), MAIL, WRONG)
    refused = sign_in(client)
    assert "tried too often" in refused.content.decode()
    client.post("/accounts/password/reset/", {"email": MAIL})
    link = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[-1].body).group()
    form = client.get(link)["Location"]
    new = "quite another password"
    assert client.post(form, {"password1": new, "password2": new}).status_code == 302
    assert is_signed_in(client)
    assert sign_in(Client(), password=new).status_code == 302


def test_signing_in_rightly_uses_no_try_up(ben):
    for number in range(15):
        assert sign_in(Client(REMOTE_ADDR=f"192.0.2.{number}")).status_code == 302


def test_password_of_a_stolen_session_is_guessed_ten_times_an_hour_at_most(client, ben, monkeypatch):
    client.force_login(ben)
    looked = tried(monkeypatch)
    for _ in range(15):
        client.post("/accounts/reauthenticate/", {"password": WRONG})
    assert len(looked) == 10
    real, checked = Reader.check_password, []
    monkeypatch.setattr(Reader, "check_password", lambda self, given: checked.append(given) or real(self, given))
    for _ in range(15):
        client.post("/accounts/password/change/", {"oldpassword": WRONG, "password1": PASSWORD, "password2": PASSWORD})
    assert len(checked) == 10


def test_limits_are_counted_where_all_processes_see_them(settings):
    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")


def test_challenges_for_passkeys_are_limited(client, db):
    ask = {"HTTP_ACCEPT": "application/json"}
    answers = [client.get("/accounts/2fa/webauthn/login/", **ask).status_code for _ in range(32)]
    assert answers == [200] * 30 + [429] * 2


# --- where one is led -------------------------------------------------------


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
     "http://localhost/x", "/\t/evil.example", "///evil.example", "/stories\n//evil.example"],
)  # fmt: skip
def test_signing_in_and_out_leads_nowhere_else(client, ben, elsewhere):
    answer = client.post(LOGIN, {"login": MAIL, "password": PASSWORD, "next": elsewhere})
    assert answer["Location"] == "/"
    assert client.post("/accounts/logout/", {"next": elsewhere})["Location"] == "/"


def test_open_redirects_that_are_known_lead_nowhere_else(client, ben, newstext_data):
    lines = (newstext_data / "hostile" / "url" / "open_redirect.jsonl").read_text(encoding="utf-8").splitlines()
    client.force_login(ben)
    for line in lines:
        value = json.loads(line)["value"]
        for address in (LOGIN, "/accounts/signup/"):
            answer = client.get(address, {"next": value})
            assert answer.status_code == 302
            where = answer["Location"]
            assert where == "/" or (where.startswith("/") and where[1:2] not in ("/", "\\")), value


@pytest.mark.parametrize("field", ["login", "password"])
def test_hostile_strings_in_the_form_are_refused_in_words(db, newstext_data, field, monkeypatch):
    tried(monkeypatch)
    lines = (newstext_data / "hostile" / "strings" / "naughty.jsonl").read_text(encoding="utf-8").splitlines()
    strings = [json.loads(line)["s"].encode("utf-8", "replace").decode() for line in lines[::EACH]]
    for number, value in enumerate(strings):
        given = {"login": "nobody@meren.example", "password": WRONG, field: value}
        answer = Client(REMOTE_ADDR=f"10.1.{number // 250}.{number % 250}").post(LOGIN, given)
        assert answer.status_code == 200
        assert 'role="alert"' in answer.content.decode()
