"""Notes and tellings as templates need them: evidence with its links, copies under their originals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from newsroom.articles.models import Article
from newsroom.stories.models import Notes, Placement, Story


@dataclass(frozen=True, slots=True)
class Shown:
    """A sentence with the address of its source sentence."""

    text: str
    url: str
    publisher: str
    language: str


@dataclass(frozen=True, slots=True)
class Event:
    date: str
    sentence: Shown
    others: tuple[Shown, ...]


@dataclass(slots=True)
class Sections:
    """What a story page shows beside its tellings; a list is empty where there is nothing."""

    brief: list[Shown] = field(default_factory=list)
    trigger: list[Shown] = field(default_factory=list)
    steps: list[Shown] = field(default_factory=list)
    background: list[Shown] = field(default_factory=list)
    sides: list[tuple[str, list[Shown]]] = field(default_factory=list)
    ahead: list[Shown] = field(default_factory=list)
    timeline: list[Event] = field(default_factory=list)
    notes: Notes | None = None

    @property
    def why_now(self) -> bool:
        return bool(self.trigger or self.steps or self.background or self.sides or self.ahead)


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


@dataclass(frozen=True, slots=True)
class Began:
    """Where a story began. article: number of the origin's own text, None where it is not held."""

    name: str
    dateline: str
    at: datetime | None
    because: str
    article: int | None


def sections_of(story: Story | None) -> Sections:
    """The story's notes with every sentence linked; sentences whose source is gone are left out."""
    notes = Notes.objects.filter(story=story).first() if story else None
    if notes is None:
        return Sections()
    return sections_of_all([notes])[notes.story_id]


def sections_of_all(many: Iterable[Notes]) -> dict[int, Sections]:
    """The same for many stories, with one look at their articles."""
    many = list(many)
    wanted = {one["article"] for notes in many for one in _all_sentences(notes.body)}
    rows = Article.objects.filter(pk__in=[int(key) for key in wanted if key.isdigit()])
    rows = rows.select_related("publisher").only(
        "sentences", "language", "private_key", "title",
        "publisher__name", "publisher__slug", "publisher__domain", "publisher__shares_name",
    )  # fmt: skip
    by_key = {str(row.pk): row for row in rows}
    return {notes.story_id: _sections(notes, by_key) for notes in many}


def _all_sentences(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    why_now = body["why_now"]
    yield from body["brief"]
    for part in ("trigger", "steps", "background", "ahead"):
        yield from why_now[part]
    for holder in (*why_now["sides"], *body["timeline"]):
        yield from holder["sentences"]


def _sections(notes: Notes, articles: dict[str, Article]) -> Sections:
    body, why_now = notes.body, notes.body["why_now"]

    def linked(sentences: list[dict[str, Any]]) -> list[Shown]:
        return [shown for one in sentences if (shown := _shown(one, articles))]

    events = [(event["date"], linked(event["sentences"])) for event in body["timeline"]]
    return Sections(
        brief=linked(body["brief"]),
        trigger=linked(why_now["trigger"]),
        steps=linked(why_now["steps"]),
        background=linked(why_now["background"]),
        sides=[(side["who"], said) for side in why_now["sides"] if (said := linked(side["sentences"]))],
        ahead=linked(why_now["ahead"]),
        timeline=[Event(date, said[0], tuple(said[1:])) for date, said in events if said],
        notes=notes,
    )


def _shown(one: dict[str, Any], articles: dict[str, Article]) -> Shown | None:
    article = articles.get(one["article"])
    if article is None:
        return None
    numbers = {start: number for number, (start, _) in enumerate(article.sentences, 1)}
    number = numbers.get(one["start"])
    if number is None:
        return None  # the article was edited and the sentence is gone: what stood on it is withdrawn
    page = f"/text/{article.private_key}" if article.private_key else f"/article/{article.pk}"
    return Shown(one["shown"] or one["text"], f"{page}#s{number}", article.publisher.shown_name, article.language)


def tellings_of(story: Story) -> list[Telling]:
    """The story's articles, newest first, each copy under its original."""
    placements = story.placements.select_related("article__publisher").order_by("-article__published_at", "-article_id")
    rows = list(placements.defer("article__text", "article__sentences", "article__marks", "article__entry"))
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


def began_of(story: Story) -> Began | None:
    """Where the story began, None until it is traced. What was merged away since is no longer linked."""
    told = story.began
    if not told:
        return None
    held = story.placements.filter(article=int(told["article"] or 0)).exists()
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


def related_of(entries: Iterable[dict[str, Any]], story: Story | None) -> list[RelatedGroup]:
    """The stored related articles that are still there, by kind; what left the story no longer tells its event."""
    entries = list(entries)
    rows = Article.objects.public().filter(pk__in=[one["article"] for one in entries])
    rows = rows.select_related("publisher", "placement").defer("text", "sentences", "marks", "entry")
    by_key = {row.pk: row for row in rows.defer("placement__related")}
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
