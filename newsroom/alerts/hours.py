"""A reader's hours: their zone, their quiet hours, and when an hour of theirs comes next, also in nights of a change.

An hour that a change leaves out is taken for the moment of the change; of one
that comes twice the first is meant.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.conf import settings

DAY = timedelta(days=1)
LOOKED_DAYS = 4  # ahead; an hour comes every day, save where a country jumped over a whole one


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; the site's for "" and for a name that is not known here."""
    for one in (name, settings.TIME_ZONE):
        try:
            return ZoneInfo(one)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """The zones one may choose: those of places, and UTC."""
    places = {name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))}
    return ("UTC", *sorted(places))


def moment(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """When it is that hour there on that day, in UTC."""
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def next_moment(after: datetime, hour: int, zone: ZoneInfo) -> datetime:
    """The first time after `after` that it is that hour there."""
    today = after.astimezone(zone).date()
    days = (today + n * DAY for n in range(LOOKED_DAYS))
    return next(at for day in days if (at := moment(day, hour, zone)) > after)


def is_quiet(now: datetime, begin: int | None, end: int | None, zone: ZoneInfo) -> bool:
    """True between the two hours there, over midnight too; never where either is not set, or they are one."""
    if begin is None or end is None or begin == end:
        return False
    hour = now.astimezone(zone).hour
    return begin <= hour < end if begin < end else hour >= begin or hour < end


def first_loud(now: datetime, begin: int | None, end: int | None, zone: ZoneInfo) -> datetime:
    """Now, or the end of the quiet hours that it is in."""
    while end is not None and is_quiet(now, begin, end, zone):
        now = next_moment(now, end, zone)  # again, where a change leaves out the only loud hour
    return now
