"""What an app says of stories: read or unread, starred or not, all of a stream read."""

from __future__ import annotations

from datetime import datetime

from django.http.response import HttpResponseBase

from newsroom.greader import state
from newsroom.greader.asking import Asked, CannotAnswer, for_apps, ok
from newsroom.greader.item_ids import story_number
from newsroom.greader.stream_pages import A_SECOND, MOST_IDS, moment_of
from newsroom.greader.streams import KEPT_UNREAD, LABEL, READ, STARRED, Held, changed_since, parted


@for_apps(writes=True)
def edit_tag(asked: Asked) -> HttpResponseBase:
    """edit-tag: `a` and `r` of read, kept-unread and starred, for the stories of `i`.

    Other states, as broadcast or like, are what this site has not; apps send
    them along and are content. An id of a story that was merged stands for the
    one that it is in now.
    """
    said = {story_number(one) for one in asked.all("i")} - {None}
    if len(said) > MOST_IDS:
        raise CannotAnswer(f"{len(said)} ids, at most {MOST_IDS} are taken at once. Send them in parts.", status=413)
    added, removed = ({_tag(one) for one in asked.all(name)} for name in ("a", "r"))
    stories = sorted(set(state.standing(number for number in said if number).values()))
    if READ in added:
        state.mark_read(asked.reader, stories, asked.now, is_read=True)
    elif READ in removed or KEPT_UNREAD in added:
        state.mark_read(asked.reader, stories, asked.now, is_read=False)
    if STARRED in added:
        state.star(asked.reader, stories, asked.now)
    elif STARRED in removed:
        state.unstar(asked.reader, stories)
    return ok()


def _tag(said: str) -> str:
    kind, what = parted(said)
    if kind == LABEL:
        raise CannotAnswer(f"{said[:200]!r}: stories bear no labels here, streams do. Star the story instead.")
    return what


@for_apps(writes=True)
def mark_all_as_read(asked: Asked) -> HttpResponseBase:
    """mark-all-as-read: a stream up to the moment `ts`, which the app last saw; what grew since stays unread."""
    if not asked.one("s"):
        raise CannotAnswer("s: which stream? Write s=feed/…, a label or user/-/state/com.google/reading-list.")
    held = Held(asked.reader, asked.now)
    mark_stream_read(held, asked.one("s"), moment_of(asked.one("ts"), "ts"), asked.now)
    return ok()


def mark_stream_read(held: Held, stream: str, until: datetime | None, now: datetime) -> None:
    """Mark what stands in a stream as read; until: what grew after it is left."""
    stories = held.of(stream) - held.read
    later = changed_since(until + A_SECOND, stories) if until and stories else set()
    state.mark_read(held.reader, sorted(stories - later), now, is_read=True)
