"""Which of the starting publishers are followed: the choice of countries, languages and beats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from newsroom.publishers.models import Feed, StartingChoice
from newsroom.publishers.starting import ListedFeed, follow_listed, listed_feeds

KINDS = ("countries", "languages", "beats")


class NobodyLeft(ValueError):
    """No starting publisher has all that was chosen."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen; an empty set means any."""

    countries: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    beats: frozenset[str] = frozenset()

    def takes(self, feed: ListedFeed) -> bool:
        """True of a starting publisher that the choice is for."""
        wanted = ((self.countries, feed.country), (self.languages, feed.language), (self.beats, feed.beat))
        return all(not values or value in values for values, value in wanted)


@dataclass(slots=True)
class Starting:
    """A starting publisher as the list has it, with its feeds as we hold them."""

    listed: ListedFeed
    feeds: list[Feed] = field(default_factory=list)

    @property
    def is_followed(self) -> bool:
        return any(feed.is_on for feed in self.feeds)


def chosen() -> Chosen:
    """The choice as it stands; all where nobody has chosen."""
    row = StartingChoice.objects.filter(pk=1).first()
    return Chosen(*(frozenset(getattr(row, kind)) for kind in KINDS)) if row else Chosen()


def counts(feeds: Iterable[ListedFeed]) -> dict[str, Counter[str]]:
    """How many starting publishers there are of each country, language and beat."""
    publishers = {(feed.name, feed.home): feed for feed in feeds}.values()
    return {
        "countries": Counter(one.country for one in publishers),
        "languages": Counter(one.language for one in publishers),
        "beats": Counter(one.beat for one in publishers),
    }


def starting(feeds: Sequence[ListedFeed]) -> list[Starting]:
    """The starting publishers by name, with the feeds held of each."""
    held = _held(feeds)
    publishers: dict[tuple[str, str], Starting] = {}
    for listed in feeds:
        publisher = publishers.setdefault((listed.name, listed.home), Starting(listed))
        if listed.url in held:
            publisher.feeds.append(held[listed.url])
    return sorted(publishers.values(), key=lambda one: one.listed.name.casefold())


def choose(wanted: Chosen, now: datetime) -> int:
    """Follow the starting publishers that the choice is for and pause the others; how many feeds are followed.

    Nothing that was read is lost. What somebody added by hand or an editor
    switched off is left as it is. Raises NobodyLeft.
    """
    feeds = list(listed_feeds())
    takes = {feed.url for feed in feeds if wanted.takes(feed)}
    if not takes:
        raise NobodyLeft
    with transaction.atomic():
        rows = StartingChoice.objects.select_for_update()
        row, _ = rows.get_or_create(pk=1, defaults={"chosen_at": now})
        held, paused = _held(feeds), set(row.paused)
        off = {one.pk for url, one in held.items() if url not in takes and one.is_on and not one.is_by_hand}
        on = {held[url].pk for url in takes if url in held} & paused
        Feed.objects.filter(pk__in=off).update(is_on=False)
        Feed.objects.filter(pk__in=on).update(is_on=True, next_check_at=now)
        for feed in feeds:
            if feed.url in takes and feed.url not in held:
                follow_listed(feed, now)
        for kind in KINDS:
            setattr(row, kind, sorted(getattr(wanted, kind)))
        row.paused, row.chosen_at = sorted((paused - on) | off), now
        row.save()
    return len(takes)


def _held(feeds: Sequence[ListedFeed]) -> dict[str, Feed]:
    """The feed held for each listed address: the one of that address, or what it has moved to."""
    rows = Feed.objects.select_related("publisher")
    held = {row.url: row for row in rows.filter(url__in=[feed.url for feed in feeds])}
    missing = [feed for feed in feeds if feed.url not in held]
    if not missing:
        return held
    moved = rows.filter(publisher__name__in={feed.name for feed in missing}).exclude(Q(title="") | Q(url__in=held))
    by_title = {(row.publisher.name, row.title): row for row in moved}
    held |= {feed.url: by_title[feed.name, feed.title] for feed in missing if (feed.name, feed.title) in by_title}
    return held
