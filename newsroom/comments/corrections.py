"""Corrections that readers suggest: kept once, decided once by an editor, and answered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from newsroom.articles.models import Article
from newsroom.comments.limits import take_one
from newsroom.comments.moderation import Correction
from newsroom.readers.models import Reader
from newsroom.readers.origin import hash_address, network_of
from newsroom.stories import correcting
from newsroom.stories.models import Placement, Story
from newsroom.stories.save import stands_for

AN_HOUR = 6  # of one reader or network
ANONYMOUS_AN_HOUR = 120  # of all who have no account
ANSWER_MOST_CHARS = 1000  # as its column and its form have it
Outcome = Correction.Outcome


class CannotCorrect(ValueError):
    """A suggestion or a decision that is not taken; the message says why."""


class TooManyCorrections(CannotCorrect):
    """This reader or network has suggested as many as are taken in an hour."""


class Overtaken(CannotCorrect):
    """Another editor was quicker."""


def suggest(
    said: Mapping[str, str],
    now: datetime,
    *,
    story: Story | None,
    article: Article | None,
    evidence: dict[str, Any] | None = None,
    reader: Reader | None = None,
    address: str = "",
) -> Correction:
    """Keep what a reader finds wrong; the same one sent twice is one.

    said: sentence, text and source. Raises TooManyCorrections.
    """
    who = f"reader {reader.pk}" if reader else f"address {network_of(address)}"
    place = f"{story.pk if story else 0} {article.pk if article else 0}"
    parts = (hash_address(who), place, said["sentence"], said["text"])
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    if same := Correction.objects.filter(digest=digest).first():
        return same
    is_free = take_one(hash_address(f"correction {who}"), AN_HOUR, now)
    if not is_free or (reader is None and not take_one("corrections", ANONYMOUS_AN_HOUR, now)):
        told = _("%(n)d corrections an hour are taken from one reader or network. Try again in an hour.")
        raise TooManyCorrections(told % {"n": AN_HOUR})
    try:
        with transaction.atomic():
            return Correction.objects.create(
                story=story, article=article, evidence=evidence, reader=reader, digest=digest, at=now, **said
            )
    except IntegrityError:  # sent twice at once
        return Correction.objects.get(digest=digest)


def decide(
    correction: Correction, by: Reader, now: datetime, *, is_accepted: bool, answer: str, outcome: str = ""
) -> None:
    """Answer a suggestion, and do with the sentence what the editor says.

    outcome: one of Correction.Outcome, of what is accepted. Raises Overtaken
    where another editor answered first, CannotCorrect where an answer or the
    sentence is missing; nothing is changed then.
    """
    answer = " ".join(answer.replace("\0", " ").split())  # PostgreSQL keeps no NUL
    if not answer:
        raise CannotCorrect(_("Say to the reader what you found; it is shown in the story’s history where you accept."))
    if len(answer) > ANSWER_MOST_CHARS:
        told = _("The answer has %(n)d characters, it may have %(most)d. Go back and shorten it.")
        raise CannotCorrect(told % {"n": len(answer), "most": ANSWER_MOST_CHARS})
    if is_accepted and outcome not in Outcome.values:
        raise CannotCorrect(_("Say what becomes of the sentence."))
    State = Correction.State
    decided = {"state": State.ACCEPTED if is_accepted else State.DECLINED, "answer": answer, "by": by}
    with transaction.atomic():
        rows = Correction.objects.filter(pk=correction.pk, state=State.OPEN)
        if not rows.update(**decided, decided_at=now, outcome=outcome if is_accepted else ""):
            raise Overtaken(_("Another editor has answered this one meanwhile. Nothing was changed."))
        if is_accepted:
            _follow(correction, by, now, answer=answer, outcome=outcome)


def _follow(correction: Correction, by: Reader, now: datetime, *, answer: str, outcome: str) -> None:
    story = story_of(correction)
    if story is None:
        if outcome != Outcome.NOTED:
            raise CannotCorrect(_("No story of this site has the sentence any more. It can be noted alone."))
        return
    if outcome == Outcome.WITHDRAWN and not correcting.withdraw(story, correction.sentence, correction.evidence):
        raise CannotCorrect(
            _("The story does not say this sentence word for word. Have its notes made anew, or note it alone.")
        )
    if outcome == Outcome.REMADE:
        correcting.make_anew(story, now)
    correcting.tell(story, now, by=by, answer=answer, article=correction.article)


def story_of(correction: Correction) -> Story | None:
    """The story that it is about as it stands now: itself, what it was merged into, or that of the article."""
    found = correction.story
    if found is None and correction.article:
        placement = Placement.objects.filter(article=correction.article).select_related("story").first()
        found = placement.story if placement else None
    return stands_for(found) if found and not found.is_private else None
