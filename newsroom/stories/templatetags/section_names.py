"""Names of sections and countries, as the templates show them."""

from __future__ import annotations

from django import template

from newsroom.stories.section_pages import SECTION_NAMES
from newstext import countries

register = template.Library()


@register.filter
def section_name(name: str | None) -> str:
    """The section as readers call it; "" for none, and for General, which has no page."""
    return str(SECTION_NAMES.get(name or "", ""))


@register.filter
def country_name(code: str) -> str:
    return countries.country_name(code)


@register.simple_tag
def all_sections() -> list[tuple[str, str]]:
    """(name in addresses, name shown) of each section, in order."""
    return [(name, str(shown)) for name, shown in SECTION_NAMES.items()]
