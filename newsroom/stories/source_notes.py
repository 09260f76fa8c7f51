"""A source sentence by itself: what a mark opens beside the text, and a page of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from newsroom.articles import openness
from newsroom.articles.known import moved_to
from newsroom.articles.models import Article
from newsroom.articles.text import paragraphs_of, part_at
from newsroom.stories.evidence import standing_on
from newsroom.stories.models import Notes
from newsroom.stories.noted import Shown, articles_of, check_of, sections_of, shown
from newsroom.stories.removal_page import gone_or_404

KEPT_S = 300
ALSO_MOST = 6
SENTENCE_MOST_CHARS = 2000  # what a page calls one may be a whole text without a full stop
BESIDE_MOST_CHARS = 400


@dataclass(frozen=True, slots=True)
class SourceSentence:
    """A sentence, with the one before and the one after it in its paragraph and never more of the text.

    part: of the article's page that it stands in. is_cut_before, is_cut_after:
    the paragraph goes on there.
    """

    number: int
    part: int
    text: str
    before: str
    after: str
    language: str
    is_cut_before: bool
    is_cut_after: bool


def sentence(request: HttpRequest, article_id: int, number: int) -> HttpResponse:
    """One sentence of a public article; with ?as=note the part that a page shows beside its text.

    ?is= is the check of the sentence that the mark stands on (noted.check_of):
    where the article was edited since, another sentence may have its number.
    """
    rows = Article.objects.public().select_related("publisher", "placement__story")
    article = rows.defer("marks", "entry", "placement__related").filter(pk=article_id).first()
    if article is None:
        if kept := moved_to(article_id):
            return _gone(request, kept, _("This article now stands under another number."))
        return gone_or_404(request, article_id)
    if article.thinned_at:
        return _gone(request, article, _("The text of this article is no longer kept here."))
    found = source_sentence(article, number)
    if number < 1 or (found is None and not article.sentences):
        raise Http404(f"No sentence {number} in article {article_id}")
    opening = openness.openness_of(request, article)
    if found and not opening.is_whole:
        if number not in shown_to_all(article, opening):
            return _page(request, {"article": article, "is_closed": True}, status=403)
        found = replace(found, before="", after="")
    said = request.GET.get("is", "")
    if found is None or (said and said != check_of(_whole(article, number))):
        return _gone(
            request, article, _("The publisher has changed the article since: the sentence is no longer there.")
        )
    response = _page(request, {"article": article, "source": found, "also": _also(article, number)})
    patch_cache_control(response, max_age=KEPT_S)
    openness.mark_private(request, response)
    openness.pass_on(response, article)
    return response


def shown_to_all(article: Article, opening: openness.Openness) -> set[int]:
    """Numbers of the sentences that the article's page shows whoever asks: its beginning, and what notes stand on."""
    placement = getattr(article, "placement", None)
    story = placement.story if placement else None
    beginning = openness.shown_text(article, opening).paragraphs
    numbers = {one.number for paragraph in beginning for one in paragraph.sentences}
    return numbers | standing_on(article, sections_of(story), placement)


def source_sentence(article: Article, number: int) -> SourceSentence | None:
    """The article's sentence of that number, from 1; None if there is none."""
    if not 0 < number <= len(article.sentences):
        return None
    part = part_at(article.sentences[number - 1][0])
    for paragraph in paragraphs_of(article, part):
        numbers = [one.number for one in paragraph.sentences]
        if number not in numbers:
            continue
        place = numbers.index(number)
        texts = [one.text for one in paragraph.sentences]
        return SourceSentence(
            number=number,
            part=part,
            text=Truncator(texts[place]).chars(SENTENCE_MOST_CHARS),
            before=Truncator(texts[place - 1]).chars(BESIDE_MOST_CHARS) if place else "",
            after=Truncator(texts[place + 1]).chars(BESIDE_MOST_CHARS) if place + 1 < len(texts) else "",
            language=paragraph.language or article.language,
            is_cut_before=place > 1,
            is_cut_after=place + 2 < len(texts),
        )
    return None


def _whole(article: Article, number: int) -> str:
    start, end = article.sentences[number - 1]
    return article.text[start:end]


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    is_note = request.GET.get("as") == "note"
    response = render(request, "parts/source_note.html" if is_note else "sentence.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


def _gone(request: HttpRequest, article: Article, why: str) -> HttpResponse:
    return _page(request, {"article": article, "gone": why}, status=410)


def _also(article: Article, number: int) -> list[Shown]:
    """Where other tellings of the story say the same, as its notes have it."""
    placement = getattr(article, "placement", None)
    notes = Notes.objects.filter(story=placement.story_id).first() if placement else None
    if notes is None:
        return []
    place = (str(article.pk), article.sentences[number - 1][0])
    others: dict[tuple[str, int], dict[str, Any]] = {}
    for group in _same(notes.body):
        if place in {(one["article"], one["start"]) for one in group}:
            others |= {(one["article"], one["start"]): one for one in group if one["article"] != place[0]}
    wanted = list(others.values())[:ALSO_MOST]
    articles = articles_of(wanted)
    return [found for one in wanted if (found := shown(one, articles))]


def _same(node: Any) -> Iterator[list[dict[str, Any]]]:
    """The sentences that notes put together as telling one thing: of a quote, a report, a value, an event."""
    if isinstance(node, list):
        for one in node:
            yield from _same(one)
    elif isinstance(node, dict):
        if isinstance(node.get("evidence"), dict) and node.get("also"):
            yield [node["evidence"], *node["also"]]
        elif "also_on" in node:
            yield node["sentences"]
        else:
            yield from _same(list(node.values()))
