"""The one writer of comments: taken, changed, deleted, moved; votes, reports and what somebody is told."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsroom.articles.known import moved_to
from newsroom.articles.models import Article
from newsroom.comments import holding, limits, votes
from newsroom.comments.attempt import Attempt
from newsroom.comments.models import Comment, CommentQuerySet, CommentVersion, Report, ThreadRule, Told, Vote
from newsroom.comments.moderation import Correction, Sanction
from newsroom.comments.places import (
    Place,
    Rule,
    closed_because,
    fields_of,
    find_place,
    kind_of,
    rule_of,
    said_under,
)
from newsroom.readers.models import Reader
from newsroom.readers.origin import hash_address, network_of
from newsroom.stories.models import Story

MENTION = re.compile(r"(?<![\w@.])@(\w(?:[\w.'’ -]{0,58}\w)?)")
MENTIONS_MOST = 10  # readers that one comment tells, however often it is changed
EDITS_MOST = 20  # of one comment: each keeps what stood there before
WORDS_OF_A_NAME = 4


class NotTaken(Exception):
    """A comment, vote or report that is refused; the message says why, and what can be done."""

    status = 422


class TooMany(NotTaken):
    """The writer has sent as many comments as are taken in an hour, or comes too soon in a slow thread."""

    status = 429


class MayNot(NotTaken):
    """The thread is closed, or this is not theirs to do."""

    status = 403


class Gone(NotTaken):
    """What it was meant for is not here any more."""

    status = 404


# --- taken ----------------------------------------------------------------------
def take_comment(attempt: Attempt) -> Comment:
    """Keep a comment: shown at once, or held for what `holding.reasons` names.

    The same words sent twice to one place are one comment. A place that is
    merged away while somebody writes is followed to where it went. Raises
    NotTaken.
    """
    with transaction.atomic():
        place = _locked(attempt.place)
        attempt = replace(attempt, place=place, parent=_answered(attempt, place))
        own = _of_writer(attempt)
        wanted = own.filter(said_under(place), text=attempt.text, name=attempt.name, parent=attempt.parent)
        if same := wanted.exclude(state=Comment.State.DELETED).first():
            return same
        _check_may_write(attempt, own)
        because = _judged(attempt)
        comment = Comment.objects.create(
            **_stands_under(attempt),
            reader=attempt.reader,
            parent=attempt.parent,
            root=(attempt.parent.root or attempt.parent) if attempt.parent else None,
            name=attempt.name,
            text=attempt.text,
            state=Comment.State.HELD if because else Comment.State.SHOWN,
            held_because=because,
            created_at=attempt.now,
            address_hash=hash_address(network_of(attempt.address)),
        )
        if attempt.parent:
            keys = {attempt.parent.pk, comment.root_id}
            Comment.objects.filter(pk__in=keys, has_answers=False).update(has_answers=True)
        _tell(comment, attempt.parent)
        return comment


def _locked(place: Place) -> Place:
    """The place as it stands now; nobody merges it or writes there before the transaction ends."""
    if isinstance(place, Article):
        rows = Article.objects.public().select_for_update(of=("self",), no_key=True)
        found: Place | None = rows.filter(pk=place.pk).first()
        if found is None and (kept := moved_to(place.pk)):
            return _locked(kept)
    else:
        list(Story.objects.select_for_update(no_key=True).filter(pk=place.pk).values_list("pk"))
        found = find_place("story", place.pk)
    if found is None:
        raise Gone(_("What you write about is not here any more. Copy your words before you leave this page."))
    return found


def _answered(attempt: Attempt, place: Place) -> Comment | None:
    """The comment that is answered, as it is now; it must stand in this thread and be shown."""
    if attempt.parent is None:
        return None
    rows = Comment.objects.shown().filter(said_under(place), pk=attempt.parent.pk).select_related("root")
    found = rows.first()
    if found is None:
        raise MayNot(_("The comment you answer is not shown any more. You can write one of your own under the news."))
    return found


def _stands_under(attempt: Attempt) -> dict[str, object]:
    """The columns of the place; an answer stays with its thread, also where a merge of stories is undone."""
    root = attempt.parent and (attempt.parent.root or attempt.parent)
    return {"story_id": root.story_id, "article_id": root.article_id} if root else fields_of(attempt.place)


def _of_writer(attempt: Attempt) -> CommentQuerySet:
    rows = Comment.objects.all()
    if attempt.reader:
        return rows.filter(reader=attempt.reader)
    hashes = limits.hashes_of(attempt.address) or [hash_address("")]
    return rows.filter(reader=None, address_hash__in=hashes)


def _check_may_write(attempt: Attempt, own: CommentQuerySet) -> None:
    """Raises MayNot where the thread is closed to the writer, TooMany where it is slow."""
    rule = rule_of(attempt.place)
    check_open(attempt.place, rule, attempt.reader, attempt.now)
    if rule.slow_s:
        newest = own.filter(said_under(attempt.place)).order_by("-created_at").first()
        wait_s = ceil(rule.slow_s - (attempt.now - newest.created_at).total_seconds()) if newest else 0
        if wait_s > 0:
            said = ngettext(
                "This thread is slow: wait %(n)d more second and send it again.",
                "This thread is slow: wait %(n)d more seconds and send it again.",
                wait_s,
            )
            raise TooMany(said % {"n": wait_s})


def _judged(attempt: Attempt, *, is_edit: bool = False) -> list[str]:
    """Why it is held; raises NotTaken with the words of `holding` where it is not even kept."""
    because = holding.reasons(attempt, is_edit=is_edit)
    if said := holding.refusal(because, attempt):
        raise (TooMany if "too_often" in because else MayNot)(said)
    return because


def check_open(place: Place, rule: Rule, reader: Reader | None, now: datetime) -> None:
    """Raises MayNot, which says why, where this reader may not write in this thread."""
    why = closed_because(place, rule, now)
    if why:
        raise MayNot(closed_in_words(why))
    if settings.COMMENTS_FROM == "accounts" and reader is None:
        raise MayNot(_("Only who has an account may comment here. Sign in and send it again."))


def closed_in_words(why: str) -> str:
    """What a page says of a closed thread."""
    if why == "editor":
        return _("An editor closed this thread.")
    if why == "age":
        return _("This thread is closed: the news is older than comments are taken for.")
    return _("Comments are not taken on this site.")


# --- told -----------------------------------------------------------------------
def _tell(comment: Comment, parent: Comment | None) -> None:
    """Keep whom the comment answers and names; they are told when it is shown."""
    rows = []
    if parent and parent.reader_id and parent.reader_id != comment.reader_id:
        rows.append(Told(comment=comment, reader_id=parent.reader_id, kind=Told.Kind.ANSWER))
    told = set(Told.objects.filter(comment=comment).values_list("reader", flat=True))
    named = [key for key in mentioned(comment.text) if key != comment.reader_id and key not in told]
    named = named[: max(0, MENTIONS_MOST - len(told))]
    rows += [Told(comment=comment, reader_id=key, kind=Told.Kind.MENTION) for key in named]
    Told.objects.bulk_create(rows, ignore_conflicts=True)


def mentioned(text: str) -> list[int]:
    """The readers whose names stand behind an @, as they are called now; MENTIONS_MOST at most."""
    names: dict[str, None] = {}
    for match in MENTION.finditer(text):
        words = match[1].split(" ")[:WORDS_OF_A_NAME]
        for count in range(len(words), 0, -1):
            name = " ".join(words[:count]).rstrip(".'’-")
            names |= {name: None, re.sub("['’][^ ]*$", "", name): None}
    wanted = [name for name in names if name][: MENTIONS_MOST * WORDS_OF_A_NAME]
    if not wanted:
        return []
    rows = Reader.objects.filter(name__in=wanted, is_active=True).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:MENTIONS_MOST])


def mark_told_seen(reader: Reader, now: datetime) -> int:
    """Say that the reader has seen which shown comments answer or name them; how many were new."""
    rows = Told.objects.filter(reader=reader, seen_at=None, comment__state=Comment.State.SHOWN)
    return rows.update(seen_at=now)


# --- changed --------------------------------------------------------------------
def may_edit(comment: Comment, reader: Reader | None, now: datetime) -> bool:
    """True of its writer within COMMENT_EDIT_MINUTES, while no moderator refused it."""
    is_own = reader is not None and comment.reader_id == reader.pk
    is_open = comment.state in (Comment.State.HELD, Comment.State.SHOWN)
    return is_own and is_open and now <= comment.created_at + timedelta(minutes=settings.COMMENT_EDIT_MINUTES)


def edit_comment(comment: Comment, attempt: Attempt) -> Comment:
    """Give a comment new words, keep the old ones, and judge it anew: it may be held again.

    Raises NotTaken where it may not be edited, or was changed or refused while
    its writer wrote: what a moderator decided stands.
    """
    with transaction.atomic():
        row = Comment.objects.select_for_update(of=("self",), no_key=True).filter(pk=comment.pk).first()
        if row is None or not may_edit(row, attempt.reader, attempt.now):
            raise MayNot(cannot_edit(row))
        if row.edited_at != comment.edited_at:
            raise MayNot(_("You changed this comment on another page meanwhile. Open it again."))
        if row.text == attempt.text:
            return row
        if row.versions.count() >= EDITS_MOST:
            told = _("This comment was changed %(n)d times; more are not kept. Delete it and write it anew.")
            raise TooMany(told % {"n": EDITS_MOST})
        was, because = row.state, _judged(attempt, is_edit=True)
        if was == Comment.State.HELD:  # nobody has looked at it yet, so what it was held for stands
            because = list(dict.fromkeys([*row.held_because, *because]))
        CommentVersion.objects.create(
            comment=row, text=row.text, written_at=row.edited_at or row.created_at, replaced_at=attempt.now
        )
        row.text, row.edited_at, row.held_because = attempt.text, attempt.now, because
        row.state = Comment.State.HELD if because or was == Comment.State.HELD else Comment.State.SHOWN
        changed = {"text": row.text, "edited_at": row.edited_at, "held_because": because, "state": row.state}
        if not Comment.objects.filter(pk=row.pk, state=was).update(**changed):
            raise MayNot(cannot_edit(None))
        _tell(row, None)
        return row


def cannot_edit(row: Comment | None) -> str:
    """Why a comment cannot be changed."""
    if row is not None and row.state == Comment.State.SHOWN:
        said = ngettext(
            "A comment can be changed for %(n)d minute after it was sent, and by its writer alone.",
            "A comment can be changed for %(n)d minutes after it was sent, and by its writer alone.",
            settings.COMMENT_EDIT_MINUTES,
        )
        return said % {"n": settings.COMMENT_EDIT_MINUTES}
    return _("This comment was decided on meanwhile and can no longer be changed. Your own comments say why.")


def delete_comment(comment: Comment, reader: Reader) -> bool:
    """Take its words, and what it said before, away; True if it was the reader's and was still there.

    What a moderator refused stays for an appeal. Its place stays where it was answered.
    """
    may_go = (Comment.State.HELD, Comment.State.SHOWN)
    with transaction.atomic():
        own = Comment.objects.filter(pk=comment.pk, reader=reader, state__in=may_go)
        if not own.update(state=Comment.State.DELETED, text="", held_because=[]):
            return False
        CommentVersion.objects.filter(comment=comment.pk).delete()
        Told.objects.filter(comment=comment.pk).delete()
        return True


# --- judged ---------------------------------------------------------------------
def vote(comment: Comment, reader: Reader, value: int, now: datetime) -> Comment:
    """Keep what a reader thinks of a comment, 1, -1 or 0 to take it back; the comment counted anew.

    The same vote many times is one. Raises MayNot.
    """
    with transaction.atomic():
        row = Comment.objects.select_for_update(of=("self",), no_key=True).filter(pk=comment.pk).first()
        if row is None or not votes.may_vote(reader, row, now):
            raise MayNot(_cannot_judge(row, reader))
        _check_not_banned(reader, now)
        if value:
            Vote.objects.update_or_create(comment=row, reader=reader, defaults={"value": value, "at": now})
        else:
            Vote.objects.filter(comment=row, reader=reader).delete()
        row.ups = Vote.objects.filter(comment=row, value=1).count()
        row.downs = Vote.objects.filter(comment=row, value=-1).count()
        row.best = votes.best_of(row.ups, row.downs)
        row.save(update_fields=["ups", "downs", "best"])
        return row


def report(comment: Comment, reader: Reader, reason: str, text: str, now: datetime) -> Report:
    """Keep that a reader wants a comment looked at; again is the same report. Raises MayNot."""
    with transaction.atomic():
        row = Comment.objects.select_for_update(of=("self",), no_key=True).filter(pk=comment.pk).first()
        if row is None or not votes.may_vote(reader, row, now):
            raise MayNot(_cannot_judge(row, reader))
        _check_not_banned(reader, now)
        told = {"reason": reason, "text": text, "at": now}
        return Report.objects.get_or_create(comment=row, reader=reader, defaults=told)[0]


def _check_not_banned(reader: Reader, now: datetime) -> None:
    """Raises MayNot where a moderator banned the reader: who may not write judges nobody's words either."""
    if Sanction.objects.in_force(now).filter(reader=reader, kind=Sanction.Kind.BAN).exists():
        raise MayNot(_("You may not vote or report while you are banned. Your own comments say until when, and why."))


