"""The chart of a figure whose values tell how it went, for the part of a page that lists figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import template

from newsroom.stories import charts

register = template.Library()
FEWEST_VALUES = 3  # two are told by the table as well
# A number as the world writes it, alone in its value: 13, 1,200, 1.200, 5.8.
NUMBER = re.compile(r"\D*?(?P<whole>\d{1,3}(?:[,.\u202f ]\d{3})+|\d+)(?P<part>[.,]\d{1,2})?(?!\d)\D*", re.A)
MAGNITUDE = re.compile(r"million|billion|thousand|milliard|مليون|مليار|ألف|\b(?:mn|bn|m|k)\b", re.I)


@register.simple_tag
def figure_chart(figure: Mapping[str, Any], number: int) -> charts.Chart | None:
    """How a figure went, as a line; None unless each of some values is one plain number with a time of its own."""
    points = [point for value in figure["values"] if (point := _point(value["value"], value["as_of"]))]
    if len(points) < max(FEWEST_VALUES, len(figure["values"])) or len({point.at for point in points}) < len(points):
        return None
    what = str(figure["counts"])
    title = what[:1].upper() + what[1:]
    return charts.line(f"figure-{number}", points, title=title, caption=title)


def _point(said: str, as_of: str) -> charts.Point | None:
    found = NUMBER.fullmatch(said)
    try:
        at = datetime.fromisoformat(as_of)
    except ValueError:
        return None
    if found is None or MAGNITUDE.search(said):
        return None
    whole = re.sub(r"\D", "", found["whole"])
    value = float(whole + (found["part"] or "").replace(",", "."))
    return charts.Point(at if at.tzinfo else at.replace(tzinfo=UTC), value, said)
