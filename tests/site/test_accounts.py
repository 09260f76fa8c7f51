"""A reader's own account: signing up, what is held, who sees it, and how it ends."""

from __future__ import annotations

import json
import unicodedata
from datetime import timedelta
from ipaddress import ip_network

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.core import mail
from django.db import models
from django.test import Client, RequestFactory
from django.utils import timezone
from django.utils.html import escape

from newsroom.comments.models import Comment
from newsroom.readers import export, second_factor
from newsroom.readers.models import Follow, Invitation, Mute, Reader, Saved, Seen
from newsroom.readers.origin import address_of
from newsroom.readers.save import make_admin, vouch_for

MAIL, PASSWORD = "ben@meren.example", "a long and quiet password"
SIGN_UP = "/accounts/signup/"
EACH = 150  # of the hostile strings
NEW = {"email": "new@meren.example", "password1": PASSWORD}
SECRETS = {"Ada": "zinnober-quill", "Ben": "lapis-thistle"}


@pytest.fixture
def ben(db) -> Reader:
    reader = Reader.objects.create_user("ben", MAIL, PASSWORD)
    vouch_for(reader)
    return reader


@pytest.fixture
def signed_in(client, ben):
    client.post("/accounts/login/", {"login": MAIL, "password": PASSWORD})
    return client


@pytest.fixture
def proven(signed_in):
    """Signed in, and the password given once more."""
    signed_in.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return signed_in


def invite(by: Reader, **lives) -> str:
    return Invitation.issue(by, "for a test", timezone.now(), lives=timedelta(**(lives or {"days": 1})))


# --- signing up -------------------------------------------------------------


def test_without_an_invitation_nobody_signs_up(client, db):
    assert "invitation" in client.get(SIGN_UP).content.decode()
    client.post(SIGN_UP, NEW)
    client.post(SIGN_UP, {**NEW, "invitation": "invented"})
    assert not Reader.objects.filter(email=NEW["email"]).exists()


def test_an_editor_makes_a_link_with_which_one_person_signs_up(db):
    editor = Client()
    editor.force_login(Reader.objects.create_user("ed", "ed@meren.example", role="editor"))
    page = editor.post("/account/invitations", {"note": "for Ben"}).content.decode()
    link = page.partition('id="link" value="')[2].partition('"')[0]
    secret = link.partition("invitation=")[2]
    assert secret not in editor.get("/account/invitations").content.decode()
    first, second = Client(), Client()
    assert f'value="{secret}"' in first.get(link).content.decode()
    assert first.post(SIGN_UP, {**NEW, "invitation": secret})["Location"] == "/"
    assert first.get("/account").status_code == 200
    second.post(SIGN_UP, {**NEW, "email": "late@meren.example", "invitation": secret})
    assert not Reader.objects.filter(email="late@meren.example").exists()
    assert Invitation.objects.get().used_by == Reader.objects.get(email=NEW["email"])


def test_an_invitation_ends_and_can_be_withdrawn(client, ben):
    past, withdrawn = invite(ben, days=-1), invite(ben)
    Reader.objects.filter(pk=ben.pk).update(role="editor")
    client.force_login(ben)
    row = Invitation.living(withdrawn, timezone.now()).get()
    assert client.post(f"/account/invitations/{row.pk}/withdraw").status_code == 303
    for secret in (past, withdrawn):
        Client().post(SIGN_UP, {**NEW, "invitation": secret})
    assert not Reader.objects.filter(email=NEW["email"]).exists()


@pytest.mark.parametrize("role", ["reader", "trusted", "moderator"])
def test_only_editors_invite(client, db, role):
    client.force_login(Reader.objects.create_user("x", role=role))
    assert client.get("/account/invitations").status_code == 403
    assert client.post("/account/invitations", {"note": "x"}).status_code == 403


