"""What pages show of alerts to who is signed in; for others nothing, and no query."""

from __future__ import annotations

from typing import Any

from django import template

from newsroom.alerts.models import Alert, Notice
from newsroom.readers.following import OF_A_HASHTAG

register = template.Library()
COUNTED_MOST = 100  # the index is read no further


@register.simple_tag(takes_context=True)
def unread_alerts(context: dict[str, Any]) -> int:
    """How many finds the reader has not read, one look at an index; 100 for all that is more."""
    reader = _reader(context)
    return Notice.objects.unread().filter(reader=reader).order_by()[:COUNTED_MOST].count() if reader else 0


@register.simple_tag(takes_context=True)
def alert_of(context: dict[str, Any], kind: str, key: object) -> int:
    """The number of the reader's alert on that; 0 for none."""
    reader = _reader(context)
    kind = Alert.Kind.HASHTAG if kind in OF_A_HASHTAG else kind
    if not reader:
        return 0
    return Alert.objects.filter(reader=reader, kind=kind, key=str(key)).values_list("pk", flat=True).first() or 0


def _reader(context: dict[str, Any]) -> Any:
    user = getattr(context.get("request"), "user", None)
    return user if user is not None and user.is_authenticated else None
