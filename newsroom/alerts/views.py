"""The page of a reader's alerts and what they found, and what its forms do. A page read changes nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from newsroom.alerts import hours, planning
from newsroom.alerts.composing import is_shown, mail_address
from newsroom.alerts.mail import PROBLEMS
from newsroom.alerts.models import LAST_HOUR, MOST_PUBLISHERS, Alert, Mail, MailChoices, Notice
from newsroom.alerts.save import CannotSet, set_alert
from newsroom.readers.asked_numbers import LONGEST, row_number
from newsroom.readers.models import Reader
from newsroom.readers.origin import own_form
from newsroom.readers.who_asks import SEE_OTHER, for_readers, signed_in
from newsroom.stories.models import Story
from newsroom.stories.save import stands_for

A_PAGE = 50
MAILS_SHOWN = 20
MOST_MAILS = 50
HOURS = [("", _("never")), *((str(hour), f"{hour:02d}:00") for hour in range(LAST_HOUR + 1))]


class AlertForm(forms.Form):
    """How one alert tells."""

    needs = forms.IntegerField(min_value=1, max_value=MOST_PUBLISHERS)
    by_mail = forms.BooleanField(required=False)


class MailForm(forms.Form):
    """When and how often mails come."""

    time_zone = forms.ChoiceField(
        label=_("Your time zone"), required=False, choices=lambda: [("", _("the site’s")), *_zones()]
    )
    alerts = forms.BooleanField(label=_("Mails of the alerts that are to mail me"), required=False)
    answers = forms.BooleanField(label=_("Mails of answers to my comments"), required=False)
    most_a_day = forms.IntegerField(
        label=_("At most so many mails of alerts and answers a day"), min_value=1, max_value=MOST_MAILS
    )
    quiet_from = forms.TypedChoiceField(
        label=_("Quiet from"), required=False, choices=HOURS, coerce=int, empty_value=None
    )
    quiet_until = forms.TypedChoiceField(label=_("until"), required=False, choices=HOURS, coerce=int, empty_value=None)
    edition_hour = forms.TypedChoiceField(
        label=_("The daily edition by mail at"), required=False, choices=HOURS, coerce=int, empty_value=None
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if (said.get("quiet_from") is None) != (said.get("quiet_until") is None):
            self.add_error(
                "quiet_until", _("Quiet hours need a beginning and an end; choose both, or “never” for both.")
            )
        return said


def _zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in hours.zone_names()]


@for_readers
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """The reader's alerts, and the newest that they found."""
    return _page(request)


def _page(request: HttpRequest, *, problem: object = "", status: int = 200) -> HttpResponse:
    reader = signed_in(request)
    before = row_number(request.GET.get("before", "")) or 0
    rows = Notice.objects.told().filter(reader=reader)
    if before and (last := rows.filter(pk=before).values_list("told_at", flat=True).first()):
        rows = rows.filter(told_at__lte=last).exclude(told_at=last, pk__gte=before)
    related = ("alert", "story__merged_into", "comment__story__merged_into", "comment__article")
    found = list(rows.select_related(*related)[: A_PAGE + 1])
    context = {
        "alerts": list(Alert.objects.filter(reader=reader)),
        "found": [(row, *_place_of(row)) for row in found[:A_PAGE]],
        "newest": found[0].pk if found and not before else 0,
        "older": found[A_PAGE - 1].pk if len(found) > A_PAGE else 0,
        "is_first": not before,
        "has_unread": Notice.objects.unread().filter(reader=reader).exists(),
        "most_publishers": MOST_PUBLISHERS,
        "problem": problem,
        "lacks": planning.why_no_mail(),
        "set": request.GET.get("set", "")[:LONGEST],
    }
    return render(request, "alerts.html", context, status=status)


