"""Reading without a network: the service worker, the manifest, and what its pages need."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import get_language, get_language_bidi

from newsroom.readers.operator import is_loopback

STATIC = Path(settings.STATICFILES_DIRS[0])
SCRIPTS = "*.js"
NOT_KEPT = frozenset({"sw.js"})
KEPT_PAGES = ("/offline", "/saved", "/keys?as=note")  # beside those that a reader opened
PAPER = "#fbfaf6"  # --paper of site.css


def has_worker(request: HttpRequest) -> bool:
    """True where a page may be kept for offline: not where the machine that reads is the one that serves.

    There it would bring nothing, and a worker outlives its site: it would
    answer for whatever is served at that port next.
    """
    host = request.META.get("HTTP_HOST", "")  # get_host() would raise on a page of errors
    return bool(host) and not is_loopback(host)


def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the top so that it has all pages; its bytes change with any file that it keeps."""
    files = [static("site.css"), static("favicon.svg"), *_scripts(), *KEPT_PAGES]
    head = f"const VERSION = {json.dumps(_version())}, FILES = {json.dumps(files)};\n"
    body = (STATIC / "sw.js").read_text(encoding="utf-8")
    response = HttpResponse(head + body, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def keys(request: HttpRequest) -> HttpResponse:
    """The keys of the keyboard; with ?as=note the part that opens over a page."""
    return render(request, "parts/keys_note.html" if request.GET.get("as") == "note" else "keys.html")


def manifest(request: HttpRequest) -> JsonResponse:
    """What a browser needs to put the site on a home screen."""
    icons = [
        {"src": static("favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
        {"src": static("icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {"src": static("icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    ]
    told = {
        "id": "/",
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME[:12],
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",  # with a way back
        "lang": get_language() or settings.LANGUAGE_CODE,
        "dir": "rtl" if get_language_bidi() else "ltr",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": icons,
    }
    response = JsonResponse(told, content_type="application/manifest+json")
    response["Cache-Control"] = "max-age=3600"
    return response


def _scripts() -> list[str]:
    return [static(path.name) for path in sorted(STATIC.glob(SCRIPTS)) if path.name not in NOT_KEPT]


@lru_cache(maxsize=1)
def _version() -> str:
    digest = hashlib.sha256(settings.VERSION.encode())
    for path in sorted(STATIC.iterdir()):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
