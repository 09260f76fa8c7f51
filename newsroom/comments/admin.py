from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from newsroom.comments.models import Comment
from newsroom.roles import ADMINS, MODERATORS, RoleAdmin, has_role


@admin.register(Comment)
class CommentAdmin(RoleAdmin):
    """To look things up. Comments are decided on at /moderation, where every act is a row that its writer reads.

    Nobody writes in another's name here; what may not be kept at all an administrator deletes.
    """

    roles = MODERATORS
    list_display = ("created_at", "state", "name", "text", "article")
    list_filter = ("state",)
    search_fields = ("name", "text")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Comment | None = None) -> bool:  # type: ignore[override]
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Comment | None = None) -> bool:  # type: ignore[override]
        return has_role(request, ADMINS)
