"""What the templates need for what moves: whether pages are kept, and from when on an open page asks for news."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from django import template
from django.template import Context

from newsroom.readers import offline
from newsroom.stories.models import Placement, Story
from newsroom.stories.showing import Telling

register = template.Library()


@register.simple_tag(takes_context=True)
def has_worker(context: Context) -> bool:
    """True where the browser may keep pages for offline."""
    request = context.get("request")
    return request is not None and offline.has_worker(request)


@register.simple_tag
def story_news_address(story: Story, tellings: Iterable[Telling]) -> str:
    """Where an open page asks what came to its story since; "" for a story without a telling."""
    placed = [one.placement.placed_at for one in tellings]
    placed += [copy.placement.placed_at for one in tellings for copy in one.copies]
    return f"/story/{story.pk}/new?since={quote(max(placed).isoformat())}" if placed else ""


@register.simple_tag
def front_news_address() -> str:
    """Where an open front page asks which stories began since; one look at an index."""
    newest = Placement.objects.order_by("-placed_at").values_list("placed_at", flat=True).first()
    return f"/new?since={quote(newest.isoformat())}" if newest else ""
