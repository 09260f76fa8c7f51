"""What a browser kept without an account is carried into one by a button; a bad entry is refused by itself."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import timezone

from newsroom.readers import choices, saving
from newsroom.readers.models import AccountChoices
from newsroom.stories import carrying, search_saved
from newsroom.stories.models import Story
from tests.site.accounts import hostile_strings, make_reader, signed_in
from tests.site.stories import TEXT, make_story

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_reader("ada")


@pytest.fixture
def client(ada):
    return signed_in(ada)


@pytest.fixture
def story() -> Story:
    return make_story("Dam above Ostra holds", TEXT)


def carry(client: Client, saved: object = None, read: object = None):
    form = {"saved": json.dumps(saved) if saved else "", "read": json.dumps(read) if read else ""}
    return client.post("/search/carry", form)


def test_what_the_browser_kept_is_in_the_account_with_its_moments(client, ada, story):
    ms = 1_764_000_000_000
    client.post("/search/save", {"q": "dam lang:en"})
    client.cookies[choices.COOKIE] = "theme:dark"
    response = carry(client, {f"/story/{story.pk}": {"title": "x", "at": ms}}, {f"/article/{story.lead_id}": ms})
    carried = response.context["carried"]
    assert (carried.saved, carried.read, carried.searches, carried.has_choices) == (1, 1, 1, True)
    assert (ada.saved.get().key, ada.saved.get().at.timestamp()) == (str(story.pk), ms / 1000)
    assert (ada.seen.get().kind, ada.seen.get().at.timestamp()) == ("article", ms / 1000)
    assert [(row.kind, row.key) for row in ada.follows.all()] == [("search", "dam lang:en")]
    assert "data-carried" in response.content.decode()
    assert response.cookies[search_saved.COOKIE].value == ""


def test_carried_twice_it_is_kept_once(client, ada, story):
    for _ in range(2):
        response = carry(client, {f"/story/{story.pk}": {"at": 1}}, {f"/story/{story.pk}": 1})
    assert (ada.saved.count(), ada.seen.count()) == (1, 1)
    assert (response.context["carried"].saved, response.context["carried"].read) == (0, 0)


def test_each_bad_entry_is_refused_with_its_reason_and_the_others_are_taken(client, ada, story):
    saved = {
        "https://evil.example/story/1": {"at": 1},
        "/story/99999999": {"at": 1},
        "/story/1/../2": {"at": 1},
        "/story/٣": {"at": 1},
        "<script>alert(1)</script>": {"at": 1},
        f"/story/{story.pk}": {"at": "yesterday"},
    }
    response = carry(client, saved)
    assert [row.key for row in ada.saved.all()] == [str(story.pk)]
    assert abs((ada.saved.get().at - timezone.now()).total_seconds()) < 600
    refused = dict(response.context["carried"].refused)
    assert len(refused) == 5
    assert refused["/story/99999999"] == "It is not here any more."
    assert refused["https://evil.example/story/1"] == "This is no address of a story or an article here."
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("said", ["[]", "{", "null", "17", '"x"', "[" * 100_000, "\ud83d", "1" * 5000])
def test_what_is_no_list_is_refused_whole(client, ada, said):
    response = client.post("/search/carry", {"saved": said.encode("utf-8", "replace").decode(), "read": ""})
    assert response.status_code == 200
    assert response.context["carried"].refused
    assert not ada.saved.filter(kind="page").exists()


@pytest.mark.parametrize("at", ["NaN", "Infinity", "-1", "1e400", "true", '"x"', "9" * 400, "null", "{}", '{"at": []}'])
def test_a_moment_that_is_none_is_now(client, ada, story, at):
    client.post("/search/carry", {"saved": f'{{"/story/{story.pk}": {at}}}'})
    assert abs((ada.saved.get().at - timezone.now()).total_seconds()) < 600


def test_a_list_beyond_the_limit_is_cut_and_says_so(client, story, monkeypatch):
    monkeypatch.setattr(carrying, "ENTRIES_MOST", 2)
    response = carry(client, {f"/story/{n}": {"at": 1} for n in range(900_000, 900_005)})
    assert "More than 2 entries" in response.content.decode()
    assert len(response.context["carried"].refused) == 3


def test_where_the_account_has_no_room_the_browser_keeps_its_own(client, ada, story, monkeypatch):
    monkeypatch.setattr(saving, "SAVED_MOST", 0)
    response = carry(client, {f"/story/{story.pk}": {"at": 1}})
    page = response.content.decode()
    assert "0 things are saved at most" in page
    assert "data-carried" not in page
    assert not ada.saved.exists()


def test_a_search_that_cannot_be_followed_stays_in_the_browser(client, ada):
    long = " ".join(f"word{n}" for n in range(10)) + " " + "x" * 190
    for line in ("dam", long):
        client.post("/search/save", {"q": line})
    response = carry(client)
    assert "This search is too long to be followed." in response.content.decode()
    assert [row.key for row in ada.follows.all()] == ["dam"]
    assert client.get("/search").context["saved"][0][0] == long
    assert len(client.get("/search").context["saved"]) == 1


def test_a_merged_story_is_carried_as_the_one_it_became(client, ada, story):
    into = make_story("Gates of the dam opened", TEXT, number=2)
    Story.objects.filter(pk=story.pk).update(merged_into=into)
    carry(client, {f"/story/{story.pk}": {"at": 1}, f"/story/{into.pk}": {"at": 2}})
    assert [row.key for row in ada.saved.all()] == [str(into.pk)]


def test_a_private_text_is_not_carried(client, ada, story):
    Story.objects.filter(pk=story.pk).update(is_private=True)
    carry(client, {f"/story/{story.pk}": {"at": 1}})
    assert not ada.saved.exists()


def test_carried_choices_are_taken_on_by_a_browser_that_has_none(client, ada):
    client.cookies[choices.COOKIE] = "theme:dark"
    carry(client)
    assert "with your account" in client.get("/choices").content.decode()
    client.post("/choices", {"theme": "light"})
    assert AccountChoices.objects.get(reader=ada).cookie == "theme:light"
    client.post("/choices", {"forget": "yes"})
    assert not AccountChoices.objects.exists()


def test_signing_in_hands_on_the_choices_of_the_account_alone(ada, rf):
    from django.contrib.auth.signals import user_logged_in
    from django.http import HttpResponse

    AccountChoices.objects.create(reader=ada, cookie="theme:dark")

    def answer(user, **cookies):
        def view(request):
            user_logged_in.send(sender=type(user), request=request, user=user)
            return HttpResponse("in")

        request = rf.get("/")
        request.COOKIES.update(cookies)
        return choices.ChoicesMiddleware(view)(request).cookies

    assert answer(ada)[choices.COOKIE].value == "theme:dark"
    assert choices.COOKIE not in answer(ada, choices="theme:light")
    assert choices.COOKIE not in answer(make_reader("ben"))


def test_who_is_not_signed_in_carries_nothing(story):
    response = carry(Client(), {f"/story/{story.pk}": {"at": 1}})
    assert response["Location"].startswith("/accounts/login/")


def test_many_entries_make_as_many_queries_as_one(client, django_assert_max_num_queries):
    every = {f"/story/{pk}": {"at": 1} for pk in Story.objects.values_list("pk", flat=True)}
    with django_assert_max_num_queries(22):
        carry(client, every, dict.fromkeys(every, 1))


@pytest.mark.slow
def test_hostile_strings_are_refused_and_shown_as_text(client, ada, newstext_data):
    strings = hostile_strings(newstext_data)
    response = carry(client, {one: {"at": 1} for one in strings}, dict.fromkeys(strings, 1))
    assert response.status_code == 200
    assert len(response.context["carried"].refused) == 2 * len(strings)
    for said in strings:
        assert client.post("/search/carry", {"saved": said, "read": said}).status_code == 200
    assert not ada.saved.exists()
