"""What a reader has muted, as apps are given it: stories that are left out, publishers whose words are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from newsroom.publishers.models import OldSlug, Publisher
from newsroom.readers.models import Mute, Reader
from newsroom.stories.models import HashtagAlias, Placement, Story

TITLES_READ = 60_000  # the newest; of no more is an app given any


@dataclass(frozen=True, slots=True)
class Mutes:
    """A reader's mutes. publishers: by number; hashtags by key; words: case folded."""

    publishers: frozenset[int] = frozenset()
    hashtags: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()

    def hidden_since(self, since: datetime) -> set[int]:
        """The stories of that time that are left out: of a muted hashtag or word, or told by muted publishers alone."""
        lately = Story.objects.public().filter(last_at__gte=since)
        hidden: set[int] = set()
        if self.hashtags:
            hidden |= set(lately.filter(hashtags__key__in=self.hashtags).values_list("pk", flat=True))
        if self.publishers:
            told = Placement.objects.filter(story=OuterRef("pk"))
            theirs, others = (
                Exists(told.filter(article__publisher__in=self.publishers)),
                Exists(told.exclude(article__publisher__in=self.publishers)),
            )
            hidden |= set(lately.filter(theirs, ~others).values_list("pk", flat=True))
        if self.words:
            said = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in self.words))
            titles = lately.order_by("-pk").values_list("pk", "title")[:TITLES_READ]
            hidden |= {pk for pk, title in titles if said.search(title.casefold())}
        return hidden


def mutes_of(reader: Reader) -> Mutes:
    """What the reader does not want to read of."""
    keys: dict[str, set[str]] = {kind: set() for kind in Mute.Kind.values}
    for kind, key in Mute.objects.filter(reader=reader).values_list("kind", "key"):
        if key.strip():
            keys[kind].add(key)
    slugs, hashtags = keys[Mute.Kind.PUBLISHER], keys[Mute.Kind.HASHTAG]
    publishers: set[int] = set()
    if slugs:
        publishers = set(Publisher.objects.filter(slug__in=slugs).values_list("pk", flat=True))
        publishers |= set(OldSlug.objects.filter(slug__in=slugs).values_list("publisher", flat=True))
    if hashtags:
        hashtags |= set(HashtagAlias.objects.filter(key__in=hashtags).values_list("hashtag__key", flat=True))
    words = tuple(sorted(word.strip().casefold() for word in keys[Mute.Kind.WORD]))
    return Mutes(frozenset(publishers), frozenset(hashtags), words)
