"""{% form_token %}: Django's token in a form of who is signed in; nothing, and no cookie, for others."""

from __future__ import annotations

from typing import Any

from django import template
from django.middleware.csrf import get_token
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def form_token(context: dict[str, Any]) -> SafeString:
    """What every form of a view under readers.origin.own_form holds."""
    request = context.get("request")
    user = getattr(request, "user", None)  # none on a page of an error that came before it was known
    if request is None or user is None or not user.is_authenticated:
        return SafeString("")
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))
