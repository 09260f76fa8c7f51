"""Pages for readers who have saved nothing, kept ready in front of Django for some seconds.

A WSGI application around the site's. Only what is the same for everybody is
kept: a page asked for with GET, without a cookie other than the reader's
choices, answered with 200, without a cookie and without `private` or
`no-store`. The operator on this machine has pages of their own: they may be
shown more than a stranger.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsroom.readers import choices
from newsroom.readers.operator import is_from_here

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]
Key = tuple[str, ...]

FRESH_S = 20.0
MOST_BYTES = 64 * 1024 * 1024
LARGEST_BYTES = 1024 * 1024
LONGEST_ADDRESS = 500
OWN_COOKIE = "choices="
# Each of these is of one reader or one moment, or there are more of them than could be kept.
NEVER = (
    "/admin", "/setup", "/explain", "/text/", "/search", "/ask", "/choices", "/health", "/readyz", "/metrics",
    "/static/", "/api/", "/picture/", "/favicon/", "/account", "/deleted", "/following", "/reader/", "/fever",
    "/alerts", "/mails/", "/for-you", "/moderation", "/corrections",
)  # fmt: skip
# What is sent there changes nothing that others see.
CHANGES_NOTHING = (
    "/explain", "/text/", "/search", "/choices", "/ask", "/accounts/", "/account/app-passwords", "/follow", "/keep",
    "/saved", "/history", "/for-you", "/alerts", "/mails/", "/reader/", "/fever", "/api/greader.php", "/api/fever.php",
)  # fmt: skip
CHANGED = "pages-changed"  # a file of the data folder
WAS_KEPT = "backstory.was_kept"
UNSHARED = ("no-store", "no-cache")
OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Kept:
    """One page as it was sent. until, changed_at: when it is to be made anew at the latest, and at which change."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes
    until: float
    changed_at: int


class PageCache:
    """The site with its pages kept. changed: a file whose time says when a reader or editor last changed something."""

    def __init__(self, application: Application, changed: Path, *, fresh_s: float = FRESH_S) -> None:
        self._application = application
        self._changed = changed
        self._fresh_s = fresh_s
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD"):
            return self._write(environ, start)
        key = key_of(environ)
        if key is None:
            return self._application(environ, start)
        changed_at = self._changed_at()
        kept = self._kept.get(key)
        if kept and kept.until > time.monotonic() and kept.changed_at == changed_at:
            environ[WAS_KEPT] = True  # for newsroom.page_counts, which stands in front
            start(kept.status, list(kept.headers))
            return [kept.body] if method == "GET" else []
        return self._application(environ, start) if method == "HEAD" else self._make(environ, start, key, changed_at)

    def _make(self, environ: Environ, start: Start, key: Key, changed_at: int) -> Iterable[bytes]:
        said: list[Any] = []

        def listen(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            said[:] = [status, headers]
            return start(status, headers, *rest)

        answer = self._application(environ, listen)
        if not said or not may_be_kept(*said, for_operator=OPERATOR in key) or getattr(answer, "streaming", False):
            return answer
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        if len(body) <= LARGEST_BYTES:
            self._keep(key, Kept(said[0], said[1], body, time.monotonic() + self._fresh_s, changed_at))
        return [body]

    def _keep(self, key: Key, page: Kept) -> None:
        with self._lock:
            old = self._kept.pop(key, None)
            self._bytes += len(page.body) - (len(old.body) if old else 0)
            self._kept[key] = page
            while self._bytes > MOST_BYTES:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= len(oldest.body)

    def _write(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Let a form through; where it changed what others see, every process makes its pages anew."""

        def listen(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if status < "4" and not environ.get("PATH_INFO", "").startswith(CHANGES_NOTHING):
                mark_changed(self._changed)
            return start(status, headers, *rest)

        return self._application(environ, listen)

    def _changed_at(self) -> int:
        try:
            return os.stat(self._changed).st_mtime_ns
        except OSError:
            return 0


def mark_changed(path: Path) -> None:
    """Say to every process of this machine that pages are to be made anew; a full disk is no reason to fail."""
    with suppress(OSError):
        path.touch()
        os.utime(path)


def is_of_nobody(environ: Environ) -> bool:
    """True if nothing but the reader's choices says who asks."""
    cookies = environ.get("HTTP_COOKIE", "")
    # A folder that the site is said to stand in is printed in links; signs beyond ASCII are read in two ways.
    if environ.get("SCRIPT_NAME") or not cookies.isascii() or environ.get("HTTP_AUTHORIZATION"):
        return False
    return not cookies or (cookies.startswith(OWN_COOKIE) and ";" not in cookies and len(cookies) <= LONGEST_ADDRESS)


def key_of(environ: Environ) -> Key | None:
    """What tells one kept page from another; None for what is not to be kept."""
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if path.startswith(NEVER) or len(path) + len(query) > LONGEST_ADDRESS or not is_of_nobody(environ):
        return None
    cookies = environ.get("HTTP_COOKIE", "")
    return (
        path,
        query,
        environ.get("HTTP_HOST", ""),
        environ.get("wsgi.url_scheme", ""),
        choices.key_of_headers(cookies, environ.get("HTTP_ACCEPT_LANGUAGE", "")),
        "gzip" if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "") else "",
        OPERATOR if is_from_here(environ) else "",
        environ.get("HTTP_X_FORWARDED_PROTO", ""),
    )


def may_be_kept(status: str, headers: list[tuple[str, str]], *, for_operator: bool = False) -> bool:
    """True for a whole page that anybody may be given; or the operator, by themselves."""
    unshared = UNSHARED if for_operator else (*UNSHARED, "private")
    if not status.startswith("200"):
        return False
    for name, value in headers:
        low = name.lower()
        if low == "set-cookie" or (low == "cache-control" and any(word in value for word in unshared)):
            return False
    return True
