"""The trending hashtags, for the part of a page that lists them."""

from __future__ import annotations

from typing import Any

from django import template

from newsroom.stories import muting
from newsroom.stories.models import TrendingHashtag

register = template.Library()
SHORT_LIST = 8


@register.simple_tag(takes_context=True)
def trending_hashtags(context: dict[str, Any], most: int = SHORT_LIST) -> list[TrendingHashtag]:
    """The hashtags with the most articles above their usual, as last chosen, without those that the reader mutes."""
    request = context.get("request")
    muted = muting.of(request).hashtags if request is not None else frozenset()
    rows = TrendingHashtag.objects.select_related("hashtag")
    return list((rows.exclude(hashtag__in=muted) if muted else rows)[:most])
