"""The pages for what is not here, may not be done, or cannot be read: 404, 403, 400, 429."""

from __future__ import annotations

import re
from urllib.parse import unquote

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import is_valid_path
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from newsroom.stories.models import Placement, Story
from newsroom.stories.search import find_keys

WORD = re.compile(r"[^\W\d_]{3,40}")
OUR_OWN = frozenset(
    "story article hashtag hashtags section country edition publisher publishers search feed xml".split()
)
OUR_OWN |= frozenset("json html htm php aspx index www text changes health atom api".split())
WORDS_MOST, STORIES_MOST = 8, 5
READ_CHARS = 300  # of an address
LEADS_MOST_CHARS = 8000  # no server of ours takes a longer one, and Django raises where it is to lead to one of 16,384


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, with a search form and the stories nearest to the words of the address.

    An address with a slash too many leads to the one without.
    """
    path = request.path.removesuffix("/")
    if path != request.path and "//" not in path and "\\" not in path[:2] and is_valid_path(path):
        query = request.META.get("QUERY_STRING", "")
        address = f"{path}?{query}" if query else path
        if len(address) <= LEADS_MOST_CHARS:
            return HttpResponsePermanentRedirect(address)
    words = words_of(request.path)
    context = {"words": " ".join(words), "stories": nearest(words)}
    return render(request, "404.html", context, status=404)


def words_of(path: str) -> list[str]:
    """The telling words of an address."""
    found = WORD.findall(unquote(path[:READ_CHARS], errors="replace").lower())
    return [word for word in dict.fromkeys(found) if word not in OUR_OWN][:WORDS_MOST]


def nearest(words: list[str]) -> list[Story]:
    """Stories whose articles have these words, those with all of them first; none for one word, which says little."""
    if len(words) < 2:
        return []
    try:
        keys = find_keys(words, most=3 * STORIES_MOST, with_all=True)
        keys = keys or find_keys(words, most=3 * STORIES_MOST, with_all=False)
        rows = Placement.objects.filter(article__in=keys, story__is_private=False, story__merged_into=None)
        by_article = {row.article_id: row.story for row in rows.select_related("story").defer("story__began")}
    except DatabaseError:
        return []  # the page is whole without them
    return list({by_article[key].pk: by_article[key] for key in keys if key in by_article}.values())[:STORIES_MOST]


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the reason that the view gave."""
    why = str(exception) if exception else ""
    return plain(request, 403, _("This may not be done"), why or _("You may not see or do this. Sign in, or go back."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was open too long or sent from elsewhere."""
    why = _("The form was open too long, or came from another site. Open its page again and send it from there.")
    return plain(request, 403, _("This may not be done"), why)


def too_many(request: HttpRequest, why: str) -> HttpResponse:
    """429, for who did something too often."""
    return plain(request, 429, _("Too often"), why)


def tried_too_often(request: HttpRequest) -> HttpResponse:
    """429, for forms of accounts."""
    return too_many(request, _("This was sent too often from your address or for this account. Try again later."))


def plain(request: HttpRequest, status: int, title: str | Promise, why: str | Promise) -> HttpResponse:
    """A page that says one thing."""
    return render(request, "plain.html", {"title": title, "why": why}, status=status)
