"""Figure 6: servers that misbehave in every way, beside good ones, through the desk; what the publisher's page says.

The site runs for some days of its own clock, one look a day. Waits of servers and
limits of the product are shortened by one factor (SCALE), so their order is
kept. The good hosts are looked at once alone and once beside all others.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from tests.hostile.empty_site import open_empty_site
from tests.hostile.figures import Figure, Run

if TYPE_CHECKING:
    from newsroom.desk.work import Desk
    from newsroom.publishers.models import Feed
    from tests.hostile.certificates import Authority
    from tests.hostile.misbehaving import Server
    from tests.hostile.tripwire import Net

ROOT = Path(__file__).resolve().parents[2]
SCALE = 0.1
DAYS = 4
GOOD_MOST = 1000
FEEDS_OF_ONE_MOST = 100
GOOD_ANSWERS_AFTER_S = 0.5  # before it is shortened
DELAY_MOST = 2.0
MOST_BYTES = 3 * 2**30
MOST_S = 3600
# What the data expect to be named -> our names for it. A name that ends in - stands for all that begin so.
NAMED = {
    "ok": {"new", "unchanged"},
    "ok_not_modified": {"unchanged"},
    "first": {"new", "unchanged"},
    "connect_refused": {"connect"},
    "connect_timeout": {"connect-timeout"},
    "truncated_response": {"interrupted"},
    "truncated": {"interrupted"},
    "ok_or_truncated": {"new", "unchanged", "interrupted"},
    "ok_or_decode_error": {"new", "unchanged", "bad-encoding"},
    "total_timeout": {"timeout"},
    "first_byte_timeout": {"timeout"},
    "read_timeout": {"timeout"},
    "too_large": {"too-large", "bad-encoding"},
    "headers_too_large": {"headers-too-large"},
    "bad_http": {"protocol"},
    "http_error": {"http-"},
    "server_error": {"http-5"},
    "not_a_feed": {"not-a-feed"},
    "parse_error": {"not-a-feed", "limits"},
    "not_found": {"http-404"},
    "gone": {"http-410"},
    "auth_required": {"http-401"},
    "forbidden": {"http-403"},
    "rate_limited": {"http-429"},
    "unavailable": {"http-503"},
    "empty_response": {"empty-answer"},
    "decode_error": {"bad-encoding", "interrupted"},
    "tls_error": {"tls"},
    "redirect_loop": {"redirect-loop"},
    "redirect_too_many": {"too-many-redirects"},
    "bad_redirect": {"redirect-refused", "redirect-nowhere"},
    "robots_denied": {"new", "unchanged"},  # of the feed; its pages are asked for below
}
GOOD = {"new", "unchanged"}
OF_FILES = {"too-large", "bad-encoding", "interrupted", "not-a-feed", "limits"}  # each file is bad in its own way
NOT_BUILT = re.compile("websub|lease|signature|delivery", re.IGNORECASE)  # Backstory polls; no hub is asked


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of the data."""

    id: str
    does: str
    expect: str

    @property
    def names(self) -> set[str]:
        """Our names for what is expected; that it is read where the data give none."""
        words = re.findall(r"\w+", self.expect)
        return {name for word in words if word in NAMED for name in NAMED[word]} or GOOD


@dataclass(slots=True)
class Found:
    kinds: int = 0
    feeds: int = 0
    looks: int = 0
    outcomes: dict[str, list[str]] = field(default_factory=dict)  # kind -> its outcomes, in order
    unscripted: list[str] = field(default_factory=list)
    not_built: list[str] = field(default_factory=list)
    not_survived: list[str] = field(default_factory=list)
    not_named: list[str] = field(default_factory=list)
    not_kept: list[str] = field(default_factory=list)
    good: int = 0
    good_failed: int = 0
    alone_s: float = 0.0
    beside_s: float = 0.0
    seen_unnamed: list[str] = field(default_factory=list)  # with all failures called by one name
    few_s: float = 0.0  # 20 good hosts alone
    unfair_s: float = 0.0  # and beside a slow one, the oldest feed first

    @property
    def ratio(self) -> float:
        return self.beside_s / self.alone_s if self.alone_s else 0.0


