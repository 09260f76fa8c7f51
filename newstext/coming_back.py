"""When an answer asks to be come back to: Retry-After, and how long it says it stays as it is.

Source: RFC 9110, section 10.2.3; RFC 9111, sections 4.2.1 and 5.2.2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

DAY_S = 86_400.0
WEEK_S = 7 * DAY_S  # the longest wait that is believed: a slip of a key must not end a feed
MAX_AGE = re.compile(r"(?:^|[\s,])(?:s-maxage|max-age)\s*=\s*\"?(\d{1,9})", re.ASCII | re.IGNORECASE)
NEVER_FRESH = re.compile(r"\b(?:no-cache|no-store)\b", re.IGNORECASE)


def retry_after_s(headers: Mapping[str, str], now: float) -> float:
    """Seconds to wait as Retry-After says, at most a week; 0 if it does not say.

    headers: by lower-case names. now: seconds since 1970, for an answer that bears no Date
    of its own; a date is reckoned from that one, for the server's clock may be off.
    """
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return min(float(said), WEEK_S)
    return min(max(_seconds_until(said, headers, now), 0.0), WEEK_S)


def fresh_for_s(headers: Mapping[str, str], now: float) -> float:
    """Seconds for which an answer says it stays as it is (max-age, else Expires); 0 if it does not say.

    More than a day is said of pictures and means no feed: 0 too.
    """
    control = headers.get("cache-control", "")
    if NEVER_FRESH.search(control):
        return 0.0
    if ages := [float(age) for age in MAX_AGE.findall(control)]:
        fresh_s = min(ages) - _age_s(headers)
    else:
        fresh_s = _seconds_until(headers.get("expires", ""), headers, now)
    return fresh_s if 0 < fresh_s <= DAY_S else 0.0


def _age_s(headers: Mapping[str, str]) -> float:
    said = headers.get("age", "").strip()
    return float(said) if said.isascii() and said.isdigit() else 0.0


def _seconds_until(said: str, headers: Mapping[str, str], now: float) -> float:
    until = _moment(said)
    sent = _moment(headers.get("date", ""))
    return until - (now if sent is None else sent) if until is not None else 0.0


def _moment(said: str) -> float | None:
    try:
        moment = parsedate_to_datetime(said)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    # HTTP knows no other zone, whatever it is called.
    return (moment if moment.tzinfo else datetime(*moment.timetuple()[:6], tzinfo=UTC)).timestamp()
