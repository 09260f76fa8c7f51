"""What a reader has muted, as apps are given it: stories that are left out, publishers and words that are."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from newsroom.publishers.models import Publisher
from newsroom.readers.models import Mute, Reader
from newsroom.stories.models import Hashtag, Placement, Story

TITLES_READ = 60_000  # the newest; of no more is an app given any
# Scripts that write no space between words, or endings onto them: a muted word may stand anywhere in a word.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Mutes:
    """A reader's mutes. words: folded; hashtags, publishers: by number."""

    words: tuple[str, ...] = ()
    hashtags: frozenset[int] = frozenset()
    publishers: frozenset[int] = frozenset()

    def holds(self, text: str) -> bool:
        """True of a text with a muted word in it, as a whole word."""
        folded = fold(text) if self.words else ""
        return any(word in folded and re.search(_whole(word), folded) for word in self.words)


def mutes_of(reader: Reader) -> Mutes:
    """What the reader does not want to read of, in three queries at most."""
    keys: dict[str, set[str]] = {kind: set() for kind in Mute.Kind.values}
    for kind, key in Mute.objects.filter(reader=reader).values_list("kind", "key"):
        keys[kind].add(key)
    tags, slugs = keys[Mute.Kind.HASHTAG], keys[Mute.Kind.PUBLISHER]
    hashtags = Hashtag.objects.filter(Q(key__in=tags) | Q(aliases__key__in=tags)).values_list("pk", flat=True)
    publishers = Publisher.objects.filter(Q(slug__in=slugs) | Q(old_slugs__slug__in=slugs))
    return Mutes(
        words=tuple(sorted(word for key in keys[Mute.Kind.WORD] if (word := fold(key)))),
        hashtags=frozenset(hashtags if tags else ()),
        publishers=frozenset(publishers.values_list("pk", flat=True) if slugs else ()),
    )


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


def fold(text: str) -> str:
    """Text as muted words are compared: one form of each sign, no capitals, one space between words."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def _whole(word: str) -> str:
    before = "" if UNSPACED.match(word[0]) or not word[0].isalnum() else r"(?<!\w)"
    after = "" if UNSPACED.match(word[-1]) or not word[-1].isalnum() else r"(?!\w)"
    return f"{before}{re.escape(word)}{after}"