def test_another_editors_invitation_is_not_found(client, ben):
    invite(ben)
    client.force_login(Reader.objects.create_user("ed", role="editor"))
    assert client.post(f"/account/invitations/{Invitation.objects.get().pk}/withdraw").status_code == 404
    assert Invitation.objects.count() == 1


def test_open_sites_take_everybody_and_prove_addresses_by_mail(client, db, settings):
    settings.SIGN_UP, settings.SENDS_MAIL, settings.ACCOUNT_EMAIL_VERIFICATION = "open", True, "mandatory"
    settings.SITE_URL = "https://news.example"
    client.post(SIGN_UP, NEW)
    assert client.get("/account").status_code == 302
    link = next(word for word in mail.outbox[0].body.split() if "confirm-email" in word)
    assert link.startswith("https://news.example/accounts/confirm-email/")
    client.get(link.removeprefix("https://news.example"))
    assert client.get("/account").status_code == 302  # mails are opened by machines too
    client.post(link.removeprefix("https://news.example"))
    assert client.get("/account").status_code == 200


def test_closed_sites_take_nobody(client, ben, settings):
    settings.SIGN_UP = "closed"
    client.post(SIGN_UP, {**NEW, "invitation": invite(ben)})
    assert "Nobody can sign up" in client.get(SIGN_UP).content.decode()
    assert not Reader.objects.filter(email=NEW["email"]).exists()


def test_without_mail_a_new_password_is_the_operators_to_give(client, ben):
    assert "sends no mail" in client.get("/accounts/password/reset/").content.decode()


def test_a_mail_server_that_fails_is_said(client, ben, settings):
    settings.SENDS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = client.post("/accounts/password/reset/", {"email": MAIL})
    assert answer.status_code == 503
    assert "mail server" in answer.content.decode()


# --- the account ------------------------------------------------------------


def test_name_and_time_zone_are_kept(signed_in, ben):
    signed_in.post("/account", {"name": "  Ben   of Meren ", "time_zone": "Europe/Oslo"})
    ben.refresh_from_db()
    assert (ben.name, ben.time_zone) == ("Ben of Meren", "Europe/Oslo")


@pytest.mark.parametrize("name", ["ben", "BEN", " Ben "])
def test_two_readers_do_not_bear_one_name(signed_in, ben, name):
    Reader.objects.create_user("other", name="Ben")
    answer = signed_in.post("/account", {"name": name, "time_zone": ""})
    assert answer.status_code == 422
    assert "Another reader" in answer.content.decode()


@pytest.mark.parametrize("name", ["Be\u202en", "B\u200ben", "Ben\x07", "x" * 61])
def test_names_that_deceive_are_refused_in_words(signed_in, ben, name):
    answer = signed_in.post("/account", {"name": name, "time_zone": ""})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    ben.refresh_from_db()
    assert ben.name == ""


def test_hostile_names_read_back_or_are_refused_in_words(signed_in, ben, newstext_data):
    strings = hostile(newstext_data, "strings/naughty.jsonl", "s") + hostile(
        newstext_data, "xss/vectors.jsonl", "payload"
    )
    taken = 0
    for value in strings[::EACH]:
        answer = signed_in.post("/account", {"name": value, "time_zone": ""})
        assert answer.status_code in (303, 422), value
        if answer.status_code == 303:
            taken += 1
            ben.refresh_from_db()
            assert ben.name == " ".join(unicodedata.normalize("NFC", value).split())
            assert escape(ben.name) in signed_in.get("/account").content.decode()
    assert taken > 30


def hostile(data, file: str, key: str) -> list[str]:
    lines = (data / "hostile" / file).read_text(encoding="utf-8").splitlines()
    return [json.loads(line)[key].encode("utf-8", "replace").decode() for line in lines]


def test_pages_of_an_account_are_for_who_is_signed_in(client, db):
    for address in ("/account", "/account/delete", "/account/invitations", "/accounts/sessions/", "/accounts/2fa/",
                    "/accounts/email/", "/accounts/2fa/webauthn/", "/accounts/password/change/"):  # fmt: skip
        assert client.get(address)["Location"].startswith("/accounts/login/?next="), address


