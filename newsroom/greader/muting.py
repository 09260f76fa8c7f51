"""Stories that a reader's apps are not given, since the reader mutes what they tell of."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef

from newsroom.stories.models import Placement, Story
from newsroom.stories.muting import Mutes

TITLES_READ = 60_000  # the newest; of no more is an app given any


def hidden_since(mutes: Mutes, since: datetime) -> set[int]:
    """The stories of that time that are left out: of a muted hashtag or word, or told by muted publishers alone."""
    lately = Story.objects.public().filter(last_at__gte=since)
    hidden: set[int] = set()
    if mutes.hashtags:
        hidden |= set(lately.filter(hashtags__in=mutes.hashtags).values_list("pk", flat=True))
    if mutes.publishers:
        told = Placement.objects.filter(story=OuterRef("pk"))
        theirs = Exists(told.filter(article__publisher__in=mutes.publishers))
        others = Exists(told.exclude(article__publisher__in=mutes.publishers))
        hidden |= set(lately.filter(theirs, ~others).values_list("pk", flat=True))
    if mutes.words:
        titles = lately.order_by("-pk").values_list("pk", "title")[:TITLES_READ]
        hidden |= {pk for pk, title in titles if mutes.holds(title)}
    return hidden
