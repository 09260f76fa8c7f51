"""The profile that For you uses, worked out anew each time from what a reader follows and reads; no other is kept.

What is turned off (NotForMe) is no line of it, be it followed or read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count

from newsroom.publishers.models import OldSlug, Publisher
from newsroom.readers.asked_numbers import row_numbers
from newsroom.readers.following import OF_A_HASHTAG
from newsroom.readers.models import Follow, Item, Reader, Seen
from newsroom.stories.for_you import READ_LEAST, Line, Target
from newsroom.stories.models import Hashtag, HashtagAlias, NotForMe, Placement, Story
from newsroom.stories.subjects import name_of, page_of

LATELY = timedelta(days=30)  # what was read before says little of what one reads now
READ_LOOKED_AT = 400  # moments at which something was marked as read, and times it was opened, the newest
READ_LINES_MOST = 12  # of one kind, those read most: the profile is a page that one can read
ONE_BY_ONE = 5  # marks at one moment; more is "mark all as read", which says what one does not want to read
MERGES_FOLLOWED = 3  # of storylines whose stories were merged into others'


@dataclass(frozen=True, slots=True)
class Followed:
    """A line that stands on a row of Follow. row: its number, by which it is unfollowed."""

    line: Line
    row: int
    since: datetime
    is_used: bool = True


@dataclass(frozen=True, slots=True)
class Profile:
    """All that moves a reader's order, and what they turned off."""

    followed: list[Followed]
    read: list[Line]
    off: list[NotForMe]

    @property
    def lines(self) -> list[Line]:
        """What the rule is given."""
        return [*(one.line for one in self.followed if one.is_used), *self.read]

    @property
    def reads_along(self) -> bool:
        """False where nothing is to be guessed from reading."""
        return all(one.kind != NotForMe.READING for one in self.off)


def profile_of(reader: Reader, now: datetime) -> Profile:
    """The reader's profile, in a fixed number of queries however much they follow and read."""
    off = list(NotForMe.objects.filter(reader=reader))
    unused: set[Target] = {(one.kind, one.key) for one in off}
    followed = [replace(one, is_used=one.line.target not in unused) for one in _followed(reader)]
    taken = unused | {one.line.target for one in followed}
    may_guess = (NotForMe.READING, "") not in unused
    read = [line for line in _read_lines(reader, now) if line.target not in taken] if may_guess else []
    return Profile(followed, read, off)


def _followed(reader: Reader) -> list[Followed]:
    """A line for each row: an entity under the key it has now, a storyline where its stories went."""
    rows = list(Follow.objects.filter(reader=reader))
    keys: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        keys["hashtag" if row.kind in OF_A_HASHTAG else row.kind].append(row.key)
    tags, publishers = _hashtags(keys["hashtag"]), _publishers(keys["publisher"])
    moved = _moved(row_numbers(keys["storyline"]))
    found = []
    for row in rows:
        kind = "hashtag" if row.kind in OF_A_HASHTAG else row.kind
        key = {"hashtag": tags, "publisher": publishers, "storyline": moved}.get(kind, {}).get(row.key, row.key)
        found.append(Followed(_line(kind, key, row.name or row.key), row.pk, row.since))
    return found


def _line(kind: str, key: str, name: str, read: int = 0) -> Line:
    return Line(kind, key, name_of(kind, key, name), page_of(kind, key), read)


def _hashtags(keys: list[str]) -> dict[str, str]:
    """The keys that are other names of a hashtag -> its own."""
    return dict(HashtagAlias.objects.filter(key__in=keys).values_list("key", "hashtag__key")) if keys else {}


def _publishers(slugs: list[str]) -> dict[str, str]:
    """The slugs of publishers that were united with others -> theirs."""
    return dict(OldSlug.objects.filter(slug__in=slugs).values_list("slug", "publisher__slug")) if slugs else {}


