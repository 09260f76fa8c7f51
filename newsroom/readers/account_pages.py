"""A reader's own account: overview, sessions, invitations, export, deletion."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import login_webauthn
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from newsroom.readers.account_forms import InvitationForm, ProfileForm
from newsroom.readers.export import everything_of
from newsroom.readers.leaving import LastAdministrator, delete_account, end_sessions
from newsroom.readers.models import Invitation, Reader
from newsroom.readers.origin import own_form
from newsroom.readers.sessions import sessions_of
from newsroom.readers.who_asks import SEE_OTHER, for_readers, signed_in
from newsroom.roles import EDITORS, has_role

INVITATION_LIVES = timedelta(days=14)
INVITATIONS_LISTED = 100
ROLES = {
    Reader.Role.READER: gettext_lazy("Reader"),
    Reader.Role.TRUSTED: gettext_lazy("Trusted reader"),
    Reader.Role.MODERATOR: gettext_lazy("Moderator"),
    Reader.Role.EDITOR: gettext_lazy("Editor"),
    Reader.Role.ADMIN: gettext_lazy("Administrator"),
}


def addresses() -> list[URLPattern]:
    return [
        path("account", account, name="account"),
        path("account/export", export, name="account-export"),
        path("account/delete", delete, name="account-delete"),
        path("account/invitations", invitations, name="invitations"),
        path("account/invitations/<int:invitation_id>/withdraw", withdraw, name="invitation-withdraw"),
        path("accounts/sessions/", sessions, name="usersessions_list"),
        path("accounts/sessions/end", end_others, name="sessions-end"),
        path("accounts/sessions/<int:session_id>/end", end_session, name="session-end"),
        path("accounts/2fa/webauthn/login/", begin_by_passkey, name="mfa_login_webauthn"),
        path("deleted", deleted, name="account-deleted"),
    ]


# Asking for a challenge keeps a session, of anybody: it is limited too, which theirs does not do.
begin_by_passkey = ratelimit.decorator(app="allauth.mfa", action="webauthn_begin", limit_get=True)(login_webauthn)


@own_form
@for_readers
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Name, time zone, and ways to all else; a post saves name and time zone."""
    reader = signed_in(request)
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=reader)
    if request.method == "POST" and form.is_valid() and form.keep():
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("account"), status=SEE_OTHER)
    if form.errors:
        reader.refresh_from_db()  # the page shows what is kept, the form what was typed
    kinds = list(Authenticator.objects.filter(user=reader).values_list("type", flat=True))
    context = {
        "form": form,
        "has_totp": Authenticator.Type.TOTP in kinds,
        "passkeys": kinds.count(Authenticator.Type.WEBAUTHN),
        "session_count": len(sessions_of(reader, "")),
        "may_invite": may_invite(request),
        "role": ROLES.get(Reader.Role(reader.role), ""),
        "has_organisation": bool(settings.OIDC_URL),
    }
    return render(request, "account/account.html", context, status=422 if form.errors else 200)


@own_form
@for_readers
@require_POST
@reauthentication_required
def export(request: HttpRequest) -> HttpResponse:
    """Everything that is held of the reader, as a file."""
    response = JsonResponse(everything_of(signed_in(request), timezone.now()), json_dumps_params={"indent": 1})
    response["Content-Disposition"] = 'attachment; filename="account.json"'
    return response


@own_form
@for_readers
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """What goes with the account; a post deletes it, once the reader has proven again who they are."""
    if request.method != "POST":
        return render(request, "account/delete.html", {"why_not": ""})
    return _delete(request)


@reauthentication_required
def _delete(request: HttpRequest) -> HttpResponse:
    comments = request.POST.get("comments", "")
    if comments not in ("delete", "keep"):
        why = _("Choose what becomes of your comments.")
        return render(request, "account/delete.html", {"why_not": why}, status=422)
    reader = Reader.objects.get(pk=signed_in(request).pk)
    try:
        delete_account(reader, deletes_comments=comments == "delete")
    except LastAdministrator:
        why = _("You are the only administrator. Make somebody else one first, in the administration under Users.")
        return render(request, "account/delete.html", {"why_not": why}, status=409)
    logout(request)
    return HttpResponseRedirect(reverse("account-deleted"), status=SEE_OTHER)


def deleted(request: HttpRequest) -> HttpResponse:
    said = {
        "title": _("Your account is deleted"),
        "why": _("Nothing of it is left here. Backups made before hold it until they are replaced."),
    }
    return render(request, "plain.html", said)


@for_readers
def sessions(request: HttpRequest) -> HttpResponse:
    """Where the reader is signed in."""
    found = sessions_of(signed_in(request), request.session.session_key or "")
    return render(request, "usersessions/usersession_list.html", {"sessions": found})


@own_form
@for_readers
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Sign out where that is; another reader's session is not found."""
    reader = signed_in(request)
    get_object_or_404(reader.usersession_set, pk=session_id)
    end_sessions(reader, only=session_id)
    messages.success(request, _("Signed out there."))
    return HttpResponseRedirect(reverse("usersessions_list"), status=SEE_OTHER)


@own_form
@for_readers
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    count = end_sessions(signed_in(request), but=request.session.session_key or "")
    messages.success(
        request, ngettext("Signed out in %(count)s place.", "Signed out in %(count)s places.", count) % {"count": count}
    )
    return HttpResponseRedirect(reverse("usersessions_list"), status=SEE_OTHER)


def may_invite(request: HttpRequest) -> bool:
    return settings.SIGN_UP == "invitation" and has_role(request, EDITORS)


@own_form
@for_readers
@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: HttpRequest) -> HttpResponse:
    """The reader's invitations; a post makes one and shows its link, this once."""
    if not may_invite(request):
        raise PermissionDenied(_("Editors invite, and only where signing up needs an invitation."))
    reader, link = signed_in(request), ""
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        secret = Invitation.issue(reader, form.cleaned_data["note"], timezone.now(), lives=INVITATION_LIVES)
        link = _link(request, secret)
        form = InvitationForm()
    made = reader.invitations.select_related("used_by")[:INVITATIONS_LISTED]
    context: dict[str, Any] = {"form": form, "link": link, "made": made, "now": timezone.now()}
    context["days"] = INVITATION_LIVES.days
    return render(request, "account/invitations.html", context, status=422 if form.errors else 200)


def _link(request: HttpRequest, secret: str) -> str:
    where = f"{reverse('account_signup')}?invitation={secret}"
    return f"{settings.SITE_URL}{where}" if settings.SITE_URL else request.build_absolute_uri(where)


@own_form
@for_readers
@require_POST
def withdraw(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Let an invitation of the reader's own go, unless it was used."""
    row = get_object_or_404(signed_in(request).invitations, pk=invitation_id)
    if Invitation.objects.filter(pk=row.pk, used_at=None).delete()[0]:
        messages.success(request, _("Withdrawn. The link no longer works."))
    return HttpResponseRedirect(reverse("invitations"), status=SEE_OTHER)
