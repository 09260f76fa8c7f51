"""Row 9, HTTP manners: a thousand simulated feeds for thirty days, asked by the site's own rules and rows.

Real are the desk, its claims, the conditional request on the wire, parsing,
the entries and the rows that say when a feed is due. Stand-ins are the network
(`pretend_network.py`), the clock, and threads (one request after another). The
origin's log is judged afterwards; nothing of the site is asked whether it was
polite, save where each feed stands in the end.
"""

from __future__ import annotations

import json
import logging
import os
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from tests.hostile.figures import Figure, Run
from tests.hostile.pretend_network import AtOnce, Clock, in_place_of_the_network, resolver
from tests.hostile.simulated_origin import BEGAN_AT, DAY_S, MOVED_FOR_GOOD, Asked, Origin, Silent, Unreachable

if TYPE_CHECKING:
    from newsroom.desk.work import Desk

FEEDS, DAYS, RESTARTS = 1000, 30.0, 12
LOOKS_EACH_S = 60.0  # the site looks each 10 s at its rows (clock.FEEDS_REST_S); so many looks would be most of the run
SPACING_S = 1.0  # FETCH_SPACING_S as it is by default
PLAIN_EACH_S = 3600.0
SOON_S = 15 * 60


@dataclass(slots=True)
class Manners:
    """What the log says. Counts of breaches, each beside what it is of; seconds from posting to seeing."""

    requests: int = 0
    feeds: int = 0
    megabytes: float = 0.0
    to_be_conditional: int = 0
    unconditional: int = 0
    waits: int = 0
    waits_broken: int = 0
    too_close: int = 0
    gone: int = 0
    asked_after_gone: int = 0
    restarts: int = 0
    asked_again: int = 0
    moves_to_make: int = 0
    moves_made: int = 0
    moved_wrongly: int = 0
    after_moving: int = 0
    seen_after_s: list[float] = field(default_factory=list)
    unseen: int = 0
    breaches: list[str] = field(default_factory=list)

    @property
    def p50_s(self) -> float:
        return median(self.seen_after_s) if self.seen_after_s else 0.0

    @property
    def p90_s(self) -> float:
        return quantiles(self.seen_after_s, n=10)[-1] if len(self.seen_after_s) > 1 else 0.0

    def add(self, other: Manners) -> None:
        """Take in what was found of other feeds."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def note(self, what: str) -> None:
        if len(self.breaches) < 40:
            self.breaches.append(what)


@dataclass(slots=True)
class Restart:
    """When the desk was started anew, and when each feed was due by its row at that moment."""

    at: float
    due_at: dict[int, float]


def measure(run: Run) -> list[Figure]:
    """A site for each core, in a process of its own, with a part of the feeds: their rows are the run's."""
    parts = min(os.cpu_count() or 1, max(1, round(FEEDS * run.share / 50)))
    count = max(1, round(FEEDS * run.share / parts))
    ours, plain = Manners(), Manners()
    with ThreadPoolExecutor(parts) as threads:
        for lived, polled in threads.map(lambda part: _live_apart(run, part, count), range(parts)):
            ours.add(lived)
            plain.add(polled)
    for breach in ours.breaches:
        print(f"manners: {breach}", file=sys.stderr)
    return figures(ours, plain, DAYS)


def _live_apart(run: Run, part: int, count: int) -> tuple[Manners, Manners]:
    data = run.scratch / f"site-{part}"
    data.mkdir()
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "BACKSTORY_DATA": str(data), "STARTING_PUBLISHERS": "no", "DJANGO_SETTINGS_MODULE": "newsroom.settings",
    }  # fmt: skip
    said = json.dumps({"count": count, "days": DAYS, "seed": f"{run.seed} {part}"})
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.manners", said],
        env=environment, stdout=subprocess.PIPE, text=True, check=True, cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    ours, plain = (Manners(**one) for one in json.loads(done.stdout.splitlines()[-1]))
    return ours, plain


