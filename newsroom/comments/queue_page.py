"""Moderators' pages: the queues, what is done in them, a writer's appeal, and the counts that all may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from newsroom.comments import moderating, queues
from newsroom.comments.holding import REASONS
from newsroom.comments.models import Comment
from newsroom.comments.moderation import ModerationAct
from newsroom.readers.asked_numbers import row_number
from newsroom.readers.origin import own_form
from newsroom.readers.who_asks import SEE_OTHER, signed_in
from newsroom.roles import MODERATORS, READERS, for_roles
from newsroom.stories.plain_pages import plain

COUNTED = timedelta(days=30)


@for_roles(MODERATORS)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """One queue; after an act, what was done and the way back from it."""
    name = request.GET.get("queue", "")
    by, now = signed_in(request), timezone.now()
    sizes = queues.sizes(by, now)
    if name not in queues.QUEUES:
        name = next((one for one, _title, count in sizes if count), "pending")
    act = ModerationAct.objects.filter(pk=row_number(request.GET.get("done", "")), by=by).first()
    context = {
        "queue": name,
        "title": queues.QUEUES[name],
        "sizes": sizes,
        "queued": queues.page_of(name, by, now),
        "act": act,
        "may_undo": bool(act and act.kind in moderating.UNDOABLE and act.undone_by_id is None),
        "refusal_reasons": ModerationAct.RefusalReason.choices,
        "ban_days": moderating.BAN_DAYS,
    }
    return render(request, "moderation.html", context)


@own_form
@for_roles(MODERATORS)
@require_POST
def decide(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Approve or refuse a comment, or answer its appeal, as the form says; back to the queue."""
    sent, by, now = request.POST, signed_in(request), timezone.now()
    seen, words = sent.get("seen", ""), sent.get("words", "")
    try:
        if "approve" in sent:
            act = moderating.approve(comment_id, by, now, seen=seen)
        elif "reverse" in sent or "uphold" in sent:
            is_reversed = "reverse" in sent
            act = moderating.answer_appeal(comment_id, by, now, seen=seen, is_reversed=is_reversed, words=words)
        else:
            days = sent.get("ban", "")
            act = moderating.refuse(
                comment_id,
                by,
                now,
                seen=seen,
                reason=sent.get("refuse", ""),
                words=words,
                ban_days=int(days) if days.isdecimal() and len(days) < 4 else None,
            )
    except moderating.CannotModerate as error:
        return _told(request, error)
    return _to_queue(request, act)


@own_form
@for_roles(MODERATORS)
@require_POST
def undo(request: HttpRequest, act_id: int) -> HttpResponse:
    """Take back an act."""
    try:
        act = moderating.undo(act_id, signed_in(request), timezone.now())
    except moderating.CannotModerate as error:
        return _told(request, error)
    return _to_queue(request, act)


@own_form
@for_roles(READERS)
@require_POST
def appeal(request: HttpRequest, comment_id: int) -> HttpResponse:
    """A writer asks that a refusal be looked at again, and is led back to their comments."""
    try:
        moderating.appeal(comment_id, signed_in(request), request.POST.get("words", ""), timezone.now())
    except Comment.DoesNotExist:
        raise Http404(f"No comment {comment_id} of this account") from None
    except moderating.CannotModerate as error:
        return plain(request, 422, _("This was not taken"), str(error))
    return HttpResponseRedirect(f"/comments/mine#comment-{comment_id}", status=SEE_OTHER)


@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """What became of the comments of the last thirty days, in numbers, for all to read."""
    since = timezone.now() - COUNTED
    rows = Comment.objects.filter(created_at__gte=since)
    states = _counted(rows, "state")
    held: Counter[str] = Counter()
    for keys, count in _pairs(rows.exclude(held_because=[]), "held_because"):
        held.update(dict.fromkeys(keys, count))
    acts = ModerationAct.objects.filter(at__gte=since)
    kinds = _counted(acts, "kind")
    refusals = acts.filter(kind__in=(ModerationAct.Kind.REFUSED, ModerationAct.Kind.BANNED))
    refused = _counted(refusals, "reason")
    names = dict(ModerationAct.RefusalReason.choices)
    context = {
        "taken": sum(states.values()),
        "shown": states[Comment.State.SHOWN],
        "waiting": states[Comment.State.HELD],
        "held": [(REASONS[key], count) for key, count in held.most_common() if key in REASONS],
        "approved": kinds["approved"],
        "refused": [(names.get(key, key), count) for key, count in refused.most_common()],
        "refused_in_all": sum(refused.values()),
        "banned": kinds["banned"],
        "undone": kinds["undone"],
        "appealed": kinds["appealed"],
        "reversed": kinds["reversed"],
    }
    return render(request, "moderation_counts.html", context)


def _counted(rows: QuerySet[Any], column: str) -> Counter[str]:
    return Counter(dict(_pairs(rows, column)))


def _pairs(rows: QuerySet[Any], column: str) -> Iterable[tuple[Any, int]]:
    """Each value of a column and how many rows have it, counted by the database: the page is open to all."""
    return rows.order_by().values_list(column).annotate(n=Count("pk"))


def _told(request: HttpRequest, error: moderating.CannotModerate) -> HttpResponse:
    status = 409 if isinstance(error, moderating.Overtaken) else 422
    context = {"why": str(error), "queue": _queue_of(request)}
    return render(request, "moderation_refused.html", context, status=status)


def _queue_of(request: HttpRequest) -> str:
    name = request.POST.get("queue", "")
    return name if name in queues.QUEUES else "pending"


def _to_queue(request: HttpRequest, act: ModerationAct) -> HttpResponse:
    return HttpResponseRedirect(f"/moderation?queue={_queue_of(request)}&done={act.pk}", status=SEE_OTHER)
