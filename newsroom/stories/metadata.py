"""What a page says of itself to search engines and to whoever shares it: address, preview, data by schema.org."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from babel.core import get_global
from django.conf import settings
from django.http import HttpRequest

from newsroom.articles.models import Article
from newsroom.stories.absolute import absolute
from newsroom.stories.models import Story
from newsroom.stories.noted import Sections
from newsroom.stories.outgoing import cut, excerpt, home_of, known, told_by
from newsroom.stories.showing import Telling

DESCRIPTION_CHARS = 300
TELLINGS_LISTED = 20  # a story of 300 publishers would fill its page with data
# In a <script> these could end it, or begin a comment in it.
IN_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def as_data_block(data: dict[str, Any]) -> str:
    """The data as JSON that may stand in a <script>, whatever it holds."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(IN_SCRIPT)


def locale_of(language: str) -> str:
    """The language as OpenGraph wants it: en_US, ar_EG; "" where the language is not known."""
    likely = get_global("likely_subtags").get(language.replace("-", "_"), "").split("_")
    return f"{likely[0]}_{likely[-1]}" if len(likely) > 1 else ""


def short(text: str) -> str:
    """The text as a preview takes it: on one line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= DESCRIPTION_CHARS:
        return line
    return f"{line[:DESCRIPTION_CHARS].rpartition(' ')[0] or line[:DESCRIPTION_CHARS]} …"


def of_story(request: HttpRequest, story: Story, tellings: Iterable[Telling], sections: Sections) -> dict[str, Any]:
    """What the head of a story's page says. Its address has no slug: headlines change."""
    page = absolute(request, f"/story/{story.pk}")
    told = [telling.article for telling in tellings]
    brief = sections.brief
    listed = [
        {"@type": "ListItem", "position": place, "item": _news_article(request, one)}
        for place, one in enumerate(told[:TELLINGS_LISTED], 1)
    ]
    title = cut(story.title)
    return {
        "canonical": page,
        "type": "article",
        "title": title,
        "description": short(" ".join(one.text for one in brief[:2]) or told_by(story)),
        "locale": locale_of(story.language),
        "published_at": story.first_at,
        "modified_at": story.last_at,
        "data": as_data_block(
            {
                "@context": "https://schema.org",
                "@type": "ItemList",
                "@id": page,
                "url": page,
                "name": title,
                "numberOfItems": len(told),
                "itemListElement": listed,
            }
        ),
    }


def of_article(request: HttpRequest, article: Article) -> dict[str, Any]:
    """What the head of an article's page says: it is the publisher's. Canonical is the page itself.

    A text that a reader brought says nothing but that nobody may list it.
    """
    if article.private_key:
        return {"is_indexed": False}
    page = absolute(request, f"/article/{article.pk}")
    data = {
        "@context": "https://schema.org",
        **_news_article(request, article),
        "mainEntityOfPage": page,
        "dateModified": _moment(article.updated_at, "time")
        or _moment(article.published_at, article.published_precision),
        "author": [{"@type": "Person", "name": str(name)} for name in article.authors],
    }
    return {
        "is_indexed": settings.ARTICLES_INDEXED,
        "canonical": page,
        "type": "article",
        "title": cut(article.title or article.url),
        "description": short(excerpt(article)),
        "locale": locale_of(article.language),
        "published_at": article.published_at,
        "modified_at": article.updated_at,
        "data": as_data_block(_held(data)),
    }


def _news_article(request: HttpRequest, article: Article) -> dict[str, Any]:
    """The article as its publisher's, standing here too."""
    publisher = article.publisher
    return _held(
        {
            "@type": "NewsArticle",
            "headline": cut(article.title or article.url),
            "url": absolute(request, f"/article/{article.pk}"),
            "datePublished": _moment(article.published_at, article.published_precision),
            "inLanguage": known(article.language),
            "publisher": _held(
                {"@type": "NewsMediaOrganization", "name": publisher.shown_name, "url": home_of(publisher)}
            ),
            "isBasedOn": article.original_url,
        }
    )


def _moment(moment: datetime | None, precision: str) -> str:
    if moment is None:
        return ""
    return f"{moment:%Y-%m-%d}" if precision == "day" else moment.isoformat()


def _held(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value}
