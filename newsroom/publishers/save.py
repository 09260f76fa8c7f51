"""How publishers and feeds come to be, and what a check of a feed leaves behind."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.text import slugify

from newsroom.publishers.models import Check, Feed, OldSlug, Publisher
from newstext.addresses import registrable_domain
from newstext.mastheads import fold_name, is_same_label, short_name
from newstext.records import RawEntry

DAY_S = 86_400
SLOWEST_S = 6 * 3600  # a quiet feed is still looked at four times a day
CHECKS_KEPT = 50
MOVES_BELIEVED = 3  # equal permanent redirects in a row before the new address is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How one look at a feed went.

    outcome: "new", "unchanged", or the kind of problem; problem is its message.
    """

    outcome: str
    status: int = 0
    problem: str = ""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    permanent_url: str = ""
    retry_after_s: float = 0
    elapsed_s: float = 0
    new: int = 0
    changed: int = 0
    entries: tuple[RawEntry, ...] = ()
    language: str = ""  # ISO 639-1, as the feed names it


def get_publisher(
    name: str,
    home_url: str,
    *,
    country: str = "",
    language: str = "",
    beat: str = "",
) -> Publisher:
    """The publisher of that name on that domain, made if it is not there yet.

    One publisher may write its name in more than one way, and own its name
    under more than one ending: see newstext.mastheads.
    """
    domain = registrable_domain(home_url) if home_url else ""
    if found := _known(name or domain, domain, language=language):
        return found
    return Publisher.objects.create(
        slug=_free_slug(name or domain),
        name=name or domain,
        domain=domain,
        home_url=home_url,
        country=country,
        language=language,
        beat=beat,
    )


def _known(name: str, domain: str, *, language: str) -> Publisher | None:
    alike = list(Publisher.objects.filter(name_key=short_name(name)[:200]).order_by("pk"))
    here = [one for one in alike if one.domain == domain]
    if here:
        return next((one for one in here if one.name == name), here[0])
    for one in alike:
        speaks_another = bool(language and one.language and one.language != language)
        if is_same_label(one.domain, domain) and fold_name(one.name) == fold_name(name) and not speaks_another:
            return one
    return None


def unite(kept: Publisher, later: Publisher) -> None:
    """Give all that `later` has to `kept`, and let its page's address lead there.

    Whatever points at a publisher moves, so nothing is lost with the row.
    """
    if kept.pk == later.pk:
        return
    with transaction.atomic():
        for relation in Publisher._meta.related_objects:
            name = relation.field.name
            if relation.one_to_one and hasattr(kept, relation.get_accessor_name()):
                continue  # what there may be once only, as the state of its backfill, goes with the later row
            relation.related_model._base_manager.filter(**{name: later}).update(**{name: kept})  # type: ignore[union-attr]
        for field in ("home_url", "country", "country_name", "language", "beat", "note"):
            setattr(kept, field, getattr(kept, field) or getattr(later, field))
        slug, name_key = later.slug, later.name_key
        later.delete()
        kept.save()
        OldSlug.objects.update_or_create(slug=slug, defaults={"publisher": kept})
        Publisher.objects.mark_namesakes(name_key)


def _free_slug(name: str) -> str:
    stem = slugify(name, allow_unicode=True)[:70] or "publisher"
    slug, number = stem, 2
    while Publisher.objects.filter(slug=slug).exists() or OldSlug.objects.filter(slug=slug).exists():
        slug, number = f"{stem}-{number}", number + 1
    return slug


def follow_feed(publisher: Publisher, url: str, now: datetime, *, title: str = "", section: str = "") -> bool:
    """Follow a feed from now on; False if it was followed already."""
    _, is_new = Feed.objects.get_or_create(
        url=url,
        defaults={"publisher": publisher, "title": title[:300], "section": section[:60], "next_check_at": now},
    )
    return is_new


