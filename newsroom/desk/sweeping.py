"""The sweeper: sends as messages what the rows say is due and nobody holds, and sends it again while that is so.

It remembers for a while what it sent, so that what waits in a queue is not
sent each time; one that takes over remembers nothing, and what it sends twice
does no harm. Nobody asks one host twice at once: what is due at a host of
which something is held, or was just sent, waits.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Protocol

from newsroom.alerts import planning
from newsroom.alerts.models import Mail
from newsroom.articles import rereading
from newsroom.articles.models import Article, Picture
from newsroom.claims import Claimable, ClaimQuerySet
from newsroom.desk.fetching import unspaced_hosts
from newsroom.publishers import favicons
from newsroom.publishers.models import Favicon, Feed
from newsroom.stories.models import Story
from newstext.addresses import host_of

SENT_AGAIN_S = 15.0  # what is due and not held so long after it was sent: its message is lost, or waits long
LOOKED_THROUGH = 2_000  # rows of a kind that are due
FEEDS_REST = timedelta(seconds=10)
WAITING_LEAST = 4  # messages of a kind that may wait, beside these for each worker:
WAITING_A_WORKER = 8


class Sends(Protocol):
    """As celery.Outbox."""

    def waiting(self, kind: str) -> int: ...
    def send(self, kind: str, ids: Collection[int]) -> None: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work. of_host: how many rows of one host go into one message; 0: their host says nothing.

    address: the field to tell the host by. trouble: a field that is above zero
    where a row failed before; such go in messages of their own.
    """

    name: str
    model: type[Claimable]
    due: Callable[[datetime], ClaimQuerySet]
    in_message: int
    address: str = ""
    of_host: int = 0
    trouble: str = ""


@dataclass(slots=True)
class _Row:
    id: int
    host: str
    is_trouble: bool


def _due_pictures(now: datetime) -> ClaimQuerySet:
    return Picture.objects.due(now)


def _due_favicons(now: datetime) -> ClaimQuerySet:
    favicons.note_new(now)
    return Favicon.objects.due(now)


def _due_pages(now: datetime) -> ClaimQuerySet:
    rereading.put_off_crowded(now)
    return Article.objects.due_to_read(now)


def _due_mails(now: datetime) -> ClaimQuerySet:
    return Mail.objects.none() if planning.why_no_mail() else Mail.objects.due(now)


def _due_notes(now: datetime) -> ClaimQuerySet:
    return Story.objects.due_for_notes(now)


def _due_feeds(now: datetime) -> ClaimQuerySet:
    """A feed of the operator's own host is always due; it is asked every FEEDS_REST."""
    return Feed.objects.due(now).exclude(last_checked_at__gt=now - FEEDS_REST, last_checked_at__lte=now)


KINDS = (
    Kind("feeds", Feed, _due_feeds, 8, "url", 1, "failures"),
    Kind("pages", Article, _due_pages, 16, "url", 8, "read_tries"),
    Kind("notes", Story, _due_notes, 8),
    Kind("pictures", Picture, _due_pictures, 8, "url", 4, "tries"),
    Kind("favicons", Favicon, _due_favicons, 4, "publisher__home_url", 1, "tries"),
    Kind("mails", Mail, _due_mails, 10),
)


class Sweeper:
    """Sends what is due. `outbox` says how much waits already; steady: a clock that nobody sets."""

    def __init__(self, outbox: Sends, *, steady: Callable[[], float] = time.monotonic) -> None:
        self.outbox = outbox
        self.steady = steady
        # Of each kind, what was sent and is still due: id -> when, and the host.
        self._sent: dict[str, dict[int, tuple[float, str]]] = {kind.name: {} for kind in KINDS}

    def sweep(self, now: datetime, *, workers: int) -> int:
        """Send what is due, as far as the queues have room; how many messages. Raises what the outbox does."""
        room = WAITING_LEAST + WAITING_A_WORKER * workers
        return sum(self._sweep(kind, now, room - self.outbox.waiting(kind.name)) for kind in KINDS)

    def _sweep(self, kind: Kind, now: datetime, room: int) -> int:
        rows = _rows(kind, kind.due(now).free(now))
        ids, earliest = {row.id for row in rows}, self.steady() - SENT_AGAIN_S
        sent = self._sent[kind.name]
        sent = {key: said for key, said in sent.items() if key in ids and said[0] > earliest}
        self._sent[kind.name] = sent
        rows = [row for row in rows if row.id not in sent]
        if kind.of_host:
            rows = _of_free_hosts(rows, self._busy(now) - unspaced_hosts(), kind.of_host)
        count = 0
        for message in _messages(kind, rows):
            if count >= room:
                break
            self.outbox.send(kind.name, [row.id for row in message])
            sent |= {row.id: (self.steady(), row.host) for row in message}
            count += 1
        return count

    def _busy(self, now: datetime) -> set[str]:
        """The hosts of which something is held, or was sent and is not yet."""
        sent = {host for rows in self._sent.values() for _, host in rows.values()}
        return sent.union(*(_held_hosts(kind, now) for kind in KINDS if kind.of_host))


def _messages(kind: Kind, rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    """The rows in messages; what failed before comes last and apart, for it holds up what goes with it."""
    for is_trouble in (False, True):
        chosen = [row for row in rows if row.is_trouble == is_trouble]
        for start in range(0, len(chosen), kind.in_message):
            yield chosen[start : start + kind.in_message]


def _rows(kind: Kind, due: ClaimQuerySet) -> list[_Row]:
    found = due.values_list("pk", kind.address or "pk", kind.trouble or "pk")[:LOOKED_THROUGH]
    return [
        _Row(key, host_of(address) if kind.address else "", bool(kind.trouble and trouble))
        for key, address, trouble in found
    ]


def _held_hosts(kind: Kind, now: datetime) -> set[str]:
    held = kind.model._default_manager.exclude(claimed_by="").filter(claimed_until__gte=now)
    return {host_of(address) for address in held.values_list(kind.address, flat=True)}


def _of_free_hosts(rows: Sequence[_Row], busy: Collection[str], most: int) -> list[_Row]:
    """The rows of hosts that nobody asks, at most so many of each, mixed over hosts; of our own hosts all."""
    unspaced = unspaced_hosts()
    by_host: dict[str, list[_Row]] = {}
    for row in rows:
        if row.host not in busy and (row.host in unspaced or len(by_host.get(row.host, ())) < most):
            by_host.setdefault(row.host, []).append(row)
    return [row for mixed in zip_longest(*by_host.values()) for row in mixed if row is not None]
