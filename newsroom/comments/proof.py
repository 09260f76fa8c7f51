"""What a comment's form carries unseen: when it was made, and a small proof of work that a script does.

The start is signed, bound to its thread, and holds for a day. The proof is
"START~SALT~COUNT" whose SHA-256 begins with BITS zero bits: a moment for one
reader's machine, and an hour's work for who sends thousands. The salt is the
browser's own, since a page from the cache gives many readers one start; each
proof holds once. Source: Back 2002, Hashcash.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core import signing
from django.db import IntegrityError, transaction

from newsroom.articles.models import Article
from newsroom.comments.moderation import UsedProof
from newsroom.stories.models import Story

BITS = 16
LIVES = timedelta(days=1)
LONGEST = 300
PROOF = re.compile(r"(?P<start>[\w:.-]{1,200})~[0-9a-f]{16}~[0-9]{1,12}", re.ASCII)
SALT = "newsroom.comments.proof"


def start_of(place: Story | Article, now: datetime) -> str:
    """The signed moment at which a form of that thread was made."""
    return signing.Signer(salt=SALT).sign(f"{key_of(place)}.{int(now.timestamp())}")


def of_form(sent: Mapping[str, str], place: Story | Article, now: datetime) -> tuple[float | None, str]:
    """(seconds since the form was made, or None without a start that holds; the proof as it was sent)."""
    return seconds_since(sent.get("started", ""), place, now), sent.get("proof", "")[:LONGEST]


def seconds_since(start: str, place: Story | Article, now: datetime) -> float | None:
    """How long ago that start was given; None if it is none of ours, of another thread, or too old."""
    try:
        said, _, moment = signing.Signer(salt=SALT).unsign(start[:LONGEST]).rpartition(".")
    except signing.BadSignature:
        return None
    passed = now.timestamp() - int(moment)
    # A machine whose clock is a second behind the one that made the form is no cheat.
    return max(0.0, passed) if said == key_of(place) and -5 <= passed <= LIVES.total_seconds() else None


def is_worked(proof: str) -> bool:
    """True if the work was done; for which thread, and whether it was used, is said by `use`."""
    found = PROOF.fullmatch(proof)
    return bool(found) and has_zeros(hashlib.sha256(proof.encode()).digest())


def has_zeros(digest: bytes) -> bool:
    return int.from_bytes(digest[:8], "big") >> (64 - BITS) == 0


def use(proof: str, place: Story | Article, now: datetime) -> bool:
    """True for the one who brings a proof first, done for this thread within the day."""
    found = PROOF.fullmatch(proof)
    if found is None or not is_worked(proof) or seconds_since(found["start"], place, now) is None:
        return False
    UsedProof.objects.filter(at__lt=now - 2 * LIVES).delete()
    try:
        with transaction.atomic():
            UsedProof.objects.create(digest=hashlib.sha256(proof.encode()).hexdigest(), at=now)
    except IntegrityError:
        return False
    return True


def key_of(place: Story | Article) -> str:
    """The thread's name, as story-12."""
    return f"{'story' if isinstance(place, Story) else 'article'}-{place.pk}"
