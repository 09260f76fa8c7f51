"""The address of a publisher's favicon, for parts/favicon.html."""

from __future__ import annotations

from django import template

from newsroom.publishers import favicons
from newsroom.publishers.models import Publisher

register = template.Library()


@register.filter
def favicon_address(publisher: Publisher) -> str:
    """ "" where none is held. Never a query: a page may list hundreds of publishers."""
    return favicons.address_of(publisher)