def measure(run: Run) -> list[Figure]:
    """The row. Some of it is done once more with what is measured turned off: it must be seen."""
    found = looked(run, checks_itself=True)
    assert found.seen_unnamed, "the harness sees no wrong name, so it says nothing"
    tried = f"{found.kinds} kinds, {found.feeds} feeds, {found.looks:,} looks in {DAYS} days"
    left = f"; {len(found.not_built)} of WebSub, which is not built" if found.not_built else ""
    faults = found.unscripted + found.not_survived
    return [
        _figure("Misbehaviours: kinds that are not survived", faults, tried + left),
        _figure("Misbehaviours: without their name on the publisher's page", found.not_named, tried),
        _figure("Misbehaviours: what was to be kept and was not", found.not_kept, tried),
        Figure(
            "Misbehaviours: delay of good hosts beside them, p95",
            f"< {DELAY_MOST:g}x, 0 fail",
            f"{found.ratio:.2f}x ({found.alone_s:.2f} s to {found.beside_s:.2f} s), {found.good_failed} fail",
            found.ratio < DELAY_MOST and not found.good_failed,
            f"{found.good} good hosts, limits and waits x {SCALE:g}; 20 hosts "
            f"alone {found.few_s:.1f} s, beside 20 feeds of a slow one, the oldest first, {found.unfair_s:.1f} s",
        ),
    ]


def _figure(name: str, faults: list[str], counts: str) -> Figure:
    shown = f"{len(faults):,}" + (f", as {faults[0]}" if faults else "")
    return Figure(name, "0", shown, not faults, counts)


def looked(run: Run, *, checks_itself: bool = False) -> Found:
    """Run it in a process of its own."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    told = [str(run.share), str(run.seed), str(run.hostile), str(run.scratch), str(int(checks_itself))]
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.misbehaviours", *told],
        cwd=ROOT,
        env={
            **kept,
            "BACKSTORY_DATA": str(run.scratch / "data"),
            "STARTING_PUBLISHERS": "no",
            "FETCH_ALLOW_PRIVATE": "",
            "FETCH_SPACING_S": str(SCALE),
            "READ_WORKERS": "2",
            "PICTURES": "no",
            "SSL_CERT_FILE": str(run.scratch / "authority.pem"),
        },
        capture_output=True,
        text=True,
        timeout=MOST_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return Found(**json.loads(done.stdout.splitlines()[-1]))


def kinds(path: Path) -> list[Kind]:
    lines = (path / "http" / "misbehaviours.jsonl").read_text(encoding="utf-8").splitlines()
    return [Kind(row["id"], row["server_does"], row["expect"]) for row in map(json.loads, lines)]


# --- in the process of its own ---------------------------------------------
def main(argv: list[str]) -> None:
    share, seed, hostile, scratch, checks_itself = argv
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_S, MOST_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    open_empty_site()
    run = Run(float(share), int(seed), Path(hostile), Path(scratch))
    from tests.hostile import tripwire

    net = tripwire.Net(lambda name: [address_of(name)], answers_after_s=GOOD_ANSWERS_AFTER_S * SCALE)
    with shorter_limits(), tripwire.installed(net):
        found = _run(run, net)
        if int(checks_itself):
            _check_itself(run, net, found)
    print(json.dumps(asdict(found)), flush=True)
    os._exit(0)  # a server that sends for ever waits for nobody


_given: dict[str, str] = {}


def address_of(name: str) -> str:
    """A public address for a name, its own."""
    number = len(_given) + 257
    return _given.setdefault(name, f"93.184.{number >> 8}.{number & 255}")


@contextmanager
def shorter_limits() -> Iterator[None]:
    """The product's own limits of time, all shortened by one factor."""
    from unittest.mock import patch

    from newstext import fetch

    plain = fetch.FetchOptions.__init__

    def shorter(self: fetch.FetchOptions, **given: object) -> None:
        plain(self, **given)  # type: ignore[arg-type]
        for name in ("connect_timeout_s", "first_byte_timeout_s", "total_timeout_s"):
            object.__setattr__(self, name, getattr(self, name) * SCALE)

    with patch.object(fetch.FetchOptions, "__init__", shorter):
        yield


