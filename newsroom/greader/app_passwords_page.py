"""The page where a reader makes a password for an app, and ends one."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from newsroom.greader.asking import UNSHARED
from newsroom.greader.streams import FOLDERS
from newsroom.readers.app_passwords import MOST, TooManyPasswords, living_of, make, revoke, user_name
from newsroom.readers.models import AppPassword, Follow
from newsroom.readers.origin import own_form
from newsroom.readers.who_asks import SEE_OTHER, for_readers, signed_in
from newsroom.stories.absolute import absolute

ADDRESS = "/account/app-passwords"
LONGEST_NAME = 60


@own_form
@for_readers
@reauthentication_required(allow_get=True)
@require_http_methods(["GET", "HEAD", "POST"])
def app_passwords(request: HttpRequest) -> HttpResponse:
    """The reader's own app passwords, by name; a post makes one, which this one answer shows, or ends one."""
    if request.method != "POST":
        return _page(request)
    if request.POST.get("do") == "revoke":
        is_done = revoke(signed_in(request), request.POST.get("number", ""), timezone.now())
        return HttpResponseRedirect(f"{ADDRESS}?{'revoked' if is_done else 'none'}=1", status=SEE_OTHER)
    name = " ".join(request.POST.get("name", "").replace("\0", " ").split())
    problem = ""
    if not name:
        problem = _("Give it a name, so that you know later which one to end.")
    elif len(name) > LONGEST_NAME:
        problem = _("The name has %(n)d characters, at most %(most)d are kept.") % {
            "n": len(name),
            "most": LONGEST_NAME,
        }
    if problem:
        return _page(request, {"problem": problem, "name": name[:LONGEST_NAME]}, status=422)
    try:
        purpose = AppPassword.Purpose.FEVER if _is_fever(request) else AppPassword.Purpose.GREADER
        made = make(signed_in(request), name, purpose, timezone.now())
    except TooManyPasswords:
        problem = _("You have %(most)d, more are not kept. End one that you do not use.") % {"most": MOST}
        return _page(request, {"problem": problem, "name": name}, status=422)
    return _page(request, {"made": made})


def _is_fever(request: HttpRequest) -> bool:
    return settings.FEVER and request.POST.get("purpose") == AppPassword.Purpose.FEVER


def _page(request: HttpRequest, more: dict[str, Any] | None = None, *, status: int = 200) -> HttpResponse:
    reader = signed_in(request)
    context = {
        "rows": living_of(reader),
        "user_name": user_name(reader),
        "base": absolute(request, ""),
        "has_fever": settings.FEVER,
        "longest": LONGEST_NAME,
        "follows_something": Follow.objects.filter(reader=reader, kind__in=list(FOLDERS)).exists(),
        "is_revoked": "revoked" in request.GET,
        "is_none": "none" in request.GET,
        **(more or {}),
    }
    response = render(request, "app_passwords.html", context, status=status)
    response["Cache-Control"] = UNSHARED
    return response