# --- sessions ---------------------------------------------------------------


def test_sessions_are_listed_and_ended_one_by_one(signed_in, ben):
    other = Client(HTTP_USER_AGENT="A Telephone")
    other.post("/accounts/login/", {"login": MAIL, "password": PASSWORD})
    page = signed_in.get("/accounts/sessions/").content.decode()
    assert "A Telephone" in page
    row = UserSession.objects.get(user_agent="A Telephone")
    assert signed_in.post(f"/accounts/sessions/{row.pk}/end").status_code == 303
    assert other.get("/account").status_code == 302
    assert signed_in.get("/account").status_code == 200


def test_all_other_sessions_are_ended_at_once(signed_in):
    other = Client()
    other.post("/accounts/login/", {"login": MAIL, "password": PASSWORD})
    signed_in.post("/accounts/sessions/end")
    assert (other.get("/account").status_code, signed_in.get("/account").status_code) == (302, 200)


def test_another_readers_session_cannot_be_ended(signed_in, db):
    stranger = Client()
    stranger.force_login(Reader.objects.create_user("cem"))
    row = UserSession.objects.create(
        user=Reader.objects.get(username="cem"), ip="192.0.2.1", session_key=stranger.session.session_key
    )
    assert signed_in.post(f"/accounts/sessions/{row.pk}/end").status_code == 404
    assert stranger.get("/account").status_code == 200


def test_signing_in_begins_a_new_session(client, ben):
    client.get("/accounts/login/?next=/stories")
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    client.post("/accounts/login/", {"login": MAIL, "password": PASSWORD})
    assert client.session.session_key != before


def test_a_new_password_ends_the_other_sessions(proven):
    other = Client()
    other.post("/accounts/login/", {"login": MAIL, "password": PASSWORD})
    new = "quite another password"
    proven.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert UserSession.objects.filter(user__email=MAIL).count() == 1
    assert (other.get("/account").status_code, proven.get("/account").status_code) == (302, 200)


# --- private pages ----------------------------------------------------------


def test_what_is_made_for_who_is_signed_in_is_kept_by_nobody(signed_in, story_of):
    for address in ("/", "/stories", "/account", "/about", "/nothing-here"):
        assert signed_in.get(address)["Cache-Control"] == "private, no-store", address


def test_pages_of_everybody_are_the_same_as_before(client, db):
    answer = client.get("/stories")
    assert "no-store" not in answer.get("Cache-Control", "")
    assert not answer.cookies
    assert "/accounts/login/?next=/stories" in answer.content.decode().replace("%2F", "/")


def test_two_readers_never_see_each_others_private_strings(db):
    clients = {}
    for name, secret in SECRETS.items():
        reader = Reader.objects.create_user(secret, f"{secret}@meren.example", PASSWORD, role="editor")
        for row in (Follow(kind="search"), Mute(kind="word")):
            row.reader, row.key, row.name, row.since = reader, secret, secret, timezone.now()
            row.save()
        invite(reader)
        reader.invitations.update(note=secret)
        clients[name] = Client(HTTP_USER_AGENT=secret)
        clients[name].post("/accounts/login/", {"login": reader.email, "password": PASSWORD})
        assert secret in clients[name].get("/account").content.decode()
    pages = ("/", "/stories", "/account", "/account/invitations", "/accounts/sessions/", "/accounts/email/", "/feed.xml",
             "/saved", "/account/delete", "/accounts/2fa/", "/search?q=word", "/api/v1/stories")  # fmt: skip
    for name, secret in SECRETS.items():
        for who in [*(other for other in clients if other != name), None]:
            client = clients[who] if who else Client()
            for address in pages:
                assert secret not in client.get(address).content.decode(), (address, who)


