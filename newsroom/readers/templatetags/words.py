"""Django's own library i18n, with {% translate "words" %} looked up once a language instead of at each place it stands.

The settings put it in the place of Django's: templates load i18n as ever.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import Node, Parser, Token
from django.template.context import Context
from django.templatetags import i18n
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Words(Node):
    """Words that stand in the template itself; the same wherever they are shown in a language."""

    def __init__(self, node: Any) -> None:
        self.node = node
        self.by_language: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        words = self.by_language.get(language)
        if words is None:
            words = self.by_language[language] = self.node.render(context)
        return words


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Node:
    """Django's tag; what it says of a variable, or keeps in one, is found at each place."""
    node = i18n.do_translate(parser, token)
    said = node.filter_expression
    is_fixed = getattr(said.var, "literal", None) is not None and not said.filters
    return node if node.asvar or node.message_context or not is_fixed else Words(node)
