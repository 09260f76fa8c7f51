"""Where a request comes from: writes that another site started are refused.

Anonymous posts carry no cookie, so there is no token to compare; the browser's
own Sec-Fetch-Site and Origin headers say where a post comes from.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class SameOriginMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE_METHODS and not is_own(request):
            return HttpResponseForbidden(
                _("This form was sent from another site. Open the page here and send it again.")
            )
        return self.get_response(request)


def is_own(request: HttpRequest) -> bool:
    """True unless a header says that the request began on another origin."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin is None or (origin == "null" and site == "same-origin"):
        return True
    return urlsplit(origin).netloc == request.get_host()


def hash_address(address: str) -> str:
    """A keyed hash: equal for equal addresses, and no way back without the secret key."""
    return salted_hmac("newsroom.comments", address, algorithm="sha256").hexdigest()
