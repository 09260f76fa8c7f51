"""Requests that no page of ours makes: each is answered with what is wrong with it. Found by tests/hostile/strings.py."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from newsroom.articles.models import Article, Rejection
from newsroom.publishers.models import Publisher
from tests.site.accounts import make_reader, signed_in
from tests.site.apps import App

pytestmark = pytest.mark.django_db
ODD_KEYS = ["feed/", "", "-1", "1.5", "9" * 60, "\0", "id,id", "²"]


@pytest.fixture
def editor() -> Client:
    return signed_in(make_reader("editor", role="editor"))


@pytest.mark.parametrize("key", ODD_KEYS)
def test_lines_of_the_administration_that_are_no_rows_count_as_not_chosen(editor, key):
    sent = {"action": "merge", "index": "0", "_selected_action": key}
    answer = editor.post("/admin/stories/story/", sent, follow=True)
    assert answer.status_code == 200
    assert "Items must be selected" in answer.content.decode()


def test_an_address_of_the_administration_with_an_empty_field_to_look_by_looks_by_the_key(editor):
    row = Rejection.objects.first()
    assert editor.get(f"/admin/articles/rejection/{row.pk}/change/?_to_field=").status_code == 200


def test_groups_which_give_no_right_are_not_in_the_administration():
    Group.objects.create(name="Friends")
    with pytest.raises(NoReverseMatch):
        reverse("admin:auth_group_changelist")


@pytest.mark.parametrize("asked", ["a" * 60_000, "a,b " * 2_000 + "a"])
def test_the_administration_looks_for_a_line_and_no_more(editor, asked):
    began = time.process_time()
    page = editor.get("/admin/publishers/publisher/", {"q": asked}).content.decode()
    assert time.process_time() - began < 5
    assert f"The search has {len(asked)} characters, it may have 200" in page


def test_nobody_has_a_name_of_60_000_characters(editor):
    assert editor.post("/admin/login/", {"username": "a" * 60_000, "password": "x"}).status_code == 200


@pytest.mark.parametrize(
    "said", ["9" * 5_000, "\\ud800", '"\\ud800"', '["\\u0000"]', "1e999", "NaN", "[" * 100_000, '{"a":'], ids=range(8)
)
def test_json_that_no_column_keeps_is_refused_in_the_administration(editor, said):
    paper = Publisher.objects.create(slug="paper", name="The Paper")
    article = Article.objects.create(
        publisher=paper, url="https://paper.example/1", url_key="1", seen_at=timezone.now()
    )
    address = f"/admin/articles/article/{article.pk}/change/"
    page = editor.post(address, {"title": "Changed", "notices": said})
    assert page.status_code == 200
    assert "Enter a valid JSON" in page.content.decode()
    assert not Article.objects.filter(title="Changed").exists()


def test_an_address_that_is_too_long_to_lead_to_is_not_found():
    ada = signed_in(make_reader("ada", role="admin"))
    assert ada.get(f"/admin/r/1/{'x' * 17_000}/").status_code == 404


@pytest.mark.parametrize("folder", ["/elsewhere", "\xed\xa0\x80"])
def test_no_request_says_in_which_folder_the_site_stands(folder):
    answer = Client(SCRIPT_NAME=folder).get("/accounts/login/")
    assert answer.status_code == 200
    assert "elsewhere" not in answer.content.decode()


def test_an_address_as_long_as_a_book_is_refused_at_once(editor):
    began = time.process_time()
    answer = editor.get("/admin/articles/article/", {"all": "é " * 200_000})
    assert time.process_time() - began < 5
    assert answer.status_code == 414
    assert "at most 65536 are read" in answer.content.decode()


def test_a_list_that_an_app_sends_as_a_form_is_refused_by_name():
    app = App(make_reader())
    body = b'--x\r\nContent-Disposition: form-data; name="list"\r\n\r\n<opml/>\r\n--x--\r\n'
    answer = app.client.post(
        "/reader/api/0/subscription/import", body, content_type="multipart/form-data; boundary=x", headers=app.headers
    )
    assert answer.status_code == 400
    assert len(answer.content) > 20


def test_an_address_that_takes_no_such_method_says_which_it_takes():
    answer = Client().delete("/choices")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, POST"
    assert answer.content.decode() == "This address takes GET, HEAD, POST, not DELETE.\n"
