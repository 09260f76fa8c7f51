"""Writing: posting, answering, changing, deleting, voting, reporting, and an editor's rule for a thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from newsroom.comments import proof, save, votes
from newsroom.comments.attempt import Attempt
from newsroom.comments.models import Comment, Report
from newsroom.comments.places import Place, Rule, closed_because, find_place, place_of, rule_of, thread_address
from newsroom.comments.save import Gone, MayNot, NotTaken
from newsroom.comments.showing import form_of, viewer_of
from newsroom.comments.threads import page_of
from newsroom.readers.origin import address_of, own_form
from newsroom.readers.public_names import is_of_staff
from newsroom.readers.who_asks import reader_of, signed_in, to_sign_in, wants_json
from newsroom.roles import EDITORS, has_role
from newsroom.stories.removal_page import gone_or_404

SLOWEST_S = 86_400


class Words(forms.CharField):
    """Text with one form of line ends, as browsers count it."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class CommentForm(forms.Form):
    text = Words(label=gettext_lazy("Your comment"), max_length=4000, strip=True)
    parent = forms.IntegerField(required=False, min_value=1, max_value=2**62)


class NamedForm(CommentForm):
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=60, strip=True)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if is_of_staff(name):
            raise forms.ValidationError(_("It looks like the name of somebody of this site. Choose another name."))
        return name


class ReportForm(forms.Form):
    reason = forms.ChoiceField(label=gettext_lazy("What is wrong with it"), choices=Report.Reason.choices)
    text = Words(label=gettext_lazy("In your words"), max_length=500, strip=True, required=False)


class RuleForm(forms.Form):
    closed = forms.BooleanField(required=False)
    premoderated = forms.BooleanField(required=False)
    slow_s = forms.IntegerField(
        label=gettext_lazy("Seconds between two comments of one writer"),
        required=False,
        min_value=0,
        max_value=SLOWEST_S,
    )


