"""What a text looks like: the same again, or nearly the same, is known by it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import datetime, timedelta

from newsroom.comments.moderation import TextPrint

KEPT = timedelta(days=7)
FEWEST_WORDS = 5  # "well said" is sent by many, each by themselves
RUN = 3  # letters that are looked at together
BITS = 64
NEAR_FEWEST_WORDS = 8
NEAR_BITS = 9  # that two texts may differ in: a word or two changed; honest comments of one video rarely come below 11
LOOKED_AT_MOST = 2000
WORD = re.compile(r"\w+")


def folded(text: str) -> str:
    """The words alone, without case, signs or look-alike forms; so that full stops hide no repetition."""
    return " ".join(WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def key_of(text: str) -> str:
    """Equal for texts that differ in case, spaces and signs alone."""
    return hashlib.sha256(folded(text).encode()).hexdigest()


def near_of(text: str) -> int:
    """The text's SimHash: near texts differ in few bits. Source: Charikar 2002."""
    said = f" {folded(text)} "
    totals = [0] * BITS
    for run in {said[place : place + RUN] for place in range(max(1, len(said) - RUN + 1))}:
        value = int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest(), "big")
        for bit in range(BITS):
            totals[bit] += 1 if value >> bit & 1 else -1
    return sum(1 << bit for bit, total in enumerate(totals) if total > 0)


def look(text: str, *, writer: str, place: str, now: datetime) -> str:
    """ "same" or "near" if such a text was sent in the last days, else ""; the text is kept to be looked for.

    What its own writer sent to the same thread does not count: it is sent twice by a slip, or edited.
    """
    if len(folded(text).split()) < FEWEST_WORDS:
        return ""
    TextPrint.objects.filter(at__lt=now - KEPT).delete()
    key, near = key_of(text), near_of(text)
    others = TextPrint.objects.filter(at__gte=now - KEPT).exclude(writer=writer, place=place).order_by("-pk")
    found = "same" if others.filter(key=key).exists() else ""
    if not found and len(folded(text).split()) >= NEAR_FEWEST_WORDS:
        known = others.values_list("near", flat=True)[:LOOKED_AT_MOST]
        found = "near" if any((near ^ int(one, 16)).bit_count() <= NEAR_BITS for one in known) else ""
    TextPrint.objects.create(key=key, near=f"{near:016x}", writer=writer, place=place, at=now)
    return found
