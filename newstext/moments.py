"""Moments as feeds write them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

YEARS = range(1900, 2201)


def read_moment(text: str) -> datetime | None:
    """An aware moment from ISO 8601 or RFC 2822; none where no offset is given means UTC."""
    said = text.strip()
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        try:
            moment = parsedate_to_datetime(said)
        except (TypeError, ValueError, IndexError, OverflowError):
            return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment if moment.year in YEARS else None
