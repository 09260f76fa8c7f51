"""Fever: off unless it is wanted, opened by its own passwords alone, and the same stories in the same state."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.test import Client

from newsroom.readers.models import AppPassword, Saved, Seen
from tests.site.apps import MAIL, follow, make_password, make_reader
from tests.site.test_greader import NOW, make_story

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(settings):
    settings.FEVER = True
    found = make_reader()
    from newsroom.stories.models import Story

    Story.objects.filter(section="world").update(section="general")
    follow(found, "section", "world", "World")
    return found


@pytest.fixture
def key(reader) -> str:
    secret = make_password(reader, AppPassword.Purpose.FEVER)
    return hashlib.md5(f"{MAIL}:{secret}".encode()).hexdigest()


def ask(key: str, query: str, *, address: str = "/fever/", **form: str) -> dict[str, Any]:
    answer = Client().post(f"{address}?api&{query}", {"api_key": key, **form})
    assert answer.status_code == 200, answer.content
    assert answer["Cache-Control"] == "private, no-store"
    return answer.json()


def test_it_is_not_there_unless_it_is_wanted(settings, key):
    settings.FEVER = False
    assert Client().post("/fever?api", {"api_key": key}).status_code == 404


@pytest.mark.parametrize("address", ["/fever/", "/fever", "/api/fever.php"])
def test_a_key_opens_it_at_every_address_apps_use(key, address):
    assert ask(key.upper(), "groups", address=address)["auth"] == 1


def test_only_a_password_made_for_it_opens_it_and_nothing_else(reader, key):
    other = make_password(reader)
    wrong = hashlib.md5(f"{MAIL}:{other}".encode()).hexdigest()
    assert ask(wrong, "items") == {"api_version": 3, "auth": 0}
    assert Client().get(f"/fever/?api&api_key={key}").json()["auth"] == 0  # a key in an address is in logs
    secret = make_password(reader, AppPassword.Purpose.FEVER)
    said = Client().post("/accounts/ClientLogin", {"Email": MAIL, "Passwd": secret})
    assert said.status_code == 401


def test_an_app_syncs_its_feeds_and_items(reader, key):
    stories = [make_story(f"Dam story {number}") for number in range(60)]
    said = ask(key, "groups&feeds&items&unread_item_ids&saved_item_ids&favicons&links")
    [feed], [group] = said["feeds"], said["groups"]
    assert (feed["title"], group["title"]) == ("World", "Sections")
    assert said["feeds_groups"] == [{"group_id": group["id"], "feed_ids": str(feed["id"])}]
    held, last = [], 0
    while items := ask(key, f"items&since_id={last}")["items"]:
        held += [one["id"] for one in items]
        last = held[-1]
    assert held == sorted(story.pk for story in stories)
    assert set(map(int, said["unread_item_ids"].split(","))) == set(held)
    [one] = ask(key, f"items&with_ids={held[3]},99999999")["items"]
    assert one["title"] == "Dam story 3"
    assert one["feed_id"] == feed["id"]
    assert [one["id"] for one in ask(key, f"items&max_id={held[5]}")["items"]] == held[4::-1]


def test_marks_are_the_same_as_everywhere(reader, key):
    story, other = make_story("Dam story 1"), make_story("Dam story 2")
    ask(key, "", mark="item", **{"as": "read", "id": str(story.pk)})
    ask(key, "", mark="item", **{"as": "saved", "id": str(story.pk)})
    assert Seen.objects.get(reader=reader).key == Saved.objects.get(reader=reader).key == str(story.pk)
    assert ask(key, "unread_item_ids")["unread_item_ids"] == str(other.pk)
    assert ask(key, "saved_item_ids")["saved_item_ids"] == str(story.pk)
    ask(key, "", mark="item", **{"as": "unread", "id": str(story.pk)})
    ask(key, "", mark="item", **{"as": "unsaved", "id": str(story.pk)})
    assert not Saved.objects.exists()
    ask(key, "", mark="group", **{"as": "read", "id": "0", "before": str(int(NOW.timestamp()) + 60)})
    assert ask(key, "unread_item_ids")["unread_item_ids"] == ""


@pytest.mark.parametrize(
    "form", [{"mark": "x", "id": "1"}, {"mark": "item", "id": "x"}, {"mark": "feed", "id": "77", "as": "read"}]
)
def test_what_makes_no_sense_is_refused(key, form):
    answer = Client().post("/fever/?api", {"api_key": key, **form})
    assert answer.status_code in (400, 404)
