"""/metrics: how the site does, in Prometheus' text format. Numbers alone: no name, address or text of anybody.

For the machine itself, for METRICS_FROM, for whoever sends METRICS_TOKEN, and for administrators.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from ipaddress import ip_address
from statistics import quantiles
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from newsroom.alerts.models import Mail
from newsroom.articles.models import Article, Picture
from newsroom.comments.models import Comment
from newsroom.desk import readiness
from newsroom.desk.condition import Part, condition, database_bytes
from newsroom.desk.reading_health import lags, refused_by_kind
from newsroom.page_counts import NAMES, counts
from newsroom.publishers.models import Addition, Feed
from newsroom.readers.operator import FORWARDED, is_on_this_machine
from newsroom.readers.origin import address_of
from newsroom.roles import ADMINS, has_role
from newsroom.stories import model_calls
from newsroom.stories.models import ModelCall, ModelState, Notes, Story

FORMAT = "text/plain; version=0.0.4; charset=utf-8"
MEGABYTE = 1024**2
REFUSED = (
    "Metrics are for this machine, METRICS_FROM, METRICS_TOKEN and administrators: docs/how-to/watch-the-site.md\n"
)

Labels = dict[str, str]


@dataclass(frozen=True, slots=True)
class Metric:
    """One family of numbers: its name without backstory_, what it is, and (labels, value) of each."""

    name: str
    help: str
    samples: tuple[tuple[Labels, float], ...]
    kind: str = "gauge"


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers, to who may have them; where the database does not answer, those that need none."""
    if not may_read(request):
        return HttpResponse(REFUSED, content_type="text/plain; charset=utf-8", status=403)
    return HttpResponse(in_text(gathered(timezone.now())), content_type=FORMAT)


