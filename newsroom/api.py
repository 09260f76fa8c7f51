"""The site's JSON API: what its pages show, for programs. Reading alone; of readers it has what they say in public."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import NinjaAPI, Query, Schema
from ninja.errors import HttpError

from newsroom.articles import openness, removal
from newsroom.articles.models import Article
from newsroom.comments.api import router as comments
from newsroom.stories import ai_off, ask_page, between_page, coverage_page, editions, evidence, noted
from newsroom.stories.hashtag_pages import FEWEST_SHARED, between_address
from newsroom.stories.models import Edition, Notes, Placement, Story
from newsroom.stories.save import stands_for
from newsroom.stories.showing import tellings_of

A_PAGE_MOST = 100

api = NinjaAPI(
    title=settings.SITE_NAME,
    version="1",
    description="Stories, their articles, and what stands behind them, each sentence with its source.",
    docs_url=None,
    urls_namespace="api",
)
api.add_router("", comments)


class StoryRow(Schema):
    """A story as lists have it. first_at, last_at: of its tellings."""

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


class ShownSentence(Schema):
    """A sentence that shown notes stand on. number: the N of its anchor #sN; start, end: in the whole text."""

    number: int
    start: int
    end: int
    text: str


class ArticleWhole(ArticleRow):
    """An article with its text; sentences: (start, end) in it, of which evidence gives one.

    access: "whole"; where it is "excerpt" or "headline", text is the beginning or
    empty, sentences are left out, and standing has those that notes stand on.
    reserved: what its publisher reserves against machines.
    """

    story: int | None
    access: str
    reserved: list[str]
    text: str
    sentences: list[tuple[int, int]]
    standing: list[ShownSentence]


class TextWhole(Schema):
    """A text that a reader brought, with its notes."""

    title: str
    language: str
    text: str
    access: str
    sentences: list[tuple[int, int]]
    notes: dict[str, Any] | None


class AnswerPart(Schema):
    """A sentence that answers behind what it needs to be understood; the article that it stands in."""

    sentences: list[dict[str, Any]]
    publisher: str
    published_at: datetime | None


class AnswerWhole(Schema):
    """The answer to a question, in order of time. held: False where what is asked is not in what is held."""

    question: str
    held: bool
    parts: list[AnswerPart]


class Deed(Schema):
    """What one did or said to the other. date: of the deed if is_dated, else of the article.

    doer: the hashtag that acts, "both", or "" where that is unclear.
    """

    date: date
    is_dated: bool
    doer: str
    verb: str
    story: int
    sentences: list[dict[str, Any]]


class DeedWeek(Schema):
    """A week by its Monday."""

    monday: date
    deeds: list[Deed]


class BetweenWhole(Schema):
    """What is told between two hashtags, the newest week first. before: what to ask for earlier ones with."""

    url: str
    hashtags: list[str]
    articles: int
    weeks: list[DeedWeek]
    before: date | None


class EditionRow(Schema):
    """A day's edition."""

    on: date
    url: str
    made_at: datetime
    titles: list[str]


class EditionList(Schema):
    """A page of editions, the newest first. before: what to ask for the next page with, None on the last."""

    editions: list[EditionRow]
    before: date | None


class EditionStory(Schema):
    """A story of an edition as it stands now. title: its headline on that day."""

    place: int
    title: str
    story: StoryRow
    brief: list[dict[str, Any]]


class EditionWhole(EditionRow):
    """An edition with its stories."""

    stories: list[EditionStory]


class DayQuery(Schema):
    """before: what is older than that day."""

    before: date | None = None
    limit: int = 30


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
        rows = rows.filter(last_at__lt=_in_utc(query.before))
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
        **_complete(story, _notes(story)),
    }


@api.get("/articles/{int:article_id}", response=ArticleWhole, summary="An article, whole")
def get_article(request: HttpRequest, response: HttpResponse, article_id: int) -> dict[str, Any]:
    """An article with its text, for holding evidence against it; as much of it as whoever asks may read."""
    rows = Article.objects.public().select_related("publisher", "placement__story")
    if gone := removal.removal_of(article_id):
        raise HttpError(gone.status, f"Article {article_id} was removed. {gone.reason}")
    article = get_object_or_404(rows, pk=article_id)
    placement = getattr(article, "placement", None)
    openness.pass_on(response, article)
    openness.mark_private(request, response)
    return {
        **_article(article),
        **_text(request, article),
        "copy_of": placement.copy_of_id if placement else None,
        "story": placement.story_id if placement else None,
        "reserved": (article.reserved or "").split(),
        "standing": _standing(request, article, placement),
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
        **_text(request, article),
        "notes": _notes(placement.story)["notes"] if placement else None,
    }


@api.get("/ask", response=AnswerWhole, summary="A question over all that is held")
def ask(request: HttpRequest, q: str = "") -> dict[str, Any]:
    """Verbatim sentences that answer, or that it is not held."""
    question = _question(q)
    return _answer(question, ask_page.articles_asked(question))


@api.get("/stories/{int:story_id}/ask", response=AnswerWhole, summary="A question over one story")
def ask_story(request: HttpRequest, story_id: int, q: str = "") -> dict[str, Any]:
    """The same of a story's tellings alone."""
    question = _question(q)
    rows = Story.objects.select_related("merged_into").filter(is_private=False)
    return _answer(question, ask_page.tellings_asked(stands_for(get_object_or_404(rows, pk=story_id))))


