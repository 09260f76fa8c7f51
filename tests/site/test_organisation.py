"""Signing in by an organisation's provider, which here is a small one on loopback."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import requests  # noqa: TID251  what django-allauth asks with
from django.test import Client

from newsroom.readers.models import Reader
from newsroom.readers.organisation import Organisation

BEGIN = "/accounts/oidc/organisation/login/"
PERSON = {"sub": "7", "email": "dee@meren.example", "email_verified": True, "preferred_username": "dee"}


@pytest.fixture
def provider(settings):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here = f"http://{self.headers['Host']}"
            said = {
                "/.well-known/openid-configuration": {
                    "issuer": here,
                    "authorization_endpoint": f"{here}/authorize",
                    "token_endpoint": f"{here}/token",
                    "userinfo_endpoint": f"{here}/person",
                },
                "/token": {"access_token": "t", "token_type": "Bearer"},
                "/person": PERSON,
            }
            body = json.dumps(said[self.path]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    app = {"provider_id": "organisation", "name": "The Gazette", "client_id": "news", "secret": "s",
           "settings": {"server_url": url}}  # fmt: skip
    settings.OIDC_URL = url
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    yield url
    server.shutdown()
    server.server_close()


def come_by(client: Client) -> object:
    """Begin at the site's button, and come back as the provider sends one back."""
    asked = client.post(BEGIN)
    query = parse_qs(urlsplit(asked["Location"]).query)
    assert "code_challenge" in query
    return client.get(f"{BEGIN}callback/", {"code": "c", "state": query["state"][0]})


def test_whom_the_organisation_knows_comes_in_by_its_button(client, db, provider):
    assert "Sign in with The Gazette" in client.get("/accounts/login/").content.decode()
    assert come_by(client)["Location"] == "/"
    assert Reader.objects.get(email=PERSON["email"]).role == "reader"
    assert client.get("/account").status_code == 200
    assert come_by(Client())["Location"] == "/"
    assert Reader.objects.filter(email=PERSON["email"]).count() == 1


def test_where_nobody_signs_up_the_organisation_brings_nobody_new(client, db, provider, settings):
    settings.SIGN_UP = "closed"
    assert "Nobody can sign up" in come_by(client).content.decode()
    assert not Reader.objects.filter(email=PERSON["email"]).exists()


def test_an_address_that_another_account_has_is_not_taken_over(client, db, provider):
    theirs = Reader.objects.create_user("other", PERSON["email"], "a long and quiet password", role="admin")
    come_by(client)
    answer = client.get("/account")
    assert answer.status_code == 302
    assert list(Reader.objects.filter(email=PERSON["email"])) == [theirs]


def test_an_account_without_a_password_can_be_taken_along_and_deleted(client, db, provider):
    come_by(client)
    assert client.post("/account/export").status_code == 200
    assert client.post("/account/delete", {"comments": "keep"})["Location"] == "/deleted"


def test_a_link_alone_signs_nobody_in(client, db, provider):
    assert client.get(BEGIN).status_code == 200
    answer = client.get(f"{BEGIN}callback/", {"code": "c", "state": "invented"})
    assert answer.status_code in (200, 401, 403)
    assert client.get("/account").status_code == 302


def test_without_a_provider_there_is_no_such_way(client, db):
    assert client.get(BEGIN).status_code == 404


def test_a_provider_by_https_is_never_asked_by_http(settings):
    settings.OIDC_URL = "https://login.example.org"
    with Organisation().get_requests_session() as session, pytest.raises(requests.exceptions.InvalidSchema):
        session.get("http://127.0.0.1:9/")
