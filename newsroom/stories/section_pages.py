"""The stories of one section, or about one country, as pages and as feeds."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy, pgettext_lazy

from newsroom.readers.wording import country_in_words
from newsroom.stories.listing import listed, moment_of, page_of
from newsroom.stories.models import Story, StoryCountry, StoryQuerySet
from newsroom.stories.outgoing import feed_of
from newstext.countries import is_country

SECTION_NAMES = {
    "world": gettext_lazy("World"),
    "politics": gettext_lazy("Politics"),
    "business": gettext_lazy("Business"),
    "technology": gettext_lazy("Technology"),
    "science": gettext_lazy("Science"),
    "health": pgettext_lazy("a section of the news", "Health"),
    "sport": gettext_lazy("Sport"),
    "culture": gettext_lazy("Culture"),
}


def section(request: HttpRequest, name: str) -> HttpResponse:
    """The stories of a section, newest activity first."""
    return _list(request, _section_name(name), Story.objects.in_section(name), {"section_shown": name})


def section_feed(request: HttpRequest, name: str, form: str) -> HttpResponseBase:
    """The newest stories of a section as a feed."""
    title, stories = _section_name(name), Story.objects.in_section(name)
    return feed_of(request, stories, page=f"/section/{name}", title=title, form=form)


def country(request: HttpRequest, code: str) -> HttpResponse:
    """The stories about a country, newest activity first."""
    return _list(request, _country_name(code), Story.objects.about(code), {"country_shown": code})


def country_feed(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The newest stories about a country as a feed."""
    title, stories = _country_name(code), Story.objects.about(code)
    return feed_of(request, stories, page=f"/country/{code}", title=title, form=form)


def countries(request: HttpRequest) -> HttpResponse:
    """The countries that stories are about, by name."""
    standing = StoryCountry.objects.filter(story__merged_into=None, story__is_private=False)
    codes = standing.order_by().values_list("code", flat=True).distinct()
    named = sorted((country_in_words(code), code) for code in codes)
    return render(request, "countries.html", {"countries_shown": named})


def _list(request: HttpRequest, title: str, stories: StoryQuerySet, extra: dict[str, str]) -> HttpResponse:
    before = moment_of(request.GET.get("before", ""))
    context = {**page_of(listed(stories, before)), "title": title, "is_first": before is None, **extra}
    return render(request, "section.html", context)


def _section_name(name: str) -> str:
    if name not in SECTION_NAMES:
        raise Http404
    return str(SECTION_NAMES[name])


def _country_name(code: str) -> str:
    if not code.islower() or not is_country(code):
        raise Http404
    return country_in_words(code)
