"""A story told in several languages speaks the one that most of its tellings have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsroom.articles.models import Article
from newsroom.desk import telling
from newsroom.publishers.save import get_publisher
from newsroom.stories import save
from newsroom.stories.models import Notes, Story
from newstext import records
from tests.site import news

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
FRENCH = "Le ferry Halda s'est échoué mardi sur le récif de Port Meren avec 212 passagers à bord."


def held(paper: int, title: str, text: str, *, language: str = "en", hours: int = 0, kind: str = "article") -> Article:
    url = f"https://paper{paper}.example/{hours}"
    at = NOW - timedelta(hours=20 - hours)
    return Article.objects.create(
        publisher=get_publisher(f"Paper {paper}", f"https://paper{paper}.example"), url=url, url_key=url[8:],
        title=title, text=text, language=language, kind=kind, published_at=at, seen_at=at, read_at=at,
        sentences=[[0, len(text)]], confidence=1.0,
    )  # fmt: skip


def story(*articles: Article) -> Story:
    key = str(articles[0].pk)
    for article in articles:
        made = save.place(records.Placement(str(article.pk), key, key), article, NOW)
    save.refresh([made], NOW)
    made.refresh_from_db()
    return made


def facts(paper: int) -> str:
    return "\n\n".join(news.paragraphs_of(0, paper))


def brief_of(one: Story) -> str:
    telling.write_notes([one], NOW, engine=map)
    return " ".join(sentence["text"] for sentence in Notes.objects.get(story=one).body["brief"])


def test_headline_and_brief_are_in_the_language_of_most_tellings():
    english = [held(paper, news.title_of(0, paper), facts(paper), hours=paper) for paper in (0, 1)]
    one = story(*english, held(2, "Le Halda s'échoue", FRENCH, language="fr", hours=9))
    assert (one.language, one.lead_id) == ("en", english[1].pk)
    assert "échoué" not in brief_of(one)


def test_of_as_many_the_language_that_told_it_first_counts():
    french = held(2, "Le Halda s'échoue", FRENCH, language="fr", hours=0)
    one = story(french, held(0, news.title_of(0, 0), facts(0), hours=9))
    assert (one.language, one.title) == ("fr", "Le Halda s'échoue")


def test_a_live_page_gives_no_sentence_where_articles_tell_the_event():
    live = held(1, "Live: the Halda", "12.10 The mayor has landed on the pier of Port Meren.", hours=8, kind="live")
    one = story(held(0, news.title_of(0, 0), facts(0)), live)
    assert "12.10" not in brief_of(one)
    alone = story(
        held(2, "Live: the quay", "13.20 The mayor has left the pier of Port Meren again.", hours=5, kind="live")
    )
    assert telling.tellings_of_notes(alone)
