"""A page of comments as HTML.

Written here and not as a template: fifty comments with their answers are the
most that any page repeats, and a template takes five times as long over them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from newsroom.comments.markdown import as_html
from newsroom.comments.models import Comment
from newsroom.comments.save import may_edit
from newsroom.comments.threads import Said
from newsroom.readers.models import Reader
from newsroom.stories.templatetags.news import age

State = Comment.State
NOTHING = SafeString("")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a thread, and what they may do there. token: the hidden field of their forms."""

    now: datetime
    reader: Reader | None = None
    may_judge: bool = False
    may_answer: bool = False
    token: SafeString = NOTHING


def draw(said: Sequence[Said], viewer: Viewer) -> SafeString:
    """The list of these comments with the answers below each, which can be folded."""
    if not said:
        return NOTHING
    return format_html('<ol class="thread">{}</ol>', format_html_join("", "{}", ((_one(one, viewer),) for one in said)))


def name_of(comment: Comment) -> str:
    """Who wrote it: the account's name as it is now, else the name that came with it."""
    if comment.reader:
        return comment.reader.name or _("a reader")
    return comment.name or _("a deleted reader")  # who has no account gives a name


def _one(said: Said, viewer: Viewer) -> SafeString:
    comment = said.comment
    is_shown = comment.state == State.SHOWN
    return format_html(
        '<li class="comment" id="comment-{}">{}{}{}</li>',
        comment.pk,
        _shown(said, viewer) if is_shown else format_html('<p class="meta">{}</p>', gone_words(comment)),
        _answers(said, viewer) if said.answers else NOTHING,
        _more(comment, said.more) if said.more > 0 else NOTHING,
    )


def gone_words(comment: Comment) -> str:
    """What stands in the place of a comment that is not shown."""
    if comment.state == State.DELETED:
        return _("Its writer deleted this comment.")
    if comment.state == State.REFUSED:
        return _("A moderator removed this comment.")
    return _("This comment waits for a moderator.")


def _answers(said: Said, viewer: Viewer) -> SafeString:
    count = sum(1 for _each in said.answers)
    words = ngettext("%(n)d answer", "%(n)d answers", count) % {"n": count}
    return format_html("<details open><summary>{}</summary>{}</details>", words, draw(said.answers, viewer))


def _more(comment: Comment, more: int) -> SafeString:
    words = ngettext("%(n)d more answer", "%(n)d more answers", more) % {"n": more}
    return format_html('<p class="older"><a href="/comment/{}/answers">{}</a></p>', comment.pk, words)


def _shown(said: Said, viewer: Viewer) -> SafeString:
    comment = said.comment
    return format_html(
        '<p class="meta"><strong><bdi>{}</bdi></strong>{} · <a href="/comment/{}">{}</a>{}{}</p>'
        '<div class="said" lang="und">{}</div><div class="acts">{}</div>',
        name_of(comment),
        _badge(comment),
        comment.pk,
        age(comment.created_at),
        _edited(comment) if comment.edited_at else NOTHING,
        _in_answer_to(comment) if said.names_parent else NOTHING,
        as_html(comment.text),
        _acts(said, viewer),
    )


def _badge(comment: Comment) -> SafeString:
    """What a reader should know of who writes: that nobody vouches for the name, or that they speak for the site."""
    if comment.reader is None and not comment.name:
        return NOTHING  # its account was deleted
    return _badge_of(comment.reader.role if comment.reader else "", get_language())


@lru_cache(maxsize=64)
def _badge_of(role: str, language: str | None) -> SafeString:
    if role in (Reader.Role.EDITOR, Reader.Role.ADMIN):
        return format_html(" · {}", _("editor of this site"))
    if role == Reader.Role.MODERATOR:
        return format_html(" · {}", _("moderator"))
    return NOTHING if role else format_html(" · {}", _("without an account"))


def _edited(comment: Comment) -> SafeString:
    return format_html(' · <a href="/comment/{}/versions">{}</a> {}', comment.pk, _("edited"), age(comment.edited_at))


def _in_answer_to(comment: Comment) -> SafeString:
    parent = comment.parent
    if parent is None:
        return NOTHING
    named = name_of(parent) if parent.state == State.SHOWN else _("a reader")  # who took it back is not named any more
    return format_html(' · {} <a href="/comment/{}"><bdi>{}</bdi></a>', _("in answer to"), parent.pk, named)


def _acts(said: Said, viewer: Viewer) -> SafeString:
    comment, key = said.comment, said.comment.pk
    is_own = viewer.reader is not None and comment.reader_id == viewer.reader.pk
    parts = [_votes(said, viewer, may_vote=viewer.may_judge and not is_own)]
    if viewer.may_answer:
        parts.append(format_html('<a href="/comment/{}/answer">{}</a>', key, _("Answer")))
    if viewer.may_judge and not is_own:
        parts.append(format_html('<a href="/comment/{}/report">{}</a>', key, _("Report")))
    if is_own and may_edit(comment, viewer.reader, viewer.now):
        parts.append(format_html('<a href="/comment/{}/edit">{}</a>', key, _("Change")))
    if is_own:
        parts.append(format_html('<a href="/comment/{}/delete">{}</a>', key, _("Delete")))
    return format_html("{}" * len(parts), *parts)


def _votes(said: Said, viewer: Viewer, *, may_vote: bool) -> SafeString:
    comment = said.comment
    if not may_vote:
        return _counts(comment.ups, comment.downs, get_language()) if comment.ups or comment.downs else NOTHING
    buttons = ((1, "▲", _("Good comment"), comment.ups), (-1, "▼", _("Poor comment"), comment.downs))
    drawn = (
        (0 if said.vote == value else value, value, str(said.vote == value).lower(), words, sign, words, count)
        for value, sign, words, count in buttons
    )
    return format_html(
        '<form class="vote" method="post" action="/comment/{}/vote">{}{}</form>',
        comment.pk,
        viewer.token,
        format_html_join(
            "",
            '<button name="value" value="{}" data-value="{}" aria-pressed="{}" title="{}">'
            '<span aria-hidden="true">{}</span><span class="hidden">{}</span> <span class="count">{}</span></button>',
            drawn,
        ),
    )


@lru_cache(maxsize=1024)
def _counts(ups: int, downs: int, language: str | None) -> SafeString:
    up, down = _("Good comment"), _("Poor comment")
    pattern = (
        '<span class="votes"><span title="{}"><span aria-hidden="true">▲</span><span class="hidden">{}</span> {}</span>'
        ' <span title="{}"><span aria-hidden="true">▼</span><span class="hidden">{}</span> {}</span></span>'
    )
    return format_html(pattern, up, up, ups, down, down, downs)
