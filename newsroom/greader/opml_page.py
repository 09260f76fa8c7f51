"""OPML in and out: the file of what a reader follows, the page that takes one, and the same for apps."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from newsroom.greader.asking import UNSHARED, Asked, CannotAnswer, for_apps
from newsroom.greader.opml import CannotTake, take, write
from newsroom.readers.operator import may_set_up
from newsroom.readers.origin import own_form
from newsroom.readers.who_asks import for_readers, signed_in

MEDIA_TYPE = "text/x-opml; charset=utf-8"


@for_readers
@require_safe
def following(request: HttpRequest) -> HttpResponse:
    """What the reader follows, as a file for any other reader of feeds."""
    response = HttpResponse(write(request, signed_in(request)), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = 'attachment; filename="following.opml"'
    response["Cache-Control"] = UNSHARED
    return response


@own_form
@for_readers
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Follow what a list names, as far as this site reads it; the rest is listed with the way to an editor."""
    context: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        file = request.FILES.get("file")
        body = file.read() if file else request.POST.get("list", "").encode("utf-8", "replace")
        try:
            if not body.strip():
                raise CannotTake(_("Nothing was given. Choose the file that your other app exported."))
            taken = take(request, signed_in(request), body, timezone.now())
            context = {"taken": taken, "may_add": may_set_up(request)}
        except CannotTake as error:
            context, status = {"problem": str(error)}, 422
    response = render(request, "following_import.html", context, status=status)
    response["Cache-Control"] = UNSHARED
    return response


@for_apps()
def export_to_app(asked: Asked) -> HttpResponseBase:
    """subscription/export."""
    return HttpResponse(write(asked.request, asked.reader), content_type=MEDIA_TYPE)


@for_apps("POST")
def import_from_app(asked: Asked) -> HttpResponseBase:
    """subscription/import: the list is the whole body, so no token stands in it; the password's header guards it."""
    try:
        taken = take(asked.request, asked.reader, asked.request.body, asked.now)
    except CannotTake as error:
        raise CannotAnswer(str(error)) from error
    return HttpResponse(f"OK: {len(taken.new) + taken.known}", content_type="text/plain; charset=utf-8")
