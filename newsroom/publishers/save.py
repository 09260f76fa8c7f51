"""How publishers and feeds come to be, and what a check of a feed leaves behind."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.db.models import Window
from django.db.models.functions import RowNumber
from django.utils.text import slugify

from newsroom.publishers.models import Check, Feed, OldSlug, Publisher
from newsroom.updates import update_each
from newstext.addresses import host_of, registrable_domain
from newstext.mastheads import fold_name, is_same_label, short_name
from newstext.records import RawEntry

DAY_S = 86_400
SLOWEST_S = 6 * 3600  # a quiet feed is still looked at four times a day
CHECKS_KEPT = 50
# A new address is kept after so many equal permanent redirects in a row, over so long: a site that
# is being mended redirects all it has for an hour.
MOVES_BELIEVED, MOVED_FOR = 3, timedelta(days=1)
FRESH_MOST_S = 3600  # what caches are told is a hint; the same is said of many feeds that have news each minute
PUT_OFF = "put-off"  # its host asked us to wait, and was not asked
PUT_OFF_LEAST_S = (
    1.0  # what is left of a wait may be next to nothing: due again this moment, it would be asked for ever
)
BY_CHECK = (
    "next_check_at interval_s etag last_modified body_hash moved_to moved_count moved_since last_checked_at "
    "last_success_at failures problem_kind problem claimed_by claimed_until"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How one look at a feed went.

    outcome: "new", "unchanged", PUT_OFF, or the kind of problem; problem is its message.
    fresh_for_s: how long the answer says it stays as it is. answered_by: the host that gave it.
    """

    outcome: str
    status: int = 0
    problem: str = ""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    permanent_url: str = ""
    retry_after_s: float = 0
    fresh_for_s: float = 0
    answered_by: str = ""
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


def site_of(feed_url: str) -> str:
    """The site's front page, for a publisher of whom only a feed is known; without what may be a subscriber's key."""
    return f"{feed_url.partition(':')[0]}://{host_of(feed_url)}/"


def held(feeds: Sequence[Feed]) -> set[int]:
    """The keys of those feeds whose claim is still the one they were taken with; held for this transaction.

    Who was too slow has an old answer: another looked since, or the feed is gone.
    """
    rows = Feed.objects.filter(pk__in=[feed.pk for feed in feeds]).select_for_update(no_key=True).order_by("pk")
    claims = {key: claim for key, *claim in rows.values_list("pk", "claimed_by", "claimed_until")}
    return {feed.pk for feed in feeds if claims.get(feed.pk) == [feed.claimed_by, feed.claimed_until]}


def record_checks(looks: Sequence[tuple[Feed, Looked]], now: datetime, *, fastest_s: Callable[[str], float]) -> None:
    """Keep how checks went, what the next ones must send, and when they are due.

    Runs in the transaction that stores the entries, so validators are saved
    only with the items they stand for. fastest_s: of a feed's address.
    """
    for feed, looked in looks:
        _take_check(feed, looked, now, fastest_s(feed.url))
    update_each([feed for feed, _ in looks], BY_CHECK)
    if gone := [feed.pk for feed, looked in looks if looked.status == 410]:
        Feed.objects.filter(pk__in=gone).update(is_on=False)
    for feed, looked in looks:
        if looked.status == 429 and looked.retry_after_s:
            _put_off_others(feed, looked.answered_by, feed.next_check_at)
    _keep_checks([pair for pair in looks if pair[1].outcome not in ("unchanged", PUT_OFF)], now)


def _take_check(feed: Feed, looked: Looked, now: datetime, fastest_s: float) -> None:
    wait_s = looked.retry_after_s
    if looked.outcome == PUT_OFF:
        wait_s = max(wait_s, PUT_OFF_LEAST_S)
    else:
        wait_s = max(wait_s, _take_outcome(feed, looked, now, fastest_s=fastest_s))
        feed.last_checked_at = now
    feed.next_check_at = now + timedelta(seconds=wait_s)
    feed.claimed_by, feed.claimed_until = "", None
    if not looked.problem and _is_moved(feed, now) and _move(feed):
        feed.moved_to, feed.moved_count, feed.moved_since = "", 0, None


