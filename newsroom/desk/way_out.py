"""Whether the site's own way to the net is open: when nobody can be reached, it is ours that is shut, not theirs.

While it is shut one feed after another is looked at, every PROBE_S; after a
while every LATER_S where hosts are named and take no connection. Once
somebody answers, all that failed meanwhile is due again: a resolver that was
away for a minute must not keep a site from its feeds for half an hour.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from newsroom.publishers.models import Feed
from newstext.fetch import HOST_IS_AWAY, HostSpacing

UNREACHED = tuple(HOST_IS_AWAY)  # nobody answered; any other problem is an answer
SHUT_AFTER = 3  # looks in a row that reached nobody, each at a feed that answered the time before
PROBE_S, LATER_S = 15, 300
LONG = timedelta(minutes=10)
LOOK_MOST = timedelta(minutes=1)
LASTS_MOST = timedelta(days=2)  # what failed before that failed for a reason of its own


class WayOut:
    """What the last looks of one desk say of the net."""

    def __init__(self, spacing: HostSpacing) -> None:
        self.spacing = spacing
        self._unreached = 0
        self._since: datetime | None = None  # when the first of these looks began
        self._probed_at: datetime | None = None
        self._opened_at: datetime | None = None

    @property
    def is_shut(self) -> bool:
        return self._unreached >= SHUT_AFTER

    def note(self, feed: Feed, outcome: str, now: datetime) -> None:
        """Take in how one look went; where it is the first to reach somebody again, what failed meanwhile is due."""
        if outcome in UNREACHED:
            if feed.failures <= 1:  # what failed before as well says nothing of the net
                self._since = self._since or now
                self._unreached += 1
            if self._opened_at and timedelta(0) <= now - self._opened_at < LOOK_MOST:  # it was asked before that
                Feed.objects.filter(pk=feed.pk).update(next_check_at=now + timedelta(seconds=PROBE_S))
            return
        was_shut, since = self.is_shut, self._since
        self._unreached, self._since = 0, None
        if was_shut and since:
            self._opened_at = now
            self.spacing.wake()
            begun = max(since - LOOK_MOST, now - LASTS_MOST)
            failed = Feed.objects.filter(is_on=True, problem_kind__in=UNREACHED, last_checked_at__gte=begun)
            failed.update(next_check_at=now)

    def probe(self, now: datetime) -> None:
        """While it is shut: one feed that answered before is due now, if the last such look was a while ago."""
        if not self.is_shut or self._since is None:
            return
        failing, rest = Feed.objects.filter(is_on=True, problem_kind__in=UNREACHED).free(now), PROBE_S
        if now - self._since > LONG:  # perhaps it is theirs after all: only what reaches nobody is tried as often
            nameless = failing.filter(problem_kind__in=("dns", "dns-failed"))
            failing, rest = (nameless, PROBE_S) if nameless.exists() else (failing, LATER_S)
        if self._probed_at and timedelta(0) <= now - self._probed_at < timedelta(seconds=rest):
            return
        self._probed_at = now
        if chosen := failing.order_by("last_checked_at", "pk").first():
            self.spacing.wake(chosen.url)
            Feed.objects.filter(pk=chosen.pk).update(next_check_at=now)
