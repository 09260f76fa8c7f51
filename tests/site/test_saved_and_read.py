"""Saved, read and unread, since one last read, and a history for who asks for one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from newsroom.articles.models import Article
from newsroom.desk import merging
from newsroom.publishers.models import Publisher
from newsroom.readers import saving, seeing
from newsroom.readers.models import Saved, Seen
from newsroom.stories.models import Placement, Story
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
    made = make_story("Dam above Ostra holds", TEXT)
    Story.objects.filter(pk=made.pk).update(last_at=timezone.now() - timedelta(minutes=5))
    return Story.objects.get(pk=made.pk)


def press(client: Client, do: str, key: object, kind: str = "story", **more: str):
    return client.post("/keep", {"do": do, "kind": kind, "key": str(key), **more})


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def add_telling(story: Story, at) -> None:
    paper = Publisher.objects.create(slug=f"paper-{at.timestamp()}", name="Ostra Post", domain="ostra.example")
    url = f"https://ostra.example/{at.timestamp()}"
    article = Article.objects.create(publisher=paper, url=url, url_key=url, title="Divers reach the dam", seen_at=at)
    Placement.objects.create(article=article, story=story, placed_at=at)
    Story.objects.filter(pk=story.pk).update(last_at=at)


def test_a_story_and_an_article_are_saved_listed_and_let_go(client, ada, story):
    article = story.lead_id
    for kind, key in (("story", story.pk), ("article", article)):
        assert press(client, "save", key, kind, next=f"/{kind}/{key}")["Location"] == f"/{kind}/{key}"
        press(client, "save", key, kind)
        assert 'value="unsave" data-of="save" aria-pressed="true"' in text_of(client, f"/{kind}/{key}")
    page = text_of(client, "/saved")
    assert f'href="/story/{story.pk}"' in page
    assert f'href="/article/{article}"' in page
    press(client, "unsave", story.pk)
    client.post("/saved/remove", {"line": ada.saved.get().pk})
    assert not ada.saved.exists()


def test_without_an_account_the_browser_keeps_it(story):
    page = text_of(Client(), f"/story/{story.pk}")
    assert f'data-keep="/story/{story.pk}"' in page
    assert 'action="/keep"' not in page
    assert 'data-kept="saved"' in text_of(Client(), "/saved")
    assert press(Client(), "save", story.pk)["Location"] == "/accounts/login/?next=/"
    assert not Saved.objects.exists()


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("story", "99999999"),
        ("story", "x"),
        ("story", "9" * 30),
        ("story", ""),
        ("page", "1"),
        ("article", "-1"),
        ("story", "١"),
    ],
)
def test_what_is_not_here_is_refused(client, ada, kind, key):
    response = press(client, "save", key, kind)
    assert response.status_code == 422
    assert f"There is no {kind} {key} here" in response.content.decode()
    assert not ada.saved.exists()


def test_a_private_text_is_no_story_to_keep(client, story):
    Story.objects.filter(pk=story.pk).update(is_private=True)
    Article.objects.filter(pk=story.lead_id).update(private_key="secret")
    assert press(client, "save", story.pk).status_code == 422
    assert press(client, "opened", story.lead_id, "article").status_code == 422


def test_the_limit_is_said(client, ada, story, monkeypatch):
    monkeypatch.setattr(saving, "SAVED_MOST", 1)
    press(client, "save", story.pk)
    response = press(client, "save", story.lead_id, "article")
    assert response.status_code == 422
    assert "1 things are saved at most" in response.content.decode()


def test_what_was_saved_and_read_of_a_merged_story_leads_to_what_it_became(client, ada, story):
    into = make_story("Gates of the dam opened", TEXT, number=2)
    press(client, "save", story.pk)
    press(client, "save", into.pk)
    press(client, "read", story.pk)
    Story.objects.filter(pk=story.pk).update(merged_into=into)
    page = text_of(client, "/saved")
    assert page.count(f'href="/story/{into.pk}"') == 1
    assert f'href="/story/{story.pk}"' not in page
    page = text_of(client, f"/story/{into.pk}")
    assert 'value="unsave"' in page
    assert 'value="unread"' in page
    press(client, "unsave", into.pk)
    press(client, "unread", story.pk)
    assert not ada.saved.exists()
    assert not ada.seen.filter(is_read=True).exists()


def test_what_was_saved_and_read_of_an_article_stays_when_it_turns_out_to_be_another(client, ada, story):
    stays = story.lead
    gone = Article.objects.create(
        publisher=stays.publisher, url="https://ostra.example/amp", url_key="https://ostra.example/amp",
        title=stays.title, seen_at=timezone.now(),
    )  # fmt: skip
    press(client, "save", gone.pk, "article")
    press(client, "read", gone.pk, "article")
    merging.merge(stays, gone, timezone.now(), because="one address")
    assert f'href="/article/{stays.pk}"' in text_of(client, "/saved")
    page = text_of(client, f"/article/{stays.pk}")
    assert 'value="unsave"' in page
    assert 'value="unread"' in page


def test_what_is_gone_is_said_and_can_be_removed(client, ada, story):
    press(client, "save", story.pk)
    Story.objects.filter(pk=story.pk).update(is_private=True)
    page = text_of(client, "/saved")
    assert "It is not here any more." in page
    assert "Dam above Ostra" not in page
    client.post("/saved/remove", {"line": ada.saved.get().pk})
    assert not ada.saved.exists()


def test_read_ones_are_marked_in_lists_and_left_out_of_unread_only(client, story):
    newest = client.get("/stories").context["items"][0][0]
    press(client, "read", newest.pk)
    assert f'class="story-item is-read" id="story-{newest.pk}"' in text_of(client, "/stories")
    assert newest.pk not in [item[0].pk for item in client.get("/stories?unread=1").context["items"]]
    press(client, "unread", newest.pk)
    assert newest.pk in [item[0].pk for item in client.get("/stories?unread=1").context["items"]]
    assert text_of(Client(), "/stories?unread=1").count("story-item is-read") == 0


def test_unread_only_goes_through_all_pages(client, ada):
    every = list(Story.objects.public().order_by("-last_at", "-pk").values_list("pk", flat=True))
    now = timezone.now()
    Seen.objects.bulk_create(Seen(reader=ada, kind="story", key=str(pk), at=now) for pk in every[::2])
    found, address = [], "/stories?unread=1"
    while address:
        response = client.get(address)
        found += [item[0].pk for item in response.context["items"]]
        links = [part.split('"')[0] for part in response.content.decode().split('<p class="older"><a href="')[1:]]
        address = f"/stories{links[0].replace('&amp;', '&')}" if links else ""
        assert not address or "unread=1" in address
    assert found == every[1::2]


def test_what_is_new_since_one_last_read_stands_on_the_story(client, story):
    press(client, "read", story.pk)
    assert "Since you last read it" not in text_of(client, f"/story/{story.pk}")
    add_telling(story, timezone.now() + timedelta(minutes=1))
    page = text_of(client, f"/story/{story.pk}")
    since = page.split("Since you last read it")[1].split("</section>")[0]
    assert "Divers reach the dam" in since
    assert "something new since" in text_of(client, "/stories")
    assert "Since you last read it" not in text_of(Client(), f"/story/{story.pk}")
    assert "Since you last read it" not in text_of(signed_in(make_reader("ben")), f"/story/{story.pk}")


def test_no_history_is_kept_unless_asked_for(client, ada, story):
    text_of(client, f"/story/{story.pk}")
    press(client, "opened", story.pk)
    assert not ada.seen.exists()
    assert "data-opened" not in text_of(client, f"/story/{story.pk}")
    client.post("/history", {"do": "on"})
    page = text_of(client, f"/story/{story.pk}")
    assert "data-opened" in page
    assert not ada.seen.exists()  # a GET writes nothing
    press(client, "opened", story.pk)
    assert f'href="/story/{story.pk}"' in text_of(client, "/history")
    assert ada.seen.get().is_read


def test_a_history_is_deleted_line_by_line_at_once_and_when_it_ends(client, ada, story):
    client.post("/history", {"do": "on"})
    press(client, "opened", story.pk)
    press(client, "opened", story.lead_id, "article")
    line = ada.seen.get(kind="story")
    client.post("/history", {"line": line.pk})
    assert [row.kind for row in ada.seen.all()] == ["article"]
    client.post("/history", {"do": "delete-all"})
    assert not ada.seen.exists()
    press(client, "opened", story.pk)
    client.post("/history", {"do": "off"})
    press(client, "opened", story.lead_id, "article")
    assert ada.seen.count() == 1
    client.post("/history", {"do": "off-and-delete"})
    assert not ada.seen.exists()
    assert client.post("/history", {"do": "something"}).status_code == 422


def test_marks_made_by_hand_stay_when_a_history_is_deleted(client, ada, story):
    press(client, "read", story.lead_id, "article")
    client.post("/history", {"do": "on"})
    press(client, "opened", story.pk)
    client.post("/history", {"do": "off-and-delete"})
    assert [(row.kind, row.is_read) for row in ada.seen.all()] == [("article", True)]


def test_nobody_deletes_a_line_or_sees_a_list_of_another(client, ada, story):
    press(client, "save", story.pk)
    client.post("/history", {"do": "on"})
    press(client, "opened", story.pk)
    ben = make_reader("ben")
    at_ben = signed_in(ben)
    at_ben.post("/saved/remove", {"line": ada.saved.get().pk})
    at_ben.post("/history", {"line": ada.seen.get().pk})
    at_ben.post("/history", {"do": "off-and-delete"})
    press(at_ben, "unsave", story.pk)
    press(at_ben, "unread", story.pk)
    assert (ada.saved.count(), ada.seen.get().is_read) == (1, True)
    for page in ("/saved", "/history"):
        assert story.title not in text_of(at_ben, page)
    assert "story-item is-read" not in text_of(at_ben, "/stories")


def test_opened_again_within_a_visit_the_moment_stays(ada):
    ada.keeps_history = True
    ada.save()
    first = timezone.now()
    for minutes, kept in ((0, 0), (20, 0), (29, 0), (31, 31)):
        seeing.note_opened(ada, "story", "1", first + timedelta(minutes=minutes))
        assert seeing.last_read(ada, "story", ["1"]) == first + timedelta(minutes=kept)


def test_lists_make_as_many_queries_for_many(client, ada, django_assert_max_num_queries):
    now = timezone.now()
    keys = Story.objects.public().values_list("pk", flat=True)
    Saved.objects.bulk_create(Saved(reader=ada, kind="story", key=str(pk), at=now) for pk in keys)
    Saved.objects.bulk_create(
        Saved(reader=ada, kind="article", key=str(pk), at=now) for pk in Article.objects.values_list("pk", flat=True)
    )
    Seen.objects.bulk_create(Seen(reader=ada, kind="story", key=str(pk), at=now, opened_at=now) for pk in keys)
    for page, most in (
        ("/saved", 7),  # one of each is the header's: how many alerts are unread
        ("/saved?page=2", 7),
        ("/history", 6),
        ("/stories", 15),
        ("/stories?unread=1", 15),
    ):
        with django_assert_max_num_queries(most):
            assert client.get(page).status_code == 200


@pytest.mark.slow
def test_hostile_strings_in_every_field_change_nothing(client, ada, newstext_data):
    for said in hostile_strings(newstext_data):
        for form in (
            {"do": said, "kind": "story", "key": "1"},
            {"do": "save", "kind": said, "key": said, "next": said},
        ):
            assert client.post("/keep", form).status_code == 422
        assert client.post("/history", {"do": said[:300], "line": said}).status_code in (303, 422)
        response = client.post("/saved/remove", {"line": said, "next": said})
        assert response.status_code == 303
        assert response["Location"].startswith("/")
        assert not response["Location"].startswith(("//", "/\\"))
    assert not ada.saved.exists()
    assert not ada.seen.exists()
