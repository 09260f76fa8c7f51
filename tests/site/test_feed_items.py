"""What of a feed's items is cleaned, kept and read again when the feed is looked at once more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsroom.articles import save
from newsroom.articles.models import Article
from newsroom.publishers.models import Feed, Publisher
from newstext.feeds import parse_feed

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ITEM = (
    "<item><title>Mill of Tarn burns</title><link>https://tarn.example/{0}</link><guid>{0}</guid>"
    "<description><![CDATA[<p>The {1} burnt down.</p><script>steal()</script><!-- {2} -->]]></description></item>"
)


@pytest.fixture
def feed(db) -> Feed:
    publisher = Publisher.objects.create(slug="tarn", name="Tarn Echo", domain="tarn.example")
    return Feed.objects.create(publisher=publisher, url="https://tarn.example/feed", next_check_at=NOW)


def look(feed: Feed, *items: str) -> tuple[int, int]:
    """Read a feed of these items; how many were new and how many changed."""
    body = f"<rss version='2.0'><channel><title>Echo</title>{''.join(items)}</channel></rss>"
    fresh = save.clean_fresh([(feed, parse_feed(body.encode(), url=feed.url).entries)])[0]
    [counts] = save.take_entries([(feed, fresh)], NOW)
    Article.objects.filter(feed=feed).update(next_read_at=None)
    return counts


def test_an_item_is_cleaned_before_it_is_kept(feed):
    assert look(feed, ITEM.format(1, "old mill", "")) == (1, 0)
    [article] = Article.objects.filter(feed=feed)
    assert article.summary == "The old mill burnt down."
    assert article.entry["content"] == "<p>The old mill burnt down.</p>"
    assert "steal" not in str(article.entry)


def test_an_item_that_is_repeated_is_not_cleaned_again(feed, monkeypatch):
    look(feed, ITEM.format(1, "old mill", ""), ITEM.format(2, "new mill", ""))
    cleaned = []
    monkeypatch.setattr(save, "clean_entry", lambda raw, clean=save.clean_entry: cleaned.append(raw.guid) or clean(raw))
    assert look(feed, ITEM.format(1, "old mill", ""), ITEM.format(3, "weir", ""), ITEM.format(2, "new mill", "")) == (
        1,
        0,
    )
    assert cleaned == ["3"]


def test_an_item_that_says_something_else_is_read_again(feed):
    look(feed, ITEM.format(1, "old mill", ""))
    assert look(feed, ITEM.format(1, "old mill and its barn", "")) == (0, 1)
    assert Article.objects.get(feed=feed).entry["summary"] == "The old mill and its barn burnt down."


def test_markup_that_changes_at_each_look_is_no_change(feed, monkeypatch):
    look(feed, ITEM.format(1, "old mill", "shown 1 time"))
    assert look(feed, ITEM.format(1, "old mill", "shown 2 times")) == (0, 0)
    monkeypatch.setattr(save, "clean_entry", None)  # it would be called for an item whose raw form is not known
    assert look(feed, ITEM.format(1, "old mill", "shown 2 times")) == (0, 0)


def test_rows_from_before_raw_hashes_were_kept_are_not_read_again(feed):
    look(feed, ITEM.format(1, "old mill", ""))
    Article.objects.filter(feed=feed).update(raw_hash="")
    assert look(feed, ITEM.format(1, "old mill", "")) == (0, 0)
    assert Article.objects.get(feed=feed).raw_hash


def test_an_item_of_another_feed_stays_as_that_feed_told_it(feed):
    look(feed, ITEM.format(1, "old mill", ""))
    second = Feed.objects.create(publisher=feed.publisher, url="https://tarn.example/all", next_check_at=NOW)
    assert look(second, ITEM.format(1, "whole street", "")) == (0, 0)
    assert Article.objects.get(url="https://tarn.example/1").summary == "The old mill burnt down."
