"""The trending hashtags, for the part of a page that lists them."""

from __future__ import annotations

from django import template

from newsroom.stories.models import TrendingHashtag

register = template.Library()
SHORT_LIST = 8


@register.simple_tag
def trending_hashtags(most: int = SHORT_LIST) -> list[TrendingHashtag]:
    """The hashtags with the most articles above their usual, as last chosen."""
    return list(TrendingHashtag.objects.select_related("hashtag")[:most])
