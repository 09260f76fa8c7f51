"""Whose text it is: how much of an article whoever asks may read here. Decided in this one place.

The operator on loopback and signed-in members read everything. Others read
what the publisher's entry opens, else what PUBLIC_TEXT says. A text that a
reader pasted is that reader's own; one fetched for a reader by its address is
the publisher's.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from newsroom.articles.models import Article
from newsroom.articles.text import Paragraph, Sentence, paragraphs_of
from newsroom.readers.operator import is_from_here
from newstext.words import UNSPACED

EXCERPT_WORDS = 60
LONG_WORD = 30  # letters; a longer run counts as several words, or one without blanks would be an excerpt
Access = Literal["whole", "excerpt", "headline"]
Asker = Literal["operator", "member", "visitor"]


class Openness(NamedTuple):
    """How much may be read, by whom, and why: operator, member, sample, own, publisher or setting."""

    access: Access
    because: str

    @property
    def is_whole(self) -> bool:
        return self.access == "whole"


@dataclass(frozen=True, slots=True)
class ShownText:
    """What may be shown of a text. standing: sentences beyond the paragraphs that shown notes stand on."""

    paragraphs: list[Paragraph]
    standing: list[Sentence]
    has_more: bool


def asker_of(request: HttpRequest) -> Asker:
    """Who asks. A page made for an operator or a member must never be kept for a visitor."""
    if is_from_here(request.META):
        return "operator"
    user = getattr(request, "user", None)
    return "member" if user is not None and user.is_authenticated else "visitor"


def openness_of(request: HttpRequest, article: Article) -> Openness:
    """How much of this article may be given to whoever asks."""
    asker = asker_of(request)
    return Openness("whole", asker) if asker != "visitor" else public_openness(article)


def public_openness(article: Article) -> Openness:
    """How much of it anybody may read."""
    if article.publisher.is_sample:
        return Openness("whole", "sample")
    if article.private_key and not article.site:
        return Openness("whole", "own")  # pasted, not fetched
    if article.publisher.text_access:
        return Openness(article.publisher.text_access, "publisher")
    return Openness(settings.PUBLIC_TEXT, "setting")


def shown_text(article: Article, openness: Openness, standing_on: Collection[int] = (), *, part: int = 1) -> ShownText:
    """What may be shown of the text. standing_on: numbers of the sentences that shown notes stand on.

    part: of a text that is open; of another its beginning is shown.
    """
    paragraphs = paragraphs_of(article, part if openness.is_whole else 1)
    if openness.is_whole:
        return ShownText(paragraphs, [], has_more=False)
    opening, has_more = _cut(paragraphs, EXCERPT_WORDS if openness.access == "excerpt" else 0)
    shown = {sentence.number for paragraph in opening for sentence in paragraph.sentences}
    spans = {number: article.sentences[number - 1] for number in sorted(standing_on) if number not in shown}
    standing = [Sentence(number, article.text[start:end]) for number, (start, end) in spans.items()]
    return ShownText(opening, standing, has_more)


def readable_text(request: HttpRequest, article: Article) -> str:
    """The part of the text that a search result, a feed or an answer of the API may quote from; whole for who may."""
    openness = openness_of(request, article)
    if openness.is_whole:
        return article.text or article.summary
    return excerpt_of(article, openness)


def excerpt_of(article: Article, openness: Openness | None = None) -> str:
    """The beginning of an article that anybody may be given, in one piece; "" where that is nothing.

    Of a text that is open to all no more either: what goes out in feeds is an excerpt.
    """
    openness = openness or public_openness(article)
    if openness.access == "headline":
        return ""
    if not article.text:
        return clip(article.summary)
    cut, _ = _cut(paragraphs_of(article), EXCERPT_WORDS)
    return " ".join(sentence.text for paragraph in cut for sentence in paragraph.sentences)


def summary_of(request: HttpRequest, article: Article) -> str:
    """The feed's own words of an article, as far as whoever asks may read them; feeds may carry whole texts."""
    openness = openness_of(request, article)
    if openness.is_whole:
        return article.summary
    return clip(article.summary) if openness.access == "excerpt" else ""


def clip(text: str, most: int = EXCERPT_WORDS) -> str:
    """The first words of a text, with a sign where it was cut."""
    words, room = text.split(), most
    for place, word in enumerate(words):
        room -= _cost(word)
        if room < 0:
            kept = words[:place]
            return " ".join(kept) + " …" if kept else word[: LONG_WORD * most // 2] + "…"
    return " ".join(words)


def mark_private(request: HttpRequest, response: HttpResponse) -> None:
    """Keep a page that shows more than visitors may read out of caches that others are served from."""
    if asker_of(request) != "visitor":
        patch_cache_control(response, private=True)


def pass_on(response: HttpResponse, *articles: Article) -> None:
    """Say in the headers what the publishers of these texts reserve."""
    reserved = {name for article in articles for name in (article.reserved or "").split()}
    values = [value for value in (response.get("X-Robots-Tag", ""),) if value]
    if reserved - {"tdm"}:
        response["X-Robots-Tag"] = ", ".join([*values, "noai", "noimageai"])
    if "tdm" in reserved:
        response["tdm-reservation"] = "1"


def _cut(paragraphs: list[Paragraph], most: int) -> tuple[list[Paragraph], bool]:
    """The paragraphs as far as so many words go, to the end of a sentence; a first one that is longer is cut."""
    kept: list[Paragraph] = []
    room = most
    for paragraph in paragraphs:
        sentences: list[Sentence] = []
        for sentence in paragraph.sentences:
            cost = sum(_cost(word) for word in sentence.text.split())
            if cost > room:
                if not kept and not sentences and most:
                    sentences.append(Sentence(0, clip(sentence.text, most)))
                if sentences:
                    kept.append(Paragraph(tuple(sentences), paragraph.language))
                return kept, True
            room -= cost
            sentences.append(sentence)
        kept.append(Paragraph(tuple(sentences), paragraph.language))
    return kept, False


def _cost(word: str) -> int:
    """As how many words a run of letters counts: in scripts without blanks each two."""
    unspaced = sum(len(run) for run in UNSPACED.findall(word))
    return max(1, unspaced // 2 + (len(word) - unspaced) // LONG_WORD)