class Clock:
    """The desk's clock: real time beside days that are skipped."""

    def __init__(self) -> None:
        self.skipped = timedelta(0)

    def __call__(self) -> datetime:
        from django.utils import timezone

        return timezone.now() + self.skipped


def _run(run: Run, net: Net) -> Found:
    from tests.hostile.certificates import authority

    found = Found()
    good = [f"good-{number}.example" for number in range(max(40, round(GOOD_MOST * run.share)))]
    found.good = len(good)
    trust = authority(run.scratch)  # before anything is fetched: SSL_CERT_FILE names it
    found.alone_s = _delay(_days_of_good(net, good, "alone", []))
    servers = _servers(run, trust, found)
    found.beside_s = _delay(_days_of_good(net, good, "beside", [*servers.items()], found))
    return found


def _check_itself(run: Run, net: Net, found: Found) -> None:
    """The same with all failures called by one name, and with the oldest feed first whoever's it is."""
    from unittest.mock import patch

    from newsroom.desk.looking import Looking
    from newsroom.publishers.models import Feed
    from newstext.fetch import FetchError
    from tests.hostile.certificates import authority

    Feed.objects.update(is_on=False)  # of a host of hundreds some are still due, longer than all that comes
    trust = authority(run.scratch)
    plain, without = FetchError.__init__, Found()
    wrong = Kind("unnamed", "one header of 100 kB", "headers_too_large")
    with patch.object(FetchError, "__init__", lambda self, kind, message: plain(self, "bad-address", message)):
        _days_of_good(net, ["few.example"], "unnamed", [(wrong, _server(wrong, run, trust))], without, days=1)
    found.seen_unnamed = without.not_named

    def oldest(self: Looking, before: datetime, now: datetime, most: int, *_: object) -> list[int]:
        return list(Feed.objects.due(before).free(now).values_list("pk", flat=True)[:most])

    few = [f"few-{number}.example" for number in range(20)]
    found.few_s = _delay(_days_of_good(net, few, "few", []))
    slow = Kind("unfair", "1 slow host with 20 feeds", "other hosts not delayed")
    with patch.object(Looking, "_choose", oldest):
        found.unfair_s = _delay(_days_of_good(net, few, "unfair", [(slow, _server(slow, run, trust))], Found(), days=1))


def _server(kind: Kind, run: Run, trust: Authority) -> Server:
    from tests.hostile import misbehaving

    made = misbehaving.server_for(kind.does, run.hostile, trust, _host(kind))
    assert made is not None
    return made


def _delay(waits: list[float]) -> float:
    """The 95th percentile."""
    assert waits, "no good host was asked"
    return sorted(waits)[int(len(waits) * 0.95)]


def _servers(run: Run, trust: Authority, found: Found) -> dict[Kind, Server]:
    from tests.hostile import misbehaving

    chosen: dict[Kind, Server] = {}
    for kind in run.some(kinds(run.hostile), "kinds"):
        if NOT_BUILT.search(f"{kind.id} {kind.does}"):
            found.not_built.append(kind.id)
            continue
        server = misbehaving.server_for(kind.does, run.hostile, trust, _host(kind))
        if server is None:
            found.unscripted.append(f"{kind.id}: {kind.does}")
        else:
            chosen[kind] = server
    found.kinds = len(chosen)
    return chosen


def _host(kind: Kind) -> str:
    return f"{re.sub('[^a-z0-9]+', '-', kind.id.lower())}.bad.example"


