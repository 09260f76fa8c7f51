"""The queues of moderators, each comment with why it is there and what is known of its writer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newsroom.comments.holding import REASONS
from newsroom.comments.models import Comment, CommentQuerySet, Report
from newsroom.comments.moderating import version_of
from newsroom.comments.moderation import ModerationAct, Sanction
from newsroom.readers.models import Reader

Kind = ModerationAct.Kind
PAGE = 50
NEW_FOR = timedelta(days=14)
QUEUES = {
    "reported": _("Reported"),
    "pending": _("Pending"),
    "new": _("New"),
    "appeals": _("Appeals"),
}
REPORT_REASONS = dict(ModerationAct.RefusalReason.choices)
ANSWERS_REPORTS = (Kind.APPROVED, Kind.KEPT, Kind.REVERSED)


@dataclass(frozen=True, slots=True)
class Queued:
    """A comment as a moderator sees it. seen: what an act on it is bound to."""

    comment: Comment
    seen: str
    why: tuple[Promise | str, ...]
    reports: tuple[Report, ...]
    history: dict[str, int]  # how many comments of its writer stand as shown, refused, held
    is_banned: bool
    refusal: ModerationAct | None
    appeal: ModerationAct | None


def waiting(name: str, by: Reader, now: datetime) -> CommentQuerySet:
    """The comments of a queue, the first to be looked at first; appeals without those against one's own refusals."""
    acts = ModerationAct.objects.filter(comment=OuterRef("pk"))
    if name == "pending":
        return Comment.objects.filter(state=Comment.State.HELD).order_by("created_at", "pk")
    if name == "reported":
        answered = ModerationAct.objects.filter(
            comment=OuterRef("comment"), kind__in=ANSWERS_REPORTS, at__gte=OuterRef("at"), undone_by=None
        )
        is_open = Report.objects.filter(~Exists(answered), comment=OuterRef("pk"))
        return Comment.objects.shown().filter(Exists(is_open)).order_by("created_at", "pk")
    if name == "appeals":
        from newsroom.comments.moderating import has_another_moderator

        later = ModerationAct.objects.filter(comment=OuterRef("comment"), pk__gt=OuterRef("pk"))
        rows = Comment.objects.filter(Exists(acts.filter(~Exists(later), kind=Kind.APPEALED)))
        rows = rows.filter(state=Comment.State.REFUSED)
        if has_another_moderator(by):
            mine = acts.filter(kind__in=(Kind.REFUSED, Kind.BANNED), undone_by=None, by=by)
            rows = rows.exclude(Exists(mine))
        return rows.order_by("created_at", "pk")
    seen = acts.filter(undone_by=None).exclude(kind=Kind.UNDONE)
    return Comment.objects.shown().filter(~Exists(seen), created_at__gt=now - NEW_FOR).order_by("-created_at", "-pk")


def sizes(by: Reader, now: datetime) -> list[tuple[str, Promise | str, int]]:
    """(name, title, how many) of each queue."""
    return [(name, title, waiting(name, by, now).count()) for name, title in QUEUES.items()]


def page_of(name: str, by: Reader, now: datetime) -> list[Queued]:
    """The first comments of a queue with all that is known of them, in a fixed number of queries."""
    rows = list(waiting(name, by, now).select_related("reader", "story", "article", "parent")[:PAGE])
    acts: dict[int, list[ModerationAct]] = {row.pk: [] for row in rows}
    for act in ModerationAct.objects.filter(comment__in=rows).select_related("by").order_by("pk"):
        if act.comment_id:
            acts[act.comment_id].append(act)
    reports: dict[int, list[Report]] = {row.pk: [] for row in rows}
    for report in Report.objects.filter(comment__in=rows):
        reports[report.comment_id].append(report)
    histories = _histories(rows)
    banned = set(Sanction.objects.in_force(now).filter(reader__in=[row.reader_id for row in rows if row.reader_id])
                 .values_list("reader", flat=True))  # fmt: skip
    return [
        _queued(row, acts[row.pk], reports[row.pk], histories[_writer(row)], is_banned=row.reader_id in banned)
        for row in rows
    ]


def _queued(
    row: Comment, acts: list[ModerationAct], reports: list[Report], history: dict[str, int], *, is_banned: bool
) -> Queued:
    last = acts[-1] if acts else None
    refusals = [act for act in acts if act.kind in (Kind.REFUSED, Kind.BANNED) and act.undone_by_id is None]
    why = [REASONS[key] for key in row.held_because if key in REASONS] if row.state == Comment.State.HELD else []
    counted = Counter(report.reason for report in reports)
    why += [f"{REPORT_REASONS.get(reason, reason)} × {count}" for reason, count in counted.most_common()]
    appealed = last if last and last.kind == Kind.APPEALED else None
    return Queued(
        row, version_of(row, last), tuple(why), tuple(reports), history, is_banned, (refusals or [None])[-1], appealed
    )


def _writer(row: Comment) -> tuple[int | None, str, str]:
    return (row.reader_id, "", "") if row.reader_id else (None, row.name, row.address_hash)


def _histories(rows: Iterable[Comment]) -> dict[tuple[int | None, str, str], dict[str, int]]:
    """How the other comments of each writer stand."""
    found: dict[tuple[int | None, str, str], dict[str, int]] = {_writer(row): {} for row in rows}
    readers = [key[0] for key in found if key[0]]
    hashes = [key[2] for key in found if key[2]]
    wanted = Q(reader__in=readers) | Q(reader=None, address_hash__in=hashes)
    counted = Comment.objects.filter(wanted).order_by().values("reader", "name", "address_hash", "state")
    for one in counted.annotate(n=Count("pk")):
        key = (one["reader"], "", "") if one["reader"] else (None, one["name"], one["address_hash"])
        if key in found:
            found[key][one["state"]] = found[key].get(one["state"], 0) + one["n"]
    return found
