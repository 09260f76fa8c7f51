"""Who's who of a story beside its hashtags: which of those named has a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from newsroom.stories.models import Hashtag
from newstext import hashtags


def pages_of(names: Iterable[str]) -> dict[str, str]:
    """Name -> address of its hashtag's page, also by another name of it; a name without a page is absent."""
    keys = {name: hashtags.key(hashtags.camel_case(name)) for name in names}
    wanted = set(keys.values()) - {""}
    if not wanted:
        return {}
    rows = Hashtag.objects.filter(Q(key__in=wanted) | Q(aliases__key__in=wanted), is_blocked=False)
    found: dict[str, str] = {}
    for key, count, other in rows.values_list("key", "article_count", "aliases__key"):
        tag = Hashtag(key=key, article_count=count)
        if tag.has_page:
            found[key] = tag.get_absolute_url()
            if other:
                found[other] = tag.get_absolute_url()
    return {name: found[key] for name, key in keys.items() if key in found}


def with_pages(people: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries of the section, each with the address of its page, or ""."""
    people = list(people)
    pages = pages_of(person["name"] for person in people)
    return [{**person, "page": pages.get(person["name"], "")} for person in people]
