"""What is made for who is signed in is kept by no browser, proxy or service worker."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

PRIVATE = "private, no-store"


class PrivatePagesMiddleware:
    """Says so of every answer to who brings or is given a session, save of files that are everybody's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        name = settings.SESSION_COOKIE_NAME
        is_someones = name in request.COOKIES or name in response.cookies or "Authorization" in request.headers
        if is_someones and "public" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = PRIVATE
        return response
