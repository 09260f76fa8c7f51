"""The article page: the reference's page, whole."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render

from newsroom.articles import openness
from newsroom.articles.known import moved_to
from newsroom.articles.models import Article
from newsroom.articles.text import parts_of
from newsroom.stories import coverage_page, muting
from newsroom.stories.changes_page import versions_of
from newsroom.stories.course import course_of
from newsroom.stories.evidence import standing_on
from newsroom.stories.listing import SHOWN_FIELDS
from newsroom.stories.models import Placement
from newsroom.stories.noted import Sections, sections_of
from newsroom.stories.removal_page import gone_or_404, is_editor
from newsroom.stories.showing import PLACEMENT_FIELDS, PUBLISHER_FIELDS, Telling, related_of, tellings_of

OTHERS_SHOWN = 5


def article(request: HttpRequest, article_id: int, slug: str = "") -> HttpResponse:
    """A publisher's article, with what stands behind it."""
    rows = Article.objects.public().select_related("publisher", "picture").defer("marks", "entry")
    found = rows.filter(pk=article_id).first()
    if found is None and (kept := moved_to(article_id)):
        return HttpResponsePermanentRedirect(kept.get_absolute_url())
    if found is None:
        return gone_or_404(request, article_id)
    return article_page(request, found)


def article_page(request: HttpRequest, article: Article) -> HttpResponse:
    """The page of an article, or of a text a reader brought."""
    opening = openness.openness_of(request, article)
    placement = _placement_of(article)
    story = placement.story if placement else None
    sections, tellings, muted = muting.shown_to(request, sections_of(story), tellings_of(story) if story else [])
    coverage_page.complete(sections, tellings)
    parts = parts_of(article)
    part = _part(request.GET.get("part", ""), parts) if opening.is_whole else 1
    standing = frozenset() if opening.is_whole else standing_on(article, sections, placement)
    shown = openness.shown_text(article, opening, standing, part=part)
    context = {
        "article": article,
        "opening": opening,
        "part": part,
        "parts": parts if opening.is_whole else 1,
        "paragraphs": shown.paragraphs,
        "standing": shown.standing,
        "has_more": shown.has_more,
        "summary": openness.summary_of(request, article),
        "is_editor": is_editor(request),
        "reserved": (article.reserved or "").split(),
        "story": story,
        "placement": placement,
        "copies": next((telling for telling in tellings if telling.article.pk == article.pk and telling.copies), None),
        "sections": sections,
        "muted": muted,
        "course": course_of(tellings, sections),
        "hashtags": story.hashtags.all() if story and not story.is_private else [],
        "own_hashtags": (sections.notes.body["hashtags"] if sections.notes and story and story.is_private else []),
        "related": muting.related_to(request, related_of(_related(article, placement, tellings, sections), story)),
        "versions": versions_of(article, substance_only=request.GET.get("edits") == "substance"),
    }
    response = render(request, "article.html", context)
    openness.mark_private(request, response)
    openness.pass_on(response, article)
    return response


def _placement_of(article: Article) -> Placement | None:
    """Why it stands in its story, with what the page shows of that and of what it was copied from."""
    rows = Placement.objects.filter(article=article).select_related("story", "copy_of__publisher")
    original = ("published_at", "published_precision", "seen_at")
    return rows.only(
        *PLACEMENT_FIELDS,
        "related",
        *(f"story__{name}" for name in SHOWN_FIELDS),
        *(f"copy_of__{name}" for name in original),
        *(f"copy_of__publisher__{name}" for name in PUBLISHER_FIELDS),
    ).first()


def _part(said: str, parts: int) -> int:
    """The part that an address asks for; the first where it names none that there is."""
    part = int(said) if said.isascii() and said.isdecimal() and len(said) <= 4 else 1
    return part if 1 <= part <= parts else 1


def _related(
    article: Article, placement: Placement | None, tellings: list[Telling], sections: Sections
) -> list[dict[str, Any]]:
    """What goes with this article; the story's other tellings and list where it has none of its own yet."""
    if placement and placement.related is not None:
        return list(placement.related)
    own = {article.pk, placement.copy_of_id if placement else None}
    others = [telling.article.pk for telling in tellings if telling.article.pk not in own][:OTHERS_SHOWN]
    same_event = [{"article": key, "kind": "same_event", "because": ["tells the same event"]} for key in others]
    return [*same_event, *(sections.notes.related if sections.notes else [])]
