"""What the section of comments on a page is made of."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.articles.models import Article
from newsroom.comments import votes
from newsroom.comments.drawing import Viewer
from newsroom.comments.models import Comment
from newsroom.comments.places import Place, closed_because, kind_of, rule_of, thread_address
from newsroom.comments.save import closed_in_words
from newsroom.comments.threads import BEST, NEWEST, OLDEST, thread_of
from newsroom.readers.models import Reader
from newsroom.readers.templatetags.form_token import form_token
from newsroom.readers.who_asks import reader_of
from newsroom.roles import EDITORS, has_role
from newsroom.stories.models import Story

ARTICLES_NAMED = 20


def viewer_of(request: HttpRequest, *, is_open: bool) -> Viewer:
    """Who looks, and what they may do in a thread that is open or closed."""
    reader, now = reader_of(request), timezone.now()
    return Viewer(
        now=now,
        reader=reader,
        may_judge=votes.may_judge(request.user, now),  # type: ignore[arg-type]
        may_answer=is_open and may_write(reader),
        token=form_token({"request": request}),
    )


def may_write(reader: Reader | None) -> bool:
    """True if COMMENTS_FROM lets them comment at all."""
    return settings.COMMENTS_FROM == "anybody" or (settings.COMMENTS_FROM == "accounts" and reader is not None)


def section_of(
    request: HttpRequest, place: Place, *, state: str = "", sort: str = BEST, after: str = "", at: int = 0
) -> dict[str, Any]:
    """A page of a thread with its form, for the template comments.html."""
    reader = reader_of(request)
    rule = rule_of(place)
    why = closed_because(place, rule, timezone.now())
    thread = thread_of(place, sort=sort, after=after, at=at, reader=reader)
    return {
        "request": request,
        "place": place,
        "thread": thread,
        "thread_address": thread_address(place),
        "viewer": viewer_of(request, is_open=not why),
        "sorts": ((BEST, _("Best first")), (NEWEST, _("Newest first")), (OLDEST, _("Oldest first"))),
        "notice": notice_of(state),
        "rule": rule,
        "closed": closed_in_words(why) if why and (thread.count or why != "nobody") else "",
        "is_silent": why == "nobody" and not thread.count,
        "is_editor": has_role(request, EDITORS),
        "elsewhere": commented_articles(place),
        **form_of(place, reader, rule_slow_s=rule.slow_s),
    }


def form_of(place: Place, reader: Reader | None, *, rule_slow_s: int = 0) -> dict[str, Any]:
    """What the form for a comment needs to say."""
    return {
        "action": thread_address(place),
        "kind": kind_of(place),
        "may_write": may_write(reader),
        "needs_account": settings.COMMENTS_FROM == "accounts" and reader is None,
        "writer": (reader.name or _("a reader")) if reader else "",
        "is_named": bool(reader and reader.name),
        "guidelines": settings.COMMENTS_GUIDELINES,
        "edit_minutes": settings.COMMENT_EDIT_MINUTES if reader else 0,
        "slow_s": rule_slow_s,
    }


def notice_of(state: str) -> str:
    """What a page says of what its reader just sent; "" of what is no state."""
    if state == "held":
        return _("Thank you. Your comment waits for an editor to approve it.")
    if state == "shown":
        return _("Thank you. Your comment stands below.")
    return _("You sent the same words here before, and they were refused.") if state == "refused" else ""


def commented_articles(place: Place) -> list[Article]:
    """The articles of a story that readers commented on, each with its `said`: how many comments are shown."""
    if not isinstance(place, Story):
        return []
    rows = Article.objects.public().filter(placement__story=place, comments__state=Comment.State.SHOWN)
    counted = rows.annotate(said=Count("comments", filter=Q(comments__state=Comment.State.SHOWN)))
    counted = counted.select_related("publisher").only(
        "title", "url", "language", "publisher__name", "publisher__domain", "publisher__shares_name"
    )
    return list(counted.order_by("-said", "-pk")[:ARTICLES_NAMED])