# --- export -----------------------------------------------------------------


def fields_that_name_a_reader() -> dict[str, models.Field]:
    found = {}
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if field.concrete and field.is_relation and field.related_model is Reader and model is not Reader:
                found[f"{model._meta.label}.{field.name}"] = field
    return found


def test_every_row_that_names_a_reader_is_exported_or_said_why_not():
    declared = {f"{label}.{field}" for label, (field, _) in export.EXPORTED.items()}
    assert declared | set(export.GIVEN_ELSEWHERE) == set(fields_that_name_a_reader())
    assert not declared & set(export.GIVEN_ELSEWHERE)


def test_every_row_that_names_a_reader_lets_them_go():
    may_stay = {name for name, field in fields_that_name_a_reader().items()
                if field.remote_field.on_delete not in (models.CASCADE, models.SET_NULL)}  # fmt: skip
    assert may_stay == set()


def fill(ben: Reader, story) -> None:
    now = timezone.now()
    Follow.objects.create(reader=ben, kind="hashtag", key="karsa", name="Karsa", since=now)
    Mute.objects.create(reader=ben, kind="word", key="ferry", name="ferry", since=now)
    Saved.objects.create(reader=ben, kind="story", key=str(story.pk), at=now)
    Seen.objects.create(reader=ben, kind="story", key=str(story.pk), at=now)
    Comment.objects.create(
        story=story, reader=ben, name="Ben", text="Lapis and thistle", state="shown", created_at=now, address_hash="x"
    )


def test_all_that_is_held_comes_as_one_file_once_the_password_was_given_again(signed_in, ben, story_of):
    fill(ben, story_of("Heron"))
    asked = signed_in.post("/account/export")
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    answer = signed_in.post(asked["Location"], {"password": PASSWORD, "next": "/account/export"})
    held = json.loads(answer.content)
    assert answer["Content-Disposition"].startswith("attachment")
    assert held["account"]["email"] == MAIL
    assert held["comments.Comment"][0]["text"] == "Lapis and thistle"
    assert [len(held[label]) for label in ("readers.Follow", "readers.Mute", "readers.Saved", "readers.Seen")] == [
        1
    ] * 4
    assert ben.password not in answer.content.decode()


def test_secrets_are_not_exported(proven, ben):
    secret = "JBSWY3DPEHPK3PXP"
    kept = second_factor.SecondFactor().encrypt(secret)
    Authenticator.objects.create(user=ben, type="totp", data={"secret": kept})
    page = proven.post("/account/export").content.decode()
    assert "totp" in page
    assert secret not in page
    assert kept not in page


# --- deletion ---------------------------------------------------------------


@pytest.mark.parametrize("comments", ["keep", "delete"])
def test_the_account_and_all_its_rows_go(proven, ben, story_of, comments):
    story = story_of("Heron")
    fill(ben, story)
    key = ben.pk
    assert proven.post("/account/delete", {"comments": comments})["Location"] == "/deleted"
    assert not Reader.objects.filter(pk=key).exists()
    for name in fields_that_name_a_reader():
        label, _, field = name.rpartition(".")
        assert not apps.get_model(label)._default_manager.filter(**{field: key}).exists(), name
    comment = Comment.objects.get(story=story, created_at__gte=timezone.now() - timedelta(minutes=5))
    assert (comment.name, comment.address_hash, comment.reader) == ("", "", None)
    assert (comment.text, comment.state) == (("Lapis and thistle", "shown") if comments == "keep" else ("", "deleted"))
    assert proven.get("/account").status_code == 302


def test_comments_that_stay_are_said_to_be_a_deleted_readers(proven, ben, article_of, client):
    article = article_of("Heron")
    Comment.objects.create(
        article=article,
        reader=ben,
        name="Ben",
        text="Lapis",
        state="shown",
        created_at=timezone.now(),
        address_hash="x",
    )
    proven.post("/account/delete", {"comments": "keep"})
    page = Client().get(f"/article/{article.pk}", follow=True).content.decode()
    assert "a deleted reader" in page
    assert "Lapis" in page


