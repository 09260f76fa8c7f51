"""Setting an alert: what can be watched, by which key, and how many one may have."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from newsroom.alerts.models import Alert
from newsroom.readers.asked_numbers import row_number
from newsroom.readers.following import OF_A_HASHTAG
from newsroom.readers.models import Reader
from newsroom.stories.models import Story
from newsroom.stories.save import stands_for
from newsroom.stories.search_query import read_query
from newsroom.stories.subjects import Subject, find_subject

MOST_ALERTS = 200
LONGEST_KEY = 2000  # as sent; a search is cut where the search page cuts it


class CannotSet(ValueError):
    """The alert is not set; the message says why."""


def set_alert(reader: Reader, kind: str, key: str, now: datetime) -> Alert:
    """The reader's alert on that, set now or before. Raises CannotSet."""
    watched = watched_by(kind, key)
    with transaction.atomic():
        Reader.objects.select_for_update().get(pk=reader.pk)  # or two at once would each be the last that fits
        had = Alert.objects.filter(reader=reader, kind=watched.kind, key=watched.key).first()
        if had:
            return had
        if Alert.objects.filter(reader=reader).count() >= MOST_ALERTS:
            told = _("You have %(n)d alerts, and no more are kept. Delete one first.")
            raise CannotSet(told % {"n": MOST_ALERTS})
        return Alert.objects.create(
            reader=reader,
            kind=watched.kind,
            key=watched.key,
            name=watched.name[:200],
            language=(get_language() or "en")[:12],
            created_at=now,
        )


def watched_by(kind: str, key: str) -> Subject:
    """What a kind and key mean. Raises CannotSet where nothing here is called so."""
    kind = Alert.Kind.HASHTAG if kind in OF_A_HASHTAG else kind
    found = FIND[kind](key) if kind in FIND and len(key) <= LONGEST_KEY and "\0" not in key else None
    if found is None:
        raise CannotSet(_("Nothing here can be watched under that name. Open its page and set the alert there."))
    return found


def _story(key: str) -> Subject | None:
    row = Story.objects.filter(pk=row_number(key)).select_related("merged_into").first()
    story = stands_for(row) if row else None
    if story is None or story.is_private:
        return None
    return Subject(Alert.Kind.STORY, str(story.pk), story.title or "…")


def _hashtag(key: str) -> Subject | None:
    found = find_subject(Alert.Kind.HASHTAG, key)
    return Subject(Alert.Kind.HASHTAG, found.key, f"#{found.name}") if found else None


def _publisher(key: str) -> Subject | None:
    return find_subject(Alert.Kind.PUBLISHER, key)


def _search(key: str) -> Subject | None:
    query = read_query(key)
    return Subject(Alert.Kind.SEARCH, query.said, query.said) if query.asks else None


FIND = {"story": _story, "hashtag": _hashtag, "publisher": _publisher, "search": _search}
