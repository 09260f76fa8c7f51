"""Which article leads a story, and so gives it its headline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from textwrap import shorten

from newsroom.articles.models import Article
from newsroom.stories.models import Story

FIELDS = ("lead", "title", "language")
# Of an article and its placement, what `lead` and `front.stand` go by.
TOLD = ("publisher", "title", "summary", "url", "url_key", "language", "kind", "refused")
TOLD += ("published_at", "published_precision", "seen_at")
PLACED = ("article", "story", "copy_of")
OPENING_CHARS = 90
TITLE_CHARS = 300
MAY_LEAD = ("article", "explainer", "opinion", "teaser")


def lead(story: Story, rows: Iterable[Article]) -> None:
    """Set the story's FIELDS by its articles, each with its placement; an editor's headline stays."""
    rows = list(rows)
    spoken = _language_of(rows)
    story.lead = min(rows, key=lambda row: (row.language != spoken, *_order(row)))
    story.title = story.given_title or _cut(story.lead.title) or story.title or _in_its_words(story.lead)
    story.language = (story.given_title and story.given_language) or story.lead.language


def _cut(title: str) -> str:
    """A headline as lists can show it; the article's own page has it whole."""
    return title if len(title) <= TITLE_CHARS else title[: TITLE_CHARS - 1].rstrip() + "…"


def _in_its_words(article: Article) -> str:
    """What a story is called by whose article has no headline: its first words, its address if it has none."""
    words = (article.summary or article.text[: 4 * OPENING_CHARS]).split()
    opening = shorten(" ".join(words), OPENING_CHARS, placeholder=" …")
    return opening if len(opening) > len(" …") else article.url


def articles_of(story: Story) -> list[Article]:
    """The story's articles, each with its placement, without their texts."""
    return articles_of_each([story.pk]).get(story.pk, [])


def articles_of_each(stories: Iterable[int]) -> dict[int, list[Article]]:
    """The same of several stories, by number; what holds none is left out."""
    rows = Article.objects.filter(placement__story__in=list(stories)).select_related("placement").order_by("pk")
    found: dict[int, list[Article]] = {}
    for row in rows.only(*TOLD, *(f"placement__{name}" for name in PLACED)):
        found.setdefault(row.placement.story_id, []).append(row)
    return found


def _language_of(rows: Sequence[Article]) -> str:
    """The language most tellings are in, copies left out; of equals that of the earliest."""
    own = [row for row in rows if row.placement.copy_of_id is None and row.kind in MAY_LEAD] or rows
    counts = Counter(row.language for row in own)
    return min(own, key=lambda row: (-counts[row.language], row.at, row.pk)).language


def _order(article: Article) -> tuple[bool, bool, bool, bool, float]:
    """Whole texts before teasers, originals before copies, then the newest: a story moves on."""
    return (
        article.kind not in MAY_LEAD or bool(article.refused),
        article.placement.copy_of_id is not None,
        article.kind in ("teaser", "opinion"),
        not article.title,
        -article.at.timestamp(),
    )
