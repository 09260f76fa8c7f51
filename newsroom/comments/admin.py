from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from newsroom.comments.models import Comment
from newsroom.roles import MODERATORS, RoleAdmin


@admin.register(Comment)
class CommentAdmin(RoleAdmin):
    roles = MODERATORS
    list_display = ("created_at", "state", "name", "text", "article")
    list_filter = ("state",)
    search_fields = ("name", "text")
    raw_id_fields = ("article", "story", "reader", "parent", "root")
    readonly_fields = ("address_hash", "created_at")
    actions = ("approve", "refuse")

    @admin.action(description="Approve")
    def approve(self, request: HttpRequest, comments: QuerySet[Comment]) -> None:
        comments.update(state=Comment.State.SHOWN)

    @admin.action(description="Refuse")
    def refuse(self, request: HttpRequest, comments: QuerySet[Comment]) -> None:
        comments.update(state=Comment.State.REFUSED)