def follow_by_hand(publisher: Publisher, url: str, now: datetime, *, title: str = "", section: str = "") -> bool:
    """Follow a feed that somebody named, switched on if it was off; False if it was followed already."""
    is_new = follow_feed(publisher, url, now, title=title, section=section)
    Feed.objects.filter(url=url, is_on=False).update(is_on=True, next_check_at=now)
    Feed.objects.filter(url=url).update(is_by_hand=True)
    return is_new


def name_of_site(url: str) -> str:
    """A name for a publisher of whom only an address is known."""
    return (urlsplit(url).hostname or url).removeprefix("www.")


def record_check(feed: Feed, looked: Looked, now: datetime, *, fastest_s: float) -> None:
    """Keep how a check went, what the next one must send, and when it is due.

    Runs in the transaction that stores the entries, so validators are saved
    only with the items they stand for.
    """
    if looked.problem:
        feed.failures += 1
        feed.problem_kind, feed.problem = looked.outcome, looked.problem
    else:
        feed.failures, feed.problem_kind, feed.problem = 0, "", ""
        feed.last_success_at = now
        _take_language(feed, looked.language)
        _take_validators(feed, looked)
        _take_move(feed, looked.permanent_url)
    feed.interval_s = _interval(feed, looked, fastest_s=fastest_s)
    feed.last_checked_at = now
    feed.next_check_at = now + timedelta(seconds=max(feed.interval_s, looked.retry_after_s))
    feed.is_on = feed.is_on and looked.status != 410
    feed.claimed_by, feed.claimed_until = "", None
    feed.save()
    if looked.outcome != "unchanged":
        _keep_check(feed, looked, now)


def _take_language(feed: Feed, told: str) -> None:
    """A publisher of unknown language takes what its feed names; it helps with short texts."""
    if told and not feed.publisher.language:
        feed.publisher.language = told
        feed.publisher.save(update_fields=["language"])


def _take_validators(feed: Feed, looked: Looked) -> None:
    if looked.outcome == "unchanged" and looked.status == 304:
        return  # a 304 may leave them out; the old ones still stand
    feed.etag, feed.last_modified = looked.etag, looked.last_modified
    feed.body_hash = looked.body_hash or feed.body_hash


def _take_move(feed: Feed, permanent_url: str) -> None:
    if not permanent_url or permanent_url == feed.url:
        feed.moved_to, feed.moved_count = "", 0
        return
    feed.moved_count = feed.moved_count + 1 if permanent_url == feed.moved_to else 1
    feed.moved_to = permanent_url
    if feed.moved_count >= MOVES_BELIEVED and not Feed.objects.filter(url=permanent_url).exists():
        feed.url, feed.moved_to, feed.moved_count = permanent_url, "", 0


def _interval(feed: Feed, looked: Looked, *, fastest_s: float) -> int:
    """Seconds to the next look: half the usual gap between items, longer after problems.

    fastest_s: the shortest allowed; 0 for the operator's own hosts, which are
    looked at in every round.
    """
    if looked.problem:
        return int(min(max(fastest_s, 60) * 2 ** min(feed.failures, 10), DAY_S))
    if not fastest_s:
        return 0
    wish_s = _usual_gap_s(looked.entries) / 2 if looked.entries else feed.interval_s * 1.2
    return int(min(max(wish_s, fastest_s), SLOWEST_S))


def _usual_gap_s(entries: tuple[RawEntry, ...]) -> float:
    """The median time between a feed's items; an hour where it gives no times."""
    times = sorted(entry.published_at for entry in entries if entry.published_at)
    gaps = sorted((later - earlier).total_seconds() for earlier, later in itertools.pairwise(times))
    return gaps[len(gaps) // 2] if gaps else 3600


def _keep_check(feed: Feed, looked: Looked, now: datetime) -> None:
    Check.objects.create(
        feed=feed,
        at=now,
        outcome=looked.outcome,
        status=looked.status,
        message=looked.problem,
        new_count=looked.new,
        changed_count=looked.changed,
        elapsed_s=looked.elapsed_s,
    )
    too_old = feed.checks.values_list("pk", flat=True)[CHECKS_KEPT : CHECKS_KEPT + 20]
    Check.objects.filter(pk__in=list(too_old)).delete()
