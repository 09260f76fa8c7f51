"""What editors see of a story's notes: readers' reports of a section, and the calls of the language model."""

from __future__ import annotations

import json

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from newsroom.roles import EDITORS, RoleAdmin
from newsroom.stories import model_calls
from newsroom.stories.models import ModelCall, SectionReport, Story


class ReadOnlyAdmin(RoleAdmin):
    """Rows that are written elsewhere, and only looked at here."""

    roles = EDITORS

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(SectionReport)
class SectionReportAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "state", "section", "story", "made_by")
    list_select_related = ("story",)
    list_filter = ("state", "section")
    fields = ("created_at", "state", "section", "where", "made_by", "as_shown")
    readonly_fields = fields
    actions = ("make_anew", "dismiss")

    @admin.display(description="Story")
    def where(self, row: SectionReport) -> str:
        return format_html('<a href="/story/{}#{}">{}</a>', row.story_id, row.section, row.story)

    @admin.display(description="As it was shown")
    def as_shown(self, row: SectionReport) -> str:
        return format_html("<pre>{}</pre>", json.dumps(row.shown, ensure_ascii=False, indent=1))

    @admin.action(description="The reader is right: make the story's notes anew")
    def make_anew(self, request: HttpRequest, rows: QuerySet[SectionReport]) -> None:
        """Let the notes be made again, as after a correction of the story or an article."""
        Story.objects.filter(section_reports__in=rows).update(notes_due_at=timezone.now())
        rows.update(state=SectionReport.State.MENDED)

    @admin.action(description="Nothing is wrong: dismiss")
    def dismiss(self, request: HttpRequest, rows: QuerySet[SectionReport]) -> None:
        rows.update(state=SectionReport.State.DISMISSED)


@admin.register(ModelCall)
class ModelCallAdmin(ReadOnlyAdmin):
    list_display = ("at", "outcome", "task", "story", "model", "tokens", "problem")
    list_select_related = ("story",)
    list_filter = ("outcome", "task", "model")
    fields = ("at", "outcome", "task", "story", "model", "tokens", "problem", "items", "dropped")
    readonly_fields = fields
    actions = ("withdraw",)

    @admin.action(description="Withdraw: show the picked sentences, and ask again when the notes are made anew")
    def withdraw(self, request: HttpRequest, rows: QuerySet[ModelCall]) -> None:
        """Take back what a bad run of the model wrote."""
        model_calls.withdraw(rows)
