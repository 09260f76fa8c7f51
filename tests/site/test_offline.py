"""What a browser needs to keep pages: the worker, the manifest, the pages that only it can fill."""

from __future__ import annotations

import json
import re

import pytest

from newsroom.readers import offline

pytestmark = pytest.mark.django_db


def test_the_worker_stands_at_the_top_and_is_asked_for_anew_each_time(client):
    response = client.get("/sw.js?en")
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Cache-Control"] == "no-cache"
    assert "worker-src 'self'" in response["Content-Security-Policy"]


def test_every_file_that_the_worker_keeps_is_there(client):
    files = json.loads(re.search(r"FILES = (\[.*?\]);", client.get("/sw.js").content.decode())[1])
    assert "/static/site.css" in files
    assert "/static/reading.js" in files
    for file in files:
        response = client.get(file) if not file.startswith("/static/") else None
        assert response is None or response.status_code == 200, file
        assert response is not None or (offline.STATIC / file.rpartition("/")[2]).is_file(), file


def test_the_worker_is_another_when_a_file_that_it_keeps_is(client, tmp_path, monkeypatch):
    before = client.get("/sw.js").content
    for path in offline.STATIC.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "site.css").write_text("body { color: red }")
    monkeypatch.setattr(offline, "STATIC", tmp_path)
    offline._version.cache_clear()
    after = client.get("/sw.js").content
    offline._version.cache_clear()
    assert after != before


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
def test_on_the_machine_itself_no_page_is_kept(client, host):
    assert b"data-worker" not in client.get("/about", headers={"host": host}).content


def test_elsewhere_a_page_starts_the_worker(client, settings):
    settings.ALLOWED_HOSTS = ["news.example"]
    assert b'data-worker="/sw.js"' in client.get("/about", headers={"host": "news.example"}).content


def test_the_manifest_names_the_site_and_icons_that_are_there(client, settings):
    settings.SITE_NAME = "The Meren Room"
    response = client.get("/manifest.webmanifest")
    told = response.json()
    assert response["Content-Type"] == "application/manifest+json"
    assert told["name"] == "The Meren Room"
    assert told["start_url"] == "/"
    assert (told["lang"], told["dir"]) == ("en", "ltr")
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in told["icons"]}
    assert any(icon.get("purpose") == "maskable" for icon in told["icons"])
    for icon in told["icons"]:
        assert (offline.STATIC / icon["src"].rpartition("/")[2]).is_file()


@pytest.mark.parametrize("address", ["/saved", "/offline"])
def test_a_page_that_a_script_fills_says_what_it_needs(client, address):
    text = client.get(address).content.decode()
    assert "<noscript>" in text
    assert "allow scripts" in text


def test_the_keys_have_a_page_and_a_part(client):
    assert b"<h1>Keys</h1>" in client.get("/keys").content
    part = client.get("/keys?as=note").content
    assert b"<kbd>j</kbd>" in part
    assert b"<html" not in part