def test_deleting_asks_for_the_password_and_what_becomes_of_comments(signed_in, ben):
    asked = signed_in.post("/account/delete", {"comments": "keep"})
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert Reader.objects.filter(pk=ben.pk).exists()
    signed_in.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert signed_in.post("/account/delete", {"comments": "burn"}).status_code == 422
    assert Reader.objects.filter(pk=ben.pk).exists()


def test_the_only_administrator_stays(client, db):
    reader = make_admin("ada@meren.example", PASSWORD)
    client.post("/accounts/login/", {"login": reader.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.post("/account/delete", {"comments": "keep"}).status_code == 409
    make_admin("bo@meren.example", PASSWORD)
    assert client.post("/account/delete", {"comments": "keep"}).status_code == 303


NO_PASSKEYS = (
    '{"id": "%%%", "rawId": "%%%", "type": "public-key", "response": {"clientDataJSON": "e", "attestationObject": "e"}}',
    '{"id": "", "rawId": "", "response": {"clientDataJSON": "e30", "attestationObject": "oA", "userHandle": "e"}}',
    '{"response": []}', '{"response": {"clientDataJSON": {}, "authenticatorData": 1, "signature": "x"}}', "[1]", "7", "9" * 5_000,
    '{"id": "\\ud800", "rawId": "\\ud800"}', '{"id": "\\u0000", "rawId": ""}',
)  # fmt: skip


@pytest.mark.parametrize("credential", NO_PASSKEYS)
def test_what_is_no_passkey_is_refused(signed_in, credential):
    signed_in.post("/accounts/reauthenticate/", {"password": PASSWORD})
    signed_in.get("/accounts/2fa/webauthn/add/")
    for asker, address in (
        (signed_in, "/accounts/2fa/webauthn/add/"),
        (Client(), "/accounts/2fa/webauthn/login/"),
        (signed_in, "/accounts/2fa/webauthn/reauthenticate/"),
    ):
        answer = asker.post(address, {"name": "A key", "credential": credential})
        assert answer.status_code in (200, 302), address
    assert not Authenticator.objects.exists()


# --- what is kept of secrets, where requests come from -----------------------


def test_secrets_of_apps_cannot_be_read_in_the_database():
    box = second_factor.SecondFactor()
    kept = box.encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DP" not in kept
    assert box.decrypt(kept) == "JBSWY3DPEHPK3PXP"


def test_another_key_of_the_site_opens_no_secret(settings):
    box = second_factor.SecondFactor()
    kept = box.encrypt("JBSWY3DPEHPK3PXP")
    settings.SECRET_KEY = "another key than before"
    assert box.decrypt(kept) not in ("", "JBSWY3DPEHPK3PXP")
    assert box.decrypt(kept) != box.decrypt(kept)


@pytest.mark.parametrize(
    ("peer", "told", "address"),
    [
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),  # no proxy of ours
        ("10.0.0.7", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.7", "6.6.6.6, 203.0.113.9", "203.0.113.9"),  # the first was invented
        ("10.0.0.7", "6.6.6.6, 203.0.113.9, 10.0.0.8", "203.0.113.9"),
        ("10.0.0.7", "", "10.0.0.7"),
        ("10.0.0.7", "unknown", "10.0.0.7"),
        ("::ffff:10.0.0.7", "2001:db8::1", "2001:db8::1"),
        ("", "203.0.113.9", ""),
    ],
)
def test_forwarded_addresses_are_believed_of_listed_proxies_alone(settings, peer, told, address):
    settings.TRUSTED_PROXIES = (ip_network("10.0.0.0/24"),)
    assert address_of(RequestFactory(REMOTE_ADDR=peer).get("/", headers={"X-Forwarded-For": told})) == address
