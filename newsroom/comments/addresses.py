"""The addresses of threads and comments."""

from __future__ import annotations

from functools import partial

from django.urls import URLPattern, path

from newsroom.comments import pages, views
from newsroom.stories.outgoing import in_three_forms


def addresses() -> list[URLPattern]:
    """Of threads, their feeds, and single comments. They stand before the pages whose slug is any path."""
    threads = []
    for kind in ("story", "article"):
        of, said = f"{kind}/<int:number>/comments", {"kind": kind}
        threads += in_three_forms(of, partial(pages.feed, kind=kind))
        threads += [
            path(of, pages.thread, said, name=f"{kind}-comments"),
            path(f"{of}/rule", views.rule, said, name=f"{kind}-comments-rule"),
        ]
    return [
        *threads,
        path("comment/<int:comment_id>", pages.comment, name="comment"),
        path("comment/<int:comment_id>/answers", pages.answers, name="comment-answers"),
        path("comment/<int:comment_id>/versions", pages.versions, name="comment-versions"),
        path("comment/<int:comment_id>/answer", views.answer, name="comment-answer"),
        path("comment/<int:comment_id>/edit", views.edit, name="comment-edit"),
        path("comment/<int:comment_id>/delete", views.delete, name="comment-delete"),
        path("comment/<int:comment_id>/vote", views.vote, name="comment-vote"),
        path("comment/<int:comment_id>/report", views.report, name="comment-report"),
        path("comments/mine", pages.mine, name="comments-mine"),
        path("comments/mine/seen", pages.seen, name="comments-seen"),
    ]
