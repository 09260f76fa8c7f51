"""A question over one story, or over all that is held: whole sentences that answer it, or that it is not held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from newsroom.articles.models import Article
from newsroom.stories import muting
from newsroom.stories.ai_off import needs_ai_features
from newsroom.stories.models import Story
from newsroom.stories.noted import Shown, shown
from newsroom.stories.save import stands_for
from newsroom.stories.search import find_for_question

QUESTION_MOST_CHARS = 300
ARTICLES_ASKED = 24  # of all that is held, the nearest to the question
TELLINGS_ASKED = 40  # of a story, the newest


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence of the answer, what it needs before it, and the article that it stands in."""

    sentences: list[Shown]
    article: Article


@needs_ai_features
def ask(request: HttpRequest) -> HttpResponse:
    """A question over all that is held."""
    question = read_question(request.GET.get("q", ""))
    rows = articles_asked(question) if _is_fit(question) else []
    return _page(request, question, rows, {"action": "/ask"})


@needs_ai_features
def ask_story(request: HttpRequest, story_id: int) -> HttpResponse:
    """A question over one story's tellings."""
    story = get_object_or_404(Story.objects.select_related("merged_into"), pk=story_id, is_private=False)
    if story.merged_into:
        return HttpResponsePermanentRedirect(f"/story/{stands_for(story).pk}/ask?{request.GET.urlencode()}")
    question = read_question(request.GET.get("q", ""))
    rows = tellings_asked(story) if _is_fit(question) else []
    return _page(request, question, rows, {"action": f"/story/{story.pk}/ask", "story": story})


@never_cache
@needs_ai_features
def ask_text(request: HttpRequest, key: str) -> HttpResponse:
    """A question over a text that a reader brought; whoever has its address may ask."""
    article = get_object_or_404(Article.objects.select_related("publisher"), private_key=key)
    question = read_question(request.GET.get("q", ""))
    context = {"action": f"/text/{article.private_key}/ask", "text": article}
    response = _page(request, question, [article] if _is_fit(question) else [], context)
    response["X-Robots-Tag"] = "noindex"
    return response


def read_question(said: str) -> str:
    """A question as it was typed, one blank between its words and no sign that cannot be printed."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in said).split())


def _is_fit(question: str) -> bool:
    return 0 < len(question) <= QUESTION_MOST_CHARS


def articles_asked(question: str) -> list[Article]:
    """Of all that is held, the articles nearest to a question."""
    return find_for_question(question, most=ARTICLES_ASKED)


def tellings_asked(story: Story) -> list[Article]:
    """The tellings of a story that a question is asked of."""
    rows = Article.objects.public().open_to_notes().filter(placement__story=story, placement__copy_of=None)
    rows = rows.exclude(text="")
    return list(rows.select_related("publisher").order_by("-published_at", "-seen_at")[:TELLINGS_ASKED])


def _page(request: HttpRequest, question: str, rows: Sequence[Article], about: dict[str, Any]) -> HttpResponse:
    is_too_long = len(question) > QUESTION_MOST_CHARS
    mutes = muting.NONE if muting.shows_all(request) else muting.of(request)
    parts = find_answer(question, rows) if rows else []
    kept = [part for part in parts if all(mutes.allows(one) for one in part.sentences)]
    context = {
        **about,
        "question": question[:QUESTION_MOST_CHARS],
        "is_too_long": is_too_long,
        "most_chars": QUESTION_MOST_CHARS,
        "parts": kept,
        "is_muted": len(kept) < len(parts),
    }
    return render(request, "ask.html", context, status=422 if is_too_long else 200)


def find_answer(question: str, rows: Sequence[Article]) -> list[Part]:
    """The sentences that answer, in order of time; empty where the articles do not say it."""
    # They bring the whole text engine: not at the site's start.
    from newsroom.articles.save import as_record
    from newstext.ask import answer
    from newstext.notes_json import sentences_to_json

    by_key = {str(row.pk): row for row in rows}
    parts = []
    for part in answer(question, [as_record(row) for row in rows]).parts:
        sentences = [found for one in sentences_to_json(part.sentences) if (found := shown(one, by_key))]
        if sentences:
            parts.append(Part(sentences, by_key[part.sentences[-1].article]))
    return parts
