"""The page of a request that cannot be taken as it was sent."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was sent is too large, or no form of ours; says which, and the way out.

    Made without the request: its host name may be the very thing that is wrong.
    """
    is_too_large = isinstance(exception, RequestDataTooBig)
    most_mb = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20
    page = render_to_string("400.html", {"is_too_large": is_too_large, "most_mb": most_mb})
    return HttpResponse(page, status=413 if is_too_large else 400)
