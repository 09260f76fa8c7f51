"""The stories of one section, or about one country, as pages and as feeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from newsroom.readers.wording import country_in_words
from newsroom.stories.listing import Item, place_of
from newsroom.stories.models import Hashtag, Story, StoryCountry, StoryQuerySet
from newsroom.stories.outgoing import feed_of
from newsroom.stories.reader_lists import page_for
from newstext.countries import is_country

LATELY = timedelta(days=7)
FOREMOST = 12  # countries, by the stories of the last week
NAMED = 8  # hashtags beside a section's stories
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
    """The countries that stories are about, by name, each with its stories of the last week."""
    lately = Story.objects.public().filter(last_at__gt=timezone.now() - LATELY)
    counts = dict(lately.order_by().values_list("countries__code").annotate(n=Count("pk")))
    every = set(StoryCountry.objects.order_by().values_list("code", flat=True).distinct())  # read from an index alone
    quiet = StoryCountry.objects.filter(code__in=every - counts.keys(), story__merged_into=None)
    quiet = quiet.filter(story__is_private=False).order_by().values_list("code", flat=True).distinct()
    codes = {*(every & counts.keys()), *quiet}
    named = sorted((country_in_words(code), code, counts.get(code, 0)) for code in codes)
    foremost = sorted((one for one in named if one[2]), key=lambda one: (-one[2], one[0]))[:FOREMOST]
    return render(request, "countries.html", {"countries_shown": named, "foremost": foremost})


def _list(request: HttpRequest, title: str, stories: StoryQuerySet, extra: dict[str, str]) -> HttpResponse:
    """A page of these stories, the newest first; on the first the foremost of them leads."""
    before = place_of(request.GET.get("before", ""))
    page = page_for(request, stories, before)
    items: list[Item] = page["items"]  # type: ignore[assignment]
    context = {
        **page,
        "title": title,
        "is_first": before is None,
        "lead": max(items, key=_standing) if items and before is None else None,
        "named_most": _named_most(items) if before is None else [],
        **extra,
    }
    return render(request, "section.html", context)


def _standing(item: Item) -> tuple[datetime, int]:
    story = item[0]
    return story.front_at or story.last_at, story.pk


def _named_most(items: Iterable[Item]) -> list[Hashtag]:
    """The hashtags of most of these stories, those of one alone left out."""
    counts = Counter(tag for story, _sections, _publishers in items for tag in story.hashtags.all() if tag.has_page)
    return [tag for tag, count in counts.most_common(NAMED) if count > 1]


def _section_name(name: str) -> str:
    if name not in SECTION_NAMES:
        raise Http404
    return str(SECTION_NAMES[name])


def _country_name(code: str) -> str:
    if not code.islower() or not is_country(code):
        raise Http404
    return country_in_words(code)
