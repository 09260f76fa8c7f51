"""Why a comment is held, or not taken: one list of reasons, each with the words that moderator and writer read."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsroom.comments import bayes, limits, prints, proof
from newsroom.comments.attempt import Attempt
from newsroom.comments.models import Comment, CommentQuerySet, ThreadRule
from newsroom.comments.moderation import Sanction, SanctionQuerySet
from newsroom.readers.following import compared_form
from newsroom.readers.origin import hash_address
from newsroom.roles import MODERATORS, TRUSTED
from newsroom.stories.models import Story

LINKS_MOST = 2
FASTEST_S = 3.0
RECENT, RECENT_MOST, REFUSED_FEWEST = timedelta(days=30), 10, 2
LINK = re.compile(r"https?://|\bwww\.|\]\(", re.IGNORECASE)

REASONS = {
    "first": gettext_lazy("among the first comments of its writer"),
    "links": gettext_lazy("has more than two links"),
    "words": gettext_lazy("has words that the site’s list holds back"),
    "same": gettext_lazy("the same text was sent before"),
    "near": gettext_lazy("nearly the same text was sent before"),
    "spam": gettext_lazy("is like what moderators refused as spam"),
    "refused": gettext_lazy("several comments of its writer were refused lately"),
    "premoderated": gettext_lazy("every comment of this thread is read first"),
    "watched": gettext_lazy("a moderator asked that this writer’s comments be read first"),
    "no_proof": gettext_lazy("came without the proof of work, as from a browser without scripts"),
    "fast": gettext_lazy("was written in less than three seconds"),
    "trap": gettext_lazy("filled in a field that people do not see"),
    "banned": gettext_lazy("its writer may not comment"),
    "too_often": gettext_lazy("came from a writer or network that sent too many this hour"),
}
REFUSING = frozenset({"banned", "too_often"})  # not held but refused, and told: nobody is banned unseen
# Of a trusted reader nothing is held but for these; of a moderator nothing at all.
OF_TRUSTED = REFUSING | {"premoderated", "watched"}


def reasons(attempt: Attempt, *, is_edit: bool = False) -> list[str]:
    """Keys of REASONS for which this comment is held, or refused (REFUSING); none: it is shown at once.

    To be asked once for each comment that is sent: what is sent is counted, its
    proof used, its look remembered. is_edit: of a comment that was taken before;
    neither counted nor looked for among the texts that were sent.
    """
    if has_ban(attempt):
        return ["banned"]
    role = attempt.reader.role if attempt.reader else ""
    if role in MODERATORS:
        return []
    is_proven = is_edit or proof.use(attempt.proof, attempt.place, attempt.now)
    if not is_edit and not limits.take(attempt, is_proven=is_proven):
        return ["too_often"]
    found = [*_of_writer(attempt), *_of_text(attempt)]
    if not is_edit:
        found += _of_sending(attempt, is_proven=is_proven)
    return [one for one in REASONS if one in found and (role not in TRUSTED or one in OF_TRUSTED)]


def refusal(keys: list[str], attempt: Attempt) -> str:
    """What somebody is told whose comment is not taken, "" where it is taken."""
    if "banned" in keys:
        return banned_words(attempt)
    if "too_often" in keys:
        return _("More than %(n)d comments came from you or your network this hour. Try again in an hour.") % {
            "n": settings.COMMENTS_PER_HOUR
        }
    return ""


def has_ban(attempt: Attempt) -> bool:
    return sanctions_of(attempt).filter(kind=Sanction.Kind.BAN).exists()


def sanctions_of(attempt: Attempt, *, of_address: bool = False) -> SanctionQuerySet:
    """What is in force against the account; of who has none, against the address.

    of_address: of accounts that write from the same address.
    """
    in_force = Sanction.objects.in_force(attempt.now)
    if attempt.reader:
        return in_force.filter(reader=attempt.reader)
    hashes = limits.hashes_of(attempt.address)
    return in_force.filter(address_hash__in=hashes, reader__isnull=not of_address)


def banned_words(attempt: Attempt) -> str:
    """Until when, and why."""
    ban = sanctions_of(attempt).filter(kind=Sanction.Kind.BAN).first()
    if ban is None:
        return _("You may not comment here.")
    told = {"reason": ban.reason, "day": _day(ban.until) if ban.until else ""}
    if ban.until:
        return _("You may not comment here until %(day)s. Reason: %(reason)s") % told
    return _("You may not comment here any more. Reason: %(reason)s") % told


def _day(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def _of_writer(attempt: Attempt) -> list[str]:
    found = []
    mine = comments_of(attempt)
    if mine.filter(state=Comment.State.SHOWN).count() < settings.COMMENTS_READ_FIRST:
        found.append("first")
    recent = mine.filter(created_at__gt=attempt.now - RECENT).exclude(state=Comment.State.HELD)
    states = list(recent.order_by("-pk").values_list("state", flat=True)[:RECENT_MOST])
    if states.count(Comment.State.REFUSED) >= REFUSED_FEWEST:
        found.append("refused")
    watched = sanctions_of(attempt).filter(kind=Sanction.Kind.PREMODERATED).exists()
    if watched or (attempt.reader is None and sanctions_of(attempt, of_address=True).exists()):
        found.append("watched")
    kind = "story" if isinstance(attempt.place, Story) else "article"
    if ThreadRule.objects.filter(**{kind: attempt.place}, premoderated=True).exists():
        found.append("premoderated")
    return found


def comments_of(attempt: Attempt) -> CommentQuerySet:
    """What the same writer wrote: of the account, or under the same name from the same address."""
    if attempt.reader:
        return Comment.objects.filter(reader=attempt.reader)
    by = Q(address_hash__in=limits.hashes_of(attempt.address)) if attempt.address else Q(pk=None)
    return Comment.objects.filter(by, reader=None, name=attempt.name)


def _of_text(attempt: Attempt) -> list[str]:
    found = []
    if len(LINK.findall(attempt.text)) > LINKS_MOST:
        found.append("links")
    if has_suspect_words(f"{attempt.name}\n{attempt.text}"):
        found.append("words")
    if bayes.is_likely_spam(attempt.text):
        found.append("spam")
    return found


def _of_sending(attempt: Attempt, *, is_proven: bool) -> list[str]:
    writer = f"reader {attempt.reader.pk}" if attempt.reader else f"{attempt.name} {attempt.address}"
    place = proof.key_of(attempt.place)
    found = [prints.look(attempt.text, writer=hash_address(writer), place=place, now=attempt.now)]
    if not is_proven:
        found.append("no_proof")
    if attempt.seconds_taken is not None and attempt.seconds_taken < FASTEST_S:
        found.append("fast")
    if attempt.trap:
        found.append("trap")
    return found


def has_suspect_words(text: str) -> bool:
    """True if the text has a word or run of words of the file that SUSPECT_WORDS names."""
    path = Path(settings.SUSPECT_WORDS)
    try:
        changed_at = path.stat().st_mtime_ns
    except OSError:
        return False
    pattern = _suspect(path, changed_at)
    return bool(pattern and pattern.search(compared_form(text)))


@lru_cache(maxsize=2)
def _suspect(path: Path, changed_at: int) -> re.Pattern[str] | None:
    """One pattern of the file's lines; a line that begins with # is a remark."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    words = [compared_form(line) for line in lines if line.strip() and not line.startswith("#")]
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)") if words else None
