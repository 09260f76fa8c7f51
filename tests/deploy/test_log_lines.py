"""What the log and the pages of health say of addresses and of what went wrong: enough to act on, and no secret."""

from __future__ import annotations

import logging
import sys

import pytest
from django.test import Client

from newsroom import backups
from newsroom.log_lines import WithoutSecrets, open_address, without_secrets
from newsroom.publishers.models import Feed, Publisher
from tests.site.stories import NOW


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("https://a.example/f?key=K1: is not there", "https://a.example/f?… is not there"),
        ("http://ann:K1@a.example/f: holds a name", "http://…@a.example/f: holds a name"),
        ("https://a.example/feed.xml: is gone", "https://a.example/feed.xml: is gone"),
        ("smtp://news:K1@mail.example:587", "smtp://…@mail.example:587"),
        ("Not Found: /accounts/password/reset/key/K1/", "Not Found: /accounts/password/reset/key/…/"),
        ("Gone: /setup/K1", "Gone: /setup/…"),
        ("asked /accounts/signup/?invitation=K1 by", "asked /accounts/signup/?… by"),
        ("Why now? /story/7 was made", "Why now? /story/7 was made"),
        ("ratio 3/4? no", "ratio 3/4? no"),
    ],
)
def test_addresses_lose_what_may_be_a_key_and_keep_the_rest(said, written):
    assert without_secrets(said) == written


def test_what_the_settings_keep_secret_is_taken_out_wherever_it_stands(settings, monkeypatch):
    settings.MODEL_KEY, settings.EMAIL_HOST_PASSWORD = "Canary-model", "Canary-mail"
    settings.BROKER_URL = "amqp://news:Canary-broker@10.0.0.5/"
    monkeypatch.setitem(settings.DATABASES, "replica", {"PASSWORD": "Canary-replica"})
    said = without_secrets(
        f"401 {{'Authorization': 'Bearer Canary-model'}} 535 no Canary-mail; {settings.SECRET_KEY}; "
        "refused Canary-broker; FATAL: Canary-replica"
    )
    assert "Canary" not in said
    assert settings.SECRET_KEY not in said


def test_tracebacks_are_written_and_lose_secrets_too():
    try:
        raise ValueError("https://a.example/f?key=K1 broke")
    except ValueError:
        record = logging.LogRecord("newsroom", logging.ERROR, "", 1, "it broke", None, sys.exc_info())
    said = WithoutSecrets().format(record)
    assert "ValueError: https://a.example/f?… broke" in said
    assert "K1" not in said


def test_the_handlers_of_the_site_write_such_lines(settings):
    from newsroom.settings import LOGGING

    assert {one["formatter"] for one in LOGGING["handlers"].values()} == {"line"}
    assert LOGGING["formatters"]["line"]["()"].endswith("WithoutSecrets")


@pytest.mark.django_db
def test_health_names_a_feed_that_fails_without_its_password_or_key():
    paper = Publisher.objects.create(slug="kelm", name="Kelm Post", domain="kelm.example")
    for number, url in enumerate(("http://ann:CanaryOne@kelm.example/f", "https://kelm.example/f?k=CanaryTwo")):
        Feed.objects.create(
            publisher=paper, url=url, next_check_at=NOW, failures=1 + number, problem_kind="bad-address",
            problem=f"{url}: holds a user name or password. Leave it out.",
        )  # fmt: skip
    for page in ("/health", "/health.json", "/publisher/kelm/health", "/publishers"):
        assert "Canary" not in Client().get(page).content.decode(), page
    assert open_address("http://ann:CanaryOne@kelm.example/f?k=1") == "http://…@kelm.example/f?…"


def test_a_message_about_a_setting_does_not_say_its_password(tmp_path):
    from tests.site.running import start

    for name, value in (("DATABASE_URL", "mysql://news:Canary@db.example/x"), ("OIDC_URL", "https://n:Canary@o.example"),
                        ("SITE_URL", "https://n:Canary@news.example"), ("MODEL_URL", "https://n:Canary@m.example")):  # fmt: skip
        process = start("ingest", "--once", "--data", str(tmp_path), **{name: value})
        out, errors = process.communicate(timeout=120)
        assert process.returncode
        assert name in errors.decode()
        assert "Canary" not in (out + errors).decode(), name


def test_a_backup_on_sqlite_holds_no_session(tmp_path):
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(tmp_path / "copy")) as copy:
        copy.execute("CREATE TABLE django_session (session_key TEXT)")
        copy.executemany("INSERT INTO django_session VALUES (?)", [(f"Canary{n}",) for n in range(100)])
        copy.execute("CREATE TABLE other (said TEXT)")
        copy.execute("INSERT INTO other VALUES ('stays')")
        copy.commit()
        backups._let_go_of_sessions(copy)
        assert copy.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
    body = (tmp_path / "copy").read_bytes()
    assert b"Canary" not in body
    assert b"stays" in body
