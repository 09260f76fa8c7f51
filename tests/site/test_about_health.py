"""The pages that say how it works and how it goes, and what stands where there is nothing yet."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import timezone

from newsroom.desk import condition
from newsroom.publishers.models import Feed, Publisher, StartingChoice
from newsroom.readers.save import make_admin
from newsroom.stories.models import Story

pytestmark = pytest.mark.django_db
TEMPLATES = Path(__file__).resolve().parents[2] / "newsroom" / "templates"


def page(address: str, client: Client | None = None) -> str:
    answer = (client or Client()).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def feeds():
    """Four feeds of one paper, all answering."""
    paper = Publisher.objects.create(slug="halden", name="Halden Post", domain="halden.example")
    now = timezone.now()
    return [
        Feed.objects.create(
            publisher=paper, url=f"https://halden.example/{n}", last_checked_at=now, last_success_at=now,
            next_check_at=now + timedelta(hours=1),
        )
        for n in range(4)
    ]  # fmt: skip


def state_of(name: str) -> dict[str, object]:
    parts = json.loads(Client().get("/health.json").content)["parts"]
    return next(part for part in parts if part["name"] == name)


# --- about ------------------------------------------------------------------
def test_every_place_of_about_that_a_page_links_is_there():
    html = page("/about")
    linked = {
        place for path in TEMPLATES.rglob("*.html") for place in re.findall(r"/about#([\w-]+)", path.read_text("utf-8"))
    }
    assert {"checked", "reading"} <= linked
    assert linked <= set(re.findall(r'id="([\w-]+)"', html))
    assert set(re.findall(r'href="#([\w-]+)"', html)) - {"main"} <= set(re.findall(r'id="([\w-]+)"', html))


def test_about_names_the_model_where_there_is_one(settings):
    assert "No model writes on this site" in page("/about")
    settings.MODEL_URL, settings.MODEL_NAME = "http://127.0.0.1:1/v1", "small-model"
    assert "the model small-model writes" in page("/about")


def test_about_says_that_ai_is_off(settings):
    settings.AI_FEATURES = False
    assert "has turned them off" in page("/about")


# --- health -----------------------------------------------------------------
def test_health_tells_people_and_programs_the_same(feeds):
    html, told = page("/health"), json.loads(Client().get("/health.json").content)
    for part in told["parts"]:
        assert f'id="{part["name"]}"' in html
    assert told["is_well"] is ("All is well." in html)
    assert {"desk", "feeds", "pages", "stories", "edition", "disk", "backup"} <= {one["name"] for one in told["parts"]}


def test_a_failing_feed_is_listed_with_the_way_to_its_health(feeds):
    Feed.objects.filter(pk=feeds[0].pk).update(failures=3, problem="https://halden.example/0: HTTP 500.")
    html = page("/health")
    assert 'href="/publisher/halden/health"' in html
    assert "HTTP 500" in html
    assert "3 failures in a row" in html
    assert state_of("feeds")["is_well"]
    Feed.objects.update(failures=3)
    assert not state_of("feeds")["is_well"]
    assert "needs a look" in page("/health")


def test_feeds_that_were_never_asked_do_not_speak_for_those_that_failed(feeds):
    Feed.objects.update(last_checked_at=None, last_success_at=None)
    assert state_of("feeds")["is_well"]
    Feed.objects.filter(pk=feeds[0].pk).update(failures=1, problem="https://halden.example/0: no address.")
    assert not state_of("feeds")["is_well"]


def test_a_feeds_key_is_shown_to_nobody(feeds):
    told = "https://halden.example/rss?auth=SECRETKEY: HTTP 403. Look at the address."
    Feed.objects.filter(pk=feeds[0].pk).update(failures=3, problem=told)
    for address in ("/health", "/health.json"):
        assert "SECRETKEY" not in page(address), address
    assert "https://halden.example/rss?…: HTTP 403." in page("/health")


def test_a_feeds_address_is_shown_without_its_query(feeds):
    Feed.objects.filter(pk=feeds[0].pk).update(url="https://halden.example/rss?auth=SECRETKEY")
    html = page("/publisher/halden/health")
    assert "SECRETKEY" not in html
    assert "https://halden.example/rss?…" in html
    assert 'href="https://halden.example/1"' in html


def test_many_failing_feeds_are_counted_and_not_all_listed(feeds, django_assert_max_num_queries):
    Feed.objects.bulk_create(
        Feed(
            publisher=feeds[0].publisher,
            url=f"https://halden.example/x{n}",
            failures=1,
            problem="x",
            next_check_at=timezone.now(),
        )
        for n in range(200)
    )
    with django_assert_max_num_queries(24 + (connection.vendor == "postgresql")):
        html = page("/health")
    assert f"{200 - condition.FAILING_SHOWN} more fail" in html
    assert len(html) < 40_000


def test_feeds_nobody_looks_at_mean_that_nobody_is_at_the_desk(feeds):
    assert state_of("desk")["is_well"]
    long_ago = timezone.now() - timedelta(hours=2)
    Feed.objects.update(next_check_at=long_ago, last_checked_at=long_ago)
    assert not state_of("desk")["is_well"]
    assert "./run" in state_of("desk")["advice"]


def test_a_backlog_is_named(feeds):
    assert state_of("stories")["is_well"]
    Story.objects.filter(pk=Story.objects.public().first().pk).update(notes_due_at=timezone.now() - timedelta(hours=2))
    told = state_of("stories")
    assert (told["is_well"], told["figures"]["notes_late"]) == (False, 1)


def test_a_full_disk_is_named(monkeypatch):
    monkeypatch.setattr(
        condition.shutil, "disk_usage", lambda _: SimpleNamespace(total=10**12, used=10**12, free=10**8)
    )
    assert not state_of("disk")["is_well"]
    assert "nearly full" in page("/health")


def test_health_says_that_no_backup_is_made_and_no_path_of_the_machine(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    html = page("/health")
    assert "None was made yet" in html
    assert str(settings.DATA_DIR) not in html + Client().get("/health.json").content.decode()


# --- nothing there yet, and the way to the choice ---------------------------
def test_where_nothing_stands_it_says_why_and_what_to_do(feeds):
    told = render_to_string("parts/nothing_yet.html", {"of": "section"})
    assert "No story stands here yet" in told
    assert 'href="/"' in told
    Story.objects.all().delete()
    assert "are being read" in render_to_string("parts/nothing_yet.html", {"of": "section"})
    Feed.objects.update(is_on=False)
    told = render_to_string("parts/nothing_yet.html", {"of": "section"})
    assert "./run add" in told
    assert "/setup/publishers" in told


@pytest.mark.parametrize("of", ["search", "publisher", "edition", "publishers", "hashtag"])
def test_each_kind_of_page_says_what_to_do(of):
    assert "href=" in render_to_string("parts/nothing_yet.html", {"of": of})


def first_run(**said: str) -> str:
    request = RequestFactory(SERVER_NAME="127.0.0.1", **said).get("/")
    return render_to_string("parts/first_run.html", {"request": request})


def test_the_operator_is_led_to_the_choice_until_it_is_made():
    assert "/setup/publishers" in first_run()
    assert "/setup/publishers" not in first_run(HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert "/setup/publishers" not in first_run(REMOTE_ADDR="203.0.113.9")
    StartingChoice.objects.create(pk=1, chosen_at=timezone.now())
    assert "/setup/publishers" not in first_run()


def test_nobody_is_led_there_once_there_is_an_administrator():
    make_admin("boss@paper.example", "a long enough password")
    assert "/setup/publishers" not in first_run()


def test_readers_from_elsewhere_cost_no_query_for_it(django_assert_num_queries):
    with django_assert_num_queries(0):
        first_run(REMOTE_ADDR="203.0.113.9")
