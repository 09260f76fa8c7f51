"""Stories as the items of apps: headline, brief with its publishers, where they stand and in what state."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Max
from django.utils.html import format_html

from newsroom.greader import state
from newsroom.greader.asking import Asked
from newsroom.greader.item_ids import long_id
from newsroom.greader.streams import (
    FRESH,
    READ,
    READING_LIST,
    STARRED,
    STATE,
    Held,
    Stream,
    folder_id,
    user,
)
from newsroom.stories.absolute import absolute
from newsroom.stories.feed_forms import LIKE_MARKUP, WORD_JOINER, Item, legal
from newsroom.stories.models import Notes, Placement, Story
from newsroom.stories.noted import Sections, sections_of_all
from newsroom.stories.outgoing import Ids, of_story, with_what_an_item_needs
from newsroom.stories.templatetags.news import direction

MADE_AT_ONCE = 200  # stories in memory with all that they are made of


@dataclass(frozen=True, slots=True)
class AppItem:
    """A story for an app. crawled_at: when it last grew; streams: where it stands, the first where it is shown."""

    number: int
    item: Item
    crawled_at: datetime
    streams: Sequence[Stream]
    is_read: bool
    is_starred: bool

    @property
    def states(self) -> list[str]:
        """What it is to the reader, as the ids of streams. "fresh" is what older apps take for unread."""
        said = [READING_LIST, READ if self.is_read else FRESH, *([STARRED] if self.is_starred else [])]
        return [user(f"{STATE}{one}") for one in said]

    @property
    def crawled_usec(self) -> int:
        return usec_of(self.crawled_at)

    @property
    def folders(self) -> list[str]:
        return list(dict.fromkeys(one.folder for one in self.streams if one.folder))


@dataclass(frozen=True, slots=True)
class Crawled:
    """When each story last grew: was told by one more, or had its notes made."""

    at: dict[int, datetime]

    def usec(self, story: int) -> int:
        return usec_of(self.at[story])


def usec_of(moment: datetime) -> int:
    """Millionths of a second, by which apps ask and answer; whole, so that what they send back is the same."""
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def crawled(stories: Collection[int]) -> Crawled:
    """When each of these stories last grew; as many queries whatever their number."""
    numbers = list(stories)
    at: dict[int, datetime] = {}
    told = Placement.objects.filter(story__in=numbers).order_by().values_list("story_id").annotate(Max("placed_at"))
    for story, moment in told:
        at[story] = moment
    for story, made_at, written_at in Notes.objects.filter(story__in=numbers).values_list(
        "story_id", "made_at", "written_at"
    ):
        at[story] = max(moment for moment in (at.get(story), made_at, written_at) if moment)
    bare = [number for number in numbers if number not in at]
    at |= dict(Story.objects.filter(pk__in=bare).values_list("pk", "last_at")) if bare else {}
    return Crawled({number: at.get(number, datetime(1970, 1, 1, tzinfo=UTC)) for number in numbers})


def items_of(asked: Asked, held: Held, numbers: Sequence[int]) -> Iterator[AppItem]:
    """These stories in this order, each once; what does not stand by itself any more is left out."""
    read, starred = state.read_of(held.reader, numbers), state.starred_of(held.reader, numbers)
    ids = Ids()
    for start in range(0, len(numbers), MADE_AT_ONCE):
        part = numbers[start : start + MADE_AT_ONCE]
        rows = {row.pk: row for row in with_what_an_item_needs(Story.objects.public().filter(pk__in=part))}
        sections = sections_of_all((row.notes for row in rows.values() if hasattr(row, "notes")), names={"brief"})
        grown = crawled(rows)
        for number in part:
            if number in rows:
                item = of_story(
                    asked.request,
                    ids,
                    rows[number],
                    sections.get(number, Sections()),
                    without=held.mutes.publishers,
                    hides=held.mutes.holds,
                )
                yield AppItem(number, item, grown.at[number], held.of_story(number), number in read, number in starred)


def as_json(asked: Asked, one: AppItem) -> dict[str, Any]:
    """The item as stream/contents gives it."""
    item = one.item
    return {
        "id": long_id(one.number),
        "crawlTimeMsec": str(one.crawled_usec // 1000),
        "timestampUsec": str(one.crawled_usec),
        "published": int(item.published_at.timestamp()),
        "updated": int(item.updated_at.timestamp()),
        "title": title_of(item),
        "canonical": [{"href": item.url}],
        "alternate": [{"href": item.url, "type": "text/html"}],
        "categories": [*one.states, *(folder_id(name) for name in one.folders), *item.tags],
        "origin": origin_of(asked, one),
        "summary": {"direction": direction(item.language), "content": html_of(item)},
        "author": ", ".join(item.authors),
    }


def origin_of(asked: Asked, one: AppItem) -> dict[str, str]:
    """Where an app shows it. A story that is starred and stands in no stream any more is the site's own."""
    if not one.streams:
        return {"streamId": user(f"{STATE}{READING_LIST}"), "title": "", "htmlUrl": absolute(asked.request, "/")}
    first = one.streams[0]
    return {"streamId": first.id, "title": first.title, "htmlUrl": absolute(asked.request, first.page)}


def title_of(item: Item) -> str:
    """The headline as text that stays text for apps that take it for HTML."""
    return LIKE_MARKUP.sub(WORD_JOINER, legal(item.title))


def html_of(item: Item) -> str:
    """The content, in the headline's language as far as it does not say another."""
    shown = format_html('<div lang="{}" dir="{}">', item.language, direction(item.language))
    return legal(f"{shown}{item.html}</div>")
