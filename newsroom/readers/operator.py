"""Who may set the site up: its administrators, and before there is one whoever sits at its machine."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from newsroom.readers.models import Reader
from newsroom.roles import ADMINS

# A request that any of these names came through a proxy, which stands on loopback too.
FORWARDED = frozenset(
    "HTTP_FORWARDED HTTP_VIA HTTP_X_REAL_IP HTTP_X_CLIENT_IP HTTP_CF_CONNECTING_IP HTTP_TRUE_CLIENT_IP "
    "HTTP_X_CLUSTER_CLIENT_IP HTTP_FASTLY_CLIENT_IP".split()
)


def may_set_up(request: HttpRequest) -> bool:
    """True for an administrator, and for the machine's own user while there is no administrator."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return bool(user.is_active and user.role in ADMINS)
    return is_first_operator(request)


def is_first_operator(request: HttpRequest) -> bool:
    """True for the machine's own user while there is no administrator; no session is looked at."""
    return is_on_this_machine(request) and not has_administrator()


def has_administrator() -> bool:
    return Reader.objects.filter(role=Reader.Role.ADMIN, is_active=True).exists()


def is_on_this_machine(request: HttpRequest) -> bool:
    """True if a request surely began on the site's own machine."""
    return is_from_here(request.META)


def is_from_here(meta: Mapping[str, Any]) -> bool:
    """True of a request (META, a WSGI environ) that began on this machine, to a site that no other host name leads to.

    A proxy on this machine asks from loopback too. It is known by the headers it
    adds, by a Host or Referer that is not loopback's, and by HTTP/1.0, which
    nginx before 1.29.7 speaks to what is behind it. One that hides all of these
    cannot be told from the operator: hence SITE_HOSTS.
    """
    if settings.SITE_HOSTS or FORWARDED & meta.keys():
        return False
    if any(key.startswith("HTTP_X_FORWARDED") for key in meta):
        return False
    if meta.get("SERVER_PROTOCOL") == "HTTP/1.0" or not is_loopback(meta.get("REMOTE_ADDR", "")):
        return False
    came_from = meta.get("HTTP_REFERER", "")
    try:
        referers = [urlsplit(came_from).netloc] if came_from else []
    except ValueError:  # no address at all
        return False
    hosts = [meta.get("HTTP_HOST") or meta.get("SERVER_NAME", ""), *referers]
    return all(is_loopback(host) for host in hosts)


def is_loopback(host: str) -> bool:
    """True of an address of this machine, as 127.0.0.1, localhost:8000 or [::1]."""
    bare = host.partition("]")[0].lstrip("[") if host.startswith("[") else host
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    if bare.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
