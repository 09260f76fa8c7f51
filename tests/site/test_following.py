"""Following and muting: buttons that are forms, rows that are one, limits that are said, and nobody else's."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.test import Client
from django.utils import timezone

from newsroom.publishers.models import OldSlug, Publisher
from newsroom.readers import following
from newsroom.readers.models import Follow, Mute
from newsroom.stories.hashtag_keeping import unite
from newsroom.stories.models import Hashtag, Story
from tests.site import running
from tests.site.accounts import hostile_strings, make_reader, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_reader("ada")


@pytest.fixture
def client(ada):
    return signed_in(ada)


@pytest.fixture
def tag():
    return Hashtag.objects.filter(is_blocked=False, article_count__gte=3).order_by("-article_count", "key").first()


def press(client: Client, do: str, kind: str, key: object, **more: str):
    return client.post("/follow", {"do": do, "kind": kind, "key": str(key), **more})


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


@pytest.fixture
def things(tag):
    """(kind, key, page) of one thing of each kind that can be followed, beside people and organisations."""
    story, paper = Story.objects.public().first(), Publisher.objects.first()
    return [
        (tag.kind or "hashtag", tag.key, tag.get_absolute_url()),
        ("publisher", paper.slug, f"/publisher/{paper.slug}"),
        ("section", "world", "/section/world"),
        ("country", "fr", "/country/fr"),
        ("storyline", story.storyline_id, f"/storyline/{story.storyline_id}"),
        ("search", "dam lang:en", "/search?q=dam+lang%3Aen"),
    ]


def test_everything_that_has_a_page_is_followed_by_its_button_and_let_go_by_the_same(client, ada, things):
    for kind, key, page in things:
        assert f'name="kind" value="{kind}"' in text_of(client, page), kind
        response = press(client, "follow", kind, key, next=page)
        assert (response.status_code, response["Location"]) == (303, page)
        assert 'value="unfollow" data-of="follow" aria-pressed="true"' in text_of(client, page), kind
    assert ada.follows.count() == len(things)
    listed = text_of(client, "/following")
    for kind, key, page in things:
        assert page in listed
        press(client, "unfollow", kind, key)
        assert 'value="follow" data-of="follow" aria-pressed="false"' in text_of(client, page), kind
    assert not ada.follows.exists()


def test_a_stranger_sees_no_button_gets_no_cookie_and_is_led_to_sign_in(things):
    stranger = Client()
    for _kind, _key, page in things:
        response = stranger.get(page)
        assert b'action="/follow"' not in response.content
        assert not response.cookies
        assert "no-store" not in response.get("Cache-Control", "")
    response = press(stranger, "follow", "section", "world", next="/section/world")
    assert (response.status_code, response["Location"]) == (303, "/accounts/login/?next=/section/world")
    for page in ("/following", "/history"):
        assert stranger.get(page)["Location"] == f"/accounts/login/?next=/{page[1:]}"
    assert not Follow.objects.exists()


def test_a_form_without_its_token_is_refused(ada):
    strict = signed_in(ada, enforce_csrf_checks=True)
    assert press(strict, "follow", "section", "world").status_code == 403
    assert strict.post("/keep", {"do": "read", "kind": "story", "key": "1"}).status_code == 403
    assert strict.post("/history", {"do": "on"}).status_code == 403
    assert strict.post("/search/carry", {}).status_code == 403
    assert strict.post("/saved/remove", {"line": "1"}).status_code == 403
    assert strict.post("/choices", {"theme": "dark"}).status_code == 403
    token = strict.get("/section/world").context["csrf_token"]
    assert press(strict, "follow", "section", "world", csrfmiddlewaretoken=str(token)).status_code == 303


def test_a_get_changes_nothing(client, ada, tag):
    for address in (f"/follow?do=follow&kind=hashtag&key={tag.key}", "/keep?do=read&kind=story&key=1"):
        assert client.get(address).status_code == 405
    assert client.get("/search/carry").status_code == 405
    assert not ada.follows.exists()


def test_the_script_is_answered_in_words(client):
    response = client.post(
        "/follow", {"do": "follow", "kind": "section", "key": "world"}, headers={"accept": "application/json"}
    )
    assert response.json() == {"of": "follow", "is": True, "words": "You follow World."}
    response = client.post("/follow", {"do": "follow", "kind": "x"}, headers={"accept": "application/json"})
    assert response.status_code == 422
    assert "kind=x is not known" in response.json()["problem"]


@pytest.mark.parametrize(
    ("do", "kind", "key", "why"),
    [
        ("follow", "hashtag", "nobodywritesofit", "There is no hashtag nobodywritesofit here"),
        ("follow", "publisher", "no-such-paper", "There is no publisher"),
        ("follow", "section", "weather", "There is no section weather"),
        ("follow", "country", "zz", "There is no country zz"),
        ("follow", "country", "FR", "There is no country FR"),
        ("follow", "storyline", "99999999", "There is no storyline"),
        ("follow", "storyline", "9" * 40, "There is no storyline"),
        ("follow", "storyline", "٣", "There is no storyline"),
        ("follow", "search", "  ", "asks for a word"),
        ("follow", "search", "dam " * 60, "at most 200"),
        ("mute", "word", "—", "has a letter or digit"),
        ("mute", "word", "a\x00b", "no unseen sign"),
        ("mute", "word", "x" * 201, "at most 200"),
        ("mute", "section", "world", "kind=section is not known"),
        ("adore", "section", "world", "do=adore is not known"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(client, ada, do, kind, key, why):
    response = press(client, do, kind, key)
    assert response.status_code == 422
    assert why in response.content.decode()
    assert not ada.follows.exists()
    assert not ada.mutes.exists()


def test_a_form_leads_to_no_other_site(client):
    for address in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        assert press(client, "follow", "section", "world", next=address)["Location"] == "/section/world"


def test_limits_are_said_and_nothing_beyond_them_is_kept(client, ada, monkeypatch):
    monkeypatch.setattr(following, "FOLLOWS_MOST", 1)
    monkeypatch.setattr(following, "MUTES_MOST", 1)
    press(client, "follow", "section", "world")
    assert press(client, "follow", "section", "world").status_code == 303
    response = press(client, "follow", "section", "sport")
    assert response.status_code == 422
    assert "You follow 1 things, and no more are kept" in response.content.decode()
    press(client, "mute", "word", "ferry")
    assert "You mute 1 things" in press(client, "mute", "word", "comet").content.decode()
    assert (ada.follows.count(), ada.mutes.count()) == (1, 1)


def test_the_same_thing_is_one_row_under_whichever_kind(client, ada, tag):
    for kind in ("hashtag", "person", "place", "organisation"):
        press(client, "follow", kind, tag.key)
    assert [(row.kind, row.key) for row in ada.follows.all()] == [(tag.kind or "hashtag", tag.key)]
    press(client, "unfollow", "hashtag", tag.key)
    assert not ada.follows.exists()


def test_a_follow_of_a_united_hashtag_and_publisher_leads_to_what_it_became(client, ada, tag):
    other = Hashtag.objects.create(key="ostrafolk", name="OstraFolk", article_count=3)
    old = Publisher.objects.create(slug="old-paper", name="Old Paper")
    press(client, "follow", "hashtag", "ostrafolk")
    press(client, "follow", "publisher", "old-paper")
    unite(other, tag)
    paper = Publisher.objects.exclude(pk=old.pk).first()
    old.delete()
    OldSlug.objects.create(slug="old-paper", publisher=paper)
    for kept, page in (
        ("/hashtag/ostrafolk", tag.get_absolute_url()),
        ("/publisher/old-paper", paper.get_absolute_url()),
    ):
        assert kept in text_of(client, "/following")
        assert client.get(kept)["Location"] == page
        assert 'aria-pressed="true">' in text_of(client, page)
    press(client, "follow", tag.kind or "hashtag", tag.key)
    assert ada.follows.count() == 2
    press(client, "unfollow", tag.kind or "hashtag", tag.key)
    press(client, "unfollow", "publisher", paper.slug)
    assert not ada.follows.exists()


def test_what_is_gone_can_still_be_let_go(client, ada):
    ada.follows.create(kind="hashtag", key="gone", name="Gone", since=timezone.now())
    ada.mutes.create(kind="publisher", key="gone", name="Gone", since=timezone.now())
    press(client, "unfollow", "hashtag", "gone")
    press(client, "unmute", "publisher", "gone")
    assert not ada.follows.exists()
    assert not ada.mutes.exists()


def test_two_readers_never_meet(client, ada):
    ben = make_reader("ben")
    at_ben = signed_in(ben)
    press(client, "follow", "search", "adasecretsearch")
    press(client, "mute", "word", "adasecretword")
    for page in ("/following", "/saved", "/history", "/", "/search?q=adasecret"):
        for one in (at_ben, Client()):
            assert "adasecretsearch" not in text_of(one, page)
            assert "adasecretword" not in text_of(one, page)
    press(at_ben, "unfollow", "search", "adasecretsearch")
    press(at_ben, "unmute", "word", "adasecretword")
    assert (ada.follows.count(), ada.mutes.count()) == (1, 1)


def test_a_readers_own_pages_are_kept_by_nobody(client):
    for page in ("/following", "/saved", "/history"):
        assert "no-store" in client.get(page)["Cache-Control"]
        assert "private" in client.get(page)["Cache-Control"]


def test_the_page_of_follows_makes_as_many_queries_for_many(client, ada, django_assert_max_num_queries):
    now = timezone.now()
    Follow.objects.bulk_create(
        Follow(reader=ada, kind="hashtag", key=f"tag{n}", name=f"Tag{n}", since=now) for n in range(300)
    )
    Mute.objects.bulk_create(
        Mute(reader=ada, kind="word", key=f"word{n}", name=f"Word{n}", since=now) for n in range(300)
    )
    with django_assert_max_num_queries(6):
        assert "Tag299" in text_of(client, "/following")


def test_hostile_strings_read_back_equal_or_are_refused(client, ada, newstext_data):
    taken = 0
    for said in hostile_strings(newstext_data):
        response = press(client, "mute", "word", said)
        assert response.status_code in (303, 422)
        name = " ".join(said.split())
        rows = list(ada.mutes.all())
        if response.status_code == 303:
            taken += 1
            assert [row.name for row in rows] == [name]
            assert name in client.get("/following").context["mutes"][0][2][0].name
            press(client, "unmute", "word", said)
        assert not ada.mutes.exists()
        for kind in ("hashtag", "publisher", "section", "country", "storyline"):
            assert press(client, "follow", kind, said, next=said).status_code in (303, 422)
        assert press(client, "follow", "search", said, next=said).status_code in (303, 422)
        press(client, "unfollow", "search", said)
        assert press(client, said[:50], said[:50], said[:50]).status_code == 422
    assert taken > 20
    page = text_of(client, "/following")
    assert "<script>alert" not in page


@pytest.mark.slow
def test_the_same_buttons_a_hundred_times_at_once_are_one_row_each(tmp_path):
    command = [sys.executable, "-m", "tests.site.hundred_presses", str(tmp_path)]
    environment = running.environment(BACKSTORY_DATA=str(tmp_path), DJANGO_SETTINGS_MODULE="newsroom.settings")
    done = subprocess.run(command, cwd=running.ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.stdout.split() == ["0", "1", "1", "1", "1"], done.stderr[-3000:]