def _moved(storylines: Iterable[int]) -> dict[str, str]:
    """The storylines that no story stands in any more -> where theirs were merged into; others stay."""
    now = {number: number for number in storylines}
    for _ in range(MERGES_FOLLOWED):
        asked = set(now.values())
        if asked:
            standing = Story.objects.public().filter(storyline__in=asked)
            asked -= set(standing.values_list("storyline", flat=True).distinct())
        if not asked:
            break
        gone = Story.objects.filter(storyline__in=asked, is_private=False, merged_into__isnull=False)
        led = dict(gone.order_by("last_at", "pk").values_list("storyline", "merged_into__storyline"))
        now = {first: led.get(at, at) for first, at in now.items()}
    return {str(first): str(at) for first, at in now.items()}


def _read_lines(reader: Reader, now: datetime) -> list[Line]:
    """What several of the stories lately read have in common: a storyline, a hashtag; of articles their publisher."""
    stories, articles = _read(reader, now)
    placed = Placement.objects.filter(article__in=articles, story__is_private=False)
    publishers: Counter[str] = Counter()
    names: dict[Target, str] = {}
    rows = placed.values_list("story", "article__publisher__slug", "article__publisher__name")
    for story, slug, name in rows:
        stories.add(story)
        publishers[slug] += 1
        names["publisher", slug] = name
    storylines: Counter[str] = Counter()
    held = Story.objects.public().filter(pk__in=stories).order_by("last_at", "pk")
    for storyline, title in held.values_list("storyline", "title"):
        storylines[str(storyline)] += 1
        names["storyline", str(storyline)] = title
    tags: Counter[str] = Counter()
    tied = Hashtag.stories.through.objects.filter(story__in=stories, hashtag__is_blocked=False)
    for key, name in tied.values_list("hashtag__key", "hashtag__name"):
        tags[key] += 1
        names["hashtag", key] = name
    counted = {"storyline": storylines, "hashtag": tags, "publisher": publishers}
    return [
        _line(kind, key, names[kind, key], read) for kind, counts in counted.items() for key, read in _foremost(counts)
    ]


def _foremost(counts: Counter[str]) -> list[tuple[str, int]]:
    enough = [(key, read) for key, read in counts.items() if read >= READ_LEAST]
    return sorted(enough, key=lambda one: (-one[1], one[0]))[:READ_LINES_MOST]


def _read(reader: Reader, now: datetime) -> tuple[set[int], set[int]]:
    """The numbers of the stories and of the articles that were lately marked as read, or opened where that is kept."""
    seen, since = Seen.objects.filter(reader=reader), now - LATELY
    marked = seen.filter(is_read=True, at__gt=since)
    opened = seen.filter(opened_at__gt=since).order_by("-opened_at", "-pk")
    if not reader.keeps_history:  # what was opened while there was one is marked too, and does not count any more
        marked, opened = marked.filter(opened_at=None), opened.none()
    moments = marked.order_by("-at").values("at").annotate(n=Count("pk")).filter(n__lte=ONE_BY_ONE).values("at")
    one_by_one = marked.filter(at__in=moments[:READ_LOOKED_AT])
    rows = {*one_by_one.values_list("kind", "key"), *opened.values_list("kind", "key")[:READ_LOOKED_AT]}
    numbers = {item: set(row_numbers(key for kind, key in rows if kind == item)) for item in Item}
    return numbers[Item.STORY], numbers[Item.ARTICLE]


def named_in(lines: Iterable[Line]) -> tuple[dict[int, str], dict[int, str]]:
    """The numbers of the hashtags and of the publishers that these lines name -> their keys."""
    keys: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        keys[line.kind].add(line.key)
    tags = Hashtag.objects.filter(key__in=keys["hashtag"], is_blocked=False).values_list("pk", "key")
    papers = Publisher.objects.filter(slug__in=keys["publisher"]).values_list("pk", "slug")
    return dict(tags), dict(papers)
