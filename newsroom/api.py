"""The site's JSON API: what its pages show, for programs. Reading alone; nothing of readers is in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import NinjaAPI, Query, Schema

from newsroom.articles.models import Article
from newsroom.stories import noted
from newsroom.stories.models import Notes, Placement, Story
from newsroom.stories.save import stands_for

A_PAGE_MOST = 100

api = NinjaAPI(
    title=settings.SITE_NAME,
    version="1",
    description="Stories, their articles, and what stands behind them, each sentence with its source.",
    docs_url=None,
    urls_namespace="api",
)


class StoryRow(Schema):
    """A story as lists have it. first_at, last_at: of its tellings; merged_into: the story that took it in."""

    id: int
    url: str
    title: str
    language: str
    section: str | None
    countries: list[str]
    hashtags: list[str]
    first_at: datetime
    last_at: datetime
    articles: int
    publishers: int
    origins: int | None
    is_sample: bool


class ArticleRow(Schema):
    """An article. copy_of: the number of the article whose text it carries."""

    id: int
    url: str
    original_url: str
    title: str
    publisher: str
    publisher_country: str
    authors: list[str]
    language: str
    kind: str
    published_at: datetime | None
    updated_at: datetime | None
    agency: str
    source: str
    copy_of: int | None = None


class StoryList(Schema):
    """A page of stories, the newest first. before: what to ask for the next page with, None on the last."""

    stories: list[StoryRow]
    before: datetime | None


class StoryWhole(StoryRow):
    """A story with its tellings and its notes, which have newstext's form and each sentence's url beside."""

    tellings: list[ArticleRow]
    notes: dict[str, Any] | None
    notes_made_at: datetime | None


class ArticleWhole(ArticleRow):
    """An article with its text; sentences: (start, end) in it, of which evidence gives one."""

    story: int | None
    text: str
    sentences: list[tuple[int, int]]


class TextWhole(Schema):
    """A text that a reader brought, with its notes."""

    title: str
    language: str
    text: str
    sentences: list[tuple[int, int]]
    notes: dict[str, Any] | None


class ListQuery(Schema):
    """before: stories whose newest telling is older; section, country, hashtag: of these alone."""

    before: datetime | None = None
    section: str = ""
    country: str = ""
    hashtag: str = ""
    limit: int = 30


@api.get("/stories", response=StoryList, summary="Stories, the newest first")
def list_stories(request: HttpRequest, query: Query[ListQuery]) -> dict[str, Any]:
    """A page of public stories."""
    rows = Story.objects.public()
    if query.section:
        rows = rows.filter(section=query.section)
    if query.country:
        rows = rows.filter(countries__code=query.country.lower())
    if query.hashtag:
        rows = rows.filter(hashtags__key=query.hashtag)
    if query.before:
        rows = rows.filter(last_at__lt=query.before)
    most = max(1, min(query.limit, A_PAGE_MOST))
    found = list(rows.order_by("-last_at", "-pk").prefetch_related("hashtags", "countries")[: most + 1])
    return {
        "stories": [_story(one) for one in found[:most]],
        "before": found[most - 1].last_at if len(found) > most else None,
    }


@api.get("/stories/{int:story_id}", response=StoryWhole, summary="A story, whole")
def get_story(request: HttpRequest, story_id: int) -> dict[str, Any]:
    """A story with its tellings and notes; one that was merged away is answered with the one that took it in."""
    story = stands_for(get_object_or_404(Story.objects.select_related("merged_into"), pk=story_id, is_private=False))
    rows = Placement.objects.filter(story=story).select_related("article__publisher").order_by("article__published_at")
    rows = rows.defer("article__text", "article__sentences", "article__marks", "article__entry")
    return {
        **_story(story),
        "tellings": [{**_article(row.article), "copy_of": row.copy_of_id} for row in rows],
        **_notes(story),
    }


@api.get("/articles/{int:article_id}", response=ArticleWhole, summary="An article, whole")
def get_article(request: HttpRequest, article_id: int) -> dict[str, Any]:
    """An article with its text, for holding evidence against it."""
    rows = Article.objects.public().select_related("publisher", "placement")
    article = get_object_or_404(rows, pk=article_id)
    placement = getattr(article, "placement", None)
    return {
        **_article(article),
        "copy_of": placement.copy_of_id if placement else None,
        "story": placement.story_id if placement else None,
        "text": article.text,
        "sentences": article.sentences,
    }


@api.get("/texts/{key}", response=TextWhole, summary="A text that a reader brought")
def get_text(request: HttpRequest, key: str) -> dict[str, Any]:
    """The text and its notes, for whoever holds its key."""
    article = Article.objects.filter(private_key=key).exclude(private_key="").first()
    if article is None:
        raise Http404("No such text")
    placement = Placement.objects.filter(article=article).select_related("story").first()
    return {
        "title": article.title,
        "language": article.language,
        "text": article.text,
        "sentences": article.sentences,
        "notes": _notes(placement.story)["notes"] if placement else None,
    }


def _story(story: Story) -> dict[str, Any]:
    return {
        "id": story.pk,
        "url": story.get_absolute_url(),
        "title": story.title,
        "language": story.language,
        "section": story.section,
        "countries": [one.code for one in story.countries.all()],
        "hashtags": [tag.name for tag in story.hashtags.all()],
        "first_at": story.first_at,
        "last_at": story.last_at,
        "articles": story.article_count,
        "publishers": story.publisher_count,
        "origins": story.origin_count,
        "is_sample": story.is_sample,
    }


def _article(article: Article) -> dict[str, Any]:
    return {
        "id": article.pk,
        "url": article.get_absolute_url(),
        "original_url": article.canonical_url or article.url,
        "title": article.title,
        "publisher": article.publisher.shown_name,
        "publisher_country": article.publisher.country,
        "authors": article.authors,
        "language": article.language,
        "kind": article.kind,
        "published_at": article.published_at,
        "updated_at": article.updated_at,
        "agency": article.agency,
        "source": article.source,
    }


def _notes(story: Story) -> dict[str, Any]:
    """The story's notes; none where they are not made yet, or the AI features are off."""
    notes = Notes.objects.filter(story=story).first() if settings.AI_FEATURES else None
    return {"notes": noted.as_json(notes) if notes else None, "notes_made_at": notes.made_at if notes else None}