def may_read(request: HttpRequest) -> bool:
    """True for this machine, a network of METRICS_FROM, the bearer of METRICS_TOKEN, and an administrator."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and kind.lower() == "bearer":
        return compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
    return is_on_this_machine(request) or _is_from_named(request) or has_role(request, ADMINS)


def _is_from_named(request: HttpRequest) -> bool:
    """True of an address of METRICS_FROM. Who came by a proxy that TRUSTED_PROXIES does not name is not known."""
    if not settings.METRICS_FROM or not (address := address_of(request)):
        return False
    came_by_proxy = any(name in FORWARDED or name.startswith("HTTP_X_FORWARDED") for name in request.META)
    if came_by_proxy and address == request.META.get("REMOTE_ADDR"):
        return False
    return any(ip_address(address) in network for network in settings.METRICS_FROM)


def in_text(found: Iterable[Metric]) -> str:
    """Prometheus' text format, version 0.0.4."""
    lines: list[str] = []
    for one in found:
        name = f"backstory_{one.name}"
        lines += [f"# HELP {name} {one.help}", f"# TYPE {name} {one.kind}"]
        for labels, value in one.samples:
            said = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
            lines.append(f"{name}{{{said}}} {value:.15g}" if said else f"{name} {value:.15g}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def gathered(now: datetime) -> list[Metric]:
    """All numbers there are; without those of the database where it does not answer."""
    checks = readiness.checks()
    found = [*_of_process(), _many("ready", "1 where what /readyz looks at is so.", "check",
                                   {one.name: not one.problem for one in checks})]  # fmt: skip
    if any(one.problem for one in checks if one.name in ("database", "migrations")):
        return found
    try:
        return [*found, *_of_rows(now)]
    except (Error, OSError):  # gone since it was looked at
        return found


def _of_process() -> Iterator[Metric]:
    said = {"version": str(settings.VERSION), "database": connection.vendor}
    yield Metric("info", "The site's version and kind of database.", ((said, 1),))
    answered = counts.totals()
    by_status = tuple(({"status": name}, answered[name]) for name in NAMES if name != "kept")
    yield Metric("answers_total", "Answers given since the web server was started, by status.", by_status, "counter")
    kept = (({}, answered["kept"]),)
    yield Metric("kept_answers_total", "Of these, pages that were kept ready and not made anew.", kept, "counter")


def _of_rows(now: datetime) -> Iterator[Metric]:
    parts = condition(now)
    yield _many("part_well", "1 where /health calls this part well.", "part", {one.name: one.is_well for one in parts})
    yield from _of_feeds(parts, now)
    yield from _of_articles(parts)
    yield from _of_work(now)
    yield from _of_model(now)
    yield from _of_storage(parts)


def _figure(parts: list[Part], part: str, key: str) -> Any:
    return next((one.value for of in parts if of.name == part for one in of.figures if one.key == key), None)


def _of_feeds(parts: list[Part], now: datetime) -> Iterator[Metric]:
    states = {key: _figure(parts, "feeds", key) for key in ("followed", "paused", "failing", "never_answered")}
    states |= {"due": Feed.objects.due(now).count(), "overdue": _figure(parts, "desk", "overdue_feeds")}
    yield _many("feeds", "Feeds, by state; one may be in several.", "state", states)
    failing = Feed.objects.filter(is_on=True, failures__gt=0).values_list("problem_kind").annotate(n=Count("pk"))
    by_kind = dict(failing.order_by("problem_kind"))
    yield _many("failing_feeds", "Feeds whose last look failed, by why.", "why", by_kind)
    looked, started = (_figure(parts, "desk", key) for key in ("last_look_at", "started_at"))
    yield from _moment("last_look_timestamp_seconds", "When a feed was last looked at.", looked)
    yield from _moment("desk_start_timestamp_seconds", "When the desk was last started.", started)


def _of_articles(parts: list[Part]) -> Iterator[Metric]:
    yield _one("articles", "Articles held.", _figure(parts, "pages", "held"))
    yield _one("stories", "Stories held.", _figure(parts, "stories", "held"))
    yield _many(
        "refused_articles", "Articles without a text to show, by what their page is.", "kind", dict(refused_by_kind())
    )
    newest = _figure(parts, "pages", "newest_at")
    yield from _moment("newest_article_timestamp_seconds", "When the newest article came.", newest)
    if found := lags():
        cuts = quantiles([found[0], *found], n=100)
        help = "From an article's publishing to its arrival here, over the newest that tell the time."
        yield _many("arrival_lag_seconds", help, "quantile", {"0.5": cuts[49], "0.95": cuts[94]})


def _of_work(now: datetime) -> Iterator[Metric]:
    """What waits at each step, and for how long the longest has been due."""
    steps: tuple[tuple[str, Any, str], ...] = (
        ("feeds", Feed.objects.due(now), "next_check_at"),
        ("added", Addition.objects.due(), "asked_at"),
        ("pages", Article.objects.due_to_read(now), "next_read_at"),
        ("placing", Article.objects.due_to_group(), "read_at"),
        ("notes", Story.objects.due_for_notes(now), "notes_due_at"),
        ("pictures", Picture.objects.due(now), "due_at"),
        ("mails", Mail.objects.due(now), "due_at"),
        ("moderation", Comment.objects.filter(state="held"), "created_at"),
    )
    found = {name: rows.order_by().aggregate(n=Count("pk"), oldest=Min(field)) for name, rows, field in steps}
    waiting = {name: one["n"] for name, one in found.items()}
    if model_calls.is_on():
        waiting["model"] = Notes.objects.filter(written_at=None, story__in=Story.objects.public()).count()
    yield _many("waiting", "What waits to be done, by step.", "step", waiting)
    ages = {name: (now - one["oldest"]).total_seconds() for name, one in found.items() if one["oldest"]}
    yield _many("waiting_seconds", "For how long the one that is due the longest has been.", "step",
                {name: max(0.0, ages.get(name, 0.0)) for name in found})  # fmt: skip


def _of_model(now: datetime) -> Iterator[Metric]:
    if not model_calls.is_on():
        return
    made = {
        name: ModelCall.objects.filter(at__gt=now - span).count()
        for name, span in (("hour", model_calls.HOUR), ("day", model_calls.DAY))
    }
    yield _many("model_calls", "Calls of the language model in the last hour and day.", "span", made)
    most = {"hour": settings.MODEL_CALLS_AN_HOUR, "day": settings.MODEL_CALLS_A_DAY}
    yield _many("model_calls_most", "Calls that may be made in an hour and a day.", "span", most)
    rests = ModelState.objects.filter(pk=1, rests_until__gt=now).exists()
    yield _one("model_rests", "1 while the model is not asked because it failed.", rests)


def _of_storage(parts: list[Part]) -> Iterator[Metric]:
    yield _one("database_bytes", "Size of the database.", database_bytes())
    yield _one("disk_write_seconds", "To keep a small file for good.", _figure(parts, "disk", "write_ms") / 1000)
    for key, name, help in (
        ("free_mb", "disk_free_bytes", "Room on the data folder's disk."),
        ("disk_mb", "disk_bytes", "Size of the data folder's disk."),
    ):
        yield _one(name, help, _figure(parts, "disk", key) * MEGABYTE)
    made = _figure(parts, "backup", "last")
    yield from _moment("last_backup_timestamp_seconds", "When ./run backup last made one.", made)


def _one(name: str, help: str, value: float | None) -> Metric:
    return Metric(name, help, (({}, float(value or 0)),))


def _many(name: str, help: str, label: str, values: dict[str, Any]) -> Metric:
    return Metric(name, help, tuple(({label: key or "other"}, float(value or 0)) for key, value in values.items()))


def _moment(name: str, help: str, at: datetime | None) -> Iterator[Metric]:
    """As seconds since 1970; nothing where it never was."""
    if at is not None:
        yield _one(name, help, at.timestamp())
