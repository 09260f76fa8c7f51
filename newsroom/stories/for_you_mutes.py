"""What a reader's mutes take from For you: words, hashtags, publishers."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from newsroom.publishers.models import Publisher
from newsroom.readers.models import Mute, Reader
from newsroom.stories.models import Hashtag
from newstext.words import LETTERS, UNSPACED

WORDS = re.compile(LETTERS)


@dataclass(frozen=True, slots=True)
class Mutes:
    """What a reader does not want to read of. words: as matched; hashtags, publishers: numbers, of united ones too."""

    words: tuple[str, ...] = ()
    hashtags: frozenset[int] = frozenset()
    publishers: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.words or self.hashtags or self.publishers)

    def holds(self, text: str) -> bool:
        """True if a muted word, or several in this order, stand in the text."""
        if not self.words:
            return False
        folded = text.casefold()
        spaced = _spaced(folded)
        return any((word in spaced) if word.startswith(" ") else (word in folded) for word in self.words)


def mutes_of(reader: Reader) -> Mutes:
    """The reader's mutes, in three queries at most."""
    kept: dict[str, set[str]] = defaultdict(set)
    for kind, key in Mute.objects.filter(reader=reader).values_list("kind", "key"):
        kept[kind].add(key)
    tags, slugs = kept[Mute.Kind.HASHTAG], kept[Mute.Kind.PUBLISHER]
    hashtags = Hashtag.objects.filter(Q(key__in=tags) | Q(aliases__key__in=tags)).values_list("pk", flat=True)
    papers = Publisher.objects.filter(Q(slug__in=slugs) | Q(old_slugs__slug__in=slugs)).values_list("pk", flat=True)
    return Mutes(
        tuple(sorted({_as_matched(word) for word in kept[Mute.Kind.WORD] if word.strip()})),
        frozenset(hashtags if tags else ()),
        frozenset(papers if slugs else ()),
    )


def _as_matched(word: str) -> str:
    """Whole words between spaces; as it is where its script writes none, or it is no word."""
    folded = word.strip().casefold()
    is_spaced = WORDS.search(folded) and not UNSPACED.search(folded)
    return _spaced(folded) if is_spaced else folded


def _spaced(folded: str) -> str:
    return f" {' '.join(WORDS.findall(folded))} "
