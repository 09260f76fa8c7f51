"""The streams of a reader's apps: what they follow, in folders, and which stories stand in each.

A story is one item, in however many streams it stands. Apps are given the
stories that moved in the last WINDOW, the newest MOST of them by when we first
knew of them: so no answer looks through the archive, and a list does not change
its order while an app goes through its pages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from newsroom.greader import state
from newsroom.greader.asking import CannotAnswer
from newsroom.greader.muting import hidden_since
from newsroom.publishers.models import OldSlug, Publisher
from newsroom.readers.following import OF_A_HASHTAG
from newsroom.readers.models import Follow, Reader
from newsroom.stories.models import Hashtag, HashtagAlias, Notes, Placement, Story
from newsroom.stories.muting import Mutes, mutes_of
from newsroom.stories.subjects import page_of

WINDOW = timedelta(days=30)
MOST = 10_000
ROWS_READ = 60_000  # of stories and what they are followed by; the newest

Kind = Follow.Kind
# The first that a story stands in is where an app shows it: what is named says more than a whole section.
FOLDERS: dict[str, Promise] = {
    Kind.PERSON: _("People"),
    Kind.ORGANISATION: _("Organisations"),
    Kind.PLACE: _("Places"),
    Kind.HASHTAG: _("Hashtags"),
    Kind.PUBLISHER: _("Publishers"),
    Kind.SECTION: _("Sections"),
}
PLACES = {kind: place for place, kind in enumerate(FOLDERS)}
FEED, LABEL = "feed/", "label/"
STATE = "state/com.google/"
READING_LIST, READ, STARRED, KEPT_UNREAD, FRESH = "reading-list", "read", "starred", "kept-unread", "fresh"


def user(what: str) -> str:
    """A stream of the reader, as user/-/state/com.google/read."""
    return f"user/-/{what}"


def folder_id(name: str) -> str:
    return user(f"{LABEL}{name}")


@dataclass(frozen=True, slots=True)
class Stream:
    """Something followed, as apps see it. page: its page here; folder: "" where it lies in none."""

    number: int
    kind: str
    key: str
    title: str
    folder: str

    @property
    def id(self) -> str:
        """Its number alone: some apps send it without escaping, others take a second "feed/" out of it."""
        return f"{FEED}{self.number}"

    @property
    def page(self) -> str:
        return page_of(self.kind, self.key)


def streams_of(reader: Reader) -> list[Stream]:
    """What the reader follows that apps can show, in the order of FOLDERS."""
    rows = Follow.objects.filter(reader=reader, kind__in=list(FOLDERS)).select_related("filed")
    streams = [_stream(row) for row in rows]
    return sorted(streams, key=lambda one: (PLACES[one.kind], one.number))


def _stream(row: Follow) -> Stream:
    filed = getattr(row, "filed", None)
    title = (filed.title if filed else "") or row.name or row.key
    return Stream(row.pk, row.kind, row.key, title, filed.folder if filed else str(FOLDERS[row.kind]))


def named_as(folder: str) -> str:
    """The kind whose folder is called so in any of the site's languages, "" for a reader's own name.

    An app signs in from a phone in one language and asks again in another.
    """
    for language, _name in settings.LANGUAGES:
        with override(language):
            for kind, name in FOLDERS.items():
                if str(name) == folder:
                    return kind
    return ""


def in_folder(streams: Iterable[Stream], folder: str) -> list[Stream]:
    """The streams that lie in a folder."""
    name = str(FOLDERS[kind]) if (kind := named_as(folder)) else folder
    return [one for one in streams if one.folder in (name, folder)]


class Held:
    """What a reader's apps are given now: the streams with their stories, mutes obeyed."""

    def __init__(self, reader: Reader, now: datetime) -> None:
        self.reader = reader
        self.now = now
        self.since = now - WINDOW
        self.streams = streams_of(reader)

    @cached_property
    def mutes(self) -> Mutes:
        return mutes_of(self.reader)

    @cached_property
    def stories_of(self) -> Mapping[int, frozenset[int]]:
        """The stories of each stream, by its number."""
        keys = {kind: {one.key for one in self.streams if one.kind == kind} for kind in FOLDERS}
        sections = _of_sections(keys[Kind.SECTION], self.since)
        subjects = _of_subjects(set().union(*(keys[kind] for kind in OF_A_HASHTAG)), self.since)
        publishers = _of_publishers(keys[Kind.PUBLISHER], self.since)
        found = {
            one.number: (
                sections if one.kind == Kind.SECTION else publishers if one.kind == Kind.PUBLISHER else subjects
            ).get(one.key, set())
            for one in self.streams
        }
        muted = hidden_since(self.mutes, self.since)
        newest = set(sorted(set().union(*found.values()) - muted, reverse=True)[:MOST])
        return {number: frozenset(stories & newest) for number, stories in found.items()}

    @cached_property
    def all(self) -> frozenset[int]:
        """The reading list: every story of any stream, once."""
        return frozenset().union(*self.stories_of.values())

    @cached_property
    def read(self) -> set[int]:
        return state.read_of(self.reader, self.all)

    @cached_property
    def starred(self) -> set[int]:
        """Saved stories: all of them, whatever their age; who saved one wants it, whatever is muted."""
        return state.newest_starred(self.reader, MOST)

    def of(self, stream: str) -> frozenset[int]:
        """The stories of a stream by its id. Raises CannotAnswer for a feed that the reader does not follow."""
        kind, what = parted(stream)
        if kind == FEED:
            return self.stories_of[self.followed(stream).number]
        if kind == LABEL:
            return frozenset().union(*(self.stories_of[one.number] for one in in_folder(self.streams, what)))
        found: Collection[int] = {
            READING_LIST: lambda: self.all,
            READ: lambda: self.read,
            STARRED: lambda: self.starred,
            KEPT_UNREAD: lambda: self.all - self.read,
            FRESH: lambda: self.all - self.read,
        }.get(what, frozenset)()
        return frozenset(found)

    def followed(self, stream: str) -> Stream:
        """The stream of an id as feed/12. Raises CannotAnswer."""
        said = stream.removeprefix(FEED)
        for one in self.streams:
            if said == str(one.number):
                return one
        raise CannotAnswer(f"{stream[:200]!r} is not followed. Look at subscription/list again.", status=404)

    def of_story(self, story: int) -> list[Stream]:
        """The streams that a story stands in; the first is where an app shows it."""
        return self._streams_by_story.get(story, [])

    @cached_property
    def _streams_by_story(self) -> dict[int, list[Stream]]:
        found: dict[int, list[Stream]] = {}
        for one in self.streams:
            for story in self.stories_of[one.number]:
                found.setdefault(story, []).append(one)
        return found


