"""Where a form leads back to: a page of this site, and none of another."""

from __future__ import annotations

from django.utils.http import url_has_allowed_host_and_scheme

LONGEST_NEXT = 2000


def own_page(address: str) -> str:
    """The address if it is a page of this site, else ""."""
    is_page = address.startswith("/") and len(address) <= LONGEST_NEXT and address.isprintable()
    return address if is_page and url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""
