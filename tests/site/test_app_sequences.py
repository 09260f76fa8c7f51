"""The calls that apps make, in their order, as their public sources have them: each app ends with what the site has."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from newsroom.readers.models import Follow, Saved, Seen
from newsroom.stories.models import Story
from tests.site.apps import MAIL, READ, READING_LIST, STARRED, follow, make_password, make_reader
from tests.site.test_greader import LONG, make_story, paper, tell

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def reader():
    found = make_reader()
    Story.objects.filter(section="world").update(section="general")
    follow(found, "section", "world", "World")
    follow(found, "publisher", "ostra-post", "Ostra Post")
    return found


@pytest.fixture
def stories(reader) -> list[Story]:
    return [make_story(f"Dam story {number}") for number in range(12)]


class Phone:
    """An app that keeps what it was given: items by number, and the numbers of those unread and starred."""

    def __init__(self, base: str) -> None:
        self.base, self.client = base, Client()
        self.items: dict[int, Any] = {}
        self.unread: set[int] = set()
        self.starred: set[int] = set()
        self.moved = 0  # items that were fetched
        self.auth = self.token = ""

    def sign_in(self, password: str, **more: str) -> Any:
        return self.client.post(f"{self.base}/accounts/ClientLogin", {"Email": MAIL, "Passwd": password, **more})

    def get(self, path: str) -> Any:
        answer = self.client.get(f"{self.base}/reader/api/0/{path}", headers=self.headers)
        assert answer.status_code == 200, (path, answer.content)
        return answer

    def post(self, path: str, body: str) -> Any:
        answer = self.client.post(f"{self.base}/reader/api/0/{path}", body, content_type=FORM, headers=self.headers)
        assert answer.status_code == 200, (path, answer.content)
        return answer

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"GoogleLogin auth={self.auth}"}

    def numbers(self, query: str) -> set[int]:
        """All the numbers of a list of ids, by its continuations."""
        found: list[int] = []
        goes_on = ""
        while True:
            page = self.get(f"stream/items/ids?output=json&{query}{goes_on}").json()
            found += [int(one["id"]) for one in page["itemRefs"]]
            if not page.get("continuation"):
                assert len(found) == len(set(found))
                return set(found)
            goes_on = f"&c={page['continuation']}"

    def take(self, items: list[Any]) -> None:
        for one in items:
            self.items[int(one["id"].removeprefix(LONG), 16)] = one
            self.moved += 1

    def same_as(self, stories: list[Story]) -> bool:
        return self.items.keys() == {story.pk for story in stories}


class NetNewsWire(Phone):
    """Folders and feeds by conditional GET; ids since the last sync, then unread and starred ones; items it lacks."""

    def begin(self, password: str) -> None:
        lines = self.sign_in(password, accountType="HOSTED_OR_GOOGLE", service="reader").content.decode().split("\n")
        self.auth = dict(line.split("=") for line in lines if line.count("=") == 1)["Auth"]
        self.token = self.get("token").content.decode()
        self.since = int((timezone.now() - timedelta(days=90)).timestamp())
        self.tags: dict[str, str] = {}

    def conditional(self, path: str) -> bytes:
        held = {"If-None-Match": self.tags[path]} if path in self.tags else {}
        answer = self.client.get(f"{self.base}/reader/api/0/{path}?output=json", headers={**self.headers, **held})
        self.tags[path] = answer["ETag"]
        return answer.content

    def sync(self) -> None:
        began = int(timezone.now().timestamp())
        self.folders = self.conditional("tag/list")
        self.feeds = self.conditional("subscription/list")
        self.numbers(f"n=1000&ot={self.since}&s={READING_LIST}")
        self.unread = self.numbers(f"n=1000&s={READING_LIST}&xt={READ}")
        self.starred = self.numbers(f"n=1000&s={STARRED}")
        wanted = sorted((self.unread | self.starred) - self.items.keys())
        for start in range(0, len(wanted), 5):
            said = "&".join(f"i={LONG}{number:016x}" for number in wanted[start : start + 5])
            self.take(self.post("stream/items/contents", f"T={self.token}&output=json&{said}").json()["items"])
        self.since = began

    def mark(self, numbers: list[int], tag: str, does: str) -> None:
        said = "&".join(f"i={LONG}{number:016x}" for number in numbers)
        self.post("edit-tag", f"T={self.token}&{said}&{does}={tag}")


class ReadYou(Phone):
    """Signs in and fetches the token anew; unread, starred and read ids by thousands; then what it lacks of them."""

    def begin(self, password: str) -> None:
        said = self.sign_in(password, output="json", client="ReadYou", service="reader").content
        self.auth = json.loads(said)["Auth"]
        self.token = self.get("token").content.decode()
        assert self.get("user-info?output=json").json()["userName"]

    def sync(self) -> None:
        a_month = int((timezone.now() - timedelta(days=31)).timestamp())
        self.unread = self.numbers(f"s={READING_LIST}&xt={READ}&n=1000")
        self.starred = self.numbers(f"s={STARRED}&n=1000")
        read = self.numbers(f"s={READING_LIST}&it={READ}&ot={a_month}&n=1000")
        assert read == self.numbers(f"s={READ}&ot={a_month}&n=1000")
        self.feeds = self.get("subscription/list?output=json").json()["subscriptions"]
        assert all(one["url"] and one["id"].count("feed/") == 1 for one in self.feeds)
        wanted = sorted((self.unread | self.starred | read) - self.items.keys())
        if wanted:
            said = "&".join(f"i={number}" for number in wanted)
            answer = self.post("stream/items/contents?output=json", f"{said}&T={self.token}")
            self.take(answer.json()["items"])

    def mark(self, numbers: list[int], tag: str, does: str) -> None:
        said = "&".join(f"i={number}" for number in numbers)
        answer = self.post("edit-tag?output=json", f"{said}&{does}={tag}&T={self.token}")
        assert answer.content == b"OK"


class FeedMe(Phone):
    """Folders, feeds, counts and starred ids, then the reading list's contents since the newest item it has."""

    def begin(self, password: str) -> None:
        self.auth = self.sign_in(password).content.decode().split("Auth=")[1].strip()
        self.token = self.get("token").content.decode()
        self.since = 0

    def sync(self) -> None:
        self.get("tag/list?output=json")
        self.feeds = self.get("subscription/list?output=json").json()["subscriptions"]
        counts = self.get("unread-count?output=json").json()["unreadcounts"]
        self.starred = self.numbers(f"n=500&ot=0&s={STARRED.replace('/', '%2F')}")
        goes_on = ""
        while True:
            stream = READING_LIST.replace("/", "%2F")
            query = f"output=json&n=5&ot={self.since}&xt={READ}{goes_on}"
            page = self.get(f"stream/contents/{stream}?{query}").json()
            self.take(page["items"])
            if not page.get("continuation"):
                break
            goes_on = f"&c={page['continuation']}"
        self.since = max((int(one["timestampUsec"]) // 10**6 for one in self.items.values()), default=0) + 1
        self.unread = self.numbers(f"n=500&s={READING_LIST}&xt={READ}")
        assert len(self.unread) == next(one["count"] for one in counts if one["id"] == READING_LIST)

    mark = ReadYou.mark


class Reeder(ReadYou):
    """Ten thousand unread ids at once, without it=; then the items it lacks."""

    def sync(self) -> None:
        self.get("tag/list?output=json")
        self.feeds = self.get("subscription/list?output=json").json()["subscriptions"]
        self.unread = self.numbers(f"s={READING_LIST}&xt={READ}&n=10000")
        self.starred = self.numbers(f"s={STARRED}&n=10000")
        wanted = sorted((self.unread | self.starred) - self.items.keys())
        if wanted:
            said = "&".join(f"i={LONG}{number:016x}" for number in wanted)
            self.take(self.post("stream/items/contents?output=json", f"{said}&T={self.token}").json()["items"])


@pytest.mark.parametrize("base", ["", "/api/greader.php"])
@pytest.mark.parametrize("kind", [NetNewsWire, ReadYou, FeedMe, Reeder])
def test_an_app_holds_every_story_once_and_marks_go_both_ways(kind, base, reader, stories):
    phone = kind(base)
    phone.begin(make_password(reader))
    phone.sync()
    assert phone.same_as(stories)
    assert phone.moved == len(stories)
    assert phone.unread == {story.pk for story in stories}
    assert phone.starred == set()

    phone.sync()
    assert phone.moved == len(stories)  # nothing happened, nothing moved

    one, two, three = (story.pk for story in stories[:3])
    phone.mark([one, two], READ, "a")
    phone.mark([two], STARRED, "a")
    assert set(Seen.objects.filter(reader=reader, is_read=True).values_list("key", flat=True)) == {str(one), str(two)}
    assert Saved.objects.get(reader=reader).key == str(two)

    Seen.objects.create(reader=reader, kind="story", key=str(three), at=timezone.now())  # read on the site
    Seen.objects.filter(key=str(one)).update(is_read=False)
    Saved.objects.create(reader=reader, kind="story", key=str(one), at=timezone.now())
    new = make_story("Dam story new", at=timezone.now())
    phone.sync()
    assert phone.same_as([*stories, new])
    assert phone.unread == {story.pk for story in [*stories, new]} - {two, three}
    assert phone.starred == {one, two}

    phone.mark([one], READ, "a")
    phone.mark([two], STARRED, "r")
    phone.mark([three], READ, "r")
    phone.sync()
    assert phone.unread == {story.pk for story in [*stories, new]} - {one, two}
    assert phone.starred == {one}


def test_feedme_gets_a_story_that_grew_again_with_all_that_it_has_now(reader, stories):
    phone = FeedMe("")
    phone.begin(make_password(reader))
    phone.sync()
    moved = phone.moved
    tell(stories[4], paper("brask-herald"), "Told again", timezone.now() + timedelta(seconds=2))
    phone.sync()
    assert phone.moved == moved + 1
    assert "Brask-Herald" in phone.items[stories[4].pk]["summary"]["content"]
    assert phone.same_as(stories)


def test_netnewswire_adds_renames_moves_and_ends_a_feed(reader, stories):
    phone = NetNewsWire("/api/greader.php")
    phone.begin(make_password(reader))
    added = phone.post("subscription/quickadd", f"T={phone.token}&quickadd=http://testserver/section/sport").json()
    listed = phone.get("subscription/list?output=json").json()["subscriptions"]
    [sport] = [one for one in listed if one["id"] == added["streamId"]]
    said = f"T={phone.token}&s={sport['id']}&ac=edit"
    phone.post("subscription/edit", f"{said}&t=Games%20%26%20more")
    phone.post("subscription/edit", f"{said}&r=user/-/label/Sections&a=user/-/label/Fun%20things")
    phone.post("rename-tag", f"T={phone.token}&s=user/-/label/Fun%20things&dest=user/-/label/Fun")
    [sport] = [one for one in phone.get("subscription/list").json()["subscriptions"] if one["id"] == sport["id"]]
    assert (sport["title"], [one["label"] for one in sport["categories"]]) == ("Games & more", ["Fun"])
    phone.post("disable-tag", f"T={phone.token}&s=user/-/label/Fun")
    phone.post("subscription/edit", f"T={phone.token}&s={sport['id']}&ac=unsubscribe")
    assert Follow.objects.filter(reader=reader).count() == 2


def test_read_you_files_a_new_feed_by_the_bare_name_of_a_folder(reader, stories):
    phone = ReadYou("/api/greader.php")
    phone.begin(make_password(reader))
    address = "http://testserver/section/sport/feed.xml"
    added = phone.post(f"subscription/quickadd?output=json&quickadd={address}", f"quickadd={address}&T={phone.token}")
    stream = added.json()["streamId"]
    phone.post("subscription/edit?output=json", f"ac=edit&s={stream}&a=user/-/label/New&t=Sport&T={phone.token}")
    [tags] = [
        one["categories"] for one in phone.get("subscription/list").json()["subscriptions"] if one["id"] == stream
    ]
    assert [one["label"] for one in tags] == ["New"]