def main(said: str) -> None:
    """What `measure` starts: a fresh database, the month, and what was found as the last line."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    logging.disable(logging.WARNING)  # each failed look is told; they are meant
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")  # nobody pulls the plug here
    asked = json.loads(said)
    ours = simulate(asked["count"], asked["days"], asked["seed"], restarts=RESTARTS)
    print(json.dumps([asdict(ours), asdict(poll_plainly(asked["count"], asked["days"], asked["seed"]))]))


def simulate(
    count: int, days: float, seed: str, *, restarts: int, change: Callable[[Desk], None] = lambda desk: None
) -> Manners:
    """Let the site follow that many feeds for those days, and judge what its origin wrote down.

    change: what a test does to each desk that is started, to see that a breach is found.
    """
    from newsroom.publishers.models import Feed
    from newsroom.publishers.save import follow_feed, get_publisher

    origin, clock = Origin(count, days, random.Random(f"{seed} origin")), Clock(BEGAN_AT)
    numbers = {}
    for feed in origin.feeds:
        publisher = get_publisher(f"Paper {feed.number}", f"http://paper{feed.number}.example/")
        follow_feed(publisher, feed.url, clock.now())
        row = Feed.objects.get(url=feed.url)
        numbers[row.pk] = feed.number
        if feed.trouble == "301 to a followed feed":
            Feed.objects.create(
                publisher=publisher, url=feed.new_url, next_check_at=clock.now() + timedelta(days=365), is_on=False
            )
    chance = random.Random(f"{seed} restarts")
    moments = sorted(BEGAN_AT + chance.uniform(0.02, 1) * days * DAY_S for _ in range(restarts))
    random.seed(f"{seed} site")
    with in_place_of_the_network(origin, clock):
        done = _live_through(origin, clock, moments, numbers, change)
    stands = dict(Feed.objects.filter(pk__in=numbers).values_list("pk", "url"))
    return judge(origin, origin.log, done, {numbers[key]: url for key, url in stands.items()})


def _live_through(
    origin: Origin, clock: Clock, moments: list[float], numbers: dict[int, int], change: Callable[[Desk], None]
) -> list[Restart]:
    """The desk's own loop over feeds until the days are over, started anew at these moments."""
    from django.db.models import Min

    from newsroom.publishers.models import Feed

    desk, ends_at, done = _start(clock, change), BEGAN_AT + origin.days * DAY_S, []
    while clock.at < ends_at:
        if moments and clock.at >= moments[0]:
            moments.pop(0)
            if len(moments) % 2:
                desk.close()  # else as after kill -9: nothing is handed back
            rows = Feed.objects.filter(is_on=True).values_list("pk", "next_check_at")
            due_at = {numbers[key]: at.timestamp() for key, at in rows if key in numbers}
            done.append(Restart(clock.at, due_at))
            desk = _start(clock, change)
        desk.read_feeds()
        next_at = Feed.objects.filter(is_on=True).aggregate(at=Min("next_check_at"))["at"]
        idle_s = max(LOOKS_EACH_S, (next_at.timestamp() if next_at else ends_at) - clock.at)
        clock.sleep(min(idle_s, max(LOOKS_EACH_S, moments[0] - clock.at) if moments else idle_s))
    desk.close()
    return done


def _start(clock: Clock, change: Callable[[Desk], None]) -> Desk:
    """A worker as the site starts one, with the pretended network, clock and pool."""
    from newsroom.desk.fetching import Fetching
    from newsroom.desk.work import Desk
    from newstext.fetch import HostSpacing

    desk = Desk(clock=clock.now)
    desk.fetching = Fetching(map)
    spacing = HostSpacing(spacing_s=SPACING_S, clock=clock.seconds, sleep=clock.sleep)
    desk.fetching.spacing = spacing
    desk.fetching.options = replace(desk.fetching.options, resolver=resolver, turn=spacing.turn)
    desk.threads = desk.looking.threads = AtOnce()
    change(desk)
    return desk


