"""Which hashtag a story's subject belongs to, and what editors do with hashtags.

A person, a place and a party are one entity each, whatever their names have in
common. A last name alone goes to the one full name it fits; a page that was
opened under the last name becomes another address of the full name's page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from newsroom.stories.history import CannotChange
from newsroom.stories.models import Hashtag, HashtagAlias, Story, TrendingHashtag
from newstext import hashtags
from newstext.note_records import Subject

LONGEST = 120
LATELY = timedelta(days=30)  # a last name alone means who was in the news since then


def keep_hashtags(story: Story, subjects: Sequence[Subject], now: datetime) -> None:
    """Tie a story to the hashtags of its subjects, in the caller's transaction; a private text has none."""
    if story.is_private:
        return
    before = {tag.pk for tag in story.hashtags.all()}
    found = [_found(subject, story, _keys(subjects), now) for subject in subjects if hashtags.key(subject.tag)]
    tags = {tag.pk: tag for tag in found if not tag.is_blocked}
    story.hashtags.set(tags.values())
    for tag in tags.values():
        if tag.first_seen_at is None or story.first_at < tag.first_seen_at:
            Hashtag.objects.filter(pk=tag.pk).update(first_seen_at=story.first_at)
    count_articles(before | tags.keys())


def _keys(subjects: Iterable[Subject]) -> set[str]:
    return {hashtags.key(subject.tag)[:LONGEST] for subject in subjects}


def find_hashtag(key: str) -> Hashtag | None:
    """The hashtag of that key, be it as its own or as another name of it."""
    alias = HashtagAlias.objects.filter(key=key).select_related("hashtag").first()
    return alias.hashtag if alias else Hashtag.objects.filter(key=key).first()


def _found(subject: Subject, story: Story, others: set[str], now: datetime) -> Hashtag:
    key = hashtags.key(subject.tag)[:LONGEST]
    row = find_hashtag(key)
    if row and row.is_blocked:
        return row
    if row and _differ(row.kind, subject.kind):
        key = f"{key[: LONGEST - 20]}-{subject.kind}"
        row = find_hashtag(key)
    if row and row.key != key:
        return row  # another name of it: that was decided
    if person := _person_of(key, subject, story, others, now):
        if row and _may_be_one(row, person, now):
            unite(row, person)
        return person
    if row is None:
        name, last_name = subject.tag.removeprefix("#")[:LONGEST], subject.last_name[:LONGEST]
        row = Hashtag.objects.create(key=key, name=name, kind=subject.kind or "", last_name=last_name)
    elif subject.kind and not row.kind:
        row.kind = subject.kind
        row.save(update_fields=["kind"])
    if row.last_name:
        _take_in_short_name(row, story, now)
    return row


def _differ(one: str, other: str | None) -> bool:
    """True where both kinds are known and one of them is a place: a town is not the woman who bears its name."""
    return bool(one and other) and one != other and Hashtag.Kind.PLACE in (one, other)


def _person_of(key: str, subject: Subject, story: Story, others: set[str], now: datetime) -> Hashtag | None:
    """The one person lately in the news whose last name this subject is."""
    if subject.last_name or subject.kind in (Hashtag.Kind.PLACE, Hashtag.Kind.ORGANISATION):
        return None
    people = _people(hashtags.key(subject.tag)[:LONGEST], now)
    if len(people) != 1 or people[0].key == key:
        return None
    is_sure = subject.kind == Hashtag.Kind.PERSON or _in_company(people[0], story, others)
    return people[0] if is_sure else None


def _people(last_name: str, now: datetime) -> list[Hashtag]:
    rows = Hashtag.objects.filter(last_name=last_name, is_blocked=False, kind__in=("", Hashtag.Kind.PERSON))
    rows = rows.annotate(last_at=Max("stories__last_at")).filter(Q(last_at__gte=now - LATELY) | Q(last_at=None))
    return list(rows[:2])


def _in_company(tag: Hashtag, story: Story, others: set[str]) -> bool:
    """True if the story continues one of the tag's, or shares another subject with one."""
    stories = tag.stories.exclude(pk=story.pk)
    if stories.filter(storyline=story.storyline_id).exists():
        return True
    company = Hashtag.objects.filter(Q(key__in=others) | Q(aliases__key__in=others)).exclude(pk=tag.pk)
    return stories.filter(hashtags__in=company.exclude(key=tag.last_name)).exists()


