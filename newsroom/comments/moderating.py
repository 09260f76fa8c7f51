"""What moderators do to comments: every act a row, none of two at once, all of it undone by one more act."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from newsroom.comments import bayes
from newsroom.comments.models import Comment
from newsroom.comments.moderation import ModerationAct, Sanction
from newsroom.readers.models import Reader
from newsroom.roles import MODERATORS

Kind = ModerationAct.Kind
SHOWN, REFUSED, HELD = Comment.State.SHOWN, Comment.State.REFUSED, Comment.State.HELD
WORDS_MOST = 500
BAN_DAYS = (1, 7, 30, 0)  # 0: for good
UNDOABLE = (Kind.APPROVED, Kind.KEPT, Kind.REFUSED, Kind.BANNED)


class CannotModerate(ValueError):
    """An act that is not taken; the message says why, for the moderator to read."""


class Overtaken(CannotModerate):
    """Somebody else was quicker, or the writer changed the comment since it was looked at."""


def version_of(comment: Comment, last_act: ModerationAct | None) -> str:
    """What a page knows of a comment: an act holds only while it is the same."""
    edited = comment.edited_at.isoformat() if comment.edited_at else ""
    return f"{comment.state}|{edited}|{last_act.pk if last_act else 0}"


def last_act_of(comment: Comment) -> ModerationAct | None:
    return ModerationAct.objects.filter(comment=comment).order_by("-pk").first()


def approve(comment_id: int, by: Reader, now: datetime, *, seen: str) -> ModerationAct:
    """Show a held comment; of one that is shown already, say that it was looked at and stays."""
    with transaction.atomic():
        comment = _locked(comment_id, seen)
        kind = Kind.KEPT if comment.state == SHOWN else Kind.APPROVED
        act = _keep(comment, by, now, kind, SHOWN)
        bayes.learn(comment.text, now, is_spam=False)
    return act


def refuse(
    comment_id: int, by: Reader, now: datetime, *, seen: str, reason: str, words: str = "", ban_days: int | None = None
) -> ModerationAct:
    """Take a comment off or do not show it, for a reason that its writer reads; ban_days: ban the writer too."""
    if reason not in ModerationAct.RefusalReason.values:
        raise CannotModerate(_("Why is it refused? Choose one of the reasons."))
    if ban_days is not None and ban_days not in BAN_DAYS:
        raise CannotModerate(_("Bans are for 1, 7 or 30 days, or for good."))
    with transaction.atomic():
        comment = _locked(comment_id, seen)
        if comment.reader and comment.reader.role in MODERATORS and ban_days is not None:
            raise CannotModerate(_("Who moderates is not banned. Ask an administrator to change their role first."))
        kind = Kind.REFUSED if ban_days is None else Kind.BANNED
        act = _keep(comment, by, now, kind, REFUSED, reason=reason, words=words)
        if ban_days is not None:
            _ban(comment, act, now, ban_days)
        if reason == ModerationAct.RefusalReason.SPAM:
            bayes.learn(comment.text, now, is_spam=True)
    return act


def _ban(comment: Comment, act: ModerationAct, now: datetime, days: int) -> None:
    Sanction.objects.create(
        reader=comment.reader,
        address_hash=comment.address_hash,
        kind=Sanction.Kind.BAN,
        until=now + timedelta(days=days) if days else None,
        reason=act.words or str(act.get_reason_display()),
        by=act.by,
        at=now,
        act=act,
    )


def undo(act_id: int, by: Reader, now: datetime) -> ModerationAct:
    """Take back the last thing that was done to a comment; a ban with it.

    Raises CannotModerate where something was done since, or it was undone before.
    """
    with transaction.atomic():
        act = ModerationAct.objects.select_related("comment").filter(pk=act_id).first()
        if act is None or act.comment is None or act.kind not in UNDOABLE:
            raise CannotModerate(_("That cannot be undone: the comment is gone, or it was no decision."))
        comment = Comment.objects.select_for_update(of=("self",)).get(pk=act.comment_id)
        last = last_act_of(comment)
        if last is None or last.pk != act.pk or comment.state != act.after:
            raise Overtaken(_("Something was done to this comment since. Look at it again."))
        undone = _keep(comment, by, now, Kind.UNDONE, act.before)
        ModerationAct.objects.filter(pk=act.pk, undone_by=None).update(undone_by=undone)
        Sanction.objects.filter(act=act, lifted_at=None).update(lifted_at=now)
        if act.kind in (Kind.APPROVED, Kind.KEPT):
            bayes.unlearn(comment.text, is_spam=False)
        elif act.reason == ModerationAct.RefusalReason.SPAM:
            bayes.unlearn(comment.text, is_spam=True)
    return undone


def refusal_of(comment: Comment) -> ModerationAct | None:
    """The act by which a comment stands refused; None where it does not."""
    if comment.state != REFUSED:
        return None
    rows = comment.acts.filter(kind__in=(Kind.REFUSED, Kind.BANNED), undone_by=None)
    return rows.select_related("by").order_by("-pk").first()


def appeal(comment_id: int, by: Reader, words: str, now: datetime) -> ModerationAct:
    """Keep that a writer asks for a second look at a refusal; once for each comment.

    Raises CannotModerate. Comment.DoesNotExist where the comment is not theirs.
    """
    with transaction.atomic():
        comment = Comment.objects.select_for_update(of=("self",)).get(pk=comment_id, reader=by)
        if refusal_of(comment) is None:
            raise CannotModerate(_("This comment is not refused: there is nothing to appeal against."))
        if comment.acts.filter(kind=Kind.APPEALED).exists():
            raise CannotModerate(_("You have appealed once, which is how often it can be done."))
        if not words.replace("\0", " ").strip():
            raise CannotModerate(_("Say why it should be looked at again."))
        return _keep(comment, by, now, Kind.APPEALED, REFUSED, words=words)


def answer_appeal(
    comment_id: int, by: Reader, now: datetime, *, seen: str, is_reversed: bool, words: str = ""
) -> ModerationAct:
    """Let a refusal stand after its writer appealed, or take it back with the ban that came with it.

    Raises CannotModerate, as where `by` refused it themselves and another moderator could answer.
    """
    with transaction.atomic():
        comment = _locked(comment_id, seen)
        refused = refusal_of(comment)
        last = last_act_of(comment)
        if refused is None or last is None or last.kind != Kind.APPEALED:
            raise Overtaken(_("No appeal is open here any more."))
        if refused.by_id == by.pk and has_another_moderator(by):
            raise CannotModerate(_("You refused this comment; another moderator answers the appeal."))
        if not is_reversed:
            return _keep(comment, by, now, Kind.UPHELD, REFUSED, words=words)
        act = _keep(comment, by, now, Kind.REVERSED, SHOWN, words=words)
        ModerationAct.objects.filter(pk=refused.pk).update(undone_by=act)
        Sanction.objects.filter(act=refused, lifted_at=None).update(lifted_at=now)
        if refused.reason == ModerationAct.RefusalReason.SPAM:
            bayes.unlearn(comment.text, is_spam=True)
        bayes.learn(comment.text, now, is_spam=False)
    return act


def has_another_moderator(than: Reader) -> bool:
    return Reader.objects.filter(role__in=MODERATORS, is_active=True).exclude(pk=than.pk).exists()


def _locked(comment_id: int, seen: str) -> Comment:
    """The comment, held fast, if it still is as it was looked at."""
    comment = Comment.objects.select_for_update(of=("self",)).select_related("reader").filter(pk=comment_id).first()
    if comment is None or comment.state == Comment.State.DELETED:
        raise Overtaken(_("This comment is gone: its writer deleted it, or its article was removed."))
    last = last_act_of(comment)
    if version_of(comment, last) == seen:
        return comment
    if last and seen.rpartition("|")[2] != str(last.pk):
        who = (last.by and last.by.name) or _("somebody")  # a user name may be a mail address
        raise Overtaken(_("%(who)s was quicker and has decided on this comment. Nothing was changed.") % {"who": who})
    raise Overtaken(_("Its writer changed the comment meanwhile. Read it again; nothing was changed."))


def _keep(
    comment: Comment, by: Reader, now: datetime, kind: str, after: str, *, reason: str = "", words: str = ""
) -> ModerationAct:
    """Change the state if it still is what was looked at, and write down who did it."""
    before = comment.state
    if not Comment.objects.filter(pk=comment.pk, state=before, edited_at=comment.edited_at).update(state=after):
        raise Overtaken(_("The comment was changed meanwhile. Look at it again; nothing was changed."))
    comment.state = after
    said = " ".join(words.replace("\0", " ").split())[:WORDS_MOST]  # PostgreSQL keeps no NUL
    return ModerationAct.objects.create(
        comment=comment, by=by, kind=kind, reason=reason, words=said, before=before, after=after, at=now
    )
