"""What pages need of the first run: whether to lead to the choice of publishers, and why nothing stands here yet."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings

from newsroom.publishers.models import Feed, StartingChoice
from newsroom.readers.operator import is_first_operator, may_set_up
from newsroom.stories.models import Story

register = template.Library()


@register.simple_tag(takes_context=True)
def may_choose(context: dict[str, Any]) -> bool:
    """True for who may choose whom the site follows.

    The session is not looked at where no cookie came, so that the page stays the same for all without one.
    """
    request = context.get("request")
    if request is None:
        return False
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return may_set_up(request)
    return is_first_operator(request)


@register.simple_tag(takes_context=True)
def leads_to_choice(context: dict[str, Any]) -> bool:
    """The same, as long as nobody has chosen."""
    return may_choose(context) and not StartingChoice.objects.exists()


@register.simple_tag
def why_nothing_yet() -> str:
    """Why a page has nothing: "nobody" is followed, "reading" has just begun, or there is news "elsewhere"."""
    if Story.objects.public().exists():
        return "elsewhere"
    return "reading" if Feed.objects.filter(is_on=True).exists() else "nobody"
