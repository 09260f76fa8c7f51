"""Removals in the admin: what went, why, and the way back while there is one."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from newsroom.articles.models import Removal
from newsroom.articles.removal import CannotUndo
from newsroom.stories.notes_admin import ReadOnlyAdmin
from newsroom.stories.removing import put_back


@admin.register(Removal)
class RemovalAdmin(ReadOnlyAdmin):
    list_display = ("number", "publisher", "kind", "at", "reason", "asked_by", "undo_until", "undone_at")
    list_select_related = ("publisher",)
    list_filter = ("kind",)
    fields = ("number", "publisher", "kind", "reason", "asked_by", "at", "editor", "undo_until", "undone_at")
    readonly_fields = fields
    actions = ("undo",)

    @admin.action(description="Undo: put the article back")
    def undo(self, request: HttpRequest, rows: QuerySet[Removal]) -> None:
        """Put back what is still kept; what is not is named."""
        for gone in rows.order_by("pk"):
            try:
                self.message_user(request, f"Article {put_back(gone, timezone.now()).pk} is back.", messages.SUCCESS)
            except CannotUndo as error:
                self.message_user(request, str(error), messages.ERROR)
