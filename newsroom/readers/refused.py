"""The page of a request that cannot be taken as it was sent."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

FOUND_MOST_CHARS = 50_000  # of what is looked for in texts, by SQLite; fewer where they are not ASCII


class TooLongToFindMiddleware:
    """Answers 400 to who looks for more than SQLite can look for: that is no outage, and asking again does not help."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return bad_request(request, exception) if is_too_long_to_find(exception) else None


def is_too_long_to_find(exception: Exception) -> bool:
    return isinstance(exception, OperationalError) and "pattern too complex" in str(exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was sent is too large, too long to look for, or no form of ours; says which, and the way out.

    Made without the request: its host name may be the very thing that is wrong.
    """
    is_too_large = isinstance(exception, RequestDataTooBig)
    said = {
        "is_too_large": is_too_large,
        "most_mb": settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20,
        "is_too_long": is_too_long_to_find(exception),
        "most_chars": FOUND_MOST_CHARS,
    }
    return HttpResponse(render_to_string("400.html", said), status=413 if is_too_large else 400)