def poll_plainly(count: int, days: float, seed: str) -> Manners:
    """The same month asked as the plainest reader would: each feed once an hour, whatever was answered."""
    origin = Origin(count, days, random.Random(f"{seed} origin"))
    start_s = [origin.chance.uniform(0, PLAIN_EACH_S) for _ in origin.feeds]
    for hour in range(int(days * DAY_S / PLAIN_EACH_S)):
        for feed in origin.feeds:
            at, url = BEGAN_AT + hour * PLAIN_EACH_S + start_s[feed.number], feed.url
            for _ in range(6):
                try:
                    reply = origin.ask(url, {}, at)
                except (Unreachable, Silent):
                    break
                url = dict(reply.headers).get("Location", "")
                if not url:
                    break
    origin.log.sort(key=lambda one: one.at)
    return judge(origin, origin.log, [], {feed.number: feed.url for feed in origin.feeds})


def judge(origin: Origin, log: list[Asked], restarts: list[Restart], stands: dict[int, str]) -> Manners:
    """What the log says of whoever asked. stands: feed -> the address it is followed under in the end."""
    found = Manners(
        requests=len(log), feeds=len(origin.feeds), restarts=len(restarts), megabytes=sum(one.size for one in log) / 1e6
    )
    by_feed: dict[int, list[Asked]] = defaultdict(list)
    for one in log:
        by_feed[one.feed].append(one)
    for asked in by_feed.values():
        _judge_conditions(asked, found)
        _judge_gone(asked, found)
    _judge_hosts(log, found)
    _judge_waits(log, found)
    _judge_restarts(by_feed, restarts, found)
    _judge_moves(origin, stands, found)
    _judge_lateness(origin, by_feed, found)
    return found


def _judge_conditions(asked: Iterable[Asked], found: Manners) -> None:
    """Each request after a whole feed with validators sends exactly these."""
    etag = modified = ""
    for one in asked:
        if etag or modified:
            found.to_be_conditional += 1
            if (one.if_none_match, one.if_modified_since) != (etag, modified):
                found.unconditional += 1
                found.note(
                    f"{one.url}: sent {one.if_none_match!r}, {one.if_modified_since!r} for {etag!r}, {modified!r}"
                )
        if one.is_feed and one.status == 200:
            etag, modified = one.etag, one.last_modified


def _judge_gone(asked: list[Asked], found: Manners) -> None:
    first = next((place for place, one in enumerate(asked) if one.status == 410), None)
    if first is not None:
        found.gone += 1
        found.asked_after_gone += len(asked) - first - 1


def _judge_hosts(log: list[Asked], found: Manners) -> None:
    """Requests at one host begin at least SPACING_S apart; a redirect's second hop is a request too."""
    by_host: dict[str, list[float]] = defaultdict(list)
    for one in log:
        by_host[one.host].append(one.at)
    for host, moments in by_host.items():
        close = sum(later - earlier < SPACING_S - 1e-6 for earlier, later in pairwise(sorted(moments)))
        if close:
            found.too_close += close
            found.note(f"{host}: {close} requests sooner than {SPACING_S:.0f} s after the one before")


def _judge_waits(log: list[Asked], found: Manners) -> None:
    """Nobody asks for an address before its Retry-After is over; after a 429 nobody asks its host at all."""
    waits: dict[str, float] = {}
    for one in log:
        until = max(waits.get(one.url, 0), waits.get(one.host, 0))
        if one.at < until - 1:  # dates have whole seconds
            found.waits_broken += 1
            found.note(f"{one.url}: asked {until - one.at:.0f} s before it may be ({one.status})")
        if one.until:
            found.waits += 1
            key = one.host if one.status == 429 else one.url
            waits[key] = max(waits.get(key, 0), one.until)


def _judge_restarts(by_feed: dict[int, list[Asked]], restarts: list[Restart], found: Manners) -> None:
    """The first request for each feed after a restart comes when its row said, not before."""
    for restart in restarts:
        for number, asked in by_feed.items():
            first = next((one for one in asked if one.at >= restart.at), None)
            if first and first.at < restart.due_at.get(number, 0) - 1e-6:
                found.asked_again += 1
                found.note(f"{first.url}: asked {restart.due_at[number] - first.at:.0f} s early after a restart")


