from __future__ import annotations

from django.contrib import admin

from newsroom.comments.models import Comment
from newsroom.roles import MODERATORS, RoleAdmin


@admin.register(Comment)
class CommentAdmin(RoleAdmin):
    """To look things up. Comments are decided on at /moderation, where every act is a row that its writer reads."""

    roles = MODERATORS
    list_display = ("created_at", "state", "name", "text", "article")
    list_filter = ("state",)
    search_fields = ("name", "text")
    raw_id_fields = ("article", "story", "reader", "parent", "root")
    readonly_fields = ("state", "address_hash", "created_at")
