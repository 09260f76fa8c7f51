"""Pictures of articles and favicons of publishers, from the data folder alone."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from newsroom.articles import images
from newsroom.publishers import favicons

YEAR_S = 365 * 86_400


@require_safe
def picture(request: HttpRequest, signature: str, width: int, article_id: int) -> HttpResponse:
    """A copy of an article's lead picture. Its address names its bytes, so browsers may keep it for good."""
    found = images.read_copy(signature, width, article_id, timezone.now())
    if found is None:
        raise Http404("No such picture, or not signed here.")
    body, name = found
    return unchanging(request, body, name, "image/webp")


@require_safe
def favicon(request: HttpRequest, signature: str, publisher_id: int) -> HttpResponse:
    """A publisher's favicon."""
    if publisher_id > images.BIGGEST_ID:
        raise Http404("No such publisher.")
    found = favicons.read_favicon(signature, publisher_id, timezone.now())
    if found is None:
        raise Http404("No such favicon, or not signed here.")
    return unchanging(request, *found, "image/png")


def unchanging(request: HttpRequest, body: bytes, name: str, media_type: str) -> HttpResponse:
    """An answer for an address that never means other bytes; no other site may show it as its own."""
    answer = HttpResponse(body, content_type=media_type)
    answer["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    answer["ETag"] = f'"{name}"'
    answer["Content-Disposition"] = "inline"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return get_conditional_response(request, answer["ETag"], None, answer) or answer