def _take_outcome(feed: Feed, looked: Looked, now: datetime, *, fastest_s: float) -> float:
    """Keep what an answer or its absence says of the feed; seconds to the next look."""
    if looked.problem:
        feed.failures += 1
        feed.problem_kind, feed.problem = looked.outcome, looked.problem
        return _back_off_s(feed.failures, fastest_s)
    feed.failures, feed.problem_kind, feed.problem = 0, "", ""
    feed.last_success_at = now
    _take_language(feed, looked.language)
    _take_validators(feed, looked)
    _take_move(feed, looked.permanent_url, now)
    feed.interval_s = _interval(feed, looked, fastest_s=fastest_s)
    return max(feed.interval_s, min(looked.fresh_for_s, FRESH_MOST_S) if fastest_s else 0)


def _put_off_others(feed: Feed, host: str, until: datetime) -> None:
    """Look at no other feed of a host before it wishes to be asked again; a restart does not forget it."""
    earlier = Feed.objects.filter(is_on=True, next_check_at__lt=until, url__icontains=f"//{host}/")
    earlier.exclude(pk=feed.pk).update(next_check_at=until)


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


def _take_move(feed: Feed, permanent_url: str, now: datetime) -> None:
    if not permanent_url or permanent_url == feed.url:
        feed.moved_to, feed.moved_count, feed.moved_since = "", 0, None
    elif permanent_url != feed.moved_to:
        feed.moved_to, feed.moved_count, feed.moved_since = permanent_url, 1, now
    else:
        feed.moved_count += 1


def _is_moved(feed: Feed, now: datetime) -> bool:
    """True if its address has led to one other for long enough, where no feed is followed yet."""
    if feed.moved_count < MOVES_BELIEVED or (feed.moved_since and now - feed.moved_since < MOVED_FOR):
        return False
    return not Feed.objects.filter(url=feed.moved_to).exists()


def _move(feed: Feed) -> bool:
    """Give the feed's address up for the one it led to; False where another feed was quicker to move there."""
    try:
        with transaction.atomic():
            Feed.objects.filter(pk=feed.pk).update(url=feed.moved_to)
    except IntegrityError:
        return False
    feed.url = feed.moved_to
    return True


def _back_off_s(failures: int, fastest_s: float) -> float:
    """Seconds to wait after so many failures in a row: twice as long each time, at most a day."""
    return float(min(max(fastest_s, 60) * 2 ** min(failures, 10), DAY_S))


def _interval(feed: Feed, looked: Looked, *, fastest_s: float) -> int:
    """Seconds to the next look: half the usual gap between items.

    fastest_s: the shortest allowed; 0 for the operator's own hosts, which are
    looked at in every round.
    """
    if not fastest_s:
        return 0
    wish_s = _usual_gap_s(looked.entries) / 2 if looked.entries else feed.interval_s * 1.2
    return int(min(max(wish_s, fastest_s), SLOWEST_S))


def _usual_gap_s(entries: tuple[RawEntry, ...]) -> float:
    """The median time between a feed's items; an hour where it gives no times."""
    times = sorted(entry.published_at for entry in entries if entry.published_at)
    gaps = sorted((later - earlier).total_seconds() for earlier, later in itertools.pairwise(times))
    return gaps[len(gaps) // 2] if gaps else 3600


def _keep_checks(looks: Sequence[tuple[Feed, Looked]], now: datetime) -> None:
    """Store the checks, and let go of each feed's oldest beyond CHECKS_KEPT."""
    if not looks:
        return
    rows = [
        Check(
            feed=feed,
            at=now,
            outcome=looked.outcome,
            status=looked.status,
            message=looked.problem,
            new_count=looked.new,
            changed_count=looked.changed,
            elapsed_s=looked.elapsed_s,
        )
        for feed, looked in looks
    ]
    Check.objects.bulk_create(rows)
    place = Window(RowNumber(), partition_by="feed", order_by=("-at", "-pk"))
    of_these = Check.objects.filter(feed__in=[feed.pk for feed, _ in looks]).order_by().annotate(place=place)
    too_old = list(of_these.filter(place__gt=CHECKS_KEPT).values_list("pk", flat=True))
    if too_old:
        Check.objects.filter(pk__in=too_old).delete()