@api.get("/between/{one}/{other}", response=BetweenWhole, summary="What two did or said to each other")
def get_between(request: HttpRequest, one: str, other: str, before: date | None = None) -> dict[str, Any]:
    """Dated sentences in which both hashtags act, by week."""
    _need_ai_features()
    pair = between_page.find_pair(one, other)
    if not pair.has_page:
        raise HttpError(
            404, f"#{pair.first.name} and #{pair.second.name} share {pair.shared} articles, {FEWEST_SHARED} are needed."
        )
    course = between_page.find_course(pair, before)
    return {
        "url": between_address(pair.first, pair.second),
        "hashtags": [pair.first.name, pair.second.name],
        "articles": pair.shared,
        "weeks": [{"monday": week.monday, "deeds": [_deed(one) for one in week.lines]} for week in course.weeks],
        "before": course.older,
    }


@api.get("/editions", response=EditionList, summary="The daily editions, the newest first")
def list_editions(request: HttpRequest, query: Query[DayQuery]) -> dict[str, Any]:
    """A page of editions."""
    rows = Edition.objects.prefetch_related("stories")
    if query.before:
        rows = rows.filter(on__lt=query.before)
    most = max(1, min(query.limit, A_PAGE_MOST))
    found = list(rows[: most + 1])
    return {
        "editions": [_edition(one) for one in found[:most]],
        "before": found[most - 1].on if len(found) > most else None,
    }


@api.get("/editions/{day}", response=EditionWhole, summary="The edition of a day")
def get_edition(request: HttpRequest, day: str) -> dict[str, Any]:
    """The edition with its stories as they stand now, each with its brief."""
    edition = editions.edition_of(day)
    items = editions.items_of(edition)
    return {
        **_edition(edition),
        "stories": [
            {
                "place": row.place,
                "title": row.title,
                "story": _story(story),
                "brief": [one.as_json() for one in sections.brief],
            }
            for row, story, sections in items
        ],
    }


def _text(request: HttpRequest, article: Article) -> dict[str, Any]:
    opening = openness.openness_of(request, article)
    if opening.is_whole:
        return {"access": opening.access, "text": article.text, "sentences": article.sentences}
    text = openness.excerpt_of(article, opening) if article.text else ""
    return {"access": opening.access, "text": text, "sentences": []}


def _standing(request: HttpRequest, article: Article, placement: Placement | None) -> list[dict[str, Any]]:
    """The sentences that notes stand on, where the text is not given whole."""
    if openness.openness_of(request, article).is_whole:
        return []
    numbers = evidence.standing_on(article, noted.sections_of(placement.story if placement else None), placement)
    spans = [(number, *article.sentences[number - 1]) for number in sorted(numbers)]
    return [
        {"number": number, "start": start, "end": end, "text": article.text[start:end]} for number, start, end in spans
    ]


def _in_utc(moment: datetime) -> datetime:
    """The moment, that without a zone taken as UTC. Raises HttpError 422 where it lies before the year 1."""
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError as error:
        raise HttpError(422, f"before={moment}: lies outside the years 1 to 9999 in UTC.") from error


def _need_ai_features() -> None:
    """Raises HttpError 404 where the operator turned them off."""
    if not settings.AI_FEATURES:
        raise HttpError(404, ai_off.WHY)


def _question(said: str) -> str:
    """The question as it is asked. Raises HttpError: 404 where AI is off, 422 if it is empty or too long."""
    _need_ai_features()
    question = ask_page.read_question(said)
    if not question:
        raise HttpError(422, "q: the question is empty. Ask one, as in ?q=Who+is+Oda+Brask")
    if len(question) > ask_page.QUESTION_MOST_CHARS:
        raise HttpError(
            422,
            f"q: the question has {len(question)} characters, the limit is {ask_page.QUESTION_MOST_CHARS}. "
            "Ask in fewer words.",
        )
    return question


def _answer(question: str, rows: list[Article]) -> dict[str, Any]:
    parts = ask_page.find_answer(question, rows) if rows else []
    return {
        "question": question,
        "held": bool(parts),
        "parts": [
            {
                "sentences": [one.as_json() for one in part.sentences],
                "publisher": part.article.publisher.shown_name,
                "published_at": part.article.published_at,
            }
            for part in parts
        ],
    }


def _deed(line: between_page.Line) -> dict[str, Any]:
    return {
        "date": line.day,
        "is_dated": line.is_dated,
        "doer": "both" if line.is_joint else line.doer.name if line.doer else "",
        "verb": line.verb,
        "story": line.story.pk,
        "sentences": [one.as_json() for one in line.sentences],
    }


def _complete(story: Story, made: dict[str, Any]) -> dict[str, Any]:
    """The notes with all that tell the story: they are made of its originals in its main language alone."""
    if notes := made["notes"]:
        notes["coverage"] = coverage_page.as_json(notes["coverage"], tellings_of(story))
    return made


def _edition(edition: Edition) -> dict[str, Any]:
    return {
        "on": edition.on,
        "url": edition.get_absolute_url(),
        "made_at": edition.made_at,
        "titles": [row.title for row in edition.stories.all()],
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
    if notes is None:
        return {"notes": None, "notes_made_at": None}
    return {"notes": noted.as_json(notes), "notes_made_at": notes.made_at}
