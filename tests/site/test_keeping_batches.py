"""A batch of read articles is kept in few questions, and as if each had come alone."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsroom.articles import removal, save
from newsroom.articles.models import Address, Article, MainParagraph, Picture, Removal
from newsroom.desk import keeping
from newsroom.publishers.models import Feed, Publisher
from newstext import pipeline
from newstext.extract.refusals import SHARED_BODY
from newstext.records import ArticleText, OtherAddress, RawEntry

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)


@pytest.fixture
def feed() -> Feed:
    publisher = Publisher.objects.create(slug="courier", name="The Meren Courier", domain="courier.example")
    return Feed.objects.create(publisher=publisher, url="https://courier.example/feed", next_check_at=NOW)


def take(feed: Feed, *paths: str) -> list[Article]:
    """Articles as the feed brings them, in the order of their paths."""
    entries = [RawEntry(path, f"https://courier.example/{path}", f"Of {path}") for path in paths]
    save.take_entries([(feed, save.clean_fresh([(feed, entries)])[0])], NOW)
    rows = Article.objects.select_related("publisher")
    return [rows.get(guid=path) for path in paths]


def paragraphs_of(number: int) -> tuple[str, ...]:
    """Three paragraphs of fifty invented words each, another story with each number."""
    chance = random.Random(number)
    words = ["".join(chance.choice(pair) for pair in ("bdfgklmn", "aeiou", "rstvz", "aeio")) for _ in range(150)]
    return tuple(f"The {' '.join(words[start : start + 50])}." for start in (0, 50, 100))


def title_of(number: int) -> str:
    return " ".join(paragraphs_of(number)[0].split()[1:9])


def page(article: Article, number: int, **more: object) -> tuple[Article, ArticleText, str]:
    """An article as its page tells it: the invented one of that number."""
    paragraphs = paragraphs_of(number)
    read = ArticleText(
        url=article.url, id=str(article.pk), title=title_of(number), text="\n\n".join(paragraphs),
        paragraphs=paragraphs, language="en", publisher="The Meren Courier", published_at=NOW, **more,
    )  # fmt: skip
    return article, pipeline.mark_article(read), ""


def keep(*reads: tuple[Article, ArticleText | None, str]) -> list[bool]:
    return keeping.keep_all(reads, NOW)


def test_twins_of_one_batch_become_one_row(feed):
    first, other, second = take(feed, "ferry-is-late", "market-opens-again", "the-ferry-is-late-again")
    assert keep(page(first, 0), page(other, 1), page(second, 0)) == [True, True, True]
    assert list(Article.objects.filter(feed=feed).values_list("pk", flat=True).order_by("pk")) == [first.pk, other.pk]
    assert Address.objects.get(url_key=second.url_key).article == first


def test_what_comes_after_a_merge_in_its_batch_is_kept_too(feed):
    rows = take(feed, "ferry-is-late", "the-ferry-is-late-again", "market-opens-again", "this-bridge-is-shut")
    keep(*(page(row, number) for row, number in zip(rows, (0, 0, 1, 2), strict=True)))
    kept = dict(Article.objects.filter(feed=feed).values_list("guid", "title"))
    assert kept == {
        "ferry-is-late": title_of(0),
        "market-opens-again": title_of(1),
        "this-bridge-is-shut": title_of(2),
    }


def test_an_address_that_two_of_a_batch_name_leads_to_the_first(feed):
    first, second = take(feed, "ferry-is-late", "market-opens-again")
    alias = OtherAddress("https://courier.example/amp/one-address-of-both-of-these", "amp")
    keep(page(first, 0, addresses=(alias,)), page(second, 1, addresses=(alias,)))
    assert [row.article for row in Address.objects.filter(kind="amp")] == [first]


def test_each_article_of_a_batch_has_its_picture_and_its_main_paragraphs(feed):
    rows = take(feed, "ferry-is-late", "market-opens-again")
    keep(*(page(row, number, image=f"https://courier.example/{number}.jpg") for number, row in enumerate(rows)))
    assert [row.url for row in Picture.objects.filter(article__feed=feed).order_by("article")] == [
        "https://courier.example/0.jpg",
        "https://courier.example/1.jpg",
    ]
    first = set(MainParagraph.objects.filter(article=rows[0]).values_list("key", flat=True))
    assert len(first) == 3
    assert not MainParagraph.objects.filter(article=rows[1], key__in=first).exists()
    keep(page(Article.objects.select_related("publisher").get(pk=rows[0].pk), 2))
    assert not MainParagraph.objects.filter(article=rows[0], key__in=first).exists()
    assert MainParagraph.objects.filter(article=rows[0]).exists()


def test_a_body_under_three_headlines_of_one_batch_is_none_of_theirs(feed):
    rows = take(feed, "ferry-is-late", "market-opens-again", "this-bridge-is-shut")
    reads = []
    for row, title in zip(rows, ("Ferry runs aground", "Market opens its gates", "Bridge shut by frost"), strict=True):
        _, read, _ = page(row, 9)
        reads.append((row, pipeline.mark_article(replace(read, title=title)), ""))
    keep(*reads)
    kept = Article.objects.filter(feed=feed)
    assert not kept.exclude(text="").exists()
    assert set(kept.values_list("refused", flat=True)) == {SHARED_BODY}
    assert MainParagraph.objects.filter(article__in=rows, is_foreign=True).exists()


def test_a_removed_text_that_comes_back_in_a_batch_goes_alone(feed):
    [removed] = take(feed, "ferry-is-late")
    keep(page(removed, 0))
    removal.remove(Article.objects.get(pk=removed.pk), Removal.Kind.WITHHELD, NOW, reason="asked")
    back, other = take(feed, "the-ferry-is-late-again", "this-market-opens")
    assert keep(page(back, 0), page(other, 1)) == [False, True]
    assert list(Article.objects.filter(feed=feed)) == [other]
    assert set(MainParagraph.objects.filter(publisher=feed.publisher).values_list("article", flat=True)) == {other.pk}


def test_a_batch_asks_hardly_more_than_one_article(feed):
    rows = take(feed, *(f"article-of-number-{number}-of-many" for number in range(17)))
    with CaptureQueriesContext(connection) as one:
        keep(page(rows[0], 0))
    with CaptureQueriesContext(connection) as many:
        keep(*(page(row, number) for number, row in enumerate(rows) if number))
    # Writing goes row by row, by one statement: each run of it is counted.
    assert len(many) - len(one) <= 2 * 16
    assert len([query for query in many if query["sql"].startswith("SELECT")]) == len(
        [query for query in one if query["sql"].startswith("SELECT")]
    )
