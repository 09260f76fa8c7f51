"""A publisher's page says who it is, whose words it prints and how it corrects itself; what is not known is said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from newsroom.articles.models import Article, Version
from newsroom.publishers.models import Feed, Publisher
from newsroom.publishers.starting import follow_listed, read_list
from newsroom.stories import publisher_page
from newsroom.stories.models import Placement, Story, Storyline
from newstext.records import Rejected
from tests.site.stories import NOW


@pytest.fixture
def paper(db) -> Publisher:
    return Publisher.objects.create(slug="harbour-post", name="Harbour Post", domain="harbour.example", country="NO")


def publish(paper: Publisher, number: int, *, story: Story | None = None, hours: int = 2, **more) -> Article:
    at = timezone.now() - timedelta(hours=hours)
    url = f"https://{paper.slug}.example/{number}"
    copy_of = more.pop("copy_of", None)
    article = Article.objects.create(
        publisher=paper,
        url=url,
        url_key=url,
        title=f"News {number}",
        published_at=at,
        seen_at=at,
        language="en",
        **more,
    )
    if story is None:
        line, _ = Storyline.objects.get_or_create(key=f"h{number}")
        story = Story.objects.create(key=f"h{number}", storyline=line, first_at=at, last_at=at, title=f"News {number}")
    Placement.objects.create(article=article, story=story, copy_of=copy_of, placed_at=at)
    return article


def test_what_nobody_told_is_said_to_be_not_known(client, paper):
    page = client.get("/publisher/harbour-post").content.decode()
    assert page.count("not known") >= 4
    assert "Norway" in page
    assert "No feed is followed." in page


def test_owner_and_licence_of_a_list_are_shown(client, db):
    told = b"""
[[publisher]]
name = "The Cliff Mail"
home = "https://cliff.example"
owner = "The Cliff Trust"
owner_kind = "trust"
licence = "CC-BY-4.0"
text_access = "whole"
[[publisher.feed]]
url = "https://cliff.example/rss"
"""
    [listed] = read_list(told, "cliff.toml")
    follow_listed(listed, NOW)
    paper = Publisher.objects.get(name="The Cliff Mail")
    page = client.get(paper.get_absolute_url()).content.decode()
    assert "The Cliff Trust" in page
    assert "a trust or a body without profit" in page
    assert "CC-BY-4.0" in page
    assert paper.text_access == "whole"
    Publisher.objects.filter(pk=paper.pk).update(owner="As an editor wrote")
    follow_listed(listed, NOW)
    paper.refresh_from_db()
    assert paper.owner == "As an editor wrote"


def test_word_that_is_not_known_is_named_and_the_feed_is_followed(db):
    told = b'[[publisher]]\nname = "A"\nowner_kind = "king"\n[[publisher.feed]]\nurl = "https://a.example/rss"\n'
    problem, listed = read_list(told, "a.toml")
    assert isinstance(problem, Rejected)
    assert "owner_kind 'king'" in problem.reason
    assert "trust" in problem.reason
    assert listed.owner_kind == ""


def test_whose_words_are_counted(paper, db):
    other = Publisher.objects.create(slug="reef-mail", name="Reef Mail")
    theirs = publish(other, 1)
    for number in range(2, 5):
        publish(paper, number)
    publish(paper, 5, agency="Sound Press Agency")
    publish(paper, 6, copy_of=theirs)
    publish(paper, 7, source="Reef Mail")
    publish(paper, 8, hours=24 * 40)
    words = publisher_page.words_of(paper, timezone.now() - publisher_page.LATELY)
    assert (words.articles, words.own, words.agency, words.copied, words.taken) == (6, 3, 1, 1, 1)


def test_how_often_it_was_first(paper, db):
    other = Publisher.objects.create(slug="reef-mail", name="Reef Mail")
    first = publish(paper, 1, hours=9)
    story = first.placement.story
    publish(other, 2, story=story, hours=5)
    theirs = publish(other, 3, hours=9)
    publish(paper, 4, story=theirs.placement.story, hours=5)
    Story.objects.filter(pk__in=[story.pk, theirs.placement.story_id]).update(publisher_count=2)
    told = publisher_page.first_to_tell(paper, timezone.now() - publisher_page.LATELY)
    assert told == {"shared": 2, "first": 1}


def test_corrections_lead_to_what_changed(client, paper):
    article = publish(paper, 1)
    version = Version.objects.create(
        article=article,
        replaced_at=timezone.now(),
        title="Old",
        text="Old",
        change="substance",
        reasons=["notice", "figures"],
    )
    Version.objects.create(
        article=article, replaced_at=timezone.now(), title="Slip", text="x", change="typo", state="b"
    )
    page = client.get("/publisher/harbour-post").content.decode()
    assert f'href="{version.get_absolute_url()}"' in page
    assert "with a notice" in page
    assert "figures" in page
    assert page.count("/changes/") == 1


def test_all_articles_are_reached_page_by_page(client, paper):
    at = timezone.now()
    Article.objects.bulk_create(
        Article(publisher=paper, url=f"u{n}", url_key=f"u{n}", title=f"News {n}", published_at=at, seen_at=at)
        for n in range(65)
    )
    seen, address = set(), "/publisher/harbour-post"
    for _ in range(3):
        answer = client.get(address)
        seen |= {article.pk for article in answer.context["articles"]}
        address = f"/publisher/harbour-post?before={answer.context['older'].replace('+', '%2B')}"
    assert len(seen) == 65
    assert answer.context["older"] == ""


@pytest.mark.parametrize("before", ["x", "_", "2026-11-26T00:00:00Z_x", "9" * 400, "2026-11-26T00:00:00Z_" + "9" * 99])
def test_odd_page_is_the_first(client, paper, before):
    assert client.get("/publisher/harbour-post", {"before": before}).status_code == 200


def test_queries_do_not_grow_with_what_it_published(client, paper, django_assert_num_queries):
    for number in range(3):
        publish(paper, number)
    with django_assert_num_queries(10):
        client.get("/publisher/harbour-post")
    for number in range(3, 60):
        publish(paper, number)
    with django_assert_num_queries(10):
        client.get("/publisher/harbour-post")


def test_health_in_words(client, paper):
    Feed.objects.create(publisher=paper, url="https://harbour.example/a", next_check_at=NOW, failures=3, problem="slow")
    Feed.objects.create(publisher=paper, url="https://harbour.example/b", next_check_at=NOW)
    page = client.get("/publisher/harbour-post").content.decode()
    assert "1 of 2 feeds has a problem." in page
    assert "/publisher/harbour-post/health" in page


def test_list_is_by_country_and_can_be_searched(client, paper):
    Feed.objects.create(publisher=paper, url="https://harbour.example/a", next_check_at=NOW)
    page = client.get("/publishers").content.decode()
    assert "<bdi>Norway</bdi>" in page
    assert "<bdi>Velmark</bdi>" in page
    found = client.get("/publishers?q=harbour+post").content.decode()
    assert "Harbour Post" in found
    assert "Lindhaven Post" not in found
    assert "No publisher that is followed has these words" in client.get("/publishers?q=zzz").content.decode()
    assert client.get("/publishers", {"q": "x " * 5000}).status_code == 200
    assert client.get("/publishers?q=%00").status_code == 200


def test_list_makes_few_queries(client, paper, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        client.get("/publishers")