def _cannot_judge(row: Comment | None, reader: Reader) -> str:
    if row is None or row.state != Comment.State.SHOWN:
        return _("This comment is not shown any more.")
    if row.reader_id == reader.pk:
        return _("This is your own comment: others vote on it.")
    said = ngettext(
        "Who votes and reports has had an account for %(n)d day. Come back then.",
        "Who votes and reports has had an account for %(n)d days. Come back then.",
        settings.VOTE_MIN_DAYS,
    )
    return said % {"n": settings.VOTE_MIN_DAYS}


# --- decided for a whole thread -------------------------------------------------
def set_rule(place: Place, rule: Rule, now: datetime, *, by: Reader) -> None:
    """Keep what an editor decides for a thread."""
    told = {"closed": rule.closed, "slow_s": rule.slow_s, "premoderated": rule.premoderated, "by": by, "at": now}
    ThreadRule.objects.update_or_create(**{kind_of(place): place}, defaults=told)


def move_comments(later: Article, kept: Article) -> int:
    """Put what was said of the one article under the other, with the rule of its thread; how many comments.

    Whoever merges holds both rows: who writes meanwhile waits in `_locked` and is led to the one that stays.
    """
    if not ThreadRule.objects.filter(article=kept).exists():
        ThreadRule.objects.filter(article=later).update(article=kept)
    Correction.objects.filter(article=later).update(article=kept)
    return Comment.objects.filter(article=later).update(article=kept)