def _judge_moves(origin: Origin, stands: dict[int, str], found: Manners) -> None:
    for feed in origin.feeds:
        is_moved = stands[feed.number] != feed.url
        if feed.trouble in MOVED_FOR_GOOD:
            found.moves_to_make += 1
            found.moves_made += stands[feed.number] == feed.new_url
            if not is_moved:
                found.note(f"{feed.url}: {feed.trouble}, never moved")
        elif is_moved:
            found.moved_wrongly += 1
            found.note(f"{feed.url}: {feed.trouble}, moved to {stands[feed.number]}")


def _judge_lateness(origin: Origin, by_feed: dict[int, list[Asked]], found: Manners) -> None:
    """How long after each item of a frequent feed was posted an answer first showed it."""
    for feed in origin.feeds:
        if feed.posting != "frequent" or feed.trouble == "gone":
            continue
        seen = feed.top(BEGAN_AT)
        for one in by_feed[feed.number]:
            for number in range(seen + 1, one.top + 1):
                found.seen_after_s.append(one.at - feed.posted_at[number])
            seen = max(seen, one.top)
        found.unseen += len(feed.posted_at) - 1 - seen


def figures(ours: Manners, plain: Manners, days: float) -> list[Figure]:
    counts = f"{ours.feeds:,} feeds, {days:.0f} days, {ours.requests:,} requests"
    return [
        Figure(
            "manners: conditional", "100 % after the first 200 with a validator",
            f"{_share(ours.to_be_conditional - ours.unconditional, ours.to_be_conditional)} (plain: 0 %)",
            ours.unconditional == 0 < ours.to_be_conditional, f"{ours.to_be_conditional:,} of {counts}",
        ),
        Figure(
            "manners: Retry-After", "0 requests before it is over", f"{ours.waits_broken} (plain: {plain.waits_broken:,})",
            ours.waits_broken == 0 < ours.waits,
            f"{ours.waits:,} answers of 429 and 503 with seconds or a date; a week is the most that is believed",
        ),
        Figure(
            "manners: host limit", f"0 sooner than {SPACING_S:.0f} s after the one before", f"{ours.too_close}",
            ours.too_close == 0, counts,
        ),
        Figure(
            "manners: restarts", "0 asked before their time", f"{ours.asked_again}",
            ours.asked_again == 0 < ours.restarts, f"{ours.restarts} restarts, every other one as after kill -9",
        ),
        Figure(
            "manners: 410", "0 requests after it", f"{ours.asked_after_gone} (plain: {plain.asked_after_gone:,})",
            ours.asked_after_gone == 0 < ours.gone, f"{ours.gone} feeds that are gone",
        ),
        Figure(
            "manners: moves", "all that stay moved, no other",
            f"{ours.moves_made} of {ours.moves_to_make}, {ours.moved_wrongly} others",
            ours.moves_made == ours.moves_to_make > 0 and ours.moved_wrongly == 0,
            "301, 308, chains; against spells of hours, another target each time, to a page, 302, 307, 301 then 302",
        ),
        Figure(
            "manners: new items", "p50 < 15 min on frequent feeds",
            f"p50 {ours.p50_s / 60:.1f} min, p90 {ours.p90_s / 60:.0f} min (plain: {plain.p50_s / 60:.0f}, {plain.p90_s / 60:.0f})",
            0 < ours.p50_s < SOON_S,
            f"{len(ours.seen_after_s):,} items of feeds with one each 20 min while awake; {ours.requests / max(plain.requests, 1):.2f} "
            f"of the plain one's requests, {ours.megabytes / max(plain.megabytes, 1e-9):.2f} of its bytes",
        ),
    ]  # fmt: skip


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "none asked"


if __name__ == "__main__":
    main(sys.argv[1])
