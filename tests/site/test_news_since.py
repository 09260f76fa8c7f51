"""What an open page is told: how many came to a story, or to the front, since it was made."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote, unquote

import pytest
from django.core.cache import caches

from newsroom.articles.models import Article
from newsroom.publishers.models import Publisher
from newsroom.stories.models import Placement, Story
from tests.site.stories import NOW, TEXT, make_story

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["answers"].clear()


@pytest.fixture
def story() -> Story:
    return make_story("Dam above Ostra holds", TEXT)


def add_telling(story: Story, slug: str, number: int, after: timedelta = timedelta(minutes=1)) -> None:
    paper, _ = Publisher.objects.get_or_create(slug=slug, defaults={"name": slug, "domain": f"{slug}.example"})
    url = f"https://{slug}.example/{number}"
    article = Article.objects.create(publisher=paper, url=url, url_key=url, title="Dam", seen_at=NOW, read_at=NOW)
    Placement.objects.create(article=article, story=story, placed_at=NOW + after)


def told(client, story: Story, since=NOW):
    return client.get(f"/story/{story.pk}/new?since={quote(since.isoformat())}").json()


def test_publishers_that_came_are_counted_once_and_told_in_words(client, story):
    for slug, number in (("ostra-post", 1), ("ostra-post", 2), ("lindhaven", 3)):
        add_telling(story, slug, number)
    assert told(client, story) == {"publishers": 2, "articles": 3, "words": "2 new publishers: show"}


def test_another_article_of_a_publisher_that_tells_it_already_is_an_article(client, story):
    add_telling(story, "meren-courier", 5)
    assert told(client, story) == {"publishers": 0, "articles": 1, "words": "1 new article: show"}


def test_nothing_new_has_no_words(client, story):
    add_telling(story, "ostra-post", 1)
    assert told(client, story, NOW + timedelta(hours=1))["words"] == ""


def test_a_page_asks_from_its_own_newest_telling_on(client, story):
    add_telling(story, "ostra-post", 1)
    page = client.get(f"/story/{story.pk}").content.decode()
    address = re.search(r'data-news="([^"]+)"', page)[1]
    assert "00:01:00" not in address
    assert client.get(address).json()["words"] == ""
    add_telling(story, "lindhaven", 2, timedelta(minutes=2))
    caches["answers"].clear()
    assert client.get(address).json()["publishers"] == 1
    assert (NOW + timedelta(minutes=1)).isoformat() in unquote(address)


def test_a_story_that_was_joined_says_so(client, story):
    into = make_story("Dam above Ostra stands", TEXT, number=2)
    Story.objects.filter(pk=story.pk).update(merged_into=into)
    assert "joined" in told(client, story)["words"]


def test_a_story_that_is_not_there_or_is_a_readers_own_is_not_told_of(client, story):
    since = quote(NOW.isoformat())
    assert client.get(f"/story/987654/new?since={since}").status_code == 404
    Story.objects.filter(pk=story.pk).update(is_private=True)
    assert client.get(f"/story/{story.pk}/new?since={since}").status_code == 404


@pytest.mark.parametrize("since", ["", "yesterday", "2026-11-26", "2026-99-99T00:00:00Z", "x" * 9000])
@pytest.mark.parametrize("address", ["/new", "/story/1/new"])
def test_what_is_no_moment_is_answered_with_how_to_write_one(client, address, since):
    response = client.get(address, {"since": since})
    assert response.status_code == 400
    assert "2026-11-26T09:00:00Z" in response.json()["problem"]


def test_the_front_is_told_of_stories_and_not_of_new_tellings_of_old_ones(client, story):
    newest = Placement.objects.order_by("-placed_at").first().placed_at
    since = {"since": newest.isoformat()}
    add_telling(story, "ostra-post", 1, newest - NOW + timedelta(minutes=1))
    assert client.get("/new", since).json() == {"stories": 0, "words": ""}
    caches["answers"].clear()
    for number in (11, 12):
        placed = make_story("Ferry turns back", TEXT, number=number)
        Placement.objects.filter(story=placed).update(placed_at=newest + timedelta(minutes=2))
    assert client.get("/new", since).json() == {"stories": 2, "words": "2 new stories: show"}


def test_a_front_page_that_lay_open_for_years_is_told_a_bound(client, db):
    story = Story.objects.public().first()
    Story.objects.bulk_create(
        Story(key=f"n{number}", storyline=story.storyline, first_at=NOW, last_at=NOW) for number in range(120)
    )
    paper = Publisher.objects.first()
    rows = Article.objects.bulk_create(
        Article(publisher=paper, url=f"https://n.example/{n}", url_key=f"n{n}", seen_at=NOW) for n in range(120)
    )
    stories = Story.objects.filter(key__startswith="n")
    Placement.objects.bulk_create(
        Placement(article=row, story=one, placed_at=NOW) for row, one in zip(rows, stories, strict=True)
    )
    assert client.get("/new", {"since": "2001-01-01T00:00:00Z"}).json()["words"] == "More than 99 new stories: show"


def test_an_answer_is_one_query_and_kept_for_half_a_minute(client, story, django_assert_num_queries):
    for address in (f"/story/{story.pk}/new", "/new"):
        with django_assert_num_queries(1):
            response = client.get(address, {"since": NOW.isoformat()})
        assert "max-age=30" in response["Cache-Control"]
        assert len(response.content) < 200
        with django_assert_num_queries(0):
            client.get(address, {"since": NOW.isoformat()})
