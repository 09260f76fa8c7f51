"""What settings of accounts are taken, and what is said of others."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.site.running import ROOT, environment

SHOW = "from newsroom import settings as s; print({}, sep='\\n')"


def read(tmp_path, expression: str, **given: str) -> tuple[str, str]:
    place = environment(BACKSTORY_DATA=str(tmp_path), **given)
    command = [sys.executable, "-c", SHOW.format(expression)]
    done = subprocess.run(command, cwd=ROOT, env=place, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout, done.stderr


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SIGN_UP", "maybe", "open, invitation or closed"),
        ("EMAIL_URL", "http://mail.example", "smtp://name:password@mail.example:587"),
        ("EMAIL_URL", "smtp://a:b@mail.example:port", "no address of a mail server"),
        ("TRUSTED_PROXIES", "10.0.0.0/24,the proxy", "'the proxy' is no address"),
        ("OIDC_URL", "http://login.example.org", "asked by https"),
        ("OIDC_URL", "https://login.example.org", "OIDC_CLIENT is not"),
        ("OIDC_URL", "https://", "asked by https"),
    ],
)
def test_what_is_not_known_is_said_with_the_way_out(tmp_path, name, value, told):
    assert told in read(tmp_path, "1", **{name: value})[1]


def test_the_password_of_the_mail_server_is_not_told(tmp_path):
    _, errors = read(tmp_path, "1", EMAIL_URL="imap://name:hunter2@mail.example")
    assert "EMAIL_URL" in errors
    assert "hunter2" not in errors.splitlines()[-1]


def test_mail_goes_out_by_starttls_or_tls(tmp_path):
    shown = "s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_HOST_PASSWORD, s.EMAIL_USE_TLS, s.EMAIL_USE_SSL"
    shown += ", s.ACCOUNT_EMAIL_VERIFICATION"
    for url, seen in (
        ("smtp://n:p%40w@mail.example", "mail.example 587 p@w True False mandatory"),
        ("smtps://n:p@mail.example", "mail.example 465 p False True mandatory"),
        ("smtp://127.0.0.1:25", "127.0.0.1 25  False False mandatory"),
    ):
        assert read(tmp_path, shown, EMAIL_URL=url)[0].split("\n")[:-1] == seen.split(" ")


def test_a_site_by_https_has_cookies_that_only_https_carries(tmp_path):
    shown = "s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY"
    assert read(tmp_path, shown, SITE_URL="https://news.example")[0].split() == ["__Host-sessionid", *["True"] * 3]
    assert read(tmp_path, shown)[0].split() == ["sessionid", "False", "False", "True"]


def test_forms_may_lead_to_the_organisations_provider_alone(tmp_path):
    shown = "s.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action']"
    given = {"OIDC_URL": "https://login.example.org/realms/news", "OIDC_CLIENT": "news"}
    assert read(tmp_path, shown, **given)[0].strip() == "[\"'self'\", 'https://login.example.org']"
    assert read(tmp_path, shown)[0].strip() == "[\"'self'\"]"
