"""A told story, for tests of what is shown of it: the dam above Ostra."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from newsroom.articles.models import Article
from newsroom.desk import telling
from newsroom.publishers.models import Publisher
from newsroom.stories import save
from newsroom.stories.models import Story
from newstext import pipeline, records

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
TEXT = (
    "The dam above Ostra held on Monday after engineers opened two gates, the Brask Water Board said. "
    "Some 4,000 people spent the night in schools in Ostra, mayor Sten Aldous said. "
    "The Brask had risen by 3 metres since Saturday after heavy rain in the hills of Karsa. "
    "The Brask Water Board said that the dam had not been damaged by the flood."
)


def make_story(title: str, text: str, *, number: int = 1) -> Story:
    """The story of one article of the Meren Courier, with its notes. number: of its address."""
    paper, _ = Publisher.objects.get_or_create(
        slug="meren-courier", defaults={"name": "Meren Courier", "domain": "meren.example"}
    )
    url = f"https://meren.example/{number}"
    article = Article.objects.create(
        publisher=paper,
        url=url,
        url_key=url,
        title=title,
        text=text,
        language="en",
        published_at=NOW - timedelta(days=2),
        seen_at=NOW,
        read_at=NOW,
    )
    spans = pipeline.mark_article(records.ArticleText(url="", id="1", text=text, language="en")).sentences
    Article.objects.filter(pk=article.pk).update(sentences=[list(span) for span in spans])
    key = str(article.pk)
    placed = save.place(records.Placement(key, key, key), article, NOW)
    save.refresh([placed], NOW)
    telling.write_notes([Story.objects.get(pk=placed.pk)], NOW, engine=map)
    return Story.objects.get(pk=placed.pk)


def without_start(html: str) -> str:
    """A page without the signed moment at which its form of comments was made, which is another each second."""
    return re.sub(r'name="started" value="[^"]*"', "", html)


def without_ages(html: str) -> str:
    """The same without what another minute changes: how long ago things were."""
    return re.sub(r"\d+ (?:minute|hour)s? ago", "", without_start(html))
