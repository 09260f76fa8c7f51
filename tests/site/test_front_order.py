"""The front page: what is new and carried by independent publishers first, and why, in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from newsroom.articles.models import Article
from newsroom.stories import save
from newsroom.stories.models import Placement, Story
from newsroom.stories.templatetags.news import carried

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def shown_stories(path: str = "/") -> tuple[list[int], str]:
    html = Client().get(path).content.decode()
    order = [int(number) for number in re.findall(r'<h2[^>]*><a href="/story/(\d+)"', html)]
    older = re.search(r'href="(\?[^"]*before=[^"]+)" rel="next"', html)
    return order, older.group(1).replace("&amp;", "&") if older else ""


def with_several_publishers() -> Story:
    return Story.objects.public().filter(front_origins__gte=3).order_by("-front_origins").first()


def test_every_story_stands_once_over_the_pages_and_in_order():
    seen, query = [], "?by=prominence"
    while True:
        order, query = shown_stories(f"/stories{query}")
        seen += order
        if not query:
            break
    assert seen == list(Story.objects.public().order_by("-front_at", "-pk").values_list("pk", flat=True))
    assert len(seen) > 30


def test_the_line_under_a_headline_says_how_many_publishers_in_what_time():
    story = with_several_publishers()
    html = Client().get("/").content.decode()
    assert carried(story) in html
    assert re.fullmatch(r"\d+ independent publishers (?:within an hour|in \d+ hours)", carried(story))


def test_what_one_publisher_tells_claims_no_independent_ones():
    assert carried(Story(front_origins=1, front_minutes=0)) == ""
    assert carried(Story(front_origins=2, front_minutes=59)) == "2 independent publishers within an hour"
    assert carried(Story(front_origins=12, front_minutes=130)) == "12 independent publishers in 3 hours"


def test_a_story_that_more_publishers_tell_comes_up():
    first, second = Story.objects.public().filter(article_count=1).order_by("pk")[:2]
    rows = [Article.objects.get(placement__story=story) for story in (first, second)]
    others = Article.objects.exclude(publisher=rows[0].publisher).exclude(publisher=rows[1].publisher)[:2]
    for row in rows:
        row.published_at = row.seen_at = NOW
        row.save()
    save.refresh([first, second], NOW)
    tie = Story.objects.get(pk=second.pk).front_at
    for row in others:
        Article.objects.filter(pk=row.pk).update(published_at=NOW, seen_at=NOW, published_precision="time")
        Placement.objects.filter(article=row).update(story=first, copy_of=None)
    save.refresh([first], NOW)
    assert Story.objects.get(pk=first.pk).front_at > tie


def test_reprints_do_not_lift_a_story():
    story = with_several_publishers()
    before = story.front_origins
    own = story.placements.filter(copy_of=None).order_by("pk")
    original = own.first()
    own.exclude(pk=original.pk).update(copy_of=original.article)
    save.refresh([story], NOW)
    story.refresh_from_db()
    assert before >= 3
    assert story.front_origins == 1


def test_a_publisher_gains_nothing_by_dating_its_articles_ahead():
    story = Story.objects.public().filter(article_count=1).first()
    save.refresh([story], NOW)
    honest = Story.objects.get(pk=story.pk).front_at
    row = Article.objects.get(placement__story=story)
    for days in (1, 400):
        Article.objects.filter(pk=row.pk).update(published_at=row.seen_at + timedelta(days=days))
        save.refresh([story], NOW)
        assert Story.objects.get(pk=story.pk).front_at - honest < timedelta(days=1)
        assert Story.objects.get(pk=story.pk).front_at <= row.seen_at


def test_the_order_is_read_from_an_index_and_counts_nothing():
    rows = Story.objects.public().order_by("-front_at", "-pk")[:31]
    plan = rows.explain()
    assert "story_order" in plan or connection.vendor == "postgresql", plan  # PostgreSQL scans a small table
    assert "TEMP B-TREE" not in plan
