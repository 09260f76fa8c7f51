"""Searches that a reader keeps without an account: in a signed cookie of their own browser, and nowhere else."""

from __future__ import annotations

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from newsroom.stories.search_query import Query, read_query

COOKIE = "searches"
PATH = "/search"  # no other page is told of them
SALT = "newsroom.stories.search_saved"
MOST = 20
MOST_BYTES = 3000
KEPT_S = 365 * 24 * 3600


class CannotSave(ValueError):
    """The search is not kept; the message says why."""


def saved_searches(request: HttpRequest) -> list[str]:
    """The reader's searches, the newest first; none where the cookie is missing or was tampered with."""
    value = request.COOKIES.get(COOKIE, "")
    if not value or len(value) > 2 * MOST_BYTES:
        return []
    try:
        kept = signing.loads(value, salt=SALT)
    except (signing.BadSignature, ValueError):
        return []
    return [line for line in kept if isinstance(line, str)][:MOST] if isinstance(kept, list) else []


def with_search(saved: list[str], query: Query) -> list[str]:
    """These searches with the query in front. Raises CannotSave where it asks for nothing, or no room is left."""
    if not query.asks:
        raise CannotSave(_("There is nothing in this search to save."))
    kept = [query.said, *(line for line in saved if line != query.said)]
    if len(kept) > MOST:
        raise CannotSave(_("%(n)d searches are saved already, and no more are kept. Forget one first.") % {"n": MOST})
    if len(_value(kept)) > MOST_BYTES:
        raise CannotSave(_("Your saved searches are too long to be kept together. Forget one first."))
    return kept


def without_search(saved: list[str], line: str) -> list[str]:
    """These searches without that one."""
    gone = {line, read_query(line).said}
    return [kept for kept in saved if kept not in gone]


def keep(request: HttpRequest, response: HttpResponse, saved: list[str]) -> None:
    """Set the cookie on the response; with no search left it is taken away."""
    if not saved:
        response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
        return
    response.set_cookie(
        COOKIE, _value(saved), max_age=KEPT_S, path=PATH, httponly=True, samesite="Lax", secure=request.is_secure()
    )


def _value(saved: list[str]) -> str:
    return signing.dumps(saved, salt=SALT, compress=True)
