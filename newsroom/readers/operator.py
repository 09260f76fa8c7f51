"""Who may set the site up: its administrators, and before there is one whoever sits at its machine."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

from newsroom.readers.models import Reader
from newsroom.roles import ADMINS

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
# What proxies add to what they pass on. A request with any of them began elsewhere.
PASSED_ON = (
    "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "X-Client-Ip",
    "Cf-Connecting-Ip", "True-Client-Ip", "X-Forwarded-Server", "X-Forwarded",
)  # fmt: skip


def may_set_up(request: HttpRequest) -> bool:
    """True for an administrator, and for the machine's own user while there is no administrator."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return bool(user.is_active and user.role in ADMINS)
    return is_on_this_machine(request) and not has_administrator()


def has_administrator() -> bool:
    return Reader.objects.filter(role=Reader.Role.ADMIN, is_active=True).exists()


def is_on_this_machine(request: HttpRequest) -> bool:
    """True if a request surely began on the site's own machine: from loopback, to loopback, through nobody.

    A proxy on the machine speaks from loopback too. It gives itself away by
    what it adds, by the name it asks for, or by HTTP/1.0; and a site that
    answers to other names (SITE_HOSTS) trusts no loopback at all.
    """
    if settings.PUBLIC_HOSTS or any(name in request.headers for name in PASSED_ON):
        return False
    if request.META.get("SERVER_PROTOCOL") == "HTTP/1.0":
        return False
    host = request.get_host()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    if name.lower() not in LOOPBACK_NAMES:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
