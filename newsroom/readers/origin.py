"""Where a request comes from: writes that another site started are refused.

Anonymous posts carry no cookie, so there is no token to compare; the browser's
own Sec-Fetch-Site and Origin headers say where a post comes from.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from newsroom.readers.refused import bad_request

MEANT_FOR_FILES = ("/setup/", "/admin/")  # they look who asks before they read
# Mail programs post there from wherever they are (RFC 8058); the signed address is all the right that it takes.
MEANT_FOR_OTHERS = ("/mails/stop/",)
ADDRESS_MOST_CHARS = 65_536  # eight times what our own web server takes; another may take more
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class SameOriginMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE_METHODS:
            return self.get_response(request)
        if _is_too_large(request):
            return bad_request(request, RequestDataTooBig())
        if not is_own(request) and not request.path.startswith(MEANT_FOR_OTHERS):
            why = _("This form was sent from another site. Open the page here and send it again.")
            return render(request, "plain.html", {"title": _("This may not be done"), "why": why}, status=403)
        return self.get_response(request)


class WholeAddressMiddleware:
    """An address with a NUL in it is none: PostgreSQL would refuse to look it up. Nor is one as long as a book."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path:
            raise Http404("An address with a NUL in it")
        length = len(request.path) + len(request.META.get("QUERY_STRING", ""))
        if length > ADDRESS_MOST_CHARS:
            why = f"The address has {length} characters, at most {ADDRESS_MOST_CHARS} are read. Ask for less at once.\n"
            return HttpResponse(why, status=414, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


def is_own(request: HttpRequest) -> bool:
    """True unless a header says that the request began on another origin."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin is None or (origin == "null" and site == "same-origin"):
        return True
    try:
        return urlsplit(origin).netloc == request.get_host()
    except ValueError:  # no address at all
        return False


def own_form(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that takes forms of anybody: with Django's token from who is signed in, whose cookie it protects.

    Who is not has no cookie; SameOriginMiddleware refuses posts of other sites. `{% form_token %}` prints the token.
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = protected if request.user.is_authenticated else view
        return chosen(request, *args, **kwargs)

    return checked


def _is_too_large(request: HttpRequest) -> bool:
    """True of a form far over the limit: its files would be written to disk before anybody looks at them."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    most = 2 * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return said.isdecimal() and int(said) > most and not request.path.startswith(MEANT_FOR_FILES)


def hash_address(address: str) -> str:
    """A keyed hash: equal for equal addresses, and no way back without the secret key."""
    return salted_hmac("newsroom.comments", address, algorithm="sha256").hexdigest()


def address_of(request: HttpRequest) -> str:
    """The address that a request came from; "" if there is none, as at a Unix socket.

    X-Forwarded-For is believed as far as TRUSTED_PROXIES wrote it: from its end
    to the first address that is none of them. What stands before that anybody
    may have invented.
    """
    seen = _address(request.META.get("REMOTE_ADDR", ""))
    for told in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if seen is None or not any(seen in network for network in settings.TRUSTED_PROXIES):
            break
        before = _address(told.strip())
        if before is None:
            break
        seen = before
    return str(seen) if seen else ""


def network_of(address: str) -> str:
    """The address by which limits and bans count: IPv4 itself, the /64 of IPv6, the address as it is where it is none.

    One household or rented machine has a whole /64, and takes another address of it whenever it likes.
    """
    found = _address(address.partition("%")[0])
    if found is None:
        return address
    return str(found) if isinstance(found, IPv4Address) else str(ip_network((found, 64), strict=False))


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
