"""What the names in a query mean: publishers, hashtags, countries and languages as conditions on articles."""

from __future__ import annotations

from functools import cache, reduce
from operator import and_, or_

from babel import Locale, UnknownLocaleError
from django.db.models import Q
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from newsroom.publishers.models import OldSlug, Publisher
from newsroom.stories.hashtag_keeping import find_hashtag
from newsroom.stories.models import Hashtag, Placement, StoryCountry
from newsroom.stories.search_query import Query
from newstext import hashtags
from newstext.countries import is_country
from newstext.language import normal_code
from newstext.mastheads import short_name
from newstext.words import fold

PUBLISHERS_MEANT = 20  # that one name may mean
UNKNOWN = {
    "publisher": gettext_noop(
        "No publisher is called “%(value)s”. Its name, its domain or the end of its page’s address will do."
    ),
    "tag": gettext_noop("No article has the hashtag “%(value)s”."),
    "country": gettext_noop("“%(value)s” is no country. Its name or its two letters will do, as country:no."),
    "lang": gettext_noop("“%(value)s” is no language. Its name or its letters will do, as lang:ar."),
}


def condition_of(query: Query) -> tuple[Q | None, list[str]]:
    """What the named things ask of an article, and in words those that mean nothing; None where nothing can match.

    Of several publishers, countries or languages an article has one; of several hashtags it has all.
    """
    whole, problems, is_possible = Q(), [], True
    for kind, means in MEANS.items():
        wanted: list[Q] = []
        for one in (one for one in query.named if one.kind == kind):
            meant = means(one.value)
            if meant is None:
                problems.append(_(UNKNOWN[kind]) % {"value": one.value})
                is_possible &= one.is_unwanted or kind != "tag"
            elif one.is_unwanted:
                whole &= ~meant
            else:
                wanted.append(meant)
        is_possible &= bool(wanted) or not query.values(kind)
        if wanted:
            whole &= reduce(and_ if kind == "tag" else or_, wanted)
    return (whole if is_possible else None), problems


def publishers_called(value: str) -> list[Publisher]:
    """The publishers that a slug, a domain or a name means; namesakes are all meant."""
    said = value.lower()
    domain = said.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    rows = Publisher.objects.filter(
        Q(slug=said) | Q(domain=domain) | Q(name__iexact=value) | Q(old_slugs__in=OldSlug.objects.filter(slug=said))
    )
    exact = list(rows.distinct()[:PUBLISHERS_MEANT])
    key = short_name(value)[:200]
    return exact or (list(Publisher.objects.filter(name_key=key)[:PUBLISHERS_MEANT]) if key else [])


def hashtag_called(value: str) -> Hashtag | None:
    """The hashtag of that name, blocked ones aside."""
    key = hashtags.key(value)
    found = find_hashtag(key) if key else None
    return found if found and not found.is_blocked else None


def country_called(value: str) -> str:
    """The country's two small letters; "" where the value is neither these nor its name here or in English."""
    code = value.lower()
    if len(code) == 2 and is_country(code):
        return code
    return _countries(get_language() or "en").get(_folded(value)) or _countries("en").get(_folded(value), "")


def language_called(value: str) -> str:
    """The language's letters; "" where the value is neither these nor its name here or in English."""
    named = _languages(get_language() or "en").get(_folded(value)) or _languages("en").get(_folded(value))
    return named or normal_code(value)


def _publisher(value: str) -> Q | None:
    found = publishers_called(value)
    return Q(publisher__in=[one.pk for one in found]) if found else None


def _hashtag(value: str) -> Q | None:
    found = hashtag_called(value)
    if found is None:
        return None
    stories = Hashtag.stories.through.objects.filter(hashtag=found).values("story")
    return Q(pk__in=Placement.objects.filter(story__in=stories).values("article"))


def _country(value: str) -> Q | None:
    code = country_called(value)
    stories = StoryCountry.objects.filter(code=code).values("story")
    return Q(pk__in=Placement.objects.filter(story__in=stories).values("article")) if code else None


def _language(value: str) -> Q | None:
    code = language_called(value)
    return Q(language=code) if code else None


MEANS = {"publisher": _publisher, "tag": _hashtag, "country": _country, "lang": _language}


def _folded(name: str) -> str:
    return " ".join(fold(word) for word in name.split())


@cache
def _countries(language: str) -> dict[str, str]:
    names = _locale(language).territories
    return {_folded(str(name)): str(code).lower() for code, name in names.items() if is_country(str(code).lower())}


@cache
def _languages(language: str) -> dict[str, str]:
    names = _locale(language).languages
    return {_folded(str(name)): code for code, name in names.items() if normal_code(code) == code}


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")
