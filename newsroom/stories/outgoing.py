"""The feeds that the site sends out: its newest stories, all or of one subject, section or country."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import feedgenerator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsroom.stories.models import Story, StoryQuerySet

STORIES = 30


def feed_of(request: HttpRequest, stories: StoryQuerySet, *, page: str, title: str = "") -> HttpResponse:
    """The newest of these stories as RSS. page: the address of the page that lists them; title: what they are of."""
    made = feedgenerator.Rss201rev2Feed(
        title=f"{settings.SITE_NAME}: {title}" if title else settings.SITE_NAME,
        link=request.build_absolute_uri(page),
        feed_url=request.build_absolute_uri(request.path),
        description=_("The newest stories: %(title)s") % {"title": title} if title else _("The newest stories"),
        language="en",
    )
    for one in stories.order_by("-last_at", "-pk")[:STORIES]:
        link = request.build_absolute_uri(f"/story/{one.pk}")
        made.add_item(one.title, link, _told_by(one), unique_id=link, pubdate=one.last_at)
    return HttpResponse(made.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")


def _told_by(story: Story) -> str:
    """Who tells it: reprints confirm nothing, so origins are counted beside outlets."""
    outlets = ngettext("%(n)d outlet", "%(n)d outlets", story.publisher_count) % {"n": story.publisher_count}
    if not story.origin_count or story.publisher_count == 1:
        return outlets
    words = ngettext("%(n)d independent origin", "%(n)d independent origins", story.origin_count)
    return f"{outlets}, {words % {'n': story.origin_count}}"
