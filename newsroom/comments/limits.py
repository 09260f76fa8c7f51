"""How often comments may be sent: by account, by address, by IPv6 /64, counted in the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from newsroom.comments.attempt import Attempt
from newsroom.comments.moderation import SendingLimit
from newsroom.readers.origin import hash_address, network_of

HOUR = timedelta(hours=1)
UNPROVEN_AN_HOUR = 600  # of all who have neither account nor proof: a flood from many addresses fills no queue
UNPROVEN = "unproven"


def hashes_of(address: str) -> list[str]:
    """The keyed hashes by which rows know an address: its own, and its network's."""
    return list(dict.fromkeys([hash_address(address), hash_address(network_of(address))])) if address else []


def take(attempt: Attempt, *, is_proven: bool) -> bool:
    """Count a comment that is being sent; False if its account, its network or a flood has used up the hour."""
    SendingLimit.objects.filter(began_at__lt=attempt.now - 2 * HOUR).delete()
    keys = [(hash_address(network_of(attempt.address)), settings.COMMENTS_PER_HOUR)]
    if attempt.reader:
        keys = [*keys, (hash_address(f"reader {attempt.reader.pk}"), settings.COMMENTS_PER_HOUR)]
    elif not is_proven:
        keys = [*keys, (UNPROVEN, UNPROVEN_AN_HOUR)]
    return all(take_one(key, most, attempt.now) for key, most in keys)


def take_one(key: str, most: int, now: datetime) -> bool:
    """Conditional updates alone, so that a hundred at once are counted as a hundred."""
    rows = SendingLimit.objects.filter(key=key)
    if rows.filter(began_at__gt=now - HOUR, count__lt=most).update(count=F("count") + 1):
        return True
    if most > 0 and rows.filter(began_at__lte=now - HOUR).update(began_at=now, count=1):
        return True
    if most < 1 or rows.exists():
        return False
    try:
        with transaction.atomic():
            SendingLimit.objects.create(key=key, began_at=now, count=1)
    except IntegrityError:  # another one of the same was quicker
        return bool(rows.filter(count__lt=most).update(count=F("count") + 1))
    return True
