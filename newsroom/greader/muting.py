"""Stories that a reader's apps are not given, since the reader mutes what they tell of."""

from __future__ import annotations

from datetime import datetime

from newsroom.stories.models import Story
from newsroom.stories.muting import Mutes

TITLES_READ = 60_000  # the newest; of no more is an app given any


def hidden_since(mutes: Mutes, since: datetime) -> set[int]:
    """The stories of that time that are left out: of a muted hashtag or word, or told by muted publishers alone."""
    lately = Story.objects.public().filter(last_at__gte=since)
    hidden: set[int] = set()
    if mutes.hashtags or mutes.publishers:
        left = mutes.without(lately).values("pk")
        hidden |= set(lately.exclude(pk__in=left).values_list("pk", flat=True))
    if mutes.words:
        titles = lately.order_by("-pk").values_list("pk", "title")[:TITLES_READ]
        hidden |= {pk for pk, title in titles if mutes.holds(title)}
    return hidden
