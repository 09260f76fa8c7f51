"""The comments under a story or article, for its page's template."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from newsroom.comments import showing
from newsroom.comments.drawing import Viewer, draw, gone_words, name_of
from newsroom.comments.markdown import as_html
from newsroom.comments.places import Place
from newsroom.comments.threads import Said

register = template.Library()
register.filter("as_html", as_html)
register.filter("writer", name_of)
register.filter("gone_words", gone_words)


@register.inclusion_tag("comments.html", takes_context=True)
def comments_of(context: dict[str, Any], place: Place) -> dict[str, object]:
    """The first page of the thread and the form, and how the reader's own post went, which the address says."""
    request = context["request"]
    return showing.section_of(request, place, state=request.GET.get("comment", ""))


@register.simple_tag
def said_list(said: list[Said], viewer: Viewer) -> SafeString:
    """Comments with their answers."""
    return draw(said, viewer)
