"""How the site does, part by part: what is well, what is not, and what to do about it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from newsroom import backups
from newsroom.alerts import planning
from newsroom.alerts.mail import PROBLEMS
from newsroom.alerts.models import Alert, Mail, MailChoices, MailServer
from newsroom.articles.models import Article, Thinning
from newsroom.desk import leases, readiness, set_clock
from newsroom.desk.models import Worker
from newsroom.desk.worker import STARTED
from newsroom.publishers.models import Addition, Feed
from newsroom.readers.wording import day_in_words
from newsroom.stories import model_calls
from newsroom.stories.models import Edition, ModelState, Story
from newsroom.stories.templatetags.news import duration

LATE = timedelta(hours=1)  # work that has been due for longer is a backlog
STOPPED = timedelta(minutes=15)  # feeds that nobody looks at for so long: nobody is at the desk
FAILING_SHOWN = 30
DISK_LEAST_BYTES = 1024**3
DISK_LEAST_SHARE = 0.05
DISK_SLOW_S = 1.0
MEGABYTE = 1024**2
DAY = timedelta(days=1)
_MAILS_NEED = gettext_lazy("Mails need SITE_URL, which their links begin with, and EMAIL_URL.")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number or moment of a part. key: its name in the JSON form."""

    key: str
    name: str
    value: int | str | datetime | None

    @property
    def is_moment(self) -> bool:
        return isinstance(self.value, datetime)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the site. advice: "" where all is well. is_watched: False of what the site cannot tell."""

    name: str
    title: str
    is_well: bool
    said: str
    advice: str = ""
    figures: tuple[Figure, ...] = ()
    is_watched: bool = True


def condition(now: datetime) -> list[Part]:
    """Every part of the site, in the order in which news goes through it."""
    model = _model(now)
    return [
        _desk(now),
        *([_workers()] if settings.BROKER_URL else []),
        _feeds(),
        _pages(now),
        _stories(now),
        *([model] if model else []),
        _edition(),
        _mails(now),
        _database(),
        _disk(),
        _clock(),
        _keeping(),
        _backup(),
    ]


def failing_feeds(most: int = FAILING_SHOWN) -> list[Feed]:
    """Followed feeds whose last look failed, those that failed most often in a row first."""
    rows = Feed.objects.filter(is_on=True, failures__gt=0).select_related("publisher")
    return list(rows.order_by("-failures", "pk")[:most])


def as_json(parts: Iterable[Part], now: datetime) -> dict[str, object]:
    """The same for programs."""
    parts = list(parts)
    return {
        "at": now.isoformat(),
        "is_well": all(part.is_well for part in parts),
        "parts": [
            {
                "name": part.name,
                "is_well": part.is_well,
                "is_watched": part.is_watched,
                "said": part.said,
                "advice": part.advice,
                "figures": {figure.key: _as_json(figure.value) for figure in part.figures},
            }
            for part in parts
        ],
    }


def _as_json(value: int | str | datetime | None) -> int | str | None:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value


def _desk(now: datetime) -> Part:
    overdue = Feed.objects.due(now - STOPPED).free(now).count()
    last = Feed.objects.aggregate(at=Max("last_checked_at"))["at"]
    is_well = not overdue or bool(last and now - last < STOPPED)
    waits = Addition.objects.due().count()
    return Part(
        "desk",
        _("The desk"),
        is_well,
        _("It is at work, or has nothing to do.") if is_well else _("Nobody has looked at the feeds for a while."),
        "" if is_well else _("Start the site with ./run and look into site.log in its data folder."),
        (
            Figure("last_look_at", _("last look at a feed"), last),
            Figure("started_at", _("started"), _started_at()),
            Figure("overdue_feeds", _("feeds that are overdue"), overdue),
            Figure("added_waiting", _("added addresses that are looked for"), waits),
        ),
    )


def _workers() -> Part:
    """How many workers take messages, where many machines read for the site."""
    alive = list(Worker.objects.filter(seen_at__gte=leases.moment() - leases.GONE_AFTER))
    if not alive:
        said, advice = _("No worker is at work."), _("Start ./run worker on a machine with the site’s settings.")
    elif any(worker.problem for worker in alive):
        said = _("The broker of messages does not answer.")
        advice = _("It goes on by itself once RabbitMQ runs and BROKER_URL leads to it; nothing is lost.")
    elif {worker.version for worker in alive} != {settings.VERSION}:
        said, advice = _("Workers of another version are at work."), _("Bring all machines to one version.")
    else:
        said, advice = _("They are at work."), ""
    figures = (Figure("alive", _("workers that live"), len(alive)),)
    return Part("workers", _("Workers"), not advice, said, advice, figures)


def _started_at() -> datetime | None:
    """When the desk was last started, where it has this data folder."""
    try:
        return datetime.fromtimestamp((settings.DATA_DIR / STARTED).stat().st_mtime, tz=UTC)
    except OSError:
        return None


def _feeds() -> Part:
    counts = Feed.objects.aggregate(
        on=Count("pk", filter=Q(is_on=True)),
        off=Count("pk", filter=Q(is_on=False)),
        failing=Count("pk", filter=Q(is_on=True, failures__gt=0)),
        never=Count("pk", filter=Q(is_on=True, last_success_at=None)),
        unasked=Count("pk", filter=Q(is_on=True, last_success_at=None, failures=0)),
    )
    on, failing = counts["on"], counts["failing"]
    is_well = failing * 2 <= on - counts["unasked"]
    if not on:
        said, advice = _("Nobody is followed."), _("Choose publishers at /setup/publishers, or use ./run add.")
    elif not failing:
        said, advice = _("Every feed that is followed answers."), ""
    else:
        said = ngettext("%(n)d of %(on)d feeds fails.", "%(n)d of %(on)d feeds fail.", failing) % {
            "n": failing,
            "on": on,
        }
        advice = _("If most fail, the site’s way to the net is shut; else see below what each one says.")
    return Part(
        "feeds",
        _("Feeds"),
        is_well and bool(on),
        said,
        advice,
        (
            Figure("followed", _("followed"), on),
            Figure("paused", _("paused or switched off"), counts["off"]),
            Figure("failing", _("failing"), failing),
            Figure("never_answered", _("never answered yet"), counts["never"]),
        ),
    )


def _pages(now: datetime) -> Part:
    waiting = Article.objects.due_to_read(now).count()
    late = Article.objects.due_to_read(now - LATE).count()
    said = ngettext("%(n)d page is to be read.", "%(n)d pages are to be read.", waiting) % {"n": waiting}
    advice = _("They come in faster than they are read. It goes on by itself; more READ_WORKERS or FETCH_THREADS help.")
    held = Article.objects.filter(private_key="").aggregate(n=Count("pk"), newest=Max("seen_at"))
    return Part(
        "pages",
        _("Articles"),
        not late,
        said,
        advice if late else "",
        (
            Figure("held", _("articles held"), held["n"]),
            Figure("newest_at", _("the newest came"), held["newest"]),
            Figure("waiting", _("to be read"), waiting),
            Figure("late", _("of these waiting for over an hour"), late),
        ),
    )


def _stories(now: datetime) -> Part:
    to_place = Article.objects.due_to_group().count()
    notes = Story.objects.due_for_notes(now).count()
    late = Story.objects.due_for_notes(now - LATE).count()
    said = ngettext("The notes of %(n)d story are to be made.", "The notes of %(n)d stories are to be made.", notes) % {
        "n": notes
    }
    advice = _("Pages come without their newest sections meanwhile. It goes on by itself; more READ_WORKERS help.")
    return Part(
        "stories",
        _("Stories"),
        not late,
        said,
        advice if late else "",
        (
            Figure("held", _("stories held"), Story.objects.public().count()),
            Figure("to_place", _("articles to be placed"), to_place),
            Figure("notes_waiting", _("notes to be made"), notes),
            Figure("notes_late", _("of these waiting for over an hour"), late),
        ),
    )


def _model(now: datetime) -> Part | None:
    """How the model does; None where none is named."""
    if not model_calls.is_on():
        return None
    state = ModelState.objects.filter(pk=1).first()
    problem = state.problem if state else ""
    return Part(
        "model",
        _("The language model"),
        not problem,
        problem or _("It answers, or has not been asked yet."),
        _("Until it answers the picked sentences are shown.") if problem else "",
        (Figure("name", _("its name"), settings.MODEL_NAME),),
    )


def _edition() -> Part:
    newest = Edition.objects.first()
    said = _("None has been made yet.")
    if newest:
        said = _("The newest is that of %(day)s.") % {"day": day_in_words(newest.on, "long")}
    return Part(
        "edition",
        _("The edition"),
        True,
        said,
        "",
        (Figure("newest", _("newest"), newest.on.isoformat() if newest else None),),
    )


def _mails(now: datetime) -> Part:
    """How the mails to readers go; what the site lacks matters once somebody wants one."""
    lacks = planning.why_no_mail()
    server = MailServer.objects.filter(pk=1).first() or MailServer()
    waiting = Mail.objects.due(now).count()
    late = Mail.objects.due(now - LATE).count()
    lost = Mail.objects.filter(given_up_at__gt=now - DAY).count()
    newest = Mail.objects.filter(given_up_at__gt=now - DAY).order_by("-given_up_at").first()
    is_wanted = (
        waiting
        or Alert.objects.filter(by_mail=True).exists()
        or MailChoices.objects.filter(edition_at__isnull=False).exists()
    )
    if lacks:
        said, advice = _("No mails can be sent: %(name)s is not set.") % {"name": lacks}, _MAILS_NEED
    elif server.problem:
        said = _("The mail server does not answer: %(problem)s") % {"problem": server.problem}
        advice = _("Mails wait and are tried again. See EMAIL_URL.")
    elif lost:
        said = ngettext("%(n)d mail was given up.", "%(n)d mails were given up.", lost) % {"n": lost}
        # In our words: the server's may hold a reader's address, and this page is for everybody.
        advice = _(PROBLEMS[newest.problem]) if newest and newest.problem in PROBLEMS else ""
    else:
        said, advice = _("Every mail that was due is sent.") if not late else _("Mails wait to be sent."), ""
    return Part(
        "mails",
        _("Mails"),
        not (lost or late or server.problem or (lacks and is_wanted)),
        said,
        str(advice),
        (
            Figure("waiting", _("to be sent"), waiting),
            Figure("late", _("of these waiting for over an hour"), late),
            Figure("given_up", _("given up in the last day"), lost),
            Figure("last_sent_at", _("the last was sent"), server.last_sent_at),
        ),
        is_watched=bool(is_wanted or not lacks),
    )


def database_bytes() -> int:
    """The database's size on disk, with its journal."""
    if connection.vendor == "sqlite":
        return sum(path.stat().st_size for path in settings.DATA_DIR.glob("site.sqlite3*"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _database() -> Part:
    held = readiness.is_held()
    return Part(
        "database",
        _("The database"),
        not held,
        _("Another program holds it: nothing can be written.") if held else _("It answers, and takes what is written."),
        _("It goes on by itself once that program lets go. Look for an open sqlite3, or a copy being made.")
        if held
        else "",
        (Figure("database_mb", _("MB of the database"), database_bytes() // MEGABYTE),),
    )


def _disk() -> Part:
    try:
        disk = shutil.disk_usage(settings.DATA_DIR)
        total, free = disk.total, disk.free
    except OSError:
        total = free = 0
    has_room = free > DISK_LEAST_BYTES and free > total * DISK_LEAST_SHARE
    took_s = readiness.disk_s()
    if not has_room:
        said = _("The disk is nearly full; a full one stops the reading.")
        advice = _("Make room, or move the data folder with --data DIR.")
    elif took_s > DISK_SLOW_S:
        said = _("The disk is slow, or takes nothing; pages and reading wait for it.")
        advice = _("See what else writes there, whether it may be written, and whether it is about to fail.")
    else:
        said, advice = _("There is room."), ""
    return Part(
        "disk",
        _("Disk space"),
        not advice,
        said,
        advice,
        (
            Figure("free_mb", _("MB free"), free // MEGABYTE),
            Figure("disk_mb", _("MB in all"), total // MEGABYTE),
            Figure("write_ms", _("milliseconds to keep a small file"), round(min(took_s, 3600) * 1000)),
        ),
    )


def _clock() -> Part:
    off = set_clock.off_by()
    if off is None:
        said, advice = _("Nothing that answers us says that it is wrong."), ""
    else:
        words = (
            _("It is %(time)s ahead of the publishers’.")
            if off > timedelta(0)
            else _("It is %(time)s behind the publishers’.")
        )
        said = words % {"time": duration(abs(off))}
        advice = _("Set it right, best by a time service (NTP). What was put off meanwhile is done then.")
    figures = (Figure("off_s", _("seconds off"), round(off.total_seconds()) if off else 0),)
    return Part("clock", _("The clock"), off is None, said, advice, figures)


def _keeping() -> Part:
    """What is let go of, and what went; nothing is, unless the operator says so."""
    days = settings.KEEP_DAYS
    said = _("Everything that is read is kept.")
    if days:
        said = ngettext(
            "Texts are kept for %(n)d day; headlines, stories and their notes stay.",
            "Texts are kept for %(n)d days; headlines, stories and their notes stay.",
            days,
        ) % {"n": days}
    state = Thinning.objects.filter(pk=1).first()
    figures = (
        Figure("thinned", _("articles whose text went"), state.articles),
        Figure("versions", _("earlier versions that went"), state.versions),
        Figure("own_texts", _("texts of readers that went"), state.own_texts),
        Figure("last_at", _("the last went"), state.at),
    ) if state else ()  # fmt: skip
    return Part("keeping", _("What is kept"), True, said, "", figures, is_watched=False)


def _backup() -> Part:
    """When the last one was made. The site makes none by itself; that is said, since nobody should think it does."""
    made = backups.last()
    return Part(
        "backup",
        _("Backup"),
        True,
        _("One was made.") if made else _("None was made yet."),
        _("./run backup FILE makes one while the site goes on; let a timer do it each night."),
        (
            Figure("last", _("last backup"), made[0] if made else None),
            *([Figure("backup_mb", _("MB of it"), made[1] // MEGABYTE)] if made else ()),
        ),
        is_watched=False,
    )
