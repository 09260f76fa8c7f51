"""Who or what a hashtag is, on its page: the roles held lately and what was said; and its page by kind and name.

A person, a place and an organisation have one page, that of their hashtag:
/person/NAME, /place/NAME and /organisation/NAME lead there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from newsroom.stories.models import Hashtag, Notes
from newsroom.stories.noted import linked
from newstext import hashtags

LOOKED_THROUGH = 40  # the newest stories, in whose notes a name is looked for
ROLES_MOST = 8
QUOTES_MOST = 6
NAME_LONGEST = 200

Told = list[dict[str, Any]]


def person(request: HttpRequest, name: str) -> HttpResponse:
    """Lead to the person's page."""
    return _lead(request, name, Hashtag.Kind.PERSON)


def place(request: HttpRequest, name: str) -> HttpResponse:
    """Lead to the place's page."""
    return _lead(request, name, Hashtag.Kind.PLACE)


def organisation(request: HttpRequest, name: str) -> HttpResponse:
    """Lead to the organisation's page."""
    return _lead(request, name, Hashtag.Kind.ORGANISATION)


def _lead(request: HttpRequest, name: str, kind: Hashtag.Kind) -> HttpResponse:
    """To the page of that kind; a name without one is answered with the search for it."""
    for row in _bearing(name[:NAME_LONGEST]):
        if row.has_page and row.kind in ("", kind):
            return HttpResponseRedirect(row.get_absolute_url())
    return render(request, "404.html", {"query": name[:NAME_LONGEST], "words": name[:NAME_LONGEST]}, status=404)


def _bearing(name: str) -> list[Hashtag]:
    """The hashtags of a name: its own, then that of a person or town that shares it, then by another name of it."""
    key = hashtags.key(hashtags.camel_case(name)) or hashtags.key(name)
    if not key:
        return []
    kinds = [f"{key}-{kind}" for kind in Hashtag.Kind.values]
    return [
        *Hashtag.objects.filter(key__in=[key, *kinds], is_blocked=False).order_by("key"),
        *Hashtag.objects.filter(aliases__key=key, is_blocked=False),
    ]


def roles_and_quotes(tag: Hashtag) -> tuple[Told, Told]:
    """What a person or place was called lately, and what was said by them, newest first, each with its evidence.

    Found by name in the notes of the hashtag's newest stories.
    """
    if not (settings.AI_FEATURES and tag.kind):
        return [], []
    newest = list(tag.stories.public().order_by("-last_at").values_list("pk", flat=True)[:LOOKED_THROUGH])
    noted = list(Notes.objects.filter(story__in=newest).values_list("body__people", "body__quotes"))
    keys = {tag.key.removesuffix(f"-{tag.kind}"), *tag.aliases.values_list("key", flat=True)}
    roles = list(_newest_of_each(_roles(tag, keys, (people for people, _quotes in noted)), "role", "on"))
    quotes = [one for _people, said in noted for one in said or () if _key(one.get("speaker", "")) in keys]
    quotes = list(_newest_of_each(quotes, "quote", "published_at"))
    found = linked({"roles": roles[:ROLES_MOST], "quotes": quotes[:QUOTES_MOST]})
    return found["roles"], found["quotes"]


def _key(name: str) -> str:
    return hashtags.key(hashtags.camel_case(name)) if name else ""


def _roles(tag: Hashtag, keys: set[str], sections: Iterable[Told | None]) -> Iterator[dict[str, Any]]:
    for people in sections:
        for one in people or ():
            if one.get("kind") in (None, "", tag.kind) and _key(one["name"]) in keys:
                yield from one["roles"]


def _newest_of_each(entries: Iterable[dict[str, Any]], what: str, when: str) -> Iterator[dict[str, Any]]:
    """The entries without those that say the same again, the newest first."""
    seen = set()
    for one in sorted(entries, key=lambda one: one.get(when) or "", reverse=True):
        said = " ".join(one[what].casefold().split())
        if said not in seen:
            seen.add(said)
            yield one
