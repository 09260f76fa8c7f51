"""What can be followed or muted, found by kind and key: its name, its page, and the other keys that lead to it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from newsroom.publishers.models import OldSlug, Publisher
from newsroom.readers.asked_numbers import row_number
from newsroom.readers.following import LONGEST_KEY, OF_A_HASHTAG, compared_form
from newsroom.readers.models import Follow, Mute
from newsroom.readers.wording import country_in_words
from newsroom.stories.hashtag_keeping import find_hashtag
from newsroom.stories.models import HashtagAlias, Story
from newsroom.stories.search_query import UNSEEN, read_query
from newsroom.stories.search_results import address_of
from newsroom.stories.section_pages import SECTION_NAMES
from newstext.countries import is_country


@dataclass(frozen=True, slots=True)
class Subject:
    """Something a reader may follow or mute, by the key under which it is kept."""

    kind: str
    key: str
    name: str


def find_subject(kind: str, key: str) -> Subject | None:
    """What is followed by that kind and key, as it stands now; None where there is no such thing."""
    if "\0" in key or len(key) > 2 * LONGEST_KEY:
        return None
    if kind in OF_A_HASHTAG:
        tag = find_hashtag(key)
        return Subject(tag.kind or Follow.Kind.HASHTAG, tag.key, tag.name) if tag and not tag.is_blocked else None
    if kind == Follow.Kind.PUBLISHER:
        return _publisher(key)
    if kind == Follow.Kind.SECTION:
        return Subject(kind, key, str(SECTION_NAMES[key])) if key in SECTION_NAMES else None
    if kind == Follow.Kind.COUNTRY:
        return Subject(kind, key, country_in_words(key)) if key.islower() and is_country(key) else None
    if kind == Follow.Kind.STORYLINE:
        return _storyline(key)
    if kind == Follow.Kind.SEARCH:
        query = read_query(key)
        return Subject(kind, query.said, query.said) if query.asks and len(query.said) <= LONGEST_KEY else None
    return None


def find_muted(kind: str, key: str) -> Subject | None:
    """What is muted by that kind and key, None where there is no such thing."""
    if kind == Mute.Kind.WORD:
        return _word(key)
    if kind == Mute.Kind.HASHTAG:
        found = find_subject(Follow.Kind.HASHTAG, key)
        return Subject(kind, found.key, found.name) if found else None
    return find_subject(kind, key) if kind == Mute.Kind.PUBLISHER else None


def all_keys(subject: Subject) -> set[str]:
    """Every key under which the subject may be kept: its own, and those of what was united with it."""
    keys = {subject.key}
    if subject.kind in OF_A_HASHTAG:
        keys.update(HashtagAlias.objects.filter(hashtag__key=subject.key).values_list("key", flat=True))
    elif subject.kind == Follow.Kind.PUBLISHER:
        keys.update(OldSlug.objects.filter(publisher__slug=subject.key).values_list("slug", flat=True))
    return keys


def page_of(kind: str, key: str) -> str:
    """The page of what is kept by that kind and key; one that was united with another leads on to it. "" of a word."""
    if kind in OF_A_HASHTAG:
        return f"/hashtag/{quote(key, safe='')}"
    if kind == Follow.Kind.SEARCH:
        return address_of(key)
    return f"/{kind}/{quote(key, safe='')}" if kind in Follow.Kind.values else ""


def name_of(kind: str, key: str, name: str) -> str:
    """What it is called in the reader's language, where there is a word for it there."""
    if kind == Follow.Kind.SECTION:
        return str(SECTION_NAMES.get(key, name))
    return (country_in_words(key) or name) if kind == Follow.Kind.COUNTRY else name


def _publisher(slug: str) -> Subject | None:
    old = OldSlug.objects.filter(slug=slug).select_related("publisher").first()
    found = old.publisher if old else Publisher.objects.filter(slug=slug).first()
    return Subject(Follow.Kind.PUBLISHER, found.slug, found.shown_name[:LONGEST_KEY]) if found else None


def _storyline(key: str) -> Subject | None:
    number = row_number(key)
    if number is None:
        return None
    opening = Story.objects.public().filter(storyline=number).order_by("first_at", "pk").first()
    return Subject(Follow.Kind.STORYLINE, str(number), opening.title[:LONGEST_KEY]) if opening else None


def _word(said: str) -> Subject | None:
    name = " ".join(said.split())
    key = compared_form(name)
    is_word = any(sign.isalnum() for sign in key) and not UNSEEN.search(said.strip())
    return Subject(Mute.Kind.WORD, key, name) if is_word and max(len(key), len(name)) <= LONGEST_KEY else None
