"""Tellings and related articles as templates need them: copies under their originals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from newsroom.articles.models import Article
from newsroom.stories.models import Placement, Story

# What pages show of a publisher, of an article in a list, and of a telling: each column costs as much as some words.
PUBLISHER_FIELDS = ("name", "slug", "domain", "shares_name", "home_url", "country", "country_name", "favicon_digest")
LISTED_FIELDS = ("title", "url", "private_key", "language", "published_at", "published_precision", "seen_at")
TELLING_FIELDS = (*LISTED_FIELDS, "canonical_url", "kind", "refused", "agency", "source")
PLACEMENT_FIELDS = ("story_id", "copy_of_id", "origin", "because", "score", "rule", "placed_at", "is_pinned")


@dataclass(slots=True)
class Telling:
    """An article of a story, with the copies of it."""

    article: Article
    placement: Placement
    copies: list[Article] = field(default_factory=list)  # each with its placement

    @property
    def outlet_count(self) -> int:
        """At how many publishers the copies stand."""
        return len({copy.publisher_id for copy in self.copies})

    def made_of(self) -> tuple[Any, ...]:
        """All that its line shows, as {% kept %} wants it."""
        return self.article, self.placement, *self.copies


@dataclass(frozen=True, slots=True)
class Began:
    """Where a story began. article: number of the origin's own text, None where it is not held."""

    name: str
    dateline: str
    at: datetime | None
    because: str
    article: int | None


def tellings_of(story: Story) -> list[Telling]:
    """The story's articles, newest first, each copy under its original."""
    placements = story.placements.select_related("article__publisher").order_by("-article__published_at", "-article_id")
    rows = list(
        placements.only(
            *PLACEMENT_FIELDS,
            *(f"article__{name}" for name in TELLING_FIELDS),
            *(f"article__publisher__{name}" for name in PUBLISHER_FIELDS),
        )
    )
    held = {row.article_id for row in rows}
    tellings = {row.article_id: Telling(row.article, row) for row in rows if row.copy_of_id not in held}
    for row in rows:
        if row.article_id not in tellings:
            original = tellings.get(row.copy_of_id or 0)
            if original:
                original.copies.append(row.article)
            else:
                tellings[row.article_id] = Telling(row.article, row)
    return list(tellings.values())


def began_of(story: Story, tellings: Iterable[Telling]) -> Began | None:
    """Where the story began, None until it is traced. What was merged away since is no longer linked."""
    told = story.began
    if not told:
        return None
    articles = (article for telling in tellings for article in (telling.article, *telling.copies))
    held = int(told["article"] or 0) in {article.pk for article in articles}
    return Began(
        name=told["name"],
        dateline=told["dateline"],
        at=datetime.fromisoformat(told["at"]) if told["at"] else None,
        because="; ".join(told["because"]),
        article=int(told["article"]) if held else None,
    )


def newest_of_each_publisher(tellings: Iterable[Telling]) -> list[Article]:
    """Who tells the story, copies too: the newest article of each, the newest first."""
    articles = [article for telling in tellings for article in (telling.article, *telling.copies)]
    newest: dict[int, Article] = {}
    for article in sorted(articles, key=lambda one: one.at, reverse=True):
        newest.setdefault(article.publisher_id, article)
    return list(newest.values())


RELATED_KINDS = ("same_event", "opposing", "earlier", "later", "background", "names", "subject", "")


@dataclass(frozen=True, slots=True)
class RelatedGroup:
    """Related articles of one kind, each with its reasons; kind "" where none was kept."""

    kind: str
    articles: list[tuple[Article, list[str]]]

    def made_of(self) -> tuple[Any, ...]:
        """All that the group shows, as {% kept %} wants it."""
        return self.kind, *self.articles


def related_of(entries: Iterable[dict[str, Any]], story: Story | None) -> list[RelatedGroup]:
    """The stored related articles that are still there, by kind; what left the story no longer tells its event."""
    entries = list(entries)
    rows = Article.objects.public().filter(pk__in=[one["article"] for one in entries])
    rows = rows.select_related("publisher", "placement").only(
        *LISTED_FIELDS, "placement__story_id", *(f"publisher__{name}" for name in PUBLISHER_FIELDS)
    )
    by_key = {row.pk: row for row in rows}
    groups: dict[str, list[tuple[Article, list[str]]]] = {kind: [] for kind in RELATED_KINDS}
    for one in entries:
        row, kind = by_key.get(one["article"]), one.get("kind", "")
        if row is None or (kind == "same_event" and _story_of(row) != (story and story.pk)):
            continue
        groups.get(kind, groups[""]).append((row, one["because"]))
    return [RelatedGroup(kind, found) for kind, found in groups.items() if found]


def _story_of(article: Article) -> int | None:
    placement = getattr(article, "placement", None)
    return placement.story_id if placement else None
