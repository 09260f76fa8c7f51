"""What is not here, may not be done or broke is said on a page of the site's own."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import get_resolver

from newsroom.stories import plain_pages
from newsroom.stories.models import Story


def test_404_offers_search_and_the_stories_nearest_to_the_address(client, db):
    story = Story.objects.public().order_by("-last_at").first()
    words = "-".join(plain_pages.words_of(story.title))
    answer = client.get(f"/2026/11/26/{words}.html")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert 'action="/search"' in page
    assert story.get_absolute_url() in page


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/%00%ff", "/" + "x" * 4000, "/" + "a-b-" * 900, '/"OR"-1=1--\'', "/story/999999999", "/wp-login.php"],
)
def test_odd_addresses_get_a_plain_404(client, db, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "This page is not here" in answer.content.decode()


def test_404_makes_few_queries(client, db, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        client.get("/2026/minister-brask-water-law-velmark-parliament-valley")


def test_500_is_whole_without_the_database(rf):
    page = render_to_string("500.html")  # no `db` fixture: a query would fail
    assert "Something broke here" in page
    assert "<html lang=" in page
    assert "style=" not in page
    answer = get_resolver().resolve_error_handler(500)(rf.get("/"))
    assert answer.status_code == 500


def test_form_from_another_site_gets_a_page(client, db):
    answer = client.post("/explain", {"text": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "sent from another site" in answer.content.decode()
    assert "<h1>" in answer.content.decode()


def test_foreign_host_gets_a_page(db):
    answer = Client(SERVER_NAME="evil.example").get("/")
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()
    assert "<h1>" in answer.content.decode()


def test_sign_in_form_that_lost_its_token_gets_a_page(db):
    answer = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert "open too long" in answer.content.decode()


def test_merged_story_still_leads_on(client, db):
    one, other = Story.objects.public().order_by("pk")[:2]
    Story.objects.filter(pk=one.pk).update(merged_into=other)
    assert client.get(f"/story/{one.pk}").status_code == 301
