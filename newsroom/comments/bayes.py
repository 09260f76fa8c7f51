"""How likely words are spam, by what moderators of this site refused as spam and approved; no third party.

Naive Bayes over words, pairs of words and runs of five signs, the sum of log
odds divided by a power of their number, so that a long honest comment does not
drown. Source: Graham 2002, A plan for spam; Robinson 2003. What it reaches:
`./run measure spam`.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import pairwise

from django.db import transaction
from django.db.models import F

from newsroom.comments.moderation import SpamWord

RUN = 5
SIGNS_MOST = 600  # of one comment
READ_CHARS = 4000
ROWS_MOST = 60_000
FEWEST_OF_EACH = 20  # comments refused as spam, and approved, before it says anything
SMOOTHING = 0.5
EVEN_OUT = 0.8
SPAM_FROM = 2.1  # of `score`: above it stands one honest comment in a hundred, by folds
ALL = ""  # the row that counts the comments themselves
WORD, TOKEN = re.compile(r"\w+"), re.compile(r"\w+|[^\w\s]")
UNSEEN = re.compile(r"[\u200b-\u200f\u2060\ufeff]")
LINK = re.compile(r"(?:https?://|www\.)([\w.-]+)|\b([\w-]+\.(?:com|net|org|info|biz|me|ly|co|ru|tk|xyz|top))\b")
Counts = Callable[[str], tuple[int, int]]  # of a sign: in how much spam, in how many good ones


def signs_of(text: str) -> list[str]:
    """What is looked at in a comment, each once, hashed: rows of the filter hold nobody's words."""
    low = UNSEEN.sub("", unicodedata.normalize("NFKC", text[:READ_CHARS])).casefold()
    words = WORD.findall(low)
    said = " ".join(TOKEN.findall(low))
    said = f" {said} "
    found = [f"host {one or other}" for one, other in LINK.findall(low)]
    found += ["a link"] if found else []
    found += [f"long {int(math.log2(len(words) + 1))}", f"numbers {min(3, len(re.findall(r'[0-9]+', low)))}"]
    found += [f"cries {min(3, low.count('!'))}"]
    letters = [one for one in text[:READ_CHARS] if one.isalpha()]
    found += ["shouts"] if len(letters) > 8 and sum(one.isupper() for one in letters) > len(letters) / 2 else []
    found += words
    found += [f"{one} {other}" for one, other in pairwise(words)]
    found += [f"run {said[place : place + RUN]}" for place in range(len(said) - RUN + 1)]
    return [hashlib.blake2b(one.encode(), digest_size=8).hexdigest() for one in dict.fromkeys(found)][:SIGNS_MOST]


def score(signs: Iterable[str], counts: Counts) -> float:
    """How much more like spam than like what is approved; 0 where nothing is known, or too little was learnt."""
    spams, goods = counts(ALL)
    if min(spams, goods) < FEWEST_OF_EACH:
        return 0.0
    odds = []
    for spam, good in map(counts, signs):
        if spam + good:
            of_spam = (spam + SMOOTHING) / (spams + 2 * SMOOTHING)
            odds.append(math.log(of_spam) - math.log((good + SMOOTHING) / (goods + 2 * SMOOTHING)))
    return sum(odds) / (len(odds) + 1) ** EVEN_OUT


def is_likely_spam(text: str) -> bool:
    signs = signs_of(text)
    rows = SpamWord.objects.filter(word__in=[ALL, *signs]).values_list("word", "spam", "good")
    known = {word: (spam, good) for word, spam, good in rows}
    return score(signs, lambda sign: known.get(sign, (0, 0))) >= SPAM_FROM


def learn(text: str, now: datetime, *, is_spam: bool) -> None:
    """Count a comment that a moderator refused as spam, or approved."""
    counted = "spam" if is_spam else "good"
    words = [ALL, *signs_of(text)]
    with transaction.atomic():
        SpamWord.objects.bulk_create([SpamWord(word=word, at=now) for word in words], ignore_conflicts=True)
        SpamWord.objects.filter(word__in=words).update(**{counted: F(counted) + 1}, at=now)
    _keep_bounded()


def unlearn(text: str, *, is_spam: bool) -> None:
    """Take back what was learnt of a comment; a sign that was dropped since stays at nothing."""
    counted = "spam" if is_spam else "good"
    rows = SpamWord.objects.filter(word__in=[ALL, *signs_of(text)], **{f"{counted}__gt": 0})
    rows.update(**{counted: F(counted) - 1})


def _keep_bounded() -> None:
    """The oldest rare signs go where there are too many."""
    over = SpamWord.objects.count() - ROWS_MOST
    if over <= 0:
        return
    rows = SpamWord.objects.exclude(word=ALL).annotate(n=F("spam") + F("good")).order_by("n", "at", "pk")
    SpamWord.objects.filter(pk__in=list(rows.values_list("pk", flat=True)[: over + ROWS_MOST // 20])).delete()