def _days_of_good(
    net: Net,
    good: list[str],
    name: str,
    bad: list[tuple[Kind, Server]],
    found: Found | None = None,
    *,
    days: int = DAYS,
) -> list[float]:
    """Look for some days at good hosts, and at bad ones beside; how long each good one waited for each look."""
    from newsroom.desk.work import Desk

    clock = Clock()
    hosts = {f"{name}-{host}" for host in good}
    _follow_good(net, hosts, clock())
    feeds = [feed for kind, server in bad for feed in _follow_bad(net, kind, server, clock())]
    waits: list[float] = []
    desk = Desk(clock=clock)
    try:
        for _ in range(days if bad else 1):
            net.began.clear()
            began = time.monotonic()
            _a_day(desk, clock, found)
            if not waits:
                waits = [at - began for host, at in net.began if host in hosts]
            clock.skipped += timedelta(days=1, hours=1)
        if found is not None:
            found.feeds = len(feeds)
            _read_some_pages(desk, bad)
            _judge(bad, found)
            found.good_failed = _failed(hosts)
    finally:
        desk.close()
    _unfollow(hosts)
    return waits


def _a_day(desk: Desk, clock: Clock, found: Found | None) -> None:
    """All that is due, as the desk's own loop does it."""
    until = time.monotonic() + MOST_S / 8
    before = clock()
    try:
        while _waits(before):
            desk.read_feeds(before, wait_s=0.5)
            assert time.monotonic() < until, "the looks of one day never end"
    except Exception as error:
        if found is None:
            raise
        found.not_survived.append(f"the desk broke: {type(error).__name__}: {error}")


def _waits(before: datetime) -> bool:
    """True while a feed of a host that has few is to be looked at: one of hundreds may go on into the next day."""
    from django.db.models import Count

    from newsroom.publishers.models import Feed, Publisher

    many = Publisher.objects.annotate(n=Count("feeds")).filter(n__gt=FEEDS_OF_ONE_MOST)
    return Feed.objects.due(before).exclude(publisher__in=list(many)).exists()


def _follow_good(net: Net, hosts: Iterable[str], now: datetime) -> None:
    from newsroom.publishers.models import Feed, Publisher
    from tests.hostile.misbehaving import rss

    for host in sorted(hosts):
        url = net.serve(f"http://{host}/feed.xml", "200 OK\nContent-Type: application/rss+xml", rss(host))
        row = Publisher.objects.create(name=host, slug=host.replace(".", "-"), domain=host, home_url=f"http://{host}/")
        Feed.objects.create(publisher=row, url=url, next_check_at=now - timedelta(minutes=1))


def _follow_bad(net: Net, kind: Kind, server: Server, now: datetime) -> list[Feed]:
    """Its feeds have been due for longer than the good ones: they come first."""
    from newsroom.publishers.models import Feed, Publisher
    from tests.hostile import misbehaving

    host = _host(kind)
    net.ports[address_of(host)] = misbehaving.start(server, host, SCALE)
    row = Publisher.objects.create(name=host, slug=host.replace(".", "-"), domain=host, home_url=f"http://{host}/")
    due = now - timedelta(minutes=2)
    return [
        Feed.objects.create(publisher=row, url=f"{server.scheme}://{host}{path}", next_check_at=due)
        for path in server.paths
    ]


def _failed(hosts: set[str]) -> int:
    from newsroom.publishers.models import Feed

    return Feed.objects.filter(publisher__name__in=hosts).exclude(failures=0, last_success_at__isnull=False).count()


def _unfollow(hosts: set[str]) -> None:
    from newsroom.publishers.models import Feed

    Feed.objects.filter(publisher__name__in=hosts).update(is_on=False)


def _read_some_pages(desk: Desk, bad: list[tuple[Kind, Server]]) -> None:
    """The article pages of those servers that say something of them."""
    from newsroom.articles.models import Article

    said = [_host(kind) for kind, _ in bad if "robots" in kind.does]
    Article.objects.exclude(publisher__name__in=said).update(next_read_at=None)
    while desk.read_pages():
        pass


