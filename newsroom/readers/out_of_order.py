"""The answer where a page cannot be made: 503 where what the site stands on is away for now, 500 where we are at fault.

Made without a session, a row or a kept part: any of them may be what is away.
"""

from __future__ import annotations

import errno
import sys

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from newsroom.readers import choices

RETRY_AFTER_S = 30
OF_THE_MACHINE = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ENOMEM, errno.EMFILE, errno.ENFILE}
)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page, or JSON for programs; nobody may keep it."""
    is_away = passes(sys.exc_info()[1])
    said = choices.read_cookie(request.COOKIES.get(choices.COOKIE, ""))
    with translation.override(choices.language_of(said, request.headers.get("Accept-Language", ""))):
        answer = _of_api(is_away) if is_for_programs(request) else _page(is_away, said.theme)
    answer["Cache-Control"] = "no-store"
    if is_away:
        answer["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def is_for_programs(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or request.path.endswith(".json")


def passes(error: BaseException | None) -> bool:
    """True of an error that mends itself once the database, disk or memory is there again."""
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError | MemoryError) or type(error) is DatabaseError:
            return True  # the last: SQLite's "malformed", said of what a disk at fault gave it too
        if isinstance(error, OSError) and error.errno in OF_THE_MACHINE:
            return True
        error = error.__cause__ or error.__context__
    return False


def _page(is_away: bool, theme: str) -> HttpResponse:
    context = {
        "is_away": is_away,
        "theme": theme,
        "language": translation.get_language() or settings.LANGUAGE_CODE,
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "site_name": settings.SITE_NAME,
    }
    return HttpResponse(render_to_string("503.html", context), status=503 if is_away else 500)


def _of_api(is_away: bool) -> HttpResponse:
    why = _("The site cannot answer right now. Ask again in half a minute.") if is_away else _("We are at fault here.")
    return JsonResponse({"detail": why}, status=503 if is_away else 500, json_dumps_params={"ensure_ascii": False})
