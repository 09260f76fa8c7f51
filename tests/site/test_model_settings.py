"""Settings of the language model that are nonsense are refused at the start, by name and without a secret."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

SETTINGS = Path(__file__).resolve().parents[2] / "newsroom" / "settings.py"


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:11434/v1",
        "localhost",
        "ftp://model.example/v1",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http:///v1",
        "http://model.example:99999/v1",
        "http://model.example:port/v1",
        "http://[::1/v1",
        "http://ada:s3cret@model.example/v1",
        "https://s3cret@model.example/v1",
        "https://model.example/v1?key=s",
        "https://model.example/v1#top",
    ],
)
def test_address_of_a_model_that_is_none_is_refused_at_the_start(monkeypatch, url):
    monkeypatch.setenv("MODEL_URL", url)
    with pytest.raises(ImproperlyConfigured, match="MODEL_URL") as refused:
        runpy.run_path(str(SETTINGS))
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("name", ["MODEL_TIMEOUT_S", "MODEL_CALLS_AN_HOUR", "MODEL_CALLS_A_DAY"])
@pytest.mark.parametrize("value", ["-1", "many", "nan", "inf", "-inf", "1e999"])
def test_number_that_is_none_is_refused_at_the_start(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        runpy.run_path(str(SETTINGS))


@pytest.mark.parametrize("key", ["s3cret\nX-Other: 1", "s3cret\u00e9", "s3cret\u202e"])
def test_key_that_no_header_carries_is_refused_and_not_told(monkeypatch, key):
    monkeypatch.setenv("MODEL_KEY", key)
    with pytest.raises(ImproperlyConfigured, match="MODEL_KEY") as refused:
        runpy.run_path(str(SETTINGS))
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:11434/v1", "https://model.example/v1/", "http://[::1]:8080/v1"])
def test_address_of_a_model_is_taken_as_it_is(monkeypatch, url):
    monkeypatch.setenv("MODEL_URL", url)
    monkeypatch.setenv("MODEL_CALLS_AN_HOUR", "0")
    held = runpy.run_path(str(SETTINGS))
    assert held["MODEL_URL"] == url
    assert held["MODEL_CALLS_AN_HOUR"] == 0