def _judge(bad: list[tuple[Kind, Server]], found: Found) -> None:
    """What rows and pages say after all."""
    from newsroom.publishers.models import Feed

    for kind, server in bad:
        feeds = list(Feed.objects.filter(publisher__name=_host(kind)).order_by("pk"))
        outcomes: list[str] = []
        for feed in feeds:
            said = [check.outcome for check in feed.checks.order_by("pk")]
            outcomes += said or (["unchanged"] if feed.last_success_at else [])
            found.looks += max(len(said), 1)
            if not feed.last_checked_at and (len(feeds) <= FEEDS_OF_ONE_MOST or feed == feeds[0]):
                found.not_survived.append(f"{kind.id}: {feed.url} was never looked at to its end")
        found.outcomes[kind.id] = list(dict.fromkeys(outcomes))
        found.not_named += _unnamed(kind, feeds, outcomes)
        found.not_kept += _lost(kind, server, feeds)


def _unnamed(kind: Kind, feeds: list[Feed], outcomes: list[str]) -> list[str]:
    """What is wrong with how it is named: by kind in the rows, in words on the publisher's page."""
    from django.test import Client

    names = kind.names | (OF_FILES if "bombs" in kind.does else set())
    faults = []
    if wrong := [one for one in outcomes if one not in GOOD and not any(_is(one, name) for name in names)]:
        faults.append(f"{kind.id} ({kind.does}) is called {wrong[0]!r}, wanted {kind.expect!r}")
    elif not names <= GOOD and not any(_is(one, name) for one in outcomes for name in names):
        faults.append(f"{kind.id} ({kind.does}) is called {outcomes[:1]}, wanted {kind.expect!r}")
    elif names <= GOOD and not outcomes:
        faults.append(f"{kind.id}: nothing was told of it")
    page = Client(headers={"host": "localhost"}).get(f"/publisher/{feeds[0].publisher.slug}/health")
    text = page.content.decode()
    if page.status_code != 200:
        faults.append(f"{kind.id}: its publisher's page answers {page.status_code}")
    for feed in feeds:
        if feed.problem and escape(feed.problem.partition("?")[0][:60]) not in text:
            faults.append(f"{kind.id}: its publisher's page does not say {feed.problem!r}")
            break
    if "robots_denied" in kind.expect and "robots.txt asks us not to" not in text:
        faults.append(f"{kind.id}: its publisher's page does not say that robots.txt forbids the pages")
    return faults


def _is(outcome: str, name: str) -> bool:
    return outcome == name or (name.startswith("http-") and outcome.startswith(name))


def _lost(kind: Kind, server: Server, feeds: list[Feed]) -> list[str]:
    """What the data want kept, and is not."""
    from newsroom.articles.models import Article

    faults = []
    feed = feeds[0]
    said = kind.expect
    first = server.paths[0]
    articles = Article.objects.filter(publisher=feed.publisher)
    count = articles.count()
    if "feed URL kept" in said or "no ping-pong" in said:
        if not feed.url.endswith(first):
            faults.append(f"{kind.id}: its address became {feed.url}")
    elif "feed URL updated" in said and feed.url.endswith(first):
        faults.append(f"{kind.id}: its address is still {feed.url} after {DAYS} days")
    if re.search("validators? not stored", said) and (len(feed.etag) > 4096 or "cut" in feed.etag):
        faults.append(f"{kind.id}: a validator of {len(feed.etag)} characters is kept")
    if re.search("articles kept|no duplicates|one article|distinct", said) and count != len(server.paths) * 3:
        faults.append(f"{kind.id}: {count} articles, {len(server.paths) * 3} are listed")
    if "never deleted" in said and not feed.is_on:
        faults.append(f"{kind.id}: it is looked at no more")
    if "never mixed" in said and articles.filter(url__contains="evil").exists():
        faults.append(f"{kind.id}: what stood behind one answer was read as the next")
    if "500 KiB" in said and not articles.filter(read_problem__contains="robots.txt asks").exists():
        faults.append(f"{kind.id}: what its first 500 KiB forbid was asked for")
    return faults


if __name__ == "__main__":
    main(sys.argv[1:])