# --- posting --------------------------------------------------------------------
def post(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Take a comment and lead back to the page, which says what became of it. Called by pages.thread, which guards."""
    place = find_place(kind, number)
    if place is None:
        return gone_or_404(request, number) if kind == "article" else _no(request, Gone(_("This story is not here.")))
    reader = reader_of(request)
    form = CommentForm(request.POST) if reader else NamedForm(request.POST)
    parent = None
    if form.is_valid() and form.cleaned_data["parent"]:
        parent = Comment.objects.filter(pk=form.cleaned_data["parent"]).select_related("reader").first()
        if parent is None:
            return _refused(request, place, form, str(_("The comment you answer is not here any more.")), 422)
    if not form.is_valid():
        return _refused(request, place, form, "", 422)
    said = form.cleaned_data
    try:
        comment = save.take_comment(_attempt(request, place, said["text"], said.get("name", ""), parent))
    except NotTaken as error:
        return _refused(request, place, form, str(error), error.status, parent)
    return _led_back(comment)


def _attempt(request: HttpRequest, place: Place, text: str, name: str, parent: Comment | None) -> Attempt:
    reader, now = reader_of(request), timezone.now()
    seconds, work = proof.of_form(request.POST, place, now)
    return Attempt(
        reader=reader,
        name=reader.name if reader else name,
        text=text,
        place=place,
        parent=parent,
        address=address_of(request),
        now=now,
        seconds_taken=seconds,
        trap=request.POST.get("website", "")[:200],
        proof=work,
    )


def _led_back(comment: Comment) -> HttpResponse:
    """To the comment where it is shown; else to its page, which says what became of it."""
    place = place_of(comment)
    if place is None:
        return HttpResponseRedirect("/comments/mine" if comment.reader_id else "/")
    if comment.state == Comment.State.SHOWN:
        there = page_of(comment)
        if there.startswith("/"):
            return HttpResponseRedirect(there)
        return HttpResponseRedirect(f"{thread_address(place)}{there.replace('#', '&comment=shown#', 1)}")
    return HttpResponseRedirect(f"{place.get_absolute_url()}?comment={comment.state}#comments")


def _refused(
    request: HttpRequest, place: Place, form: forms.Form, why: str, status: int, parent: Comment | None = None
) -> HttpResponse:
    """Why it was not taken, with the words, which can be mended and sent again."""
    context = {
        "place": place,
        "form": form,
        "why": why,
        "parent": parent if parent and parent.state == Comment.State.SHOWN else None,
        "text": request.POST.get("text", "")[:20_000],
        "name": request.POST.get("name", "")[:200],
        "back": f"{place.get_absolute_url()}#comments",
        **form_of(place, reader_of(request)),
    }
    return render(request, "comment_refused.html", context, status=status)


# --- one comment ----------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Found:
    """A comment and where it stands."""

    comment: Comment
    place: Place


def find(number: int, *, shown: bool = True) -> Found:
    """The comment of that number where its place is public. Raises Http404."""
    rows = Comment.objects.select_related("reader", "root", "parent__reader")
    comment = (rows.shown() if shown else rows).filter(pk=number).first()  # type: ignore[attr-defined]
    place = place_of(comment) if comment else None
    if comment is None or place is None:
        raise Http404(f"No comment {number}")
    return Found(comment, place)


def find_own(request: HttpRequest, number: int) -> Found:
    """A comment of who is signed in. Raises Http404 of all others: nobody learns what is held."""
    reader = reader_of(request)
    found = find(number, shown=False)
    if reader is None or found.comment.reader_id != reader.pk or found.comment.state == Comment.State.DELETED:
        raise Http404(f"No comment {number} of this reader")
    return found


def answer(request: HttpRequest, comment_id: int) -> HttpResponse:
    """The page on which one comment is answered."""
    found = find(comment_id)
    why = closed_because(found.place, rule_of(found.place), timezone.now())
    if why:
        return _no(request, MayNot(save.closed_in_words(why)))
    context = {
        "comment": found.comment,
        "parent": found.comment,
        "place": found.place,
        "viewer": viewer_of(request, is_open=False),
        **form_of(found.place, reader_of(request)),
    }
    return render(request, "comment_answer.html", context)


@own_form
def edit(request: HttpRequest, comment_id: int) -> HttpResponse:
    """The page on which a writer changes their comment, and the change."""
    if reader_of(request) is None:
        return to_sign_in(request)
    found = find_own(request, comment_id)
    comment, now = found.comment, timezone.now()
    if not save.may_edit(comment, reader_of(request), now):
        return _no(request, MayNot(save.cannot_edit(comment)))
    context = {"comment": comment, "place": found.place, "text": comment.text, **_edit_times(comment)}
    if request.method != "POST":
        return render(request, "comment_edit.html", context)
    form = CommentForm(request.POST)
    context |= {"form": form, "text": request.POST.get("text", "")[:20_000]}
    if not form.is_valid():
        return render(request, "comment_edit.html", context, status=422)
    comment.edited_at = _moment(request.POST.get("as_of", ""), comment.edited_at)
    try:
        attempt = _attempt(request, found.place, form.cleaned_data["text"], comment.name, comment.parent)
        return _led_back(save.edit_comment(comment, attempt))
    except NotTaken as error:
        return render(request, "comment_edit.html", {**context, "why": str(error)}, status=error.status)


def _edit_times(comment: Comment) -> dict[str, Any]:
    return {
        "as_of": comment.edited_at.isoformat() if comment.edited_at else "",
        "minutes": settings.COMMENT_EDIT_MINUTES,
    }


def _moment(said: str, otherwise: datetime | None) -> datetime | None:
    """When the comment was last changed as the form knew it."""
    if not said:
        return None if otherwise is None else datetime.min.replace(tzinfo=otherwise.tzinfo)
    try:
        moment = datetime.fromisoformat(said)
        return moment.astimezone(UTC) if moment.tzinfo else otherwise
    except (ValueError, OverflowError):  # the first and the last year have moments that are none in UTC
        return otherwise


@own_form
def delete(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Ask whether a comment is to go, and let it go."""
    reader = reader_of(request)
    if reader is None:
        return to_sign_in(request)
    found = find_own(request, comment_id)
    if request.method != "POST":
        context = {"comment": found.comment, "place": found.place, "viewer": viewer_of(request, is_open=False)}
        return render(request, "comment_delete.html", context)
    if not save.delete_comment(found.comment, reader):
        return _no(request, MayNot(_("A moderator refused this comment; it stays for your appeal and is not shown.")))
    return HttpResponseRedirect("/comments/mine")


@own_form
@require_POST
def vote(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Keep a vote; answered with the counts for the script, else by leading back."""
    reader = reader_of(request)
    if reader is None:
        return to_sign_in(request, back=f"/comment/{comment_id}")
    found = find(comment_id)
    value = request.POST.get("value", "")
    if value not in ("1", "-1", "0"):
        return _no(request, NotTaken(_("A vote is 1, -1 or 0.")))
    try:
        row = save.vote(found.comment, reader, int(value), timezone.now())
    except NotTaken as error:
        return _no(request, error)
    if wants_json(request):
        return JsonResponse({"ups": row.ups, "downs": row.downs, "vote": int(value)})
    return HttpResponseRedirect(f"/comment/{comment_id}")


@own_form
def report(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Take a reader's report of a comment."""
    reader = reader_of(request)
    if reader is None:
        return to_sign_in(request)
    found = find(comment_id)
    form = ReportForm(request.POST if request.method == "POST" else None)
    context = {
        "comment": found.comment,
        "place": found.place,
        "form": form,
        "reasons": Report.Reason.choices,
        "viewer": viewer_of(request, is_open=False),
        "may_judge": votes.may_vote(reader, found.comment, timezone.now()),
    }
    if request.method != "POST":
        return render(request, "comment_report.html", context)
    if not form.is_valid():
        return render(request, "comment_report.html", context, status=422)
    try:
        save.report(found.comment, reader, form.cleaned_data["reason"], form.cleaned_data["text"], timezone.now())
    except NotTaken as error:
        return _no(request, error)
    return render(request, "comment_report.html", {**context, "is_taken": True})


@own_form
@require_POST
def rule(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Keep what an editor decides for a thread."""
    if not has_role(request, EDITORS):
        raise PermissionDenied
    place = find_place(kind, number)
    if place is None:
        raise Http404(f"No {kind} {number}")
    form = RuleForm(request.POST)
    if not form.is_valid():
        said = _("Seconds between two comments of one writer: a number from 0 to %(most)d.") % {"most": SLOWEST_S}
        return _no(request, NotTaken(said))
    said = form.cleaned_data
    chosen = Rule(said["closed"], said["slow_s"] or 0, said["premoderated"])
    save.set_rule(place, chosen, timezone.now(), by=signed_in(request))
    return HttpResponseRedirect(f"{thread_address(place)}#comments")


def _no(request: HttpRequest, error: NotTaken) -> HttpResponse:
    """A page, or a line for the script, that says why not."""
    if wants_json(request):
        return JsonResponse({"why": str(error)}, status=error.status)
    context = {"title": _("This was not taken"), "why": str(error)}
    return render(request, "plain.html", context, status=error.status)
