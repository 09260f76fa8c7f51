"""The lead picture of an article, for the part of a page that shows it."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings

from newsroom.articles import images
from newsroom.articles.models import Article

register = template.Library()


@register.simple_tag
def picture_of(article: Article) -> images.Shown | None:
    """The article's picture if it is held here. One query, none where `picture` was selected with the article."""
    picture = getattr(article, "picture", None) if settings.PICTURES else None
    return images.shown(picture) if picture else None


@register.simple_tag(takes_context=True)
def loading(context: dict[str, Any]) -> str:
    """ "eager" for the first picture of a page, "lazy" for those below it."""
    request = context.get("request")
    is_first = request is None or not getattr(request, "has_picture", False)
    if request is not None:
        request.has_picture = True
    return "eager" if is_first else "lazy"
