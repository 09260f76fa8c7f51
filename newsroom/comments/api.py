"""The comments of a story or article for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema

from newsroom.comments.drawing import name_of
from newsroom.comments.markdown import as_html
from newsroom.comments.models import Comment
from newsroom.comments.places import find_place, said_under

A_PAGE_MOST = 100
LARGEST = 2**63 - 1

router = Router()


class CommentRow(Schema):
    """A comment that is shown. parent: the number of what it answers, None of what opens a conversation.

    has_account: whether an account stands behind the name. text: as it was written; html: safe.
    """

    id: int
    url: str
    parent: int | None
    name: str
    has_account: bool
    text: str
    html: str
    created_at: datetime
    edited_at: datetime | None
    ups: int
    downs: int


class CommentList(Schema):
    """A page of comments, the oldest first. after: what to ask for the next page with, None on the last."""

    comments: list[CommentRow]
    count: int
    after: int | None


class CommentQuery(Schema):
    """after: comments with a larger number."""

    after: int = 0
    limit: int = 50


@router.get("/stories/{int:story_id}/comments", response=CommentList, summary="What readers say of a story")
def comments_of_story(request: HttpRequest, story_id: int, query: Query[CommentQuery]) -> dict[str, Any]:
    """A page of the story's thread; one that was merged away is answered with the one that took it in."""
    return _page("story", story_id, query)


@router.get("/articles/{int:article_id}/comments", response=CommentList, summary="What readers say of an article")
def comments_of_article(request: HttpRequest, article_id: int, query: Query[CommentQuery]) -> dict[str, Any]:
    """A page of the article's thread."""
    return _page("article", article_id, query)


def _page(kind: str, number: int, query: CommentQuery) -> dict[str, Any]:
    place = find_place(kind, number)
    if place is None:
        raise Http404(f"No {kind} {number}")
    rows = Comment.objects.shown().filter(said_under(place))
    most = max(1, min(query.limit, A_PAGE_MOST))
    behind = rows.filter(pk__gt=max(0, min(query.after, LARGEST))).select_related("reader").order_by("pk")
    found = list(behind[: most + 1])
    return {
        "comments": [_row(one) for one in found[:most]],
        "count": rows.count(),
        "after": found[most - 1].pk if len(found) > most else None,
    }


def _row(one: Comment) -> dict[str, Any]:
    return {
        "id": one.pk,
        "url": one.get_absolute_url(),
        "parent": one.parent_id,
        "name": name_of(one),
        "has_account": one.reader_id is not None,
        "text": one.text,
        "html": str(as_html(one.text)),
        "created_at": one.created_at,
        "edited_at": one.edited_at,
        "ups": one.ups,
        "downs": one.downs,
    }