def parted(stream: str) -> tuple[str, str]:
    """The kind of a stream's id, FEED, LABEL or STATE, and what it names. Raises CannotAnswer."""
    if stream.startswith(FEED):
        return FEED, stream.removeprefix(FEED)
    said = stream
    if stream.startswith("user/"):  # user/-/… or user/NUMBER/…
        said = stream.split("/", 2)[2] if stream.count("/") >= 2 else ""
    for kind in (LABEL, STATE):
        if said.startswith(kind):
            return kind, said.removeprefix(kind)
    if said in (READING_LIST, READ, STARRED):
        return STATE, said
    raise CannotAnswer(f"{stream[:200]!r} is no stream. Write feed/…, user/-/label/… or user/-/state/com.google/….")


def changed_since(moment: datetime, stories: Collection[int]) -> set[int]:
    """Which of these stories were told by one more, or had their notes made, at or after a moment.

    That is an item's crawl time: a story that grows keeps its id, and an app
    that asks what is new gets it again with all that it has now.
    """
    told = Placement.objects.filter(placed_at__gte=moment).order_by().values_list("story_id", flat=True)
    noted = Notes.objects.filter(Q(made_at__gte=moment) | Q(written_at__gte=moment), story__in=stories)
    return (set(told.distinct()) & set(stories)) | set(noted.values_list("story_id", flat=True))


def _of_sections(names: set[str], since: datetime) -> dict[str, set[int]]:
    if not names:
        return {}
    stories = Story.objects.public().filter(section__in=names, last_at__gte=since)
    return _grouped(stories.order_by("-pk").values_list("section", "pk")[:MOST])


def _of_subjects(keys: set[str], since: datetime) -> dict[str, set[int]]:
    """By the key that is followed, be it another name of the hashtag by now."""
    if not keys:
        return {}
    called = {key: {key} for key in keys}
    for alias, key in HashtagAlias.objects.filter(key__in=keys).values_list("key", "hashtag__key"):
        called.setdefault(key, set()).add(alias)
    rows = Hashtag.stories.through.objects.filter(
        hashtag__key__in=list(called),
        hashtag__is_blocked=False,
        story__merged_into=None,
        story__is_private=False,
        story__last_at__gte=since,
    )
    found = _grouped(rows.order_by("-story_id").values_list("hashtag__key", "story_id")[:ROWS_READ])
    return _called(found, called)


def _of_publishers(slugs: set[str], since: datetime) -> dict[str, set[int]]:
    """By the slug that is followed, be it an old one; a publisher's stream is the stories that it tells."""
    if not slugs:
        return {}
    called: dict[int, set[str]] = {}
    for slug, number in Publisher.objects.filter(slug__in=slugs).values_list("slug", "pk"):
        called.setdefault(number, set()).add(slug)
    for slug, number in OldSlug.objects.filter(slug__in=slugs).values_list("slug", "publisher"):
        called.setdefault(number, set()).add(slug)
    rows = Placement.objects.filter(
        article__publisher__in=list(called),
        article__private_key="",
        story__merged_into=None,
        story__is_private=False,
        story__last_at__gte=since,
    )
    pairs = rows.order_by("-story_id").values_list("article__publisher", "story_id").distinct()
    return _called(_grouped(pairs[:ROWS_READ]), called)


def _grouped(pairs: Iterable[tuple[object, int]]) -> dict:  # type: ignore[type-arg]
    found: dict[object, set[int]] = {}
    for key, story in pairs:
        found.setdefault(key, set()).add(story)
    return found


def _called(found: Mapping[object, set[int]], called: Mapping[object, set[str]]) -> dict[str, set[int]]:
    """The stories by every name that what they belong to is followed under."""
    by_name: dict[str, set[int]] = {}
    for key, stories in found.items():
        for name in called.get(key, ()):
            by_name.setdefault(name, set()).update(stories)
    return by_name
