"""The comments under an article, for its page's template."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from newsroom.articles.models import Article
from newsroom.comments.models import Comment
from newstext.sanitise import safe_comment

register = template.Library()


@register.inclusion_tag("comments.html")
def comments_of(article: Article, state: str = "") -> dict[str, object]:
    """The thread and the form. state: how the reader's own post went, from the address."""
    return {"article": article, "comments": Comment.objects.shown().filter(article=article), "state": state}


@register.filter
def as_html(text: str) -> SafeString:
    """A reader's words as safe HTML; newstext.sanitise escapes everything."""
    return SafeString(safe_comment(text))
