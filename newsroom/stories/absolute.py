"""The site's addresses as others need them: whole, with the host."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.encoding import iri_to_uri


def absolute(request: HttpRequest, path: str) -> str:
    """The whole address of a path of this site: under SITE_URL if it is given, else under the host that was asked.

    The host was held against ALLOWED_HOSTS. Without SITE_URL an answer differs
    by host and scheme: who keeps answers must keep them by both.
    """
    return str(iri_to_uri(f"{settings.SITE_URL or f'{request.scheme}://{request.get_host()}'}{path}"))
