"""Reading: a thread page by page, one comment's place, its versions, a reader's own comments, a thread's feed."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from newsroom.comments import save, views
from newsroom.comments.drawing import name_of
from newsroom.comments.markdown import as_html
from newsroom.comments.models import Comment, Told
from newsroom.comments.places import Place, closed_because, find_place, kind_of, rule_of, said_under, thread_address
from newsroom.comments.showing import section_of, viewer_of
from newsroom.comments.threads import answers_to, page_of, sort_named
from newsroom.readers.asked_numbers import row_number
from newsroom.readers.origin import own_form
from newsroom.readers.who_asks import reader_of, to_sign_in
from newsroom.stories.absolute import absolute
from newsroom.stories.feed_forms import FORMS, Item
from newsroom.stories.outgoing import ITEMS, Ids
from newsroom.stories.outgoing import answer as feed_answer
from newsroom.stories.removal_page import gone_or_404
from newstext.sanitise import plain_text

A_LIST = 50
TOLD_MOST = 50


@own_form
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """The comments under a story or article, a page at a time; a comment sent here is taken."""
    if request.method == "POST":
        return views.post(request, kind, number)
    place = find_place(kind, number)
    if place is None:
        if kind == "article":
            return gone_or_404(request, number)
        raise Http404(f"No story {number}")
    if place.pk != number:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{thread_address(place)}{f'?{query}' if query else ''}")
    section = section_of(
        request,
        place,
        state=request.GET.get("comment", ""),
        sort=sort_named(request.GET.get("sort", "")),
        after=request.GET.get("after", ""),
        at=row_number(request.GET.get("at", "")) or 0,
    )
    return render(request, "comments_page.html", {**section, "is_alone": True})


def comment(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Lead to a comment on whichever page it stands."""
    found = views.find(comment_id, shown=False)
    if found.comment.state != Comment.State.SHOWN and not found.comment.has_answers:
        raise Http404(f"No comment {comment_id}")
    there = page_of(found.comment)
    return HttpResponseRedirect(there if there.startswith("/") else f"{thread_address(found.place)}{there}")


def answers(request: HttpRequest, comment_id: int) -> HttpResponse:
    """A conversation that has more answers than its thread's page has room for."""
    found = views.find(comment_id, shown=False)
    root = found.comment
    if root.root_id or (root.state != Comment.State.SHOWN and not root.has_answers):
        raise Http404(f"No conversation {comment_id}")
    said, after = answers_to(root, after=row_number(request.GET.get("after", "")) or 0, reader=reader_of(request))
    is_open = not closed_because(found.place, rule_of(found.place), timezone.now())
    context = {
        "root": root,
        "place": found.place,
        "said": said,
        "after": after,
        "thread_address": thread_address(found.place),
        "viewer": viewer_of(request, is_open=is_open),
    }
    return render(request, "comment_answers.html", context)


def versions(request: HttpRequest, comment_id: int) -> HttpResponse:
    """What a comment said before it was changed."""
    found = views.find(comment_id)
    rows = list(found.comment.versions.all())
    context = {"comment": found.comment, "place": found.place, "versions": rows}
    return render(request, "comment_versions.html", context)


# --- a reader's own -------------------------------------------------------------
def mine(request: HttpRequest) -> HttpResponse:
    """A reader's own comments, with what became of each and why, and what was said to them."""
    reader = reader_of(request)
    if reader is None:
        return to_sign_in(request)
    rows = Comment.objects.filter(reader=reader).exclude(state=Comment.State.DELETED).order_by("-pk")
    if before := row_number(request.GET.get("before", "")):
        rows = rows.filter(pk__lt=before)
    found = list(rows.select_related("story", "article").prefetch_related("acts")[: A_LIST + 1])
    told = Told.objects.filter(reader=reader, comment__state=Comment.State.SHOWN)
    told = told.select_related("comment__reader", "comment__story", "comment__article").order_by("-comment")
    context = {
        "own": found[:A_LIST],
        "before": found[A_LIST - 1].pk if len(found) > A_LIST else 0,
        "told": told.filter(seen_at=None)[:TOLD_MOST],
        "may_edit": {one.pk for one in found if save.may_edit(one, reader, timezone.now())},
        "viewer": viewer_of(request, is_open=False),
    }
    response = render(request, "comments_mine.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@own_form
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Keep that a reader has seen what was said to them."""
    reader = reader_of(request)
    if reader is None:
        return to_sign_in(request, back="/comments/mine")
    save.mark_told_seen(reader, timezone.now())
    return HttpResponseRedirect("/comments/mine")


# --- feed -----------------------------------------------------------------------
def feed(request: HttpRequest, kind: str, number: int, form: str) -> HttpResponseBase:
    """The newest comments of a thread."""
    place = find_place(kind, number)
    if place is None:
        raise Http404(f"No {kind} {number}")
    if place.pk != number:
        return HttpResponsePermanentRedirect(f"{thread_address(place)}/{FORMS[form].file}")
    rows = Comment.objects.shown().filter(said_under(place)).select_related("reader").order_by("-pk")[:ITEMS]
    ids = Ids()
    title = _("Comments: %(title)s") % {"title": place.title or "…"}
    items = [_item(request, ids, one, place) for one in rows]
    said = _("What readers say, as it comes")
    return feed_answer(request, ids, items, page=thread_address(place), title=title, description=said, form=form)


def _item(request: HttpRequest, ids: Ids, comment: Comment, place: Place) -> Item:
    html = as_html(comment.text)
    told: dict[str, Any] = {"name": name_of(comment), "title": place.title or kind_of(place)}
    return Item(
        id=ids.of(f"comment/{comment.pk}"),
        url=absolute(request, f"/comment/{comment.pk}"),
        title=_("%(name)s on %(title)s") % told,
        language="",
        published_at=comment.created_at,
        updated_at=comment.edited_at or comment.created_at,
        changed_at=comment.edited_at or comment.created_at,
        summary=plain_text(html),
        html=html,
        authors=(told["name"],),
    )
