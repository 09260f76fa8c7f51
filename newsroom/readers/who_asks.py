"""Who asks: a reader who is signed in, or somebody else, who is led to sign in and back to where they were.

Roles ask for more than an account: newsroom/roles.py. Apps show a password of their own: newsroom/greader/asking.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from newsroom.readers.models import Reader
from newsroom.readers.next_page import own_page

FOUND, SEE_OTHER = 302, 303


def reader_of(request: HttpRequest) -> Reader | None:
    """Who is signed in, None for everybody else."""
    user = getattr(request, "user", None)
    return user if isinstance(user, Reader) else None


def signed_in(request: HttpRequest) -> Reader:
    """The reader whom a view of `for_readers` or `for_roles` answers."""
    reader = reader_of(request)
    if reader is None:
        raise TypeError(f"{request.path} is for who is signed in, and its view lets others in.")
    return reader


def for_readers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view for who is signed in. Others are led to sign in and back; a script is told so by 401."""

    @never_cache
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if reader_of(request) is not None:
            return view(request, *args, **kwargs)
        leads_on = to_sign_in(request)
        if wants_json(request):
            return JsonResponse({"problem": _("You are not signed in."), "address": leads_on["Location"]}, status=401)
        return leads_on

    return checked


def to_sign_in(request: HttpRequest, *, back: str = "") -> HttpResponse:
    """The way to sign in, and then on to `back`; without it to the page asked for, or where the form stood.

    Never to the address of a form: it may take posts alone, and what was posted is gone.
    """
    is_page = request.method in ("GET", "HEAD")
    if not back and is_page:
        back = request.get_full_path()
    back = back or own_page(request.POST.get("next", "")) or _sent_from(request) or "/"
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={quote(back)}", status=FOUND if is_page else SEE_OTHER)


def wants_json(request: HttpRequest) -> bool:
    """True of what keeping.js sends."""
    return "application/json" in request.headers.get("Accept", "")


def _sent_from(request: HttpRequest) -> str:
    """The page of this site whose form was sent, as browsers tell it; "" where they do not."""
    try:
        page = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # no address at all
        return ""
    return (
        own_page(page._replace(scheme="", netloc="", fragment="").geturl()) if page.netloc == request.get_host() else ""
    )
