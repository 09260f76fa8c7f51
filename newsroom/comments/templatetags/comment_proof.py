"""{% comment_proof %}: what stands unseen in the form of a comment, and the script that does the work."""

from __future__ import annotations

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from newsroom.articles.models import Article
from newsroom.comments import proof
from newsroom.stories.models import Story

register = template.Library()


@register.simple_tag(takes_context=True)
def comment_proof(context: dict[str, Any], place: Story | Article | None = None) -> SafeString:
    """The form's signed start and the empty field of the proof.

    place: the thread's story or article; else the page's `place`, `article` or `story`.
    """
    found = place or context.get("place") or context.get("article") or context.get("story")
    if not isinstance(found, Story | Article):
        raise template.TemplateSyntaxError("{% comment_proof %}: no place, article or story on this page. Give it one.")
    return format_html(
        '<input type="hidden" name="started" value="{}">'
        '<input type="hidden" name="proof" value="" data-bits="{}"><script src="{}" defer></script>',
        proof.start_of(found, timezone.now()),
        proof.BITS,
        static("proof.js"),
    )
