"""Lists of stories as whoever asks is shown them: without what they mute, with marks, on wish the unread alone."""

from __future__ import annotations

from django.http import HttpRequest

from newsroom.readers.models import Item as Kind
from newsroom.readers.models import Reader
from newsroom.readers.who_asks import reader_of
from newsroom.stories import marks, muting
from newsroom.stories.listing import A_PAGE, Item, Place, items_of, listed, page_of, with_cards
from newsroom.stories.models import Story, StoryQuerySet
from newsroom.stories.muting import Mutes

LOOKED_THROUGH = 300  # stories, for a page without muted words; the next page goes on where that ends


def page_for(
    request: HttpRequest, stories: StoryQuerySet, before: Place | None, by: str = "last_at", *, but_hashtag: int = 0
) -> dict[str, object]:
    """What listing.page_of gives; for who is signed in by their mutes and marks, ?unread=1 for the unread alone.

    but_hashtag: whose page it is; muted, it is shown here all the same.
    """
    reader = reader_of(request)
    if reader is None:
        return page_of(listed(stories, before, by=by), by=by)
    mutes = muting.of(request).but(hashtag=but_hashtag)
    is_unread_only = request.GET.get("unread") == "1"
    page = _page(_stories(stories, mutes, reader, is_unread_only=is_unread_only), before, by, mutes)
    items: list[Item] = page["items"]  # type: ignore[assignment]
    marks.look_up(request, Kind.STORY, (story.pk for story, _sections, _publishers in items))
    return {
        **page,
        "items": [mutes.of_item(item) for item in items] if mutes else items,
        "is_unread_only": is_unread_only,
        "has_mutes": bool(mutes),
    }


def _stories(stories: StoryQuerySet, mutes: Mutes, reader: Reader, *, is_unread_only: bool) -> StoryQuerySet:
    kept = mutes.without(stories)
    return marks.unread(kept, reader) if is_unread_only else kept


def _page(stories: StoryQuerySet, before: Place | None, by: str, mutes: Mutes) -> dict[str, object]:
    if not mutes.words:
        return page_of(listed(stories, before, by=by), by=by)
    if before:
        stories = stories.filter(**{f"{by}__lte": before.at}).exclude(**{by: before.at, "pk__gte": before.story})
    rows = list(stories.order_by(f"-{by}", "-pk").values_list("pk", by)[: LOOKED_THROUGH + 1])
    within = rows[:LOOKED_THROUGH]
    muted = mutes.worded([pk for pk, _at in within])
    left = [row for row in within if row[0] not in muted]
    shown, last = left[:A_PAGE], None
    if len(left) > A_PAGE:
        last = shown[-1]
    elif len(rows) > LOOKED_THROUGH:
        last = within[-1]
    by_key = {story.pk: story for story in with_cards(Story.objects.filter(pk__in=[pk for pk, _at in shown]))}
    items = items_of(by_key[pk] for pk, _at in shown if pk in by_key)
    return {"items": items, "older": str(Place(last[1], last[0])) if last else ""}