def _place_of(row: Notice) -> tuple[Story | None, str]:
    """(the story as it stands now, the address to open); (None, "") where nothing of it is shown any more."""
    comment = row.comment
    if comment is not None and comment.state != comment.State.SHOWN:
        return None, ""
    of = comment.story if comment is not None else row.story
    story = stands_for(of) if of else None
    place = f"#comment-{comment.pk}" if comment is not None else ""
    if story is not None:
        return (story, f"/story/{story.pk}{place}") if is_shown(story) else (None, "")
    if comment is not None and comment.article and not comment.article.private_key:
        return None, f"/article/{comment.article.pk}{place}"
    return None, ""


@own_form
@for_readers
@require_POST
def set_one(request: HttpRequest) -> HttpResponse:
    """Set an alert, and lead to it: there one says whether it mails."""
    try:
        alert = set_alert(signed_in(request), request.POST.get("kind", ""), request.POST.get("key", ""), timezone.now())
    except CannotSet as error:
        return _page(request, problem=str(error), status=422)
    return HttpResponseRedirect(f"/alerts?set={alert.pk}#alert-{alert.pk}", status=SEE_OTHER)


@own_form
@for_readers
@require_POST
def change_one(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Keep how an alert tells, or delete it with what it found."""
    alert = get_object_or_404(Alert, pk=alert_id, reader=signed_in(request))
    if "delete" in request.POST:
        alert.delete()
        return HttpResponseRedirect("/alerts", status=SEE_OTHER)
    form = AlertForm(request.POST)
    if not form.is_valid():
        told = _("How many publishers must have it is a number from 1 to %(most)d.")
        return _page(request, problem=told % {"most": MOST_PUBLISHERS}, status=422)
    Alert.objects.filter(pk=alert.pk).update(**form.cleaned_data)
    return HttpResponseRedirect(f"/alerts?set={alert.pk}#alert-{alert.pk}", status=SEE_OTHER)


@own_form
@for_readers
@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Mark one find as read, or all up to the newest that the page had."""
    unread = Notice.objects.unread().filter(reader=signed_in(request))
    one, up_to = (row_number(request.POST.get(name, "")) for name in ("notice", "up_to"))
    if one is not None:
        unread.filter(pk=one).update(read_at=timezone.now())
    elif up_to is not None:
        seen = Notice.objects.filter(pk=up_to, reader=signed_in(request)).values_list("told_at", flat=True).first()
        if seen:
            unread.filter(told_at__lte=seen).update(read_at=timezone.now())
    return HttpResponseRedirect("/alerts", status=SEE_OTHER)


@own_form
@for_readers
def mails(request: HttpRequest) -> HttpResponse:
    """When and how often mails come, and what became of the last ones."""
    reader = signed_in(request)
    choices = planning.choices_of(reader)
    shown = ("alerts", "answers", "most_a_day", "quiet_from", "quiet_until", "edition_hour")
    first = {name: getattr(choices, name) for name in shown} | {"time_zone": reader.time_zone}
    form = MailForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        _keep_choices(reader, form.cleaned_data)
        return HttpResponseRedirect("/alerts/mails?done=saved", status=SEE_OTHER)
    rows = Mail.objects.filter(reader=reader)[:MAILS_SHOWN]
    context = {
        "form": form,
        "is_saved": request.GET.get("done") == "saved",
        "address": mail_address(reader),
        "lacks": planning.why_no_mail(),
        "mails": [(row, _(PROBLEMS[row.problem]) if row.problem in PROBLEMS else "") for row in rows],
    }
    return render(request, "alert_mails.html", context, status=422 if form.errors else 200)


def _keep_choices(reader: Reader, said: dict[str, Any]) -> None:
    time_zone = said.pop("time_zone")
    with transaction.atomic():
        Reader.objects.filter(pk=reader.pk).update(time_zone=time_zone)
        choices, _made = MailChoices.objects.select_for_update().get_or_create(reader=reader)
        for name, value in said.items():
            setattr(choices, name, value)
        choices.language = get_language() or choices.language  # mails come in what the page was read in
        planning.plan_edition(choices, time_zone, timezone.now())
        choices.save()
