"""Names of sections and countries, as the templates show them."""

from __future__ import annotations

from django import template
from django.utils.html import format_html

from newsroom.publishers.models import Publisher
from newsroom.readers.wording import country_in_words
from newsroom.stories.coverage_page import PublisherRow
from newsroom.stories.section_pages import SECTION_NAMES

register = template.Library()
register.filter("country_name", country_in_words)


@register.filter
def section_name(name: str | None) -> str:
    """The section as readers call it; "" for none, and for General, which has no page."""
    return str(SECTION_NAMES.get(name or "", ""))


@register.simple_tag
def all_sections() -> list[tuple[str, str]]:
    """(name in addresses, name shown) of each section, in order."""
    return [(name, str(shown)) for name, shown in SECTION_NAMES.items()]


@register.simple_tag
def publisher_country(publisher: Publisher | PublisherRow) -> str:
    """Where a publisher sits, in the reader's language; as its list calls the place where it has no known code."""
    name = country_in_words(publisher.country)
    return name if name != publisher.country else format_html("<bdi>{}</bdi>", publisher.country_name or name)