def _may_be_one(short: Hashtag, person: Hashtag, now: datetime) -> bool:
    """True if a page under a last name is that person's: by its kind, or by the company its stories keep."""
    if (
        short.is_blocked
        or short.kind in (Hashtag.Kind.PLACE, Hashtag.Kind.ORGANISATION)
        or len(_people(short.key, now)) > 1
    ):
        return False
    if short.kind == Hashtag.Kind.PERSON:
        return True
    theirs = person.stories.all()
    shared = Hashtag.objects.filter(stories__in=theirs).exclude(pk__in=(short.pk, person.pk))
    mine = short.stories.exclude(pk__in=theirs)
    return mine.filter(Q(storyline__in=theirs.values("storyline")) | Q(hashtags__in=shared)).exists()


def _take_in_short_name(row: Hashtag, story: Story, now: datetime) -> None:
    """Let the page under the last name alone become an address of the full name's."""
    short = Hashtag.objects.filter(key=row.last_name).exclude(pk=row.pk).first()
    if short is None or short.is_blocked:
        return
    row.stories.add(story)
    if _may_be_one(short, row, now):
        unite(short, row)


@transaction.atomic
def unite(tag: Hashtag, into: Hashtag) -> None:
    """Make one hashtag of two: the stories move, the old address leads to the new one. Raises CannotChange."""
    if tag.pk == into.pk:
        raise CannotChange(f"#{tag.name} is one hashtag already. Choose two.")
    if into.is_blocked and not tag.is_blocked:
        raise CannotChange(f"#{into.name} is blocked, so #{tag.name} would vanish. Unblock it first, or block both.")
    into.stories.add(*tag.stories.all())
    HashtagAlias.objects.filter(hashtag=tag).update(hashtag=into)
    seen = [moment for moment in (tag.first_seen_at, into.first_seen_at) if moment]
    into.first_seen_at = min(seen) if seen else None
    into.kind = into.kind or tag.kind
    into.save(update_fields=["first_seen_at", "kind"])
    key = tag.key
    tag.delete()
    HashtagAlias.objects.update_or_create(key=key, defaults={"hashtag": into})
    count_articles([into.pk])


@transaction.atomic
def rename(tag: Hashtag, name: str) -> Hashtag:
    """Show a hashtag under another name; its address follows and the old one leads there. Raises CannotChange."""
    name = "".join(name.removeprefix("#").split())
    key = hashtags.key(name)[:LONGEST]
    if not key or len(name) > LONGEST:
        raise CannotChange(f"{name!r}: a hashtag has 1 to {LONGEST} letters or digits. Write another name.")
    taken = find_hashtag(key)
    if taken and taken.pk != tag.pk:
        raise CannotChange(f"#{taken.name} has that name already. Unite the two instead.")
    if key != tag.key:
        HashtagAlias.objects.filter(key=key).delete()
        HashtagAlias.objects.update_or_create(key=tag.key, defaults={"hashtag": tag})
    tag.key, tag.name = key, name
    tag.save(update_fields=["key", "name"])
    return tag


@transaction.atomic
def block(tags: Iterable[Hashtag]) -> None:
    """Take hashtags off all stories for good: the same subject does not bring them back."""
    for tag in tags:
        tag.stories.clear()
        Hashtag.objects.filter(pk=tag.pk).update(is_blocked=True, article_count=0)
        TrendingHashtag.objects.filter(hashtag=tag).delete()


def unblock(tags: QuerySet[Hashtag]) -> None:
    """Let hashtags come back with the next notes of their stories."""
    tags.update(is_blocked=False)


def count_articles(tags: Collection[int]) -> None:
    """Count the articles of these hashtags' public stories again."""
    counted = Story.objects.public().filter(hashtags__in=list(tags)).values("hashtags")
    articles = {row["hashtags"]: row["n"] for row in counted.annotate(n=Sum("article_count")).order_by()}
    for key in tags:
        count = articles.get(key, 0)
        Hashtag.objects.filter(pk=key).exclude(article_count=count).update(article_count=count)


def tell_without(tags: Sequence[int]) -> None:
    """Count these hashtags again after stories of theirs were removed: their articles, first day, and trend."""
    count_articles(tags)
    TrendingHashtag.objects.filter(hashtag__in=tags).delete()
    for tag in Hashtag.objects.filter(pk__in=tags).annotate(first=Min("stories__first_at")):
        Hashtag.objects.filter(pk=tag.pk).update(first_seen_at=tag.first)


def drop_empty() -> None:
    """Remove hashtags that no story has; what editors decided of them stays."""
    empty = Hashtag.objects.annotate(n=Count("stories")).filter(n=0, is_blocked=False)
    decided = HashtagAlias.objects.exclude(key=F("hashtag__last_name")).values("hashtag")
    empty.exclude(pk__in=decided).delete()
